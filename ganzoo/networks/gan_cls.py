"""The networks of GAN-CLS: DCGAN's, which are also told a text, and two encoders.

Both players have a dense layer of their own for the encoding of a text. The generator
has its output beside the latents, and the discriminator in maps after its last strided
convolution.

Reference:
    [Reed et al., 2016](https://arxiv.org/abs/1605.05396)
"""

import keras
from keras import layers

from ganzoo.layers import MinibatchDiscrimination
from ganzoo.layers import SpectralConv2D
from ganzoo.layers import SpectralDense
from ganzoo.layers import subpixel
from ganzoo.networks import blocks
from ganzoo.networks import dcgan
from ganzoo.networks import sizes

TEXT_DIM = 256
# What a player makes of an encoding.
COMPRESSED = 128


def gan_cls_generator(image_shape, text_dim=TEXT_DIM, latent_dim=100, filters=64):
    """Generator of strided transposed convolutions, of latents and encoded texts.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for `dcgan_generator`.
        text_dim: int. Numbers of an encoding.
        latent_dim: int. Size of the latents.
        filters: int. As in `dcgan_generator`.

    Returns:
        `keras.Model` from `[(batch, latent_dim), (batch, text_dim)]` to images
        `(batch, *image_shape)` in [-1, 1].

    Raises:
        ValueError: If the sides do not halve down to between 4 and 7 pixels.
    """
    z = layers.Input((latent_dim,), name="latents")
    phi = layers.Input((text_dim,), name="text")
    t = layers.Dense(COMPRESSED, **blocks.normal())(phi)
    x = layers.Concatenate()([z, layers.LeakyReLU(0.2)(t)])
    x = dcgan.to_picture(x, image_shape, filters)
    return keras.Model([z, phi], x, name="gan_cls_generator")


def gan_cls_discriminator(
    image_shape,
    text_dim=TEXT_DIM,
    filters=64,
    normalization="batch",
    minibatch_kernels=0,
):
    """Discriminator of strided convolutions, of images and encoded texts.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for the generator.
        text_dim: int. Numbers of an encoding.
        filters: int. As in `dcgan_discriminator`.
        normalization: str or None. As in `dcgan_discriminator`, also of the layers that
            the text has.
        minibatch_kernels: int. As in `dcgan_discriminator`.

    Returns:
        `keras.Model` from `[(batch, *image_shape), (batch, text_dim)]` to logits
        `(batch, 1)`.

    Raises:
        ValueError: If the sides do not halve so, or the normalisation is unknown.
    """
    images = layers.Input(sizes.check_image_shape(image_shape), name="images")
    phi = layers.Input((text_dim,), name="text")
    spectral = normalization == "spectral"
    dense = SpectralDense if spectral else layers.Dense
    biased = {"use_bias": normalization in (None, "spectral"), **blocks.normal()}
    t = blocks.normalize(dense(COMPRESSED, **biased)(phi), normalization)
    x = dcgan.to_maps(images, filters, normalization)
    maps = x.shape[-1]
    x = blocks.join_maps(x, layers.LeakyReLU(0.2)(t))
    conv_2d = SpectralConv2D if spectral else subpixel.conv_2d(x)
    x = blocks.normalize(conv_2d(maps, 1, **biased)(x), normalization)
    x = layers.Flatten()(layers.LeakyReLU(0.2)(x))
    if minibatch_kernels:
        x = MinibatchDiscrimination(minibatch_kernels)(x)
    x = dense(1, dtype="float32", **blocks.normal())(x)
    return keras.Model([images, phi], x, name="gan_cls_discriminator")


def gan_cls_text_encoder(num_words, text_dim=TEXT_DIM, word_dim=64):
    """Text encoder `φ` of one recurrent layer over the words of a text.

    Args:
        num_words: int. Tokens are 0, which stands for no word, to `num_words - 1`.
        text_dim: int. Numbers of an encoding.
        word_dim: int. Numbers that stand for a word.

    Returns:
        `keras.Model` from tokens `(batch, length)`, of any length, to encodings
        `(batch, text_dim)`.
    """
    tokens = layers.Input((None,), dtype="int32", name="tokens")
    words = layers.Embedding(num_words, word_dim, mask_zero=True)(tokens)
    phi = layers.GRU(text_dim, dtype="float32")(words)
    return keras.Model(tokens, phi, name="gan_cls_text_encoder")


def gan_cls_image_encoder(image_shape, text_dim=TEXT_DIM, filters=32):
    """Image encoder `θ` of strided convolutions, beside which `φ` learns.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for the generator.
        text_dim: int. Numbers of an encoding.
        filters: int. As in `dcgan_discriminator`.

    Returns:
        `keras.Model` from `(batch, *image_shape)` to `(batch, text_dim)`.

    Raises:
        ValueError: If the sides do not halve down to between 4 and 7 pixels.
    """
    images = layers.Input(sizes.check_image_shape(image_shape), name="images")
    x = dcgan.to_features(images, filters)
    x = layers.Dense(text_dim, dtype="float32", **blocks.normal())(x)
    return keras.Model(images, x, name="gan_cls_image_encoder")
