"""Gradients on JAX, where functions are pure and assignments are return values.

Inside a `keras.StatelessScope`, reading or assigning a variable touches the scope
instead. Each step opens one scope for the whole of it. A function that is being
differentiated runs in a scope of its own and returns what it assigned there; the
assignments are then repeated in the scope around it.
"""

import contextlib
import functools

import jax
import keras
import numpy as np

from ganzoo.backend.placement import Placement
from ganzoo.backend.placement import check_count


def devices():
    """Names of what computes; the contract is in `ganzoo.backend`."""
    return [device.device_kind for device in jax.devices()]


def full_precision():
    """Products of float32 in float32; the contract is in `ganzoo.backend`."""
    return jax.default_matmul_precision("highest")


@contextlib.contextmanager
def on_devices(devices, workers, worker):
    """Keras's data parallelism; the contract is in `ganzoo.backend`."""
    if devices and devices > 1:
        # Where JAX has begun, they are what they are.
        with contextlib.suppress(RuntimeError):
            jax.config.update("jax_num_cpu_devices", devices)
    if workers:
        keras.distribution.initialize(workers[0], len(workers), worker)
    check_count(devices or 1, len(jax.local_devices()))
    chosen = [
        device
        for process in range(jax.process_count())
        for device in jax.local_devices(process)[:devices]
    ]
    parallel = keras.distribution.DataParallel(
        devices=[f"{device.platform}:{device.id}" for device in chosen],
        auto_shard_dataset=False,
    )
    with parallel.scope():
        yield


def scope():
    """That of `on_devices`, all around; the contract is in `ganzoo.backend`."""
    return contextlib.nullcontext()


def placement(model=None):
    """Which devices share a batch; the contract is in `ganzoo.backend`."""
    distribution = keras.distribution.distribution()
    if distribution is None:
        return Placement()
    devices = distribution.device_mesh.devices.size
    return Placement(devices, jax.process_count(), jax.process_index())


def feed(data, model=None):
    """The data, or the part of this process; the contract is in `ganzoo.backend`."""
    place = placement()
    return data if place.workers == 1 else _Part(data, place.worker, place.workers)


class _Part(keras.utils.PyDataset):
    """One of equal parts of each batch."""

    def __init__(self, data, i, count):
        super().__init__()
        self.data, self.i, self.count = data, i, count

    def __len__(self):
        return len(self.data)

    def __getitem__(self, index):
        return self.data.part(index, self.i, self.count)


def independent_seed(seed):
    """Keras's own draws of two seeds have nothing in common."""
    return seed


def per_example(draw, x):
    """All of them, each device its part of; the contract is in `ganzoo.backend`.

    JAX has to be told: a generator whose latents nobody parts is run whole by each.
    """
    drawn = draw(x.shape[0])
    distribution = keras.distribution.distribution()
    if distribution is None:
        return drawn
    return keras.tree.map_structure(
        lambda part: keras.distribution.distribute_tensor(
            part, distribution.get_data_layout(part.shape)
        ),
        drawn,
    )


def synchronize(model):
    """As it is anyway; the contract is in `ganzoo.backend`."""


def predict_on_batch(network, x):
    """Equal parts or all on each device; the contract is in `ganzoo.backend`.

    Keras lays out the batches of `predict`, and not this one.
    """
    place = placement()
    count = len(keras.tree.flatten(x)[0])
    if place.workers == 1 < place.devices and not count % place.devices:
        # One that was built before has its variables elsewhere.
        if len(network.variables[0].value.sharding.device_set) == place.devices:
            x = keras.tree.map_structure(_shared, x)
    return network.predict_on_batch(x)


def _shared(part):
    layout = keras.distribution.distribution().get_data_layout(part.shape)
    return keras.distribution.distribute_tensor(np.asarray(part), layout)


def batch_normalization(x, scale, offset, epsilon):
    """As Keras does; the contract is in `ganzoo.backend`."""
    return None


def hash_of(variable):
    """By integers that wrap around; the contract is in `ganzoo.backend`."""
    bits = variable.value.astype("float32").reshape(-1).view("int32")
    places = jax.numpy.arange(1, 2 * bits.size, 2, dtype="int32")
    return (bits * (bits >> 16) * places).sum(dtype="int32")


def traced(fn, model):
    """Compiled, for whichever weights; the contract is in `ganzoo.backend`."""

    @jax.jit
    def of_weights(values, *args):
        with keras.StatelessScope(list(zip(model.variables, values))):
            return fn(*args)

    return lambda *args: of_weights([v.value for v in model.variables], *args)


