"""The parts of a batch, each a declaration of what `fit` takes.

A variant lists its parts by the names of `fit`'s arguments:

    parts = {"x": Images("image_shape"), "y": Label()}

Whatever reads data, from recipes to samples, reads that. What a part says of itself as
a string is the name of the model's attribute that has it.
"""

import dataclasses

import keras
import numpy as np
from keras import ops

from ganzoo.data import pixels
from ganzoo.data.vocabulary import Vocabulary
from ganzoo.inputs import mistakes
from ganzoo.inputs import pixel_range

SHOWN = 5  # values in a message


@dataclasses.dataclass(frozen=True)
class Part:
    """One part of a batch.

    Args:
        shape: tuple, or name of the model's attribute that is one. Of one example.
    """

    shape: tuple | str

    def __post_init__(self):
        if not isinstance(self.shape, (tuple, str)):
            raise ValueError(
                "The shape of a part must be a tuple, or the name of a model's "
                f"attribute. Received: shape={self.shape!r}."
            )

    def resolve(self, model):
        """The same part, with the values of a model for names of its attributes."""
        values = {
            field.name: getattr(model, value)
            for field in dataclasses.fields(self)
            if isinstance(value := getattr(self, field.name), str)
        }
        return dataclasses.replace(self, **values)

    def arguments(self, array, names=None):
        """Arguments of a model that follow from the data, as a dict.

        Args:
            array: array of this part of the data.
            names: sequence of strings or None. Of its classes, or of attributes.
        """
        return {}

    @property
    def given(self):
        """Names of the model's arguments that follow from the data."""
        fields = (getattr(self, field.name) for field in dataclasses.fields(self))
        return {value for value in fields if isinstance(value, str)}

    def size(self, array):
        """What networks are made for: the shape of an example, or a number."""
        return tuple(array.shape[1:])

    def few(self, array, count):
        """So many of its examples from all over, to try something out on them.

        Args:
            array: array of this part of the data.
            count: int.
        """
        return array[np.linspace(0, len(array) - 1, count).astype("int64")]

    def check(self, name, part):
        """Raise a ValueError unless type and shape are those of this part.

        Args:
            name: string. What it is called, for the message.
            part: anything with a `shape` and a `dtype`, `(batch, *shape)`.
        """
        self._check_numbers(name, part)
        _check_rank(part, name, self.shape)
        mistakes.check_batched(name, part, self.shape, mistakes.ARRAY)
        self.check_shape(name, part)
        self.check_type(name, keras.backend.standardize_dtype(part.dtype))

    def _check_numbers(self, name, part):
        """Raise a ValueError for an array of text or of Python objects."""
        kind = getattr(part.dtype, "kind", None)
        first = np.ravel(part)[:1] if kind == "O" else ()
        if kind in ("U", "S") or any(isinstance(item, str) for item in first):
            received = f"Received: {name} of type {part.dtype}, text."
            raise ValueError(f"{self.cure_of_text(name)} {received}")
        if kind == "O":
            raise ValueError(
                f"`{name}` must be one array of numbers, and of images of several "
                "sizes NumPy makes one of objects: bring them to one size, as "
                "`ganzoo.data.from_folder` does. "
                f"Received: {name} of type {part.dtype}."
            )

    def cure_of_text(self, name):
        """What to do if it is text, like a path or a name."""
        return f"`{name}` must be numbers."

    def check_shape(self, name, part):
        received = tuple(part.shape[1:])
        if not mistakes.fits(received, self.shape):
            hint = mistakes.hint_of_shape(name, tuple(part.shape), self.shape)
            raise ValueError(
                f"Each example of `{name}` must have the shape {self.shape}, which the "
                f"networks were made for.{hint} "
                f"Received: {name} with examples of shape {received}."
            )

    def check_type(self, name, dtype):
        if "float" not in dtype:
            raise ValueError(
                f"`{name}` must be floats. Received: {name} of type {dtype}."
            )

    def check_values(self, name, array, is_first=True):
        """Raise a ValueError for values that cannot be meant.

        Args:
            name: string. What it is called, for the message.
            array: array `(count, *shape)`.
            is_first: bool. Whether it is all the data, or its first batch.
        """

    def check_all(self, name, array, trains):
        """Raise a ValueError for values that all data together cannot have.

        Args:
            name: string. What it is called, for the message.
            array: array `(count, *shape)`, of all the data.
            trains: bool. Whether they are to train on.
        """

    def convert(self, name, part):
        """The part as the losses take it.

        Raises:
            ValueError: If shape or type are wrong.
        """
        self.check(name, part)
        return ops.cast(part, keras.backend.floatx())


