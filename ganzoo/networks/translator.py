"""The residual generator of CycleGAN, which translates images.

Reference:
    [Zhu et al., 2017](https://arxiv.org/abs/1703.10593), Section 4 and the appendix,
    after [Johnson et al., 2016](https://arxiv.org/abs/1603.08155)
"""

import keras
from keras import layers
from keras import ops

from ganzoo.layers import Conv2D
from ganzoo.layers import Conv2DTranspose
from ganzoo.networks import blocks
from ganzoo.networks import sizes

MIN_SIDE = 8  # pixels, from which on there is something to reflect at a quarter
LARGE = 256  # pixels, from which on the paper has nine blocks


def translator_generator(
    source_shape, image_shape=None, filters=64, residual_blocks=None
):
    """Two convolutions that halve the size, residual blocks, and two that double it.

    With instance normalisation, and with reflections of the image where convolutions
    reach beyond its border. Sides that four does not divide are padded inside.

    Args:
        source_shape: tuple. `(height, width, channels)` of the images to translate.
        image_shape: tuple or None. Of the translated ones; None for the same.
        filters: int. Channels of the outermost layers; residual blocks have 4 times as
            many.
        residual_blocks: int or None. How many there are. None for 6, and for 9 from 256
            pixels on.

    Returns:
        `keras.Model` from `(batch, *source_shape)` to `(batch, *image_shape)` in
        [-1, 1].

    Raises:
        ValueError: If a side is smaller than 8, or the two shapes differ in size.
    """
    height, width, _ = sizes.check_image_shape(source_shape)
    image_shape = sizes.check_image_shape(image_shape or source_shape)
    if image_shape[:2] != (height, width) or min(height, width) < MIN_SIDE:
        raise ValueError(
            f"A translator makes images of {MIN_SIDE} pixels or more into others of "
            f"the same size. Received: source_shape={source_shape}, "
            f"image_shape={image_shape}."
        )
    if residual_blocks is None:
        residual_blocks = 9 if min(height, width) >= LARGE else 6
    margins = [_halves(-side % 4) for side in (height, width)]
    source = layers.Input(source_shape, name="source")
    outer = [tuple(3 + pixels for pixels in margin) for margin in margins]
    x = _normalized(Conv2D, _reflected(source, outer), filters, 7)
    for scale in (2, 4):
        x = _normalized(Conv2D, x, scale * filters, 3, strides=2, padding="same")
    for _ in range(residual_blocks):
        y = _normalized(Conv2D, _reflected(x), 4 * filters, 3)
        y = _normalized(Conv2D, _reflected(y), 4 * filters, 3, activate=False)
        x = layers.Add()([x, y])
    for scale in (2, 1):
        x = _normalized(
            Conv2DTranspose, x, scale * filters, 3, strides=2, padding="same"
        )
    x = _reflected(x, [(3, 3)] * 2)
    x = Conv2D(image_shape[-1], 7, **blocks.normal())(x)
    x = layers.Cropping2D(margins)(x)
    x = layers.Activation("tanh", dtype="float32")(x)
    return keras.Model(source, x, name="translator_generator")


def _normalized(layer, x, filters, size, activate=True, **options):
    """A convolution, an instance normalisation and, but where they end, a ReLU."""
    x = layer(filters, size, use_bias=False, **options, **blocks.normal())(x)
    x = blocks.normalize(x, "instance")
    return layers.ReLU()(x) if activate else x


def _reflected(x, margins=((1, 1), (1, 1))):
    """Images with so many pixels more at each side, in which they are reflected."""
    return ops.pad(x, ((0, 0), *margins, (0, 0)), mode="reflect")


def _halves(count):
    return count // 2, count - count // 2
