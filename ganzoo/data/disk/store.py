"""A folder of pictures of any sizes, or of pairs, decoded once, then read from a file.

The file is in the cache, one uint8 value after another, so that training reads what it
needs of sets far larger than memory:

    <cache>/pictures/<key>/pixels     the pictures, in an order drawn once
    <cache>/pictures/<key>/sources    what they are translated from, in the same order
    <cache>/pictures/<key>/facts.json what they are, and what was left out

The key follows from names, sizes and times of the files: a changed folder is read anew.
"""

import collections
import concurrent.futures
import contextlib
import dataclasses
import hashlib
import json
import math
import os
import pathlib
import shutil
import tempfile
import warnings
from collections.abc import Callable

import keras
import numpy as np
from PIL import Image

from ganzoo.data.disk import folder
from ganzoo.data.disk import image_info
from ganzoo.data.disk import pairs
from ganzoo.data.disk import splits
from ganzoo.data.images import Pairs
from ganzoo.data.images import Pictures
from ganzoo.system import cache
from ganzoo.system import resources
from ganzoo.system.resources import format_bytes

VERSION = 3  # of what is in the files
LAYOUT = folder.LAYOUT
HELD_OUT = 0.1  # of the pictures
MOST_HELD_OUT = 10_000
FEWEST = 10  # pictures to train on and hold out
AT_ONCE = 256  # pictures decoded in a row
# The files of a listing of pictures, and of one of pairs.
PICTURES = ("pixels",)
PAIRS = ("sources", "pixels")
THREADS = min(32, os.cpu_count() or 1)
SHOWN_CLASSES = 10  # names that a survey tells


