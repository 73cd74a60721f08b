"""The range of images, checked in chunks."""

import keras
import numpy as np
from keras import ops

from ganzoo.data import pixels


def check_range(name, array, is_first=True):
    """Check the range of images, in chunks.

    Args:
        name: str. What they are called, for the message.
        array: uint8 or float array `(count, height, width, channels)`. Others, like
            labels, are left alone.
        is_first: bool. Whether it is all the data, or its first batch: of the others,
            a dark one may well have no value above 1, or none below 0.

    Raises:
        ValueError: If a float is outside [-1, 1], or not a number, or none is negative,
            as in [0, 1]; or if integers are 0 and 1 only, as in masks.
    """
    dtype = keras.backend.standardize_dtype(array.dtype)
    if len(array.shape) < 4 or len(array) == 0:
        return
    if dtype == "uint8" and is_first:
        _check_bytes(name, array)
    elif "float" in dtype:
        _check_floats(name, array, is_first)


def _chunks(array, examples=1000):
    for start in range(0, len(array), examples):
        yield ops.convert_to_numpy(array[start : start + examples])


def _check_bytes(name, array):
    high = 0
    for chunk in _chunks(array):
        high = max(high, np.max(chunk))
        # As soon as can be: there may be more of them than memory has room for.
        if high > 1:
            return
    pixels.check_not_binary(high, name)


def _check_floats(name, array, is_first):
    low, high = np.inf, -np.inf
    for chunk in _chunks(array):
        # NumPy's minimum of a NaN and a number is NaN, in whatever order.
        low, high = np.minimum(low, chunk.min()), np.maximum(high, chunk.max())
    if np.isnan(low):
        raise ValueError(
            f"Images `{name}` must be floats in [-1, 1], without NaN: leave out those "
            f"that `np.isnan({name}).any(axis=(1, 2, 3))` finds. "
            f"Received: {name} with NaN."
        )
    if not -1.01 <= low <= high <= 1.01:
        hint = f": `{name}.astype('uint8')`" if 0 <= low and high <= 255 else ""
        raise ValueError(
            f"Images `{name}` must be floats in [-1, 1], or uint8 in 0..255, which "
            f"are converted for you{hint}. "
            f"Received: {name} with values from {low} to {high}."
        )
    if low >= 0 and is_first:
        raise ValueError(
            f"Map images in [0, 1] to [-1, 1] first: `{name} = 2 * {name} - 1`. None "
            "of the values is negative; if the images are meant to be so bright, pass "
            "them as uint8, by `ganzoo.data.pixels.to_uint8`. "
            f"Received: {name} with values from {low} to {high}."
        )