@dataclasses.dataclass(frozen=True)
class Images(Part):
    """Images `(height, width, channels)`: uint8, or floats in [-1, 1]."""

    def check_type(self, name, dtype):
        if dtype != "uint8" and "float" not in dtype:
            scale = " * 255" if dtype == "bool" else ""
            values = "" if scale else ", if the values are in 0..255"
            raise ValueError(
                f"Images `{name}` must be uint8 in 0..255 or floats in [-1, 1]: pass "
                f"`{name}.astype('uint8'){scale}`{values}. "
                f"Received: {name} of type {dtype}."
            )

    def check_values(self, name, array, is_first=True):
        pixel_range.check_range(name, array, is_first)

    def check(self, name, part):
        if isinstance(part, np.ndarray) and part.ndim == 0:
            raise ValueError(
                f"`{name}` must be an array of images. "
                "`ganzoo.data.from_folder(path, image_size).images` reads those of a "
                f"folder. Received: {name}={part.item()!r}."
            )
        super().check(name, part)

    def take(self, name, images):
        """Images that a user passes by themselves, as the networks take them.

        Args:
            name: string. What they are called, for the message.
            images: array, or a sequence of arrays of one shape.

        Returns:
            float32 tensor in [-1, 1].

        Raises:
            ValueError: If shape, type or range are wrong.
        """
        images = images if hasattr(images, "dtype") else np.asarray(images)
        self.check(name, images)
        self.check_values(name, images)
        return self.convert(name, images)

    def convert(self, name, part):
        self.check(name, part)
        if keras.backend.standardize_dtype(part.dtype) == "uint8":
            return pixels.to_float(part)
        return ops.cast(part, keras.backend.floatx())


@dataclasses.dataclass(frozen=True)
class SmallImages(Images):
    """Images that are to be enlarged: small versions of those of another part."""


@dataclasses.dataclass(frozen=True)
class Frames(Images):
    """Sequences of images in their order, `(frames, height, width, channels)`."""

    def check_shape(self, name, part):
        received = tuple(part.shape[1:])
        count, *image_shape = self.shape
        sequences = f"`(n, {', '.join(map(str, self.shape))})`"
        if len(received) == len(image_shape):
            raise ValueError(
                f"`{name}` must be sequences of images, an array {sequences}. Join the "
                f"images of each in their order, by `np.stack`. Received: {name} of "
                f"shape {tuple(part.shape)}, which is single images."
            )
        more = len(received) == len(self.shape) and received[0] not in (None, count)
        if more and mistakes.fits(received[1:], tuple(image_shape)):
            raise ValueError(
                f"`{name}` must be sequences of {count} images, as many as the model "
                f"was made for, and the last of which it learns to predict: an array "
                f"{sequences}. Received: {name} with sequences of {received[0]}."
            )
        super().check_shape(name, part)


@dataclasses.dataclass(frozen=True)
class Vector(Part):
    """Vectors of finite floats `(size,)`, such as embedded text."""

    def check_values(self, name, array, is_first=True):
        if not np.isfinite(ops.convert_to_numpy(array)).all():
            raise ValueError(
                f"`{name}` must be finite numbers. "
                f"Received: {name} with NaN or infinity."
            )