@dataclasses.dataclass(frozen=True)
class Survey:
    """What a folder of pictures, or of pairs, holds.

    Args:
        path: str. The folder.
        count: int. Pictures, or pairs, that can be used and are not copies of others.
        unreadable: list of str. Files that cannot be read, and why, and so of pairs
            whose pictures differ in shape.
        copies: list of str. Files whose bytes are those of one before them.
        smallest: tuple `(width, height)` of the picture with the shortest side.
        median: tuple `(width, height)`, of widths and of heights.
        largest: tuple `(width, height)` of the picture with the longest side.
        channels: 1 if all are grey, else 3; of pairs, the targets, as sizes are.
        class_names: list of str, or None. The first-level sub-folders, if every
            picture is in one.
        source_channels: As `channels`, or None where there are no pairs.
        others: list of str. Files that are no pictures by their ending.
        content: str. A SHA-256 of names and bytes of the files that are used, and of
            which are held out: the same wherever the folder lies.
        class_counts: list of int, or None. Images of each class.
        form: str or None. Of pairs, which they are, shown by one.
        notes: list of str. What to warn of.
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
    source_channels: int | None = None
    others: list = dataclasses.field(default_factory=list)
    content: str | None = None
    class_counts: list | None = None
    form: str | None = None
    notes: list = dataclasses.field(default_factory=list)

    def in_words(self):
        """Lines to print."""
        what = f"pictures, {_colours(self.channels)}"
        if self.source_channels:
            what = (
                f"pairs of pictures, sources {_colours(self.source_channels)}, "
                f"targets {_colours(self.channels)}"
            )
        yield f"{self.count:,} {what}: {self.path}"
        low, middle, high = (
            f"{w}×{h}" for w, h in (self.smallest, self.median, self.largest)
        )
        yield f"sizes from {low} to {high}, {middle} in the middle"
        if self.form:
            yield self.form
        if self.class_names:
            yield f"{len(self.class_names)} classes, by sub-folder: {self._labels()}"
            counts = zip(self.class_names, self.class_counts)
            tiny = [f"{name} {count}" for name, count in counts if count < FEWEST]
            if tiny:
                yield (
                    f"classes of fewer than {FEWEST}, of which little is learnt: "
                    f"{len(tiny):,}, {folder.first_few(tiny)}"
                )
        if self.unreadable:
            yield (
                f"left out, as they cannot be used: {len(self.unreadable):,}, "
                f"{folder.first_few(self.unreadable)}"
            )
        if self.others:
            yield (
                f"left out, as they do not end like pictures: {len(self.others):,}, "
                f"{folder.first_few(self.others)}"
            )
        if self.copies:
            yield (
                f"left out, as copies of others: {len(self.copies):,}, "
                f"{folder.first_few(self.copies)}"
            )
        yield from self.notes

    def _labels(self):
        """Which name has which label, and how many images."""
        shown = list(zip(self.class_names, self.class_counts))[:SHOWN_CLASSES]
        named = ", ".join(f"{i} {name} {n}" for i, (name, n) in enumerate(shown))
        return named + (", ..." if len(self.class_names) > len(shown) else "")


def _colours(channels):
    return "grey" if channels == 1 else "in colour"


@dataclasses.dataclass(frozen=True, eq=False)
class Store:
    """Pictures of a folder, decoded; training ones first, then those held out.

    Args:
        survey: `Survey`.
        held_out: int. How many are.
        images: uint8 array `(count, height, width, channels)`, on disk. Of pairs, the
            targets.
        sources: the same of pairs, or None.
        labels: int32 array `(count,)`, or None.
    """

    survey: Survey
    held_out: int
    images: np.ndarray = dataclasses.field(repr=False)
    sources: np.ndarray | None = dataclasses.field(repr=False)
    labels: np.ndarray | None = dataclasses.field(repr=False)

    def split(self, split):
        """The pictures to train on, or those held out: a tenth, 10,000 at most.

        Args:
            split: string. "train" or "test".

        Returns:
            `Pictures`, whose images are on disk; of pairs, `Pairs`.
        """
        first = self.survey.count - self.held_out
        rows = slice(first, None) if split == "test" else slice(first)
        path = self.survey.path
        if self.sources is not None:
            return Pairs(self.sources[rows], self.images[rows], path, split)
        labels = None if self.labels is None else self.labels[rows]
        names = self.survey.class_names
        names = None if names is None else tuple(names)
        return Pictures(self.images[rows], labels, names, path, split)


@dataclasses.dataclass(frozen=True)
class Listing:
    """What there is to decode.

    Args:
        root: `pathlib.Path`. The folder.
        form: str. What tells it from another listing of the same files.
        parts: tuple of str, `PICTURES` or `PAIRS`.
        items: list of tuples of files, each a picture or a pair, in the order in which
            they are kept.
        read: function of an item and of the `(height, width)` that is wanted. Returns
            its Pillow pictures, one or two, grey ones of the mode `L`, which need not
            have that size.
        held_out: int or None. The items at the end to hold out; None for a tenth.
        layout: int. How the images are held out and the classes ordered: 2 holds out a
            tenth of each class, and 1, which old run folders need, the last tenth.
        bit_depth: int. By which `read` reads.
    """

    root: pathlib.Path
    form: str
    parts: tuple
    items: list
    read: Callable
    held_out: int | None = None
    layout: int = LAYOUT
    bit_depth: int = image_info.BITS


@dataclasses.dataclass(frozen=True)
class Kept:
    """An item of a listing that can be used.

    Args:
        index: int. Which item.
        is_held_out: bool.
        digest: bytes. The SHA-256 of each of its files.
        sizes: tuple of `(width, height)`, one for each image.
        modes: tuple of strings. Those of Pillow, `L` or `RGB`.
        found: tuple of `Finding`, one for each image.
    """

    index: int
    is_held_out: bool
    digest: bytes
    sizes: tuple
    modes: tuple
    found: tuple


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of decoding a listing.

    Args:
        kept: list of `Kept`, those held out last.
        held_out: int. How many are.
        unreadable: list of str. As in `Survey`.
        copies: list of str. As in `Survey`.
        notes: list of str. As in `Survey`.
    """

    kept: list
    held_out: int
    unreadable: list
    copies: list
    notes: list


def open_store(
    path,
    image_size,
    channels=None,
    verbose=1,
    layout=LAYOUT,
    bit_depth=image_info.BITS,
):
    """Check and decode a folder of pictures, or find it decoded in the cache.

    What is read, and how, is said by `ganzoo.data.from_folder`; beside it, a file whose
    bytes are those of another is left out, lest what is held out be trained on.

    Args:
        path: string or path. The folder.
        image_size: integer, or `(height, width)`.
        channels: 1, 3 or None. None for 1 if all pictures are grey, else 3.
        verbose: 0 or 1. 1 shows progress bars.
        layout: int. As in `Listing`.
        bit_depth: int. As in `from_folder`.

    Returns:
        `Store`.

    Raises:
        ValueError: If an argument is bad, fewer than ten pictures can be read, pixels
            are 0 and 1 only, or the cache has no room for them.
    """
    root, size = folder.checked_arguments(path, image_size, channels or 3, bit_depth)
    listing = list_pictures(root, layout, bit_depth)
    return open_listing(listing, size, channels, verbose)


def list_pictures(root, layout=LAYOUT, bit_depth=image_info.BITS):
    """The `Listing` of a folder of pictures, a `pathlib.Path`."""
    items = shuffled([(file,) for file in folder.find_pictures(root, layout)])

    def read(item, size):
        return [folder.open_picture(*item, size, bit_depth)]

    return Listing(
        root, "pictures", PICTURES, items, read, layout=layout, bit_depth=bit_depth
    )


