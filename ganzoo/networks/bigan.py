"""The multilayer perceptrons of BiGAN on permutation-invariant MNIST.

Reference:
    [Donahue et al., 2017](https://arxiv.org/abs/1605.09782), Section 4.2 and Appendix C
"""

import keras
from keras import layers

from ganzoo.networks import blocks
from ganzoo.networks import mlp
from ganzoo.networks import sizes


def bigan_generator(image_shape, latent_dim=50, units=1024):
    """Generator `G` of two hidden layers.

    Args:
        image_shape: tuple. `(height, width, channels)`.
        latent_dim: int. Size of the latents.
        units: int. Size of each hidden layer.

    Returns:
        `keras.Model` from `(batch, latent_dim)` to `(batch, *image_shape)` in [-1, 1].
    """
    z = layers.Input((latent_dim,), name="latents")
    x = layers.Dense(units, activation="relu", **blocks.normal())(z)
    x = layers.ReLU()(_normalized_dense(x, units))
    x = mlp.to_picture(x, image_shape, **blocks.normal())
    return keras.Model(z, x, name="bigan_generator")


def bigan_encoder(image_shape, latent_dim=50, units=1024):
    """Encoder `E`, the mirror image of `G`.

    Args:
        image_shape: tuple. `(height, width, channels)`.
        latent_dim: int. Size of the latents.
        units: int. Size of each hidden layer.

    Returns:
        `keras.Model` from `(batch, *image_shape)` to `(batch, latent_dim)`.
    """
    inputs = layers.Input(sizes.check_image_shape(image_shape), name="pictures")
    x = _hidden_layers(mlp.flat_pixels(inputs), units)
    x = layers.Dense(latent_dim, dtype="float32", **blocks.normal())(x)
    return keras.Model(inputs, x, name="bigan_encoder")


def bigan_discriminator(image_shape, latent_dim=50, units=1024):
    """Discriminator `D` of pairs of an image and a latent.

    Args:
        image_shape: tuple. `(height, width, channels)`.
        latent_dim: int. Size of the latents.
        units: int. Size of each hidden layer.

    Returns:
        `keras.Model` from `[(batch, *image_shape), (batch, latent_dim)]` to logits
        `(batch, 1)`.
    """
    pictures = layers.Input(sizes.check_image_shape(image_shape), name="pictures")
    z = layers.Input((latent_dim,), name="latents")
    x = layers.Concatenate()([mlp.flat_pixels(pictures), z])
    x = _hidden_layers(x, units)
    x = layers.Dense(1, dtype="float32", **blocks.normal())(x)
    return keras.Model([pictures, z], x, name="bigan_discriminator")


def _hidden_layers(x, units):
    x = layers.LeakyReLU(0.2)(layers.Dense(units, **blocks.normal())(x))
    return layers.LeakyReLU(0.2)(_normalized_dense(x, units))


def _normalized_dense(x, units):
    return blocks.normalize(layers.Dense(units, use_bias=False, **blocks.normal())(x))
