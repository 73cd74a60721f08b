"""Batches of a game: checked, converted and split into shares."""

import warnings

import keras
import numpy as np
from keras import ops

from ganzoo.data.images import Pairs
from ganzoo.data.images import Pictures
from ganzoo.data.images import Sequences
from ganzoo.data.images import Unpaired
from ganzoo.inputs import mistakes
from ganzoo.inputs.parts import Attributes
from ganzoo.inputs.parts import Images
from ganzoo.inputs.parts import Label
from ganzoo.inputs.parts import Tokens

# What `Pictures` have for a part beside the images.
OF_PICTURES = {Label: "labels", Attributes: "attributes", Tokens: "captions"}


def unpack(x, y, parts, paired=True):
    """The arrays of what `ganzoo.data` returns; other data as they are.

    Args:
        x: `Pictures`, `Pairs`, `Unpaired`, `Sequences`, or what else `fit` takes.
        y: what `fit` takes. None for the labels, attributes, captions or targets that
            come with `x`. Texts become tokens.
        parts: As in `to_batch`. What comes with `x` is left out where none is of it.
        paired: bool. Whether the parts of a batch belong together.

    Returns:
        `(x, y)`.

    Raises:
        ValueError: If images without pairs are given where pairs are needed.
    """
    takes_two = y is None and len(parts) == 2
    takes_two = takes_two and all(isinstance(part, Images) for part in parts.values())
    if isinstance(x, Pairs) and takes_two:
        return x.source, x.target
    if isinstance(x, Unpaired) and takes_two:
        if paired:
            raise ValueError(
                "Pass `ganzoo.data.Pairs`: this model learns from images that belong "
                f"together. Received: x of type {type(x).__name__}."
            )
        return x.first, x.second
    *_, last = parts.values()
    if isinstance(x, Pictures):
        if y is None and type(last) in OF_PICTURES:
            y = getattr(x, OF_PICTURES[type(last)])
        x = x.images
    x = x.images if isinstance(x, Sequences) else x
    return x, last.read(y) if isinstance(last, Tokens) else y


def to_batch(data, parts, model):
    """The batch that the losses see, from what `fit` hands to a step.

    Args:
        data: tensor or tuple. `x`, `(x,)` or `(x, y)`, with a leading batch axis. Where
            labels may be missing, also `(x, (x, y))`, with labelled examples apart.
        parts: dict. Name and `Part` of each.
        model: str. The model's class, for the message.

    Returns:
        `x`, or `(x, y)` where there are two parts: images as floats in [-1, 1],
        labels as integers `(batch,)`. Where labels may be missing, `(x, (x, y))`: all
        images, and those of which some or all have a label.

    Raises:
        ValueError: If parts are missing or superfluous, or shapes or types wrong.
    """
    found = check_structure(data, parts, model)
    converted = [parts[name].convert(name, tensor) for name, tensor in found]
    if may_lack_labels(parts):
        *x, y = converted
        return x[0], (x[-1], y)
    return converted[0] if len(converted) == 1 else tuple(converted)


def may_lack_labels(parts):
    """Whether one of the parts is a label that -1 may stand for."""
    return any(isinstance(part, Label) and part.missing for part in parts.values())


def find_labelled(arrays, parts):
    """Which examples have a label, an int array; None where all must have one."""
    if not may_lack_labels(parts):
        return None
    return np.flatnonzero(np.reshape(arrays[-1], -1) >= 0)


def check_structure(data, parts, model, cure=mistakes.OTHER):
    """Check what a batch consists of, by the shapes and types of its parts alone.

    Args:
        data: As in `to_batch`, of anything that has a `shape` and a `dtype`.
        parts: As in `to_batch`.
        model: str. The model's class, for the message.
        cure: str. What makes a batch of a single example, one of `mistakes`.

    Returns:
        List of pairs, the name of a part and the tensor.

    Raises:
        ValueError: If parts are missing or superfluous, or shapes or types wrong.
    """
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    check_no_weights({"sample_weight": sample_weight})
    if may_lack_labels(parts) and isinstance(y, (tuple, list)):
        of_images = dict([*parts.items()][:1])
        labelled = check_structure(tuple(y), parts, model, cure)
        return [*check_structure(x, of_images, model, cure), *labelled]
    tensors = [tensor for tensor in (x, y) if tensor is not None]
    mistakes.check_parts(tensors, list(parts), model)
    found = list(zip(parts, tensors))
    for name, tensor in found:
        mistakes.check_batched(name, tensor, parts[name].shape, cure)
        parts[name].check(name, tensor)
    return found


