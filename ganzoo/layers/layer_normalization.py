"""Layer normalisation whose second derivative is right on every backend."""

import keras
from keras import layers
from keras import ops


@keras.saving.register_keras_serializable("ganzoo")
class LayerNormalization(layers.Layer):
    """Layer normalisation over all of one example, with a gain for each channel.

    [Ba et al., 2016](https://arxiv.org/abs/1607.06450), Equation 3. Those of Keras take
    their moments from TensorFlow, whose variance hides its mean from differentiation:
    right for one derivative, wrong for the second, which a gradient penalty is trained
    by.
    """

    def build(self, input_shape):
        channels = input_shape[-1:]
        self.gamma = self.add_weight(channels, "ones", autocast=False, name="gamma")
        self.beta = self.add_weight(channels, "zeros", autocast=False, name="beta")

    def call(self, inputs):
        # Squares of half precision would overflow.
        x = ops.cast(inputs, self.variable_dtype)
        axes = tuple(range(1, len(x.shape)))
        x = x - ops.mean(x, axes, keepdims=True)
        variance = ops.mean(ops.square(x), axes, keepdims=True)
        x = x * ops.rsqrt(variance + 1e-5) * self.gamma + self.beta
        return ops.cast(x, self.compute_dtype)
