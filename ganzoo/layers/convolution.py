"""Convolutions in the form in which each backend is fast at them.

Weights are those of Keras's layers, and outputs to rounding.
"""

import keras
from keras import layers
from keras import ops

from ganzoo import backend

# What the forms of the backends suppose of a layer.
PLAIN = {"dilation_rate": (1, 1), "data_format": "channels_last"}


@keras.saving.register_keras_serializable("ganzoo")
class Conv2D(layers.Conv2D):
    """Keras's, by `ganzoo.backend`, if its channels are last and it is undilated."""

    def convolution_op(self, inputs, kernel):
        if not _has(self, PLAIN):
            return super().convolution_op(inputs, kernel)
        return backend.conv(inputs, kernel, self.strides, self.padding)


@keras.saving.register_keras_serializable("ganzoo")
class Conv2DTranspose(layers.Conv2DTranspose):
    """Keras's, by `ganzoo.backend`, if it is such a one with no `output_padding`."""

    def call(self, inputs):
        if not _has(self, {**PLAIN, "output_padding": None}):
            return super().call(inputs)
        x = backend.conv_transpose(inputs, self.kernel, self.strides, self.padding)
        return self.activation(x + self.bias if self.use_bias else x)


@keras.saving.register_keras_serializable("ganzoo")
class GroupedConv2D(Conv2D):
    """Keras's `Conv2D` with `groups`: the same weights, and outputs to rounding.

    TensorFlow and JAX have no fast kernels of it for a CPU, and slow ones of its
    derivatives. There it is a convolution for each group, if its channels are last and
    it is undilated.
    """

    def convolution_op(self, inputs, kernel):
        if self.groups == 1 or not (_is_slow_at_groups() and _has(self, PLAIN)):
            return super().convolution_op(inputs, kernel)
        parts = (ops.split(x, self.groups, axis=-1) for x in (inputs, kernel))
        return ops.concatenate(
            [backend.conv(*pair, self.strides, self.padding) for pair in zip(*parts)],
            axis=-1,
        )


def _has(layer, options):
    return all(getattr(layer, name) == value for name, value in options.items())


def _is_slow_at_groups():
    on_cpu = set(backend.devices()) == {"cpu"}
    return on_cpu and keras.backend.backend() in ("tensorflow", "jax")
