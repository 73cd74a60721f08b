"""Decoding what is listed of a folder, once each: which files can be used, and how."""

import concurrent.futures
import dataclasses
import hashlib
import os

from PIL import Image

from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import image_reading
from ganzoo.data.disk import listings
from ganzoo.data.disk import pairs
from ganzoo.data.disk import splits
from ganzoo.data.disk.listings import MIN_IMAGES
from ganzoo.system.terminal.progress import progress_bar

CHUNK_SIZE = 256  # images decoded in a row
THREADS = min(32, os.cpu_count() or 1)


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
        duplicates: list of str. As in `Survey`.
        notes: list of str. As in `Survey`.
    """

    kept: list
    held_out: int
    unreadable: list
    duplicates: list
    notes: list


def decode(listing, size, channels, encode, keep, verbose=1):
    """Decode all items that can be used, once each, in their order.

    Args:
        listing: `Listing`.
        size: `(height, width)`.
        channels: list of 1 or 3, for each part.
        encode: function of a uint8 array `(height, width, channels)` that returns
            bytes; it is called in threads.
        keep: function of a `Kept` and of the bytes of its parts.
        verbose: 0 or 1. 1 shows progress on the standard error.

    Returns:
        `Outcome`.

    Raises:
        ValueError: If fewer than ten items can be used, or none of them held out.
    """
    chosen, unreadable, duplicates = {}, [], []
    is_held_out = listings.held_out_rule(listing)
    items = listing.items
    outcomes = _in_threads(
        lambda item: _read(item, listing, size, channels, encode), items
    )
    unit = "Files" if listing.parts == listings.PICTURES else "Pairs"
    with progress_bar(f"{unit} checked", len(items), verbose) as advance:
        for index, outcome in enumerate(outcomes):
            name = listings.name_of(listing, index)
            if isinstance(outcome, Exception):
                unreadable.append(f"{name} ({outcome})")
            elif outcome[0] in chosen:
                original = listings.name_of(listing, chosen[outcome[0]].index)
                duplicates.append(f"{name} (of {original})")
            else:
                digest, parts, *header = outcome
                chosen[digest] = Kept(index, is_held_out(index), digest, *header)
                keep(chosen[digest], parts)
            advance(1)
    _check_enough(listing, len(chosen), unreadable)
    kept = sorted(chosen.values(), key=lambda item: item.is_held_out)
    held_out = sum(item.is_held_out for item in kept)
    if listing.layout == 1 and listing.held_out is None:
        held_out = listings.count_held_out(len(kept))
    _check_held_out(listing, held_out)
    return Outcome(kept, held_out, unreadable, duplicates, _notes(listing, kept))


def _notes(listing, kept):
    """What to warn of; nothing of a folder that a run has long begun with."""
    if listing.layout == 1:
        return []
    received = f"path={str(listing.root)!r}"
    found = {listings.name_of(listing, item.index): item.found for item in kept}
    if listing.parts == listings.PAIRS:
        sizes = [item.sizes[0] for item in kept]
        note = pairs.note_on_halves(listing.root, listing.items, sizes)
    else:
        note = splits.note(listing.root, [file for (file,) in listing.items])
    notes = image_info.notes(found, listing.bit_depth, received)
    return [*notes, note] if note else notes


def _read(item, listing, size, channels, encode):
    """Hash, parts, sizes and modes of an item, or the error that it ends in."""
    # Pillow's decoders raise almost anything on a broken file.
    try:
        digests = [hashlib.sha256(file.read_bytes()).digest() for file in item]
        pictures = listing.read(item, size)
        parts = [
            encode(image_reading.fitted(picture, size, number, listing.pad))
            for picture, number in zip(pictures, channels)
        ]
        found = tuple(map(image_info.inspect_pixels, pictures))
        sizes, modes = zip(*((picture.size, picture.mode) for picture in pictures))
        is_file_of_pixels = item[0].suffix.lower() in image_files.EXTENSIONS
        if len(item) == len(pictures) == 1 and is_file_of_pixels:
            # It may have been read at a part of its size.
            with Image.open(*item) as picture:
                sizes = [picture.size]
        return b"".join(digests), parts, sizes, modes, found
    except Exception as error:
        return error


def _in_threads(function, items):
    """Results in the order of the items, few of which are at work at a time."""
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        for start in range(0, len(items), CHUNK_SIZE):
            yield from pool.map(function, items[start : start + CHUNK_SIZE])


def _check_enough(listing, count, unreadable):
    if count < MIN_IMAGES:
        why = f" Not usable: {image_files.first_few(unreadable)}." if unreadable else ""
        what = "images" if listing.parts == listings.PICTURES else "pairs"
        raise ValueError(
            f"To train on and to hold out, at least {MIN_IMAGES} different {what} are "
            f"needed; thousands are better.{why} Received: path={str(listing.root)!r} "
            f"with {count}."
        )


def _check_held_out(listing, count):
    if listing.held_out is None and not count:
        raise ValueError(
            "None of the images that were to be held out can be used: take those "
            "that cannot be read out of the folder. "
            f"Received: path={str(listing.root)!r}."
        )
