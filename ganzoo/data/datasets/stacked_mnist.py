"""Stacked MNIST: three digits of MNIST in the three colours, 1,000 modes to cover.

A number from 000 to 999 has its hundreds in red, its tens in green and its ones in
blue. All numbers are about equally frequent, and a classifier of single digits tells
which of them a generator makes.

Reference:
    [Metz et al., 2017](https://arxiv.org/abs/1611.02163) and
    [Srivastava et al., 2017](https://arxiv.org/abs/1705.07761). How many images is
    as in [the code](https://github.com/fjxmlzn/PacGAN) of
    [Lin et al., 2018](https://arxiv.org/abs/1712.04086): 128,000 to train on, 26,000
    to count modes among.
"""

import numpy as np

from ganzoo.data.datasets import class_names

CHANNELS = 3
CLASS_NAMES = class_names.NUMBERS
COUNTS = {"train": 128_000, "test": 26_000}
SEEDS = {"train": 0, "test": 1}
PLACES = np.array([100, 10, 1], "int32")


def make(images, labels, split):
    """Make a split of Stacked MNIST of the same split of MNIST; the same each time.

    Args:
        images: uint8 array `(count, 28, 28, 1)`.
        labels: int32 array `(count,)`. The digits 0..9.
        split: string. `"train"` or `"test"`.

    Returns:
        `stack` of `COUNTS[split]` images, drawn with the seed `SEEDS[split]`.
    """
    return stack(images, labels, COUNTS[split], SEEDS[split])


def stack(images, labels, count, seed):
    """Draw three digits independently for each image, with replacement.

    Args:
        images: uint8 array `(digits, height, width, 1)`.
        labels: int32 array `(digits,)`. The digits 0..9.
        count: int. Images to make.
        seed: int. Of `numpy.random.default_rng`.

    Returns:
        Images, uint8 `(count, height, width, 3)`, and labels, int32 `(count,)`, the
        numbers 0..999.
    """
    drawn = np.random.default_rng(seed).integers(len(images), size=(count, CHANNELS))
    stacked = np.empty((count, *images.shape[1:3], CHANNELS), "uint8")
    # Channel by channel, as the draw of all three at once would be another such array.
    for channel in range(CHANNELS):
        stacked[..., channel] = images[drawn[:, channel], ..., 0]
    return stacked, to_numbers(labels[drawn])


def to_numbers(digits):
    """Return the numbers 0..999, `(count,)`, that rows of digits, `(count, 3)`, are."""
    return digits @ PLACES
