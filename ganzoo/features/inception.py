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
from ganzoo.features import inception_weights
from ganzoo.features.prediction import predict

SIZE = 299
DIMENSION = 2048


class InceptionFeatures:
    """Extractor of what the FID's network sees in a picture: its last pooling layer.

    Pictures of any size go in as they are: the resize is part of the network. Grey ones
    are repeated in three channels, which a score's protocol says.

    Args:
        weights: dict of arrays, as of `inception_weights.load()`, the default. Others
            go by another name, and give no FID.

    Attributes:
        name: string. What a score is recorded under.
        sha256: string. Of the weights; scores compare only where it is the same.
        dimension: int. Length of one feature vector, 2048.
        resize: string. How pictures come to 299 x 299 pixels.
        classes: None. Its classes are not those of the pictures.
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
        self.network = build_network()
        set_weights(self.network, arrays)
        self._extractor = functools.lru_cache(maxsize=4)(self._build_extractor)

    @property
    def has_logits(self):
        return self._logits_kernel is not None

    def __call__(self, images, batch_size=50, verbose=0):
        """Return the features of pictures.

        Args:
            images: uint8 array of shape `(count, height, width, 1 or 3)`, 0..255.
            batch_size: int. Pictures at a time; it changes only rounding.
            verbose: 0 or 1. 1 shows a progress bar.

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
        return keras.Model(images, self.network(TF1Resize(SIZE, dtype="float32")(x)))


def _checked(images):
    images = np.asarray(images)
    if images.dtype != "uint8":
        raise ValueError(
            "`images` must be uint8 0..255; map floats in [-1, 1] with "
            f"`ganzoo.data.pixels.to_uint8`. Received: images.dtype={images.dtype}."
        )
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or not images.size:
        raise ValueError(
            "`images` must be one or more pictures, grey or RGB, of shape "
            "`(count, height, width, 1 or 3)`. "
            f"Received: images.shape={images.shape}."
        )
    return images


