"""The coupled networks of CoGAN, each one model with an end for either domain.

What the two domains share are the layers of what images show: the first of the
generator, and the last of the discriminator.

Reference:
    [Liu & Tuzel, 2016](https://arxiv.org/abs/1606.07536), with the sizes of its
    authors' code for digits
"""

import keras
from keras import layers

from ganzoo.layers import Conv2D
from ganzoo.layers import Conv2DTranspose
from ganzoo.layers import subpixel
from ganzoo.networks import blocks
from ganzoo.networks import sizes
from ganzoo.system.errors import check_bool

KERNEL = 3  # of the transposed convolutions with a stride of 2
LAST_KERNEL = 6  # of those that draw the images
LARGEST = 7  # pixels of a side that the discriminator's convolutions end at


def cogan_generator(
    image_shape,
    second_shape=None,
    latent_dim=100,
    filters=128,
    weight_decay=5e-4,
    coupled=True,
):
    """Generator of pairs of images, which differ by their last convolution.

    Args:
        image_shape: tuple. `(height, width, channels)` of the first domain, of 16
            pixels or more.
        second_shape: tuple or None. Of the second, of the same height and width; None
            for the same.
        latent_dim: int. Size of the latents.
        filters: int. Channels before the last convolution; they double towards the
            latents, up to 8 times as many.
        weight_decay: float. `δ` of a penalty `δ/2 ‖w‖²` on each kernel, whose gradient
            is `δ w`; 0 for none.
        coupled: bool. Whether the domains share all layers but the last. False for
            two generators that have nothing in common but the latents.

    Returns:
        `keras.Model` from `(batch, latent_dim)` to `[(batch, *image_shape), (batch,
        *second_shape)]` in [-1, 1].

    Raises:
        ValueError: If the shapes are too small, or of two sizes, or `coupled` is no
            bool.
    """
    check_bool("coupled", coupled)
    shapes = _checked_shapes(image_shape, second_shape)
    z = layers.Input((latent_dim,), name="latents")
    features = _to_features(z, shapes[0], filters, weight_decay)
    others = features
    if not coupled:
        others = _to_features(z, shapes[1], filters, weight_decay)
    images = [
        _to_image(x, shape, weight_decay)
        for x, shape in zip((features, others), shapes)
    ]
    return keras.Model(z, images, name="cogan_generator")


def _to_features(z, image_shape, filters, weight_decay):
    """The layers from latents to what both domains have in common.

    Each convolution makes 2n − 1 pixels of n, as in the authors' code: 4, 7, 13, 25.
    """
    doublings = _count_doublings(image_shape)
    height, width = (
        # The last convolution reaches up to so many pixels beyond them.
        -(-(side - LAST_KERNEL) // 2**doublings) + 1
        for side in image_shape[:2]
    )
    channels = [filters * 2 ** min(doublings - i, 3) for i in range(doublings + 1)]
    x = layers.Dense(
        height * width * channels[0], use_bias=False, **_decay(weight_decay)
    )(z)
    x = _activate(layers.Reshape((height, width, channels[0]))(x))
    for count in channels[1:]:
        x = subpixel.HiddenConv2DTranspose(
            count, KERNEL, 2, use_bias=False, **_decay(weight_decay)
        )(x)
        x = _activate(layers.Cropping2D(1)(x))
    return x


def _to_image(x, image_shape, weight_decay):
    """The layers of one domain: features `(batch, h, w, filters)` to its images."""
    *size, channels = image_shape
    x = Conv2DTranspose(
        channels,
        LAST_KERNEL,
        activation="tanh",
        dtype="float32",
        **_decay(weight_decay),
    )(x)
    margins = [there - side for there, side in zip(x.shape[1:3], size)]
    crop = tuple((margin // 2, margin - margin // 2) for margin in margins)
    return layers.Cropping2D(crop, dtype="float32")(x)


def _count_doublings(image_shape):
    """Convolutions with a stride of 2: three, and more for more than 63 pixels."""
    side, doublings = min(image_shape[:2]), 3
    while side >> doublings > LARGEST:
        doublings += 1
    return doublings


def _activate(x):
    return _prelu()(blocks.normalize(x))


def cogan_discriminator(
    image_shape,
    second_shape=None,
    filters=20,
    weight_decay=5e-4,
    dropout=0.5,
    coupled=True,
):
    """Discriminator of both domains, which differ by their first convolution.

    Args:
        image_shape: tuple. `(height, width, channels)` of the first domain, of 16
            pixels or more.
        second_shape: tuple or None. Of the second, of the same height and width; None
            for the same.
        filters: int. Channels of the first convolutions. The second has 2½ times as
            many, further ones double, and the dense layer has 25 times as many units.
        weight_decay: float. As of the generator.
        dropout: float. Rate of the dropout before the logits.
        coupled: bool. Whether the domains share all layers but the first. False for
            two discriminators that have nothing in common.

    Returns:
        `keras.Model` from `[(batch, *image_shape), (batch, *second_shape)]` to a list
        of two logits `(batch, 1)`.

    Raises:
        ValueError: If the shapes are too small, or of two sizes, or `coupled` is no
            bool.
    """
    check_bool("coupled", coupled)
    shapes = _checked_shapes(image_shape, second_shape)
    images = [layers.Input(shape, name=f"images_{i}") for i, shape in enumerate(shapes)]
    firsts = [
        layers.MaxPooling2D(2)(Conv2D(filters, 5, **_decay(weight_decay))(x))
        for x in images
    ]
    options = (firsts[0].shape, filters, weight_decay, dropout)
    shared = _make_last_layers(*options)
    others = shared if coupled else _make_last_layers(*options)
    logits = [_apply(stack, x) for stack, x in zip((shared, others), firsts)]
    return keras.Model(images, logits, name="cogan_discriminator")


def _make_last_layers(shape, filters, weight_decay, dropout):
    """The layers from features of this shape to a logit, a list, not applied yet."""
    stack, side, channels = [], min(shape[1:3]), round(2.5 * filters)
    while side > LARGEST:
        stack += [
            Conv2D(channels, 5, **_decay(weight_decay)),
            layers.MaxPooling2D(2),
        ]
        side, channels = (side - 4) // 2, 2 * channels
    return [
        *stack,
        layers.Flatten(),
        layers.Dense(25 * filters, **_decay(weight_decay)),
        _prelu(spatial=False),
        blocks.dropout(dropout),
        layers.Dense(1, dtype="float32", **_decay(weight_decay)),
    ]


def _apply(stack, x):
    for layer in stack:
        x = layer(x)
    return x


def _prelu(spatial=True):
    """A slope for each channel below 0, which begins at a quarter."""
    return layers.PReLU(
        keras.initializers.Constant(0.25), shared_axes=[1, 2] if spatial else None
    )


def _decay(weight_decay):
    """Arguments of a layer whose kernel is penalised, anew for each."""
    if not weight_decay:
        return {}
    return {"kernel_regularizer": keras.regularizers.L2(weight_decay / 2)}


def _checked_shapes(image_shape, second_shape):
    given = (image_shape, second_shape or image_shape)
    shapes = [sizes.check_image_shape(shape) for shape in given]
    if shapes[0][:2] != shapes[1][:2] or min(shapes[0][:2]) < 16:
        raise ValueError(
            "`image_shape` and `second_shape` must have the same height and width, of "
            "16 pixels or more, as the domains share all layers but one. Received: "
            f"image_shape={shapes[0]}, second_shape={shapes[1]}."
        )
    return shapes
