"""The all-convolutional networks of DCGAN.

Reference:
    [Radford et al., 2016](https://arxiv.org/abs/1511.06434), Section 3 and Figure 1
"""

import keras
from keras import layers

from ganzoo.layers import MinibatchDiscrimination
from ganzoo.layers import ReferenceBatch
from ganzoo.layers import SpectralConv2D
from ganzoo.layers import SpectralDense
from ganzoo.layers import WithoutReference
from ganzoo.layers import subpixel
from ganzoo.networks import blocks
from ganzoo.networks import sizes


def dcgan_generator(image_shape, latent_dim=100, filters=64, normalization="batch"):
    """Generator of strided transposed convolutions, Figure 1.

    Args:
        image_shape: tuple. `(height, width, channels)`; both sides halve down to
            between 4 and 7 pixels, like 28, 32, 64 or 128.
        latent_dim: int. Size of the latents.
        filters: int. Half the channels before the last convolution; the paper's 1024,
            512, 256 and 128 at 64 pixels come from 64. They double with each halving,
            up to 16 times as many.
        normalization: str. "batch" as in the paper; "virtual" for that of Salimans et
            al. (2016), Section 3.5, by a fixed batch of latents.

    Returns:
        `keras.Model` from `(batch, latent_dim)` to `(batch, *image_shape)` in [-1, 1].

    Raises:
        ValueError: If the sides do not halve so, or the normalisation is unknown.
    """
    z = layers.Input((latent_dim,), name="latents")
    if normalization == "virtual":
        x = to_picture(ReferenceBatch()(z), image_shape, filters, normalization)
        x = WithoutReference()(x)
    else:
        x = to_picture(z, image_shape, filters, normalization)
    return keras.Model(z, x, name="dcgan_generator")


def to_picture(z, image_shape, filters, normalization="batch"):
    """The whole of the generator: `(batch, features)` to `(batch, *image_shape)`."""
    halvings = sizes.count_halvings(image_shape)
    height, width, channels = image_shape
    base = (height >> halvings, width >> halvings, _channels(filters, halvings))
    biased = normalization in (None, "spectral")
    size = base[0] * base[1] * base[2]
    x = layers.Dense(size, use_bias=biased, **blocks.normal())(z)
    x = layers.Reshape(base)(x)
    x = blocks.normalize(x, normalization)
    x = layers.ReLU()(x)
    for i in reversed(range(1, halvings)):
        x = subpixel.HiddenConv2DTranspose(
            _channels(filters, i), 5, 2, "same", use_bias=biased, **blocks.normal()
        )(x)
        x = blocks.normalize(x, normalization)
        x = layers.ReLU()(x)
    return subpixel.SubpixelConv2DTranspose(
        channels, 5, 2, "same", activation="tanh", dtype="float32", **blocks.normal()
    )(x)


def dcgan_discriminator(
    image_shape, filters=64, normalization="batch", minibatch_kernels=0
):
    """Discriminator of strided convolutions with LeakyReLU 0.2.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for the generator.
        filters: int. Channels of the first convolution, which has no normalisation;
            they double with each halving, up to 16 times as many.
        normalization: str or None. "batch" as in the paper; "layer" or None for a
            critic with a gradient penalty (Gulrajani et al., 2017, Section 4);
            "spectral" for kernels divided by their largest singular value (Miyato et
            al., 2018).
        minibatch_kernels: int. Numbers that say how alike the images of a batch are,
            before the last layer (Salimans et al., 2016, Section 3.2); 0 for none.

    Returns:
        `keras.Model` from `(batch, *image_shape)` to logits `(batch, 1)`.

    Raises:
        ValueError: If the sides do not halve so, or the normalisation is unknown.
    """
    pictures = layers.Input(image_shape, name="pictures")
    x = to_features(pictures, filters, normalization)
    if minibatch_kernels:
        x = MinibatchDiscrimination(minibatch_kernels)(x)
    dense = SpectralDense if normalization == "spectral" else layers.Dense
    x = dense(1, dtype="float32", **blocks.normal())(x)
    return keras.Model(pictures, x, name="dcgan_discriminator")


def to_features(x, filters, normalization="batch", condition=None):
    """The discriminator but for its last layer: images to `(batch, features)`.

    A condition `(batch, size)` is joined to the first convolution's output, as one
    constant map for each of its numbers.
    """
    return layers.Flatten()(to_maps(x, filters, normalization, condition))


def to_maps(x, filters, normalization="batch", condition=None):
    """The convolutions of `to_features`: images to `(batch, height, width, maps)`."""
    for i in range(sizes.count_halvings(x.shape[1:])):
        first = i == 0
        spectral = normalization == "spectral"
        conv_2d = SpectralConv2D if spectral else subpixel.conv_2d(x)
        x = conv_2d(
            _channels(filters, i),
            5,
            2,
            "same",
            use_bias=first or normalization in (None, "spectral"),
            **blocks.normal(),
        )(x)
        x = x if first else blocks.normalize(x, normalization)
        x = layers.LeakyReLU(0.2)(x)
        if first and condition is not None:
            x = blocks.join_maps(x, condition)
    return x


def _channels(filters, doublings):
    return filters * 2 ** min(doublings, 4)
