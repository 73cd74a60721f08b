"""What there is to decode of a folder, in which order, and which of it is held out."""

import collections
import dataclasses
import math
import pathlib
from collections.abc import Callable

import numpy as np

from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import image_reading
from ganzoo.data.disk import pairs

HELD_OUT = 0.1  # of the images
MAX_HELD_OUT = 10_000
MIN_IMAGES = 10  # images to train on and hold out
# The files of a listing of images, and of one of pairs.
PICTURES = ("pixels",)
PAIRS = ("sources", "pixels")


@dataclasses.dataclass(frozen=True)
class Listing:
    """What there is to decode.

    Args:
        root: `pathlib.Path`. The folder.
        form: str. What tells it from another listing of the same files.
        parts: tuple of str, `PICTURES` or `PAIRS`.
        items: list of tuples of files, each an image or a pair, in the order in which
            they are kept.
        read: function of an item and of the `(height, width)` that is wanted. Returns
            its Pillow images, one or two, grey ones of the mode `L`, which need not
            have that size.
        held_out: int or None. The items at the end to hold out; None for a tenth.
        layout: int. How the images are held out and the classes ordered: 2 holds out a
            tenth of each class, and 1, which old run folders need, the last tenth.
        bit_depth: int. By which `read` reads.
        pad: bool. Whether images of another shape are padded, and not cropped.
        attributes: int8 array `(items, count)` of 0 and 1, or None. What each has.
        attribute_names: tuple of str, or None. What the columns are called.
        captions: array of strings `(items,)`, or None. What each shows.
        table: str or None. Name of the file in the folder that says so.
    """

    root: pathlib.Path
    form: str
    parts: tuple
    items: list
    read: Callable
    held_out: int | None = None
    layout: int = image_files.LAYOUT
    bit_depth: int = image_info.BITS
    pad: bool = False
    attributes: np.ndarray | None = None
    attribute_names: tuple | None = None
    captions: np.ndarray | None = None
    table: str | None = None


def list_pictures(
    root, layout=image_files.LAYOUT, bit_depth=image_info.BITS, pad=False
):
    """The `Listing` of a folder of images, a `pathlib.Path`."""
    items = shuffled([(file,) for file in image_files.find_pictures(root, layout)])

    def read(item, size):
        return [image_reading.open_picture(*item, size, bit_depth)]

    options = {"layout": layout, "bit_depth": bit_depth, "pad": pad}
    return Listing(root, "pictures", PICTURES, items, read, **options)


def list_pairs(root, layout=image_files.LAYOUT, bit_depth=image_info.BITS, pad=False):
    """The `Listing` of a folder of pairs, a `pathlib.Path`.

    Raises:
        ValueError: As in `ganzoo.data.disk.pairs.find_pairs`.
    """
    items = shuffled(pairs.find_pairs(root, layout))

    def read(pair, _):
        return pairs.open_pair(pair, bit_depth)

    options = {"layout": layout, "bit_depth": bit_depth, "pad": pad}
    return Listing(root, "pairs", PAIRS, items, read, **options)


def shuffled(items):
    """Items in an order that is drawn once for all."""
    return [items[i] for i in np.random.RandomState(0).permutation(len(items))]


def held_out_rule(listing):
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
    places = _class_folders(listing)
    counts = collections.Counter(places)
    wanted = count_held_out_by_class(counts)
    seen, held_out = collections.Counter(), collections.Counter()

    def is_held_out(index):
        place = places[index]
        seen[place] += 1
        due = math.ceil(seen[place] * wanted[place] / counts[place])
        chosen = seen[place] > 1 and held_out[place] < due
        held_out[place] += chosen
        return chosen

    return is_held_out


def _class_folders(listing):
    """The first-level sub-folder of each item, of which some are held out."""
    if listing.parts == PAIRS:
        return [""] * len(listing.items)
    parts = [file.relative_to(listing.root).parts[:-1] for (file,) in listing.items]
    places = [part[0] if part else "" for part in parts]
    # Where each image has a sub-folder of its own, these are no classes.
    return places if len(set(places)) < len(places) else [""] * len(places)


def count_held_out_by_class(counts):
    """How many of each class are held out: a tenth of all, and never all of a class.

    Args:
        counts: dict. How many there are of each class.

    Returns:
        dict, of integers.
    """
    left = sum(counts.values())
    wanted = count_held_out(left)
    shares = {}
    # The small ones first: what they cannot spare, the large ones can.
    for name in sorted(counts, key=lambda name: (counts[name], name)):
        shares[name] = min(round(wanted * counts[name] / left), counts[name] - 1)
        wanted -= shares[name]
        left -= counts[name]
    return shares


def name_of(listing, index):
    """What a message calls an item: its first file."""
    return str(listing.items[index][0].relative_to(listing.root))


def count_held_out(count):
    """How many of so many are held out."""
    return min(max(1, int(count * HELD_OUT)), MAX_HELD_OUT)