def check_data(x, y, parts, model):
    """Check what `fit` or `evaluate` is given, as far as can be seen before a batch.

    On JAX an error inside a step loses the weights; so this looks before the first.

    Args:
        x: array, `tf.data.Dataset`, `keras.utils.PyDataset` or generator.
        y: array or None.
        parts: As in `to_batch`.
        model: str. The model's class, for the message.

    Returns:
        List of pairs, the name of a part and the array; empty if the data come in
        batches.

    Raises:
        ValueError: As in `to_batch`.
    """
    for (name, part), value in zip(parts.items(), (x, y)):
        mistakes.check_kind(name, value, part.shape, len(parts))
    if hasattr(x, "element_spec"):
        check_structure(x.element_spec, parts, model, mistakes.DATASET)
    elif isinstance(x, keras.utils.PyDataset):
        check_structure(x[0], parts, model)
    elif not hasattr(x, "__next__"):
        found = check_structure((x, y), parts, model, mistakes.ARRAY)
        for name, array in found:
            check_count(array, name)
        return found
    return []


def check_one_batch(x):
    """Raise a ValueError for data in batches where one batch is meant."""
    in_batches = hasattr(x, "element_spec") or hasattr(x, "__next__")
    if in_batches or isinstance(x, keras.utils.PyDataset):
        raise ValueError(
            "Pass one batch, as arrays: `x = next(iter(dataset))`; or call `fit` or "
            f"`evaluate` with the dataset. Received: x of type {type(x).__name__}."
        )


def check_count(part, name):
    """Raise a ValueError for data without an example."""
    if len(part) == 0:
        raise ValueError(
            "A game needs images to learn from, thousands of them. "
            f"Received: {name} of shape {tuple(part.shape)}."
        )


def warn_of_one(x):
    """Warn if there is a single image to train on."""
    if hasattr(x, "shape") and len(x) == 1:
        warnings.warn(
            "There is one image, and all that a game can learn from it is to repeat "
            f"it. Received: x of shape {tuple(x.shape)}.",
            stacklevel=3,
        )


def check_batch_size(batch_size, k, packing=1, least=1):
    """Raise a ValueError if a batch cannot be split into `k` shares of whole packs.

    Args:
        batch_size: int or None. None where it is not known.
        k: int. Updates of the discriminator.
        packing: int. Images of a pack.
        least: int. Examples of a share at least.
    """
    if batch_size is not None and k <= batch_size < k * least:
        raise ValueError(
            f"`batch_size` must be at least {k * least}, or an update would have fewer "
            f"than {least} examples, which its loss compares with one another. "
            f"Received: batch_size={batch_size}, discriminator_steps={k}."
        )
    if batch_size is not None and batch_size < k:
        raise ValueError(
            "`batch_size` must be at least `discriminator_steps`, since every update "
            "of the discriminator takes a fresh share of the batch: with 64 examples "
            f"each, `batch_size={64 * k}`. "
            f"Received: batch_size={batch_size}, discriminator_steps={k}."
        )
    if batch_size is not None:
        check_packs(batch_size, packing, k)


def check_packs(count, together, k=1):
    """Raise a ValueError if a batch of so many has no whole packs in `k` shares.

    Args:
        count: int. Images of the batch.
        together: int. Images that are judged together: those of a pack, or a group.
        k: int. Updates of the discriminator.
    """
    if together > 1 and count % (k * together):
        raise ValueError(
            "A batch must be a multiple of `packing * discriminator_steps`, and of the "
            "`group_size` of a discriminator that compares images, as every update "
            f"takes whole packs and groups: here a multiple of {k * together}. "
            f"Received: a batch of {count}."
        )


def check_shared(x, parts):
    """Raise a ValueError for batches that devices cannot share equally.

    Those of arrays are cut. A device without an image would have a mean of nothing.

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
            "the discriminator, in whole packs: all batches must have a multiple of "
            f"{parts} examples, the last one too, as by "
            "`.batch(size, drop_remainder=True)`. "
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
