"""ganzoo on several devices: virtual ones, which share the cores of this machine."""

import contextlib
import math
import re
import statistics
import time

import keras
import numpy as np

from benchmarks.peers import zoo
from ganzoo import backend
from ganzoo.backend import multi_device

# Numbers of an all-reduce that is all latency, and of one that is all bytes.
FEW, MANY = 8, 2**20
REPEATS = 10
TRIES = 5
REDUCED = re.compile(r" = (.*?) all-reduce(?:-start)?\(")
SHAPE = re.compile(r"f32\[([\d,]*)\]")


class Contender(zoo.Contender):
    """A model of the zoo; what each method does is in `benchmarks.peers.worker`."""

    def __init__(self, case, devices=1, rounded=False):
        self.devices = devices
        # They are used until the process ends.
        self.used = contextlib.ExitStack()
        self.used.enter_context(multi_device.use(devices if devices > 1 else None))
        with backend.scope():
            super().__init__(case)
        if rounded:
            # The next number that there is: what rounding comes to, to compare with.
            for weight in self.model.trainable_variables:
                value = keras.ops.convert_to_numpy(weight)
                weight.assign(np.nextafter(value, np.float32(np.inf)))

    def copy_weights(self):
        """All of them as one vector."""
        values = map(keras.ops.convert_to_numpy, self.model.weights)
        return np.concatenate([np.ravel(value) for value in values])

    def count(self):
        """Numbers in each all-reduce of a step as it is compiled, and the players."""
        backend.synchronize(self.model)
        x = np.zeros((self.case.pictures, *self.case.image_shape), "uint8")
        count = {"tensorflow": _count_by_graph, "jax": _count_by_program}
        found = count[keras.backend.backend()](self.model, x, self.devices)
        return {"all_reduces": found, "players": self.count_players()}

    def count_players(self):
        """Weights and batch normalisations of each."""
        return count_players(self.players)

    def time_all_reduces(self):
        """Seconds of an all-reduce of `FEW` and of one of `MANY` numbers."""
        if self.devices == 1:
            return [0.0, 0.0]
        builds = {"tensorflow": _reduce_by_strategy, "jax": _reduce_by_mesh}
        build = builds[keras.backend.backend()]
        return [_seconds_of_one(build, self.model, size) for size in (FEW, MANY)]


class Idle(Contender):
    """What shares the steps out, by itself: `fit` whose step does nothing."""

    def __init__(self, case, devices):
        super().__init__(case, devices)
        self.model.adversarial_step = lambda data: self.model.get_metrics_result()


# === Counting ===


def count_players(players):
    """Weights that are trained and batch normalisations, by player."""
    return {
        name: {
            "weights": sum(math.prod(w.shape) for w in network.trainable_variables),
            "normalizations": sum(
                isinstance(layer, keras.layers.BatchNormalization)
                for layer in network._flatten_layers()
            ),
        }
        for name, network in players.items()
    }


def _count_by_graph(model, x, devices):
    import tensorflow as tf

    part = tf.constant(x[: len(x) // devices])
    run = model.distribute_strategy.run
    step = tf.function(lambda: run(model.train_step, args=(part,)))
    found = [
        op.inputs[0].shape.num_elements()
        for op in step.get_concrete_function().graph.get_operations()
        if op.type.startswith("CollectiveReduce")
    ]
    # Each device has its own operation for the same.
    return sorted(found)[::devices]


def _count_by_program(model, x, devices):
    import jax

    groups = (model.trainable_variables, model.non_trainable_variables)
    groups += (model.optimizer.variables, model.metrics_variables)
    state = tuple([v.value for v in group] for group in groups)
    layout = keras.distribution.distribution().get_data_layout(x.shape)
    x = jax.device_put(x, layout.backend_layout)
    text = jax.jit(model.train_step).lower(state, x).compile().as_text()
    found = [
        sum(
            math.prod(int(n) for n in shape.split(",") if n)
            for shape in SHAPE.findall(types)
        )
        for types in REDUCED.findall(text)
    ]
    return sorted(found)


# === Timing ===


def _seconds_of_one(build, model, size):
    """Seconds by which a program of more all-reduces takes longer, for each."""
    one, more = (build(model, size, count) for count in (1, 1 + REPEATS))
    differences = []
    for _ in range(1 + TRIES):
        start = time.perf_counter()
        one()
        middle = time.perf_counter()
        more()
        differences.append(time.perf_counter() - middle - (middle - start))
    # The first of them compiled. Noise may be more than there is to see.
    return max(0.0, statistics.median(differences[1:]) / REPEATS)


def _reduce_by_strategy(model, size, count):
    import tensorflow as tf

    strategy = model.distribute_strategy

    def reduce(x):
        for _ in range(count):
            x = tf.distribute.get_replica_context().all_reduce("MEAN", x)
        return x[0]

    def start(replica):
        return tf.fill([size], float(replica.replica_id_in_sync_group))

    x = strategy.experimental_distribute_values_from_function(start)
    run = tf.function(lambda x: strategy.run(reduce, args=(x,)))
    return lambda: [float(n) for n in strategy.experimental_local_results(run(x))]


def _reduce_by_mesh(model, size, count):
    import jax

    mesh = jax.sharding.Mesh(jax.devices(), ("batch",))
    parts = jax.sharding.PartitionSpec("batch")

    def reduce(x):
        for _ in range(count):
            # Else XLA would see that the second changes nothing.
            x = jax.lax.pmean(x, "batch") + jax.lax.axis_index("batch")
        return x

    run = jax.jit(jax.shard_map(reduce, mesh=mesh, in_specs=parts, out_specs=parts))
    x = np.ones(len(jax.devices()) * size, "float32")
    return lambda: run(x).block_until_ready()
