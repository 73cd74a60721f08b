"""Any folder of images as one array."""

import math
import pathlib
import warnings

import keras
import numpy as np

from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import image_reading
from ganzoo.data.disk import splits
from ganzoo.data.disk.image_files import first_few
from ganzoo.data.images import Pictures
from ganzoo.system import resources

PROGRESS_FROM = 1_000  # images, from which on a progress bar is shown


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
    array = np.empty((len(items), *shape), "uint8")
    kept, failures, found = [], [], {}
    many = len(items) > PROGRESS_FROM
    progress = keras.utils.Progbar(len(items), unit_name="image") if many else None
    for index, item in enumerate(items):
        # Pillow's decoders raise almost anything on a broken file.
        try:
            pictures = read(item)
            array[len(kept)] = [
                image_reading.fitted(p, shape[1:3], shape[3], pad) for p in pictures
            ]
            found[str(item)] = tuple(map(image_info.inspect_pixels, pictures))
            kept.append(index)
        except Exception as error:
            failures.append(f"{item} ({error})")
        if progress:
            progress.update(index + 1)
    _report(failures, len(items), root)
    for note in image_info.notes(found, bit_depth, f"path={str(root)!r}"):
        warnings.warn(note, UserWarning, stacklevel=3)
    return array[: len(kept)], kept


def _report(failures, count, root):
    if len(failures) == count:
        raise ValueError(
            f"None of the {count} images can be read: {first_few(failures)}. "
            f"Received: path={str(root)!r}."
        )
    if failures:
        message = f"Skipped {len(failures)} of {count} images that cannot be read: "
        warnings.warn(message + first_few(failures), UserWarning, stacklevel=4)
