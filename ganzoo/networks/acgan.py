"""DCGAN's discriminator with a second head, which tells classes.

The paper has one trunk and both outputs at its end. Its own networks are for ImageNet
and CIFAR-10; with these, games compare on equal networks. The generator is
`dcgan_conditional_generator`.

Reference:
    [Odena et al., 2017](https://arxiv.org/abs/1610.09585), the table of its appendix
"""

import keras
from keras import layers

from ganzoo.networks import blocks
from ganzoo.networks import dcgan
from ganzoo.networks import sizes


def acgan_discriminator(image_shape, num_classes, filters=64, dropout=0.5):
    """Discriminator of strided convolutions, with a logit and one for each class.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for `dcgan_discriminator`.
        num_classes: int. Labels are 0 to `num_classes - 1`.
        filters: int. As in `dcgan_discriminator`.
        dropout: float. Rate of the features before both heads.

    Returns:
        `keras.Model` from images `(batch, *image_shape)` to a dict of logits: "logit",
        `(batch, 1)`, and "classes", `(batch, num_classes)`.

    Raises:
        ValueError: If the sides do not halve down to between 4 and 7 pixels.
    """
    images = layers.Input(sizes.check_image_shape(image_shape), name="images")
    x = blocks.dropout(dropout)(dcgan.to_features(images, filters))
    heads = {
        "logit": layers.Dense(1, dtype="float32", **blocks.normal())(x),
        "classes": layers.Dense(num_classes, dtype="float32", **blocks.normal())(x),
    }
    return keras.Model(images, heads, name="acgan_discriminator")
