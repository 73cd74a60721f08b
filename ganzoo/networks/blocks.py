"""What several architectures are made of."""

import random

import keras
from keras import layers
from keras import ops

from ganzoo import backend


def dropout(rate):
    """A dropout layer whose draws are those of a seed, from `set_random_seed` as ever.

    On PyTorch Keras lets one without a seed draw from where no saved model reaches.
    """
    return Dropout(rate, seed=random.randint(1, int(1e9)) if rate else None)


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


def normal():
    """Arguments of a layer whose kernel starts as N(0, 0.02²), as DCGAN's do.

    A new initializer each time: an unseeded one repeats its draw.
    """
    return {"kernel_initializer": keras.initializers.RandomNormal(0.0, 0.02)}


def uniform(bound):
    """Arguments of a layer whose kernel starts as U[-bound, bound], as GAN's do."""
    return {"kernel_initializer": keras.initializers.RandomUniform(-bound, bound)}


def normalize(x, normalization="batch"):
    """Normalise features `(batch, ..., channels)`.

    Args:
        x: Keras tensor.
        normalization: "batch", "layer" or None. Layer normalisation is over all of one
            example, with a gain for each channel.

    Raises:
        ValueError: If the normalisation is unknown.
    """
    if normalization is None:
        return x
    if normalization == "batch":
        # The running statistics follow within a hundred steps, not a thousand.
        return BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    if normalization == "layer":
        return LayerNormalization()(x)
    raise ValueError(
        "`normalization` must be 'batch', 'layer' or None. "
        f"Received: normalization={normalization!r}."
    )


@keras.saving.register_keras_serializable("ganzoo")
class BatchNormalization(layers.BatchNormalization):
    """Keras's, to rounding, by one operation in training where the backend has one.

    Of the last axis, with a gain and an offset, without `renorm`.
    """

    def call(self, inputs, training=None, mask=None):
        normalized = None
        if training and self.trainable and mask is None and not self.synchronized:
            normalized = backend.batch_normalization(
                inputs, self.gamma, self.beta, self.epsilon
            )
        if normalized is None:
            return super().call(inputs, training, mask)
        outputs, mean, variance = normalized
        self._follow(self.moving_mean, mean)
        self._follow(self.moving_variance, variance)
        return outputs

    def _follow(self, running, value):
        running.assign(running * self.momentum + value * (1 - self.momentum))


@keras.saving.register_keras_serializable("ganzoo")
class LayerNormalization(layers.Layer):
    """Layer normalisation over all of one example, with a gain for each channel.

    [Ba et al., 2016](https://arxiv.org/abs/1607.06450), Equation 3. Those of Keras take
    their moments from TensorFlow, whose variance hides its mean from differentiation:
    right for one derivative, wrong for the second, which a gradient penalty is trained
    by.
    """

    def build(self, input_shape):
        channels = input_shape[-1:]
        self.gamma = self.add_weight(channels, "ones", autocast=False, name="gamma")
        self.beta = self.add_weight(channels, "zeros", autocast=False, name="beta")

    def call(self, inputs):
        # Squares of half precision would overflow.
        x = ops.cast(inputs, self.variable_dtype)
        axes = tuple(range(1, len(x.shape)))
        x = x - ops.mean(x, axes, keepdims=True)
        variance = ops.mean(ops.square(x), axes, keepdims=True)
        x = x * ops.rsqrt(variance + 1e-5) * self.gamma + self.beta
        return ops.cast(x, self.compute_dtype)
