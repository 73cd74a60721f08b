"""The networks of BEGAN: an autoencoder, and a generator like its decoder.

Reference:
    [Berthelot et al., 2017](https://arxiv.org/abs/1703.10717)
"""

import keras
from keras import layers

from ganzoo.layers import Conv2D
from ganzoo.networks import sizes

# The smallest side of the images that a code is made of, or makes.
LEAST_SIDE = 7


def began_generator(image_shape, latent_dim=64, filters=64):
    """Generator of 3x3 convolutions with ELU, which grows by repeating pixels.

    Args:
        image_shape: tuple. `(height, width, channels)`; both sides halve down to
            between 4 and 7 pixels, like 28, 32, 64 or 128.
        latent_dim: int. Size of the latents.
        filters: int. Channels of all hidden images, `n` of the paper.

    Returns:
        `keras.Model` from `(batch, latent_dim)` to `(batch, *image_shape)` in [-1, 1].

    Raises:
        ValueError: If the sides do not halve so.
    """
    z = layers.Input((latent_dim,), name="latents")
    return keras.Model(z, _decode(z, image_shape, filters), name="began_generator")


def began_discriminator(image_shape, code_dim=64, filters=64):
    """Autoencoder whose decoder is a generator, and whose encoder mirrors it.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for the generator.
        code_dim: int. Size of the code.
        filters: int. Channels of the decoder, and of the encoder at the full size,
            where they grow by as many with each halving.

    Returns:
        `keras.Model` from images `(batch, *image_shape)` to a dict: "reconstruction",
        such images in [-1, 1], and "code", `(batch, code_dim)`.

    Raises:
        ValueError: If the sides do not halve so.
    """
    pictures = layers.Input(image_shape, name="pictures")
    code = layers.Dense(code_dim, name="code")(_encode(pictures, filters))
    outputs = {"reconstruction": _decode(code, image_shape, filters), "code": code}
    return keras.Model(pictures, outputs, name="began_discriminator")


def _encode(x, filters):
    halvings = _count_halvings(x.shape[1:])
    x = _convolve(x, filters)
    for i in range(halvings + 1):
        x = _convolve(_convolve(x, filters * (i + 1)), filters * (i + 1))
        if i < halvings:
            x = _convolve(x, filters * (i + 2), strides=2)
    return layers.Flatten()(x)


def _decode(code, image_shape, filters):
    halvings = _count_halvings(image_shape)
    height, width, channels = image_shape
    base = (height >> halvings, width >> halvings, filters)
    x = layers.Dense(base[0] * base[1] * base[2])(code)
    x = layers.Reshape(base)(x)
    for i in range(halvings + 1):
        x = _convolve(_convolve(x, filters), filters)
        if i < halvings:
            x = layers.UpSampling2D(2)(x)
    return Conv2D(channels, 3, padding="same", activation="tanh", dtype="float32")(x)


def _convolve(x, filters, strides=1):
    return Conv2D(filters, 3, strides, "same", activation="elu")(x)


def _count_halvings(image_shape):
    """How often images halve before they are coded: the paper's have 8 pixels then."""
    halvings = sizes.count_halvings(image_shape)
    small = min(image_shape[:2]) >> halvings < LEAST_SIDE
    return halvings - small
