"""The networks of IcGAN: DCGAN's, which also see attributes, and two encoders.

The generator has the attributes beside the latents, and the discriminator in maps after
its first convolution. The encoders are those of the authors' code.

Reference:
    [Perarnau et al., 2016](https://arxiv.org/abs/1611.06355)
"""

import keras
from keras import layers

from ganzoo.layers import MinibatchDiscrimination
from ganzoo.layers import SpectralDense
from ganzoo.layers import subpixel
from ganzoo.networks import blocks
from ganzoo.networks import dcgan
from ganzoo.networks import sizes


def icgan_generator(image_shape, num_attributes, latent_dim=100, filters=64):
    """Generator of strided transposed convolutions, of latents and attributes.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for `dcgan_generator`.
        num_attributes: int. How many attributes there are.
        latent_dim: int. Size of the latents.
        filters: int. As in `dcgan_generator`.

    Returns:
        `keras.Model` from `[(batch, latent_dim), (batch, num_attributes)]` to images
        `(batch, *image_shape)` in [-1, 1].

    Raises:
        ValueError: If the sides do not halve down to between 4 and 7 pixels.
    """
    z = layers.Input((latent_dim,), name="latents")
    y = layers.Input((num_attributes,), name="attributes")
    x = dcgan.to_picture(layers.Concatenate()([z, y]), image_shape, filters)
    return keras.Model([z, y], x, name="icgan_generator")


def icgan_discriminator(
    image_shape, num_attributes, filters=64, normalization="batch", minibatch_kernels=0
):
    """Discriminator of strided convolutions, of images and attributes.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for the generator.
        num_attributes: int. How many attributes there are.
        filters: int. As in `dcgan_discriminator`.
        normalization: str or None. As in `dcgan_discriminator`.
        minibatch_kernels: int. As in `dcgan_discriminator`.

    Returns:
        `keras.Model` from `[(batch, *image_shape), (batch, num_attributes)]` to logits
        `(batch, 1)`.

    Raises:
        ValueError: If the sides do not halve so, or the normalisation is unknown.
    """
    images = layers.Input(sizes.check_image_shape(image_shape), name="images")
    y = layers.Input((num_attributes,), name="attributes")
    x = dcgan.to_features(images, filters, normalization, condition=y)
    if minibatch_kernels:
        x = MinibatchDiscrimination(minibatch_kernels)(x)
    dense = SpectralDense if normalization == "spectral" else layers.Dense
    x = dense(1, dtype="float32", **blocks.normal())(x)
    return keras.Model([images, y], x, name="icgan_discriminator")


def icgan_encoder(image_shape, latent_dim=100, filters=32, units=None):
    """Encoder of strided convolutions, from images to latents.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for the generator.
        latent_dim: int. Size of the latents.
        filters: int. Channels of the first convolution; they double with each halving,
            up to 16 times as many.
        units: int or None. Of the hidden dense layer. None for as many as there are
            features before it, as in the authors' code.

    Returns:
        `keras.Model` from `(batch, *image_shape)` to `(batch, latent_dim)`.

    Raises:
        ValueError: If the sides do not halve down to between 4 and 7 pixels.
    """
    return _encoder(image_shape, latent_dim, filters, units, "icgan_encoder")


def icgan_attribute_encoder(image_shape, num_attributes, filters=32, units=512):
    """Encoder of strided convolutions, from images to attributes.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for the generator.
        num_attributes: int. How many attributes there are.
        filters: int. As in `icgan_encoder`.
        units: int or None. As in `icgan_encoder`.

    Returns:
        `keras.Model` from `(batch, *image_shape)` to `(batch, num_attributes)`, above 0
        for attributes that an image has.

    Raises:
        ValueError: If the sides do not halve down to between 4 and 7 pixels.
    """
    size = num_attributes
    return _encoder(image_shape, size, filters, units, "icgan_attribute_encoder")


def _encoder(image_shape, size, filters, units, name):
    images = x = layers.Input(sizes.check_image_shape(image_shape), name="images")
    for i in range(sizes.count_halvings(image_shape)):
        channels = filters * 2 ** min(i, 4)
        x = subpixel.conv_2d(x)(
            channels, 5, 2, "same", use_bias=False, **blocks.normal()
        )(x)
        x = layers.ReLU()(blocks.normalize(x))
    x = layers.Flatten()(x)
    x = layers.Dense(units or x.shape[-1], use_bias=False, **blocks.normal())(x)
    x = layers.ReLU()(blocks.normalize(x))
    x = layers.Dense(size, dtype="float32", **blocks.normal())(x)
    return keras.Model(images, x, name=name)
