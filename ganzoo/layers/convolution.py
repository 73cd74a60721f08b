"""Convolutions in the form in which each backend is fast at them.

Weights are those of Keras's layers, and outputs to rounding.
"""

import keras
from keras import layers
from keras import ops

from ganzoo import backend

# What the forms of the backends suppose of a layer.
PLAIN = {"dilation_rate": (1, 1), "data_format": "channels_last"}
# What products of matrices suppose of one in groups.
PRODUCTS = {**PLAIN, "strides": (1, 1), "padding": "same"}


@keras.saving.register_keras_serializable("ganzoo")
class Conv2D(layers.Conv2D):
    """Keras's, by `ganzoo.backend`, if its channels are last and it is undilated."""

    def convolution_op(self, inputs, kernel):
        if not _has(self, PLAIN):
            return super().convolution_op(inputs, kernel)
        return backend.conv(inputs, kernel, self.strides, self.padding)


@keras.saving.register_keras_serializable("ganzoo")
class Conv2DTranspose(layers.Conv2DTranspose):
    """Keras's, by `ganzoo.backend`, if it is such a one of padding "same"."""

    def call(self, inputs):
        if not _has(self, {**PLAIN, "padding": "same", "output_padding": None}):
            return super().call(inputs)
        x = backend.conv_transpose(inputs, self.kernel, self.strides)
        return self.activation(x + self.bias if self.use_bias else x)


@keras.saving.register_keras_serializable("ganzoo")
class GroupedConv2D(Conv2D):
    """Keras's `Conv2D` with `groups`: the same weights, and outputs to rounding.

    TensorFlow and JAX have no fast kernels of it for a CPU, and slow ones of its
    derivatives. There all patches of a group are multiplied at once, if the kernel is
    square and odd, and the convolution neither strided nor dilated and of padding
    "same".
    """

    def convolution_op(self, inputs, kernel):
        if not (_is_slow_at_groups() and self._is_plain()):
            return super().convolution_op(inputs, kernel)
        height, width, channels = inputs.shape[1:]
        side, groups = self.kernel_size[0], self.groups
        pads = (side // 2, side // 2)
        x = ops.pad(inputs, ((0, 0), pads, pads, (0, 0)))
        x = ops.reshape(x, (-1, *x.shape[1:3], groups, channels // groups))
        # The gradient of a slice by brackets is slow on TensorFlow.
        shape = (ops.shape(x)[0], height, width, *x.shape[3:])
        shifted = [
            ops.slice(x, (0, i, j, 0, 0), shape)
            for i in range(side)
            for j in range(side)
        ]
        patches = ops.transpose(ops.concatenate(shifted, axis=-1), (3, 0, 1, 2, 4))
        patches = ops.reshape(patches, (groups, -1, patches.shape[-1]))
        y = ops.matmul(patches, _to_matrices(kernel, groups))
        y = ops.reshape(y, (groups, -1, height, width, y.shape[-1]))
        y = ops.transpose(y, (1, 2, 3, 0, 4))
        return ops.reshape(y, (-1, height, width, self.filters))

    def _is_plain(self):
        height, width = self.kernel_size
        odd = height == width and height % 2 == 1
        return _has(self, PRODUCTS) and self.groups > 1 and odd


def _has(layer, options):
    return all(getattr(layer, name) == value for name, value in options.items())


def _to_matrices(kernel, groups):
    """The kernel of each group as a matrix, `(groups, side² in, out)`."""
    *_, channels, filters = kernel.shape
    kernel = ops.reshape(kernel, (-1, channels, groups, filters // groups))
    kernel = ops.transpose(kernel, (2, 0, 1, 3))
    return ops.reshape(kernel, (groups, -1, filters // groups))


def _is_slow_at_groups():
    on_cpu = set(backend.devices()) == {"cpu"}
    return on_cpu and keras.backend.backend() in ("tensorflow", "jax")
