"""What a generator of styles begins with, the same for all images.

Reference:
    [Karras et al., 2019](https://arxiv.org/abs/1812.04948)
"""

import keras
from keras import layers
from keras import ops


@keras.saving.register_keras_serializable("ganzoo")
class LearnedConstant(layers.Layer):
    """A trained tensor for each example of its input, which starts as N(0, 1).

    Args:
        shape: tuple. `(height, width, channels)`.
        **kwargs: As of `keras.layers.Layer`.
    """

    def __init__(self, shape, **kwargs):
        super().__init__(**kwargs)
        self.shape = tuple(shape)

    def build(self, input_shape):
        normal = keras.initializers.RandomNormal(0.0, 1.0)
        self.constant = self.add_weight(self.shape, normal, name="constant")

    def call(self, inputs):
        return ops.repeat(self.constant[None], ops.shape(inputs)[0], axis=0)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.shape)

    def get_config(self):
        return {**super().get_config(), "shape": self.shape}
