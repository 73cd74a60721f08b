"""What every source of data returns: images, of two kinds, or in sequences."""

import dataclasses

import numpy as np

from ganzoo.data import tfds


# Arrays compare element by element, so neither class has an equality of its own.
@dataclasses.dataclass(frozen=True, eq=False)
class Pictures:
    """Images in memory, with their labels where there are any.

    `model.fit(pictures.images)` takes the uint8 array as it is.

    Args:
        images: uint8 array `(count, height, width, channels)`.
        labels: int32 array `(count,)`, or `None`. Indexes into `class_names`.
        class_names: tuple of strings, or `None`.
        name: string, or `None`. The data set's name.
        split: string, or `None`. `"train"`, `"test"`, or `None` where there is
            no such division.
        attributes: int8 array `(count, number)` of 0 and 1, or `None`. What each image
            has.
        attribute_names: tuple of strings, or `None`. What the columns are called.
        captions: array of strings `(count,)`, or `None`. What each image shows.
    """

    images: np.ndarray = dataclasses.field(repr=False)
    labels: np.ndarray | None = dataclasses.field(default=None, repr=False)
    class_names: tuple | None = None
    name: str | None = None
    split: str | None = None
    attributes: np.ndarray | None = dataclasses.field(default=None, repr=False)
    attribute_names: tuple | None = None
    captions: np.ndarray | None = dataclasses.field(default=None, repr=False)

    def __post_init__(self):
        _check_images("images", self.images)
        if self.attributes is not None:
            wanted = (len(self.images), len(self.attribute_names or ()))
            if self.attributes.shape != wanted:
                raise ValueError(
                    "`attributes` must have a row for each image and a column for each "
                    "of the `attribute_names`. Received: attributes.shape="
                    f"{self.attributes.shape}, images.shape={self.images.shape}, "
                    f"attribute_names={self.attribute_names}."
                )
        if self.captions is not None and len(self.captions) != len(self.images):
            raise ValueError(
                "`captions` must have one for each image. Received: "
                f"{len(self.captions)} captions, {len(self.images)} images."
            )
        if self.labels is not None and self.labels.shape != self.images.shape[:1]:
            raise ValueError(
                "`labels` must hold one label for each image. Received: "
                f"labels.shape={self.labels.shape}, images.shape={self.images.shape}."
            )

    def __len__(self):
        return len(self.images)

    def first(self, count):
        """The same of the first so many images."""
        names = "labels", "attributes", "captions"
        parts = {name: getattr(self, name) for name in names}
        few = {k: None if part is None else part[:count] for k, part in parts.items()}
        return dataclasses.replace(self, images=self.images[:count], **few)

    def to_tf_dataset(self, batch_size, shuffle=False, seed=None, with_labels=False):
        """The images as a `tf.data.Dataset` of batches in [-1, 1].

        The images stay uint8 in memory; each batch is converted when it is
        asked for. The last batch is smaller where `batch_size` does not divide
        the number of images.

        Args:
            batch_size: integer, at least 1.
            shuffle: boolean. Draw a new order of all the images in each epoch.
            seed: integer, or `None`. With a seed the orders are the same in
                every run.
            with_labels: boolean. Whether batches are `(x, y)` rather than `x`.

        Returns:
            A `tf.data.Dataset` of `x`, or of `(x, y)`: `x` float32
            `(batch, height, width, channels)`, `y` int32 `(batch,)`.

        Raises:
            ValueError: If labels are asked for and there are none.
        """
        if not with_labels:
            return tfds.to_tf_dataset(self.images, batch_size, shuffle, seed)
        if self.labels is None:
            raise ValueError(
                "These images have no labels; leave `with_labels` False. "
                f"Received: with_labels={with_labels}."
            )
        arrays = (self.images, self.labels)
        return tfds.to_tf_dataset(arrays, batch_size, shuffle, seed)


@dataclasses.dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of images, for a model that translates `source` into `target`.

    `model.fit(pairs.source, pairs.target)` takes the uint8 arrays as they are.

    Args:
        source: uint8 array `(count, height, width, channels)`.
        target: uint8 array `(count, height, width, channels)`. The channels may
            be others than the source's.
        name: string, or `None`. The data set's name.
        split: string, or `None`.
    """

    source: np.ndarray = dataclasses.field(repr=False)
    target: np.ndarray = dataclasses.field(repr=False)
    name: str | None = None
    split: str | None = None

    def __post_init__(self):
        _check_images("source", self.source)
        _check_images("target", self.target)
        if self.source.shape[:3] != self.target.shape[:3]:
            raise ValueError(
                "`source` and `target` must hold equally many images of one size. "
                f"Received: source.shape={self.source.shape}, "
                f"target.shape={self.target.shape}."
            )

    def __len__(self):
        return len(self.source)

    def to_tf_dataset(self, batch_size, shuffle=False, seed=None):
        """The pairs as a `tf.data.Dataset` of `(source, target)` in [-1, 1].

        See `Pictures.to_tf_dataset`.
        """
        arrays = (self.source, self.target)
        return tfds.to_tf_dataset(arrays, batch_size, shuffle, seed)


@dataclasses.dataclass(frozen=True, eq=False)
class Unpaired:
    """Images of two domains, of which none belongs to one of the other.

    `model.fit(unpaired.first, unpaired.second)` takes the uint8 arrays as they are.

    Args:
        first: uint8 array `(count, height, width, channels)`.
        second: uint8 array like that, of any number. The channels may be others.
        name: string, or `None`. The data set's name.
        split: string, or `None`.
    """

    first: np.ndarray = dataclasses.field(repr=False)
    second: np.ndarray = dataclasses.field(repr=False)
    name: str | None = None
    split: str | None = None

    def __post_init__(self):
        _check_images("first", self.first)
        _check_images("second", self.second)

    def __len__(self):
        return max(len(self.first), len(self.second))


@dataclasses.dataclass(frozen=True, eq=False)
class Sequences:
    """Sequences of images, for a model that predicts the last one of each.

    `model.fit(sequences.images)` takes the uint8 array as it is.

    Args:
        images: uint8 array `(count, frames, height, width, channels)`.
        name: string, or `None`. The data set's name.
        split: string, or `None`.
    """

    images: np.ndarray = dataclasses.field(repr=False)
    name: str | None = None
    split: str | None = None

    def __post_init__(self):
        if self.images.dtype != np.uint8 or self.images.ndim != 5:
            raise ValueError(
                "`images` must be a uint8 array of shape `(count, frames, height, "
                "width, channels)`, the pixels in 0..255. Received: images.dtype="
                f"{self.images.dtype}, images.shape={self.images.shape}."
            )

    def __len__(self):
        return len(self.images)

    def first(self, count):
        """The same of the first so many sequences."""
        return dataclasses.replace(self, images=self.images[:count])


def _check_images(argument, images):
    if images.dtype != np.uint8 or images.ndim != 4:
        raise ValueError(
            f"`{argument}` must be a uint8 array of shape "
            "`(count, height, width, channels)`, the pixels in 0..255. Received: "
            f"{argument}.dtype={images.dtype}, {argument}.shape={images.shape}."
        )
