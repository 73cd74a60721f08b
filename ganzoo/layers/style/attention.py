"""Self-attention by distances: pixels look at those whose features are near theirs.

References:
    [Kim et al., 2021](https://arxiv.org/abs/2006.04710)
    [Kang et al., 2023](https://arxiv.org/abs/2303.05511)
"""

import math

import keras
from keras import layers
from keras import ops

from ganzoo.layers.style.equalized import EqualizedDense


@keras.saving.register_keras_serializable("ganzoo")
class DistanceAttention(layers.Layer):
    """`x + γ o(Σ_j β_ij g(x_j))`, `β_i` the softmax over `j` of `−‖f(x_i) − f(x_j)‖²`.

    `f`, `g` and `o` are linear, of as many channels as the features: `f` makes both
    queries and keys. The slope of this attention has a limit where that of products
    has none (Kim et al., 2021). The logits are divided by `√(8 n)`, for `n` channels:
    then their variance is 1 for independent features of N(0, 1). `γ` starts at 0, so
    that the layer is at first the identity.

    Args:
        **kwargs: As of `keras.layers.Layer`.
    """

    def build(self, input_shape):
        self.f, self.g, self.o = (
            EqualizedDense(input_shape[-1], dtype=self.dtype_policy, name=name)
            for name in ("f", "g", "o")
        )
        for layer in (self.f, self.g, self.o):
            layer.build(input_shape)
        self.gamma = self.add_weight((), "zeros", name="gamma")

    def call(self, inputs):
        _, height, width, channels = inputs.shape
        x = ops.reshape(inputs, (-1, height * width, channels))
        beta = ops.softmax(attention_logits(self.f(x)), axis=-1)
        mixed = ops.matmul(ops.cast(beta, x.dtype), self.g(x))
        return inputs + self.gamma * ops.reshape(self.o(mixed), ops.shape(inputs))

    def compute_output_shape(self, input_shape):
        return input_shape


def attention_logits(features):
    """`−‖f_i − f_j‖² / √(8 n)` of all pairs of pixels.

    Args:
        features: tensor `(batch, pixels, n)`.

    Returns:
        float32 tensor `(batch, pixels, pixels)`.
    """
    f = ops.cast(features, "float32")
    products = ops.matmul(f, ops.transpose(f, (0, 2, 1)))
    squares = ops.sum(ops.square(f), axis=-1)
    distances = squares[:, :, None] + squares[:, None, :] - 2 * products
    return -distances / math.sqrt(8 * f.shape[-1])
