"""One image file, read as an upright 8-bit image and brought to a size."""

import dataclasses

import numpy as np
from PIL import Image
from PIL import ImageOps

from ganzoo.data.disk import image_info

GREY = {"1", "L", "LA", "I", "I;16", "I;16B", "I;16L"}  # modes of Pillow


def open_picture(file, size=(0, 0), bit_depth=image_info.BITS, alpha="white"):
    """Read an image file as an upright RGB or grey (`L`) Pillow image.

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
        Pillow image, of which `image_info.inspect_pixels` tells more.

    Raises:
        ValueError: If the range of its pixels is not known.
    """
    with Image.open(file) as picture:
        found = image_info.inspect_header(picture)
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


def fitted(picture, size, channels, pad=False):
    """Crop a Pillow image about its centre, or pad it, and resize it.

    Args:
        picture: Pillow image, RGB or grey.
        size: `(height, width)`.
        channels: 1 or 3.
        pad: bool. Whether to keep all of it, and fill what is missing at two sides
            with the median colour of its edges: white where it is laid on white.

    Returns:
        A uint8 array `(height, width, channels)`.
    """
    height, width = size
    picture = picture.convert("L" if channels == 1 else "RGB")
    size, method = (width, height), Image.Resampling.LANCZOS
    if pad:
        picture = ImageOps.pad(picture, size, method, _edge_colour(picture))
    else:
        picture = ImageOps.fit(picture, size, method)
    return np.asarray(picture).reshape(height, width, channels)


def _edge_colour(picture):
    """The median of the pixels along the edges of an image, as Pillow has a colour."""
    pixels = np.atleast_3d(np.asarray(picture))
    rows, columns = pixels[[0, -1]], pixels[:, [0, -1]]
    edges = [part.reshape(-1, pixels.shape[-1]) for part in (rows, columns)]
    return tuple(map(int, np.median(np.concatenate(edges), axis=0)))
