"""The networks of StyleGAN2, in all three forms of its discriminator.

References:
    [Karras et al., 2020](https://arxiv.org/abs/1912.04958)
    [Kang et al., 2023](https://arxiv.org/abs/2303.05511), for several kernels and
    attention
"""

import math

import keras
from keras import layers
from keras import ops

from ganzoo.layers import DistanceAttention
from ganzoo.layers import EqualizedConv2D
from ganzoo.layers import EqualizedDense
from ganzoo.layers import LearnedConstant
from ganzoo.layers import MinibatchDeviation
from ganzoo.layers import ModulatedConv2D
from ganzoo.layers import Noise
from ganzoo.layers import Resampling2D
from ganzoo.layers import Truncation
from ganzoo.layers.style import scaled_leaky_relu
from ganzoo.networks import sizes
from ganzoo.system.errors import check_count

ARCHITECTURES = ("orig", "skip", "resnet")
# How fast the layers that make styles learn, as a share of the others.
OF_STYLES = 0.01


def stylegan2_generator(
    image_shape,
    latent_dim=512,
    style_dim=512,
    filters=512,
    channel_base=32768,
    mapping_layers=8,
    architecture="skip",
    kernels=1,
    attention=None,
):
    """Generator whose layers are each told a style, which is made of the latents.

    It is two models: "mapping", from latents to a style for each layer, and
    "synthesis", from these and noise to images.

    Args:
        image_shape: tuple. `(height, width, channels)`; both sides halve down to
            between 4 and 7 pixels, where a learned constant begins.
        latent_dim: int. Size of the latents.
        style_dim: int. Size of the styles.
        filters: int. Most channels of a layer.
        channel_base: int. At a side of `r` pixels there are `channel_base // r`
            channels, if those are less.
        mapping_layers: int.
        architecture: "orig", "skip" or "resnet". Whether an image is what plain blocks
            end with, the sum of one of each size, or what residual blocks end with.
        kernels: int. How many kernels a style weighs in each layer of size 3, as in
            `ModulatedConv2D`.
        attention: int, sequence of ints or None. Heights of the features that end with
            `DistanceAttention`.

    Returns:
        `keras.Model` from latents `(batch, latent_dim)`, the truncation of each style
        `(batch, layers)`, of which 1 is none, and noise `(batch, size)`, to
        `(batch, *image_shape)`, about in [-1, 1].

    Raises:
        ValueError: If the sides do not halve so, the architecture is unknown, a size or
            a count is less than 1, or no features have a height of `attention`.
    """
    shapes = sizes.halved(image_shape)
    mapping = to_styles(latent_dim, None, style_dim, mapping_layers, 2 * len(shapes))
    synthesis = to_images(
        shapes, style_dim, filters, channel_base, architecture, kernels, attention
    )
    return joined(mapping, synthesis, "stylegan2_generator")


def joined(mapping, synthesis, name):
    """The generator of both models, which takes what they take but for styles."""
    _, *details = synthesis.inputs
    inputs, details = (
        [layers.Input(x.shape[1:], dtype=x.dtype, name=x.name) for x in tensors]
        for tensors in (mapping.inputs, details)
    )
    styles = mapping(inputs)
    images = synthesis([styles, *details] if details else styles)
    return keras.Model([*inputs, *details], images, name=name)


def to_styles(latent_dim, num_classes, style_dim, depth, count, decay=0.995):
    """The model from latents, labels and truncations to styles.

    Args:
        latent_dim: int.
        num_classes: int or None. Whether it takes labels.
        style_dim: int.
        depth: int. Layers.
        count: int. Styles.
        decay: float. Share of the mean style that a batch leaves.

    Returns:
        `keras.Model` to `(batch, count, style_dim)`.
    """
    check_count("latent_dim", latent_dim)
    check_count("style_dim", style_dim)
    check_count("mapping_layers", depth)
    z = layers.Input((latent_dim,), name="latents")
    inputs, parts = [z], [_normalize(z)]
    if num_classes is not None:
        labels = layers.Input((), dtype="int32", name="labels")
        inputs.append(labels)
        parts.append(embed(labels, num_classes, style_dim))
    psi = layers.Input((count,), name="truncation")
    x = ops.concatenate(parts, axis=-1) if len(parts) > 1 else parts[0]
    x = of_styles(x, style_dim, depth)
    styles = Truncation(decay, dtype="float32", name="truncated")([x, psi])
    return keras.Model([*inputs, psi], styles, name="mapping")


