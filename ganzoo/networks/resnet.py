"""Residual networks without normalisation, for images of 128 and 256 pixels.

Reference:
    [Mescheder et al., 2018](https://arxiv.org/abs/1801.04406), Section 4 and the
    architectures of the supplementary material. They are made for the penalty R1.
"""

import keras
from keras import layers

from ganzoo.layers import Conv2D
from ganzoo.networks import sizes

MAX_CHANNELS = 1024  # channels


def resnet_generator(image_shape, latent_dim=256, filters=64):
    """Generator of residual blocks, each followed by a doubling of the size.

    Args:
        image_shape: tuple. `(height, width, channels)`; both sides halve down to
            between 4 and 7 pixels, like 64, 128 or 256.
        latent_dim: int. Size of the latents.
        filters: int. Channels at the full size; they double with each halving, up to
            1024.

    Returns:
        `keras.Model` from `(batch, latent_dim)` to `(batch, *image_shape)` in [-1, 1].

    Raises:
        ValueError: If the sides do not halve so.
    """
    halvings = sizes.count_halvings(image_shape)
    height, width, channels = image_shape
    base = (height >> halvings, width >> halvings, _channels(filters, halvings))
    z = layers.Input((latent_dim,), name="latents")
    x = layers.Dense(base[0] * base[1] * base[2])(z)
    x = layers.Reshape(base)(x)
    for i in reversed(range(halvings)):
        x = _block(x, _channels(filters, i))
        x = layers.UpSampling2D(2)(x)
    x = layers.LeakyReLU(0.2)(_block(x, filters))
    x = Conv2D(channels, 3, padding="same", activation="tanh", dtype="float32")(x)
    return keras.Model(z, x, name="resnet_generator")


def resnet_discriminator(image_shape, filters=64):
    """Discriminator of residual blocks, each after a halving of the size.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for the generator.
        filters: int. Channels at the full size; they double with each halving, up to
            1024.

    Returns:
        `keras.Model` from `(batch, *image_shape)` to logits `(batch, 1)`.

    Raises:
        ValueError: If the sides do not halve so.
    """
    halvings = sizes.count_halvings(image_shape)
    pictures = layers.Input(image_shape, name="pictures")
    x = Conv2D(filters, 3, padding="same")(pictures)
    x = _block(x, filters)
    for i in range(1, halvings + 1):
        x = layers.AveragePooling2D(3, 2, padding="same")(x)
        x = _block(x, _channels(filters, i))
    x = layers.Flatten()(layers.LeakyReLU(0.2)(x))
    x = layers.Dense(1, dtype="float32")(x)
    return keras.Model(pictures, x, name="resnet_discriminator")


def _block(x, channels):
    """`x + 0.1 f(x)`; where the channels differ, `x` goes through a convolution."""
    least = min(x.shape[-1], channels)
    y = Conv2D(least, 3, padding="same")(layers.LeakyReLU(0.2)(x))
    y = Conv2D(channels, 3, padding="same")(layers.LeakyReLU(0.2)(y))
    if x.shape[-1] != channels:
        x = Conv2D(channels, 1, use_bias=False)(x)
    return layers.Add()([x, layers.Rescaling(0.1)(y)])


def _channels(filters, doublings):
    return min(filters * 2**doublings, MAX_CHANNELS)