def open_pairs(
    path,
    image_size,
    channels=None,
    verbose=1,
    layout=LAYOUT,
    bit_depth=image_info.BITS,
):
    """As `open_store`, for a folder of pairs as `ganzoo.data.pairs_from_folder` has it.

    Raises:
        ValueError: Also as in `ganzoo.data.disk.pairs.find_pairs`.
    """
    root, size = folder.checked_arguments(path, image_size, channels or 3, bit_depth)
    listing = list_pairs(root, layout, bit_depth)
    return open_listing(listing, size, channels, verbose)


def list_pairs(root, layout=LAYOUT, bit_depth=image_info.BITS):
    """The `Listing` of a folder of pairs, a `pathlib.Path`.

    Raises:
        ValueError: As in `ganzoo.data.disk.pairs.find_pairs`.
    """
    items = shuffled(pairs.find_pairs(root, layout))

    def read(pair, _):
        return pairs.open_pair(pair, bit_depth)

    return Listing(
        root, "pairs", PAIRS, items, read, layout=layout, bit_depth=bit_depth
    )


def shuffled(items):
    """Items in an order that is drawn once for all."""
    return [items[i] for i in np.random.RandomState(0).permutation(len(items))]


def open_listing(listing, size, channels=None, verbose=1):
    """Decode what is listed, or find it decoded in the cache.

    Args:
        listing: `Listing`.
        size: `(height, width)`.
        channels: As in `open_store`.
        verbose: 0 or 1.

    Returns:
        `Store`.

    Raises:
        ValueError: As in `open_store`.
    """
    kept = cache.folder() / "pictures" / _key(listing, size, channels)
    if not (kept / "facts.json").is_file():
        _decode(kept, listing, size, channels, verbose)
    about = json.loads((kept / "facts.json").read_text("utf-8"))
    survey = survey_of(listing, about)

    def on_disk(name, channels):
        shape = (survey.count, *size, channels)
        return np.memmap(kept / name, "uint8", "r", shape=shape)

    sources = survey.source_channels
    labels = about["labels"]
    return Store(
        survey,
        about["held_out"],
        on_disk("pixels", survey.channels),
        None if sources is None else on_disk("sources", sources),
        None if labels is None else np.array(labels, "int32"),
    )


def survey_of(listing, about):
    """The `Survey` of a listing of which `facts` are known."""
    root = listing.root
    missing = [f"{name} (a link to nothing)" for name in folder.find_dangling(root)]
    found = {**about["survey"], "others": folder.find_others(root)}
    return Survey(**{**found, "unreadable": found["unreadable"] + missing})


def check_classes(path):
    """Raise a ValueError unless the sub-folders of a folder of pictures are classes."""
    root, _ = folder.checked_arguments(path, image_size=1, channels=3)
    found = folder.find_pictures(root)
    folder.check_found(root, found)
    folder.check_classes(root, folder.classes(root, found)[1])
    names = [name for name in splits.among(root, found) if "/" not in name]
    if len(names) > 1:
        raise ValueError(
            f"Pass the folder of one split, like {str(root / names[0])!r}, whose "
            "sub-folders are the classes: these are splits of a data set. "
            f"Received: path={str(root)!r} with {splits.told(names)}."
        )


def _key(listing, size, channels):
    """A name for the decoded pictures, which changes when the files do."""
    form = [listing.form, listing.layout, listing.bit_depth]
    facts = [VERSION, *form, str(listing.root), size, channels]
    digest = hashlib.sha256(json.dumps(facts).encode())
    for item in listing.items:
        for file in item:
            stat = file.stat()
            name = os.path.relpath(file, listing.root)
            # A copy may restore the time of its content, but not that of its state.
            fact = [name, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]
            digest.update(json.dumps(fact).encode())
    return digest.hexdigest()[:16]


# === Decoding ===


def _decode(kept, listing, size, channels, verbose):
    """Write the pixels of a listing, and then what they are, into `kept`."""
    folder.check_found(listing.root, listing.items)
    picture = size[0] * size[1] * (channels or 3)
    _check_room(kept, len(listing.items) * len(listing.parts) * picture)
    with contextlib.ExitStack() as stack:
        partials = [
            stack.enter_context(cache.atomic(kept / part)) for part in listing.parts
        ]
        outcome = _write(partials, listing, size, channels or 3, verbose)
        kinds = zip(*(item.modes for item in outcome.kept))
        found = [channels or (1 if set(modes) == {"L"} else 3) for modes in kinds]
        for partial, number in zip(partials, found):
            if channels is None and number == 1:
                _keep_one_channel(partial, (len(outcome.kept), *size))
    about = facts(listing, outcome, found)
    with cache.atomic(kept / "facts.json") as partial:
        partial.write_text(json.dumps(about), "utf-8")
    for note in outcome.notes:
        warnings.warn(note, UserWarning, stacklevel=4)


