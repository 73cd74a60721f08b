import numpy as np
from keras import ops

from ganzoo.data import pixels

ALL_VALUES = np.arange(256, dtype="uint8")


def test_black_is_minus_one_and_white_is_one():
    ends = ops.convert_to_numpy(pixels.to_float(ALL_VALUES))[[0, -1]]
    np.testing.assert_array_equal(ends, [-1.0, 1.0])


def test_all_256_values_come_back():
    np.testing.assert_array_equal(
        pixels.to_uint8(pixels.to_float(ALL_VALUES)), ALL_VALUES
    )


def test_values_out_of_range_are_clipped():
    np.testing.assert_array_equal(pixels.to_uint8(np.array([-7.0, 7.0])), [0, 255])


def test_floats_go_to_the_nearest_value():
    # 0 lies half-way between 127 and 128, and this a little higher.
    np.testing.assert_array_equal(pixels.to_uint8(np.array([0.99 / 255])), [128])
