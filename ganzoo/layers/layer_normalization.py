"""Layer and instance normalisation, right in every derivative on every backend.

References:
    [Ba et al., 2016](https://arxiv.org/abs/1607.06450)
    [Ulyanov et al., 2016](https://arxiv.org/abs/1607.08022)
"""

import keras
from keras import layers
from keras import ops


def standardized(x, axes, epsilon):
    """`(x − μ)/√(σ² + ε)`, with the mean and the variance over some axes.

    By the squares of what the mean is taken from. Keras's moments on PyTorch are by a
    difference of squares, which may be less than 0 where features are nearly constant;
    those on TensorFlow hide their mean from differentiation, which is right for one
    derivative and wrong for the second.
    """
    x = x - ops.mean(x, axes, keepdims=True)
    variance = ops.mean(ops.square(x), axes, keepdims=True)
    return x * ops.rsqrt(variance + epsilon)


class _Normalization(layers.Layer):
    """Features normalised over some axes, with a gain and an offset of each channel."""

    def build(self, input_shape):
        channels = input_shape[-1:]
        self.gamma = self.add_weight(channels, "ones", autocast=False, name="gamma")
        self.beta = self.add_weight(channels, "zeros", autocast=False, name="beta")

    def call(self, inputs):
        # Squares of half precision would overflow.
        x = ops.cast(inputs, self.variable_dtype)
        x = standardized(x, self.axes(len(x.shape)), 1e-5) * self.gamma + self.beta
        return ops.cast(x, self.compute_dtype)


@keras.saving.register_keras_serializable("ganzoo")
class LayerNormalization(_Normalization):
    """Layer normalisation over all of one example, with a gain for each channel.

    Ba et al. (2016), Equation 3.
    """

    def axes(self, rank):
        """Over which an example `(batch, ..., channels)` is normalised."""
        return tuple(range(1, rank))


@keras.saving.register_keras_serializable("ganzoo")
class InstanceNormalization(_Normalization):
    """Each channel of each image normalised over its pixels, with gain and offset.

    Ulyanov et al. (2016), Equation 4. Inputs are `(batch, ..., channels)`.
    """

    def axes(self, rank):
        """Over which an image is normalised."""
        return tuple(range(1, rank - 1))