@keras.saving.register_keras_serializable("ganzoo")
class TF1Resize(layers.Layer):
    """Bilinear resize as `ResizeBilinear` of TensorFlow 1 does it, bit for bit.

    Output pixel `i` is read at `i · input / output`: corners are not aligned, there are
    no half pixels, and nothing is smoothed when pictures shrink. `keras.ops.image` and
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


def set_weights(network, weights):
    """Load weights by name into a network of `build_network`.

    Args:
        network: `keras.Model`.
        weights: dict of arrays, as of `inception_weights.load()`.
    """
    # PyTorch's modules, which layers become on that backend, bear no dots.
    weights = {key.replace(".", "_"): array for key, array in weights.items()}
    for layer in network.layers:
        prefix, _, kind = layer.name.rpartition("_")
        if kind == "conv":
            layer.set_weights([weights[f"{prefix}/kernel"]])
        elif kind == "bn":
            parts = ("beta", "mean", "var")
            layer.set_weights([weights[f"{prefix}/{part}"] for part in parts])


def build_network():
    """Return the untrained network: 299 x 299 RGB pictures, 0..255, to features.

    A convolution and its batch normalisation are named after the PyTorch weights:
    "Mixed_5b_branch1x1_conv" and "Mixed_5b_branch1x1_bn". It computes in float32 under
    any dtype policy.

    Returns:
        A `keras.Model` from `(batch, 299, 299, 3)` to `(batch, 2048)`.
    """
    images = keras.Input((SIZE, SIZE, 3), dtype="float32", name="images")
    x = (images - 128.0) / 128.0
    x = _conv(x, "Conv2d_1a_3x3", 32, 3, strides=2, padding="valid")
    x = _conv(x, "Conv2d_2a_3x3", 32, 3, padding="valid")
    x = _conv(x, "Conv2d_2b_3x3", 64, 3)
    x = _max_pool(x)
    x = _conv(x, "Conv2d_3b_1x1", 80, 1)
    x = _conv(x, "Conv2d_4a_3x3", 192, 3, padding="valid")
    x = _max_pool(x)
    x = _block_a(x, "Mixed_5b", 32)
    x = _block_a(x, "Mixed_5c", 64)
    x = _block_a(x, "Mixed_5d", 64)
    x = _block_b(x, "Mixed_6a")
    x = _block_c(x, "Mixed_6b", 128)
    x = _block_c(x, "Mixed_6c", 160)
    x = _block_c(x, "Mixed_6d", 160)
    x = _block_c(x, "Mixed_6e", 192)
    x = _block_d(x, "Mixed_7a")
    x = _block_e(x, "Mixed_7b", _average_pool)
    # A quirk of the published graph: its very last pooling takes the maximum.
    x = _block_e(x, "Mixed_7c", functools.partial(_max_pool, strides=1, padding="same"))
    x = layers.GlobalAveragePooling2D(
        data_format="channels_last", dtype="float32", name="features"
    )(x)
    return keras.Model(images, x, name="fid_inception")


def _block_a(x, name, pool_filters):
    return _concatenate(
        _conv(x, f"{name}_branch1x1", 64, 1),
        _chain(x, f"{name}_branch5x5", (48, 1), (64, 5)),
        _chain(x, f"{name}_branch3x3dbl", (64, 1), (96, 3), (96, 3)),
        _conv(_average_pool(x), f"{name}_branch_pool", pool_filters, 1),
    )


def _block_b(x, name):
    dbl = _chain(x, f"{name}_branch3x3dbl", (64, 1), (96, 3))
    return _concatenate(
        _conv(x, f"{name}_branch3x3", 384, 3, strides=2, padding="valid"),
        _conv(dbl, f"{name}_branch3x3dbl_3", 96, 3, strides=2, padding="valid"),
        _max_pool(x),
    )


def _block_c(x, name, n):
    wide, high = (1, 7), (7, 1)
    dbl = ((n, 1), (n, high), (n, wide), (n, high), (192, wide))
    return _concatenate(
        _conv(x, f"{name}_branch1x1", 192, 1),
        _chain(x, f"{name}_branch7x7", (n, 1), (n, wide), (192, high)),
        _chain(x, f"{name}_branch7x7dbl", *dbl),
        _conv(_average_pool(x), f"{name}_branch_pool", 192, 1),
    )


def _block_d(x, name):
    a = _chain(x, f"{name}_branch3x3", (192, 1))
    b = _chain(x, f"{name}_branch7x7x3", (192, 1), (192, (1, 7)), (192, (7, 1)))
    return _concatenate(
        _conv(a, f"{name}_branch3x3_2", 320, 3, strides=2, padding="valid"),
        _conv(b, f"{name}_branch7x7x3_4", 192, 3, strides=2, padding="valid"),
        _max_pool(x),
    )


def _block_e(x, name, pool):
    a = _chain(x, f"{name}_branch3x3", (384, 1))
    b = _chain(x, f"{name}_branch3x3dbl", (448, 1), (384, 3))
    return _concatenate(
        _conv(x, f"{name}_branch1x1", 320, 1),
        _conv(a, f"{name}_branch3x3_2a", 384, (1, 3)),
        _conv(a, f"{name}_branch3x3_2b", 384, (3, 1)),
        _conv(b, f"{name}_branch3x3dbl_3a", 384, (1, 3)),
        _conv(b, f"{name}_branch3x3dbl_3b", 384, (3, 1)),
        _conv(pool(x), f"{name}_branch_pool", 192, 1),
    )


def _chain(x, name, *convolutions):
    """Convolutions one after the other, numbered from 1."""
    for number, (filters, kernel_size) in enumerate(convolutions, start=1):
        x = _conv(x, f"{name}_{number}", filters, kernel_size)
    return x


def _conv(x, name, filters, kernel_size, strides=1, padding="same"):
    x = layers.Conv2D(
        filters,
        kernel_size,
        strides=strides,
        padding=padding,
        use_bias=False,
        kernel_initializer="zeros",
        data_format="channels_last",
        dtype="float32",
        name=f"{name}_conv",
    )(x)
    x = layers.BatchNormalization(
        epsilon=1e-3, scale=False, dtype="float32", name=f"{name}_bn"
    )(x)
    return layers.ReLU(dtype="float32", name=f"{name}_relu")(x)


def _average_pool(x):
    # Its mean leaves the padding out, as the graph's does and torchvision's does not.
    return layers.AveragePooling2D(
        3, 1, "same", data_format="channels_last", dtype="float32"
    )(x)


def _max_pool(x, strides=2, padding="valid"):
    return layers.MaxPooling2D(
        3, strides, padding, data_format="channels_last", dtype="float32"
    )(x)


def _concatenate(*branches):
    return layers.Concatenate(dtype="float32")(list(branches))
