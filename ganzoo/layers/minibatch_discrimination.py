"""Minibatch discrimination: a discriminator that sees how alike its examples are.

Reference:
    [Salimans et al., 2016](https://arxiv.org/abs/1606.03498), Section 3.2
"""

import keras
from keras import layers
from keras import ops

from ganzoo.system.errors import check_bool


@keras.saving.register_keras_serializable("ganzoo")
class MinibatchDiscrimination(layers.Layer):
    """Features, and beside them their closeness to those of the rest of the batch.

    With `M_i = f(x_i) T`, of shape `(kernels, dims)`, it adds to `f(x_i)` for each
    kernel `o(x_i)_b = Σ_j exp(−‖M_{i,b} − M_{j,b}‖₁)`, a sum over the batch: batches in
    training should all be of one size. Data and samples come in batches apart. On
    several devices of TensorFlow the sum is over the examples of each device.

    Args:
        kernels: int. Numbers that it adds.
        dims: int. Size of the space in which each measures closeness.
        include_self: bool. Whether `j = i` counts, which adds 1, as in the paper and
            not in its code.
        **kwargs: As of `keras.layers.Layer`.

    Raises:
        ValueError: If one of the numbers is less than 1, or
            `include_self` is no bool.
    """

    mixes_examples = True

    def __init__(self, kernels=100, dims=5, include_self=True, **kwargs):
        super().__init__(**kwargs)
        for name, value in {"kernels": kernels, "dims": dims}.items():
            if not isinstance(value, int) or value < 1:
                raise ValueError(
                    f"`{name}` must be an int of at least 1. Received: {name}={value}."
                )
        check_bool("include_self", include_self)
        self.kernels = kernels
        self.dims = dims
        self.include_self = include_self

    def build(self, input_shape):
        shape = (input_shape[-1], self.kernels * self.dims)
        normal = keras.initializers.RandomNormal(0.0, 0.05)
        self.kernel = self.add_weight(shape, normal, name="kernel")

    def call(self, inputs):
        m = ops.reshape(ops.matmul(inputs, self.kernel), (-1, self.kernels, self.dims))
        # [B, 1, kernels, dims] and [1, B, kernels, dims] -> [B, B, kernels]
        distance = ops.sum(ops.abs(m[:, None] - m[None]), axis=-1)
        closeness = ops.sum(ops.exp(-distance), axis=1)
        if not self.include_self:
            closeness = closeness - 1
        return ops.concatenate([inputs, closeness], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + self.kernels)

    def get_config(self):
        return {
            **super().get_config(),
            "kernels": self.kernels,
            "dims": self.dims,
            "include_self": self.include_self,
        }
