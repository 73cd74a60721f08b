"""Any folder of images as one array."""

import dataclasses
import math
import pathlib
import warnings

import numpy as np

from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import image_reading
from ganzoo.data.disk import splits
from ganzoo.data.disk.image_files import first_few
from ganzoo.data.images import Pictures
from ganzoo.system import resources
from ganzoo.system.terminal.progress import progress_bar

PROGRESS_FROM = 1_000  # images, from which on progress is shown


def from_folder(path, image_size, channels=3, bit_depth=image_info.BITS, pad=False):
    """Read all the images below a folder.

    Images are PNG, JPEG, WebP, GIF (the first frame), BMP and TIFF files; hidden
    files are ignored. Each image is turned upright (EXIF), laid on white where it
    is transparent, cropped about its centre to the shape of `image_size`, and
    resized. 16-bit grey is scaled to 8 bits. Files that cannot be read are skipped
    with one warning. Other warnings name nearly black images, files of which only the
    first frame or page is read, and sub-folders that are splits of a data set.

    Args:
        path: string or path. The folder.
        image_size: integer, or `(height, width)`. The size of the images returned.
        channels: 1 or 3. Grey or RGB.
        bit_depth: integer. The bits that 16-bit grey files use: 12 scales 0..4095 to
            0..255.
        pad: bool. Whether images of another shape are padded with the median colour
            of their edges, instead of cropped.

    Returns:
        `Pictures` in the order of their paths. If every image lies in a sub-folder,
        the first-level sub-folders are the classes, numbers in their names in order;
        else `labels` is `None`.

    Raises:
        ValueError: If an argument is bad, a folder or no image can be read, the
            pixels are 0 and 1 only, or memory has no room for them all.
    """
    root, size = checked_arguments(path, image_size, channels, bit_depth)
    files = image_files.find_pictures(root)
    image_files.warn_of_dangling(root)
    if note := splits.note(root, files):
        warnings.warn(note, UserWarning, stacklevel=2)
    images, kept = read_all(
        files,
        lambda file: [image_reading.open_picture(file, size, bit_depth)],
        (1, *size, channels),
        root,
        bit_depth,
        pad,
    )
    labels, class_names = image_files.classes(root, files)
    labels = None if labels is None else labels[kept]
    return Pictures(images[:, 0], labels, class_names, name=root.name)


def read_with_names(path, size, channels):
    """Read all the images below a folder, or of one file, and how they are called.

    Args:
        path: string or path. The folder, or the file.
        size: `(height, width)`.
        channels: 1 or 3.

    Returns:
        A uint8 array `(n, height, width, channels)`, and the paths of the files within
        the folder.

    Raises:
        ValueError: As in `from_folder`.
    """
    file = pathlib.Path(path).expanduser()
    if file.is_file():
        root, files = file.parent, [file]
    else:
        root, _ = checked_arguments(path, size, channels)
        files = image_files.find_pictures(root)
        image_files.warn_of_dangling(root)
    shape = (1, *size, channels)
    images, kept = read_all(
        files, lambda file: [image_reading.open_picture(file, size)], shape, root
    )
    return images[:, 0], [files[i].relative_to(root).as_posix() for i in kept]


def checked_arguments(path, image_size, channels, bit_depth=image_info.BITS):
    """Return the folder as a `pathlib.Path` and the size as `(height, width)`."""
    root = pathlib.Path(path).expanduser()
    if not root.is_dir():
        what = "a file" if root.exists() else "not there"
        raise ValueError(
            "`path` must be an existing folder of images. "
            f"Received: path={str(path)!r}, and {str(root.absolute())!r} is {what}."
        )
    size = image_size if np.ndim(image_size) else (image_size, image_size)
    whole = all(isinstance(side, (int, np.integer)) and side > 0 for side in size)
    if len(size) != 2 or not whole:
        raise ValueError(
            "`image_size` must be a positive integer, or two of them as "
            f"`(height, width)`. Received: image_size={image_size!r}."
        )
    if channels not in (1, 3):
        raise ValueError(
            "`channels` must be 1 for grey or 3 for RGB images. "
            f"Received: channels={channels!r}."
        )
    image_info.check_bit_depth(bit_depth)
    return root.resolve(), tuple(size)


