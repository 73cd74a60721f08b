"""The networks of InfoGAN, which were made for MNIST.

At 28 pixels they are the paper's. Larger images have more convolutions.

Reference:
    [Chen et al., 2016](https://arxiv.org/abs/1606.03657), Appendix C
"""

import math

import keras
from keras import layers

from ganzoo.layers import subpixel
from ganzoo.networks import blocks
from ganzoo.networks import sizes
from ganzoo.system.errors import check_bool

LEAK = 0.1


def info_gan_generator(
    image_shape, categorical=(10,), continuous=2, latent_dim=62, filters=64
):
    """Generator of two dense layers and strided transposed convolutions.

    Args:
        image_shape: tuple. `(height, width, channels)`; both sides halve down to
            between 4 and 7 pixels, like 28, 32, 64 or 128.
        categorical: sequence of ints. How many values each categorical code has, which
            comes in as one-hot.
        continuous: int. How many continuous codes there are.
        latent_dim: int. Size of the latents.
        filters: int. Channels before the last convolution; they double with each
            halving, up to 16 times as many. The first dense layer has 16 times as many
            units.

    Returns:
        `keras.Model` from `[(batch, latent_dim), (batch, sum(categorical) +
        continuous)]` to images `(batch, *image_shape)` in [-1, 1].

    Raises:
        ValueError: If the sides do not halve so.
    """
    halvings = sizes.count_halvings(image_shape)
    height, width, channels = image_shape
    base = (height >> halvings, width >> halvings, _channels(filters, halvings - 1))
    z = layers.Input((latent_dim,), name="latents")
    codes = layers.Input((sum(categorical) + continuous,), name="codes")
    x = layers.Concatenate()([z, codes])
    for units in (16 * filters, math.prod(base)):
        x = layers.Dense(units, use_bias=False, **blocks.normal())(x)
        x = layers.ReLU()(blocks.normalize(x))
    x = layers.Reshape(base)(x)
    for i in reversed(range(halvings - 1)):
        x = subpixel.HiddenConv2DTranspose(
            _channels(filters, i), 4, 2, "same", use_bias=False, **blocks.normal()
        )(x)
        x = layers.ReLU()(blocks.normalize(x))
    x = subpixel.SubpixelConv2DTranspose(
        channels, 4, 2, "same", activation="tanh", dtype="float32", **blocks.normal()
    )(x)
    return keras.Model([z, codes], x, name="info_gan_generator")


def info_gan_discriminator(
    image_shape, categorical=(10,), continuous=2, fixed_std=True, filters=64
):
    """Discriminator, with `Q` as further outputs behind a hidden layer of its own.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for the generator.
        categorical: sequence of ints. As for the generator, like what follows.
        continuous: int.
        fixed_std: bool. Whether `Q` has a standard deviation of 1 for continuous codes,
            and no output for it.
        filters: int. Channels of the first convolution; they double with each halving,
            up to 16 times as many. The dense layer has 16 times as many units, and the
            hidden layer of `Q` twice as many.

    Returns:
        `keras.Model` from images `(batch, *image_shape)` to a dict: "logit",
        `(batch, 1)`; "categorical", logits `(batch, sum(categorical))`; "continuous",
        means `(batch, continuous)`; and "log_std", as many. What there is no code for
        is left out.

    Raises:
        ValueError: If the sides do not halve so, or `fixed_std` is no bool.
    """
    check_bool("fixed_std", fixed_std)
    images = x = layers.Input(sizes.check_image_shape(image_shape), name="images")
    for i in range(sizes.count_halvings(image_shape)):
        x = subpixel.conv_2d(x)(
            _channels(filters, i), 4, 2, "same", use_bias=i == 0, **blocks.normal()
        )(x)
        x = layers.LeakyReLU(LEAK)(blocks.normalize(x) if i else x)
    x = _normalized_dense(layers.Flatten()(x), 16 * filters)
    q = _normalized_dense(x, 2 * filters)
    has_std = continuous and not fixed_std
    heads = {
        "logit": (x, 1),
        "categorical": (q, sum(categorical)),
        "continuous": (q, continuous),
        "log_std": (q, continuous if has_std else 0),
    }
    outputs = {
        name: layers.Dense(size, dtype="float32", **blocks.normal())(features)
        for name, (features, size) in heads.items()
        if size
    }
    return keras.Model(images, outputs, name="info_gan_discriminator")


def _normalized_dense(x, units):
    x = layers.Dense(units, use_bias=False, **blocks.normal())(x)
    return layers.LeakyReLU(LEAK)(blocks.normalize(x))


def _channels(filters, doublings):
    return filters * 2 ** min(doublings, 4)
