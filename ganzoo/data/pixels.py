"""The two ranges of an image: uint8 0..255 outside the models, [-1, 1] inside."""

import numpy as np
from keras import ops


def to_float(images):
    """Map uint8 pixels in 0..255 to floats in [-1, 1], as an array of the backend."""
    return ops.cast(images, "float32") / 127.5 - 1.0


def to_uint8(images):
    """Map floats in [-1, 1] to the nearest uint8 in 0..255, as a NumPy array."""
    images = np.asarray(ops.convert_to_numpy(images), "float32")
    return np.round(np.clip((images + 1.0) * 127.5, 0, 255)).astype("uint8")


def check_not_binary(peak, received):
    """Raise a ValueError if pixels that should lie in 0..255 are 0 and 1 only.

    Args:
        peak: int. The largest pixel.
        received: string. Whose it is, for the message.
    """
    # All zero would be black images, of a collapsed generator perhaps.
    if peak == 1:
        raise ValueError(
            "Pixels must lie in 0..255. These are 0 and 1 only, as in masks and after "
            "casting floats in [0, 1] to uint8: scale by 255 first. "
            f"Received: {received} with a largest pixel of 1."
        )
