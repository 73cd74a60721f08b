"""Sheets with words: images with captions, comparisons and sums."""

import functools
import math
import pathlib

import matplotlib
import numpy as np
from keras import ops
from PIL import Image
from PIL import ImageDraw
from PIL import ImageFont

from ganzoo.data import pixels
from ganzoo.inputs import pixel_range
from ganzoo.visualization import grids

MAX_IMAGES = 10_000
# In pixels of the enlarged sheet.
GAP = 6
GROUP_GAP = 18
CAPTION = 18
FONT_SIZE = 13
MINUS = "\N{MINUS SIGN}"
# The least width of an image that has a caption.
CAPTIONED = 100


def show(images, labels=None):
    """Lay images out on one sheet, which a notebook displays.

    In a script, `ganzoo.show(images).show()` opens it in a window, and
    `ganzoo.show(images).save("sheet.png")` writes it. Small images are enlarged by a
    whole factor.

    Args:
        images: uint8 array or float array in [-1, 1], `(n, height, width, channels)`;
            or one image `(height, width, channels)` or `(height, width)`; or grey
            images `(n, height, width)`. 1 or 3 channels. A tuple of arrays, as
            `generate` returns for several domains, is shown side by side.
        labels: sequence or None. A caption for each image, like a number or the name
            of a class. For one image it may be a single string or number.

    Returns:
        Pillow image.

    Raises:
        ValueError: If the shape or the range is another, there are more than 10,000
            images, or the labels are not one for each.
    """
    if isinstance(images, tuple):
        images = grids.side_by_side(tuple(map(_as_images, images)))
    images = _as_images(images)
    return draw(images, _as_captions(labels, len(images)))


def _as_images(images):
    """A uint8 array `(n, height, width, channels)` of what `show` takes."""
    received = f"Received: images of shape {np.shape(images)}"
    array = np.asarray(ops.convert_to_numpy(images))
    if array.ndim in (2, 3) and not (array.ndim == 3 and array.shape[-1] in (1, 3)):
        array = array[..., None]
    if array.ndim == 3:
        array = array[None]
    if array.ndim != 4 or array.shape[-1] not in (1, 3) or 0 in array.shape:
        raise ValueError(
            "Pass images as an array `(n, height, width, channels)` of 1 or 3 "
            f"channels, or one image. {received}."
        )
    if len(array) > MAX_IMAGES:
        raise ValueError(
            f"Pass at most {MAX_IMAGES:,} images, like `images[:64]`: a sheet has room "
            f"for no more. {received}."
        )
    if array.dtype != "uint8" and array.dtype.kind != "f":
        raise ValueError(
            "Pass images as uint8 in 0..255 or as floats in [-1, 1]. "
            f"{received} and type {array.dtype}."
        )
    pixel_range.check_range("images", array)
    return array if array.dtype == "uint8" else pixels.to_uint8(array)


def _as_captions(labels, count):
    if labels is None:
        return None
    captions = [str(label) for label in np.atleast_1d(ops.convert_to_numpy(labels))]
    if len(captions) != count:
        raise ValueError(
            "Pass one label for each image. "
            f"Received: {len(captions)} labels for {count} images."
        )
    return captions


def draw(images, captions=None, columns=None, group=None):
    """Lay images out in rows, each with a caption above it.

    Args:
        images: uint8 array `(n, height, width, channels)`, of 1 or 3 channels.
        captions: sequence of strings or None. A row of empty ones takes no space.
        columns: int or None. Images in a row; None makes the sheet nearly square.
        group: int or None. Images that stand together, with more space between.

    Returns:
        Pillow image, enlarged by a whole factor to 512 pixels at least.
    """
    n, height, width, _ = images.shape
    columns = min(columns or math.isqrt(n - 1) + 1, n)
    group = group or columns
    captions = captions or [""] * n
    scale = max(
        grids.scale_to(columns * width),
        grids.scale_to(width, CAPTIONED) if any(captions) else 1,
    )
    rows = [range(i, min(i + columns, n)) for i in range(0, n, columns)]
    strips = [CAPTION * any(captions[i] for i in row) for row in rows]
    total = sum(strips) + len(rows) * (height * scale + GAP) - GAP
    groups = GROUP_GAP * ((columns - 1) // group)
    sheet = _white(images, columns * (width * scale + GAP) - GAP + groups, total)
    top = 0
    for row, strip in zip(rows, strips):
        for column, i in enumerate(row):
            left = column * (width * scale + GAP) + GROUP_GAP * (column // group)
            _place(sheet, images[i], scale, left, top + strip, captions[i])
        top += strip + height * scale + GAP
    return sheet


def compare(columns, heads, groups=4):
    """Lay what belongs together side by side: (source | result) pairs, or more.

    Args:
        columns: list of uint8 arrays `(n, height, width, channels)`, equally many
            images of one size. Grey ones may stand beside colours.
        heads: sequence of strings, a caption for each of the columns.
        groups: int. Groups in a row.

    Returns:
        Pillow image.
    """
    shape = max((column.shape for column in columns), key=lambda shape: shape[-1])
    together = np.stack([np.broadcast_to(column, shape) for column in columns], axis=1)
    groups = min(groups, len(together))
    images = together.reshape(-1, *shape[1:])
    captions = [*heads] * groups + [""] * (len(images) - groups * len(heads))
    return draw(images, captions, groups * len(heads), group=len(heads))


def add_up(images, signs, captions):
    """Lay images out in a row with a sign before each: a - b + c = d.

    Args:
        images: uint8 array `(n, height, width, channels)`, of 1 or 3 channels.
        signs: sequence of strings, empty for no sign.
        captions: sequence of strings.

    Returns:
        Pillow image, enlarged by a whole factor to 512 pixels at least.
    """
    n, height, width, _ = images.shape
    scale = max(grids.scale_to(n * width), grids.scale_to(width, CAPTIONED))
    side, space = width * scale, width * scale // 3
    total = n * side + sum(space if sign else GAP for sign in signs[1:])
    total += space if signs[0] else 0
    sheet = _white(images, total, CAPTION + height * scale)
    left = 0
    for i, sign in enumerate(signs):
        if sign:
            middle = left + space / 2, CAPTION + height * scale / 2
            _write(sheet, middle, sign.replace("-", MINUS), size=space)
        left += space if sign else GAP * (i > 0)
        _place(sheet, images[i], scale, left, CAPTION, captions[i])
        left += side
    return sheet


def _white(images, width, height):
    grey = images.shape[-1] == 1
    return Image.new("L" if grey else "RGB", (width, height), "white")


def _place(sheet, image, scale, left, top, caption):
    """Put an image, enlarged, with its top left corner there, its caption above."""
    large = grids.enlarge(grids.to_pillow(image), scale)
    sheet.paste(large, (left, top))
    if caption:
        caption = _clipped(caption, large.width)
        _write(sheet, (left + large.width / 2, top - CAPTION / 2), caption)


def _write(sheet, middle, text, size=FONT_SIZE):
    font = _font(size)
    ImageDraw.Draw(sheet).text(middle, text, "black", font, anchor="mm")


@functools.cache
def _font(size):
    """DejaVu Sans, which has more letters than Pillow's own font."""
    folder = pathlib.Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return ImageFont.truetype(folder / "DejaVuSans.ttf", size)


def _clipped(text, width):
    """A text on one line, shortened to so many pixels."""
    text = " ".join(text.split())
    font = _font(FONT_SIZE)
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}...") > width:
        text = text[:-1]
    return f"{text}..."
