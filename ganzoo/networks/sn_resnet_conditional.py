"""The residual networks of SNGAN that see a label, by projection.

Reference:
    [Miyato & Koyama, 2018](https://arxiv.org/abs/1802.05637), and the
    [authors' code](https://github.com/pfnet-research/sngan_projection)
"""

import keras
from keras import layers

from ganzoo.layers import ConditionalBatchNormalization
from ganzoo.layers import SpectralEmbedding
from ganzoo.networks import blocks
from ganzoo.networks import sizes
from ganzoo.networks import sn_resnet


def sn_resnet_conditional_generator(
    image_shape, num_classes, latent_dim=128, filters=256
):
    """Generator of residual blocks with conditional batch normalisation.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for `sn_resnet_generator`.
        num_classes: int. Labels are 0 to `num_classes - 1`.
        latent_dim: int. Size of the latents.
        filters: int. As in `sn_resnet_generator`.

    Returns:
        `keras.Model` from `[(batch, latent_dim), (batch,)]` to images
        `(batch, *image_shape)` in [-1, 1].

    Raises:
        ValueError: If the sides do not halve so.
    """
    z = layers.Input((latent_dim,), name="latents")
    y = layers.Input((), dtype="int32", name="labels")

    def normalize(x):
        return ConditionalBatchNormalization(num_classes)(x, y)

    x = sn_resnet.to_image(z, image_shape, filters, normalize)
    return keras.Model([z, y], x, name="sn_resnet_conditional_generator")


def sn_resnet_projection_discriminator(image_shape, num_classes, filters=128):
    """Discriminator that returns `v_yᵀ φ(x) + l · φ(x)`.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for the generator.
        num_classes: int. Labels are 0 to `num_classes - 1`.
        filters: int. As in `sn_resnet_discriminator`, and the size of each `v_y`.

    Returns:
        `keras.Model` from `[(batch, *image_shape), (batch,)]` to logits `(batch, 1)`.

    Raises:
        ValueError: If the sides do not halve so.
    """
    images = layers.Input(sizes.check_image_shape(image_shape), name="images")
    y = layers.Input((), dtype="int32", name="labels")
    x = project(sn_resnet.to_features(images, filters), y, num_classes)
    return keras.Model([images, y], x, name="sn_resnet_projection_discriminator")


def project(features, labels, num_classes):
    """`v_yᵀ φ(x) + l · φ(x)`, both spectrally normalised, `(batch, 1)`."""
    v = SpectralEmbedding(
        num_classes,
        features.shape[-1],
        embeddings_initializer=blocks.glorot()["kernel_initializer"],
        dtype="float32",
    )(labels)
    of_class = layers.Dot(axes=1, dtype="float32")([v, features])
    return layers.Add(dtype="float32")([of_class, sn_resnet.to_logit(features)])