def read_all(items, read, shape, root, bit_depth=image_info.BITS, pad=False):
    """Read every item into one array, and skip those that fail with one warning.

    Args:
        items: list of files, or of what else `read` takes and a message can show.
        read: function from an item to its Pillow images, one or two.
        shape: tuple. `(images of an item, height, width, channels)`.
        root: `pathlib.Path`. The folder, for messages.
        bit_depth: integer. By which `read` reads.
        pad: bool. As in `from_folder`.

    Returns:
        A uint8 array `(count, *shape)`, and the list of the indexes of the items in
        it.

    Raises:
        ValueError: If there are no items, or none can be read, the pixels are 0 and 1
            only, or memory has no room for all.
    """
    image_files.check_found(root, items)
    resources.check_memory(
        len(items) * math.prod(shape),
        f"{len(items):,} images of the shape {shape} take",
        "choose a smaller `image_size`, or train from the disk by `ganzoo train "
        "--data`, which takes any number",
        f"path={str(root)!r}",
    )
    is_long = len(items) > PROGRESS_FROM
    with progress_bar(f"Files of {root.name}", len(items), is_long) as advance:
        array, reading = read_some(items, read, shape, pad, advance)
    report(reading, len(items), root, bit_depth, stacklevel=4)
    return array, reading.kept


@dataclasses.dataclass
class Reading:
    """What came of reading items of a folder.

    Args:
        kept: list of int. The indexes of the items that can be read.
        failures: list of str. Items that cannot be read, and why.
        found: dict. Tuples of `Finding`, one for each image, by the names of items.
    """

    kept: list = dataclasses.field(default_factory=list)
    failures: list = dataclasses.field(default_factory=list)
    found: dict = dataclasses.field(default_factory=dict)

    def add(self, more, start):
        """Take in the `Reading` of further items, whose first has the index `start`."""
        self.kept += [start + index for index in more.kept]
        self.failures += more.failures
        self.found |= more.found


def read_some(items, read, shape, pad=False, advance=lambda more: None):
    """Read items into one array; `report` warns of them when all have been read.

    Args:
        items: As in `read_all`.
        read: As in `read_all`.
        shape: As in `read_all`.
        pad: As in `read_all`.
        advance: function to call with how many more were read.

    Returns:
        A uint8 array `(count, *shape)` of those that can be read, and a `Reading`.
    """
    array, reading = np.empty((len(items), *shape), "uint8"), Reading()
    for index, item in enumerate(items):
        # Pillow's decoders raise almost anything on a broken file.
        try:
            pictures = read(item)
            array[len(reading.kept)] = [
                image_reading.fitted(p, shape[1:3], shape[3], pad) for p in pictures
            ]
            found = tuple(map(image_info.inspect_pixels, pictures))
            reading.found[str(item)] = found
            reading.kept.append(index)
        except Exception as error:
            reading.failures.append(f"{item} ({error})")
        advance(1)
    return array[: len(reading.kept)], reading


def report(reading, count, root, bit_depth=image_info.BITS, stacklevel=3):
    """Warn of what was read: what was skipped, and what looks wrong.

    Args:
        reading: `Reading`.
        count: int. How many items there were.
        root: As in `read_all`.
        bit_depth: As in `read_all`.
        stacklevel: int. As of `warnings.warn`.

    Raises:
        ValueError: If no item can be read, or the pixels are 0 and 1 only.
    """
    failures = reading.failures
    if len(failures) == count:
        raise ValueError(
            f"None of the {count} images can be read: {first_few(failures)}. "
            f"Received: path={str(root)!r}."
        )
    if failures:
        message = f"Skipped {len(failures)} of {count} images that cannot be read: "
        warnings.warn(message + first_few(failures), UserWarning, stacklevel=stacklevel)
    for note in image_info.notes(reading.found, bit_depth, f"path={str(root)!r}"):
        warnings.warn(note, UserWarning, stacklevel=stacklevel)
