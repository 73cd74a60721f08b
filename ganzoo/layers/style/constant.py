"""What a generator of styles begins with, the same for all images.

Reference:
    [Karras et al., 2019](https://arxiv.org/abs/1812.04948)
"""

import keras
from keras import layers
from keras import ops


@keras.saving.register_keras_serializable("ganzoo")
class LearnedConstant(layers.Layer):
    """A trained tensor for each example of its input, the same for all.

    Args:
        shape: tuple. `(height, width, channels)`.
        initializer: As of `keras.layers.Dense`; None for N(0, 1).
        **kwargs: As of `keras.layers.Layer`.
    """

    def __init__(self, shape, initializer=None, **kwargs):
        super().__init__(**kwargs)
        self.shape = tuple(shape)
        self.initializer = keras.initializers.get(initializer)

    def build(self, input_shape):
        initializer = self.initializer or keras.initializers.RandomNormal(0.0, 1.0)
        self.constant = self.add_weight(self.shape, initializer, name="constant")

    def call(self, inputs):
        return ops.repeat(self.constant[None], ops.shape(inputs)[0], axis=0)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.shape)

    def get_config(self):
        return {
            **super().get_config(),
            "shape": self.shape,
            "initializer": self.initializer
            and keras.initializers.serialize(self.initializer),
        }
