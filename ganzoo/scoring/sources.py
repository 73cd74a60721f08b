"""What can be scored: anything that gives uint8 pictures, batch by batch."""

import abc
import concurrent.futures
import contextlib
import hashlib
import itertools
import pathlib
import warnings
import zipfile
import zlib

import numpy as np
from PIL import ExifTags
from PIL import Image

from ganzoo import data
from ganzoo.data.datasets import named
from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import image_reading
from ganzoo.data.disk import splits

BATCH = 250
SOME = 16  # images of a folder, spread over it, that are looked at before the rest
# What reading a damaged file may raise.
BROKEN = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error)
READERS = 4  # threads that decode while the network computes


class Source(abc.ABC):
    """Pictures from somewhere, read as they are wanted and never all at once.

    Attributes:
        name: string. How a record calls them.
        count: int. How many pictures.
        image_shape: tuple. `(height, width, channels)`.
        details: dict. What else a protocol says of them: the split of a data set, or
            how a model made them.
    """

    def __init__(self, name, count, image_shape, details=None):
        if count < 2:
            raise ValueError(
                "A score compares distributions: it needs at least 2 pictures, and "
                f"2,048 to say much. Received: {name} with {count} picture(s)."
            )
        self.name = name
        self.count = count
        self.image_shape = tuple(image_shape)
        self.details = details or {}

    @abc.abstractmethod
    def batches(self):
        """Yield uint8 arrays `(batch, height, width, channels)`."""

    def key(self):
        """What tells these pictures from others, or None if that takes drawing them."""
        return None

    def digest(self):
        """A SHA-256 to be updated with the pixels: equal for equal pictures."""
        return hashlib.sha256(f"{self.count} {self.image_shape}".encode())


