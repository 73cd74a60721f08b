"""The U-Net of pix2pix.

Reference:
    [Isola et al., 2017](https://arxiv.org/abs/1611.07004), Section 3.2.1, Appendix 6.1
"""

import keras
from keras import layers

from ganzoo.layers import Conv2D
from ganzoo.layers import Conv2DTranspose
from ganzoo.layers import subpixel
from ganzoo.networks import blocks
from ganzoo.networks import sizes


def unet_generator(source_shape, image_shape=None, filters=64):
    """Encoder and decoder with skips between the layers of equal size.

    At 256 pixels this is the paper's C64-C128-C256-C512-C512-C512-C512-C512 and
    CD512-CD512-CD512-C512-C256-C128-C64. Smaller images have fewer layers; sides
    that are no power of two are padded inside. The innermost layer, a single pixel, has
    no batch normalisation, which would erase it in a batch of one.

    Args:
        source_shape: tuple. `(height, width, channels)` of the images to translate.
        image_shape: tuple or None. Of the translated ones; None for the same.
        filters: int. Channels of the outermost layer; they double inwards up to 8
            times as many.

    Returns:
        `keras.Model` from `(batch, *source_shape)` to `(batch, *image_shape)` in
        [-1, 1]. Its dropout is its only noise.

    Raises:
        ValueError: If a side is smaller than 16, or the two shapes differ in size.
    """
    height, width, _ = sizes.check_image_shape(source_shape)
    image_shape = sizes.check_image_shape(image_shape or source_shape)
    if image_shape[:2] != (height, width) or min(height, width) < 16:
        raise ValueError(
            "A U-Net translates images of 16 pixels or more into others of the same "
            f"size. Received: source_shape={source_shape}, image_shape={image_shape}."
        )
    depth = (min(height, width) - 1).bit_length()
    widths = [filters * 2 ** min(i, 3) for i in range(depth)]
    padding = _padding(height, width, 2**depth)
    source = layers.Input(source_shape, name="source")
    x = layers.ZeroPadding2D(padding)(source)
    skips = []
    for i, n in enumerate(widths):
        x = layers.LeakyReLU(0.2)(x) if i else x
        x = _convolution(Conv2D, x, n, normalize=0 < i < depth - 1)
        skips.append(x)
    for i, n in enumerate(reversed(widths[:-1])):
        x = layers.ReLU()(x)
        x = _convolution(Conv2DTranspose, x, n, normalize=True)
        x = blocks.dropout(0.5)(x) if i < 3 else x
        x = layers.Concatenate()([x, skips[-2 - i]])
    x = layers.ReLU()(x)
    x = subpixel.SubpixelConv2DTranspose(
        image_shape[-1], 4, 2, "same", **blocks.normal()
    )(x)
    x = layers.Cropping2D(padding)(x)
    x = layers.Activation("tanh", dtype="float32")(x)
    return keras.Model(source, x, name="unet_generator")


def _padding(height, width, multiple):
    def split(side):
        total = -side % multiple
        return (total // 2, total - total // 2)

    return (split(height), split(width))


def _convolution(layer, x, filters, normalize):
    x = layer(filters, 4, 2, "same", use_bias=not normalize, **blocks.normal())(x)
    return blocks.normalize(x) if normalize else x
