"""Strided convolutions in the form that CPUs are fast at.

Where an image of one or three channels comes into a network or out of it, libraries
are slow at the transposed convolution that ends a generator, and TensorFlow also at the
derivative of the convolution that begins a discriminator. The same sums are an ordinary
convolution of stride 1, between as many channels as a stride has phases, and a change
of places: the sub-pixel convolution. At the derivatives of transposed convolutions XLA
is so slow on a CPU that it gains between many channels too, with a kernel of 5; one of
4 has more than twice as many products in this form.
`benchmarks/convolutions.py` measures both.

Reference:
    [Shi et al., 2016](https://arxiv.org/abs/1609.07009), Section 3
"""

import math

import keras
from keras import ops

from ganzoo import backend
from ganzoo.layers.convolution import Conv2D
from ganzoo.layers.convolution import Conv2DTranspose

# From more channels on the plain form is as fast, and has fewer products.
FEW = 3
# What a kernel that is split by phases supposes of a layer.
PLAIN = {
    "dilation_rate": (1, 1),
    "groups": 1,
    "output_padding": None,
    "data_format": "channels_last",
}


def conv_2d(x, strides=2):
    """The class of a convolution of `x`, with strides of 1 or 2.

    `SubpixelConv2D` if there is something to halve, and few channels.
    """
    height, width, channels = x.shape[1:]
    halves = strides == 2 and height % 2 == width % 2 == 0
    return SubpixelConv2D if halves and channels <= FEW else Conv2D


@keras.saving.register_keras_serializable("ganzoo")
class SubpixelConv2D(Conv2D):
    """`keras.layers.Conv2D`: the same weights, and outputs to rounding.

    Of undilated convolutions of one group and channels last, whose stride of 2 or more
    divides the images' sides.

    Raises:
        ValueError: If it is none of those, or kernel or strides are not square.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _check(self)
        if self.strides[0] == 1:
            raise ValueError(
                "A sub-pixel convolution splits its kernel by the phases of its "
                f"stride, which must be 2 or more. Received: strides={self.strides}."
            )

    def convolution_op(self, inputs, kernel):
        stride = self.strides[0]
        before = _before(self.kernel_size[0], stride, self.padding)
        phases = _split(kernel, stride, before)
        phases = ops.reshape(phases, (*phases.shape[:2], -1, self.filters))
        x = ops.space_to_depth(inputs, stride, data_format="channels_last")
        return backend.conv(x, phases, (1, 1), self.padding)


@keras.saving.register_keras_serializable("ganzoo")
class SubpixelConv2DTranspose(Conv2DTranspose):
    """`keras.layers.Conv2DTranspose`: the same weights, and outputs to rounding.

    Of undilated convolutions of channels last. With padding "same", the kernel must
    reach as far to one side as to the other in pixels of the input: 4 and 5 at a stride
    of 2, 3 at 1.

    Raises:
        ValueError: If it is none of those, or kernel or strides are not square.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _check(self)
        side, stride = self.kernel_size[0], self.strides[0]
        before = _before(side, stride, self.padding)
        _, offsets = _grid(side, stride, before)
        if self.padding == "same" and 2 * -(-before // stride) + 1 != offsets:
            raise ValueError(
                "With padding 'same', the kernel must reach as far to one side as to "
                "the other in pixels of the input. Received: "
                f"kernel_size={self.kernel_size}, strides={self.strides}."
            )

    def call(self, inputs):
        x = _transpose(inputs, self.kernel, self.strides[0], self.padding)
        return self.activation(x + self.bias if self.use_bias else x)


@keras.saving.register_keras_serializable("ganzoo")
class HiddenConv2DTranspose(SubpixelConv2DTranspose):
    """The same between many channels: in the form that is faster where it computes."""

    def call(self, inputs):
        if _is_slow_at_transposes():
            return super().call(inputs)
        return Conv2DTranspose.call(self, inputs)


def convolve_doubled(x, kernel):
    """The convolution of an image with zeros between its pixels, in all its size.

    Args:
        x: tensor `(batch, height, width, in)`.
        kernel: tensor `(side, side, in, out)`, flipped as by a convolution that is no
            correlation.

    Returns:
        Tensor `(batch, 2 * height + side - 2, 2 * width + side - 2, out)`.
    """
    kernel = ops.transpose(kernel, (0, 1, 3, 2))
    if not _is_slow_at_transposes():
        return backend.conv_transpose(x, kernel, (2, 2), "valid")
    return _transpose(x, kernel, 2, "valid")


def _transpose(x, kernel, stride, padding):
    """The transposed convolution, as one that gives all phases, one a channel."""
    side = kernel.shape[0]
    phases = _outwards(_split(kernel, stride, _before(side, stride, padding)))
    reach = phases.shape[0] - 1
    if padding == "valid":
        x = ops.pad(x, ((0, 0), (reach, reach), (reach, reach), (0, 0)))
    y = backend.conv(x, phases, (1, 1), padding)
    if stride > 1:
        y = ops.depth_to_space(y, stride, data_format="channels_last")
    # The last pixels of the larger grid may be beyond what the kernel reaches.
    rest = stride * reach - max(side - stride, 0) if padding == "valid" else 0
    return y[:, :-rest, :-rest] if rest else y


def _outwards(phases):
    """Phases as the kernel of a convolution that gives all of them, one a channel."""
    # What goes out by an offset in the one direction comes in from the other.
    phases = ops.transpose(ops.flip(phases, (0, 1)), (0, 1, 4, 2, 3))
    return ops.reshape(phases, (*phases.shape[:3], -1))


def _is_slow_at_transposes():
    return keras.backend.backend() == "jax" and set(backend.devices()) == {"cpu"}


def _check(layer):
    for name, value in PLAIN.items():
        received = getattr(layer, name, value)
        if received != value:
            raise ValueError(
                "A sub-pixel convolution is of plain ones only: "
                f"`{name}` must be {value!r}. Received: {name}={received!r}."
            )
    if len({*layer.kernel_size}) > 1 or len({*layer.strides}) > 1:
        raise ValueError(
            "Kernel and strides must be square. Received: "
            f"kernel_size={layer.kernel_size}, strides={layer.strides}."
        )


def _before(side, stride, padding):
    """How many pixels a kernel reaches back from where it stands."""
    return max(side - stride, 0) // 2 if padding == "same" else 0


def _grid(side, stride, before):
    """Zeros to put before a kernel, and pixels of the smaller image that it spans."""
    first = -before % stride
    return first, -(-(side + first) // stride)


def _split(kernel, stride, before):
    """The kernel by phases.

    Args:
        kernel: tensor of shape `(side, side, a, b)`.
        stride: int.
        before: int. How many pixels of its side lie before where it stands.

    Returns:
        Tensor of shape `(offsets, offsets, stride², a, b)`: which row and which column
        of the smaller image, and which of its phases.
    """
    side = kernel.shape[0]
    first, offsets = _grid(side, stride, before)
    fill = (first, offsets * stride - side - first)
    channels = kernel.shape[2:]
    kernel = ops.pad(kernel, (fill, fill, (0, 0), (0, 0)))
    if stride > 1:
        picture = ops.reshape(kernel, (1, *kernel.shape[:2], math.prod(channels)))
        kernel = ops.space_to_depth(picture, stride, data_format="channels_last")
    return ops.reshape(kernel, (offsets, offsets, stride**2, *channels))
