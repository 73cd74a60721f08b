"""Files of a folder: which are images, and which class each is of."""

import os
import pathlib
import re
import warnings

import numpy as np

EXTENSIONS = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
SHOWN = 3  # files that a message names before it only counts
# How labels are given and images held out. A run that began under an older layout is
# read under it for good. 1: classes in the order of text, the last tenth held out;
# 2: numbers in names as numbers, a tenth of each class held out.
LAYOUT = 2


def find_pictures(root, layout=LAYOUT):
    """List the image files below a folder in the order of their relative paths.

    Links to folders are followed, but not into a folder that they lie in.

    Args:
        root: `pathlib.Path`. The folder.
        layout: int. Under 1 links to folders are not followed.

    Raises:
        ValueError: If one of the folders cannot be read.
    """
    follow = layout > 1
    found = sorted(
        n for n in _visible_files(root, follow) if _extension(n) in EXTENSIONS
    )
    return [file for file in map(root.joinpath, found) if file.is_file()]


def find_skipped(root):
    """Names of the files below a folder that are no images by their ending."""
    names = (n for n in _visible_files(root) if _extension(n) not in EXTENSIONS)
    return sorted(name for name in names if not _is_dangling(root / name))


def find_dangling(root):
    """Names of the links below a folder that lead to nothing."""
    return sorted(name for name in _visible_files(root) if _is_dangling(root / name))


def _is_dangling(path):
    return path.is_symlink() and not path.exists()


def _visible_files(root, follow=True):
    """Relative paths of all files below a folder, but for hidden ones."""
    for parent, folders, files in os.walk(
        root, onerror=_raise_unreadable, followlinks=follow
    ):
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


def _extension(name):
    return os.path.splitext(name)[1].lower()


def _raise_unreadable(error):
    raise ValueError(
        "All of a folder of images must be readable, and this is not "
        f"({error.strerror}): give yourself the right to, or move it elsewhere. "
        f"Received: path={error.filename!r}."
    ) from error


def check_found(root, found):
    """Raise a ValueError that says what is there instead, if no image was found."""
    if not found:
        others = [_extension(name) or name for name in _visible_files(root)]
        kinds = ", ".join(sorted(set(others))[:SHOWN])
        what = f"{len(others)} files of other kinds, like {kinds}" if others else "none"
        raise ValueError(
            "The folder must hold at least one image "
            f"({', '.join(sorted(EXTENSIONS))}). "
            f"Received: path={str(root)!r}, which has {what}."
        )


def first_few(names):
    """Name the first few, and count the rest."""
    rest = len(names) - SHOWN
    return "; ".join(names[:SHOWN]) + (f"; and {rest} more" if rest > 0 else "")


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
            "A conditional model needs a class for each image, and two classes or "
            "more: put those of each class into a sub-folder of their own. "
            f"Received: path={str(path)!r} with images {found}."
        )
