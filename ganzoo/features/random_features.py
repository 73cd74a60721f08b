"""Features by a network that has learnt nothing: convolutions with random weights.

Naeem et al. found that such a network tells good samples from bad ones, and that it is
the better judge of images unlike the photographs that other networks learnt. It sees
colours, coarse textures and layout, and not what an image shows. It needs no download,
takes images of any size, and its weights are drawn here, the same everywhere.

Reference:
    [Naeem et al., 2020](https://arxiv.org/abs/2002.09797): 64 features of a random
    network. Theirs is a VGG16 for images of 224 pixels; this one is small and for 64.
"""

import functools
import hashlib

import keras
import numpy as np
from keras import layers
from keras import ops

from ganzoo.data import pixels
from ganzoo.features.prediction import predict
from ganzoo.layers import Conv2D

SIZE = 64  # pixels
FILTERS = (32, 64, 128, 128)
DIMENSION = 64


class RandomFeatures:
    """Extractor of what convolutions with random weights see in an image.

    Attributes:
        name: string. What a score is recorded under.
        sha256: string. Of the weights; scores compare only where it is the same.
        dimension: int. Length of one feature vector, 64.
        resize: string. How images come to 64 x 64 pixels.
        classes: None. It knows none.
    """

    name = "random-convolutions"
    dimension = DIMENSION
    resize = "bilinear to 64x64 with antialiasing; grey as RGB"
    classes = None

    def __init__(self):
        self.network = _build_network()
        self.sha256 = _set_weights(self.network)
        self._extractor = functools.lru_cache(maxsize=4)(self._build_extractor)

    def __call__(self, images, batch_size=250, verbose=0):
        """Return the features of images.

        Args:
            images: uint8 array of shape `(count, height, width, 1 or 3)`, 0..255.
            batch_size: int. Images at a time; it changes only rounding.
            verbose: 0 or 1. 1 shows progress on the standard error.

        Returns:
            A float32 array of shape `(count, 64)`.

        Raises:
            ValueError: If `images` are of another type or shape.
        """
        images = np.asarray(images)
        is_batch = images.ndim == 4 and images.shape[-1] in (1, 3)
        if images.dtype != "uint8" or not is_batch:
            raise ValueError(
                "`images` must be uint8 0..255, of shape `(count, height, width, 1 or "
                f"3)`. Received: images.dtype={images.dtype}, "
                f"images.shape={images.shape}."
            )
        return predict(self._extractor(images.shape[1:]), images, batch_size, verbose)

    def _build_extractor(self, image_shape):
        images = keras.Input(image_shape, dtype="uint8")
        x = pixels.to_float(images)
        x = ops.repeat(x, 3, axis=-1) if image_shape[-1] == 1 else x
        x = ops.image.resize(x, (SIZE, SIZE), antialias=True)
        return keras.Model(images, self.network(x))


def _build_network():
    x = images = keras.Input((SIZE, SIZE, 3))
    for filters in FILTERS:
        x = Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.AveragePooling2D(2)(x)
    x = layers.Dense(DIMENSION)(layers.Flatten()(x))
    return keras.Model(images, x, name="random_convolutions")


def _set_weights(network):
    """Draw the weights as He et al. (2015) do, without biases; return their SHA-256."""
    draws = np.random.default_rng(0)
    digest = hashlib.sha256()
    for variable in network.weights:
        values = np.zeros(variable.shape, "float32")
        if values.ndim > 1:
            scale = np.sqrt(2 / np.prod(values.shape[:-1]))
            values = (scale * draws.standard_normal(values.shape)).astype("float32")
        digest.update(values.tobytes())
        variable.assign(values)
    return digest.hexdigest()
