"""Derivatives inside of losses, on every backend."""

import contextlib
from contextlib import nullcontext

import keras
from keras import ops

from ganzoo.game.step import without_notes


class Derivatives:
    """What losses of an `AdversarialModel` differentiate by."""

    def gradient(self, fn, values):
        """The derivatives of `sum(fn(*values))` in each value, differentiable in turn.

        Args:
            fn: function of as many tensors. It must compute with these: what it uses of
                `values` otherwise counts as constant, except in weights of this model,
                which networks read by themselves.
            values: list of float tensors, arrays, or variables. What depends on weights
                goes on doing so.

        Returns:
            List of tensors, zero in a value that `fn` does not depend on.

        Raises:
            TypeError: If `values` is no list.
        """
        return self.gradient_and_outputs(fn, values)[0]

    def gradient_and_outputs(self, fn, values):
        """What `gradient` returns, and what `fn(*values)` is, computed once.

        Args:
            fn: function as of `gradient`. It may return a structure of tensors, whose
                sum is differentiated.
            values: list, as of `gradient`.

        Returns:
            The list of `gradient`, and the outputs, which are differentiable too.

        Raises:
            TypeError: If `values` is no list.
        """
        if not isinstance(values, (list, tuple)):
            raise TypeError(
                "Pass a list of values, or call `input_gradient` for one. "
                f"Received: values of type {type(values).__name__}."
            )
        weights = [self._weight_of(value) for value in values]

        def of_tensors(*tensors):
            pairs = [(w, t) for w, t in zip(weights, tensors) if w is not None]
            with self.substituted(*zip(*pairs)) if pairs else nullcontext():
                outputs = fn(*tensors)
            return sum(map(ops.sum, keras.tree.flatten(outputs))), outputs

        values = [self._tensor(value) for value in values]
        with without_notes():
            return super().gradient_and_outputs(of_tensors, values)

    def _weight_of(self, value):
        """The variable that a value is of, or None."""
        if isinstance(value, keras.Variable):
            return value
        return next((v for v in self.variables if v.value is value), None)

    def _tensor(self, value):
        if isinstance(value, keras.Variable):
            return value.value
        if ops.is_tensor(value):
            return value
        return ops.convert_to_tensor(value, self.variable_dtype)

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
        current = self.current_values()
        with keras.StatelessScope([*current, *zip(variables, values)]) as scope:
            yield
        before = {id(v): value for v, value in current}
        replaced = {id(v) for v in variables}
        for variable in self.non_trainable_variables:
            value = scope.get_current_value(variable)
            if id(variable) not in replaced and value is not before[id(variable)]:
                variable.assign(value)

    def apart(self, batch, **losses):
        """The sum of losses that have their gradients each in one network alone.

        For a player of several networks, each of which minimises a loss of its own:
        with an optimizer that goes by each weight alone, as Adam does and one with
        `global_clipnorm` does not, they are trained as if each had its own. What a
        network does in the loss of another is held fixed, and the gradient goes
        through it.

        Args:
            batch: What the losses are called with.
            **losses: functions of a batch, by the names of the networks.

        Returns:
            Scalar.
        """
        total = 0.0
        for name, loss in losses.items():
            others = [
                variable
                for other in losses
                if other != name
                for variable in self.players[other].trainable_variables
            ]
            fixed = [ops.stop_gradient(variable.value) for variable in others]
            with self.substituted(others, fixed):
                total = total + loss(batch)
        return total

    def current_values(self):
        """Pairs of each variable that a loss may read, and its value.

        For a scope, which does not inherit the values of the one around it.
        """
        optimizers = self.optimizer.variables if self.compiled else []
        readable = [*self.variables, *optimizers, *self.counters]
        return [(v, v.value) for v in readable]
