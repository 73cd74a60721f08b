"""The networks of PredictiveGAN: convolutions of each frame, an LSTM, deconvolutions.

Reference:
    [Lotter et al., 2015](https://arxiv.org/abs/1511.06380)
"""

import math

import keras
from keras import layers
from keras import ops

from ganzoo.layers import subpixel
from ganzoo.networks import sizes

WIDEST = 4  # times as many channels as the first convolution has, at most


def predictive_generator(sequence_shape, filters=32, units=512):
    """Generator of the next frame: a CNN, an LSTM, and a CNN that enlarges.

    Each past frame goes through the same convolutions, which halve it, and a dense
    layer. An LSTM reads what comes of them in order, and of its last output transposed
    convolutions make the next frame. There is no normalisation, which would let frames
    depend on one another beside the LSTM.

    Args:
        sequence_shape: tuple. `(frames, height, width, channels)` of a sequence as
            `fit` takes it: the past frames, and the next one. Both sides halve down to
            between 4 and 7 pixels, like 28, 32 and 64.
        filters: int. Channels of the first convolution; they double twice.
        units: int. Size of the dense layer and of the LSTM.

    Returns:
        `keras.Model` from past frames `(batch, frames - 1, height, width, channels)` to
        images `(batch, height, width, channels)` in [-1, 1].

    Raises:
        ValueError: If it is no such shape.
    """
    past_shape, image_shape = _check_sequence_shape(sequence_shape)
    past = layers.Input(past_shape, name="past")
    x = _remember(past, filters, units)
    (height, width, _), *larger = reversed(sizes.halved(image_shape))
    channels = [filters * min(2**i, WIDEST) for i in range(len(larger))]
    x = layers.Dense(height * width * channels[-1])(x)
    x = layers.ReLU()(layers.Reshape((height, width, channels[-1]))(x))
    for count in reversed(channels[:-1]):
        x = subpixel.HiddenConv2DTranspose(count, 4, 2, "same")(x)
        x = layers.ReLU()(x)
    x = subpixel.SubpixelConv2DTranspose(
        image_shape[-1], 4, 2, "same", activation="tanh", dtype="float32"
    )(x)
    return keras.Model(past, x, name="predictive_generator")


def predictive_discriminator(sequence_shape, filters=32, units=512):
    """Discriminator of the next frame, which knows the past ones.

    It reads the past as the generator does, with weights of its own, and the next frame
    by further convolutions.

    Args:
        sequence_shape: tuple. As for the generator, like what follows.
        filters: int.
        units: int.

    Returns:
        `keras.Model` from `[past, next]`, past frames `(batch, frames - 1, height,
        width, channels)` and images `(batch, height, width, channels)`, to logits
        `(batch, 1)`.

    Raises:
        ValueError: If it is no such shape.
    """
    past_shape, image_shape = _check_sequence_shape(sequence_shape)
    past = layers.Input(past_shape, name="past")
    image = layers.Input(image_shape, name="next")
    memory = _remember(past, filters, units)
    x = layers.Flatten()(_convolve(image, filters))
    x = layers.LeakyReLU(0.2)(layers.Dense(units)(x))
    x = layers.Concatenate()([memory, x])
    x = layers.LeakyReLU(0.2)(layers.Dense(units)(x))
    x = layers.Dense(1, dtype="float32")(x)
    return keras.Model([past, image], x, name="predictive_discriminator")


def _remember(past, filters, units):
    """What an LSTM makes of past frames: a Keras tensor `(batch, units)`."""
    frames, *image_shape = past.shape[1:]
    # Each frame is convolved like an example: libraries are slow at a third dimension.
    x = _convolve(ops.reshape(past, (-1, *image_shape)), filters)
    x = ops.reshape(x, (-1, frames, math.prod(x.shape[1:])))
    x = layers.LeakyReLU(0.2)(layers.Dense(units)(x))
    return layers.LSTM(units)(x)


def _convolve(x, filters):
    """Convolutions that halve images down to between 4 and 7 pixels."""
    for i in range(len(sizes.halved(tuple(x.shape[1:]))) - 1):
        count = filters * min(2**i, WIDEST)
        x = subpixel.conv_2d(x)(count, 4, 2, "same")(x)
        x = layers.LeakyReLU(0.2)(x)
    return x


def _check_sequence_shape(sequence_shape):
    """The shapes of past frames together, and of the next one."""
    shape = sequence_shape if isinstance(sequence_shape, (tuple, list)) else ()
    frames, *image_shape = shape or (0,)
    if len(shape) != 4 or not isinstance(frames, int) or frames < 2:
        raise ValueError(
            "`sequence_shape` must be `(frames, height, width, channels)`, with two "
            "frames or more, of which the last is to be predicted. "
            f"Received: sequence_shape={sequence_shape!r}."
        )
    image_shape = sizes.check_image_shape(tuple(image_shape))
    if len(sizes.halved(image_shape)) < 2:
        raise ValueError(
            "`sequence_shape` must have images of 8 pixels or more, which halve. "
            f"Received: sequence_shape={tuple(sequence_shape)}."
        )
    return (frames - 1, *image_shape), image_shape