def _write(paths, listing, size, channels, verbose):
    """Write all items that can be used into files, a part of them into each.

    Returns:
        `Outcome`.
    """
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(open(path, "wb")) for path in paths]
        # They come last, after a number of others that only the end tells.
        held_out = [
            stack.enter_context(tempfile.TemporaryFile(dir=path.parent))
            for path in paths
        ]

        def keep(item, parts):
            for file, part in zip(held_out if item.is_held_out else files, parts):
                file.write(part)

        channels = [channels] * len(files)
        outcome = decode(listing, size, channels, np.ndarray.tobytes, keep, verbose)
        for file, rest in zip(files, held_out):
            rest.seek(0)
            shutil.copyfileobj(rest, file)
        return outcome


def decode(listing, size, channels, encode, keep, verbose=1):
    """Decode all items that can be used, once each, in their order.

    Args:
        listing: `Listing`.
        size: `(height, width)`.
        channels: list of 1 or 3, for each part.
        encode: function of a uint8 array `(height, width, channels)` that returns
            bytes; it is called in threads.
        keep: function of a `Kept` and of the bytes of its parts.
        verbose: 0 or 1. 1 shows a progress bar.

    Returns:
        `Outcome`.

    Raises:
        ValueError: If fewer than ten items can be used, or none of them held out.
    """
    chosen, unreadable, copies = {}, [], []
    is_held_out = _choice(listing)
    items = listing.items
    unit = "picture" if listing.parts == PICTURES else "pair"
    bar = keras.utils.Progbar(len(items), verbose=verbose, unit_name=unit)
    outcomes = _in_threads(
        lambda item: _read(item, listing.read, size, channels, encode), items
    )
    for index, outcome in enumerate(outcomes):
        name = _name(listing, index)
        if isinstance(outcome, Exception):
            unreadable.append(f"{name} ({outcome})")
        elif outcome[0] in chosen:
            original = _name(listing, chosen[outcome[0]].index)
            copies.append(f"{name} (of {original})")
        else:
            digest, parts, *header = outcome
            chosen[digest] = Kept(index, is_held_out(index), digest, *header)
            keep(chosen[digest], parts)
        bar.add(1)
    _check_enough(listing, len(chosen), unreadable)
    kept = sorted(chosen.values(), key=lambda item: item.is_held_out)
    held_out = sum(item.is_held_out for item in kept)
    if listing.layout == 1 and listing.held_out is None:
        held_out = share_held_out(len(kept))
    _check_held_out(listing, held_out)
    return Outcome(kept, held_out, unreadable, copies, _notes(listing, kept))


def _notes(listing, kept):
    """What to warn of; nothing of a folder that a run has long begun with."""
    if listing.layout == 1:
        return []
    received = f"path={str(listing.root)!r}"
    found = {_name(listing, item.index): item.found for item in kept}
    if listing.parts == PAIRS:
        sizes = [item.sizes[0] for item in kept]
        note = pairs.note_on_halves(listing.root, listing.items, sizes)
    else:
        note = splits.note(listing.root, [file for (file,) in listing.items])
    told = image_info.notes(found, listing.bit_depth, received)
    return [*told, note] if note else told


def _choice(listing):
    """A function that says whether an item is held out.

    It is called with the index of each item that can be used, in their order. Of each
    first-level sub-folder the first item is trained on.
    """
    if listing.held_out is not None:
        first = len(listing.items) - listing.held_out
        return lambda index: index >= first
    if listing.layout == 1:
        # The last ones, of which nobody knows yet.
        return lambda index: False
    places = _places(listing)
    counts = collections.Counter(places)
    wanted = shares_held_out(counts)
    seen, held_out = collections.Counter(), collections.Counter()

    def is_held_out(index):
        place = places[index]
        seen[place] += 1
        due = math.ceil(seen[place] * wanted[place] / counts[place])
        chosen = seen[place] > 1 and held_out[place] < due
        held_out[place] += chosen
        return chosen

    return is_held_out


def _places(listing):
    """The first-level sub-folder of each item, of which some are held out."""
    if listing.parts == PAIRS:
        return [""] * len(listing.items)
    parts = [file.relative_to(listing.root).parts[:-1] for (file,) in listing.items]
    places = [part[0] if part else "" for part in parts]
    # Where each image has a sub-folder of its own, these are no classes.
    return places if len(set(places)) < len(places) else [""] * len(places)


