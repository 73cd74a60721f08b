"""A folder of pictures of any sizes, checked and decoded once, then read from a file.

The file is in the cache, one uint8 value after another, so that training reads what it
needs of sets far larger than memory:

    <cache>/pictures/<key>/pixels     the pictures, in an order drawn once
    <cache>/pictures/<key>/facts.json what they are, and what was left out

The key follows from names, sizes and times of the files: a changed folder is read anew.
"""

import concurrent.futures
import dataclasses
import hashlib
import json
import os

import keras
import numpy as np
from PIL import Image

from ganzoo import cache
from ganzoo import room
from ganzoo.data import folder
from ganzoo.data.pictures import Pictures

VERSION = 1  # of what is in the file
GREY = {"1", "L", "LA", "I", "I;16", "I;16B", "I;16L"}
HELD_OUT = 0.1  # of the pictures
MOST_HELD_OUT = 10_000
FEWEST = 10  # pictures to train on and hold out
AT_ONCE = 256  # pictures decoded in a row
THREADS = min(32, os.cpu_count() or 1)


@dataclasses.dataclass(frozen=True)
class Survey:
    """What a folder of pictures holds.

    Args:
        path: str. The folder.
        count: int. Pictures that can be read and are not copies of others.
        unreadable: list of str. Files that cannot be read, and why.
        copies: list of str. Files whose bytes are those of one before them.
        smallest: tuple `(width, height)` of the picture with the shortest side.
        median: tuple `(width, height)`, of widths and of heights.
        largest: tuple `(width, height)` of the picture with the longest side.
        channels: 1 if all are grey, else 3.
        class_names: list of str, or None. The first-level sub-folders, if every
            picture is in one.
    """

    path: str
    count: int
    unreadable: list
    copies: list
    smallest: tuple
    median: tuple
    largest: tuple
    channels: int
    class_names: list | None

    def in_words(self):
        """Lines to print."""
        colours = "grey" if self.channels == 1 else "in colour"
        yield f"{self.count:,} pictures, {colours}: {self.path}"
        low, middle, high = (
            f"{w}×{h}" for w, h in (self.smallest, self.median, self.largest)
        )
        yield f"sizes from {low} to {high}, {middle} in the middle"
        if self.class_names:
            yield f"{len(self.class_names)} classes, by sub-folder"
        if self.unreadable:
            yield (
                f"left out, as they cannot be read: {len(self.unreadable):,}, "
                f"{folder.first_few(self.unreadable)}"
            )
        if self.copies:
            yield (
                f"left out, as copies of others: {len(self.copies):,}, "
                f"{folder.first_few(self.copies)}"
            )


@dataclasses.dataclass(frozen=True, eq=False)
class Store:
    """Pictures of a folder, decoded; training ones first, then those held out.

    Args:
        survey: `Survey`.
        images: uint8 array `(count, height, width, channels)`, on disk.
        labels: int32 array `(count,)`, or None.
    """

    survey: Survey
    images: np.ndarray = dataclasses.field(repr=False)
    labels: np.ndarray | None = dataclasses.field(repr=False)

    def split(self, split):
        """The pictures to train on, or those held out: a tenth, 10,000 at most.

        Args:
            split: string. "train" or "test".

        Returns:
            `Pictures`, whose images are on disk.
        """
        held_out = min(max(1, int(len(self.images) * HELD_OUT)), MOST_HELD_OUT)
        rows = slice(-held_out, None) if split == "test" else slice(-held_out)
        labels = None if self.labels is None else self.labels[rows]
        names = self.survey.class_names
        names = None if names is None else tuple(names)
        return Pictures(self.images[rows], labels, names, self.survey.path, split)


def open_store(path, image_size, channels=None, verbose=1):
    """Check and decode a folder of pictures, or find it decoded in the cache.

    What is read, and how, is said by `ganzoo.data.from_folder`; beside it, a file whose
    bytes are those of another is left out, lest what is held out be trained on.

    Args:
        path: string or path. The folder.
        image_size: integer, or `(height, width)`.
        channels: 1, 3 or None. None for 1 if all pictures are grey, else 3.
        verbose: 0 or 1. 1 shows progress bars.

    Returns:
        `Store`.

    Raises:
        ValueError: If an argument is bad, fewer than ten pictures can be read, or the
            cache has no room for them.
    """
    root, size = folder.checked_arguments(path, image_size, channels or 3)
    found = folder.find_pictures(root)
    kept = cache.folder() / "pictures" / _key(root, found, size, channels)
    if not (kept / "facts.json").is_file():
        _decode(kept, root, found, size, channels, verbose)
    facts = json.loads((kept / "facts.json").read_text("utf-8"))
    survey = Survey(**facts["survey"])
    shape = (survey.count, *size, survey.channels)
    images = np.memmap(kept / "pixels", "uint8", "r", shape=shape)
    labels = facts["labels"]
    labels = None if labels is None else np.array(labels, "int32")
    return Store(survey, images, labels)


def check_classes(path):
    """Raise a ValueError unless the sub-folders of a folder of pictures are classes."""
    root, _ = folder.checked_arguments(path, image_size=1, channels=3)
    found = folder.find_pictures(root)
    folder.check_found(root, found)
    folder.check_classes(root, folder.classes(root, found)[1])


