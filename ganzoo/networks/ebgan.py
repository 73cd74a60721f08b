"""An autoencoder of DCGAN's layers, the discriminator of EBGAN.

Reference:
    [Zhao et al., 2017](https://arxiv.org/abs/1609.03126). There is no batch
    normalisation, as an energy is that of one image.
"""

import keras
from keras import layers

from ganzoo.networks import blocks
from ganzoo.networks import dcgan


def ebgan_discriminator(image_shape, code_dim=64, filters=64, normalization="layer"):
    """Autoencoder: DCGAN's discriminator down to a code, and its generator up again.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for `dcgan_generator`.
        code_dim: int. Size of the code.
        filters: int. As in `dcgan_discriminator` and `dcgan_generator`.
        normalization: str or None. "layer", "spectral" (of the encoder) or None.

    Returns:
        `keras.Model` from images `(batch, *image_shape)` to a dict: "reconstruction",
        such images in [-1, 1], and "code", `(batch, code_dim)`.

    Raises:
        ValueError: If the sides do not halve down to between 4 and 7 pixels, or the
            normalisation is unknown.
    """
    pictures = layers.Input(image_shape, name="pictures")
    x = dcgan.to_features(pictures, filters, normalization)
    code = layers.Dense(code_dim, name="code", **blocks.normal())(x)
    x = dcgan.to_picture(code, image_shape, filters, normalization)
    outputs = {"reconstruction": x, "code": code}
    return keras.Model(pictures, outputs, name="ebgan_discriminator")
