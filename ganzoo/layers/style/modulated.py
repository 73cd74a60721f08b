"""Modulated convolution: one whose kernel a style scales, for each image its own.

Reference:
    [Karras et al., 2020](https://arxiv.org/abs/1912.04958)
"""

import keras
from keras import layers
from keras import ops

from ganzoo.layers.style.equalized import EqualizedDense
from ganzoo.layers.style.equalized import check_sampling
from ganzoo.layers.style.equalized import convolve
from ganzoo.layers.style.equalized import sampled_shape
from ganzoo.layers.style.equalized import scaled
from ganzoo.system.errors import check_bool

EPSILON = 1e-8


@keras.saving.register_keras_serializable("ganzoo")
class ModulatedConv2D(layers.Layer):
    """A convolution by `w_ijk s_i d_j`, with `s` of a style and `d` such that it keeps.

    Of inputs that are independent and of variance 1 the outputs have variance 1, by
    `d_j = 1/√(Σ_ik (s_i w_ijk)² + ε)`. It scales the inputs by `s` and the outputs by
    `d`, which is the same as a kernel for each image and needs none.

    Its inputs are features `(batch, height, width, in)` and styles `(batch, size)`.

    Args:
        filters: int. Channels of the output.
        kernel_size: int. Odd.
        sampling: "up", "down" or None, as in `EqualizedConv2D`.
        demodulate: bool. Whether to scale the outputs by `d`.
        **kwargs: As of `keras.layers.Layer`.

    Raises:
        ValueError: If the sampling is unknown, or `demodulate` is no bool.
    """

    def __init__(self, filters, kernel_size, sampling=None, demodulate=True, **kwargs):
        super().__init__(**kwargs)
        check_sampling(sampling)
        check_bool("demodulate", demodulate)
        self.filters = filters
        self.kernel_size = kernel_size
        self.sampling = sampling
        self.demodulate = demodulate

    def build(self, input_shape):
        (*_, channels), style_shape = input_shape
        side = self.kernel_size
        normal = keras.initializers.RandomNormal(0.0, 1.0)
        shape = (side, side, channels, self.filters)
        self.kernel = self.add_weight(shape, normal, name="kernel")
        self.bias = self.add_weight((self.filters,), "zeros", name="bias")
        self.to_scales = EqualizedDense(
            channels, bias_initializer="ones", dtype="float32", name="to_scales"
        )
        self.to_scales.build(style_shape)

    def call(self, inputs):
        x, styles = inputs
        scales = self.to_scales(styles)
        kernel = scaled(self.kernel)
        x = x * ops.cast(scales, x.dtype)[:, None, None]
        y = convolve(x, kernel, self.sampling)
        if self.demodulate:
            y = y * ops.cast(_demodulation(scales, kernel), y.dtype)[:, None, None]
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
        }


def _demodulation(scales, kernel):
    """`d` of each image and output, `(batch, out)`."""
    squares = ops.sum(ops.square(ops.cast(kernel, "float32")), axis=(0, 1))
    return ops.rsqrt(ops.matmul(ops.square(scales), squares) + EPSILON)
