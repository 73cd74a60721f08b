"""Gaussian noise whose draws do not depend on how many devices share a batch."""

import keras
from keras import layers
from keras import ops

from ganzoo import backend


@keras.saving.register_keras_serializable("ganzoo")
class GaussianNoise(layers.GaussianNoise):
    """Keras's, whose draws do not depend on how many devices share a batch.

    Under `tf.distribute` each would draw the same for its part.
    """

    def call(self, inputs, training=False):
        def noise(count):
            zeros = ops.zeros((count, *inputs.shape[1:]), inputs.dtype)
            return layers.GaussianNoise.call(self, zeros, training)

        if not training or backend.placement().devices == 1:
            return super().call(inputs, training)
        return inputs + backend.per_example(noise, inputs)