class Array(Source):
    """Pictures in an array, in memory or mapped.

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
    """The pictures of an `.npz` file, unpacked batch by batch.

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
                "Pictures must be stored in C order: save "
                f"`np.ascontiguousarray(images)`. Received: {path}."
            )
        flat = np.broadcast_to(np.zeros((), dtype), shape)
        shape = _checked_array(flat, str(path)).shape
        super().__init__(str(path), shape[0], shape[1:])
        _check_range(next(self.batches()), self.name)

    @contextlib.contextmanager
    def _open(self):
        with (
            _intact(self.path),
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


class Folder(Source):
    """The picture files below a folder, of one size, as they are.

    Args:
        path: `pathlib.Path`.
        alpha: "white" or "drop", as in `image_reading.open_picture`.
    """

    def __init__(self, path, alpha="white"):
        self.files = image_files.find_pictures(path)
        if not self.files:
            raise ValueError(
                "The folder must hold pictures "
                f"({', '.join(sorted(image_files.EXTENSIONS))}). Received: {path}."
            )
        for name in image_files.find_dangling(path):
            raise ValueError(_unreadable(path / name, "a link to nothing"))
        sizes, grey, layered, looked = zip(*map(_look_at, self.files))
        _check_one_size(path, self.files, sizes)
        width, height = sizes[0]
        self.mode = "L" if all(grey) else "RGB"
        shape = (height, width, 1 if self.mode == "L" else 3)
        super().__init__(str(path), len(self.files), shape)
        self.alpha = alpha
        self._tell(dict(zip(map(str, self.files), zip(looked))))
        self._note_transparency(itertools.compress(self.files, layered))

    def _tell(self, found):
        """Warn of what the files have, and refuse pixels of 0 and 1.

        Args:
            found: dict. A tuple of a `Finding`, without its peak, by file.
        """
        for file in self.files[:: max(1, self.count // SOME)]:
            found[str(file)] = (image_info.of(self._open(file)),)
        told = image_info.notes(found, image_info.BITS, self.name)
        split = splits.note(pathlib.Path(self.name), self.files)
        for note in [*told, split] if split else told:
            warnings.warn(note, UserWarning, stacklevel=4)

    def _note_transparency(self, files):
        """Have the protocol say how transparent images are read, if there are any."""
        files = list(files)
        with concurrent.futures.ThreadPoolExecutor(READERS) as pool:
            found = itertools.compress(files, pool.map(self._is_transparent, files))
            first = next(found, None)
            pool.shutdown(cancel_futures=True)
        if first is None:
            return
        self.details["alpha"] = self.alpha
        if self.alpha == "white":
            warnings.warn(
                "Transparent images are laid on white. pytorch-fid, torch-fidelity and "
                "clean-fid keep the colours under the transparency: to compare with "
                "their scores, pass `alpha='drop'` (`--alpha drop`). "
                f"Received: {self.name} with {first.name}.",
                stacklevel=4,
            )

    def _is_transparent(self, file):
        try:
            return image_reading.is_transparent(file)
        except Exception as error:
            raise ValueError(_unreadable(file, error)) from error

    def batches(self):
        with concurrent.futures.ThreadPoolExecutor(READERS) as pool:
            waiting = []
            for start in range(0, self.count, BATCH):
                files = self.files[start : start + BATCH]
                waiting.append(pool.map(self._read, files))
                if len(waiting) == 2:
                    yield np.stack(list(waiting.pop(0)))
            for pictures in waiting:
                yield np.stack(list(pictures))

    def _read(self, file):
        return np.asarray(self._open(file)).reshape(self.image_shape)

    def _open(self, file):
        # Pillow's decoders raise almost anything on a broken file.
        try:
            return image_reading.open_picture(file, alpha=self.alpha).convert(self.mode)
        except Exception as error:
            raise ValueError(_unreadable(file, error)) from error

    def key(self):
        # Of the files, which takes less than to decode them all.
        dropped = " alpha" * (self.details.get("alpha") == "drop")
        digest = hashlib.sha256(f"files {self.mode}{dropped}".encode())
        for file in self.files:
            digest.update(hashlib.sha256(file.read_bytes()).digest())
        return digest.hexdigest()


class Drawn(Source):
    """Pictures that a model draws when they are wanted.

    Args:
        name: string.
        count: int.
        image_shape: tuple. `(height, width, channels)`.
        draw: function without arguments that returns an iterable of uint8 arrays, the
            same pictures each time.
        details: dict. How they are made.
    """

    def __init__(self, name, count, image_shape, draw, details):
        super().__init__(name, count, image_shape, details)
        self.draw = draw

    def batches(self):
        return self.draw()

    def held(self):
        """The same pictures, drawn once and held in memory."""
        batches = list(self.draw())
        return Drawn(
            self.name, self.count, self.image_shape, lambda: batches, self.details
        )


def find(name, data_dir=None, alpha="white"):
    """Find the pictures that a name means.

    Args:
        name: string or path. A folder of pictures; a `.npy` or `.npz` file of a uint8
            array; a data set and its split, like "cifar10:test".
        data_dir: path or None. Where the raw files of data sets are.
        alpha: "white" or "drop". How transparent images of a folder are read.

    Returns:
        `Source`.

    Raises:
        ValueError: If there is nothing of that name, or no scorable pictures.
    """
    path = pathlib.Path(name).expanduser()
    ending = path.suffix.lower()
    if str(name) and path.is_dir():
        return Folder(path.resolve(), alpha)
    if ending == ".npy" and path.is_file():
        return Array(_load(path), str(path))
    if ending == ".npz" and path.is_file():
        return ZippedArray(path, _member(path))
    data_name, _, split = str(name).partition(":")
    if data_name in named.DATA_SETS:
        if not split:
            raise ValueError(
                f"A data set needs its split: '{name}:train' or '{name}:test'. "
                f"Received: {str(name)!r}."
            )
        images = data.load(data_name, split, data_dir).images
        return Array(images, str(name), {"data": data_name, "split": split})
    raise ValueError(
        "Pictures to score are a folder, a .npy or .npz file of uint8 pictures, a run "
        "folder, a preset, or a data set with its split, like 'cifar10:test'. There is "
        f"nothing of this name; data sets are {sorted(named.DATA_SETS)}. "
        f"Received: {str(name)!r}."
    )


@contextlib.contextmanager
def _intact(path):
    try:
        yield
    except BROKEN as error:
        raise ValueError(
            f"{path} is not a whole file of pictures, or not of one array of numbers: "
            f"{error}."
        ) from error


def hash_of_pixels(source):
    """The SHA-256 of all the pictures of a source: equal for equal pictures."""
    digest = source.digest()
    for batch in source.batches():
        digest.update(np.ascontiguousarray(batch))
    return digest.hexdigest()


def _load(path):
    with _intact(path):
        return np.load(path, mmap_mode="r", allow_pickle=False)


def _member(path):
    """The name of the one array of pictures in an `.npz` file."""
    with _intact(path), zipfile.ZipFile(path) as archive:
        members = names = archive.namelist()
    if len(members) > 1:
        # As published sets of samples name theirs.
        members = [m for m in members if m in ("images.npy", "arr_0.npy")]
    if len(members) != 1:
        raise ValueError(
            "An .npz file of pictures must hold one array, or one named `images` or "
            f"`arr_0`. Received: {path} with {names}."
        )
    return members[0]


def _checked_array(images, name):
    if images.dtype != "uint8":
        raise ValueError(
            "Pictures must be uint8, 0..255. Map floats in [-1, 1] with "
            "`ganzoo.data.pixels.to_uint8`, floats in [0, 1] with "
            "`np.round(255 * images).astype('uint8')`, and other numbers in 0..255 "
            "with `np.round(images).astype('uint8')`. "
            f"Received: {name} of type {images.dtype}."
        )
    if images.ndim == 3 and images.shape[-1] not in (1, 3):
        images = images[..., np.newaxis]
    if images.ndim != 4 or images.shape[-1] not in (1, 3):
        raise ValueError(
            "Pictures must have the shape `(count, height, width, channels)`, grey or "
            "RGB; where the channels come second, `np.moveaxis(images, 1, -1)` puts "
            f"them last. Received: {name} of shape {images.shape}."
        )
    return images


def _check_range(images, name):
    """Warn of nearly black images, and refuse pixels of 0 and 1."""
    found = image_info.Finding(image_info.SHALLOW, int(images.max()), False)
    for note in image_info.notes({name: (found,)}, image_info.BITS, name):
        warnings.warn(note, UserWarning, stacklevel=4)


def _look_at(file):
    """Size of an image file, whether it is grey or has transparency, and its `Finding`.

    All are in its header.
    """
    try:
        with Image.open(file) as picture:
            size = picture.size if _is_upright(picture) else picture.size[::-1]
            grey = picture.mode in image_reading.GREY
            return size, grey, picture.has_transparency_data, image_info.look(picture)
    except Exception as error:
        raise ValueError(_unreadable(file, error)) from error


def _is_upright(picture):
    # A PNG's would be looked for behind its pixels, all of which would be read.
    if picture.format == "PNG" and "exif" not in picture.info:
        return True
    return picture.getexif().get(ExifTags.Base.Orientation, 1) < 5


def _unreadable(file, error):
    return (
        "Every picture counts in a score: mend or remove the files that cannot be "
        f"read. Received: {file} ({error})."
    )


def _check_one_size(path, files, sizes):
    for file, size in zip(files, sizes):
        if size != sizes[0]:
            raise ValueError(
                "Pictures must be of one size, for how they are resized is part of a "
                "score. Bring them to one, for example with `np.save('pictures.npy', "
                "ganzoo.data.from_folder(path, image_size=64).images)`, and score the "
                f"file. Received: {path} with {files[0].name} of {_by(sizes[0])} and "
                f"{file.name} of {_by(size)} pixels."
            )


def _by(size):
    return f"{size[0]} x {size[1]}"


def in_batches(source, size=BATCH):
    """Yield all the pictures of a source in arrays of `size`, the last maybe fewer.

    However a source delivers its pictures, its features are then computed alike.

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
            f"{source.name} was to have {source.count} pictures, and had {count}."
        )
