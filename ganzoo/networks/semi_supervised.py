"""Networks of the semi-supervised GAN: the authors' perceptrons, and a convolutional D.

Reference:
    [Salimans et al., 2016](https://arxiv.org/abs/1606.03498), with the sizes of the
    authors' code for MNIST
"""

import math

import keras
from keras import layers

from ganzoo.layers import WeightNormalizedDense
from ganzoo.networks import blocks
from ganzoo.networks import dcgan
from ganzoo.networks import mlp
from ganzoo.networks import sizes

INPUT_NOISE, NOISE = 0.3, 0.5
# By which digits, and what comes of them in each layer, have a variance of about 1. The
# authors' code measures it in a first batch.
GAINS = 2.5, 1.3


def semi_supervised_generator(image_shape, latent_dim=100, units=(500, 500)):
    """Generator of batch-normalised layers with softplus.

    Args:
        image_shape: tuple. `(height, width, channels)`.
        latent_dim: int. Size of the latents.
        units: tuple of ints. Sizes of the hidden layers.

    Returns:
        `keras.Model` from `(batch, latent_dim)` to `(batch, *image_shape)` in [-1, 1].
    """
    image_shape = sizes.check_image_shape(image_shape)
    x = z = layers.Input((latent_dim,), name="latents")
    for n in units:
        x = blocks.normalize(layers.Dense(n, use_bias=False)(x))
        x = layers.Activation("softplus")(x)
    pixels = WeightNormalizedDense(
        math.prod(image_shape), "sigmoid", train_gain=True, dtype="float32"
    )
    x = layers.Rescaling(2.0, -1.0, dtype="float32")(pixels(x))
    x = layers.Reshape(image_shape, dtype="float32")(x)
    return keras.Model(z, x, name="semi_supervised_generator")


def semi_supervised_discriminator(
    image_shape, num_classes, units=(1000, 500, 250, 250, 250)
):
    """Discriminator of weight-normalised layers between which there is noise.

    Args:
        image_shape: tuple. `(height, width, channels)`.
        num_classes: int. Labels are 0 to `num_classes - 1`.
        units: tuple of ints. Sizes of the hidden layers.

    Returns:
        `keras.Model` from images `(batch, *image_shape)` to a dict: the logits
        "classes", `(batch, num_classes)`, and "features", `(batch, units[-1])`, of the
        last hidden layer.
    """
    images = layers.Input(sizes.check_image_shape(image_shape), name="images")
    x = blocks.gaussian_noise(INPUT_NOISE)(mlp.flat_pixels(images))
    for i, n in enumerate(units):
        features = WeightNormalizedDense(n, "relu", GAINS[min(i, 1)])(x)
        x = blocks.gaussian_noise(NOISE)(features)
    logits = WeightNormalizedDense(num_classes, train_gain=True, dtype="float32")
    heads = {"classes": logits(x), "features": features}
    return keras.Model(images, heads, name="semi_supervised_discriminator")


def semi_supervised_conv_discriminator(image_shape, num_classes, filters=64):
    """Discriminator of strided convolutions as DCGAN's, without normalisation.

    For images of other sizes; the authors have another for CIFAR-10. A fifth of the
    pixels is dropped in training, and half of the features before the last layer.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for `dcgan_discriminator`.
        num_classes: int. Labels are 0 to `num_classes - 1`.
        filters: int. As in `dcgan_discriminator`.

    Returns:
        `keras.Model` from images `(batch, *image_shape)` to a dict: the logits
        "classes", `(batch, num_classes)`, and "features", `(batch, d)`, of the last
        convolution.

    Raises:
        ValueError: If the sides do not halve down to between 4 and 7 pixels.
    """
    images = layers.Input(sizes.check_image_shape(image_shape), name="images")
    x = blocks.dropout(0.2)(images)
    features = dcgan.to_features(x, filters, normalization=None)
    x = blocks.dropout(0.5)(features)
    logits = layers.Dense(num_classes, dtype="float32", **blocks.normal())(x)
    heads = {"classes": logits, "features": features}
    return keras.Model(images, heads, name="semi_supervised_conv_discriminator")
