"""Pictures in shards: directories of tensorflow-datasets, of any size and anywhere.

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
from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import store
from ganzoo.data.images import Pairs
from ganzoo.data.images import Pictures
from ganzoo.data.lazy_arrays import Rows

FACTS = "dataset_info.json"  # in each of these directories
SPLITS = ("train", "test")  # that are trained on and scored by
LABEL = "label"
IMAGE = ("image",)
PAIR = ("source", "target")
SIZE = 64  # pixels of a side, where nothing says otherwise


@dataclasses.dataclass(frozen=True)
class Survey:
    """What a directory of shards holds.

    Args:
        path: str. The directory.
        count: int. Pictures, or pairs, to train on.
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
    """A directory of tensorflow-datasets with ArrayRecord shards of pictures.

    Args:
        path: string. The directory.
        parts: tuple of strings. The features that are wanted, `IMAGE` or `PAIR`.

    Raises:
        ValueError: If it cannot be read, or does not hold such pictures of one size.
    """

    def __init__(self, path, parts):
        self.path = path
        self.parts = parts
        self.builder = _open(path)
        self.shapes = [_shape(path, self.builder, part) for part in parts]

    @property
    def survey(self):
        """`Survey`."""
        count = self._count("train")
        return Survey(self.path, count, self.shapes[-1], self.class_names)

    @functools.cached_property
    def class_names(self):
        """Names of the classes, or None where there are no labels."""
        features = self.builder.info.features
        names = getattr(features[LABEL], "names", None) if LABEL in features else None
        return None if names is None else tuple(names)

    def split(self, split):
        """The pictures of a split.

        Args:
            split: string. "train" or "test".

        Returns:
            `Pictures`, or `Pairs`, of `Rows`.

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
        """`Rows` of each part."""
        return [
            self._rows(split, part, functools.partial(_pixels, shape), shape, "uint8")
            for part, shape in zip(self.parts, self.shapes)
        ]

    def _labels(self, split):
        if self.class_names is None:
            return None
        known = (self.builder.info.metadata or {}).get("labels", {})
        if split in known:
            return np.array(known[split], "int32")
        return self._rows(split, LABEL, int, (), "int32")

    def _rows(self, split, feature, decode, shape, dtype):
        count = self._count(split)
        records = tfds.Records(self.builder, split, feature, decode)

        def read(numbers):
            with intact(self.path, split):
                return records(numbers)

        return Rows(read, (count, *shape), dtype)

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
                "Pictures are read by row, in an order drawn anew for each epoch, "
                f"which {', '.join(formats)} files do not allow: write them as "
                f"ArrayRecord once, by `ganzoo shard {self.path} --out FOLDER`. "
                f"Received: path={self.path!r}."
            )
        return splits[split].num_examples


@contextlib.contextmanager
def intact(path, split):
    """Turn what a damaged file makes of reading it into a ValueError."""
    try:
        yield
    except Exception as error:
        raise ValueError(
            f"Copy or write the shards of the split {split!r} anew: they cannot be "
            f"read to their end ({error}). Received: path={path!r}."
        ) from error


def open_pictures(
    path,
    image_size,
    channels=None,
    layout=image_files.LAYOUT,
    bit_depth=image_info.BITS,
):
    """Pictures in shards, or in a folder, which are decoded into the cache.

    Args:
        path: string or path. A directory of tensorflow-datasets, local or remote, with
            a feature "image"; or what `ganzoo.data.disk.store.open_store` takes.
        image_size: As in `open_store`. Shards are read as they are.
        channels: As in `open_store`.
        layout: As in `open_store`. Shards keep their order.
        bit_depth: As in `open_store`. Shards have 8 bits.

    Returns:
        `Shards` or `Store`.

    Raises:
        ValueError: If they have another size, a shard is missing or cut, and as in
            `open_store`.
    """
    found = _find(path, IMAGE, image_size, channels, bit_depth)
    return found or store.open_store(
        path, image_size, channels, layout=layout, bit_depth=bit_depth
    )


def open_pairs(
    path,
    image_size,
    channels=None,
    layout=image_files.LAYOUT,
    bit_depth=image_info.BITS,
):
    """As `open_pictures`, for pairs: with features "source" and "target", or a folder.

    Raises:
        ValueError: If they have another size, and as in `store.open_pairs`.
    """
    found = _find(path, PAIR, image_size, channels, bit_depth)
    return found or store.open_pairs(
        path, image_size, channels, layout=layout, bit_depth=bit_depth
    )


def image_size(path, of_pairs=False):
    """Pixels of a side of pictures in shards, or those that suit a folder."""
    if are_at(path):
        return Shards(resolved(path), features_of(of_pairs)).shapes[-1][0]
    return SIZE


def check_classes(path):
    """Raise a ValueError unless pictures in shards, or in a folder, have classes."""
    if are_at(path):
        image_files.check_classes(path, Shards(resolved(path), IMAGE).class_names)
    else:
        store.check_classes(path)


def are_at(path):
    """Whether there is a directory of tensorflow-datasets, rather than of pictures.

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
    """Names of the features that a picture, or a pair, is kept in."""
    return PAIR if of_pairs else IMAGE


def resolved(path):
    """Where a directory is from anywhere; a remote place is as it stands."""
    path = str(path)
    return path if "://" in path else str(pathlib.Path(path).expanduser().resolve())


def _find(path, parts, image_size, channels, bit_depth):
    """`Shards` of this size, or None where there are none."""
    if not are_at(path):
        return None
    found = Shards(resolved(path), parts)
    if bit_depth != image_info.BITS:
        raise ValueError(
            "Leave out `bit_depth`: images in shards have 8 bits. "
            f"Received: path={found.path!r}, bit_depth={bit_depth!r}."
        )
    size = image_size if np.ndim(image_size) else (image_size, image_size)
    for height, width, number in found.shapes:
        if (height, width) != tuple(size):
            raise ValueError(
                f"The pictures in these shards are {width}×{height}, and shards are "
                "read as they are: give that size, or write others by `ganzoo shard`. "
                f"Received: path={found.path!r}, image_size={image_size!r}."
            )
        if channels not in (None, number):
            raise ValueError(
                f"The pictures in these shards have {number} channels, and shards are "
                f"read as they are. Received: path={found.path!r}, channels={channels}."
            )
    found.check()
    return found


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
    """A picture of a file in bytes, as a uint8 array of a shape."""
    with Image.open(io.BytesIO(file)) as picture:
        picture = picture.convert("L" if shape[-1] == 1 else "RGB")
    return np.asarray(picture).reshape(shape)


def _shape(path, builder, part):
    """Shape of the pictures of a feature, all of one size."""
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
            f"Shards to train on have a feature `{part}` of uint8 pictures of one "
            "size, `(height, width, channels)`; pictures of several sizes are brought "
            "to one by `ganzoo shard` from a folder of them. "
            f"Received: path={path!r} with {features}."
        )
    return tuple(shape)
