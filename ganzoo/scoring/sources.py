"""What can be scored: anything that gives uint8 images, batch by batch."""

import abc
import contextlib
import hashlib
import warnings
import zipfile
import zlib

import numpy as np

from ganzoo.data.disk import image_info

BATCH = 250
# What reading a damaged file may raise.
READ_ERRORS = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error)


class Source(abc.ABC):
    """Images from somewhere, read as they are wanted and never all at once.

    Attributes:
        name: string. How a record calls them.
        count: int. How many images.
        image_shape: tuple. `(height, width, channels)`.
        details: dict. What else a protocol says of them: the split of a data set, or
            how a model made them.
    """

    def __init__(self, name, count, image_shape, details=None):
        if count < 2:
            raise ValueError(
                "A score compares distributions: it needs at least 2 images, and "
                f"2,048 to say much. Received: {name} with {count} image(s)."
            )
        self.name = name
        self.count = count
        self.image_shape = tuple(image_shape)
        self.details = details or {}

    @abc.abstractmethod
    def batches(self):
        """Yield uint8 arrays `(batch, height, width, channels)`."""

    def key(self):
        """What tells these images from others, or None if that takes drawing them."""
        return None

    def digest(self):
        """A SHA-256 to be updated with the pixels: equal for equal images."""
        return hashlib.sha256(f"{self.count} {self.image_shape}".encode())


class Array(Source):
    """Images in an array, in memory or mapped.

    Args:
        images: uint8 array `(count, height, width, channels)`, or without channels.
        name: string.
        details: dict or None.
    """

    def __init__(self, images, name, details=None):
        self.images = _checked_array(images, name)
        super().__init__(name, len(self.images), self.images.shape[1:], details)
        _check_range(np.asarray(self.images[:BATCH]), name)

    def batches(self):
        for start in range(0, self.count, BATCH):
            yield np.asarray(self.images[start : start + BATCH])

    def key(self):
        return hash_of_pixels(self)


class ZippedArray(Source):
    """The images of an `.npz` file, unpacked batch by batch.

    Args:
        path: `pathlib.Path`.
        member: string. Name of the array in the file.
    """

    def __init__(self, path, member):
        self.path, self.member = path, member
        with self._open() as (_, shape, fortran, dtype):
            pass
        if fortran:
            raise ValueError(
                "Images must be stored in C order: save "
                f"`np.ascontiguousarray(images)`. Received: {path}."
            )
        flat = np.broadcast_to(np.zeros((), dtype), shape)
        shape = _checked_array(flat, str(path)).shape
        super().__init__(str(path), shape[0], shape[1:])
        _check_range(next(self.batches()), self.name)

    @contextlib.contextmanager
    def _open(self):
        with (
            _checked_reading(self.path),
            zipfile.ZipFile(self.path) as archive,
            archive.open(self.member) as file,
        ):
            version = np.lib.format.read_magic(file)
            read = {
                (1, 0): np.lib.format.read_array_header_1_0,
                (2, 0): np.lib.format.read_array_header_2_0,
            }[version]
            shape, fortran, dtype = read(file)
            yield file, shape, fortran, dtype

    def batches(self):
        size = int(np.prod(self.image_shape))
        with self._open() as (file, *_):
            for start in range(0, self.count, BATCH):
                batch = min(BATCH, self.count - start)
                pixels = np.frombuffer(file.read(batch * size), "uint8")
                yield pixels.reshape(batch, *self.image_shape)

    def key(self):
        return hash_of_pixels(self)


class Drawn(Source):
    """Images that a model draws when they are wanted.

    Args:
        name: string.
        count: int.
        image_shape: tuple. `(height, width, channels)`.
        draw: function without arguments that returns an iterable of uint8 arrays, the
            same images each time.
        details: dict. How they are made.
        moved: function or None. Without arguments it returns an iterable of images,
            the same ones moved by the model, and by how many pixels to the right and
            down, as `metrics.equivariance.eq_t` takes it.
    """

    def __init__(self, name, count, image_shape, draw, details, moved=None):
        super().__init__(name, count, image_shape, details)
        self.draw = draw
        self.moved = moved

    def batches(self):
        return self.draw()

    def held(self):
        """The same images, drawn once and held in memory."""
        batches = list(self.draw())
        return Drawn(
            self.name,
            self.count,
            self.image_shape,
            lambda: batches,
            self.details,
            self.moved,
        )


@contextlib.contextmanager
def _checked_reading(path):
    try:
        yield
    except READ_ERRORS as error:
        raise ValueError(
            f"{path} is not a whole file of images, or not of one array of numbers: "
            f"{error}."
        ) from error


def hash_of_pixels(source):
    """The SHA-256 of all the images of a source: equal for equal images."""
    digest = source.digest()
    for batch in source.batches():
        digest.update(np.ascontiguousarray(batch))
    return digest.hexdigest()


def read_npy(path):
    """The array of a `.npy` file, mapped from it.

    Raises:
        ValueError: If the file is no whole one.
    """
    with _checked_reading(path):
        return np.load(path, mmap_mode="r", allow_pickle=False)


def npz_member(path):
    """The name of the one array of images in an `.npz` file."""
    with _checked_reading(path), zipfile.ZipFile(path) as archive:
        members = names = archive.namelist()
    if len(members) > 1:
        # As published sets of samples name theirs.
        members = [m for m in members if m in ("images.npy", "arr_0.npy")]
    if len(members) != 1:
        raise ValueError(
            "An .npz file of images must hold one array, or one named `images` or "
            f"`arr_0`. Received: {path} with {names}."
        )
    return members[0]


def _checked_array(images, name):
    if images.dtype != "uint8":
        raise ValueError(
            "Images must be uint8, 0..255. Map floats in [-1, 1] with "
            "`ganzoo.data.pixels.to_uint8`, floats in [0, 1] with "
            "`np.round(255 * images).astype('uint8')`, and other numbers in 0..255 "
            "with `np.round(images).astype('uint8')`. "
            f"Received: {name} of type {images.dtype}."
        )
    if images.ndim == 3 and images.shape[-1] not in (1, 3):
        images = images[..., np.newaxis]
    if images.ndim != 4 or images.shape[-1] not in (1, 3):
        raise ValueError(
            "Images must have the shape `(count, height, width, channels)`, grey or "
            "RGB; where the channels come second, `np.moveaxis(images, 1, -1)` puts "
            f"them last. Received: {name} of shape {images.shape}."
        )
    return images


def _check_range(images, name):
    """Warn of nearly black images, and refuse pixels of 0 and 1."""
    found = image_info.Finding(image_info.SHALLOW, int(images.max()), False)
    for note in image_info.notes({name: (found,)}, image_info.BITS, name):
        warnings.warn(note, UserWarning, stacklevel=4)


def in_batches(source, size=BATCH):
    """Yield all the images of a source in arrays of `size`, the last maybe fewer.

    However a source delivers its images, its features are then computed alike.

    Raises:
        ValueError: if they are fewer or more than the source had said.
    """
    rest, count = [], 0
    for batch in source.batches():
        count += len(batch)
        rest.append(batch)
        while sum(map(len, rest)) >= size:
            pictures = np.concatenate(rest)
            yield pictures[:size]
            rest = [pictures[size:]]
    if sum(map(len, rest)):
        yield np.concatenate(rest)
    if count != source.count:
        raise ValueError(
            f"{source.name} was to have {source.count} images, and had {count}."
        )
