"""The image files of a folder as a source."""

import concurrent.futures
import hashlib
import itertools
import pathlib
import warnings

import numpy as np
from PIL import ExifTags
from PIL import Image

from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import image_reading
from ganzoo.data.disk import splits
from ganzoo.scoring import sources

NUM_PROBED = 16  # images of a folder, spread over it, read before the rest
READERS = 4  # threads that decode while the network computes


class Folder(sources.Source):
    """The image files below a folder, of one size, as they are.

    Args:
        path: `pathlib.Path`.
        alpha: "white" or "drop", as in `image_reading.open_picture`.
    """

    def __init__(self, path, alpha="white"):
        self.files = image_files.find_pictures(path)
        if not self.files:
            raise ValueError(
                "The folder must hold images "
                f"({', '.join(sorted(image_files.EXTENSIONS))}). Received: {path}."
            )
        for name in image_files.find_dangling(path):
            raise ValueError(_unreadable(path / name, "a link to nothing"))
        sizes, grey, layered, findings = zip(*map(_read_header, self.files))
        _check_one_size(path, self.files, sizes)
        width, height = sizes[0]
        self.mode = "L" if all(grey) else "RGB"
        shape = (height, width, 1 if self.mode == "L" else 3)
        super().__init__(str(path), len(self.files), shape)
        self.alpha = alpha
        self._warn(dict(zip(map(str, self.files), zip(findings))))
        self._note_transparency(itertools.compress(self.files, layered))

    def _warn(self, found):
        """Warn of what the files have, and refuse pixels of 0 and 1.

        Args:
            found: dict. A tuple of a `Finding`, without its peak, by file.
        """
        for file in self.files[:: max(1, self.count // NUM_PROBED)]:
            found[str(file)] = (image_info.inspect_pixels(self._open(file)),)
        notes = image_info.notes(found, image_info.BITS, self.name)
        split = splits.note(pathlib.Path(self.name), self.files)
        for note in [*notes, split] if split else notes:
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
            for start in range(0, self.count, sources.BATCH):
                files = self.files[start : start + sources.BATCH]
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


def _read_header(file):
    """Size of an image file, whether it is grey or has transparency, and its `Finding`.

    All are in its header.
    """
    try:
        with Image.open(file) as picture:
            size = picture.size if _is_upright(picture) else picture.size[::-1]
            grey = picture.mode in image_reading.GREY
            return (
                size,
                grey,
                picture.has_transparency_data,
                image_info.inspect_header(picture),
            )
    except Exception as error:
        raise ValueError(_unreadable(file, error)) from error


def _is_upright(picture):
    # A PNG's would be findings for behind its pixels, all of which would be read.
    if picture.format == "PNG" and "exif" not in picture.info:
        return True
    return picture.getexif().get(ExifTags.Base.Orientation, 1) < 5


def _unreadable(file, error):
    return (
        "Every image counts in a score: mend or remove the files that cannot be "
        f"read. Received: {file} ({error})."
    )


def _check_one_size(path, files, sizes):
    for file, size in zip(files, sizes):
        if size != sizes[0]:
            raise ValueError(
                "Images must be of one size, for how they are resized is part of a "
                "score. Bring them to one, for example with `np.save('images.npy', "
                "ganzoo.data.from_folder(path, image_size=64).images)`, and score the "
                f"file. Received: {path} with {files[0].name} of "
                f"{_format_size(sizes[0])} and {file.name} of {_format_size(size)} "
                "pixels."
            )


def _format_size(size):
    return f"{size[0]} x {size[1]}"