def shares_held_out(counts):
    """How many of each class are held out: a tenth of all, and never all of a class.

    Args:
        counts: dict. How many there are of each class.

    Returns:
        dict, of integers.
    """
    left = sum(counts.values())
    wanted = share_held_out(left)
    shares = {}
    # The small ones first: what they cannot spare, the large ones can.
    for name in sorted(counts, key=lambda name: (counts[name], name)):
        shares[name] = min(round(wanted * counts[name] / left), counts[name] - 1)
        wanted -= shares[name]
        left -= counts[name]
    return shares


def _name(listing, index):
    """What a message calls an item: its first file."""
    return str(listing.items[index][0].relative_to(listing.root))


def _read(item, read, size, channels, encode):
    """Hash, parts, sizes and modes of an item, or the error that it ends in."""
    # Pillow's decoders raise almost anything on a broken file.
    try:
        digests = [hashlib.sha256(file.read_bytes()).digest() for file in item]
        pictures = read(item, size)
        parts = [
            encode(folder.fitted(picture, size, number))
            for picture, number in zip(pictures, channels)
        ]
        found = tuple(map(image_info.of, pictures))
        sizes, modes = zip(*((picture.size, picture.mode) for picture in pictures))
        if len(item) == len(pictures) == 1:
            # It may have been read at a part of its size.
            with Image.open(*item) as picture:
                sizes = [picture.size]
        return b"".join(digests), parts, sizes, modes, found
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


def facts(listing, outcome, channels):
    """The `Survey` of what was written, how much of it is held out, and labels."""
    sizes = [item.sizes[-1] for item in outcome.kept]
    survey = {
        "path": str(listing.root),
        "count": len(outcome.kept),
        "unreadable": outcome.unreadable,
        "copies": outcome.copies,
        "smallest": min(sizes, key=min),
        "median": [int(side) for side in np.median(sizes, axis=0)],
        "largest": max(sizes, key=max),
        "channels": channels[-1],
        "class_names": None,
        "content": _content(listing, outcome),
        "notes": outcome.notes,
    }
    labels = None
    if listing.parts == PAIRS:
        survey["source_channels"] = channels[0]
        example = listing.items[outcome.kept[0].index]
        survey["form"] = pairs.form_of(listing.root, example)
    else:
        files = [listing.items[item.index][0] for item in outcome.kept]
        labels, names = folder.classes(listing.root, files, listing.layout)
        if labels is not None:
            survey["class_names"] = names
            survey["class_counts"] = np.bincount(labels).tolist()
            labels = labels.tolist()
    return {"survey": survey, "held_out": outcome.held_out, "labels": labels}


def _content(listing, outcome):
    """A SHA-256 of names and bytes of the files of what is kept, in their order."""
    digest = hashlib.sha256(f"{outcome.held_out}".encode())
    for item in outcome.kept:
        files = listing.items[item.index]
        names = [file.relative_to(listing.root).as_posix() for file in files]
        digest.update(json.dumps([*names, item.digest.hex()]).encode())
    return digest.hexdigest()


def share_held_out(count):
    """How many of so many are held out."""
    return min(max(1, int(count * HELD_OUT)), MOST_HELD_OUT)


def _check_enough(listing, count, unreadable):
    if count < FEWEST:
        why = f" Not usable: {folder.first_few(unreadable)}." if unreadable else ""
        what = "pictures" if listing.parts == PICTURES else "pairs"
        raise ValueError(
            f"To train on and to hold out, at least {FEWEST} different {what} are "
            f"needed; thousands are better.{why} Received: path={str(listing.root)!r} "
            f"with {count}."
        )


def _check_held_out(listing, count):
    if listing.held_out is None and not count:
        raise ValueError(
            "None of the pictures that were to be held out can be used: take those "
            "that cannot be read out of the folder. "
            f"Received: path={str(listing.root)!r}."
        )


def _check_room(kept, size):
    """Raise a ValueError unless there is room for so many bytes."""
    free = resources.free_disk(kept)
    if free < size:
        raise ValueError(
            f"The decoded images take {format_bytes(size)} in the cache, whose disk "
            f"has {format_bytes(free)} left: make room for {format_bytes(size - free)} "
            "more, choose a smaller `image_size`, or set the environment variable "
            f"{cache.FOLDER} to a folder on another disk. "
            f"Received: path={str(kept)!r}, "
            f"{cache.FOLDER}={os.environ.get(cache.FOLDER)!r}."
        )
