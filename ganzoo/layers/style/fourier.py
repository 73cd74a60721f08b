"""Fourier features: waves that a generator begins with, and that can be moved.

Reference:
    [Karras et al., 2021](https://arxiv.org/abs/2106.12423)
"""

import math

import keras
import numpy as np
from keras import layers
from keras import ops


@keras.saving.register_keras_serializable("ganzoo")
class FourierFeatures(layers.Layer):
    """Waves of random frequencies, turned and moved by a style, and mixed.

    `W sin(2π (f · R (x + u − t) + φ))/√channels` at the places `x` of a square, whose
    center is 0, in units of length. The frequencies `f` are uniform in a disc and the
    phases `φ` in [−½, ½]; both stay as they begin. A style makes the rotation `R` and
    the translation `t`, at first none. The weight `translation`, `u`, moves the image
    by `−u`.

    Its inputs are styles `(batch, size)`.

    Args:
        side: int. Samples of a side.
        channels: int.
        rate: int. Samples for each unit of length.
        bandwidth: float. Radius of the disc of frequencies.
        **kwargs: As of `keras.layers.Layer`.
    """

    def __init__(self, side, channels, rate, bandwidth, **kwargs):
        super().__init__(**kwargs)
        self.side = side
        self.channels = channels
        self.rate = rate
        self.bandwidth = bandwidth

    def build(self, input_shape):
        initializers, channels = keras.initializers, self.channels
        still = {"trainable": False, "autocast": False}
        self.frequencies = self.add_weight(
            (channels, 2), self._draw_frequencies, name="frequencies", **still
        )
        phases = initializers.RandomUniform(-0.5, 0.5)
        self.phases = self.add_weight((channels,), phases, name="phases", **still)
        self.translation = self.add_weight((2,), "zeros", name="translation", **still)
        self.kernel = self.add_weight(
            (channels, channels), initializers.RandomNormal(0.0, 1.0), name="kernel"
        )
        self.to_movement = self.add_weight(
            (input_shape[-1], 4), "zeros", name="to_movement"
        )
        self.movement = self.add_weight((4,), _no_movement, name="movement")

    def _draw_frequencies(self, shape, dtype=None):
        normal = keras.initializers.RandomNormal(0.0, 1.0)(shape, dtype)
        square = ops.sum(ops.square(normal), axis=1, keepdims=True)
        # Of a uniform number U this is √U, and the directions are uniform too.
        return self.bandwidth * normal * ops.rsqrt(square) * ops.exp(-square / 4)

    def call(self, styles):
        # Cosine and sine of the rotation, and the translation.
        of_style = ops.matmul(styles, self.to_movement) / math.sqrt(styles.shape[-1])
        movement = of_style + self.movement
        length = ops.norm(movement[:, :2], axis=1, keepdims=True)
        movement = movement / length
        cosine, sine = movement[:, 0, None], movement[:, 1, None]
        # [channels], [batch, 1] -> [batch, channels]
        across, down = ops.unstack(self.frequencies + 0, 2, axis=1)
        turned = cosine * across + sine * down, cosine * down - sine * across
        moved = (self.translation - movement[:, 2:])[:, None]
        phases = self.phases + ops.sum(ops.stack(turned, axis=-1) * moved, axis=-1)
        places = (np.arange(self.side) - (self.side - 1) / 2) / self.rate
        places = ops.convert_to_tensor(places, "float32")[:, None]
        # [batch, height, 1, channels] + [batch, 1, width, channels]
        waves = turned[1][:, None, None] * places[:, None]
        waves = waves + turned[0][:, None, None] * places
        waves = ops.sin(2 * math.pi * (waves + phases[:, None, None]))
        return ops.matmul(waves, self.kernel / math.sqrt(self.channels))

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.side, self.side, self.channels)

    def get_config(self):
        return {
            **super().get_config(),
            "side": self.side,
            "channels": self.channels,
            "rate": self.rate,
            "bandwidth": self.bandwidth,
        }


def _no_movement(shape, dtype=None):
    """A rotation by no angle, and no translation."""
    return ops.convert_to_tensor([1.0, 0.0, 0.0, 0.0], dtype)