@dataclasses.dataclass(frozen=True)
class Attributes(Part):
    """What an image has, `(count,)`: 1 for each that it has, and 0 or -1 for others.

    The losses take floats, 1 and -1.

    Args:
        count: int, or name of the model's attribute.
        names: tuple of strings, or name of the model's attribute. What each is called.
    """

    shape: tuple = ()
    count: int | str = "num_attributes"
    names: tuple | str = "attributes"

    def resolve(self, model):
        resolved = super().resolve(model)
        return dataclasses.replace(resolved, shape=(resolved.count,))

    def arguments(self, array, names=None):
        return {self.names: tuple(names)}

    def size(self, array):
        return array.shape[1]

    def few(self, array, count):
        """The same, but for one that has nothing and one that has all."""
        few = np.array(super().few(array, count))
        few[0], few[-1] = 0, 1
        return few

    def check_shape(self, name, part):
        if tuple(part.shape[1:]) != self.shape:
            raise ValueError(
                f"`{name}` must have a column for each of the {self.count} attributes: "
                f"{', '.join(self.names)}. "
                f"Received: {name} of shape {tuple(part.shape)}."
            )

    def check_type(self, name, dtype):
        if not any(kind in dtype for kind in ("int", "float", "bool")):
            raise ValueError(
                f"`{name}` must be numbers, 0 and 1 or -1 and 1. "
                f"Received: {name} of type {dtype}."
            )

    def check_values(self, name, array, is_first=True):
        values = set(np.unique(ops.convert_to_numpy(array)).tolist())
        if not values <= {0, 1} and not values <= {-1, 1}:
            shown = sorted(values)[:SHOWN]
            raise ValueError(
                f"Attributes `{name}` must be 1 where an image has one, and all 0 or "
                f"all -1 where it has not. Received: {name} with the values {shown}."
            )

    def check_all(self, name, array, trains):
        has = ops.convert_to_numpy(array) > 0
        alike = [
            n
            for n, column in zip(self.names, has.T)
            if column.all() or not column.any()
        ]
        if trains and alike:
            raise ValueError(
                f"Leave out the columns of `{name}` that are alike for all images: "
                "there is nothing to learn what such an attribute looks like from. "
                f"Received: {name} with one value only of {', '.join(alike)}."
            )

    def convert(self, name, part):
        self.check(name, part)
        has = ops.cast(part, keras.backend.floatx()) > 0
        return 2 * ops.cast(has, keras.backend.floatx()) - 1


@dataclasses.dataclass(frozen=True)
class Label(Part):
    """One integer each, a class from 0 to `count - 1`.

    Args:
        count: int, or name of the model's attribute. None if it is not known.
        names: None, or name of the model's attribute that has the names of the classes.
        missing: bool. Whether -1 stands for an example without a label. Batches of
            arrays then have as many labelled examples beside all others.
    """

    shape: tuple = ()
    count: int | str | None = "num_classes"
    names: str | None = None
    missing: bool = False

    def resolve(self, model):
        resolved = dataclasses.replace(super().resolve(model), names=None)
        if resolved.count is None and self.count is not None:
            raise ValueError(
                f"{type(model).__name__} takes labels and must know how many classes "
                f"there are, in its attribute `{self.count}`. Received: None."
            )
        return resolved

    def arguments(self, array, names=None):
        count = self.size(array)
        of_classes = {self.names: names and names[:count]} if self.names else {}
        return {self.count: count, **of_classes}

    def size(self, array):
        return int(np.max(array)) + 1

    def cure_of_text(self, name):
        return (
            f"`{name}` must be numbers, like the place of each class in a list: "
            f"`classes, {name} = np.unique({name}, return_inverse=True)`."
        )

    def check_shape(self, name, part):
        if not _is_column(part):
            super().check_shape(name, part)

    def check_type(self, name, dtype):
        _check_integers(name, dtype, "integer labels, one for each example")

    def check_values(self, name, array, is_first=True):
        if self.count is None or 0 in array.shape:
            return
        least = -1 if self.missing else 0
        values = ops.convert_to_numpy(array)
        if not least <= values.min() <= values.max() < self.count:
            none = ", or -1 where there is none" if self.missing else ""
            raise ValueError(
                f"Labels `{name}` must be from 0 to {self.count - 1}{none}, since "
                f"`num_classes` is {self.count}. Received: {name} from "
                f"{values.min()} to {values.max()}."
            )

    def check_all(self, name, array, trains):
        if self.count is None:
            return
        classes = np.unique(ops.convert_to_numpy(array))
        classes = classes[classes >= 0]
        if len(classes) == 0:
            raise ValueError(
                f"`{name}` must have labels for some of the images, from 0 to "
                f"{self.count - 1}, and -1 for the others: there is nothing to learn "
                f"classes from, or to check them by. Received: {name} with -1 only."
            )
        if trains and len(classes) == 1:
            raise ValueError(
                f"`{name}` must have labels of two classes or more: with one there is "
                "nothing to tell apart, and a model that takes no labels trains as "
                f"well. Received: {name} with labels of the class {classes[0]} only."
            )

    def convert(self, name, part):
        self.check(name, part)
        part = ops.convert_to_tensor(part)
        return ops.squeeze(part, axis=1) if _is_column(part) else part


