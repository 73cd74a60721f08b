"""Any folder of pictures as one array."""

import dataclasses
import math
import os
import pathlib
import re
import warnings

import keras
import numpy as np
from PIL import Image
from PIL import ImageOps

from ganzoo.data.disk import image_info
from ganzoo.data.disk import splits
from ganzoo.data.images import Pictures
from ganzoo.system import resources

EXTENSIONS = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
GREY = {"1", "L", "LA", "I", "I;16", "I;16B", "I;16L"}  # modes of Pillow
MANY = 1_000  # pictures, from which on a progress bar is shown
NAMED = 3  # files that a message names before it only counts
# How labels are given and images held out. A run that began under an older layout is
# read under it for good. 1: classes in the order of text, the last tenth held out;
# 2: numbers in names as numbers, a tenth of each class held out.
LAYOUT = 2


def from_folder(path, image_size, channels=3, bit_depth=image_info.BITS):
    """Read all the pictures below a folder.

    Pictures are PNG, JPEG, WebP, GIF (the first frame), BMP and TIFF files; hidden
    files are ignored. Each picture is turned upright (EXIF), laid on white where it
    is transparent, cropped about its centre to the shape of `image_size`, and
    resized. 16-bit grey is scaled to 8 bits. Files that cannot be read are skipped
    with one warning. Other warnings name nearly black images, files of which only the
    first frame or page is read, and sub-folders that are splits of a data set.

    Args:
        path: string or path. The folder.
        image_size: integer, or `(height, width)`. The size of the pictures returned.
        channels: 1 or 3. Grey or RGB.
        bit_depth: integer. The bits that 16-bit grey files use: 12 scales 0..4095 to
            0..255.

    Returns:
        `Pictures` in the order of their paths. If every picture lies in a sub-folder,
        the first-level sub-folders are the classes, numbers in their names in order;
        else `labels` is `None`.

    Raises:
        ValueError: If an argument is bad, a folder or no picture can be read, the
            pixels are 0 and 1 only, or memory has no room for them all.
    """
    root, size = checked_arguments(path, image_size, channels, bit_depth)
    files = find_pictures(root)
    warn_of_dangling(root)
    if note := splits.note(root, files):
        warnings.warn(note, UserWarning, stacklevel=2)
    images, kept = read_all(
        files,
        lambda file: [open_picture(file, size, bit_depth)],
        (1, *size, channels),
        root,
        bit_depth,
    )
    labels, class_names = classes(root, files)
    labels = None if labels is None else labels[kept]
    return Pictures(images[:, 0], labels, class_names, name=root.name)


def checked_arguments(path, image_size, channels, bit_depth=image_info.BITS):
    """Return the folder as a `pathlib.Path` and the size as `(height, width)`."""
    root = pathlib.Path(path).expanduser()
    if not root.is_dir():
        what = "a file" if root.exists() else "not there"
        raise ValueError(
            "`path` must be an existing folder of pictures. "
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
            "`channels` must be 1 for grey or 3 for RGB pictures. "
            f"Received: channels={channels!r}."
        )
    image_info.check_bit_depth(bit_depth)
    return root.resolve(), tuple(size)


def find_pictures(root, layout=LAYOUT):
    """List the picture files below a folder in the order of their relative paths.

    Links to folders are followed, but not into a folder that they lie in.

    Args:
        root: `pathlib.Path`. The folder.
        layout: int. Under 1 links to folders are not followed.

    Raises:
        ValueError: If one of the folders cannot be read.
    """
    follow = layout > 1
    found = sorted(n for n in _visible(root, follow) if _ending(n) in EXTENSIONS)
    return [file for file in map(root.joinpath, found) if file.is_file()]


def find_skipped(root):
    """Names of the files below a folder that are no pictures by their ending."""
    names = (n for n in _visible(root) if _ending(n) not in EXTENSIONS)
    return sorted(name for name in names if not _is_dangling(root / name))


def find_dangling(root):
    """Names of the links below a folder that lead to nothing."""
    return sorted(name for name in _visible(root) if _is_dangling(root / name))


def _is_dangling(path):
    return path.is_symlink() and not path.exists()


