"""Images in shards: directories of tensorflow-datasets, of any size and anywhere.

Of ArrayRecord shards each row is read when it is asked for, wherever they are; what has
an order, like the batches of an epoch, has the same one as with arrays in memory.
"""

import contextlib
import dataclasses
import functools
import io
import pathlib

import numpy as np
from PIL import Image

from ganzoo.data import tfds
from ganzoo.data.images import Pairs
from ganzoo.data.images import Pictures
from ganzoo.data.lazy_arrays import LazyArray

FACTS = "dataset_info.json"  # in each of these directories
SPLITS = ("train", "test")  # that are trained on and scored by
LABEL = "label"
IMAGE = ("image",)
PAIR = ("source", "target")


@dataclasses.dataclass(frozen=True)
class ShardsSurvey:
    """What a directory of shards holds.

    Args:
        path: str. The directory.
        count: int. Images, or pairs, to train on.
        image_shape: tuple `(height, width, channels)`; of pairs, the targets'.
        class_names: tuple of strings, or None.
        content: None. What tells these images from others would take reading them.
    """

    path: str
    count: int
    image_shape: tuple
    class_names: tuple | None
    content: None = None

    def summary_lines(self):
        """Lines to print."""
        height, width, channels = self.image_shape
        colours = "grey" if channels == 1 else "in colour"
        yield (
            f"{self.count:,} to train on, {width}×{height}, {colours}, in shards: "
            f"{self.path}"
        )
        if self.class_names:
            yield f"{len(self.class_names)} classes"


class Shards:
    """A directory of tensorflow-datasets with ArrayRecord shards of images.

    Args:
        path: string. The directory.
        parts: tuple of strings. The features that are wanted, `IMAGE` or `PAIR`.

    Raises:
        ValueError: If it cannot be read, or does not hold such images of one size.
    """

    def __init__(self, path, parts):
        self.path = path
        self.parts = parts
        self.builder = _open(path)
        self.shapes = [_shape(path, self.builder, part) for part in parts]

    @property
    def survey(self):
        """`ShardsSurvey`."""
        count = self._count("train")
        return ShardsSurvey(self.path, count, self.shapes[-1], self.class_names)

    @functools.cached_property
    def class_names(self):
        """Names of the classes, or None where there are no labels."""
        features = self.builder.info.features
        names = getattr(features[LABEL], "names", None) if LABEL in features else None
        return None if names is None else tuple(names)

    def split(self, split):
        """The images of a split.

        Args:
            split: string. "train" or "test".

        Returns:
            `Pictures`, or `Pairs`, of `LazyArray`.

        Raises:
            ValueError: If there is no such split, or it cannot be read by row.
        """
        arrays = self._images(split)
        if self.parts == PAIR:
            return Pairs(*arrays, self.path, split)
        labels = self._labels(split)
        return Pictures(*arrays, labels, self.class_names, self.path, split)

    def check(self):
        """Read the first and the last image of each shard that a run will read.

        Raises:
            ValueError: If a file is missing, or is cut, as when it is half copied.
        """
        for split in SPLITS:
            if split in self.builder.info.splits:
                lengths = np.array(self.builder.info.splits[split].shard_lengths, int)
                lengths = lengths[lengths > 0]
                ends = np.cumsum(lengths)
                images = self._images(split)[-1]
                images[np.unique([ends - lengths, ends - 1])]

    def _images(self, split):
        """`LazyArray` of each part."""
        return [
            self._lazy_array(
                split, part, functools.partial(_pixels, shape), shape, "uint8"
            )
            for part, shape in zip(self.parts, self.shapes)
        ]

    def _labels(self, split):
        if self.class_names is None:
            return None
        known = (self.builder.info.metadata or {}).get("labels", {})
        if split in known:
            return np.array(known[split], "int32")
        return self._lazy_array(split, LABEL, int, (), "int32")

    def _lazy_array(self, split, feature, decode, shape, dtype):
        count = self._count(split)
        records = tfds.Records(self.builder, split, feature, decode)

        def read(numbers):
            with checked_reading(self.path, split):
                return records(numbers)

        return LazyArray(read, (count, *shape), dtype)

    def _count(self, split):
        splits = self.builder.info.splits
        if split not in splits:
            raise ValueError(
                "Shards to train on have a split `train`, and to score by one that is "
                f"called `test`. Received: path={self.path!r} with {list(splits)}, "
                f"split={split!r}."
            )
        formats = formats_of(self.builder)
        if "array_record" not in formats:
            raise ValueError(
                "Images are read by row, in an order drawn anew for each epoch, "
                f"which {', '.join(formats)} files do not allow: write them as "
                f"ArrayRecord once, by `ganzoo shard {self.path} --out FOLDER`. "
                f"Received: path={self.path!r}."
            )
        return splits[split].num_examples


@contextlib.contextmanager
def checked_reading(path, split):
    """Turn what a damaged file makes of reading it into a ValueError."""
    try:
        yield
    except Exception as error:
        raise ValueError(
            f"Copy or write the shards of the split {split!r} anew: they cannot be "
            f"read to their end ({error}). Received: path={path!r}."
        ) from error


def is_shard_directory(path):
    """Whether there is a directory of tensorflow-datasets, rather than of images.

    Raises:
        ValueError: If a remote place holds none, or cannot be reached.
    """
    if "://" not in str(path):
        return (pathlib.Path(path).expanduser() / FACTS).is_file()
    from etils import epath

    # What reaches a remote place, and how it fails there, is up to what is installed.
    try:
        is_there, why = (epath.Path(path) / FACTS).exists(), f"it has no {FACTS}"
    except Exception as error:
        is_there, why = False, f"{type(error).__name__}: {error}"
    if not is_there:
        raise ValueError(
            "A remote place must be a directory of tensorflow-datasets that can be "
            f"read from here ({why}). Received: path={str(path)!r}."
        )
    return True


def features_of(of_pairs):
    """Names of the features that an image, or a pair, is kept in."""
    return PAIR if of_pairs else IMAGE


def resolved(path):
    """Where a directory is from anywhere; a remote place is as it stands."""
    path = str(path)
    return path if "://" in path else str(pathlib.Path(path).expanduser().resolve())


def _open(path):
    # Whatever went wrong there, it is no directory to read.
    try:
        return tfds.open_directory(path)
    except Exception as error:
        raise ValueError(
            "Shards are read from a directory with `dataset_info.json` and "
            "`features.json`, as tensorflow-datasets writes it, which fails here "
            f"({type(error).__name__}: {error}). Received: path={path!r}."
        ) from error


def formats_of(builder):
    """Names of the formats that a data set is there in, like "tfrecord"."""
    return sorted(file.value for file in builder.info.available_file_formats())


def _pixels(shape, file):
    """An image of a file in bytes, as a uint8 array of a shape."""
    with Image.open(io.BytesIO(file)) as picture:
        picture = picture.convert("L" if shape[-1] == 1 else "RGB")
    return np.asarray(picture).reshape(shape)


def _shape(path, builder, part):
    """Shape of the images of a feature, all of one size."""
    features = builder.info.features
    found = features[part] if part in features else None
    shape = getattr(found, "shape", ())
    if (
        len(shape) != 3
        or None in shape
        or shape[-1] not in (1, 3)
        or found.np_dtype != np.uint8
    ):
        raise ValueError(
            f"Shards to train on have a feature `{part}` of uint8 images of one "
            "size, `(height, width, channels)`; images of several sizes are brought "
            "to one by `ganzoo shard` from a folder of them. "
            f"Received: path={path!r} with {features}."
        )
    return tuple(shape)