def embed(labels, num_classes, size):
    """Labels as vectors `(batch, size)` whose squares have a mean of 1."""
    dense = EqualizedDense(size, dtype="float32", name="embed")
    return _normalize(dense(ops.one_hot(labels, num_classes)))


def of_styles(x, size, depth):
    """So many layers of this size, which learn more slowly than others."""
    for i in range(depth):
        options = {"dtype": "float32", "name": f"dense{i}"}
        x = EqualizedDense(size, scaled_leaky_relu, OF_STYLES, **options)(x)
    return x


def _normalize(x):
    """Vectors `(batch, size)` whose squares have a mean of 1."""
    return x * ops.rsqrt(ops.mean(ops.square(x), axis=-1, keepdims=True) + 1e-8)


def to_images(
    shapes, style_dim, filters, channel_base, architecture, kernels, attention
):
    """The model from styles and noise to images.

    Args:
        shapes: list of tuples. Those of the image at each size, the largest first.
        style_dim: int.
        filters: int. As of `stylegan2_generator`, like what follows.
        channel_base: int.
        architecture: str.
        kernels: int.
        attention: int, sequence of ints or None.

    Returns:
        `keras.Model` to `(batch, *shapes[0])`.

    Raises:
        ValueError: If the architecture or a height is unknown.
    """
    _check_architecture(architecture)
    attention = _find_attention(attention, shapes)
    channels = [count_channels(shape, filters, channel_base) for shape in shapes]
    blocks = list(zip(shapes, channels))[::-1]
    (*base, image_channels), width = blocks[0]
    count = 2 * len(blocks)
    areas = [math.prod(shape[:2]) for shape, _ in blocks]
    all_styles = layers.Input((count, style_dim), name="styles")
    noise = layers.Input((2 * sum(areas) - areas[0],), name="noise")
    styles = ops.unstack(all_styles, count, axis=1)
    x = LearnedConstant((*base, width), name="constant")(styles[0])
    x = _styled("block0_conv1", x, styles[0], noise, 0, width, kernels)
    start, image = areas[0], None
    for i, (((height, *_), width), area) in enumerate(zip(blocks, areas)):
        name = f"block{i}"
        if i:
            here = styles[2 * i - 1 : 2 * i + 1]
            first = f"{name}_conv0", x, here[0], noise, start, width
            y = _styled(*first, kernels, "up")
            second = f"{name}_conv1", y, here[1], noise, start + area, width
            y = _styled(*second, kernels)
            start += 2 * area
            x = (
                _sum_of_halves(y, _shortcut(name, x, width, "up"))
                if architecture == "resnet"
                else y
            )
        if height in attention:
            x = DistanceAttention(name=f"{name}_attention")(x)
        if architecture == "skip" or i == len(blocks) - 1:
            # The first layer of the next block has the same style.
            of_block = _to_image(name, x, styles[2 * i + 1], image_channels)
            if image is not None:
                of_block = of_block + Resampling2D("up", dtype="float32")(image)
            image = of_block
    return keras.Model([all_styles, noise], image, name="synthesis")


def _styled(name, x, style, noise, start, filters, kernels, sampling=None):
    """A modulated convolution, noise and the activation."""
    options = {"kernels": kernels, "name": name}
    x = ModulatedConv2D(filters, 3, sampling, **options)([x, style])
    x = Noise(start, name=f"{name}_noise")([x, noise])
    return layers.Activation(scaled_leaky_relu)(x)


def _to_image(name, x, style, channels):
    options = {"demodulate": False, "dtype": "float32", "name": f"{name}_to_image"}
    return ModulatedConv2D(channels, 1, **options)([x, style])


def _shortcut(name, x, filters, sampling):
    name = f"{name}_shortcut"
    return EqualizedConv2D(filters, 1, sampling, use_bias=False, name=name)(x)


