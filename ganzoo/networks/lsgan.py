"""The generator of LSGAN, deeper than DCGAN's; its discriminator is DCGAN's.

Reference:
    [Mao et al., 2017](https://arxiv.org/abs/1611.04076), Section 3.3
"""

import keras
from keras import layers

from ganzoo.layers import Conv2DTranspose
from ganzoo.layers import subpixel
from ganzoo.networks import blocks
from ganzoo.networks import sizes


def lsgan_generator(image_shape, latent_dim=1024, filters=64):
    """Generator of 3x3 transposed convolutions, some of which keep the size.

    The last two doublings of the size have `2 * filters` and `filters` channels; those
    before have `4 * filters`, each followed by one of stride 1. At the paper's 112
    pixels this is its network.

    Args:
        image_shape: tuple. `(height, width, channels)`; both sides halve down to
            between 4 and 7 pixels, like 28, 32, 64 or 128.
        latent_dim: int. Size of the latents.
        filters: int. Channels of the widest images.

    Returns:
        `keras.Model` from `(batch, latent_dim)` to `(batch, *image_shape)` in [-1, 1].

    Raises:
        ValueError: If the sides do not halve so.
    """
    halvings = sizes.count_halvings(image_shape)
    height, width, channels = image_shape
    base = (height >> halvings, width >> halvings, 4 * filters)
    z = layers.Input((latent_dim,), name="latents")
    x = layers.Dense(base[0] * base[1] * base[2], use_bias=False)(z)
    x = layers.Reshape(base)(x)
    x = _normalize_and_rectify(x)
    for _ in range(halvings - 2):
        x = _transposed(x, 4 * filters, strides=2)
        x = _transposed(x, 4 * filters, strides=1)
    x = _transposed(x, 2 * filters, strides=2)
    x = _transposed(x, filters, strides=2)
    x = subpixel.SubpixelConv2DTranspose(
        channels, 3, 1, "same", activation="tanh", dtype="float32"
    )(x)
    return keras.Model(z, x, name="lsgan_generator")


def _transposed(x, filters, strides):
    x = Conv2DTranspose(filters, 3, strides, "same", use_bias=False)(x)
    return _normalize_and_rectify(x)


def _normalize_and_rectify(x):
    return layers.ReLU()(blocks.normalize(x))
