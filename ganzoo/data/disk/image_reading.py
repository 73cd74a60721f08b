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
    picture = flattened(picture, alpha)
    picture.info[image_info.KEY] = found
    return picture


def flattened(picture, alpha="white"):
    """A Pillow image of 8 bits without its transparency, as RGB or grey (`L`).

    Args:
        picture: Pillow image.
        alpha: As in `open_picture`.
    """
    mode = "L" if picture.mode in GREY else "RGB"
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        if alpha == "white":
            white = Image.new("RGBA", picture.size, "white")
            picture = Image.alpha_composite(white, picture)
    return picture.convert(mode)


def is_transparent(file):
    """Whether any pixel of an image file lets its background through."""
    with Image.open(file) as picture:
        if not picture.has_transparency_data:
            return False
        return picture.convert("RGBA").getchannel("A").getextrema()[0] < 255


def read_strokes(file, like, size, channels):
    """Read what is painted over an image: a file that is transparent elsewhere.

    Args:
        file: path.
        like: path. The image that it lies on, which `fitted` crops in the same way.
        size: `(height, width)`.
        channels: 1 or 3.

    Returns:
        A uint8 array `(height, width, channels)`, and a float32 array `(height, width)`
        of how opaque it is, from 0 to 1.

    Raises:
        ValueError: If a file cannot be read, nothing is transparent or nothing painted,
            or the strokes are of another shape than the image.
    """
    received = f"Received: strokes={str(file)!r}"
    try:
        with Image.open(like) as below:
            width, height = ImageOps.exif_transpose(below).size
        with Image.open(file) as strokes:
            strokes = ImageOps.exif_transpose(strokes)
            strokes.load()
    except OSError as error:
        raise ValueError(f"This cannot be read: {error}. {received}.") from error
    if not strokes.has_transparency_data:
        raise ValueError(
            "Save strokes as a PNG whose background is transparent: what is opaque is "
            f"painted, and this is opaque all over. {received}."
        )
    if strokes.width * height != strokes.height * width:
        raise ValueError(
            "Strokes must have the shape of the image that they are painted on, "
            f"{width} x {height}. {received} of {strokes.width} x {strokes.height}."
        )
    strokes = strokes.convert("RGBA")
    # Each pixel counts by its area, and its colour by how opaque it is.
    strokes = ImageOps.fit(strokes, (size[1], size[0]), Image.Resampling.BOX)
    opaque = np.asarray(strokes.getchannel("A")).astype("float32") / 255
    if not opaque.any():
        raise ValueError(f"Paint something: this is transparent all over. {received}.")
    colours = np.asarray(strokes.convert("L" if channels == 1 else "RGB"))
    return colours.reshape(*size, channels), opaque


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
