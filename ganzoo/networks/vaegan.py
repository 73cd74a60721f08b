"""DCGAN's discriminator with its features as a second output, for VAEGAN.

The paper's networks are much like DCGAN's; with these, games compare on equal networks.
The generator is `dcgan_generator`, and the encoder `dcgan_encoder`.

Reference:
    [Larsen et al., 2016](https://arxiv.org/abs/1512.09300)
"""

import keras
from keras import layers

from ganzoo.networks import blocks
from ganzoo.networks import dcgan
from ganzoo.networks import sizes


def vaegan_discriminator(image_shape, filters=64):
    """Discriminator of strided convolutions, with a logit and what it is made of.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for `dcgan_discriminator`.
        filters: int. As in `dcgan_discriminator`.

    Returns:
        `keras.Model` from images `(batch, *image_shape)` to a dict: "logit",
        `(batch, 1)`, and "features", `(batch, d)`, of the last convolution.

    Raises:
        ValueError: If the sides do not halve down to between 4 and 7 pixels.
    """
    images = layers.Input(sizes.check_image_shape(image_shape), name="images")
    features = dcgan.to_features(images, filters)
    logit = layers.Dense(1, dtype="float32", **blocks.normal())(features)
    return keras.Model(
        images, {"logit": logit, "features": features}, name="vaegan_discriminator"
    )
