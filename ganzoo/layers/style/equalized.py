"""Layers whose weights all start as N(0, 1), and are scaled where they are used.

An optimizer like Adam, which moves each weight by about its learning rate, then moves
those of all layers by the same share. A layer with a `multiplier` learns so many times
as fast.

Reference:
    [Karras et al., 2018](https://arxiv.org/abs/1710.10196)
"""

import math

import keras
from keras import layers
from keras import ops

from ganzoo import backend
from ganzoo.layers.style import resampling
from ganzoo.layers.subpixel import convolve_doubled

SAMPLINGS = (None, "up", "down")


@keras.saving.register_keras_serializable("ganzoo")
def scaled_leaky_relu(x):
    """√2 LeakyReLU(x) with slope 0.2: it keeps the size of N(0, 1), about."""
    return ops.leaky_relu(x, 0.2) * math.sqrt(2)


def check_sampling(sampling):
    """Raise a ValueError unless it is one of `SAMPLINGS`."""
    if sampling not in SAMPLINGS:
        raise ValueError(
            f"`sampling` must be one of {SAMPLINGS}. Received: sampling={sampling!r}."
        )


@keras.saving.register_keras_serializable("ganzoo")
class EqualizedDense(layers.Layer):
    """`f(x W m/√fan_in + b m)`, whose `W` starts as N(0, 1/m²).

    Args:
        units: int. Size of the output.
        activation: As of `keras.layers.Dense`.
        multiplier: float. `m`, how many times as fast it learns.
        bias_initializer: As of `keras.layers.Dense`.
        **kwargs: As of `keras.layers.Layer`.
    """

    def __init__(
        self,
        units,
        activation=None,
        multiplier=1.0,
        bias_initializer="zeros",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)
        self.multiplier = multiplier
        self.bias_initializer = keras.initializers.get(bias_initializer)

    def build(self, input_shape):
        normal = keras.initializers.RandomNormal(0.0, 1 / self.multiplier)
        self.kernel = self.add_weight(
            (input_shape[-1], self.units), normal, name="kernel"
        )
        self.bias = self.add_weight((self.units,), self.bias_initializer, name="bias")

    def call(self, inputs):
        scale = self.multiplier / math.sqrt(self.kernel.shape[0])
        y = ops.matmul(inputs, self.kernel * scale) + self.bias * self.multiplier
        return self.activation(y)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
            "multiplier": self.multiplier,
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
        }


@keras.saving.register_keras_serializable("ganzoo")
class EqualizedConv2D(layers.Layer):
    """`f(W/√fan_in ∗ x + b)`, whose `W` starts as N(0, 1), with padding "same".

    Args:
        filters: int. Channels of the output.
        kernel_size: int. Odd.
        sampling: "up", "down" or None. Whether the output has twice or half the size,
            by the filter 1 3 3 1 together with the kernel.
        activation: As of `keras.layers.Conv2D`.
        use_bias: bool.
        **kwargs: As of `keras.layers.Layer`.

    Raises:
        ValueError: If the sampling is unknown.
    """

    def __init__(
        self,
        filters,
        kernel_size,
        sampling=None,
        activation=None,
        use_bias=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_sampling(sampling)
        self.filters = filters
        self.kernel_size = kernel_size
        self.sampling = sampling
        self.activation = keras.activations.get(activation)
        self.use_bias = use_bias

    def build(self, input_shape):
        side = self.kernel_size
        shape = (side, side, input_shape[-1], self.filters)
        normal = keras.initializers.RandomNormal(0.0, 1.0)
        self.kernel = self.add_weight(shape, normal, name="kernel")
        if self.use_bias:
            self.bias = self.add_weight((self.filters,), "zeros", name="bias")

    def call(self, inputs):
        y = convolve(inputs, scaled(self.kernel), self.sampling)
        return self.activation(y + self.bias if self.use_bias else y)

    def compute_output_shape(self, input_shape):
        return sampled_shape(input_shape, self.filters, self.sampling)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "sampling": self.sampling,
            "activation": keras.activations.serialize(self.activation),
            "use_bias": self.use_bias,
        }


def scaled(kernel):
    """A kernel `(side, side, in, out)` divided by √fan_in."""
    return kernel / math.sqrt(math.prod(kernel.shape[:-1]))


def convolve(x, kernel, sampling=None):
    """A convolution with padding "same", and images of twice or half the size.

    Args:
        x: tensor `(batch, height, width, in)`.
        kernel: tensor `(side, side, in, out)`, of side 1 or 3 where there is a
            sampling.
        sampling: "up", "down" or None.

    Returns:
        Tensor `(batch, ..., ..., out)`.
    """
    is_point = kernel.shape[0] == 1
    if sampling is None:
        return _conv(x, kernel, 1, "same")
    if sampling == "up":
        if is_point:
            return resampling.double(_conv(x, kernel))
        doubled = convolve_doubled(x, kernel)
        return resampling.upfirdn2d(doubled, 2 * resampling.TAPS, pads=(1, 1))
    if is_point:
        return _conv(resampling.halve(x), kernel)
    return _conv(resampling.upfirdn2d(x, pads=(2, 2)), kernel, 2)


def _conv(x, kernel, strides=1, padding="valid"):
    return backend.conv(x, kernel, (strides, strides), padding)


def sampled_shape(input_shape, filters, sampling):
    """Shape of the output of `convolve`."""
    batch, *sides, _ = input_shape
    if sampling:
        sides = [n * 2 if sampling == "up" else n // 2 for n in sides]
    return (batch, *sides, filters)
