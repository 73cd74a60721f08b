"""The residual networks of SNGAN, in the form that its authors have for CIFAR-10.

Their kernels start as those of Glorot & Bengio, in residual branches times √2.

Reference:
    [Miyato et al., 2018](https://arxiv.org/abs/1802.05957), and the
    [authors' code](https://github.com/pfnet-research/sngan_projection)
"""

import math

import keras
from keras import layers
from keras import ops

from ganzoo.layers import BatchNormalization
from ganzoo.layers import Conv2D
from ganzoo.layers import SpectralConv2D
from ganzoo.layers import SpectralDense
from ganzoo.networks import blocks
from ganzoo.networks import sizes

GAIN = math.sqrt(2)  # of residual branches


def sn_resnet_generator(image_shape, latent_dim=128, filters=256):
    """Generator of residual blocks, each of which doubles the size.

    Args:
        image_shape: tuple. `(height, width, channels)`; both sides halve down to
            between 4 and 7 pixels. There are three blocks at 32 pixels, two at 28.
        latent_dim: int. Size of the latents.
        filters: int. Channels of all blocks, 256 in the authors' code.

    Returns:
        `keras.Model` from `(batch, latent_dim)` to `(batch, *image_shape)` in [-1, 1].

    Raises:
        ValueError: If the sides do not halve so.
    """
    z = layers.Input((latent_dim,), name="latents")
    x = to_image(z, image_shape, filters, _normalize)
    return keras.Model(z, x, name="sn_resnet_generator")


def to_image(z, image_shape, filters, normalize):
    """The whole of the generator: `(batch, latent_dim)` to `(batch, *image_shape)`.

    Args:
        z: Keras tensor.
        image_shape: tuple.
        filters: int.
        normalize: function of features, that of the blocks.
    """
    halvings = sizes.count_halvings(image_shape)
    height, width, channels = image_shape
    base = (height >> halvings, width >> halvings, filters)
    x = layers.Dense(math.prod(base), **blocks.glorot())(z)
    x = layers.Reshape(base)(x)
    for _ in range(halvings):
        x = generator_block(x, filters, normalize)
    x = layers.ReLU()(_normalize(x))
    return Conv2D(
        channels, 3, 1, "same", activation="tanh", dtype="float32", **blocks.glorot()
    )(x)


def plain_convolution(filters, size, gain=1.0):
    """A convolution that is not spectrally normalised."""
    return Conv2D(filters, size, 1, "same", **blocks.glorot(gain))


def generator_block(x, filters, normalize, convolution=plain_convolution):
    """A residual block that doubles the size, normalised before each convolution.

    Args:
        x: Keras tensor.
        filters: int.
        normalize: function of features.
        convolution: function of filters, the kernel's size and the gain it starts
            with, which returns a layer.
    """
    y = layers.UpSampling2D(2)(layers.ReLU()(normalize(x)))
    y = convolution(filters, 3, GAIN)(y)
    y = layers.ReLU()(normalize(y))
    y = convolution(filters, 3, GAIN)(y)
    # Before the doubling it is the same as after it, with fewer products.
    x = layers.UpSampling2D(2)(convolution(filters, 1)(x))
    return layers.Add()([x, y])


def _normalize(x):
    return BatchNormalization(momentum=0.9, epsilon=2e-5)(x)


def sn_resnet_discriminator(image_shape, filters=128):
    """Discriminator of spectrally normalised residual blocks.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for the generator.
        filters: int. Channels of all blocks, 128 in the authors' code.

    Returns:
        `keras.Model` from `(batch, *image_shape)` to logits `(batch, 1)`.

    Raises:
        ValueError: If the sides do not halve so.
    """
    images = layers.Input(sizes.check_image_shape(image_shape), name="images")
    x = to_logit(to_features(images, filters))
    return keras.Model(images, x, name="sn_resnet_discriminator")


def to_features(x, filters):
    """The discriminator but for its last layer: images to `φ(x)`, `(batch, filters)`.

    Blocks halve the size down to between 7 and 13 pixels, and two keep it: four in all
    at 28 and 32 pixels. `φ` is the sum of each map, not its mean.
    """
    halvings = sizes.count_halvings(x.shape[1:])
    halvings -= min(x.shape[1:3]) >> halvings < 7
    x = discriminator_block(x, filters, halves=True, first=True)
    for _ in range(halvings - 1):
        x = discriminator_block(x, filters, halves=True)
    for _ in range(2):
        x = discriminator_block(x, filters)
    return pool(x)


def pool(x):
    """`φ` of the last maps: their sum where they are positive, `(batch, channels)`."""
    return ops.sum(ops.cast(layers.ReLU()(x), "float32"), axis=(1, 2))


def to_logit(features):
    """`l · φ(x)`, spectrally normalised and without a bias."""
    dense = SpectralDense(1, use_bias=False, dtype="float32", **blocks.glorot())
    return dense(features)


def _spectral_convolution(filters, size, gain=1.0):
    return SpectralConv2D(filters, size, 1, "same", **blocks.glorot(gain))


def _identity(x):
    return x


def discriminator_block(
    x,
    filters,
    halves=False,
    first=False,
    convolution=_spectral_convolution,
    normalize=_identity,
):
    """A residual block of `D`. The first one takes images, which are not rectified.

    Args:
        x: Keras tensor.
        filters: int.
        halves: bool. Whether it halves the size.
        first: bool.
        convolution: function as of `generator_block`.
        normalize: function of features, before each ReLU.
    """
    y = x if first else layers.ReLU()(normalize(x))
    y = convolution(filters, 3, GAIN)(y)
    y = layers.ReLU()(normalize(y))
    y = convolution(filters, 3, GAIN)(y)
    changes = halves or x.shape[-1] != filters
    if halves:
        y = layers.AveragePooling2D(2)(y)
        x = layers.AveragePooling2D(2)(x)
    if changes:
        # After the halving it is the same as before it, with fewer products.
        x = convolution(filters, 1)(x)
    return layers.Add()([x, y])
