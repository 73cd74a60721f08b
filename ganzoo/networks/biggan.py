"""The residual networks of BigGAN, all of whose kernels are spectrally normalised.

Kernels start orthogonal. Widths are those of the authors' code for each size.

Reference:
    [Brock et al., 2019](https://arxiv.org/abs/1809.11096), and the
    [authors' code](https://github.com/ajbrock/BigGAN-PyTorch)
"""

import functools
import math

import keras
from keras import layers
from keras import ops

from ganzoo.layers import BatchNormalization
from ganzoo.layers import ConditionalBatchNormalization
from ganzoo.layers import OffDiagonalRegularizer
from ganzoo.layers import SelfAttention
from ganzoo.layers import SpectralConv2D
from ganzoo.layers import SpectralDense
from ganzoo.layers import SpectralEmbedding
from ganzoo.networks import sizes
from ganzoo.networks import sn_resnet
from ganzoo.system.errors import check_bool

STATISTICS = {"momentum": 0.9, "epsilon": 1e-5}
# Widths of the blocks in multiples of `filters`, by how often an image halves; less
# often all are 4.
GENERATOR = {4: (16, 8, 4, 2), 5: (16, 8, 4, 2, 1), 6: (16, 8, 8, 4, 2, 1)}
DISCRIMINATOR = {
    4: (1, 2, 4, 8, 16),
    5: (1, 2, 4, 8, 16, 16),
    6: (1, 2, 4, 8, 8, 16, 16),
}


def biggan_generator(
    image_shape,
    num_classes,
    latent_dim=128,
    filters=64,
    shared=None,
    hierarchical=False,
    attention=None,
    orthogonal_weight=None,
):
    """Generator of residual blocks that are told the class.

    By default in the authors' form for CIFAR-10. That for ImageNet is, at 128 pixels,
    `latent_dim=120, filters=96, shared=128, hierarchical=True, attention=64`.

    Args:
        image_shape: tuple. `(height, width, channels)`; both sides halve down to
            between 4 and 7 pixels, at most six times.
        num_classes: int. Labels are 0 to `num_classes - 1`.
        latent_dim: int. Size of the latents.
        filters: int. The channels are multiples of it.
        shared: int or None. Size of one embedding of the label, from which each block
            computes its gains and offsets. None for a table of these in each block.
        hierarchical: bool. Whether each block is told a part of the latents with the
            embedding, and the first layer another part. Needs `shared`.
        attention: int or None. Height of the features that get `SelfAttention`.
        orthogonal_weight: float or None. Of `OffDiagonalRegularizer`.

    Returns:
        `keras.Model` from `[(batch, latent_dim), (batch,)]` to images
        `(batch, *image_shape)` in [-1, 1].

    Raises:
        ValueError: If the sides do not halve so, the latents have no equal part for
            the first layer and each block, there is no `shared` for the latents to come
            with, no block has such a height, or `hierarchical` is no bool.
    """
    check_bool("hierarchical", hierarchical)
    z = layers.Input((latent_dim,), name="latents")
    y = layers.Input((), dtype="int32", name="labels")
    first, *conditions = _conditions(
        z, y, num_classes, shared, hierarchical, count_blocks(image_shape)
    )
    regular = regularizer(orthogonal_weight)
    x = to_image(
        first, conditions, image_shape, filters, regular, attention, num_classes
    )
    return keras.Model([z, y], x, name="biggan_generator")


def to_image(
    first, conditions, image_shape, filters, regular, attention=None, num_classes=None
):
    """The whole of the generator: what it is told, to `(batch, *image_shape)`.

    Args:
        first: Keras tensor `(batch, size)`, for the first layer.
        conditions: list of Keras tensors. For each block a label `(batch,)`, or what
            its gains and offsets are computed from, `(batch, size)`.
        image_shape: tuple.
        filters: int.
        regular: function as of `regularizer`.
        attention: int or None.
        num_classes: int or None. Of labels.
    """
    widths, base = _generator_widths(image_shape, filters)
    heights = [base[0] << i for i in range(1, len(widths) + 1)]
    _check_attention(attention, heights)
    x = SpectralDense(math.prod(base), name="linear", **regular())(first)
    x = layers.Reshape(base)(x)
    for i, (width, condition) in enumerate(zip(widths, conditions)):
        normalize = functools.partial(
            _normalize,
            condition=condition,
            num_classes=num_classes,
            regular=regular,
            names=iter((f"block{i}_norm1", f"block{i}_norm2")),
        )
        convolution = _convolution(regular, f"block{i}")
        x = sn_resnet.generator_block(x, width, normalize, convolution)
        if heights[i] == attention:
            x = SelfAttention(name="attention", **regular())(x)
    x = layers.ReLU()(BatchNormalization(name="last_norm", **STATISTICS)(x))
    last = {"activation": "tanh", "dtype": "float32", "name": "last_conv", **regular()}
    return SpectralConv2D(image_shape[-1], 3, 1, "same", **last)(x)


def count_blocks(image_shape):
    """How many blocks the generator has, as many as an image halves."""
    halvings = sizes.count_halvings(image_shape)
    if halvings > max(GENERATOR):
        raise ValueError(
            f"BigGAN's networks halve images at most {max(GENERATOR)} times, which is "
            f"for 256 to 448 pixels. Received: image_shape={image_shape!r}."
        )
    return halvings


def _generator_widths(image_shape, filters):
    """Channels of each block, and the shape before the first."""
    halvings = count_blocks(image_shape)
    widths = [filters * n for n in GENERATOR.get(halvings, (4,) * halvings)]
    height, width, _ = image_shape
    return widths, (height >> halvings, width >> halvings, widths[0])


