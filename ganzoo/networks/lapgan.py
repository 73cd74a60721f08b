"""The networks of LAPGAN: perceptrons for the smallest images, convolutions beyond.

Reference:
    [Denton et al., 2015](https://arxiv.org/abs/1506.05751), with convolutions as in its
    authors' code for CIFAR-10
"""

import keras
from keras import layers

from ganzoo.layers import Conv2D
from ganzoo.networks import blocks
from ganzoo.networks import laplacian
from ganzoo.networks import mlp

LEVELS = 2
MIN_SIDE = 10  # pixels that the discriminator's convolutions need


def lapgan_generator(
    image_shape, levels=LEVELS, latent_dim=100, units=(1200, 1200), filters=64
):
    """Generator of the smallest images, and of a residual for each doubling.

    The convolutions take a plane of noise beside the enlarged image. Their residuals
    have no activation at the end, as a difference of images may leave [-1, 1].

    Args:
        image_shape: tuple. `(height, width, channels)`, sides multiples of `2**levels`.
        levels: int. How often the smallest images are doubled.
        latent_dim: int. Size of the noise for the smallest images.
        units: tuple of ints. Hidden layers of the perceptron that draws these.
        filters: int. Channels of the convolutions.

    Returns:
        `keras.Model` from `(batch, size)` to `(batch, *image_shape)` in [-1, 1]. The
        size is `latent_dim` and the number of pixels of all larger images.

    Raises:
        ValueError: If images cannot be halved so.
    """
    smallest, *others = laplacian.shapes_of_levels(image_shape, levels)
    base = mlp.mlp_generator(smallest, latent_dim, units)
    residuals = [_residual_generator(shape, filters) for shape in others]
    return laplacian.join_generators([base, *residuals])


def lapgan_discriminator(
    image_shape, levels=LEVELS, units=(600, 600), filters=64, dropout=0.5
):
    """Discriminator of the smallest images, and one of residuals for each doubling.

    Those add the residual to the enlarged image that it belongs to, before their first
    convolution.

    Args:
        image_shape: tuple. `(height, width, channels)`, sides multiples of `2**levels`.
        levels: int. As of the generator.
        units: tuple of ints. Hidden layers of the perceptron for the smallest images.
        filters: int. Channels of the convolutions.
        dropout: float. Rate before each logit, and after each layer of the perceptron.

    Returns:
        `keras.Model` from a list of the smallest images and of a residual and its
        condition for each level, the smallest first, to a list of logits `(batch, 1)`.

    Raises:
        ValueError: If images cannot be halved so, or become too small for it.
    """
    smallest, *others = laplacian.shapes_of_levels(image_shape, levels)
    if min(others[0][:2]) < MIN_SIDE:
        raise ValueError(
            "`levels` must leave images of 5 pixels or more, as the next larger ones "
            "must suffice for two convolutions. Choose fewer. Received: "
            f"image_shape={image_shape}, levels={levels}."
        )
    base = _perceptron(smallest, units, dropout)
    residuals = [_residual_discriminator(s, filters, dropout) for s in others]
    return laplacian.join_discriminators([base, *residuals])


def _residual_generator(image_shape, filters):
    """From a plane of noise and an enlarged image to a residual."""
    noise = layers.Input((*image_shape[:2], 1), name="noise")
    condition = layers.Input(image_shape, name="condition")
    x = layers.Concatenate()([noise, condition])
    for _ in range(2):
        x = Conv2D(filters, 7, padding="same", activation="relu")(x)
    x = Conv2D(image_shape[-1], 5, padding="same", dtype="float32")(x)
    return keras.Model([noise, condition], x, name=_named("generator", image_shape))


def _residual_discriminator(image_shape, filters, dropout):
    """From a residual and an enlarged image to a logit."""
    residual = layers.Input(image_shape, name="residual")
    condition = layers.Input(image_shape, name="condition")
    x = layers.Add()([residual, condition])
    x = Conv2D(filters, 5, activation="relu")(x)
    x = Conv2D(filters, 5, 2, activation="relu")(x)
    x = blocks.dropout(dropout)(layers.Flatten()(x))
    logit = layers.Dense(1, dtype="float32")(x)
    name = _named("discriminator", image_shape)
    return keras.Model([residual, condition], logit, name=name)


def _perceptron(image_shape, units, dropout):
    """From images to a logit, by dense layers."""
    images = layers.Input(image_shape, name="images")
    x = layers.Flatten()(images)
    for count in units:
        x = blocks.dropout(dropout)(layers.Dense(count, activation="relu")(x))
    logit = layers.Dense(1, dtype="float32")(x)
    return keras.Model(images, logit, name=_named("discriminator", image_shape))


def _named(player, image_shape):
    height, width, _ = image_shape
    return f"{player}_{height}x{width}"
