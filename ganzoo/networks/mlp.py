"""Multilayer perceptrons: the networks of the first GAN.

Reference:
    [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661), Section 5, with the
    sizes of the authors' published configuration for MNIST
"""

import math

import keras
from keras import layers

from ganzoo.networks import sizes


def mlp_generator(image_shape, latent_dim=100, units=(1200, 1200)):
    """Generator of rectified linear layers.

    Args:
        image_shape: tuple. `(height, width, channels)`.
        latent_dim: int. Size of the latents.
        units: tuple of ints. Sizes of the hidden layers.

    Returns:
        `keras.Model` from `(batch, latent_dim)` to `(batch, *image_shape)` in [-1, 1].
    """
    x = z = layers.Input((latent_dim,), name="latents")
    for n in units:
        x = layers.Dense(n, activation="relu")(x)
    return keras.Model(z, to_picture(x, image_shape), name="mlp_generator")


def maxout_discriminator(image_shape, units=(240, 240), pieces=5, dropout=0.5):
    """Discriminator of maxout layers with dropout.

    Args:
        image_shape: tuple. `(height, width, channels)`.
        units: tuple of ints. Sizes of the hidden layers.
        pieces: int. Linear pieces of each maxout unit.
        dropout: float. Rate after each hidden layer; a fifth of the pixels is dropped
            too, as in maxout networks, where the rate is not 0.

    Returns:
        `keras.Model` from `(batch, *image_shape)` to logits `(batch, 1)`.
    """
    inputs = layers.Input(sizes.check_image_shape(image_shape), name="pictures")
    x = layers.Flatten()(inputs)
    x = layers.Dropout(0.2 if dropout else 0.0)(x)
    for n in units:
        x = maxout(x, n, pieces)
        x = layers.Dropout(dropout)(x)
    x = layers.Dense(1, dtype="float32")(x)
    return keras.Model(inputs, x, name="maxout_discriminator")


def maxout(x, units, pieces):
    """The largest of `pieces` linear maps, `(batch, features)` to `(batch, units)`."""
    return maximum_of_pieces(layers.Dense(pieces * units)(x), units, pieces)


def maximum_of_pieces(x, units, pieces):
    """The largest of `pieces` in `(batch, pieces * units)`, `(batch, units)`."""
    return layers.GlobalMaxPooling1D()(layers.Reshape((pieces, units))(x))


def to_picture(x, image_shape):
    """A last layer: `(batch, features)` to pictures `(batch, *image_shape)`."""
    image_shape = sizes.check_image_shape(image_shape)
    x = layers.Dense(math.prod(image_shape), activation="tanh", dtype="float32")(x)
    return layers.Reshape(image_shape, dtype="float32")(x)
