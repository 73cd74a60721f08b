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
    parts = check_structure(data, shapes, model)
    parts = [to_input(p, n, s) for p, (n, s) in zip(parts, shapes.items())]
    return parts[0] if len(parts) == 1 else tuple(parts)


def check_structure(data, shapes, model):
    """Check what a batch consists of, by the shapes and types of its parts alone.

    Args:
        data: As in `to_batch`, of anything that has a `shape` and a `dtype`.
        shapes: As in `to_batch`.
        model: str. The model's class, for the message.

    Returns:
        List of the parts.

    Raises:
        ValueError: If parts are missing or superfluous, or shapes or types wrong.
    """
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    check_no_weights({"sample_weight": sample_weight})
    parts = [part for part in (x, y) if part is not None]
    if len(parts) != len(shapes) or not all(hasattr(p, "shape") for p in parts):
        raise ValueError(
            f"{model} trains on {' and '.join(shapes)}: call "
            f"`fit({', '.join(shapes)}, ...)` with an array for each, like `.images` "
            "and `.labels` of `ganzoo.data.load`, or pass a dataset of such batches. "
            f"Received: {[type(p).__name__ for p in parts]}."
        )
    for part, (name, shape) in zip(parts, shapes.items()):
        _check_part(part, name, shape)
    return parts


def check_data(x, y, shapes, model):
    """Check what `fit` or `evaluate` is given, as far as can be seen before a batch.

    On JAX an error inside a step loses the weights; so this looks before the first.

    Args:
        x: array, `tf.data.Dataset`, `keras.utils.PyDataset` or generator.
        y: array or None.
        shapes: As in `to_batch`.
        model: str. The model's class, for the message.

    Returns:
        List of the arrays; empty if the data come in batches.

    Raises:
        ValueError: As in `to_batch`.
    """
    if hasattr(x, "element_spec"):
        check_structure(x.element_spec, shapes, model)
    elif isinstance(x, keras.utils.PyDataset):
        check_structure(x[0], shapes, model)
    elif not hasattr(x, "__next__"):
        parts = check_structure((x, y), shapes, model)
        _check_count(parts[0], next(iter(shapes)))
        return parts
    return []


def _check_count(part, name):
    if len(part) == 0:
        raise ValueError(
            "A game needs images to learn from, thousands of them. "
            f"Received: {name} of shape {tuple(part.shape)}."
        )


def warn_of_one(x):
    """Warn if there is a single picture to train on."""
    if hasattr(x, "shape") and len(x) == 1:
        warnings.warn(
            "There is one picture, and all that a game can learn from it is to repeat "
            f"it. Received: x of shape {tuple(x.shape)}.",
            stacklevel=3,
        )


def check_batch_size(batch_size, k):
    """Raise a ValueError if a batch cannot be split into `k` shares."""
    if batch_size is not None and batch_size < k:
        raise ValueError(
            "`batch_size` must be at least `discriminator_steps`, since every update "
            "of the discriminator takes a fresh share of the batch: with 64 examples "
            f"each, `batch_size={64 * k}`. "
            f"Received: batch_size={batch_size}, discriminator_steps={k}."
        )


def check_shared(x, parts):
    """Raise a ValueError for batches that devices cannot share equally.

    Those of arrays are cut. A device without a picture would have a mean of nothing.

    Args:
        x: As in `check_data`.
        parts: int. How many equal parts a batch must have.
    """
    if parts == 1 or hasattr(x, "__next__"):
        return
    if hasattr(x, "element_spec"):
        first = keras.tree.flatten(x.element_spec)[0]
        sizes = [first.shape[0]]
    elif isinstance(x, keras.utils.PyDataset):
        sizes = [len(keras.tree.flatten(x[i])[0]) for i in (0, len(x) - 1)]
    else:
        return
    if any(size is None or size % parts for size in sizes):
        raise ValueError(
            "Devices share a batch equally, and each parts it between the updates of "
            f"the discriminator: all batches must have a multiple of {parts} examples, "
            "the last one too, as by `.batch(size, drop_remainder=True)`. "
            f"Received: batches of {sizes}."
        )


def check_no_weights(arguments):
    """Raise a ValueError if `fit` is given weights of examples or classes."""
    for name in ("sample_weight", "class_weight"):
        if arguments.get(name) is not None:
            raise ValueError(
                "A game has no weights of examples: its losses are expectations over "
                f"the data as it is. Received: a {name}."
            )


