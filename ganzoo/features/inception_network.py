"""The network of Inception of 2015-12-05, layer by layer.

Reference:
    [Szegedy et al., 2016](https://arxiv.org/abs/1512.00567): the architecture.
"""

import functools

import keras
from keras import layers

from ganzoo.layers import Conv2D

SIZE = 299


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
    """Return the untrained network: 299 x 299 RGB images, 0..255, to features.

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
    x = Conv2D(
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
