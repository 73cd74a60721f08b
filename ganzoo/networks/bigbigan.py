"""The networks of BigBiGAN: those of BigGAN without labels, and an encoder.

Kernels of the generator and the discriminator are spectrally normalised, and start
orthogonal. The paper's are for ImageNet; these have the widths of BigGAN's at each
size.

Reference:
    [Donahue & Simonyan, 2019](https://arxiv.org/abs/1907.02544)
"""

import keras
from keras import layers
from keras import ops

from ganzoo.layers import SpectralDense
from ganzoo.networks import biggan
from ganzoo.networks import blocks
from ganzoo.networks import sizes
from ganzoo.networks import sn_resnet
from ganzoo.system.errors import check_bool

BLOCKS = 3  # residual ones of dense layers
MAX_MULTIPLE = 16  # of `filters`, in the encoder
LEAST = -20.0  # before a softplus that has a logarithm: then σ is 2e-9


def bigbigan_generator(image_shape, latent_dim=120, filters=64):
    """Generator of BigGAN's blocks, each of which is told a part of the latents.

    Gains and offsets of batch normalisation are linear in that part. The first layer
    takes another one.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for `biggan_generator`.
        latent_dim: int. Size of the latents, which have an equal part for the first
            layer and each block. At 32 pixels there are three blocks, at 28 two.
        filters: int. As in `biggan_generator`.

    Returns:
        `keras.Model` from `(batch, latent_dim)` to `(batch, *image_shape)` in [-1, 1].

    Raises:
        ValueError: If the sides do not halve so, or the latents have no equal parts.
    """
    z = layers.Input((latent_dim,), name="latents")
    first, *conditions = biggan.split_latents(z, biggan.count_blocks(image_shape))
    x = biggan.to_image(first, conditions, image_shape, filters, biggan.regularizer())
    return keras.Model(z, x, name="bigbigan_generator")


def bigbigan_discriminator(
    image_shape, latent_dim=120, filters=64, units=256, unary=True
):
    """Discriminator of an image, a latent, and the pair of both.

    `F` is BigGAN's discriminator up to its features, and `H` and `J` are residual
    blocks of dense layers with LeakyReLU 0.2. The scores `s_x` and `s_z` are linear in
    `F(x)` and `H(z)`, and `s_xz` in `J(F(x), H(z))`.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for `biggan_generator`.
        latent_dim: int. Size of the latents.
        filters: int. As in `biggan_discriminator`.
        units: int. Size of the dense layers.
        unary: bool. Whether to return `s_x` and `s_z` too. Without them it is a
            discriminator for BiGAN.

    Returns:
        `keras.Model` from `[(batch, *image_shape), (batch, latent_dim)]` to scores
        `s_x`, `s_z` and `s_xz`, `(batch, 3)`, or to `s_xz` alone, `(batch, 1)`.

    Raises:
        ValueError: If the sides do not halve so, or `unary` is no bool.
    """
    check_bool("unary", unary)
    images = layers.Input(sizes.check_image_shape(image_shape), name="images")
    z = layers.Input((latent_dim,), name="latents")
    of_image = biggan.to_features(images, filters, biggan.regularizer())
    of_latent = _residual_blocks(z, units)
    of_both = _residual_blocks(_join([of_image, of_latent]), units)
    scores = _dense(1)(of_both)
    if unary:
        scores = _join([_dense(1)(of_image), _dense(1)(of_latent), scores])
    return keras.Model([images, z], scores, name="bigbigan_discriminator")


def _residual_blocks(x, units):
    """`x + W₂ f(W₁ f(x))`, a few times, with `f` LeakyReLU 0.2."""
    x = _dense(units)(x)
    for _ in range(BLOCKS):
        y = _dense(units)(_leaky_relu(x))
        y = _dense(units)(_leaky_relu(y))
        x = layers.Add(dtype="float32")([x, y])
    return _leaky_relu(x)


def _dense(units):
    # They are small, and sums over pixels large: in full precision.
    return SpectralDense(units, dtype="float32", **biggan.regularizer()())


def _leaky_relu(x):
    return layers.LeakyReLU(0.2, dtype="float32")(x)


def _join(tensors):
    return layers.Concatenate(dtype="float32")(tensors)


def bigbigan_encoder(image_shape, latent_dim=120, filters=64, stochastic=True):
    """Encoder `E`: a residual network with batch normalisation.

    Its blocks are the discriminator's, normalised before each ReLU and without spectral
    normalisation. Their channels double from one to the next, up to 16 times the first.
    The last maps are averaged over the pixels.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for `biggan_generator`.
        latent_dim: int. Size of the latents.
        filters: int. Channels of the first block.
        stochastic: bool. Whether it returns a mean `μ` and the logarithm of a standard
            deviation `σ` for each latent, the means first. `σ` is the softplus of a
            linear layer. Without it, it is an encoder for BiGAN.

    Returns:
        `keras.Model` from `(batch, *image_shape)` to `(batch, 2 * latent_dim)`, or to
        `(batch, latent_dim)`.

    Raises:
        ValueError: If the sides do not halve so, or `stochastic` is no bool.
    """
    check_bool("stochastic", stochastic)
    images = layers.Input(sizes.check_image_shape(image_shape), name="images")
    of_discriminator, halvings = biggan.discriminator_widths(image_shape, filters)
    x = images
    for i in range(len(of_discriminator)):
        x = sn_resnet.discriminator_block(
            x,
            filters * min(2**i, MAX_MULTIPLE),
            halves=i < halvings,
            first=i == 0,
            convolution=sn_resnet.plain_convolution,
            normalize=blocks.normalize,
        )
    x = layers.ReLU()(blocks.normalize(x))
    x = layers.GlobalAveragePooling2D(dtype="float32")(x)
    size = 2 * latent_dim if stochastic else latent_dim
    x = layers.Dense(size, dtype="float32", **blocks.glorot())(x)
    if stochastic:
        mu, rho = ops.split(x, 2, axis=-1)
        log_sigma = ops.log(ops.softplus(ops.maximum(rho, LEAST)))
        x = ops.concatenate([mu, log_sigma], axis=-1)
    return keras.Model(images, x, name="bigbigan_encoder")
