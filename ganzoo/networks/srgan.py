"""The networks of SRGAN: a residual generator, SRResNet, and its discriminator.

Reference:
    [Ledig et al., 2017](https://arxiv.org/abs/1609.04802), Section 2.1
"""

import keras
from keras import layers

from ganzoo.layers import Conv2D
from ganzoo.layers.depth_to_space import DepthToSpace
from ganzoo.layers.depth_to_space import EqualSubkernels
from ganzoo.networks import blocks
from ganzoo.networks import sizes

MIN_SIDE = 16  # pixels of the shorter side of a large image


def srgan_generator(source_shape, image_shape, residual_blocks=16, filters=64):
    """SRResNet: residual blocks at the size of the source, which then doubles.

    All its layers are convolutions, so that its weights enlarge images of any size.

    Args:
        source_shape: tuple. `(height, width, channels)` of the images to enlarge.
        image_shape: tuple. Of the enlarged ones, with sides 2 or 4 times as long.
        residual_blocks: int. How many there are.
        filters: int. Channels of all layers but the last, and but those that double
            the size, which have 4 times as many.

    Returns:
        `keras.Model` from `(batch, *source_shape)` to `(batch, *image_shape)` in
        [-1, 1].

    Raises:
        ValueError: If the sides are not 2 or 4 times as long, or the channels others.
    """
    source_shape = sizes.check_image_shape(source_shape)
    image_shape = sizes.check_image_shape(image_shape)
    scale = sizes.find_scale(source_shape, image_shape)
    if scale is None:
        raise ValueError(
            "`image_shape` must have the channels of `source_shape`, and sides that "
            "are 2 or 4 times as long. Received: "
            f"source_shape={source_shape}, image_shape={image_shape}."
        )
    source = layers.Input(source_shape, name="source")
    x = begin = _prelu()(Conv2D(filters, 9, padding="same")(source))
    for _ in range(residual_blocks):
        x = _block(x, filters)
    x = layers.Add()([_normalized(x, filters), begin])
    while scale > 1:
        kernel = EqualSubkernels(2)
        x = Conv2D(4 * filters, 3, padding="same", kernel_initializer=kernel)(x)
        x = _prelu()(DepthToSpace(2)(x))
        scale //= 2
    x = Conv2D(image_shape[-1], 9, padding="same", activation="tanh", dtype="float32")(
        x
    )
    return keras.Model(source, x, name="srgan_generator")


def srgan_discriminator(image_shape, filters=64, normalization="batch"):
    """Discriminator of convolutions of 3 x 3, every other one of which halves the size.

    Args:
        image_shape: tuple. `(height, width, channels)`, 16 pixels or more.
        filters: int. Channels of the first two layers; they double three times.
        normalization: "batch", "layer" or None, but not after the first layer. With a
            penalty on the slope, "layer" or None.

    Returns:
        `keras.Model` from `(batch, *image_shape)` to logits `(batch, 1)`.

    Raises:
        ValueError: If images are smaller, or the normalisation is unknown.
    """
    image_shape = sizes.check_image_shape(image_shape)
    if min(image_shape[:2]) < MIN_SIDE:
        raise ValueError(
            f"`image_shape` must have sides of {MIN_SIDE} pixels or more: the size is "
            f"halved four times. Received: image_shape={image_shape}."
        )
    images = layers.Input(image_shape, name="images")
    x = images
    for i in range(8):
        use_bias = i == 0 or normalization is None
        x = Conv2D(
            filters * 2 ** (i // 2), 3, 1 + i % 2, padding="same", use_bias=use_bias
        )(x)
        x = layers.LeakyReLU(0.2)(blocks.normalize(x, normalization) if i else x)
    x = layers.LeakyReLU(0.2)(layers.Dense(16 * filters)(layers.Flatten()(x)))
    x = layers.Dense(1, dtype="float32")(x)
    return keras.Model(images, x, name="srgan_discriminator")


def _block(x, filters):
    """`x` and what two convolutions change of it."""
    y = _prelu()(_normalized(x, filters))
    return layers.Add()([x, _normalized(y, filters)])


def _normalized(x, filters):
    x = Conv2D(filters, 3, padding="same", use_bias=False)(x)
    return blocks.normalize(x)


def _prelu():
    """A ReLU with a slope for each channel below 0, the same in all places."""
    return layers.PReLU(keras.initializers.Constant(0.25), shared_axes=[1, 2])
