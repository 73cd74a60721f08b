"""DCGAN's networks for BiGAN and ALI: an encoder, and a discriminator of pairs.

The generator is `dcgan_generator`. BiGAN's paper has perceptrons for digits, and ALI's
other convolutions; with these, games compare on equal networks. The discriminator sees
a latent where the image's convolutions end.

Reference:
    [Radford et al., 2016](https://arxiv.org/abs/1511.06434), Section 3
"""

import keras
from keras import layers

from ganzoo.networks import blocks
from ganzoo.networks import dcgan
from ganzoo.system.errors import check_bool


def dcgan_encoder(image_shape, latent_dim=100, filters=64, stochastic=False):
    """Encoder `E` of strided convolutions with LeakyReLU 0.2.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for `dcgan_generator`.
        latent_dim: int. Size of the latents.
        filters: int. As in `dcgan_discriminator`.
        stochastic: bool. Whether it returns a mean and the logarithm of a standard
            deviation for each latent, the means first.

    Returns:
        `keras.Model` from `(batch, *image_shape)` to `(batch, latent_dim)`, or to
        `(batch, 2 * latent_dim)`.

    Raises:
        ValueError: If the sides do not halve down to between 4 and 7 pixels, or
            `stochastic` is no bool.
    """
    check_bool("stochastic", stochastic)
    pictures = layers.Input(image_shape, name="pictures")
    x = dcgan.to_features(pictures, filters)
    size = 2 * latent_dim if stochastic else latent_dim
    x = layers.Dense(size, dtype="float32", **blocks.normal())(x)
    return keras.Model(pictures, x, name="dcgan_encoder")


def dcgan_joint_discriminator(image_shape, latent_dim=100, filters=64, units=512):
    """Discriminator `D` of pairs of an image and a latent.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for `dcgan_generator`.
        latent_dim: int. Size of the latents.
        filters: int. As in `dcgan_discriminator`.
        units: int. Size of the layers of the latent, and of both together.

    Returns:
        `keras.Model` from `[(batch, *image_shape), (batch, latent_dim)]` to logits
        `(batch, 1)`.

    Raises:
        ValueError: If the sides do not halve down to between 4 and 7 pixels.
    """
    pictures = layers.Input(image_shape, name="pictures")
    z = layers.Input((latent_dim,), name="latents")
    hidden_z = layers.LeakyReLU(0.2)(layers.Dense(units, **blocks.normal())(z))
    x = layers.Concatenate()([dcgan.to_features(pictures, filters), hidden_z])
    x = layers.LeakyReLU(0.2)(layers.Dense(units, **blocks.normal())(x))
    x = layers.Dense(1, dtype="float32", **blocks.normal())(x)
    return keras.Model([pictures, z], x, name="dcgan_joint_discriminator")
