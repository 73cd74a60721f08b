"""Derivatives inside of losses, on every backend."""

import contextlib

import keras
from keras import ops

from ganzoo.game.step import without_notes


class Derivatives:
    """What losses of an `AdversarialModel` differentiate by."""

    def gradient(self, fn, values):
        """The derivatives of `sum(fn(*values))` in each value, differentiable in turn.

        Args:
            fn: function of as many tensors.
            values: list of float tensors. What depends on weights goes on doing so.

        Returns:
            List of tensors, zero in a value that `fn` does not depend on.
        """
        with without_notes():
            return super().gradient(fn, values)

    def input_gradient(self, fn, x):
        """The derivative of `sum(fn(x))` in `x`, differentiable in turn."""
        return self.gradient(fn, [x])[0]

    @contextlib.contextmanager
    def substituted(self, variables, values):
        """Let networks compute with other values of variables, differentiably.

        As an unrolled step does: `values` may depend on anything, and what is computed
        inside has its gradient through them. Draws and running statistics go on.

        Args:
            variables: list of `keras.Variable`, of this model.
            values: list of tensors of their shapes.
        """
        # A scope does not inherit the values of the one around it.
        current = {id(v): v.value for v in self.variables}
        pairs = [(v, current[id(v)]) for v in self.variables]
        with keras.StatelessScope([*pairs, *zip(variables, values)]) as scope:
            yield
        replaced = {id(v) for v in variables}
        for variable in self.non_trainable_variables:
            value = scope.get_current_value(variable)
            if id(variable) not in replaced and value is not current[id(variable)]:
                variable.assign(value)

    def r1_penalty(self, batch):
        """½ E[‖∇D(x)‖²] on data, Equation 9 of Mescheder et al. (2018).

        In the images as they are, through what `D` sees of them, as in the code of
        Karras et al. (2020). As far as it depends on `D`: what else `D` sees, like
        labels, is held fixed.
        """
        x, *others = self.data_inputs(batch)
        gradient = self.input_gradient(
            lambda x: self.D([x, *others] if others else x), x
        )
        return ops.mean(ops.sum(gradient**2, axis=tuple(range(1, len(x.shape))))) / 2
