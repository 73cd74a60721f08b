"""Depth to space, and kernels that begin without a checkerboard."""

import keras
import numpy as np
import pytest
from keras import ops

from ganzoo.layers import DepthToSpace
from ganzoo.layers import EqualSubkernels


def array(tensor):
    return ops.convert_to_numpy(ops.stop_gradient(tensor))


def test_a_pixel_of_four_channels_becomes_a_block_row_by_row():
    x = np.arange(4, dtype="float32").reshape(1, 1, 1, 4)
    y = array(DepthToSpace(2)(x))
    np.testing.assert_array_equal(y[0, ..., 0], [[0, 1], [2, 3]])
    # Of two channels those of a pixel are side by side.
    x = np.arange(8, dtype="float32").reshape(1, 1, 1, 8)
    y = array(DepthToSpace(2)(x))
    np.testing.assert_array_equal(y[0], [[[0, 1], [2, 3]], [[4, 5], [6, 7]]])


@pytest.mark.parametrize("sides", [(3, 5), (None, None)])
def test_shapes_are_known_as_far_as_those_of_the_input(sides):
    layer = DepthToSpace(2)
    shape = tuple(side and 2 * side for side in sides)
    assert layer.compute_output_shape((None, *sides, 12)) == (None, *shape, 3)
    again = DepthToSpace.from_config(layer.get_config())
    assert again(keras.Input((*sides, 12))).shape == (None, *shape, 3)


@pytest.mark.parametrize("channels", [1, 3])
def test_what_equal_subkernels_compute_is_constant_on_each_block(channels):
    keras.utils.set_random_seed(0)
    initializer = EqualSubkernels(2)
    convolution = keras.layers.Conv2D(
        4 * channels, 3, padding="same", kernel_initializer=initializer
    )
    x = np.random.default_rng(0).normal(size=(2, 5, 6, 4)).astype("float32")
    y = array(DepthToSpace(2)(convolution(x)))
    assert y.shape == (2, 10, 12, channels)
    np.testing.assert_allclose(y, y[:, ::2, ::2].repeat(2, 1).repeat(2, 2), atol=1e-6)
    kernel = convolution.get_weights()[0]
    # That of a convolution to as many channels as come out in the end.
    limit = np.sqrt(6 / (9 * 4 + 9 * channels))
    assert limit / 2 < np.abs(kernel).max() <= limit
    again = keras.initializers.get(keras.initializers.serialize(initializer))
    assert again.get_config() == initializer.get_config()
