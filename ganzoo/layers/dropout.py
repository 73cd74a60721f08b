"""Dropout whose draws do not depend on how many devices share a batch."""

import keras
from keras import layers
from keras import ops

from ganzoo import backend


@keras.saving.register_keras_serializable("ganzoo")
class Dropout(layers.Dropout):
    """Keras's, whose draws do not depend on how many devices share a batch.

    Under `tf.distribute` each would draw the same for its part.
    """

    def call(self, inputs, training=False):
        def kept(count):
            ones = ops.ones((count, *inputs.shape[1:]), inputs.dtype)
            return layers.Dropout.call(self, ones, training)

        if not training or backend.placement().devices == 1:
            return super().call(inputs, training)
        return inputs * backend.per_example(kept, inputs)
