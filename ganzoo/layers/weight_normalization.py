"""A dense layer whose weights have a norm of their own.

Reference:
    [Salimans & Kingma, 2016](https://arxiv.org/abs/1602.07868), Section 2
"""

import keras
from keras import layers
from keras import ops

from ganzoo.system.errors import check_bool


@keras.saving.register_keras_serializable("ganzoo")
class WeightNormalizedDense(layers.Layer):
    """`activation(x W + b)` with `W = g V / ‖V‖`, a norm `g` for each output.

    Training changes the direction of the weights of an output, `V / ‖V‖`. Their norm
    `g` stays what it is, so that noise in `x` cannot be outgrown, or is trained too.

    Args:
        units: int. Outputs.
        activation: str or function or None. As in `keras.layers.Dense`.
        gain: float. `g` at the beginning, positive.
        train_gain: bool. Whether it is trained.
        **kwargs: As of `keras.layers.Layer`.

    Raises:
        ValueError: If there is no output, the gain is not positive, or
            `train_gain` is no bool.
    """

    def __init__(self, units, activation=None, gain=1.0, train_gain=False, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(units, int) or units < 1:
            raise ValueError(
                f"`units` must be an int of at least 1. Received: units={units!r}."
            )
        if not isinstance(gain, (int, float)) or not 0 < gain < float("inf"):
            raise ValueError(
                f"`gain` must be a positive number. Received: gain={gain!r}."
            )
        check_bool("train_gain", train_gain)
        self.units = units
        self.activation = keras.activations.get(activation)
        self.gain = gain
        self.train_gain = train_gain

    def build(self, input_shape):
        normal = keras.initializers.RandomNormal(0.0, 0.1)
        constant = keras.initializers.Constant(self.gain)
        # Norms are in full precision, whatever the layer computes in.
        self.v = self.add_weight(
            (input_shape[-1], self.units), normal, autocast=False, name="v"
        )
        self.g = self.add_weight(
            (self.units,),
            constant,
            trainable=self.train_gain,
            autocast=False,
            name="g",
        )
        self.bias = self.add_weight((self.units,), "zeros", name="bias")

    def call(self, inputs):
        norm = ops.sqrt(ops.sum(ops.square(self.v), axis=0))
        kernel = ops.cast(self.g / norm * self.v, self.compute_dtype)
        return self.activation(ops.matmul(inputs, kernel) + self.bias)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
            "gain": self.gain,
            "train_gain": self.train_gain,
        }
