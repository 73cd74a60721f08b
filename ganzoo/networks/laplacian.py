"""Laplacian pyramids of images, and the networks of their levels joined in one.

A pyramid is a small image and residuals: what each image of twice the size has beyond
the enlarged smaller one. Levels are in order of size, the smallest first.

Reference:
    [Denton et al., 2015](https://arxiv.org/abs/1506.05751)
"""

import math

import keras
from keras import layers
from keras import ops

from ganzoo.networks import sizes


def halve(images):
    """`d`: images `(batch, height, width, channels)` of half the sides.

    The mean of each block of 2 x 2 pixels, which is bilinear interpolation.
    """
    return ops.average_pool(images, 2, 2, data_format="channels_last")


def double(images):
    """`u`: images `(batch, height, width, channels)` of double the sides, bilinear."""
    _, height, width, _ = images.shape
    return ops.image.resize(
        images, (2 * height, 2 * width), "bilinear", data_format="channels_last"
    )


def decompose(images, levels):
    """The Laplacian pyramid of images, and what its residuals are added to.

    Args:
        images: tensor `(batch, height, width, channels)`.
        levels: int. How often they are halved.

    Returns:
        The smallest images, and lists of residuals `h = I − u(d(I))` and of conditions
        `l = u(d(I))`, one of each for a level, the smallest first.
    """
    residuals, conditions = [], []
    for _ in range(levels):
        coarse = halve(images)
        condition = double(coarse)
        residuals.insert(0, images - condition)
        conditions.insert(0, condition)
        images = coarse
    return images, residuals, conditions


def compose(coarse, residuals):
    """The images of a Laplacian pyramid, `I = u(I_coarse) + h` level by level."""
    for residual in residuals:
        coarse = ops.add(double(coarse), residual)
    return coarse


def shapes_of_levels(image_shape, levels):
    """Shapes of images and of what they halve to, the smallest first.

    Args:
        image_shape: tuple. `(height, width, channels)`.
        levels: int. How often they are halved, once or more.

    Raises:
        ValueError: If the sides are not multiples of `2**levels`.
    """
    height, width, channels = sizes.check_image_shape(image_shape)
    if not isinstance(levels, int) or isinstance(levels, bool) or levels < 1:
        raise ValueError(
            "`levels` must be an int of at least 1, how often images are halved: with "
            f"none there is no pyramid. Received: levels={levels!r}."
        )
    if height % 2**levels or width % 2**levels:
        raise ValueError(
            f"`image_shape` must have sides that halve {levels} times, multiples of "
            f"{2**levels}: each level has images of exactly half the size. Choose "
            "fewer `levels`, or resize the images. Received: "
            f"image_shape={image_shape}, levels={levels}."
        )
    scales = (2**i for i in reversed(range(levels + 1)))
    return [(height // scale, width // scale, channels) for scale in scales]


# === The networks of all levels as one ===


def join_generators(networks):
    """The whole chain as one model: each level adds its residual to the one before.

    Args:
        networks: list of `keras.Model`. The first from noise to the smallest images,
            the others from `[noise, condition]` to residuals.

    Returns:
        `keras.Model` from latents `(batch, size)`, the noise of all levels flattened
        one behind another, to images that are clipped to [-1, 1].
    """
    size = sum(math.prod(shape) for shape in _noise_shapes(networks))
    z = layers.Input((size,), name="latents")
    (base, *others), (noise, *noises) = networks, split_noise(z, networks)
    images = base(noise)
    for network, noise in zip(others, noises):
        condition = double(images)
        images = ops.add(condition, network([noise, condition]))
    return keras.Model(z, ops.clip(images, -1.0, 1.0), name="laplacian_generator")


def join_discriminators(networks):
    """The discriminators of all levels, side by side in one model.

    Args:
        networks: list of `keras.Model`. The first from the smallest images to logits,
            the others from `[residual, condition]` to logits.

    Returns:
        `keras.Model` from a list of all their inputs to a list of their logits.
    """
    inputs, logits = [], []
    for network in networks:
        own = [layers.Input(tensor.shape[1:]) for tensor in network.inputs]
        logits.append(network(own if len(own) > 1 else own[0]))
        inputs += own
    return keras.Model(inputs, logits, name="laplacian_discriminator")


def split_noise(z, networks):
    """The noise of each level of a chain, as its network takes it.

    Args:
        z: tensor `(batch, size)`, latents of the chain.
        networks: list of `keras.Model`, the generators of its levels.

    Returns:
        List of tensors.
    """
    parts, begin = [], 0
    for shape in _noise_shapes(networks):
        end = begin + math.prod(shape)
        parts.append(ops.reshape(z[:, begin:end], (-1, *shape)))
        begin = end
    return parts


def _noise_shapes(networks):
    return [tuple(network.inputs[0].shape[1:]) for network in networks]


def levels_of(network):
    """The networks that `join_generators` or `join_discriminators` has joined.

    Returns:
        List of `keras.Model`, the smallest level first; empty for another network.
    """
    return [layer for layer in network.layers if isinstance(layer, keras.Model)]
