"""StyleGAN's generator; its discriminator is StyleGAN2's in its plain form.

Reference:
    [Karras et al., 2019](https://arxiv.org/abs/1812.04948)
"""

import math

import keras
from keras import layers
from keras import ops

from ganzoo.layers import AdaptiveInstanceNormalization
from ganzoo.layers import EqualizedConv2D
from ganzoo.layers import LearnedConstant
from ganzoo.layers import Noise
from ganzoo.layers.style import scaled_leaky_relu
from ganzoo.networks import sizes
from ganzoo.networks import stylegan2


def stylegan_generator(
    image_shape,
    latent_dim=512,
    style_dim=512,
    filters=512,
    channel_base=16384,
    mapping_layers=8,
):
    """Generator whose layers each have the mean and the deviation that a style says.

    It is two models: "mapping", from latents to a style for each layer, and
    "synthesis", from these and noise to images. It is trained at its full size from the
    start; the paper's grows.

    Args:
        image_shape: tuple. `(height, width, channels)`; both sides halve down to
            between 4 and 7 pixels, where a learned constant begins.
        latent_dim: int. Size of the latents.
        style_dim: int. Size of the styles.
        filters: int. Most channels of a layer.
        channel_base: int. At a side of `r` pixels there are `channel_base // r`
            channels, if those are less.
        mapping_layers: int.

    Returns:
        `keras.Model` from latents `(batch, latent_dim)`, the truncation of each style
        `(batch, layers)`, of which 1 is none, and noise `(batch, size)`, to
        `(batch, *image_shape)`, about in [-1, 1].

    Raises:
        ValueError: If the sides do not halve so.
    """
    shapes = sizes.halved(image_shape)
    count = 2 * len(shapes)
    mapping = stylegan2.to_styles(latent_dim, None, style_dim, mapping_layers, count)
    synthesis = _to_images(shapes, style_dim, filters, channel_base)
    return stylegan2.joined(mapping, synthesis, "stylegan_generator")


def _to_images(shapes, style_dim, filters, channel_base):
    """The model from styles and noise to images of `shapes[0]`."""
    blocks = shapes[::-1]
    areas = [math.prod(shape[:2]) for shape in blocks for _ in range(2)]
    all_styles = layers.Input((len(areas), style_dim), name="styles")
    noise = layers.Input((sum(areas),), name="noise")
    styles = ops.unstack(all_styles, len(areas), axis=1)
    *base, image_channels = blocks[0]
    width = stylegan2.count_channels(blocks[0], filters, channel_base)
    x = LearnedConstant((*base, width), "ones", name="constant")(styles[0])
    x = _styled("constant", x, styles[0], noise, 0)
    # Two a block, but for the constant in the place of the first.
    for j in range(1, len(areas)):
        width = stylegan2.count_channels(blocks[j // 2], filters, channel_base)
        name = f"block{j // 2}_conv{j % 2}"
        x = EqualizedConv2D(width, 3, None if j % 2 else "up", name=name)(x)
        x = _styled(name, x, styles[j], noise, sum(areas[:j]))
    to_image = EqualizedConv2D(image_channels, 1, dtype="float32", name="to_image")
    return keras.Model([all_styles, noise], to_image(x), name="synthesis")


def _styled(name, x, style, noise, start):
    """Noise, the activation, and the statistics that a style says."""
    x = Noise(start, per_channel=True, name=f"{name}_noise")([x, noise])
    x = layers.Activation(scaled_leaky_relu)(x)
    return AdaptiveInstanceNormalization(name=f"{name}_style")([x, style])
