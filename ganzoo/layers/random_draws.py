"""Keras's random layers, whose draws do not depend on how many devices share a batch.

Under `tf.distribute` each device would draw the same for its part.
"""

import keras
from keras import layers
from keras import ops

from ganzoo import backend


class DrawnPerExample:
    """A layer of Keras that combines its inputs with draws of its own."""

    # What its draws are when its inputs are these, and how they come to other inputs.
    neutral, combine = None, None

    def call(self, inputs, training=False):
        if not training or backend.placement().devices == 1:
            return super().call(inputs, training)
        keras_call = super().call

        def draw(count):
            shape = (count, *inputs.shape[1:])
            return keras_call(self.neutral(shape, inputs.dtype), training)

        return self.combine(inputs, backend.per_example(draw, inputs))


@keras.saving.register_keras_serializable("ganzoo")
class Dropout(DrawnPerExample, layers.Dropout):
    """Keras's, whose draws do not depend on how many devices share a batch."""

    neutral, combine = staticmethod(ops.ones), staticmethod(ops.multiply)


@keras.saving.register_keras_serializable("ganzoo")
class GaussianNoise(DrawnPerExample, layers.GaussianNoise):
    """Keras's, whose draws do not depend on how many devices share a batch."""

    neutral, combine = staticmethod(ops.zeros), staticmethod(ops.add)
