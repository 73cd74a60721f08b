"""Attention of the pixels of features to each other.

Reference:
    [Zhang et al., 2019](https://arxiv.org/abs/1805.08318), in the form of
    [Brock et al., 2019](https://arxiv.org/abs/1809.11096) and their code
"""

import keras
from keras import layers
from keras import ops

from ganzoo.layers.spectral_normalization import SpectralConv2D


@keras.saving.register_keras_serializable("ganzoo")
class SelfAttention(layers.Layer):
    """`x + γ o(Σ_j β_ij g(x_j))`, `β_i` the softmax over `j` of `θ(x_i) · φ(x_j)`.

    `θ`, `φ`, `g` and `o` are convolutions of size 1, spectrally normalised and without
    a bias, of an eighth, an eighth, a half and all of the channels. `φ(x)` and `g(x)`
    are halved in size by their maxima. `γ` starts at 0, so that the layer is at first
    the identity.

    Args:
        kernel_initializer: string or `keras.Initializer`. Of the kernels.
        kernel_regularizer: string, `keras.Regularizer` or None.
        **kwargs: As of `keras.layers.Layer`.

    Raises:
        ValueError: If there are fewer than eight channels.
    """

    def __init__(
        self, kernel_initializer="orthogonal", kernel_regularizer=None, **kwargs
    ):
        super().__init__(**kwargs)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)

    def build(self, input_shape):
        channels = input_shape[-1]
        if channels < 8:
            raise ValueError(
                "Self-attention needs at least 8 channels, an eighth of which it "
                f"compares. Received: input_shape={tuple(input_shape)}."
            )
        self.theta, self.phi = (self._convolution(channels // 8) for _ in range(2))
        self.g, self.o = self._convolution(channels // 2), self._convolution(channels)
        for layer in (self.theta, self.phi, self.g):
            layer.build(input_shape)
        self.o.build((*input_shape[:-1], channels // 2))
        self.gamma = self.add_weight((), "zeros", name="gamma")

    def _convolution(self, filters):
        config = keras.initializers.serialize(self.kernel_initializer)
        return SpectralConv2D(
            filters,
            1,
            use_bias=False,
            # A new one for each: one that is not seeded repeats its draw.
            kernel_initializer=keras.initializers.deserialize(config),
            kernel_regularizer=self.kernel_regularizer,
            dtype=self.dtype_policy,
        )

    def call(self, x, training=False):
        theta, phi, g = (
            layer(x, training=training) for layer in (self.theta, self.phi, self.g)
        )
        phi, g = (ops.max_pool(values, 2, 2) for values in (phi, g))
        theta, phi, g = map(_flat, (theta, phi, g))
        beta = ops.softmax(ops.matmul(theta, ops.transpose(phi, (0, 2, 1))), axis=-1)
        height, width = x.shape[1:3]
        mixed = ops.reshape(ops.matmul(beta, g), (-1, height, width, g.shape[-1]))
        return x + self.gamma * self.o(mixed, training=training)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }


def _flat(features):
    """All pixels in a row, `(batch, pixels, channels)`."""
    _, height, width, channels = features.shape
    return ops.reshape(features, (-1, height * width, channels))
