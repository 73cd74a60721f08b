"""Stacked MNIST, from digits whose grey says which they are."""

import hashlib

import numpy as np
import pytest

from ganzoo.data.datasets import stacked_mnist

DIGITS = np.arange(10, dtype="int32")
# Digit d is an image of the grey 20 d + 5.
IMAGES = np.broadcast_to(
    (20 * DIGITS + 5).astype("uint8")[:, None, None, None], (10, 28, 28, 1)
)


@pytest.fixture(scope="module")
def stacked():
    return stacked_mnist.stack(IMAGES, DIGITS, 5000, seed=0)


def test_pictures_are_colour_and_labels_are_numbers(stacked):
    images, labels = stacked
    assert (images.shape, images.dtype) == ((5000, 28, 28, 3), "uint8")
    assert (labels.shape, labels.dtype) == ((5000,), "int32")
    assert stacked_mnist.CLASS_NAMES[0] == "000"
    assert stacked_mnist.CLASS_NAMES[42] == "042"
    assert len(stacked_mnist.CLASS_NAMES) == 1000


def test_hundreds_are_red_tens_green_and_ones_blue(stacked):
    images, labels = stacked
    digits = (images.astype(int) - 5) // 20
    assert (digits == digits[:, :1, :1]).all()
    red, green, blue = digits[:, 0, 0].T
    np.testing.assert_array_equal(labels, 100 * red + 10 * green + blue)


def test_digits_of_a_picture_are_independent_and_uniform(stacked):
    _, labels = stacked
    digits = np.stack([labels // 100, labels // 10 % 10, labels % 10])
    for channel in digits:
        assert np.abs(np.bincount(channel) - 500).max() < 5 * np.sqrt(450)
    assert np.abs(np.corrcoef(digits) - np.eye(3)).max() < 5 / np.sqrt(5000)
    assert len(np.unique(labels)) > 970


def test_same_seed_draws_the_same_pictures(stacked):
    images, labels = stacked_mnist.stack(IMAGES, DIGITS, 5000, seed=0)
    np.testing.assert_array_equal(images, stacked[0])
    np.testing.assert_array_equal(labels, stacked[1])
    _, others = stacked_mnist.stack(IMAGES, DIGITS, 5000, seed=1)
    assert (others != labels).any()


def test_digits_are_drawn_from_all_pictures_given():
    images = np.zeros((60_000, 1, 1, 1), "uint8")
    images[-10_000:] = 1
    stacked, _ = stacked_mnist.stack(images, np.zeros(60_000, "int32"), 5000, seed=0)
    assert stacked.mean() == pytest.approx(1 / 6, abs=0.02)


# NumPy may change what a seed draws: then the data set would silently be another.
@pytest.mark.parametrize(
    "split, digits, count, first, sha256",
    [
        (
            "train",
            60_000,
            128_000,
            [778, 798, 416, 645, 784],
            "f668d8fc01e0e86f3826abee68fddf5ebf18bd8c2c6af2faf006f31fb0446158",
        ),
        (
            "test",
            10_000,
            26_000,
            [181, 481, 962, 803, 179],
            "78202f5d16978df5af2b6a49357d2a8da5a35f1ecd72d1c631fa1c5e68115172",
        ),
    ],
)
def test_splits_are_known_draws(split, digits, count, first, sha256):
    images = np.zeros((digits, 1, 1, 1), "uint8")
    images, labels = stacked_mnist.make(images, np.arange(digits) % 10, split)
    assert images.shape == (count, 1, 1, 3)
    assert labels[:5].tolist() == first
    assert hashlib.sha256(labels.astype("<i4").tobytes()).hexdigest() == sha256
