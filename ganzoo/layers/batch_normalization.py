"""Batch normalisation by one operation, where the backend has one."""

import keras
from keras import layers
from keras import ops

from ganzoo import backend


@keras.saving.register_keras_serializable("ganzoo")
class BatchNormalization(layers.BatchNormalization):
    """Keras's, to rounding, by one operation in training where the backend has one.

    That is of the last axis, without `renorm`.
    """

    def call(self, inputs, training=None, mask=None):
        normalized = None
        plain = not (self.synchronized or getattr(self, "renorm", False))
        plain &= self.axis in (-1, len(inputs.shape) - 1)
        if training and self.trainable and mask is None and plain:
            channels = inputs.shape[-1:]
            gain = self.gamma if self.scale else ops.ones(channels)
            offset = self.beta if self.center else ops.zeros(channels)
            normalized = backend.batch_normalization(inputs, gain, offset, self.epsilon)
        if normalized is None:
            return super().call(inputs, training, mask)
        outputs, mean, variance = normalized
        self._follow(self.moving_mean, mean)
        self._follow(self.moving_variance, variance)
        return outputs

    def _follow(self, running, value):
        running.assign(running * self.momentum + value * (1 - self.momentum))
