"""Noise in a generator, one map for all channels, of a strength that it learns.

References:
    [Karras et al., 2019](https://arxiv.org/abs/1812.04948), a strength for each channel
    [Karras et al., 2020](https://arxiv.org/abs/1912.04958), one for all
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
        per_channel: bool. Whether each channel has a strength of its own.
        **kwargs: As of `keras.layers.Layer`.
    """

    def __init__(self, start, per_channel=False, **kwargs):
        super().__init__(**kwargs)
        self.start = start
        self.per_channel = per_channel

    def build(self, input_shape):
        shape = input_shape[0][-1:] if self.per_channel else ()
        self.strength = self.add_weight(shape, "zeros", name="strength")

    def call(self, inputs):
        x, noise = inputs
        height, width = x.shape[1:3]
        part = noise[:, self.start : self.start + math.prod((height, width))]
        return x + self.strength * ops.reshape(part, (-1, height, width, 1))

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self):
        return {
            **super().get_config(),
            "start": self.start,
            "per_channel": self.per_channel,
        }