@dataclasses.dataclass(frozen=True)
class Tokens(Part):
    """Texts: sequences of integers `(length,)`, of a vocabulary.

    `fit` takes them as strings too.

    Args:
        vocabulary: `Vocabulary`, or name of the model's attribute.
        count: int, or name of the model's attribute. How many tokens there are.
    """

    shape: tuple = ()
    vocabulary: Vocabulary | str = "vocabulary"
    count: int | str = "num_words"

    def resolve(self, model):
        resolved = super().resolve(model)
        return dataclasses.replace(resolved, shape=(resolved.vocabulary.length,))

    def arguments(self, texts, names=None):
        return {self.vocabulary: Vocabulary(texts)}

    def size(self, texts):
        return len(Vocabulary(texts))

    def few(self, array, count):
        """The same, but for one that differs from the first."""
        few = np.array(super().few(array, count))
        differs = np.reshape(array != few[0], (len(array), -1)).any(axis=1)
        few[-1] = array[np.argmax(differs)]
        return few

    def read(self, texts):
        """The tokens of strings; other data as they are."""
        is_sequence = isinstance(texts, (list, tuple)) or hasattr(texts, "to_numpy")
        array = np.asarray(texts) if is_sequence else texts
        kind = getattr(getattr(array, "dtype", None), "kind", None)
        return (
            self.vocabulary.encode(np.asarray(array)) if kind in ("U", "O") else texts
        )

    def check_type(self, name, dtype):
        _check_integers(name, dtype, "sequences of integer tokens, or strings")

    def check_values(self, name, array, is_first=True):
        values = ops.convert_to_numpy(array)
        if values.size and not 0 <= values.min() <= values.max() < self.count:
            raise ValueError(
                f"Tokens `{name}` must be from 0 to {self.count - 1}, as the model's "
                "`vocabulary.encode` makes them. "
                f"Received: {name} from {values.min()} to {values.max()}."
            )
        empty = np.flatnonzero(~values.any(axis=1))
        if len(empty):
            raise ValueError(
                f"Each text of `{name}` must have a word, a token that is not 0. "
                f"Received: {name} with none in row {empty[0]}."
            )

    def check_all(self, name, array, trains):
        values = ops.convert_to_numpy(array)
        if trains and (values == values[0]).all():
            raise ValueError(
                f"`{name}` must have two different texts or more: with one there is "
                "nothing to tell apart, and a model that takes no texts trains as "
                f"well. Received: {name} with {len(values)} texts that are all alike."
            )

    def convert(self, name, part):
        self.check(name, part)
        return ops.convert_to_tensor(part)


def of_shapes(shapes):
    """Parts of a batch by their shapes alone: labels where there is none, else images.

    Args:
        shapes: dict. Name and shape of each part, `()` for an integer label.
    """
    return {
        name: Label(count=None) if shape == () else Images(shape)
        for name, shape in shapes.items()
    }


def _check_integers(name, dtype, what):
    """Raise a ValueError for another type than what a part is of."""
    if "int" not in dtype:
        raise ValueError(f"`{name}` must be {what}. Received: {name} of type {dtype}.")


def _check_rank(part, name, shape):
    """Raise a ValueError for a tensor of which not even the number of axes is known."""
    if getattr(part.shape, "rank", 0) is None:
        raise ValueError(
            f"`{name}` must have a known shape, which `tf.numpy_function` and "
            f"`tf.py_function` lose: add `{name} = tf.ensure_shape({name}, "
            f"{(None, *shape)})` to what the dataset maps. "
            f"Received: {name} of unknown rank."
        )


def _is_column(part):
    """Whether labels come as `(batch, 1)`, as some data sets have them."""
    return tuple(part.shape[1:]) == (1,)
