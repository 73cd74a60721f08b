"""The all-convolutional networks of DCGAN.

Reference:
    [Radford et al., 2016](https://arxiv.org/abs/1511.06434), Section 3 and Figure 1
"""

import keras
from keras import layers

from ganzoo.layers import subpixel
from ganzoo.networks import blocks
from ganzoo.networks import sizes


def dcgan_generator(image_shape, latent_dim=100, filters=64):
    """Generator of strided transposed convolutions, Figure 1.

    Args:
        image_shape: tuple. `(height, width, channels)`; both sides halve down to
            between 4 and 7 pixels, like 28, 32, 64 or 128.
        latent_dim: int. Size of the latents.
        filters: int. Half the channels before the last convolution; the paper's 1024,
            512, 256 and 128 at 64 pixels come from 64. They double with each halving,
            up to 16 times as many.

    Returns:
        `keras.Model` from `(batch, latent_dim)` to `(batch, *image_shape)` in [-1, 1].

    Raises:
        ValueError: If the sides do not halve so.
    """
    z = layers.Input((latent_dim,), name="latents")
    return keras.Model(z, to_picture(z, image_shape, filters), name="dcgan_generator")


def to_picture(z, image_shape, filters):
    """The whole of the generator: `(batch, features)` to `(batch, *image_shape)`."""
    halvings = sizes.count_halvings(image_shape)
    height, width, channels = image_shape
    base = (height >> halvings, width >> halvings, _channels(filters, halvings))
    x = layers.Dense(base[0] * base[1] * base[2], use_bias=False, **blocks.normal())(z)
    x = layers.Reshape(base)(x)
    x = blocks.normalize(x)
    x = layers.ReLU()(x)
    for i in reversed(range(1, halvings)):
        x = subpixel.HiddenConv2DTranspose(
            _channels(filters, i), 5, 2, "same", use_bias=False, **blocks.normal()
        )(x)
        x = blocks.normalize(x)
        x = layers.ReLU()(x)
    return subpixel.SubpixelConv2DTranspose(
        channels, 5, 2, "same", activation="tanh", dtype="float32", **blocks.normal()
    )(x)


def dcgan_discriminator(image_shape, filters=64, normalization="batch"):
    """Discriminator of strided convolutions with LeakyReLU 0.2.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for the generator.
        filters: int. Channels of the first convolution, which has no normalisation;
            they double with each halving, up to 16 times as many.
        normalization: str or None. "batch" as in the paper; "layer" or None for a
            critic with a gradient penalty (Gulrajani et al., 2017, Section 4).

    Returns:
        `keras.Model` from `(batch, *image_shape)` to logits `(batch, 1)`.

    Raises:
        ValueError: If the sides do not halve so, or the normalisation is unknown.
    """
    pictures = layers.Input(image_shape, name="pictures")
    x = to_features(pictures, filters, normalization)
    x = layers.Dense(1, dtype="float32", **blocks.normal())(x)
    return keras.Model(pictures, x, name="dcgan_discriminator")


def to_features(x, filters, normalization="batch"):
    """The discriminator but for its last layer: images to `(batch, features)`."""
    for i in range(sizes.count_halvings(x.shape[1:])):
        first = i == 0
        x = subpixel.conv_2d(x)(
            _channels(filters, i),
            5,
            2,
            "same",
            use_bias=first or normalization is None,
            **blocks.normal(),
        )(x)
        x = x if first else blocks.normalize(x, normalization)
        x = layers.LeakyReLU(0.2)(x)
    return layers.Flatten()(x)


def _channels(filters, doublings):
    return filters * 2 ** min(doublings, 4)
