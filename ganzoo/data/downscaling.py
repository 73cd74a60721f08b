"""Small versions of images, to learn how to enlarge them."""

import numpy as np
from PIL import Image


def downscaled(images, scale):
    """Shrink images by Pillow's bicubic filter, which smooths what would alias.

    Args:
        images: uint8 array `(count, height, width, channels)`.
        scale: int. How many times as short the sides become, 2 or more.

    Returns:
        uint8 array `(count, height // scale, width // scale, channels)`.

    Raises:
        ValueError: If the images are no such array, or their sides are no multiples of
            the scale.
    """
    shape, dtype = np.shape(images), getattr(images, "dtype", None)
    if dtype != "uint8" or len(shape) != 4 or shape[-1] not in (1, 3):
        raise ValueError(
            "`images` must be a uint8 array `(count, height, width, channels)` of 1 or "
            f"3 channels. Received: images of shape {shape} and type {dtype}."
        )
    count, height, width, channels = shape
    whole = isinstance(scale, (int, np.integer)) and scale > 1
    if not whole or height % scale or width % scale:
        raise ValueError(
            "`scale` must be an int of at least 2 that divides the sides of the "
            f"images. Received: scale={scale!r}, images of shape {shape}."
        )
    small = np.empty((count, height // scale, width // scale, channels), "uint8")
    for i in range(count):
        small[i] = resized(np.asarray(images[i]), small.shape[1:3])
    return small


def resized(image, size):
    """An image at another size, by Pillow's bicubic filter.

    Args:
        image: uint8 array `(height, width, channels)`.
        size: `(height, width)`.

    Returns:
        uint8 array `(*size, channels)`.
    """
    height, width, channels = *size, image.shape[-1]
    picture = Image.fromarray(image[..., 0] if channels == 1 else image)
    picture = picture.resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(picture).reshape(height, width, channels)
