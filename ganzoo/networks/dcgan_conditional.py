"""DCGAN's networks for the conditional GAN: both also see a label.

The paper of the conditional GAN has perceptrons; with these, games compare on equal
networks. A label is one-hot: beside the latents, and in maps beside the pixels.

Reference:
    [Radford et al., 2016](https://arxiv.org/abs/1511.06434), Section 3 and Figure 1
"""

import keras
from keras import layers
from keras import ops

from ganzoo.networks import blocks
from ganzoo.networks import dcgan
from ganzoo.networks import sizes


def dcgan_conditional_generator(image_shape, num_classes, latent_dim=100, filters=64):
    """Generator of strided transposed convolutions, of latents and labels.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for `dcgan_generator`.
        num_classes: int. Labels are 0 to `num_classes - 1`.
        latent_dim: int. Size of the latents.
        filters: int. As in `dcgan_generator`.

    Returns:
        `keras.Model` from `[(batch, latent_dim), (batch,)]` to images
        `(batch, *image_shape)` in [-1, 1].

    Raises:
        ValueError: If the sides do not halve down to between 4 and 7 pixels.
    """
    z = layers.Input((latent_dim,), name="latents")
    y = layers.Input((), dtype="int32", name="labels")
    x = layers.Concatenate()([z, ops.one_hot(y, num_classes)])
    x = dcgan.to_picture(x, image_shape, filters)
    return keras.Model([z, y], x, name="dcgan_conditional_generator")


def dcgan_conditional_discriminator(image_shape, num_classes, filters=64):
    """Discriminator of strided convolutions, of images and labels.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for the generator.
        num_classes: int. Labels are 0 to `num_classes - 1`.
        filters: int. As in `dcgan_discriminator`.

    Returns:
        `keras.Model` from `[(batch, *image_shape), (batch,)]` to logits `(batch, 1)`.

    Raises:
        ValueError: If the sides do not halve down to between 4 and 7 pixels.
    """
    pictures = layers.Input(sizes.check_image_shape(image_shape), name="pictures")
    y = layers.Input((), dtype="int32", name="labels")
    x = blocks.join_maps(pictures, ops.one_hot(y, num_classes))
    x = dcgan.to_features(x, filters)
    x = layers.Dense(1, dtype="float32", **blocks.normal())(x)
    return keras.Model([pictures, y], x, name="dcgan_conditional_discriminator")
