"""Truncation: styles nearer to their mean, of less variety and better images.

Reference:
    [Karras et al., 2019](https://arxiv.org/abs/1812.04948)
"""

import keras
from keras import layers
from keras import ops


@keras.saving.register_keras_serializable("ganzoo")
class Truncation(layers.Layer):
    """Styles `w̄ + ψ (w − w̄)` for each layer of a network, `(batch, layers, size)`.

    `w̄` is an average of all styles in training, which starts at 0.

    Its inputs are styles `(batch, size)` and `ψ` for each layer, `(batch, layers)`.

    Args:
        decay: float. Share of `w̄` that a batch leaves, in [0, 1).
        **kwargs: As of `keras.layers.Layer`.
    """

    def __init__(self, decay=0.995, **kwargs):
        super().__init__(**kwargs)
        self.decay = decay

    def build(self, input_shape):
        self.mean = self.add_weight(
            (input_shape[0][-1],),
            "zeros",
            trainable=False,
            aggregation="mean",
            autocast=False,
            name="mean",
        )

    def call(self, inputs, training=False):
        w, psi = inputs
        if training:
            of_batch = ops.mean(ops.cast(ops.stop_gradient(w), "float32"), axis=0)
            self.mean.assign(of_batch + self.decay * (self.mean - of_batch))
        w = w[:, None]
        # With ψ = 1 the styles to the bit.
        return w + (1 - psi[:, :, None]) * (ops.cast(self.mean, w.dtype) - w)

    def compute_output_shape(self, input_shape):
        (batch, size), (_, count) = input_shape
        return (batch, count, size)

    def get_config(self):
        return {**super().get_config(), "decay": self.decay}
