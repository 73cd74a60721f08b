"""Modulated convolution: one whose kernel a style scales, for each image its own.

References:
    [Karras et al., 2020](https://arxiv.org/abs/1912.04958)
    [Kang et al., 2023](https://arxiv.org/abs/2303.05511)
"""

import math

import keras
from keras import layers
from keras import ops

from ganzoo.layers.style.equalized import EqualizedDense
from ganzoo.layers.style.equalized import check_sampling
from ganzoo.layers.style.equalized import convolve
from ganzoo.layers.style.equalized import sampled_shape
from ganzoo.system.errors import check_bool
from ganzoo.system.errors import check_count

EPSILON = 1e-8


@keras.saving.register_keras_serializable("ganzoo")
class ModulatedConv2D(layers.Layer):
    """A convolution by `w_ijk s_i d_j`, with `s` of a style and `d` such that it keeps.

    Of inputs that are independent and of variance 1 the outputs have variance 1, by
    `d_j = 1/√(Σ_ik (s_i w_ijk)² + ε)`. It scales the inputs by `s` and the outputs by
    `d`, which is the same as a kernel for each image and needs none.

    With several kernels that of an image is `w = Σ_n p_n w_n`, where `p` is a softmax
    of its style: the sample-adaptive kernel of Kang et al. (2023), Equations 1 and 2.
    A convolution of the inputs times `p_n`, side by side, has the same outputs.

    Its inputs are features `(batch, height, width, in)` and styles `(batch, size)`.

    Args:
        filters: int. Channels of the output.
        kernel_size: int. Odd.
        sampling: "up", "down" or None, as in `EqualizedConv2D`.
        demodulate: bool. Whether to scale the outputs by `d`.
        kernels: int. How many kernels the style weighs.
        **kwargs: As of `keras.layers.Layer`.

    Raises:
        ValueError: If the sampling is unknown, `demodulate` is no bool, or there is
            less than one kernel.
    """

    def __init__(
        self,
        filters,
        kernel_size,
        sampling=None,
        demodulate=True,
        kernels=1,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_sampling(sampling)
        check_bool("demodulate", demodulate)
        check_count("kernels", kernels)
        self.filters = filters
        self.kernel_size = kernel_size
        self.sampling = sampling
        self.demodulate = demodulate
        self.kernels = kernels

    def build(self, input_shape):
        (*_, channels), style_shape = input_shape
        side = self.kernel_size
        normal = keras.initializers.RandomNormal(0.0, 1.0)
        # Of several kernels the inputs are one behind another.
        shape = (side, side, self.kernels * channels, self.filters)
        self.kernel = self.add_weight(shape, normal, name="kernel")
        self.bias = self.add_weight((self.filters,), "zeros", name="bias")
        self.to_scales = EqualizedDense(
            channels, bias_initializer="ones", dtype="float32", name="to_scales"
        )
        self.to_scales.build(style_shape)
        if self.kernels > 1:
            self.to_kernels = EqualizedDense(
                self.kernels, "softmax", dtype="float32", name="to_kernels"
            )
            self.to_kernels.build(style_shape)

    def call(self, inputs):
        x, styles = inputs
        scales = self.to_scales(styles)
        fan_in = math.prod(self.kernel.shape[:-1]) // self.kernels
        kernel = self.kernel / math.sqrt(fan_in)
        if self.kernels > 1:
            scales = _side_by_side(scales, self.to_kernels(styles))
            x = ops.tile(x, (1, 1, 1, self.kernels))
        x = x * ops.cast(scales, x.dtype)[:, None, None]
        y = convolve(x, kernel, self.sampling)
        if self.demodulate:
            d = _demodulation(scales, kernel, self.kernels)
            y = y * ops.cast(d, y.dtype)[:, None, None]
        return y + self.bias

    def compute_output_shape(self, input_shape):
        return sampled_shape(input_shape[0], self.filters, self.sampling)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "sampling": self.sampling,
            "demodulate": self.demodulate,
            "kernels": self.kernels,
        }


def _side_by_side(scales, shares):
    """Scales of each kernel, times its share, `(batch, kernels * in)`."""
    products = shares[:, :, None] * scales[:, None]
    return ops.reshape(products, (-1, products.shape[1] * products.shape[2]))


def _demodulation(scales, kernel, count):
    """`d` of each image and output, `(batch, out)`.

    Of several kernels that of their sum, by the products of any two of them.

    Args:
        scales: tensor `(batch, count * in)`.
        kernel: tensor `(side, side, count * in, out)`.
        count: int. Kernels.
    """
    kernel = ops.cast(kernel, "float32")
    if count == 1:
        squares = ops.sum(ops.square(kernel), axis=(0, 1))
        return ops.rsqrt(ops.matmul(ops.square(scales), squares) + EPSILON)
    of_each = count, kernel.shape[2] // count
    kernel = ops.reshape(kernel, (-1, *of_each, kernel.shape[3]))
    scales = ops.reshape(scales, (-1, *of_each))
    products = ops.einsum("knio,kmio->nmio", kernel, kernel)
    pairs = ops.einsum("bni,bmi->bnmi", scales, scales)
    # Where kernels cancel each other, rounding may leave less than 0.
    squares = ops.maximum(ops.tensordot(pairs, products, 3), 0.0)
    return ops.rsqrt(squares + EPSILON)
