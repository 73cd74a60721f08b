"""Batch normalisation with a gain and an offset for each class.

Reference:
    [Dumoulin et al., 2017](https://arxiv.org/abs/1610.07629), of instances instead of
    batches; [Miyato & Koyama, 2018](https://arxiv.org/abs/1802.05637)
"""

import keras
from keras import ops

from ganzoo.layers.batch_normalization import BatchNormalization


@keras.saving.register_keras_serializable("ganzoo")
class ConditionalBatchNormalization(BatchNormalization):
    """`γ_y x̂ + β_y`, where `x̂` is normalised by the whole batch, whatever its labels.

    Called as `layer(x, y)`, with features `(batch, ..., channels)` and integer labels
    `(batch,)`. At first each `γ_y` is 1 and each `β_y` is 0.

    Args:
        num_classes: int. Labels are integers from 0 to `num_classes - 1`.
        momentum: float. What running statistics keep of themselves in a step.
        epsilon: float. Added to the variance.
        **kwargs: As of `keras.layers.Layer`.

    Raises:
        ValueError: If there is no class.
    """

    def __init__(self, num_classes, momentum=0.9, epsilon=2e-5, **kwargs):
        super().__init__(
            momentum=momentum, epsilon=epsilon, center=False, scale=False, **kwargs
        )
        if not isinstance(num_classes, int) or num_classes < 1:
            raise ValueError(
                "`num_classes` must be an int of at least 1. "
                f"Received: num_classes={num_classes!r}."
            )
        self.num_classes = num_classes

    def build(self, input_shape):
        super().build(input_shape)
        shape = (self.num_classes, input_shape[-1])
        self.gammas = self.add_weight(shape, "ones", autocast=False, name="gammas")
        self.betas = self.add_weight(shape, "zeros", autocast=False, name="betas")

    def call(self, inputs, labels, training=None):
        normalized = super().call(inputs, training)
        gamma, beta = (self._of(labels, w, inputs) for w in (self.gammas, self.betas))
        return gamma * normalized + beta

    def _of(self, labels, weights, inputs):
        """The row of each label, `(batch, 1, ..., channels)`."""
        rows = ops.take(weights, ops.cast(labels, "int32"), axis=0)
        rows = ops.expand_dims(rows, tuple(range(1, len(inputs.shape) - 1)))
        return ops.cast(rows, self.compute_dtype)

    def get_config(self):
        config = {**super().get_config(), "num_classes": self.num_classes}
        return {k: v for k, v in config.items() if k not in ("center", "scale")}
