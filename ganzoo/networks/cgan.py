"""The multilayer perceptrons of the conditional GAN.

A dense layer on a one-hot label is a row of its kernel; an embedding is that row.

Reference:
    [Mirza & Osindero, 2014](https://arxiv.org/abs/1411.1784), Section 4.1
"""

import keras
from keras import layers

from ganzoo.networks import blocks
from ganzoo.networks import mlp
from ganzoo.networks import sizes


def cgan_generator(image_shape, num_classes, latent_dim=100, units=(200, 1000, 1200)):
    """Generator of latents and labels.

    Args:
        image_shape: tuple. `(height, width, channels)`.
        num_classes: int. Labels are 0 to `num_classes - 1`.
        latent_dim: int. Size of the latents.
        units: tuple of 3 ints. Sizes of the hidden layer of the latents, of the labels,
            and of both together.

    Returns:
        `keras.Model` from `[(batch, latent_dim), (batch,)]` to images
        `(batch, *image_shape)` in [-1, 1].
    """
    latent_units, label_units, joint_units = units
    z = layers.Input((latent_dim,), name="latents")
    y = layers.Input((), dtype="int32", name="labels")
    hidden_z = layers.Dense(latent_units, activation="relu", **blocks.uniform(0.05))(z)
    hidden_y = layers.ReLU()(layers.Embedding(num_classes, label_units)(y))
    x = layers.Concatenate()([hidden_z, hidden_y])
    x = layers.Dense(joint_units, activation="relu", **blocks.uniform(0.05))(x)
    x = mlp.to_picture(x, image_shape, **blocks.uniform(0.05))
    return keras.Model([z, y], x, name="cgan_generator")


def cgan_discriminator(image_shape, num_classes, units=(240, 50, 240), dropout=0.5):
    """Discriminator of images and labels, of maxout layers.

    Args:
        image_shape: tuple. `(height, width, channels)`.
        num_classes: int. Labels are 0 to `num_classes - 1`.
        units: tuple of 3 ints. Sizes of the maxout layer of the images (5 pieces), of
            the labels (5 pieces), and of both together (4 pieces).
        dropout: float. Rate after each hidden layer.

    Returns:
        `keras.Model` from `[(batch, *image_shape), (batch,)]` to logits `(batch, 1)`.
    """
    image_units, label_units, joint_units = units
    pictures = layers.Input(sizes.check_image_shape(image_shape), name="pictures")
    y = layers.Input((), dtype="int32", name="labels")
    x = mlp.maxout(mlp.flat_pixels(pictures), image_units, pieces=5)
    labels = layers.Embedding(num_classes, 5 * label_units)(y)
    labels = mlp.maximum_of_pieces(labels, label_units, pieces=5)
    x = blocks.dropout(dropout)(layers.Concatenate()([x, labels]))
    x = blocks.dropout(dropout)(mlp.maxout(x, joint_units, pieces=4))
    x = layers.Dense(1, dtype="float32", **blocks.uniform(0.005))(x)
    return keras.Model([pictures, y], x, name="cgan_discriminator")
