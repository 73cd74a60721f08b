"""Clips: the images of one sequence in files, numbered ones or an animated one."""

import dataclasses
import pathlib
import re

import numpy as np
from PIL import Image

from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import image_reading


@dataclasses.dataclass(frozen=True)
class Clip:
    """Where the images of a sequence are.

    Args:
        name: str. What a message calls it.
        files: tuple of `pathlib.Path`. One animated file, or numbered ones in order.
        shown: tuple of int. The image of the file, or the file, that is seen in each
            step of time.
        is_grey: bool. Whether all are.
    """

    name: str
    files: tuple
    shown: tuple
    is_grey: bool

    @property
    def count(self):
        """How many images."""
        return len(self.shown)

    def read(self, size, channels, bit_depth=image_info.BITS, pad=False):
        """The images, fitted to a size, as uint8 `(count, height, width, channels)`.

        Args:
            size: `(height, width)`.
            channels: 1 or 3.
            bit_depth: int. As in `from_folder`.
            pad: bool. As in `from_folder`.

        Raises:
            ValueError: If one of them cannot be read.
        """
        images = np.empty((self.count, *size, channels), "uint8")
        pictures = self._open(size, bit_depth)
        # Pillow's decoders raise almost anything on a broken file.
        try:
            for i in range(self.count):
                picture = next(pictures)
                images[i] = image_reading.fitted(picture, size, channels, pad)
        except Exception as error:
            raise ValueError(
                "All images of a sequence must be readable, as none may be missing. "
                f"Received: {self.name}, image {i + 1}: {error}."
            ) from error
        return images

    def _open(self, size, bit_depth):
        """The images as Pillow has them, one after the other."""
        if len(self.files) > 1:
            for i in self.shown:
                yield image_reading.open_picture(self.files[i], size, bit_depth)
            return
        with Image.open(*self.files) as picture:
            for i in self.shown:
                picture.seek(i)
                yield image_reading.flattened(picture)


def find_clips(root):
    """The clips below a folder, sorted by name.

    An animated file is a clip, and so are the numbered images of each folder without
    animated ones.

    Args:
        root: `pathlib.Path`.

    Returns:
        List of `Clip`.

    Raises:
        ValueError: If the order of images in a folder is not known, there are animated
            and still ones in it, or a file cannot be read.
    """
    files = image_files.find_pictures(root)
    image_files.check_found(root, files)
    by_folder = {}
    for file in files:
        by_folder.setdefault(file.parent, []).append(file)
    return [clip for files in by_folder.values() for clip in _clips_of(root, files)]


def find_clip(path):
    """The one clip that a path means: an animated file, or a folder of numbered images.

    Raises:
        ValueError: If there is none or there are several, and as in `find_clips`.
    """
    path = pathlib.Path(path).expanduser()
    if not path.exists():
        raise ValueError(
            "Pass an animated image, or a folder of numbered images. "
            f"Received: path={str(path)!r}, which is not there."
        )
    if path.is_file():
        found = _clips_of(path.parent, [path])
    else:
        found = find_clips(path)
    if len(found) > 1:
        raise ValueError(
            "Pass one sequence: an animated image, or a folder of numbered images. "
            f"Received: path={str(path)!r} with {len(found)} sequences, like "
            f"{found[0].name} and {found[1].name}."
        )
    return found[0]


def _clips_of(root, files):
    """The clips of one folder, of which these are all image files."""
    heads = [_inspect(file) for file in files]
    animated = [len(shown) > 1 for shown, _ in heads]
    names = [file.relative_to(root).as_posix() for file in files]
    if all(animated):
        return [Clip(n, (f,), *head) for n, f, head in zip(names, files, heads)]
    if any(animated):
        raise ValueError(
            "Put animated images, each of which is a sequence, and numbered images, "
            "which are one together, into folders of their own. "
            f"Received: {names[animated.index(True)]!r} beside "
            f"{names[animated.index(False)]!r}."
        )
    folder = files[0].parent
    files = in_order(files)
    name = folder.relative_to(root).as_posix() if folder != root else folder.name
    is_grey = all(grey for _, grey in heads)
    return [Clip(name, tuple(files), tuple(range(len(files))), is_grey)]


def _inspect(file):
    """Which image of a file is seen in each step of time, and whether it is grey."""
    try:
        with Image.open(file) as picture:
            is_grey = picture.mode in image_reading.GREY
            found = image_info.inspect_header(picture)
            return _steps(picture) if found.has_more else (0,), is_grey
    except Exception as error:
        raise ValueError(
            "All images of a sequence must be readable, as none may be missing. "
            f"Received: {str(file)!r}: {error}."
        ) from error


def _steps(picture):
    """The images of an animated file in equal steps of time, the shortest of its own.

    Who writes such a file may keep equal neighbours as one image that is shown longer.
    """
    durations = []
    for i in range(picture.n_frames):
        picture.seek(i)
        # WebP tells it only then.
        picture.load()
        durations.append(picture.info.get("duration") or 0)
    step = min((d for d in durations if d > 0), default=1)
    times = [max(1, round(duration / step)) for duration in durations]
    return tuple(np.repeat(np.arange(len(times)), times).tolist())


def in_order(files):
    """Image files of one folder in the order of the numbers in their names.

    Raises:
        ValueError: If names have no number, differ in more than numbers, or have the
            same.
    """
    if len(files) == 1:
        return files
    numbers = {}
    for file in files:
        found = tuple(map(int, re.findall(r"\d+", file.stem)))
        pattern = re.sub(r"\d+", "#", file.stem)
        first = numbers.setdefault((found, pattern), file)
        if not found or first is not file or len({p for _, p in numbers}) > 1:
            one, *_ = numbers.values()
            other = file if file is not one else files[-1]
            raise ValueError(
                "Number the images of a sequence, like frame_001.png and "
                "frame_002.png: their names must differ in nothing but numbers, or "
                f"their order is unknown. Received: {one.name!r} and {other.name!r} in "
                f"{str(file.parent)!r}."
            )
    return [file for _, file in sorted(numbers.items())]
