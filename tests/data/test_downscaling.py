"""Small versions of images."""

import numpy as np
import pytest
from PIL import Image

from ganzoo import data


def images(count=3, height=12, width=16, channels=3):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (count, height, width, channels), "uint8")


@pytest.mark.parametrize("scale", [2, 4])
def test_each_is_what_pillow_makes_of_it(scale):
    large = images()
    small = data.downscaled(large, scale)
    assert small.shape == (3, 12 // scale, 16 // scale, 3) and small.dtype == np.uint8
    for one, other in zip(large, small):
        size = 16 // scale, 12 // scale
        picture = Image.fromarray(one).resize(size, Image.Resampling.BICUBIC)
        np.testing.assert_array_equal(other, np.asarray(picture))


def test_grey_images_stay_grey():
    large = images(channels=1)
    small = data.downscaled(large, 4)
    assert small.shape == (3, 3, 4, 1)
    same = data.downscaled(large.repeat(3, -1), 4)
    np.testing.assert_array_equal(small.repeat(3, -1), same)


def test_a_grey_level_stays_what_it_is():
    flat = np.full((2, 8, 8, 3), [3, 100, 250], "uint8")
    np.testing.assert_array_equal(data.downscaled(flat, 2), flat[:, :4, :4])


@pytest.mark.parametrize(
    "given, scale, message",
    [
        (images().astype("float32"), 2, "`images` must be a uint8 array"),
        (images()[0], 2, "`images` must be a uint8 array"),
        (images(channels=2), 2, "of 1 or 3 channels"),
        (images(), 1, "`scale` must be an int of at least 2"),
        (images(), 2.0, "`scale` must be an int of at least 2"),
        (images(), 8, "divides the sides of the images. Received: scale=8"),
    ],
)
def test_what_cannot_be_shrunk_is_refused(given, scale, message):
    with pytest.raises(ValueError, match=message):
        data.downscaled(given, scale)
