"""The two ranges of a picture: uint8 0..255 outside the models, [-1, 1] inside."""

import numpy as np
from keras import ops


def to_float(images):
    """Map uint8 pixels in 0..255 to floats in [-1, 1], as an array of the backend."""
    return ops.cast(images, "float32") / 127.5 - 1.0


def to_uint8(images):
    """Map floats in [-1, 1] to the nearest uint8 in 0..255, as a NumPy array."""
    images = np.asarray(ops.convert_to_numpy(images), "float32")
    return np.round(np.clip((images + 1.0) * 127.5, 0, 255)).astype("uint8")
