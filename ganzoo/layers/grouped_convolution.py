"""Convolutions in groups of channels, as products of matrices where that is faster."""

import keras
from keras import layers
from keras import ops

from ganzoo import backend

# What the products suppose of a layer.
PLAIN = {
    "strides": (1, 1),
    "dilation_rate": (1, 1),
    "padding": "same",
    "data_format": "channels_last",
}


@keras.saving.register_keras_serializable("ganzoo")
class GroupedConv2D(layers.Conv2D):
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
        plain = all(getattr(self, name) == value for name, value in PLAIN.items())
        return plain and self.groups > 1 and height == width and height % 2 == 1


def _to_matrices(kernel, groups):
    """The kernel of each group as a matrix, `(groups, side² in, out)`."""
    *_, channels, filters = kernel.shape
    kernel = ops.reshape(kernel, (-1, channels, groups, filters // groups))
    kernel = ops.transpose(kernel, (2, 0, 1, 3))
    return ops.reshape(kernel, (groups, -1, filters // groups))


def _is_slow_at_groups():
    on_cpu = set(backend.devices()) == {"cpu"}
    return on_cpu and keras.backend.backend() in ("tensorflow", "jax")
