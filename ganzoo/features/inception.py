"""Inception of 2015-12-05, the network that the FID is defined by.

From Inception v3 as it is known today it differs in the resize and the scaling of its
input, in one pooling of its last block, and in its weights, which come from a training
run of its own. No other network gives an FID.

References:
    [Szegedy et al., 2016](https://arxiv.org/abs/1512.00567): the architecture.
    [Heusel et al., 2017](https://arxiv.org/abs/1706.08500): the score.
"""

import functools

import keras
import numpy as np
from keras import layers
from keras import ops

from ganzoo.features import inception_convolutions
from ganzoo.features import inception_network
from ganzoo.features import inception_weights
from ganzoo.features.prediction import predict

DIMENSION = 2048


class InceptionFeatures:
    """Extractor of what the FID's network sees in an image: its last pooling layer.

    Images of any size go in as they are: the resize is part of the network. Grey ones
    are repeated in three channels, which a score's protocol says.

    Args:
        weights: dict of arrays, as of `inception_weights.load()`, the default. Others
            go by another name, and give no FID.

    Attributes:
        name: string. What a score is recorded under.
        sha256: string. Of the weights; scores compare only where it is the same.
        dimension: int. Length of one feature vector, 2048.
        resize: string. How images come to 299 x 299 pixels.
        classes: None. Its classes are not those of the images.
        has_logits: bool. Whether the weights came with those of the last layer.

    Raises:
        ValueError: if the weights are not at hand.
    """

    name = "inception-2015-12-05"
    dimension = DIMENSION
    resize = "bilinear to 299x299 as in TensorFlow 1, without antialiasing; grey as RGB"
    classes = None

    def __init__(self, weights=None):
        weights = inception_weights.load() if weights is None else weights
        arrays = dict(weights)
        self._logits_kernel = arrays.pop(inception_convolutions.LOGITS, None)
        self.sha256 = inception_weights.sha256_of(arrays)
        if self.sha256 != inception_weights.ARRAYS_SHA256:
            self.name = "inception-other"
        self.network = inception_network.build_network()
        inception_network.set_weights(self.network, arrays)
        self._extractor = functools.lru_cache(maxsize=4)(self._build_extractor)

    @property
    def has_logits(self):
        return self._logits_kernel is not None

    def __call__(self, images, batch_size=50, verbose=0):
        """Return the features of images.

        Args:
            images: uint8 array of shape `(count, height, width, 1 or 3)`, 0..255.
            batch_size: int. Images at a time; it changes only rounding.
            verbose: 0 or 1. 1 shows progress on the standard error.

        Returns:
            A float32 array of shape `(count, 2048)`, none below 0.

        Raises:
            ValueError: if `images` are of another type or shape.
        """
        images = _checked(images)
        extractor = self._extractor(images.shape[1:])
        return predict(extractor, images, batch_size, verbose)

    def logits(self, features):
        """Logits of the 1008 classes, as the Inception Score takes them: without bias.

        Args:
            features: array of shape `(count, 2048)`, as of a call.

        Returns:
            A float32 array of shape `(count, 1008)`.

        Raises:
            ValueError: if the weights came without those of the last layer.
        """
        if not self.has_logits:
            raise ValueError(
                "These weights end at the features, and the Inception Score needs the "
                "logits after them. Run `ganzoo fetch inception` where the release "
                "file, which has them, can be reached. "
                f"Received: weights of {self.name} without logits."
            )
        return np.asarray(features) @ self._logits_kernel

    def _build_extractor(self, image_shape):
        images = keras.Input(image_shape, dtype="uint8")
        x = ops.cast(images, "float32")
        x = ops.repeat(x, 3, axis=-1) if image_shape[-1] == 1 else x
        return keras.Model(
            images, self.network(TF1Resize(inception_network.SIZE, dtype="float32")(x))
        )


def _checked(images):
    images = np.asarray(images)
    if images.dtype != "uint8":
        raise ValueError(
            "`images` must be uint8 0..255; map floats in [-1, 1] with "
            f"`ganzoo.data.pixels.to_uint8`. Received: images.dtype={images.dtype}."
        )
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or not images.size:
        raise ValueError(
            "`images` must be one or more images, grey or RGB, of shape "
            "`(count, height, width, 1 or 3)`. "
            f"Received: images.shape={images.shape}."
        )
    return images


@keras.saving.register_keras_serializable("ganzoo")
class TF1Resize(layers.Layer):
    """Bilinear resize as `ResizeBilinear` of TensorFlow 1 does it, bit for bit.

    Output pixel `i` is read at `i · input / output`: corners are not aligned, there are
    no half pixels, and nothing is smoothed when images shrink. `keras.ops.image` and
    `tf.image` place the grid half a pixel off, which is not a rounding matter at 32
    pixels.

    Args:
        size: int. Height and width of the output.
    """

    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        self.size = size

    def call(self, x):
        height, width = x.shape[1:3]
        left, right, dx = _grid(width, self.size)
        top, bottom, dy = _grid(height, self.size)
        x = _interpolate(x, left, right, dx[:, None], axis=2)
        return _interpolate(x, top, bottom, dy[:, None, None], axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.size, self.size, input_shape[3])

    def get_config(self):
        return {**super().get_config(), "size": self.size}


def _grid(size_in, size_out):
    """For each output pixel the input pixels before and after it, and how far along."""
    scale = np.float32(size_in) / np.float32(size_out)
    position = np.arange(size_out, dtype="float32") * scale
    before = np.floor(position).astype("int32")
    after = np.minimum(before + 1, size_in - 1)
    return before, after, position - before.astype("float32")


def _interpolate(x, before, after, distance, axis):
    x_before, x_after = ops.take(x, before, axis=axis), ops.take(x, after, axis=axis)
    # PyTorch leaves a product with an array to NumPy, which knows no accelerator.
    return x_before + (x_after - x_before) * ops.convert_to_tensor(distance)
