"""Features of mean square 1 on average, by what has been seen in training.

Reference:
    [Karras et al., 2021](https://arxiv.org/abs/2106.12423)
"""

import keras
from keras import layers
from keras import ops


@keras.saving.register_keras_serializable("ganzoo")
class MagnitudeNormalization(layers.Layer):
    """`x/√m`, with `m` a moving average of the mean square, which starts at 1.

    Args:
        half_life: float. Images after which half of `m` is that of later ones.
        **kwargs: As of `keras.layers.Layer`.
    """

    def __init__(self, half_life=20_000, **kwargs):
        super().__init__(**kwargs)
        self.half_life = half_life

    def build(self, input_shape):
        self.magnitude = self.add_weight(
            (),
            "ones",
            trainable=False,
            aggregation="mean",
            autocast=False,
            name="magnitude",
        )

    def call(self, inputs, training=False):
        if training:
            x = ops.cast(ops.stop_gradient(inputs), "float32")
            of_batch = ops.mean(ops.square(x))
            count = ops.cast(ops.shape(inputs)[0], "float32")
            decay = ops.power(0.5, count / self.half_life)
            self.magnitude.assign(of_batch + decay * (self.magnitude - of_batch))
        return inputs * ops.cast(ops.rsqrt(self.magnitude + 0), inputs.dtype)

    def get_config(self):
        return {**super().get_config(), "half_life": self.half_life}
