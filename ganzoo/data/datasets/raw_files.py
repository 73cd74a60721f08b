"""The files in which MNIST, Fashion-MNIST and CIFAR-10 were published.

Reference: [the IDX format](http://yann.lecun.com/exdb/mnist/) and
[CIFAR-10's binary version](https://www.cs.toronto.edu/~kriz/cifar.html).
"""

import gzip
import math
import zlib

import numpy as np

CLASSES = 10
CIFAR10_SHAPE = (3, 32, 32)


class IdxFiles:
    """The four IDX files of MNIST and of the sets made after it."""

    prefixes = {"train": "train", "test": "t10k"}

    def names(self, split):
        """The names of a split's files, each with its alternatives."""
        prefix = self.prefixes[split]
        return (
            (f"{prefix}-images-idx3-ubyte", f"{prefix}-images.idx3-ubyte"),
            (f"{prefix}-labels-idx1-ubyte", f"{prefix}-labels.idx1-ubyte"),
        )

    def read(self, images_file, labels_file):
        """Read images `(count, height, width, 1)` and labels `(count,)`."""
        images = read_idx(images_file, 3)
        labels = read_idx(labels_file, 1)
        if len(images) != len(labels):
            raise ValueError(
                f"{images_file} and {labels_file} must hold equally many images "
                f"and labels. Received: {len(images)} images, {len(labels)} labels."
            )
        return images[..., np.newaxis], checked_labels(labels_file, labels)


class Cifar10Files:
    """The six files of CIFAR-10's binary version."""

    stems = {
        "train": tuple(f"data_batch_{i}" for i in range(1, 6)),
        "test": ("test_batch",),
    }

    def names(self, split):
        """The names of a split's files, each with its alternatives."""
        return tuple((f"{stem}.bin",) for stem in self.stems[split])

    def read(self, *files):
        """Read images `(count, 32, 32, 3)` and labels `(count,)`."""
        images, labels = zip(*(read_cifar10(file) for file in files), strict=True)
        return np.concatenate(images), np.concatenate(labels)


def find_files(folder, names):
    """Find a file for each name in a folder, plain or with `.gz` after the name.

    Args:
        folder: `pathlib.Path` or `importlib.resources` folder.
        names: tuple of tuples of strings. The alternative names of each file.

    Returns:
        A list of files in the order of `names`, or `None` if one is missing.
    """
    found = []
    for alternatives in names:
        candidates = [folder / (a + end) for a in alternatives for end in ("", ".gz")]
        found.append(next((file for file in candidates if file.is_file()), None))
    return None if None in found else found


def read_idx(file, dimensions):
    """Read a uint8 array of so many dimensions from an IDX file, plain or gzip."""
    data = read_bytes(file)
    magic = bytes((0, 0, 0x08, dimensions))
    header = len(magic) + 4 * dimensions
    if data[: len(magic)] != magic or len(data) < header:
        raise ValueError(
            f"{file} must be an IDX file of bytes in {dimensions} dimension(s), which "
            f"begins with {magic!r}. Received: {data[: len(magic)]!r}."
        )
    shape = tuple(np.frombuffer(data, ">u4", dimensions, len(magic)).tolist())
    if len(data) != header + math.prod(shape):
        raise ValueError(
            f"{file} must hold {header + math.prod(shape)} bytes, as its header says: "
            "it is cut short or is not what it claims to be. "
            f"Received: {len(data)} bytes."
        )
    return np.frombuffer(data, "uint8", offset=header).reshape(shape).copy()


def read_cifar10(file):
    """Read images `(count, 32, 32, 3)` and labels of a CIFAR-10 file, plain or gzip."""
    data = read_bytes(file)
    record = 1 + math.prod(CIFAR10_SHAPE)
    if not data or len(data) % record:
        raise ValueError(
            f"{file} must be a CIFAR-10 file in the binary version, whose length is a "
            f"multiple of {record} bytes. Received: {len(data)} bytes."
        )
    records = np.frombuffer(data, "uint8").reshape(-1, record)
    images = records[:, 1:].reshape(-1, *CIFAR10_SHAPE).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(images), checked_labels(file, records[:, 0])


def read_bytes(file):
    """Read a whole file, unpacked if its name ends in `.gz`."""
    with file.open("rb") as stream:
        if not file.name.endswith(".gz"):
            return stream.read()
        try:
            return gzip.GzipFile(fileobj=stream).read()
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(
                f"{file} must be a whole gzip file, as its name says. "
                f"Received: {error}."
            ) from error


def checked_labels(file, labels):
    """Return labels as int32 if they are those of ten classes."""
    if labels.max(initial=0) >= CLASSES:
        raise ValueError(
            f"{file} must hold labels from 0 to {CLASSES - 1}. "
            f"Received: label {labels.max()}."
        )
    return labels.astype("int32")