def _visible(root, follow=True):
    """Relative paths of all files below a folder, but for hidden ones."""
    for parent, folders, files in os.walk(root, onerror=_refuse, followlinks=follow):
        parent = pathlib.Path(parent)
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and not _is_loop(root, parent / name)
        ]
        inside = parent.relative_to(root).as_posix()
        prefix = "" if inside == "." else f"{inside}/"
        for name in files:
            if not name.startswith("."):
                yield prefix + name


def _is_loop(root, folder):
    """Whether a folder below `root` is a link to one that it lies in."""
    if not folder.is_symlink():
        return False
    target = folder.resolve()
    above = folder.parents[: len(folder.relative_to(root).parts)]
    return any(place.resolve().is_relative_to(target) for place in above)


def _ending(name):
    return os.path.splitext(name)[1].lower()


def _refuse(error):
    raise ValueError(
        "All of a folder of pictures must be readable, and this is not "
        f"({error.strerror}): give yourself the right to, or move it elsewhere. "
        f"Received: path={error.filename!r}."
    ) from error


def check_found(root, found):
    """Raise a ValueError that says what is there instead, if no picture was found."""
    if not found:
        others = [_ending(name) or name for name in _visible(root)]
        kinds = ", ".join(sorted(set(others))[:NAMED])
        what = f"{len(others)} files of other kinds, like {kinds}" if others else "none"
        raise ValueError(
            "The folder must hold at least one picture "
            f"({', '.join(sorted(EXTENSIONS))}). "
            f"Received: path={str(root)!r}, which has {what}."
        )


def open_picture(file, size=(0, 0), bit_depth=image_info.BITS, alpha="white"):
    """Read a picture file as an upright RGB or grey (`L`) Pillow picture.

    With `size`, `(height, width)` that it is to be shrunk to, a large JPEG file is read
    at a half, a quarter or an eighth of its size, which is much faster, as long as that
    leaves twice the size; what `fitted` makes of it differs by a grey level or two.

    Args:
        file: path.
        size: `(height, width)`.
        bit_depth: As in `from_folder`.
        alpha: "white" or "drop". Lay transparent images on white, or keep the colours
            that lie under the transparency.

    Returns:
        Pillow image, of which `image_info.of` tells more.

    Raises:
        ValueError: If the range of its pixels is not known.
    """
    with Image.open(file) as picture:
        found = image_info.look(picture)
        image_info.check_sign(picture)
        mode = "L" if picture.mode in GREY else "RGB"
        if any(size):
            # A square, as it may be to be turned.
            picture.draft(None, (2 * max(size), 2 * max(size)))
        picture = ImageOps.exif_transpose(picture)
    if picture.mode == "F":
        raise ValueError("floating-point pixels have no known range")
    if found.kind == image_info.COLOUR and bit_depth != image_info.BITS:
        raise ValueError("of 16-bit colour only the upper 8 bits can be read")
    if picture.mode.startswith("I"):
        # Pillow clips 16 bits to 8 where it should scale them.
        picture, peak = image_info.to_8_bits(picture, bit_depth)
        found = dataclasses.replace(found, peak=peak)
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        if alpha == "white":
            white = Image.new("RGBA", picture.size, "white")
            picture = Image.alpha_composite(white, picture)
    picture = picture.convert(mode)
    picture.info[image_info.KEY] = found
    return picture


def is_transparent(file):
    """Whether any pixel of an image file lets its background through."""
    with Image.open(file) as picture:
        if not picture.has_transparency_data:
            return False
        return picture.convert("RGBA").getchannel("A").getextrema()[0] < 255


def fitted(picture, size, channels):
    """Crop a Pillow picture about its centre and resize it.

    Args:
        picture: Pillow picture, RGB or grey.
        size: `(height, width)`.
        channels: 1 or 3.

    Returns:
        A uint8 array `(height, width, channels)`.
    """
    height, width = size
    picture = picture.convert("L" if channels == 1 else "RGB")
    picture = ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)
    return np.asarray(picture).reshape(height, width, channels)


