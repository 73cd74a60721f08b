"""Images side by side, for people to look at."""

import numpy as np
from PIL import Image

from ganzoo.system import files

# Pixels that a sheet is enlarged to at least.
WIDTH = 512


def grid(pictures, columns=8, gap=2):
    """Lay images out in rows, from left to right.

    Args:
        pictures: uint8 array `(n, height, width, channels)`, of 1 or 3 channels.
        columns: int. Images in a row.
        gap: int. Pixels between images, white.

    Returns:
        uint8 array `(rows * (height + gap) - gap, columns * (width + gap) - gap,
        channels)`.
    """
    n, height, width, channels = pictures.shape
    columns = min(columns, n)
    rows = -(-n // columns)
    sheet = np.full(
        (rows * (height + gap), columns * (width + gap), channels), 255, "uint8"
    )
    for i, picture in enumerate(pictures):
        top, left = (i // columns) * (height + gap), (i % columns) * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return sheet[: sheet.shape[0] - gap, : sheet.shape[1] - gap]


def side_by_side(images):
    """What belongs to one latent, in one image: an image of each domain, in a row.

    Args:
        images: uint8 array `(n, height, width, channels)`, or a tuple of such, of one
            height.

    Returns:
        uint8 array `(n, height, width, channels)`; of several in colour if one is.
    """
    if not isinstance(images, tuple):
        return images
    return np.concatenate(in_colour_if_one_is(images), axis=2)


def in_colour_if_one_is(arrays):
    """Arrays of images `(..., channels)`, grey ones in colour too if one is."""
    channels = max(array.shape[-1] for array in arrays)
    return [np.broadcast_to(a, (*a.shape[:-1], channels)) for a in arrays]


def scale_to(width, wanted=WIDTH):
    """The whole factor that enlarges so many pixels to the wanted width at least."""
    return max(1, -(-wanted // width))


def repeat_pixels(images, scale):
    """uint8 images `(n, height, width, channels)`, each pixel a square of so many."""
    return images.repeat(scale, axis=1).repeat(scale, axis=2)


def enlarge(image, scale):
    """A Pillow image at a multiple of its size, each pixel a square."""
    return image.resize((image.width * scale, image.height * scale), Image.NEAREST)


def save_png(path, sheet, scale=2):
    """Write a sheet as PNG, enlarged.

    Args:
        path: path.
        sheet: uint8 array `(height, width, channels)`.
        scale: int or None. How many times; None enlarges it to 512 pixels at least.
    """
    save(path, enlarge(to_pillow(sheet), scale or scale_to(sheet.shape[1])))


def save(path, image):
    """Write a Pillow image as PNG, whole or not at all."""
    with files.atomic(path) as partial:
        image.save(partial, format="PNG")


def to_pillow(picture):
    """A uint8 array `(height, width, channels)` as a Pillow image."""
    return Image.fromarray(picture[..., 0] if picture.shape[-1] == 1 else picture)
