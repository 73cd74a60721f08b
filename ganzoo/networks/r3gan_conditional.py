"""R3GAN's networks with labels, as its authors have them for CIFAR-10.

Reference:
    [Huang et al., 2024](https://arxiv.org/abs/2501.05441), and the
    [authors' code](https://github.com/brownvc/R3GAN)
"""

import keras
from keras import layers
from keras import ops

from ganzoo.networks import r3gan
from ganzoo.networks import sizes


def r3gan_conditional_generator(
    image_shape, num_classes, latent_dim=64, filters=768, blocks=2, label_dim=None
):
    """`r3gan_generator`, whose basis the latents scale together with a label's vector.

    Args:
        image_shape: tuple. `(height, width, channels)`, as of `r3gan_generator`.
        num_classes: int. Labels are integers from 0 to `num_classes - 1`.
        latent_dim: int. Size of the latents.
        filters: int. As of `r3gan_generator`, like what follows.
        blocks: int.
        label_dim: int or None. Size of a label's vector; None for that of the latents.

    Returns:
        `keras.Model` from latents `(batch, latent_dim)` and labels `(batch,)` to
        `(batch, *image_shape)`.

    Raises:
        ValueError: As of `r3gan_generator`.
    """
    z = layers.Input((latent_dim,), name="latents")
    labels = layers.Input((), dtype="int32", name="labels")
    vectors = _embed(labels, num_classes, label_dim or latent_dim)
    code = layers.Concatenate(dtype="float32")([z, vectors])
    x = r3gan.to_image(code, image_shape, filters, blocks)
    return keras.Model([z, labels], x, name="r3gan_conditional_generator")


def r3gan_projection_discriminator(
    image_shape, num_classes, filters=768, blocks=2, label_dim=None
):
    """`r3gan_discriminator`, whose logit is a product with a vector of the label.

    Args:
        image_shape: tuple. As of `r3gan_conditional_generator`, like what follows.
        num_classes: int.
        filters: int.
        blocks: int.
        label_dim: int or None. Size of a label's vector; None for `filters`.

    Returns:
        `keras.Model` from `(batch, *image_shape)` and labels `(batch,)` to logits
        `(batch, 1)`.

    Raises:
        ValueError: As of `r3gan_generator`.
    """
    images = layers.Input(sizes.check_image_shape(image_shape), name="images")
    labels = layers.Input((), dtype="int32", name="labels")
    size = label_dim or filters
    x = r3gan.to_outputs(images, size, filters, blocks)
    # So that at first a logit is as large for any size of the vectors.
    vectors = _embed(labels, num_classes, size, gain=size**-0.5)
    logit = ops.sum(x * vectors, axis=-1, keepdims=True)
    name = "r3gan_projection_discriminator"
    return keras.Model([images, labels], logit, name=name)


def _embed(labels, num_classes, size, gain=1.0):
    """A linear layer of the labels, each as a vector of a single 1."""
    normal = r3gan.normal(num_classes, gain)["kernel_initializer"]
    options = {"embeddings_initializer": normal, "dtype": "float32", "name": "embed"}
    return layers.Embedding(num_classes, size, **options)(labels)
