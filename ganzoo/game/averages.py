"""Averaged weights of a generator, which its optimizer keeps by `use_ema`."""

import contextlib

import keras
import numpy as np
from keras import ops

from ganzoo import backend

# Share of the steps so far over which an average forgets half, until that is more than
# `ema_momentum` says: `ema_rampup` of the code of Karras et al. (2020).
RAMP_UP = 0.05


class Averages:
    """The averages of the weights that an optimizer updates.

    They belong to the weights that the last step left, which are remembered by a hash.
    Weights that were set since, like those of a better epoch, are their own averages.

    Args:
        optimizer: `keras.optimizers.Optimizer`, built, with `use_ema=True`.
    """

    def __init__(self, optimizer):
        self.optimizer = optimizer
        # 0 where it is not known, as of a file of an older version.
        self.origin = keras.Variable(
            0,
            dtype="int32",
            trainable=False,
            aggregation="only_first_replica",
            name="origin_of_averages",
        )
        # What the optimizer calls after each update, by a momentum that is constant.
        optimizer._update_model_variables_moving_average = self._update

    @property
    def weights(self):
        """The variables that are averaged, whatever has been frozen since."""
        return self.optimizer._trainable_variables

    @property
    def values(self):
        """The variables that hold the averages."""
        return self.optimizer._model_variables_moving_average

    @contextlib.contextmanager
    def updated(self):
        """Let the step inside update the averages of the weights that there are now."""
        known = self._are_of_weights()
        for weight, average in zip(self.weights, self.values):
            average.assign(ops.where(known, average.value, weight.value))
        yield
        self.origin.assign(self._hash())

    def _update(self, weights):
        for weight, average in zip(weights, self.values):
            momentum = ops.cast(self._momentum(), weight.dtype)
            average.assign(momentum * average + (1 - momentum) * weight)

    def _momentum(self):
        """One that grows with the steps: 0 at the first, `ema_momentum` after many.

        An average of thousands of steps would show noise for as long.
        """
        steps = ops.cast(self.optimizer.iterations, "float32")
        ramp = ops.power(0.5, 1 / ops.maximum(RAMP_UP * steps, 1e-8))
        return ops.minimum(self.optimizer.ema_momentum, ramp)

    def follow_weights(self):
        """Let weights that were set from outside be their own averages."""
        if not bool(ops.convert_to_numpy(self._are_of_weights())):
            _assign(self.values, _copies(self.weights))
            self.origin.assign(self._hash())

    @contextlib.contextmanager
    def in_place(self):
        """Have the averages in the place of the weights for a while."""
        # Before the first step the averages are of nothing.
        if int(ops.convert_to_numpy(self.optimizer.iterations)) == 0:
            yield
            return
        self.follow_weights()
        weights = _copies(self.weights)
        # Copies, as JAX takes the array of a variable back when it is assigned anew.
        _assign(self.weights, _copies(self.values))
        try:
            yield
        finally:
            _assign(self.weights, weights)

    def _are_of_weights(self):
        known = ops.equal(self.origin, self._hash())
        return ops.logical_or(ops.equal(self.origin, 0), known)

    def _hash(self):
        """An odd integer that other weights hardly share."""
        total = sum(
            backend.hash_of(v) * (2 * i + 1) for i, v in enumerate(self.weights)
        )
        return ops.bitwise_or(total, 1)


def _copies(variables):
    return [np.array(ops.convert_to_numpy(v)) for v in variables]


def _assign(variables, values):
    for variable, value in zip(variables, values):
        variable.assign(value)