def _check_part(part, name, shape):
    _check_numbers(part, name)
    _check_rank(part, name, shape)
    received = tuple(part.shape[1:])
    if not _is_column(part, shape) and (
        len(received) != len(shape)
        or any(None not in (a, b) and a != b for a, b in zip(received, shape))
    ):
        raise ValueError(
            f"Each example of `{name}` must have the shape {shape}, which the networks "
            f"were made for.{_hint_of_shape(name, received, shape)} "
            f"Received: {name} with examples of shape {received}."
        )
    dtype = keras.backend.standardize_dtype(part.dtype)
    if shape == () and "int" not in dtype:
        raise ValueError(
            f"`{name}` must be integer labels, one for each example. "
            f"Received: {name} of type {dtype}."
        )
    if shape != () and dtype != "uint8" and "float" not in dtype:
        raise ValueError(
            f"Pictures `{name}` must be uint8 in 0..255 or floats in [-1, 1]. "
            f"Received: {name} of type {dtype}."
        )


def _check_numbers(part, name):
    """Raise a ValueError for an array of text or of Python objects."""
    kind = getattr(part.dtype, "kind", None)
    if kind in ("U", "S"):
        raise ValueError(
            f"`{name}` must be numbers, like the place of each class in a list: "
            f"`classes, {name} = np.unique({name}, return_inverse=True)`. "
            f"Received: {name} of type {part.dtype}, text."
        )
    if kind == "O":
        raise ValueError(
            f"`{name}` must be one array of numbers, and of pictures of several sizes "
            "NumPy makes one of objects: bring them to one size, as "
            f"`ganzoo.data.from_folder` does. Received: {name} of type {part.dtype}."
        )


def _check_rank(part, name, shape):
    """Raise a ValueError for a tensor of which not even the number of axes is known."""
    if getattr(part.shape, "rank", 0) is None:
        raise ValueError(
            f"`{name}` must have a known shape, which `tf.numpy_function` and "
            f"`tf.py_function` lose: add `{name} = tf.ensure_shape({name}, "
            f"{(None, *shape)})` to what the dataset maps. "
            f"Received: {name} of unknown rank."
        )


def _hint_of_shape(name, received, shape):
    """What may have been meant by examples of another shape, to follow a message."""
    if shape == ():
        hint = f"one integer each, which `{name}.argmax(axis=-1)` makes of one-hot ones"
    elif len(received) == len(shape) - 1:
        hint = f"`{name}[..., None]` adds an axis for the channels"
    elif (*received[1:], *received[:1]) == shape:
        hint = f"`np.moveaxis({name}, 1, -1)` puts the channels last"
    else:
        return ""
    return f" Perhaps: {hint}."


def _is_column(part, shape):
    """Whether labels come as `(batch, 1)`, as some data sets have them."""
    return shape == () and tuple(part.shape[1:]) == (1,)


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
    _check_part(part, name, shape)
    if shape == ():
        part = ops.convert_to_tensor(part)
        return ops.squeeze(part, axis=1) if _is_column(part, shape) else part
    if keras.backend.standardize_dtype(part.dtype) == "uint8":
        return pixels.to_float(part)
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


def check_range(name, array, is_first=True):
    """Check the range of images, in chunks.

    Args:
        name: str. What they are called, for the message.
        array: uint8 or float array `(count, height, width, channels)`. Others, like
            labels, are left alone.
        is_first: bool. Whether it is all the data, or its first batch: of the others,
            a dark one may well have no value above 1, or none below 0.

    Raises:
        ValueError: If a float is outside [-1, 1], or not a number; or if integers are 0
            and 1 only, as in masks.
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
            f"Pictures `{name}` must be floats in [-1, 1], and a NaN would spoil all "
            f"weights: leave out what `np.isnan({name}).any(axis=(1, 2, 3))` finds. "
            f"Received: {name} with NaN."
        )
    if not -1.01 <= low <= high <= 1.01:
        hint = f": `{name}.astype('uint8')`" if 0 <= low and high <= 255 else ""
        raise ValueError(
            f"Pictures `{name}` must be floats in [-1, 1], or uint8 in 0..255, which "
            f"are converted for you{hint}. "
            f"Received: {name} with values from {low} to {high}."
        )
    if low >= 0 and is_first:
        warnings.warn(
            f"Pictures `{name}` should be floats in [-1, 1], and none of the values is "
            f"negative: are they in [0, 1]? Map them by `2 * {name} - 1`. "
            f"Received: {name} with values from {low} to {high}.",
            stacklevel=5,
        )