class AdversarialTrainer:
    """The steps of the game on JAX; the contract is in `ganzoo.backend`."""

    def __setattr__(self, name, value):
        # `fit` sets it after each step, and Keras would look for layers in all of it
        # each time.
        if name != "_jax_state":
            super().__setattr__(name, value)
            return
        object.__setattr__(self, name, value)
        if value and self._jax_state_synced:
            # Somebody, like a generator of data, asked while the step was on its way:
            # what it put back has been given to the step.
            super()._purge_model_variables(**dict.fromkeys(value, True))
            self._jax_state_synced = False

    def _purge_model_variables(self, **groups):
        """As Keras does for a step, but whoever asks a variable finds its value.

        Keras puts the values back only for callbacks that reach the model by their own
        `self.model`, and loses them where no first batch comes. A variable without a
        value asks `_initializer` for one.
        """
        state = {name: self._group(name) for name in groups if groups[name]}
        values = {name: [v.value for v in group] for name, group in state.items()}
        object.__setattr__(self, "_jax_state", values)
        super()._purge_model_variables(**groups)
        for variable in sum(state.values(), []):
            variable._initializer = functools.partial(self._reattached, variable)

    @property
    def metrics_variables(self):
        # The one group of variables, beside networks', that `evaluate` hands to a step:
        # it would take counters for constants.
        return [*super().metrics_variables, *self.counters]

    def _group(self, name):
        if name == "optimizer_variables":
            return self.optimizer.variables
        return getattr(self, name)

    def _reattached(self, variable, shape, dtype):
        self.jax_state_sync()
        return variable._value

    def evaluate(self, *args, **kwargs):
        # Between steps of `fit`, as above: Keras takes it that they are in place.
        self.jax_state_sync()
        return super().evaluate(*args, **kwargs)

    def predict(self, *args, **kwargs):
        self.jax_state_sync()
        return super().predict(*args, **kwargs)

    def make_train_function(self, force=False):
        with self._traced_anew("train_step"):
            super().make_train_function(force)

    def make_test_function(self, force=False):
        with self._traced_anew("test_step"):
            super().make_test_function(force)

    @contextlib.contextmanager
    def _traced_anew(self, name):
        """Let Keras compile another function than the last time.

        JAX keeps what it has traced of the method of an object, whatever that does by
        now, such as another stage.
        """
        step = functools.partial(getattr(type(self), name), self)
        object.__setattr__(self, name, step)
        try:
            yield
        finally:
            object.__delattr__(self, name)

    def _changing(self):
        """What a step may change, in the order of Keras's state."""
        return (
            self.trainable_variables,
            self.non_trainable_variables,
            self.optimizer.variables,
            self.metrics_variables,
        )

    def train_step(self, state, data):
        return _run_on_state(self.training_step, data, self._changing(), state)

    def test_step(self, state, data):
        groups = (
            self.trainable_variables,
            self.non_trainable_variables,
            self.metrics_variables,
        )
        return _run_on_state(self.testing_step, data, groups, state)

    def minimize(self, loss_fn, batch, variables, optimizer, partial=False):
        def pure_loss(values):
            outputs, assigned = self._run_pure(loss_fn, batch, zip(variables, values))
            loss = outputs[0] if isinstance(outputs, tuple) else outputs
            return scale(loss), (outputs, assigned)

        # The scale is read out here: the inner scope does not know the optimizer.
        factor = optimizer.scale_loss(1.0)

        def scale(loss):
            return loss * factor

        values = [v.value for v in variables]
        gradients, (outputs, assigned) = jax.grad(pure_loss, has_aux=True)(values)
        _assign(self.non_trainable_variables, assigned)
        values, state = optimizer.stateless_apply(
            [v.value for v in optimizer.variables], gradients, values
        )
        _assign(variables, values)
        _assign(optimizer.variables, state)
        return outputs

    def when(self, condition, fn):
        if not isinstance(condition, jax.core.Tracer):
            if condition:
                fn()
            return
        variables = [v for group in self._changing() for v in group]

        def run(values):
            with keras.StatelessScope(list(zip(variables, values))) as scope:
                fn()
            return [scope.get_current_value(v) for v in variables]

        values = [v.value for v in variables]
        _assign(variables, jax.lax.cond(condition, run, lambda same: same, values))

    def mean_over_replicas(self, value):
        return value

    def count_replicas(self):
        return 1

    def gradient_and_outputs(self, fn, values):
        def pure(values):
            found, assigned = self._run_pure(lambda values: fn(*values), values)
            total, outputs = found
            return total, (outputs, assigned)

        gradients, (outputs, assigned) = jax.grad(pure, has_aux=True)(list(values))
        _assign(self.non_trainable_variables, assigned)
        return gradients, outputs

    def _run_pure(self, fn, x, replaced=()):
        # A nested scope does not inherit the values of the one around it.
        with keras.StatelessScope([*self.current_values(), *replaced]) as scope:
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
