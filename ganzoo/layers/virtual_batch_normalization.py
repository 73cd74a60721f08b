"""Virtual batch normalisation: by the statistics of a batch that stays the same.

Reference:
    [Salimans et al., 2016](https://arxiv.org/abs/1606.03498), Section 3.5
"""

import keras
from keras import layers
from keras import ops


@keras.saving.register_keras_serializable("ganzoo")
class ReferenceBatch(layers.Layer):
    """Puts a fixed batch of latents in front of what comes in.

    It is drawn once, when the layer is built, and saved with the model. The
    `VirtualBatchNormalization` layers behind go by it, and `WithoutReference` takes it
    away again.

    Args:
        size: int. How many latents.
        prior: `keras.initializers.Initializer`, or its name. What they are drawn from.
        **kwargs: As of `keras.layers.Layer`.
    """

    def __init__(self, size=64, prior="random_normal", **kwargs):
        super().__init__(**kwargs)
        self.size = _check_size("size", size)
        self.prior = keras.initializers.get(prior)

    def build(self, input_shape):
        self.reference = self.add_weight(
            (self.size, *input_shape[1:]),
            self.prior,
            trainable=False,
            name="reference",
        )

    def call(self, inputs):
        return ops.concatenate([self.reference, inputs], axis=0)

    def compute_output_shape(self, input_shape):
        return (None, *input_shape[1:])

    def get_config(self):
        prior = keras.initializers.serialize(self.prior)
        return {**super().get_config(), "size": self.size, "prior": prior}


@keras.saving.register_keras_serializable("ganzoo")
class WithoutReference(layers.Layer):
    """Takes the fixed batch away that `ReferenceBatch` has put in front.

    Args:
        size: int. How many examples it has.
        **kwargs: As of `keras.layers.Layer`.
    """

    def __init__(self, size=64, **kwargs):
        super().__init__(**kwargs)
        self.size = _check_size("size", size)

    def call(self, inputs):
        return inputs[self.size :]

    def compute_output_shape(self, input_shape):
        return (None, *input_shape[1:])

    def get_config(self):
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable("ganzoo")
class VirtualBatchNormalization(layers.Layer):
    """Normalises each example by the fixed batch in front of it, and by itself.

    As in the authors' code: of `B` examples of reference, their moments count
    `B / (B + 1)` and the example's own `1 / (B + 1)`. The reference is normalised by
    its own moments. An output does not depend on the other examples that come in, and
    is the same in training and in inference.

    Args:
        size: int. `B`, as of `ReferenceBatch`.
        epsilon: float. Added to the variance.
        **kwargs: As of `keras.layers.Layer`.
    """

    def __init__(self, size=64, epsilon=1e-5, **kwargs):
        super().__init__(**kwargs)
        self.size = _check_size("size", size)
        self.epsilon = epsilon

    def build(self, input_shape):
        channels = input_shape[-1:]
        self.gamma = self.add_weight(channels, "ones", autocast=False, name="gamma")
        self.beta = self.add_weight(channels, "zeros", autocast=False, name="beta")

    def call(self, inputs):
        # Squares of half precision would overflow.
        x = ops.cast(inputs, self.variable_dtype)
        axes = tuple(range(1, len(x.shape) - 1))
        # [R + N, 1, ..., channels], of each example alone.
        means = ops.mean(x, axes, keepdims=True)
        # Near a mean of 0 a variance is exact that is a difference of squares.
        origin = ops.mean(means[: self.size], axis=0, keepdims=True)
        x, means = x - origin, means - origin
        squares = ops.mean(ops.square(x), axes, keepdims=True)
        mean, square = self._mixed(means), self._mixed(squares)
        variance = square - ops.square(mean)
        x = (x - mean) * ops.rsqrt(variance + self.epsilon) * self.gamma + self.beta
        return ops.cast(x, self.compute_dtype)

    def _mixed(self, moments):
        """The reference's moments, and behind them for each example the mixture."""
        own = moments[self.size :]
        reference = ops.mean(moments[: self.size], axis=0, keepdims=True)
        mixed = (self.size * reference + own) / (self.size + 1)
        repeated = ops.broadcast_to(reference, (self.size, *reference.shape[1:]))
        return ops.concatenate([repeated, mixed], axis=0)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "size": self.size, "epsilon": self.epsilon}


def _check_size(name, size):
    if not isinstance(size, int) or size < 1:
        raise ValueError(
            f"`{name}` must be an int of at least 1, the examples of the reference. "
            f"Received: {name}={size!r}."
        )
    return size
