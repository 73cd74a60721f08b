"""StyleGAN2's networks with labels, as its authors have them for CIFAR-10.

Reference:
    [Karras et al., 2020](https://arxiv.org/abs/2006.06676), and the
    [authors' code](https://github.com/NVlabs/stylegan2-ada-pytorch)
"""

import math

import keras
from keras import layers
from keras import ops

from ganzoo.layers import EqualizedDense
from ganzoo.networks import sizes
from ganzoo.networks import stylegan2


def stylegan2_conditional_generator(
    image_shape,
    num_classes,
    latent_dim=512,
    style_dim=512,
    filters=512,
    channel_base=32768,
    mapping_layers=8,
    architecture="skip",
    kernels=1,
    attention=None,
):
    """`stylegan2_generator`, whose styles are made of latents and a label.

    Args:
        image_shape: tuple. `(height, width, channels)`.
        num_classes: int. Labels are integers from 0 to `num_classes - 1`.
        latent_dim: int. As of `stylegan2_generator`, like those that follow.
        style_dim: int.
        filters: int.
        channel_base: int.
        mapping_layers: int.
        architecture: "orig", "skip" or "resnet".
        kernels: int.
        attention: int, sequence of ints or None.

    Returns:
        `keras.Model` from latents `(batch, latent_dim)`, labels `(batch,)`, truncations
        `(batch, layers)` and noise `(batch, size)` to `(batch, *image_shape)`.

    Raises:
        ValueError: As in `stylegan2_generator`.
    """
    shapes = sizes.halved(image_shape)
    count = 2 * len(shapes)
    mapping = stylegan2.to_styles(
        latent_dim, num_classes, style_dim, mapping_layers, count
    )
    synthesis = stylegan2.to_images(
        shapes, style_dim, filters, channel_base, architecture, kernels, attention
    )
    return stylegan2.joined(mapping, synthesis, "stylegan2_conditional_generator")


def stylegan2_projection_discriminator(
    image_shape,
    num_classes,
    filters=512,
    channel_base=32768,
    architecture="resnet",
    group_size=4,
    label_dim=None,
    label_layers=8,
    attention=None,
):
    """`stylegan2_discriminator`, whose logit is a product with a vector of the label.

    Args:
        image_shape: tuple. `(height, width, channels)`.
        num_classes: int. Labels are integers from 0 to `num_classes - 1`.
        filters: int. As of `stylegan2_discriminator`, like those that follow.
        channel_base: int.
        architecture: "orig", "skip" or "resnet".
        group_size: int.
        label_dim: int or None. Size of a label's vector; None for as many as the
            features.
        label_layers: int. Layers from a label to its vector.
        attention: int, sequence of ints or None. As of `stylegan2_discriminator`.

    Returns:
        `keras.Model` from `(batch, *image_shape)` and labels `(batch,)` to logits
        `(batch, 1)`.

    Raises:
        ValueError: As in `stylegan2_discriminator`.
    """
    image = layers.Input(sizes.check_image_shape(image_shape), name="images")
    labels = layers.Input((), dtype="int32", name="labels")
    x = stylegan2.to_features(
        image, filters, channel_base, architecture, group_size, attention
    )
    size = label_dim or x.shape[-1]
    y = stylegan2.embed(labels, num_classes, size)
    y = stylegan2.of_styles(y, size, label_layers)
    x = EqualizedDense(size, dtype="float32", name="logit")(x)
    logit = ops.sum(x * y, axis=-1, keepdims=True) / math.sqrt(size)
    name = "stylegan2_projection_discriminator"
    return keras.Model([image, labels], logit, name=name)
