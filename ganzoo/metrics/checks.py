"""What features must be, said before minutes of arithmetic and with no copy of them."""

import numpy as np

from ganzoo.metrics.blocks import spans


def check_features(**features):
    """Return the arrays of features of a comparison, in the order they were named.

    A `np.memmap` stays on the disk: its numbers are looked at a block at a time.

    Args:
        **features: real arrays of shape `(count, dimension)`, of one dimension.

    Raises:
        ValueError: if a shape or type is another, a set is empty, the dimensions
            differ, or a number is not finite.
    """
    arrays = {name: np.asarray(array) for name, array in features.items()}
    for name, array in arrays.items():
        _check_matrix(name, array)
        _check_finite(name, array)
    _check_one_dimension(arrays)
    return list(arrays.values())


def check_labels(name, features, labels):
    """Return labels as an array.

    Args:
        name: str. What the features are called, for the message.
        features: array of shape `(count, dimension)`.
        labels: array.

    Raises:
        ValueError: Unless there is one for each feature vector.
    """
    labels = np.asarray(labels)
    if labels.shape != (len(features),):
        raise ValueError(
            f"`{name}_labels` must hold one label for each vector of `{name}`. "
            f"Received: {name}_labels of shape {labels.shape}, "
            f"len({name})={len(features)}."
        )
    return labels


def check_count(minimum, why, /, **features):
    """Raise a ValueError unless each set has `minimum` feature vectors or more.

    Args:
        minimum: int.
        why: str. The requirement and what to do, as sentences for the message.
        **features: arrays of shape `(count, dimension)`.
    """
    for name, array in features.items():
        if len(array) < minimum:
            raise ValueError(f"{why} Received: len({name})={len(array)}.")


def check_whole_number(minimum, /, **numbers):
    """Raise a ValueError unless each number is an integer of at least `minimum`."""
    for name, number in numbers.items():
        whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        if not whole or number < minimum:
            raise ValueError(
                f"`{name}` must be an integer of at least {minimum}. "
                f"Received: {name}={number!r}."
            )


def _check_matrix(name, array):
    if array.ndim != 2 or 0 in array.shape or array.dtype.kind not in "fiu":
        raise ValueError(
            f"`{name}` must be real numbers of the shape `(count, dimension)`, one row "
            f"for each image. Received: {name} of shape {array.shape} and type "
            f"{array.dtype}."
        )


def _check_finite(name, array):
    finite = sum(np.isfinite(array[rows]).sum() for rows in spans(len(array)))
    if finite != array.size:
        raise ValueError(
            f"`{name}` must be finite, or the score would be NaN: look for a diverged "
            f"generator. Received: {name} with {array.size - finite} of {array.size} "
            "numbers not finite."
        )


def _check_one_dimension(arrays):
    dimensions = {name: array.shape[1] for name, array in arrays.items()}
    if len(set(dimensions.values())) > 1:
        raise ValueError(
            "Features of two extractors have no distance: all sets must have one "
            "dimension. Received: "
            + ", ".join(f"{name} of dimension {d}" for name, d in dimensions.items())
            + "."
        )
