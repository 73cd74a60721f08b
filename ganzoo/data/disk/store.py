"""A folder of images of any sizes, or of pairs, decoded once, then read from a file.

The file is in the cache, one uint8 value after another, so that training reads what it
needs of sets far larger than memory:

    <cache>/pictures/<key>/pixels     the images, in an order drawn once
    <cache>/pictures/<key>/sources    what they are translated from, in the same order
    <cache>/pictures/<key>/facts.json what they are, and what was left out

The key follows from names, sizes and times of the files: a changed folder is read anew.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import shutil
import tempfile
import warnings

import numpy as np

from ganzoo.data.disk import decoding
from ganzoo.data.disk import folder
from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import listings
from ganzoo.data.disk import splits
from ganzoo.data.disk.survey import Survey
from ganzoo.data.disk.survey import facts_of
from ganzoo.data.disk.survey import survey_of
from ganzoo.data.images import Pairs
from ganzoo.data.images import Pictures
from ganzoo.system import cache
from ganzoo.system import resources
from ganzoo.system.resources import format_bytes

VERSION = 3  # of what is in the files


@dataclasses.dataclass(frozen=True, eq=False)
class Store:
    """Images of a folder, decoded; training ones first, then those held out.

    Args:
        survey: `Survey`.
        held_out: int. How many are.
        images: uint8 array `(count, height, width, channels)`, on disk. Of pairs, the
            targets.
        sources: the same of pairs, or None.
        labels: int32 array `(count,)`, or None.
        attributes: int8 array `(count, number)` of 0 and 1, or None.
        captions: array of strings `(count,)`, or None.
    """

    survey: Survey
    held_out: int
    images: np.ndarray = dataclasses.field(repr=False)
    sources: np.ndarray | None = dataclasses.field(repr=False)
    labels: np.ndarray | None = dataclasses.field(repr=False)
    attributes: np.ndarray | None = dataclasses.field(default=None, repr=False)
    captions: np.ndarray | None = dataclasses.field(default=None, repr=False)

    def split(self, split):
        """The images to train on, or those held out: a tenth, 10,000 at most.

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
        captions = None if self.captions is None else self.captions[rows]
        found = Pictures(
            self.images[rows], labels, names, path, split, captions=captions
        )
        if self.attributes is None:
            return found
        names = tuple(self.survey.attribute_names)
        has = self.attributes[rows]
        return dataclasses.replace(found, attributes=has, attribute_names=names)


def open_store(
    path,
    image_size,
    channels=None,
    verbose=1,
    layout=image_files.LAYOUT,
    bit_depth=image_info.BITS,
    pad=False,
):
    """Check and decode a folder of images, or find it decoded in the cache.

    What is read, and how, is said by `ganzoo.data.from_folder`; beside it, a file whose
    bytes are those of another is left out, lest what is held out be trained on.

    Args:
        path: string or path. The folder.
        image_size: integer, or `(height, width)`.
        channels: 1, 3 or None. None for 1 if all images are grey, else 3.
        verbose: 0 or 1. 1 shows progress on the standard error.
        layout: int. As in `Listing`.
        bit_depth: int. As in `from_folder`.
        pad: bool. As in `from_folder`.

    Returns:
        `Store`.

    Raises:
        ValueError: If an argument is bad, fewer than ten images can be read, pixels
            are 0 and 1 only, or the cache has no room for them.
    """
    root, size = folder.checked_arguments(path, image_size, channels or 3, bit_depth)
    listing = listings.list_pictures(root, layout, bit_depth, pad)
    return open_listing(listing, size, channels, verbose)


def open_pairs(
    path,
    image_size,
    channels=None,
    verbose=1,
    layout=image_files.LAYOUT,
    bit_depth=image_info.BITS,
    pad=False,
):
    """As `open_store`, for a folder of pairs as `ganzoo.data.pairs_from_folder` has it.

    Raises:
        ValueError: Also as in `ganzoo.data.disk.pairs.find_pairs`.
    """
    root, size = folder.checked_arguments(path, image_size, channels or 3, bit_depth)
    listing = listings.list_pairs(root, layout, bit_depth, pad)
    return open_listing(listing, size, channels, verbose)


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
    labels, attributes = about["labels"], about.get("attributes")
    captions = about.get("captions")
    return Store(
        survey,
        about["held_out"],
        on_disk("pixels", survey.channels),
        None if sources is None else on_disk("sources", sources),
        None if labels is None else np.array(labels, "int32"),
        None if attributes is None else np.array(attributes, "int8"),
        None if captions is None else np.array(captions),
    )


def check_classes(path):
    """Raise a ValueError unless the sub-folders of a folder of images are classes."""
    root, _ = folder.checked_arguments(path, image_size=1, channels=3)
    found = image_files.find_pictures(root)
    image_files.check_found(root, found)
    image_files.check_classes(root, image_files.classes(root, found)[1])
    names = [name for name in splits.find_splits(root, found) if "/" not in name]
    if len(names) > 1:
        raise ValueError(
            f"Pass the folder of one split, like {str(root / names[0])!r}, whose "
            "sub-folders are the classes: these are splits of a data set. "
            f"Received: path={str(root)!r} with {splits.format_folders(names)}."
        )


def _key(listing, size, channels):
    """A name for the decoded images, which changes when the files do."""
    form = [listing.form, listing.layout, listing.bit_depth]
    form += ["padded"] * listing.pad
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


# === Into the cache ===


def _decode(kept, listing, size, channels, verbose):
    """Write the pixels of a listing, and then what they are, into `kept`."""
    image_files.check_found(listing.root, listing.items)
    picture = size[0] * size[1] * (channels or 3)
    _check_disk_space(kept, len(listing.items) * len(listing.parts) * picture)
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
    about = facts_of(listing, outcome, found)
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
        outcome = decoding.decode(
            listing, size, channels, np.ndarray.tobytes, keep, verbose
        )
        for file, rest in zip(files, held_out):
            rest.seek(0)
            shutil.copyfileobj(rest, file)
        return outcome


def _keep_one_channel(path, shape):
    """Of grey images in RGB, in place."""
    pixels = np.memmap(path, "uint8", "r+", shape=(*shape, 3))
    flat = np.memmap(path, "uint8", "r+", shape=shape)
    for i in range(len(pixels)):
        flat[i] = pixels[i, ..., 0].copy()
    flat.flush()
    os.truncate(path, flat.nbytes)


def _check_disk_space(kept, size):
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
