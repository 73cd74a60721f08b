"""The PatchGAN discriminator of pix2pix, and that of CycleGAN.

References:
    [Isola et al., 2017](https://arxiv.org/abs/1611.07004), 3.2.2 and 6.1.2
    [Zhu et al., 2017](https://arxiv.org/abs/1703.10593), Section 4
"""

import keras
from keras import layers

from ganzoo.layers import Conv2D
from ganzoo.layers import subpixel
from ganzoo.networks import blocks
from ganzoo.networks import sizes

# Receptive field in pixels -> how many convolutions of stride 2.
STRIDED_LAYERS = {16: 1, 34: 2, 70: 3, 286: 5}


def patchgan_discriminator(
    source_shape, image_shape=None, receptive_field=None, filters=64
):
    """Discriminator that judges each patch of a translation by itself.

    Args:
        source_shape: tuple. `(height, width, channels)` of the images to translate.
        image_shape: tuple or None. Of the translated ones; None for the same.
        receptive_field: int or None. Side of a patch in pixels: 1 (PixelGAN), 16, 34,
            70 or 286. None for 70, or the largest below it that the images hold.
        filters: int. Channels of the first layer; they double up to 8 times as many.

    Returns:
        `keras.Model` from `[(batch, *source_shape), (batch, *image_shape)]` to logits
        `(batch, rows, columns, 1)`, one for each patch.

    Raises:
        ValueError: If the receptive field is none of those, or the images too small.
    """
    source_shape = sizes.check_image_shape(source_shape)
    image_shape = sizes.check_image_shape(image_shape or source_shape)
    source = layers.Input(source_shape, name="source")
    target = layers.Input(image_shape, name="target")
    logits = _judge(
        layers.Concatenate()([source, target]), receptive_field, filters, "batch"
    )
    return keras.Model([source, target], logits, name="patchgan_discriminator")


def patchgan_image_discriminator(image_shape, receptive_field=None, filters=64):
    """The same of images alone, with instance normalisation, as CycleGAN has it.

    Args:
        image_shape: tuple. `(height, width, channels)`.
        receptive_field: int or None. As in `patchgan_discriminator`.
        filters: int. As in `patchgan_discriminator`.

    Returns:
        `keras.Model` from `(batch, *image_shape)` to logits `(batch, rows, columns,
        1)`, one for each patch.

    Raises:
        ValueError: If the receptive field is none of those, or the images too small.
    """
    images = layers.Input(sizes.check_image_shape(image_shape), name="images")
    logits = _judge(images, receptive_field, filters, "instance")
    return keras.Model(images, logits, name="patchgan_image_discriminator")


def _judge(x, receptive_field, filters, normalization):
    """Logits of the patches of `x`, all but whose first layer is normalised."""
    side = min(x.shape[1:3])
    if receptive_field is None:
        receptive_field = max([16, *(n for n in (34, 70) if n <= side)])
    if receptive_field not in (1, *STRIDED_LAYERS) or receptive_field > side:
        raise ValueError(
            "`receptive_field` must be 1, 16, 34, 70 or 286 pixels, and no larger than "
            f"the images. Received: receptive_field={receptive_field}, images of "
            f"{x.shape[2]}×{x.shape[1]} pixels."
        )
    body = _pixels if receptive_field == 1 else _patches
    return body(x, filters, normalization, STRIDED_LAYERS.get(receptive_field))


def _patches(x, filters, normalization, strided_layers):
    """C64-C128-C256-C512 for 70 pixels: the last of them, and the logits, stride 1."""
    for i in range(strided_layers + 1):
        strides = 2 if i < strided_layers else 1
        x = layers.ZeroPadding2D(1)(x)
        x = _convolution(
            x, filters * 2 ** min(i, 3), 4, strides, normalization if i else None
        )
    x = layers.ZeroPadding2D(1)(x)
    return Conv2D(1, 4, dtype="float32", **blocks.normal())(x)


def _pixels(x, filters, normalization, _):
    """C64-C128 of 1x1 convolutions."""
    x = _convolution(x, filters, 1, 1, None)
    x = _convolution(x, 2 * filters, 1, 1, normalization)
    return Conv2D(1, 1, dtype="float32", **blocks.normal())(x)


def _convolution(x, filters, size, strides, normalization):
    x = subpixel.conv_2d(x, strides)(
        filters, size, strides, use_bias=normalization is None, **blocks.normal()
    )(x)
    return layers.LeakyReLU(0.2)(blocks.normalize(x, normalization))
