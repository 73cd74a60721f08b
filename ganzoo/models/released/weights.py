"""Weights of others, each for one variable of ours."""

import math
import re

import numpy as np

from ganzoo.layers.style.resampling import TAPS

MAX_SIDE = 1024  # pixels of images
SHOWN = 5  # names in a message


class Weights:
    """The arrays of a network of others, each of which is to be put somewhere once.

    Args:
        state: `ganzoo.system.pickles.networks.State`, or what has its arrays and facts.
    """

    def __init__(self, state):
        self.arrays = state.arrays
        self.facts = state.facts
        self.left = dict(state.arrays)

    def shape(self, name):
        """The shape of an array, of which no axis is empty.

        Raises:
            ValueError: If there is none of this name.
        """
        if name not in self.arrays:
            raise ValueError(
                "The file is of networks that the zoo does not have: a weight is "
                f"missing that they have. Received: no {name!r}, but {self._shown()}."
            )
        shape = self.arrays[name].shape
        if 0 in shape:
            raise ValueError(f"A weight is empty. Received: {name!r} of shape {shape}.")
        return shape

    def count(self, pattern):
        """How many numbers there are in place of the group of a pattern, from 0 on."""
        found = {int(m[1]) for m in map(re.compile(pattern).match, self.arrays) if m}
        return next(i for i in range(len(found) + 1) if i not in found)

    def take(self, name):
        """An array as float32, which is then done with.

        Raises:
            ValueError: As of `shape`, or if it is none of numbers.
        """
        self.shape(name)
        array = self.left.pop(name)
        if array.dtype.kind != "f":
            raise ValueError(
                f"Weights are floats. Received: {name!r} of type {array.dtype}."
            )
        return array.astype("float32")

    def put(self, name, variable, change=lambda array: array):
        """Give a variable the array of a name.

        Args:
            name: str.
            variable: `keras.Variable`.
            change: function of the array, to our order of its axes.

        Raises:
            ValueError: As of `take`, or if it does not fit.
        """
        array = self.take(name)
        changed = change(array)
        if tuple(variable.shape) != changed.shape:
            raise ValueError(
                "The file is of networks that the zoo does not have: a weight does "
                f"not fit the others. Received: {name!r} of shape {array.shape}, which "
                f"as {changed.shape} is to be {tuple(variable.shape)}."
            )
        variable.assign(changed)

    def drop(self, pattern):
        """Leave out the arrays whose whole names match a pattern, and return them."""
        names = [name for name in self.left if re.fullmatch(pattern, name)]
        return {name: self.left.pop(name) for name in names}

    def drop_filters(self, pattern):
        """Leave out filters, which must be those of our networks.

        Raises:
            ValueError: If they are others.
        """
        for name, array in self.drop(pattern).items():
            if array.shape != (4, 4) or not np.allclose(array, np.outer(TAPS, TAPS)):
                raise ValueError(
                    "The file is of networks that the zoo does not have: these "
                    f"resample by the filter 1 3 3 1. Received: another, {name!r}."
                )

    def check_none_left(self):
        """Raise a ValueError unless all arrays have been put somewhere."""
        if self.left:
            raise ValueError(
                "The file is of networks that the zoo does not have: they have "
                f"further weights. Received: {self._shown(self.left)}."
            )

    def _shown(self, names=None):
        names = sorted(self.arrays if names is None else names)
        more = ", ..." if len(names) > SHOWN else ""
        return ", ".join(map(repr, names[:SHOWN])) + more


def kernel(array):
    """A kernel of PyTorch, of a convolution or a dense layer, in our order of axes."""
    return array.transpose(2, 3, 1, 0) if array.ndim == 4 else array.T


def channels_last(array):
    """Features `(channels, height, width)` in our order of axes."""
    return np.moveaxis(array, 0, -1)


def pixels_first(array, channels):
    """Outputs that are features, in our order: a first axis of `channels` by pixels."""
    side = math.isqrt(len(array) // channels)
    features = array.reshape(channels, side, side, *array.shape[1:])
    return np.moveaxis(features, 0, 2).reshape(array.shape)


def check_side(side):
    """Return the side of images, if it is none that only a broken file has."""
    if side > MAX_SIDE:
        raise ValueError(
            f"The images of a model have at most {MAX_SIDE} pixels a side. "
            f"Received: a file of networks for {side}."
        )
    return side
