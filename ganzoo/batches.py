"""What comes in at the door of the game: checked, converted and shared out."""

import warnings

import keras
import numpy as np
from keras import ops

from ganzoo.data import pixels


def to_batch(data, shapes, model):
    """The batch that the losses see, from what `fit` hands to a step.

    Args:
        data: tensor or tuple. `x`, `(x,)` or `(x, y)`, with a leading batch axis.
        shapes: dict. Name and shape of each part, `()` for an integer label.
        model: str. The model's class, for the message.

    Returns:
        `x`, or `(x, y)` where there are two shapes: pictures as floats in [-1, 1],
        labels as integers `(batch,)`.

    Raises:
        ValueError: If parts are missing or superfluous, or shapes or types wrong.
    """
    parts = keras.utils.unpack_x_y_sample_weight(data)
    parts = [part for part in parts if part is not None]
    if len(parts) != len(shapes):
        raise ValueError(
            f"{model} trains on {' and '.join(shapes)}: call "
            f"`fit({', '.join(shapes)}, ...)`, or pass a dataset of such batches. "
            f"Received: {len(parts)} arrays for each batch."
        )
    parts = [to_input(p, n, s) for p, (n, s) in zip(parts, shapes.items())]
    return parts[0] if len(parts) == 1 else tuple(parts)


def to_input(part, name, shape):
    """A part of a batch as the losses take it.

    Args:
        part: tensor. uint8 or float pictures `(batch, *shape)`, or labels `(batch,)`.
        name: str. What the part is called, for the message.
        shape: tuple. Shape of one example; `()` for an integer label.

    Returns:
        Pictures as floats in [-1, 1], labels as they are.

    Raises:
        ValueError: If shape or type are wrong.
    """
    if shape == () and tuple(part.shape[1:]) == (1,):
        part = ops.squeeze(part, axis=1)
    received = tuple(part.shape[1:])
    if len(received) != len(shape) or any(
        None not in (a, b) and a != b for a, b in zip(received, shape)
    ):
        raise ValueError(
            f"Each example of `{name}` must have the shape {shape}, which the networks "
            f"were made for. Received: {name} with examples of shape {received}."
        )
    dtype = keras.backend.standardize_dtype(part.dtype)
    if shape == ():
        if "int" not in dtype:
            raise ValueError(
                f"`{name}` must be integer labels, one for each example. "
                f"Received: {name} of type {dtype}."
            )
        return part
    if dtype == "uint8":
        return pixels.to_float(part)
    if "float" not in dtype:
        raise ValueError(
            f"Pictures `{name}` must be uint8 in 0..255 or floats in [-1, 1]. "
            f"Received: {name} of type {dtype}."
        )
    return ops.cast(part, keras.backend.floatx())


def share(batch, i, k):
    """The examples `i`, `i + k`, `i + 2k`... of `batch`, one of `k` shares.

    Where the batch does not divide by `k`, as the last one of an epoch may not, shares
    that come out short begin again at its front: an empty share has no mean.
    """
    if k == 1:
        return batch

    def take(tensor):
        count = ops.shape(tensor)[0]
        indices = ops.arange((count + k - 1) // k) * k + i
        return ops.take(tensor, indices % count, axis=0)

    return keras.tree.map_structure(take, batch)


def count(batch):
    """How many examples a batch has."""
    return ops.shape(keras.tree.flatten(batch)[0])[0]


def check_range(name, array, examples=1000):
    """Look at the first pictures of a NumPy array of floats.

    Raises:
        ValueError: If a value is outside [-1, 1], or not a number.
    """
    if not isinstance(array, np.ndarray) or array.ndim < 4 or len(array) == 0:
        return
    if not np.issubdtype(array.dtype, np.floating):
        return
    low, high = float(array[:examples].min()), float(array[:examples].max())
    # Not `low < -1.01 or high > 1.01`, which NaN would pass.
    if not (low >= -1.01 and high <= 1.01):
        raise ValueError(
            f"Pictures `{name}` must be floats in [-1, 1], or uint8 in 0..255, which "
            "are converted for you. "
            f"Received: {name} with values from {low} to {high}."
        )
    if low >= 0:
        warnings.warn(
            f"Pictures `{name}` should be floats in [-1, 1], and none of the first "
            f"values is negative: are they in [0, 1]? Map them by `2 * {name} - 1`. "
            f"Received: {name} with values from {low} to {high}.",
            stacklevel=3,
        )