def _key(root, found, size, channels):
    """A name for the decoded pictures, which changes when the files do."""
    digest = hashlib.sha256(json.dumps([VERSION, str(root), size, channels]).encode())
    for file in found:
        stat = file.stat()
        fact = [os.path.relpath(file, root), stat.st_size, stat.st_mtime_ns]
        digest.update(json.dumps(fact).encode())
    return digest.hexdigest()[:16]


# === Decoding ===


def _decode(kept, root, found, size, channels, verbose):
    """Write the pixels of a folder, and then what they are, into `kept`."""
    folder.check_found(root, found)
    order = np.random.RandomState(0).permutation(len(found))
    found = [found[i] for i in order]
    _check_room(kept, len(found) * size[0] * size[1] * (channels or 3))
    with cache.atomic(kept / "pixels") as partial:
        with open(partial, "wb") as file:
            chosen, unreadable, copies = _write(
                file, root, found, size, channels or 3, verbose
            )
        _check_enough(root, len(chosen), unreadable)
        is_grey = {mode for *_, mode in chosen} <= GREY
        if channels is None and is_grey:
            _keep_one_channel(partial, (len(chosen), *size))
    survey, labels = _survey(root, chosen, unreadable, copies)
    survey["channels"] = channels or (1 if is_grey else 3)
    with cache.atomic(kept / "facts.json") as partial:
        partial.write_text(json.dumps({"survey": survey, "labels": labels}), "utf-8")


def _write(file, root, found, size, channels, verbose):
    """Write all pictures that can be read, once each.

    Returns:
        Lists of what was written, as tuples of path, size and mode; of what cannot be
        read; and of copies.
    """
    chosen, unreadable, copies = {}, [], []
    bar = keras.utils.Progbar(len(found), verbose=verbose, unit_name="picture")
    outcomes = _in_threads(lambda path: _read(path, size, channels), found)
    for path, outcome in zip(found, outcomes):
        name = str(path.relative_to(root))
        if isinstance(outcome, Exception):
            unreadable.append(f"{name} ({outcome})")
        elif outcome[0] in chosen:
            copies.append(f"{name} (of {chosen[outcome[0]][0].relative_to(root)})")
        else:
            digest, pixels, *header = outcome
            file.write(pixels.tobytes())
            chosen[digest] = (path, *header)
        bar.add(1)
    return list(chosen.values()), unreadable, copies


def _read(path, size, channels):
    """Hash, pixels, size and mode of a picture, or the error that it ends in."""
    # Pillow's decoders raise almost anything on a broken file.
    try:
        digest = hashlib.sha256(path.read_bytes()).digest()
        with Image.open(path) as picture:
            header = picture.size, picture.mode
        picture = folder.open_picture(path, size)
        return digest, folder.fitted(picture, size, channels), *header
    except Exception as error:
        return error


def _in_threads(function, items):
    """Results in the order of the items, few of which are at work at a time."""
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        for start in range(0, len(items), AT_ONCE):
            yield from pool.map(function, items[start : start + AT_ONCE])


def _keep_one_channel(path, shape):
    """Of grey pictures in RGB, in place."""
    pixels = np.memmap(path, "uint8", "r+", shape=(*shape, 3))
    flat = np.memmap(path, "uint8", "r+", shape=shape)
    for i in range(len(pixels)):
        flat[i] = pixels[i, ..., 0].copy()
    flat.flush()
    os.truncate(path, flat.nbytes)


def _survey(root, chosen, unreadable, copies):
    """The facts of a `Survey` but for its channels, and the labels."""
    sizes = [size for _, size, _ in chosen]
    labels, class_names = folder.classes(root, [path for path, *_ in chosen])
    survey = {
        "path": str(root),
        "count": len(chosen),
        "unreadable": unreadable,
        "copies": copies,
        "smallest": min(sizes, key=min),
        "median": [int(side) for side in np.median(sizes, axis=0)],
        "largest": max(sizes, key=max),
        "class_names": class_names,
    }
    return survey, None if labels is None else labels.tolist()


def _check_enough(root, count, unreadable):
    if count < FEWEST:
        why = f" Not readable: {folder.first_few(unreadable)}." if unreadable else ""
        raise ValueError(
            f"To train on and to hold out, at least {FEWEST} different pictures are "
            f"needed; thousands are better.{why} Received: path={str(root)!r} with "
            f"{count}."
        )


def _check_room(kept, size):
    """Raise a ValueError unless there is room for so many bytes."""
    free = room.free_disk(kept)
    if free < size:
        raise ValueError(
            f"The decoded pictures take {room.in_words(size)} in the cache, whose "
            f"disk has {room.in_words(free)} left: make room for "
            f"{room.in_words(size - free)} more, choose a smaller `image_size`, or "
            f"set the environment variable {cache.FOLDER} to a folder on another disk. "
            f"Received: path={str(kept)!r}, "
            f"{cache.FOLDER}={os.environ.get(cache.FOLDER)!r}."
        )
