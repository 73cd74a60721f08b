"""AdaIN: features whose statistics are a style's, for each image its own.

References:
    [Huang & Belongie, 2017](https://arxiv.org/abs/1703.06868)
    [Karras et al., 2019](https://arxiv.org/abs/1812.04948)
"""

import keras
from keras import layers
from keras import ops

from ganzoo.layers.layer_normalization import standardized
from ganzoo.layers.style.equalized import EqualizedDense

EPSILON = 1e-8


@keras.saving.register_keras_serializable("ganzoo")
class AdaptiveInstanceNormalization(layers.Layer):
    """`(s + 1) (x − μ)/√(σ² + ε) + b`, with `s` and `b` linear in a style.

    `μ` and `σ²` are the mean and the variance of a channel of an image over its pixels.

    Its inputs are features `(batch, height, width, channels)` and styles `(batch,
    size)`.
    """

    def build(self, input_shape):
        features_shape, style_shape = input_shape
        self.to_statistics = EqualizedDense(
            2 * features_shape[-1], dtype="float32", name="to_statistics"
        )
        self.to_statistics.build(style_shape)

    def call(self, inputs):
        features, styles = inputs
        x = ops.cast(features, "float32")
        x = standardized(x, (1, 2), EPSILON)
        scale, bias = ops.split(self.to_statistics(styles)[:, None, None], 2, axis=-1)
        return ops.cast((scale + 1) * x + bias, features.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape[0]