def read_all(items, read, shape, root, bit_depth=image_info.BITS):
    """Read every item into one array, and skip those that fail with one warning.

    Args:
        items: list of files, or of what else `read` takes and a message can show.
        read: function from an item to its Pillow images, one or two.
        shape: tuple. `(images of an item, height, width, channels)`.
        root: `pathlib.Path`. The folder, for messages.
        bit_depth: integer. By which `read` reads.

    Returns:
        A uint8 array `(count, *shape)`, and the list of the indexes of the items in
        it.

    Raises:
        ValueError: If there are no items, or none can be read, the pixels are 0 and 1
            only, or memory has no room for all.
    """
    check_found(root, items)
    resources.check_memory(
        len(items) * math.prod(shape),
        f"{len(items):,} pictures of the shape {shape} take",
        "choose a smaller `image_size`, or train from the disk by `ganzoo train "
        "--data`, which takes any number",
        f"path={str(root)!r}",
    )
    array = np.empty((len(items), *shape), "uint8")
    kept, failures, found = [], [], {}
    many = len(items) > MANY
    progress = keras.utils.Progbar(len(items), unit_name="picture") if many else None
    for index, item in enumerate(items):
        # Pillow's decoders raise almost anything on a broken file.
        try:
            pictures = read(item)
            array[len(kept)] = [fitted(p, shape[1:3], shape[3]) for p in pictures]
            found[str(item)] = tuple(map(image_info.of, pictures))
            kept.append(index)
        except Exception as error:
            failures.append(f"{item} ({error})")
        if progress:
            progress.update(index + 1)
    _report(failures, len(items), root)
    for note in image_info.notes(found, bit_depth, f"path={str(root)!r}"):
        warnings.warn(note, UserWarning, stacklevel=3)
    return array[: len(kept)], kept


def first_few(names):
    """Name the first few, and count the rest."""
    rest = len(names) - NAMED
    return "; ".join(names[:NAMED]) + (f"; and {rest} more" if rest > 0 else "")


def _report(failures, count, root):
    if len(failures) == count:
        raise ValueError(
            f"None of the {count} pictures can be read: {first_few(failures)}. "
            f"Received: path={str(root)!r}."
        )
    if failures:
        message = f"Skipped {len(failures)} of {count} pictures that cannot be read: "
        warnings.warn(message + first_few(failures), UserWarning, stacklevel=4)


def warn_of_dangling(root):
    """Warn the caller's caller of links that lead to nothing."""
    found = find_dangling(root)
    if found:
        message = f"Skipped {len(found)} links whose files are missing: "
        warnings.warn(message + first_few(found), UserWarning, stacklevel=3)


def classes(root, files, layout=LAYOUT):
    """Labels and class names by first-level sub-folder, or None twice.

    Args:
        root: `pathlib.Path`. The folder.
        files: list of `pathlib.Path`. Image files below it.
        layout: int. 2 sorts numbers in names as numbers, "2" before "10"; 1 sorts
            names as text.

    Returns:
        int32 array `(count,)`, and tuple of strings.
    """
    folders = [file.relative_to(root).parts[:-1] for file in files]
    if not all(folders):
        return None, None
    order = None if layout == 1 else _by_number
    class_names = sorted({parts[0] for parts in folders}, key=order)
    label_of = {name: label for label, name in enumerate(class_names)}
    labels = [label_of[parts[0]] for parts in folders]
    return np.array(labels, "int32"), tuple(class_names)


def _by_number(name):
    """What sorts names by the numbers in them: "2" before "10", "c2" before "c10"."""
    parts = re.split(r"(\d+)", name)
    parts[1::2] = map(int, parts[1::2])
    return parts, name


def check_classes(path, class_names):
    """Raise a ValueError unless there are the classes that a conditional model needs.

    Args:
        path: string or path. The folder, for the message.
        class_names: tuple of strings, or None. As of `classes`.
    """
    if class_names is None or len(class_names) < 2:
        found = f"all in {class_names[0]!r}" if class_names else "outside sub-folders"
        raise ValueError(
            "A conditional model needs a class for each picture, and two classes or "
            "more: put those of each class into a sub-folder of their own. "
            f"Received: path={str(path)!r} with pictures {found}."
        )
