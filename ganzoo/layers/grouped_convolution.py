"""Convolutions in groups of channels, as products of matrices where that is faster."""

import keras
from keras import layers
from keras import ops

from ganzoo import backend


@keras.saving.register_keras_serializable("ganzoo")
class GroupedConv2D(layers.Conv2D):
    """Keras's `Conv2D` with `groups`, to rounding, with padding "same" and no strides.

    Of an odd kernel. TensorFlow and JAX have no fast kernels of it for a CPU, and slow
    ones of its derivatives. There all patches of a group are multiplied at once.
    """

    def call(self, inputs):
        if not _is_slow_at_groups():
            return super().call(inputs)
        height, width, channels = inputs.shape[1:]
        side, groups = self.kernel_size[0], self.groups
        reach = side // 2
        pads = (reach, reach)
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
        y = ops.matmul(patches, self._matrices())
        y = ops.reshape(y, (groups, -1, height, width, y.shape[-1]))
        y = ops.transpose(y, (1, 2, 3, 0, 4))
        y = ops.reshape(y, (-1, height, width, self.filters))
        return self.activation(y + self.bias if self.use_bias else y)

    def _matrices(self):
        """The kernel of each group as a matrix, `(groups, side² in, out)`."""
        *_, channels, filters = self.kernel.shape
        shape = (-1, channels, self.groups, filters // self.groups)
        kernel = ops.transpose(ops.reshape(self.kernel, shape), (2, 0, 1, 3))
        return ops.reshape(kernel, (self.groups, -1, filters // self.groups))


def _is_slow_at_groups():
    on_cpu = set(backend.devices()) == {"cpu"}
    return on_cpu and keras.backend.backend() in ("tensorflow", "jax")
