"""The residual networks of R3GAN, without normalisation.

Reference:
    [Huang et al., 2024](https://arxiv.org/abs/2501.05441)
"""

import math

import keras
from keras import layers
from keras import ops

from ganzoo.layers import Conv2D
from ganzoo.layers import GroupedConv2D
from ganzoo.layers import LearnedConstant
from ganzoo.layers import Resampling2D
from ganzoo.networks import sizes

SLOPE = 0.2
GAIN = math.sqrt(2 / (1 + SLOPE**2))  # keeps the variance through a leaky ReLU
EXPANSION = 2  # how much wider the middle of a block is
GROUP = 16  # channels of a group there
FULL = 4  # sizes, from the smallest on, of all channels; then each has half as many


def r3gan_generator(image_shape, latent_dim=64, filters=768, blocks=2):
    """Generator of residual blocks on a learned basis.

    Args:
        image_shape: tuple. `(height, width, channels)`; both sides halve down to
            between 4 and 7 pixels, like those of 28, 32 and 64 pixels.
        latent_dim: int. Size of the latents.
        filters: int. Channels of the features at the four smallest sizes. Above, which
            is from 64 pixels on, each doubling of the size halves them.
        blocks: int. Residual blocks of each size.

    Returns:
        `keras.Model` from `(batch, latent_dim)` to `(batch, *image_shape)`, about in
        [-1, 1].

    Raises:
        ValueError: If the sides do not halve so.
    """
    z = layers.Input((latent_dim,), name="latents")
    x = to_image(z, image_shape, filters, blocks)
    return keras.Model(z, x, name="r3gan_generator")


def to_image(code, image_shape, filters, blocks):
    """The whole of the generator, from `(batch, size)`."""
    *_, base = shapes = sizes.halved(image_shape)
    widths = find_widths(shapes, filters)
    of_code = {"use_bias": False, "name": "scales", **normal(code.shape[-1])}
    scales = layers.Dense(widths[-1], **of_code)(code)
    x = LearnedConstant((*base[:2], widths[-1]), name="constant")(code)
    x = x * layers.Reshape((1, 1, widths[-1]))(scales)
    for i, width in enumerate(reversed(widths)):
        if i > 0:
            x = Resampling2D("up")(to_width(x, width, f"stage{i}_width"))
        for j in range(blocks):
            x = block(x, blocks * len(widths), f"stage{i}_block{j}")
    last = {"use_bias": False, "dtype": "float32", "name": "last_conv"}
    return Conv2D(image_shape[-1], 1, **last, **normal(x.shape[-1]))(x)


def r3gan_discriminator(image_shape, filters=768, blocks=2):
    """Discriminator of residual blocks.

    Args:
        image_shape: tuple. As of `r3gan_generator`, like what follows.
        filters: int.
        blocks: int.

    Returns:
        `keras.Model` from `(batch, *image_shape)` to logits `(batch, 1)`.

    Raises:
        ValueError: As of `r3gan_generator`.
    """
    images = layers.Input(sizes.check_image_shape(image_shape), name="images")
    x = to_outputs(images, 1, filters, blocks)
    return keras.Model(images, x, name="r3gan_discriminator")


def to_outputs(images, outputs, filters, blocks):
    """The whole of the discriminator, to `(batch, outputs)`."""
    *_, base = shapes = sizes.halved(images.shape[1:])
    widths = find_widths(shapes, filters)
    x = to_width(images, widths[0], "stage0_width")
    for i, width in enumerate(widths):
        if i > 0:
            x = to_width(Resampling2D("down")(x), width, f"stage{i}_width")
        for j in range(blocks):
            x = block(x, blocks * len(widths), f"stage{i}_block{j}")
    area = math.prod(base[:2])
    x = layers.DepthwiseConv2D(
        base[:2],
        use_bias=False,
        depthwise_initializer=normal(area)["kernel_initializer"],
        name="basis",
    )(x)
    x = ops.cast(layers.Flatten()(x), "float32")
    last = {"use_bias": False, "dtype": "float32", "name": "logit"}
    return layers.Dense(outputs, **last, **normal(x.shape[-1]))(x)


def block(x, count, name):
    """`x + C(a(B(a(A(x)))))`, `B` in groups of 16 channels, and `C` 0 at first.

    Of channels that are no multiple of 8, `B` is in one group.

    Args:
        x: Keras tensor.
        count: int. How many blocks the network has. The more, the smaller its kernels
            are at first.
        name: str.
    """
    width = x.shape[-1]
    wide = EXPANSION * width
    gain = GAIN * count**-0.25
    y = Conv2D(wide, 1, name=f"{name}_conv1", **normal(width, gain))(x)
    y = layers.LeakyReLU(SLOPE)(y)
    groups = 1 if wide % GROUP else wide // GROUP
    of_group = {"name": f"{name}_conv2", **normal(9 * wide // groups, gain)}
    y = GroupedConv2D(wide, 3, 1, "same", groups=groups, **of_group)(y)
    y = layers.LeakyReLU(SLOPE)(y)
    at_first = {"kernel_initializer": "zeros", "name": f"{name}_conv3"}
    y = Conv2D(width, 1, use_bias=False, **at_first)(y)
    return layers.Add()([x, y])


def to_width(x, width, name):
    """Features of another number of channels, by a layer of this name."""
    if x.shape[-1] == width:
        return x
    options = {"use_bias": False, "name": name, **normal(x.shape[-1])}
    return Conv2D(width, 1, **options)(x)


def find_widths(shapes, filters):
    """Channels at each size, from the largest on."""
    count = len(shapes)
    return [max(1, filters >> max(0, count - FULL - i)) for i in range(count)]


def normal(fan_in, gain=1.0):
    """Arguments of a layer whose kernel starts as N(0, gain² / fan_in)."""
    deviation = gain / math.sqrt(fan_in)
    return {"kernel_initializer": keras.initializers.RandomNormal(0.0, deviation)}
