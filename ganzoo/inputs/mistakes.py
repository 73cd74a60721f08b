"""What is passed to `fit` in place of arrays by mistake, and what to do instead."""

import os

ARRAY = "`{name}[None]` makes a batch of it."
DATASET = "end the dataset with `.batch(64)`."
OTHER = "let each batch have an axis of examples, as `np.stack` makes it."


def check_kind(name, value, shape, count=1):
    """Raise a ValueError for what has to be turned into an array or a dataset first.

    Args:
        name: string. What it is called, for the message.
        value: anything.
        shape: tuple. Of an example, in the batches that the losses take.
        count: int. How many parts the model trains on.
    """
    cure = _cure_of_kind(name, value, shape, count)
    if cure:
        raise ValueError(f"{cure} Received: {name} of type {type(value).__name__}.")


def _cure_of_kind(name, value, shape, count):
    if isinstance(value, (str, os.PathLike)):
        return (
            f"Load the images first: `ganzoo.data.from_folder({name}, image_size)` "
            f"reads a folder, `ganzoo.data.load({name})` a dataset by its name. `fit` "
            "takes what they return, and no path or name."
        )
    if isinstance(value, (list, tuple)):
        return _cure_of_list(name, value, shape, count)
    if hasattr(value, "to_numpy") and hasattr(value, "columns"):
        array = f"{name}.to_numpy()"
        if shape == ():
            return f"Pass one column of the table, as an array: `{array}.ravel()`."
        if len(shape) == 1:
            return f"Pass the columns of the table as an array: `{array}`."
        sizes = ", ".join(map(str, (-1, *shape)))
        return (
            "Make images of the table: "
            f"`{name} = {array}.astype('uint8').reshape({sizes})`, if its columns are "
            "their pixels in 0..255 and nothing else, like labels."
        )
    if callable(value) and not hasattr(value, "shape"):
        return (
            f"Call the function, and pass what it returns: `{name}()`. For several "
            "epochs use `tf.data.Dataset.from_generator` or a "
            "`keras.utils.PyDataset`, since a generator is read once."
        )
    return None


def _cure_of_list(name, value, shape, count):
    shapes = {tuple(getattr(item, "shape", ())) for item in value}
    ranks = {len(received) for received in shapes}
    if len(value) == 2 and (count == 2 or len(ranks) == 2):
        return f"Pass images, and labels or targets, one by one: `fit(*{name}, ...)`."
    if ranks == {len(shape) + 1}:
        return f"Make one array of the list of batches: `np.concatenate({name})`."
    if len(shapes) > 1:
        return (
            "Make one array of the list, of images of one size: "
            "`ganzoo.data.from_folder` crops and resizes those of a folder, and "
            f"`np.stack({name})` joins arrays of one shape."
        )
    return f"Make one array of the list: `np.stack({name})`."


def check_batched(name, part, shape, cure):
    """Raise a ValueError for one example in place of a batch.

    Args:
        name: string. What it is called, for the message.
        part: anything with a `shape`.
        shape: tuple. Of one example.
        cure: string. `ARRAY`, `DATASET` or `OTHER`, by where the part comes from.
    """
    if getattr(part.shape, "rank", 0) is None:
        return
    received = tuple(part.shape)
    if len(received) == len(shape) and fits(received, shape):
        raise ValueError(
            f"`{name}` must be a batch, and is a single example: "
            f"{cure.format(name=name)} Received: {name} of shape {received}."
        )


def check_parts(found, parts, model):
    """Raise a ValueError for missing parts of a batch, or more than a model takes.

    Args:
        found: list of the parts that there are.
        parts: sequence of strings. Their names, as the model has them.
        model: string. The model's class, for the message.
    """
    received = f"Received: {[type(part).__name__ for part in found]}."
    if len(found) > len(parts):
        raise ValueError(
            f"Leave out `y`: {model} trains on {' and '.join(parts)} alone, without "
            "labels or targets; ACGAN and CGAN take labels. `dataset.map(lambda x, y: "
            f"x)` leaves them out of a `tf.data.Dataset`. {received}"
        )
    if len(found) < len(parts) or not all(hasattr(part, "shape") for part in found):
        raise ValueError(
            f"Pass {' and '.join(f'`{name}`' for name in parts)} as arrays: "
            f"`fit({', '.join(parts)}, ...)`; or a dataset of such batches. That is "
            f"what {model} trains on. {received}"
        )


def hint_of_shape(name, received, shape):
    """What may have been meant by a batch of examples of another shape.

    Args:
        name: string. What it is called.
        received: tuple. Its whole shape.
        shape: tuple. Of one example.

    Returns:
        A string to follow a message; "" where nothing is likely.
    """
    if len(received) == len(shape) == 3 and received[-1] in (1, 3):
        height, width, _ = shape
        return (
            f" Perhaps: `{name}[None]` makes a batch of one image, which must have "
            f"{height} x {width} pixels."
        )
    received = received[1:]
    if shape == ():
        hint = f"one integer each, which `{name}.argmax(axis=-1)` makes of one-hot ones"
    elif len(received) == len(shape) - 1:
        hint = f"`{name}[..., None]` adds an axis for the channels"
    elif len(received) == len(shape) == 3:
        hint = _hint_of_image(name, received, shape)
    else:
        return ""
    return f" Perhaps: {hint}."


def _hint_of_image(name, received, shape):
    if (*received[1:], *received[:1]) == shape:
        return f"`np.moveaxis({name}, 1, -1)` puts the channels last"
    networks = f"networks for images of shape {received}"
    if not fits(received[:2], shape[:2]):
        return f"{networks}, or images of {shape[0]} x {shape[1]} pixels"
    channels = received[-1], shape[-1]
    if channels == (1, 3):
        return f"`np.repeat({name}, 3, axis=-1)` makes grey images RGB; or {networks}"
    if channels == (3, 1):
        return (
            f"`({name} @ [0.299, 0.587, 0.114])[..., None].astype({name}.dtype)` makes "
            f"RGB images grey; or {networks}"
        )
    if channels == (4, 3):
        return f"`{name}[..., :3]` drops the transparency"
    return networks


def fits(received, shape):
    """Whether two shapes are equal, where both are known."""
    return len(received) == len(shape) and all(
        None in (a, b) or a == b for a, b in zip(received, shape)
    )