def _sum_of_halves(x, y):
    """Of two of variance 1 one of variance 1: (x + y) / √2."""
    return (x + y) * math.sqrt(0.5)


def stylegan2_discriminator(
    image_shape,
    filters=512,
    channel_base=32768,
    architecture="resnet",
    group_size=4,
    attention=None,
):
    """Discriminator that mirrors the generator, and compares the images of a group.

    Args:
        image_shape: tuple. `(height, width, channels)`, as for the generator.
        filters: int. Most channels of a layer.
        channel_base: int. As for the generator.
        architecture: "orig", "skip" or "resnet". Plain blocks, those that see the image
            at each size, or residual ones.
        group_size: int. Images of a group of `MinibatchDeviation`.
        attention: int, sequence of ints or None. Heights of the features to which
            `DistanceAttention` comes first.

    Returns:
        `keras.Model` from `(batch, *image_shape)` to logits `(batch, 1)`.

    Raises:
        ValueError: If the sides do not halve so, the architecture is unknown, or no
            features have a height of `attention`.
    """
    image = layers.Input(sizes.check_image_shape(image_shape), name="images")
    x = to_features(image, filters, channel_base, architecture, group_size, attention)
    logit = EqualizedDense(1, dtype="float32", name="logit")(x)
    return keras.Model(image, logit, name="stylegan2_discriminator")


def to_features(image, filters, channel_base, architecture, group_size, attention):
    """The discriminator but for its last layer, `(batch, channels)`.

    Args:
        image: Keras tensor.
        filters: int. As of `stylegan2_discriminator`, like what follows.
        channel_base: int.
        architecture: str.
        group_size: int.
        attention: int, sequence of ints or None.

    Raises:
        ValueError: As in `stylegan2_discriminator`.
    """
    _check_architecture(architecture)
    shapes = sizes.halved(tuple(image.shape[1:]))
    attention = _find_attention(attention, shapes)
    channels = [count_channels(shape, filters, channel_base) for shape in shapes]
    x, small = _from_image("block0", image, channels[0]), image
    for i, (inside, outside) in enumerate(zip(channels, channels[1:])):
        name = f"block{i}"
        if shapes[i][0] in attention:
            x = DistanceAttention(name=f"{name}_attention")(x)
        y = _conv(f"{name}_conv0", x, inside)
        y = _conv(f"{name}_conv1", y, outside, "down")
        if architecture == "resnet":
            y = _sum_of_halves(y, _shortcut(name, x, outside, "down"))
        if architecture == "skip":
            small = Resampling2D("down")(small)
            y = y + _from_image(f"block{i + 1}", small, outside)
        x = y
    if shapes[-1][0] in attention:
        x = DistanceAttention(name="last_attention")(x)
    x = MinibatchDeviation(group_size)(x)
    x = layers.Flatten()(_conv("last_conv", x, channels[-1]))
    return EqualizedDense(channels[-1], scaled_leaky_relu, name="last_dense")(x)


def _conv(name, x, filters, sampling=None):
    return EqualizedConv2D(filters, 3, sampling, scaled_leaky_relu, name=name)(x)


def _from_image(name, image, filters):
    options = {"activation": scaled_leaky_relu, "name": f"{name}_from_image"}
    return EqualizedConv2D(filters, 1, **options)(image)


def count_channels(shape, filters, channel_base):
    """Channels of a layer: `channel_base` by the shorter side, `filters` at most."""
    check_count("filters", filters)
    check_count("channel_base", channel_base)
    return max(1, min(channel_base // min(shape[:2]), filters))


def _find_attention(attention, shapes):
    """The heights of features with attention, after a look at them."""
    if attention is None:
        return ()
    found = attention if isinstance(attention, (tuple, list)) else (attention,)
    heights = [shape[0] for shape in shapes]
    if not all(height in heights for height in found):
        raise ValueError(
            f"`attention` must be heights of features, of {heights}. "
            f"Received: attention={attention!r}."
        )
    return found


def _check_architecture(architecture):
    if architecture not in ARCHITECTURES:
        raise ValueError(
            f"`architecture` must be one of {ARCHITECTURES}. "
            f"Received: architecture={architecture!r}."
        )
