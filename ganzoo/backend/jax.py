"""Gradients on JAX, where functions are pure and assignments are return values.

Inside a `keras.StatelessScope`, reading or assigning a variable touches the scope
instead. Each step opens one scope for the whole of it. A function that is being
differentiated runs in a scope of its own and returns what it assigned there; the
assignments are then repeated in the scope around it.
"""

import jax
import keras


def devices():
    """Names of what computes; the contract is in `ganzoo.backend`."""
    return [device.device_kind for device in jax.devices()]


def full_precision():
    """Products of float32 in float32; the contract is in `ganzoo.backend`."""
    return jax.default_matmul_precision("highest")


def feed(data):
    """The data themselves; the contract is in `ganzoo.backend`."""
    return data


class AdversarialTrainer:
    """The steps of the game on JAX; the contract is in `ganzoo.backend`."""

    def train_step(self, state, data):
        groups = (
            self.trainable_variables,
            self.non_trainable_variables,
            self.optimizer.variables,
            self.metrics_variables,
        )
        return _run_on_state(self.adversarial_step, data, groups, state)

    def test_step(self, state, data):
        groups = (
            self.trainable_variables,
            self.non_trainable_variables,
            self.metrics_variables,
        )
        return _run_on_state(self.evaluation_step, data, groups, state)

    def minimize(self, loss_fn, batch, variables, optimizer):
        def pure_loss(values):
            loss, assigned = self._run_pure(loss_fn, batch, zip(variables, values))
            return scale(loss), (loss, assigned)

        # The scale is read out here: the inner scope does not know the optimizer.
        factor = optimizer.scale_loss(1.0)

        def scale(loss):
            return loss * factor

        values = [v.value for v in variables]
        gradients, (loss, assigned) = jax.grad(pure_loss, has_aux=True)(values)
        _assign(self.non_trainable_variables, assigned)
        values, state = optimizer.stateless_apply(
            [v.value for v in optimizer.variables], gradients, values
        )
        _assign(variables, values)
        _assign(optimizer.variables, state)
        return loss

    def input_gradient(self, fn, x):
        def pure_sum(x):
            return self._run_pure(lambda x: fn(x).sum(), x)

        gradient, assigned = jax.grad(pure_sum, has_aux=True)(x)
        _assign(self.non_trainable_variables, assigned)
        return gradient

    def _run_pure(self, fn, x, replaced=()):
        # A nested scope does not inherit the values of the one around it.
        current = [(v, v.value) for v in self.variables]
        with keras.StatelessScope([*current, *replaced]) as scope:
            y = fn(x)
        return y, [scope.get_current_value(v) for v in self.non_trainable_variables]


def _run_on_state(step, data, groups, state):
    """Run `step(data)` on variables that hold the values of `state`."""
    pairs = [pair for g, values in zip(groups, state) for pair in zip(g, values)]
    with keras.StatelessScope(pairs) as scope:
        logs = step(data)
    return logs, tuple([scope.get_current_value(v) for v in g] for g in groups)


def _assign(variables, values):
    for variable, value in zip(variables, values):
        variable.assign(value)
