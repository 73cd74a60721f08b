"""Multilayer perceptrons: the networks of the first GAN.

Reference:
    [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661), Section 5, with the
    sizes of the authors' published configuration for MNIST
"""

import math

import keras
from keras import layers

from ganzoo.networks import blocks
from ganzoo.networks import sizes

# The authors bound the norm of the weights of each unit of the discriminator; without,
# their learning rate diverges.
MAX_COLUMN_NORM = 1.9365


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
        x = layers.Dense(n, activation="relu", **blocks.uniform(0.05))(x)
    return keras.Model(
        z, to_picture(x, image_shape, **blocks.uniform(0.05)), name="mlp_generator"
    )


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
    x = flat_pixels(inputs)
    x = blocks.dropout(0.2 if dropout else 0.0)(x)
    for n in units:
        x = maxout(x, n, pieces)
        x = blocks.dropout(dropout)(x)
    x = layers.Dense(1, dtype="float32", **blocks.uniform(0.005))(x)
    return keras.Model(inputs, x, name="maxout_discriminator")


def maxout(x, units, pieces):
    """The largest of `pieces` linear maps, `(batch, features)` to `(batch, units)`."""
    constraint = keras.constraints.MaxNorm(MAX_COLUMN_NORM)
    linear = layers.Dense(
        pieces * units, kernel_constraint=constraint, **blocks.uniform(0.005)
    )
    return maximum_of_pieces(linear(x), units, pieces)


def maximum_of_pieces(x, units, pieces):
    """The largest of `pieces` in `(batch, pieces * units)`, `(batch, units)`."""
    return layers.GlobalMaxPooling1D()(layers.Reshape((pieces, units))(x))


def flat_pixels(pictures):
    """A first layer: images in [-1, 1] to `(batch, pixels)` in [0, 1]."""
    return layers.Flatten()(layers.Rescaling(0.5, 0.5)(pictures))


def to_picture(x, image_shape, **kernel):
    """A last layer: `(batch, features)` to images `(batch, *image_shape)`.

    A sigmoid gives pixels in [0, 1], as the papers have them: their learning rates are
    made for a black that is 0. What comes out is in [-1, 1] all the same. `kernel` is
    the layer's initializer.
    """
    image_shape = sizes.check_image_shape(image_shape)
    linear = layers.Dense(
        math.prod(image_shape), activation="sigmoid", dtype="float32", **kernel
    )
    x = layers.Rescaling(2.0, -1.0, dtype="float32")(linear(x))
    return layers.Reshape(image_shape, dtype="float32")(x)
