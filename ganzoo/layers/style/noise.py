"""Noise in a generator, one map for all channels, of a strength that it learns.

Reference:
    [Karras et al., 2020](https://arxiv.org/abs/1912.04958)
"""

import math

import keras
from keras import layers
from keras import ops


@keras.saving.register_keras_serializable("ganzoo")
class Noise(layers.Layer):
    """Features and, times a strength that starts at 0, a map of noise.

    Its inputs are features `(batch, height, width, channels)` and all the noise of an
    image, `(batch, size)`, of which it takes a part.

    Args:
        start: int. Where its part begins.
        **kwargs: As of `keras.layers.Layer`.
    """

    def __init__(self, start, **kwargs):
        super().__init__(**kwargs)
        self.start = start

    def build(self, input_shape):
        self.strength = self.add_weight((), "zeros", name="strength")

    def call(self, inputs):
        x, noise = inputs
        height, width = x.shape[1:3]
        part = noise[:, self.start : self.start + math.prod((height, width))]
        return x + self.strength * ops.reshape(part, (-1, height, width, 1))

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self):
        return {**super().get_config(), "start": self.start}