def _conditions(z, y, num_classes, shared, hierarchical, blocks):
    """What the first layer takes, and then what each block is told."""
    if shared is None:
        if hierarchical:
            raise ValueError(
                "`hierarchical` latents come to a block with the embedding of the "
                "label: give its size, `shared`. Received: shared=None."
            )
        return [z] + [y] * blocks
    orthogonal = keras.initializers.Orthogonal()
    embedding = layers.Embedding(num_classes, shared, orthogonal, name="embedding")(y)
    if not hierarchical:
        return [z] + [embedding] * blocks
    first, *others = split_latents(z, blocks)
    return [first] + [layers.Concatenate()([embedding, part]) for part in others]


def split_latents(z, blocks):
    """Equal parts of the latents for the first layer and each block, a list."""
    if z.shape[-1] % (blocks + 1):
        raise ValueError(
            f"`latent_dim` must be a multiple of {blocks + 1}: the first layer and "
            f"each of {blocks} blocks take as many latents. "
            f"Received: latent_dim={z.shape[-1]}."
        )
    return ops.split(z, blocks + 1, axis=-1)


def _normalize(x, condition, num_classes, regular, names):
    """`γ x̂ + β` by the class, from tables or from an embedding, `(1 + A c) x̂ + B c`."""
    options = {"name": next(names), **STATISTICS}
    if len(condition.shape) == 1:
        return ConditionalBatchNormalization(num_classes, **options)(x, condition)
    x = BatchNormalization(center=False, scale=False, **options)(x)
    gain, offset = (
        layers.Reshape((1, 1, -1))(
            SpectralDense(
                x.shape[-1],
                use_bias=False,
                name=f"{options['name']}_{part}",
                **regular(),
            )(condition)
        )
        for part in ("gain", "offset")
    )
    return x * (1 + gain) + offset


def biggan_discriminator(
    image_shape, num_classes, filters=64, attention=None, orthogonal_weight=None
):
    """Discriminator that returns `⟨v_y, φ(x)⟩ + l · φ(x) + b`.

    Args:
        image_shape: tuple. As of `biggan_generator`, like what follows.
        num_classes: int.
        filters: int.
        attention: int or None. Height of the features after a block.
        orthogonal_weight: float or None.

    Returns:
        `keras.Model` from `[(batch, *image_shape), (batch,)]` to logits `(batch, 1)`.

    Raises:
        ValueError: If the sides do not halve so, or no block has such a height.
    """
    regular = regularizer(orthogonal_weight)
    images = layers.Input(sizes.check_image_shape(image_shape), name="images")
    y = layers.Input((), dtype="int32", name="labels")
    features = to_features(images, filters, regular, attention)
    v = SpectralEmbedding(
        num_classes,
        features.shape[-1],
        embeddings_initializer=keras.initializers.Orthogonal(),
        dtype="float32",
        name="embedding",
    )(y)
    of_class = layers.Dot(axes=1, dtype="float32")([v, features])
    linear = SpectralDense(1, dtype="float32", name="linear", **regular())
    of_all = linear(features)
    x = layers.Add(dtype="float32")([of_class, of_all])
    return keras.Model([images, y], x, name="biggan_discriminator")


def to_features(images, filters, regular, attention=None):
    """The discriminator but for its last layers: images to `φ(x)`.

    Args:
        images: Keras tensor.
        filters: int.
        regular: function as of `regularizer`.
        attention: int or None.

    Returns:
        Keras tensor `(batch, channels)`.
    """
    widths, halvings = discriminator_widths(images.shape[1:], filters)
    heights = [images.shape[1] >> min(i + 1, halvings) for i in range(len(widths))]
    _check_attention(attention, heights)
    x = images
    for i, width in enumerate(widths):
        halves, convolution = i < halvings, _convolution(regular, f"block{i}")
        x = sn_resnet.discriminator_block(
            x, width, halves, first=i == 0, convolution=convolution
        )
        if halves and heights[i] == attention:
            x = SelfAttention(name="attention", **regular())(x)
    return sn_resnet.pool(x)


def discriminator_widths(image_shape, filters):
    """Channels of each block, and how many of the blocks halve the size."""
    halvings = count_blocks(image_shape)
    multiples = DISCRIMINATOR.get(halvings)
    if multiples is None:
        # Small images halve down to between 7 and 13 pixels.
        halvings -= min(image_shape[:2]) >> halvings < 7
        multiples = (4,) * (halvings + 2)
    return [filters * n for n in multiples], halvings


def _check_attention(attention, heights):
    if attention is not None and attention not in heights:
        raise ValueError(
            "`attention` must be the height of features after a block, one of "
            f"{sorted(set(heights))}. Received: attention={attention!r}."
        )


def _convolution(regular, block):
    """The function that makes the convolutions of a block, the shortcut's last."""
    names = iter((f"{block}_conv1", f"{block}_conv2", f"{block}_shortcut"))
    return lambda filters, size, gain=1: SpectralConv2D(
        filters, size, 1, "same", name=next(names), **regular()
    )


def regularizer(weight=None):
    """A function that returns what each layer's kernel starts with and is drawn to."""
    penalty = None if weight is None else OffDiagonalRegularizer(weight)
    # A new initializer each time: an unseeded one repeats its draw.
    return lambda: {
        "kernel_initializer": keras.initializers.Orthogonal(),
        "kernel_regularizer": penalty,
    }
