"""What is worth telling of image files beside their pixels: depth and frames."""

import dataclasses
import re

import numpy as np
from PIL import Image

from ganzoo.data import pixels

BITS = 16  # of a pixel in the deepest files that are read
LOW = 1 / 8  # of the range of values, below which images are nearly black
SHALLOW, GREY, COLOUR = "8-bit", "16-bit grey", "16-bit colour"
# How Pillow unpacks 16-bit colour, of which it keeps the upper 8 bits.
DEEP = re.compile(";16[BLN]")
SAMPLE_FORMAT, SIGNED = 339, 2  # a tag of TIFF, and a value of it
KEY = "ganzoo"  # of a `Finding` in the `info` of a Pillow image


@dataclasses.dataclass(frozen=True)
class Finding:
    """What is worth telling of an image.

    Args:
        kind: string. `SHALLOW`, `GREY` or `COLOUR`.
        peak: int. The largest value of a pixel in the file.
        has_more: bool. Whether the file has frames or pages after the first.
    """

    kind: str
    peak: int
    has_more: bool


def check_bit_depth(bit_depth):
    """Raise a ValueError unless this is a number of bits that a pixel can have."""
    if type(bit_depth) is not int or not 1 <= bit_depth <= BITS:
        raise ValueError(
            f"`bit_depth` must be an int from 1 to {BITS}: how many bits the pixels of "
            f"16-bit files use. Received: bit_depth={bit_depth!r}."
        )


def inspect_header(picture):
    """The `Finding` of a Pillow image that is open and not yet read, without its peak.

    A phone's JPEG may have a second image, which is no frame of the first.
    """
    has_more = getattr(picture, "is_animated", False) and picture.format != "MPO"
    is_deep = any(DEEP.search(str(tile.args)) for tile in picture.tile)
    kind = GREY if picture.mode.startswith("I") else COLOUR if is_deep else SHALLOW
    return Finding(kind, 0, has_more)


def check_sign(picture):
    """Raise a ValueError for a signed 8-bit TIFF file, which Pillow reads as unsigned.

    Args:
        picture: Pillow image that is open.
    """
    formats = getattr(picture, "tag_v2", {}).get(SAMPLE_FORMAT, ())
    signed = SIGNED in np.ravel(formats) and not picture.mode.startswith("I")
    if signed and _peak(picture) > 127:
        raise ValueError("negative pixels have no known range")


def to_8_bits(picture, bit_depth):
    """Scale a grey image of more than 8 bits to 8, as Pillow does not.

    Args:
        picture: Pillow image of integers.
        bit_depth: int. The values 0..2^bit_depth - 1 become 0..255.

    Returns:
        Pillow image of the mode `L`, and the largest value before.

    Raises:
        ValueError: If a value is negative or has more than 16 bits.
    """
    values = np.asarray(picture)
    peak = int(values.max())
    if values.min() < 0:
        raise ValueError("negative pixels have no known range")
    if peak >= 2**BITS:
        raise ValueError(f"pixels of more than {BITS} bits have no known range")
    scaled = np.round(values / ((2**bit_depth - 1) / 255)).clip(0, 255)
    return Image.fromarray(scaled.astype("uint8")), peak


def inspect_pixels(picture):
    """The `Finding` of a Pillow image, of a half of one too.

    Args:
        picture: Pillow image, `L` or `RGB`; as of `image_reading.open_picture`.
    """
    found = picture.info.get(KEY) or Finding(SHALLOW, 0, False)
    if found.kind == GREY:
        return found
    peak = _peak(picture)
    if found.kind == COLOUR:
        peak = 256 * peak + 255
    return dataclasses.replace(found, peak=peak)


def _peak(picture):
    return int(np.max(picture.getextrema()))


def notes(found, bit_depth, received):
    """What to warn of in a set of images.

    Args:
        found: dict. A tuple of a `Finding`, or of two for a pair, by a file's name.
        bit_depth: int. By which they were read.
        received: string. Which set it is, for messages.

    Returns:
        List of strings.

    Raises:
        ValueError: If all pixels are 0 and 1, or `bit_depth` would change nothing.
    """
    by_part = list(zip(*found.values()))
    if bit_depth != BITS and not any(f.kind == GREY for part in by_part for f in part):
        raise ValueError(
            "Leave out `bit_depth`: none of the images has 16-bit grey pixels, so that "
            f"it would change nothing. Received: bit_depth={bit_depth}, {received}."
        )
    messages = []
    for part in by_part:
        for kind in (SHALLOW, GREY, COLOUR):
            peaks = [finding.peak for finding in part if finding.kind == kind]
            if peaks:
                messages += _notes_on_range(kind, max(peaks), bit_depth, received)
    more = [n for n, findings in found.items() if any(f.has_more for f in findings)]
    if more:
        messages.append(
            f"Only the first frame or page of a file is read: {len(more):,} with more, "
            f"like {more[0]}."
        )
    # Halves of one file say the same.
    return list(dict.fromkeys(messages))


def _notes_on_range(kind, peak, bit_depth, received):
    top = {SHALLOW: 255, GREY: 2**bit_depth - 1, COLOUR: 2**BITS - 1}[kind]
    bits = peak.bit_length()
    if top > 1:
        pixels.check_not_binary(peak, received)
    if peak > top:
        yield (
            f"Pass `bit_depth={bits}` (`--bit-depth {bits}`): {kind} pixels go up to "
            f"{peak}, and those beyond {top} are clipped to white. "
            f"Received: bit_depth={bit_depth}, {received}."
        )
    if 0 < peak < top * LOW:
        advice = {
            SHALLOW: f"Multiply the pixels by {255 // peak}, or give each class number "
            "of a mask a colour",
            GREY: f"Scale the pixels by {2 ** (BITS - bits)}, or train on them with "
            f"`bit_depth={bits}` (`ganzoo train --data --bit-depth {bits}`)",
            COLOUR: f"Scale the pixels by {2 ** (BITS - bits)} and save them with 8 "
            "bits, as only the upper 8 of 16 are read",
        }[kind]
        yield (
            f"{advice}: {kind} images that use 0..{peak} of 0..{top}, less than an "
            f"eighth, are nearly black. Received: {received}."
        )
