"""Pictures side by side, for people to look at."""

import numpy as np
from PIL import Image

from ganzoo.system import files


def grid(pictures, columns=8, gap=2):
    """Lay pictures out in rows, from left to right.

    Args:
        pictures: uint8 array `(n, height, width, channels)`, of 1 or 3 channels.
        columns: int. Pictures in a row.
        gap: int. Pixels between pictures, white.

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


def save_png(path, sheet, scale=2):
    """Write a sheet `(height, width, channels)` as PNG, enlarged `scale` times."""
    image = to_pillow(sheet)
    image = image.resize((image.width * scale, image.height * scale), Image.NEAREST)
    with files.atomic(path) as partial:
        image.save(partial, format="PNG")


def to_pillow(picture):
    """A uint8 array `(height, width, channels)` as a Pillow image."""
    return Image.fromarray(picture[..., 0] if picture.shape[-1] == 1 else picture)
