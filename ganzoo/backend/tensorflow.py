"""Gradients on TensorFlow, where a tape records what runs inside it."""

import contextlib
import weakref

import keras
import numpy as np
import tensorflow as tf

from ganzoo.backend.placement import Placement
from ganzoo.backend.placement import check_count

_predictions = weakref.WeakKeyDictionary()
_used = []  # the strategy of `on_devices`, while there is one


def devices():
    """Names of what computes; the contract is in `ganzoo.backend`."""
    details = tf.config.experimental.get_device_details
    gpus = tf.config.list_physical_devices("GPU")
    return [details(gpu).get("device_name", gpu.name) for gpu in gpus] or ["cpu"]


@contextlib.contextmanager
def full_precision():
    """Products of float32 in float32; the contract is in `ganzoo.backend`."""
    config = tf.config.experimental
    before = config.tensor_float_32_execution_enabled()
    config.enable_tensor_float_32_execution(False)
    try:
        yield
    finally:
        config.enable_tensor_float_32_execution(before)


@contextlib.contextmanager
def on_devices(devices, workers, worker):
    """A strategy for `scope`; the contract is in `ganzoo.backend`."""
    _used.append(_strategy(devices, workers, worker))
    try:
        yield
    finally:
        _used.pop()


def scope():
    """That of the strategy; the contract is in `ganzoo.backend`.

    Not of all that is done with a model: in there, workers wait for one another at each
    new variable, and Keras makes some when one of them saves.
    """
    return _used[-1].scope() if _used else contextlib.nullcontext()


def _strategy(devices, workers, worker):
    kind, names = _names(devices)
    if not workers:
        return tf.distribute.MirroredStrategy(names)
    if kind == "GPU" and devices:
        tf.config.set_visible_devices(
            tf.config.list_physical_devices(kind)[:devices], kind
        )
    cluster = tf.train.ClusterSpec({"worker": workers})
    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
        cluster, task_type="worker", task_id=worker, rpc_layer="grpc"
    )
    return tf.distribute.MultiWorkerMirroredStrategy(resolver)


def _names(devices):
    """Kind and names of what there is to share a batch, as many as asked for."""
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus and devices and devices > 1:
        processor = tf.config.list_physical_devices("CPU")[0]
        parts = [tf.config.LogicalDeviceConfiguration()] * devices
        # Where TensorFlow has begun, they are what they are.
        with contextlib.suppress(RuntimeError):
            tf.config.set_logical_device_configuration(processor, parts)
        check_count(devices, len(tf.config.list_logical_devices("CPU")))
    elif gpus:
        check_count(devices or 1, len(gpus))
    kind = "GPU" if gpus else "CPU"
    return kind, [f"{kind}:{i}" for i in range(devices or len(gpus) or 1)]


def placement(model=None):
    """Which devices share a batch; the contract is in `ganzoo.backend`."""
    around = _used[-1] if _used else tf.distribute.get_strategy()
    strategy = model.distribute_strategy if model else around
    cluster = strategy.cluster_resolver and strategy.cluster_resolver.cluster_spec()
    workers = len(cluster.as_dict().get("worker", [])) if cluster else 0
    return Placement(
        strategy.num_replicas_in_sync,
        workers or 1,
        strategy.cluster_resolver.task_id if workers else 0,
    )


def feed(data, model=None):
    """Its batches as a `tf.data.Dataset`; the contract is in `ganzoo.backend`."""
    place = placement(model)
    if place.devices == 1:
        return _dataset(data, [(0, 1)])
    own = place.own

    def of_worker(context):
        first = own * context.input_pipeline_id
        return _dataset(data, [(first + i, place.devices) for i in range(own)])

    shared = model.distribute_strategy.distribute_datasets_from_function(of_worker)
    # TensorFlow counts parts, and Keras steps: it would look for more until the end of
    # the data, in a step that draws its latents before it finds none.
    shared._cardinality = len(data)
    return shared


def _dataset(data, parts):
    """Of each batch these parts in turn, as `tf.data`.

    Keras would make one whose iterators TensorFlow tunes. There is nothing to tune, and
    the thread that does may sleep on when an iterator ends: for as long again as it was
    in use, up to a minute, while everything waits for it.

    Nor is it a dataset of a generator. TensorFlow's, on Python 3.11, has the C library
    ask the system for each large block of memory, and give it back, from then on.
    """
    first = data.part(0, *parts[0])
    like = keras.tree.flatten(first)

    def flat(i):
        step, i = divmod(int(i), len(parts))
        return keras.tree.flatten(data.part(step, *parts[i]))

    def batch(i):
        arrays = tf.numpy_function(flat, [i], [array.dtype for array in like])
        shaped = [
            tf.ensure_shape(x, (None, *array.shape[1:]))
            for x, array in zip(arrays, like)
        ]
        return keras.tree.pack_sequence_as(first, shaped)

    dataset = tf.data.Dataset.range(len(data) * len(parts)).map(batch)
    return dataset.prefetch(2).with_options(untuned())


def untuned():
    """Options of a `tf.data.Dataset` whose iterators end at once."""
    options = tf.data.Options()
    options.autotune.enabled = False
    return options


def independent_seed(seed):
    """Keras's own draws of two seeds have nothing in common."""
    return seed


def per_example(draw, x):
    """Those of all devices, and of these its own; the contract is in `ganzoo.backend`.

    Without a word between devices: each has equally many examples.
    """
    replica = tf.distribute.get_replica_context()
    count = tf.shape(x)[0]
    if replica is None or replica.num_replicas_in_sync == 1:
        return draw(count)
    first = replica.replica_id_in_sync_group * count
    return draw(replica.num_replicas_in_sync * count)[first : first + count]


def synchronize(model):
    """As `synchronized=True` of Keras's layer; the contract is in `ganzoo.backend`."""
    if placement(model).devices == 1:
        return
    for variable in [*model.variables, *model.optimizer.variables]:
        if not isinstance(variable.value, tf.distribute.DistributedValues):
            raise ValueError(
                "Networks and optimizers must be made in the scope of the strategy, "
                f"with the model. Received: the variable '{variable.path}', made "
                "elsewhere."
            )
    _synchronize_layers(model)


def _synchronize_layers(model):
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.synchronized = True


def predict_on_batch(network, x):
    """Equal parts or all on one device; the contract is in `ganzoo.backend`.

    Keras has each device predict all of it, and workers wait for one another.
    """
    strategy = network.distribute_strategy
    if strategy.num_replicas_in_sync == 1:
        return network.predict_on_batch(x)
    own = len(strategy.extended.worker_devices)
    if len(keras.tree.flatten(x)[0]) % own:
        outputs = network(x, training=False)
        return keras.tree.map_structure(keras.ops.convert_to_numpy, outputs)

    def share(part):
        parts = np.split(np.asarray(part), own)
        return strategy.experimental_distribute_values_from_function(
            lambda replica: tf.constant(parts[replica.replica_id_in_sync_group % own])
        )

    if network not in _predictions:
        # For one that is run as in training, by the statistics of the batch.
        _synchronize_layers(network)
        _predictions[network] = _prediction(strategy, network)
    outputs = _predictions[network](keras.tree.map_structure(share, x))
    parts = strategy.experimental_local_results(outputs)
    return keras.tree.map_structure(lambda *parts: np.concatenate(parts), *parts)


def _prediction(strategy, network):
    def step(x):
        return network(x, training=False)

    return tf.function(lambda x: strategy.run(step, args=(x,)), reduce_retracing=True)


def batch_normalization(x, scale, offset, epsilon):
    """By one operation, not by a dozen; the contract is in `ganzoo.backend`.

    That is for float32 images. Its variance is that of the population that the batch
    is a sample of, and Keras has the batch's own.
    """
    if len(x.shape) != 4 or x.dtype != tf.float32:
        return None
    y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=x, scale=scale, offset=offset, mean=[], variance=[], epsilon=epsilon
    )
    count = tf.cast(tf.size(x) // x.shape[-1], x.dtype)
    return y, mean, variance * (count - 1) / count


def hash_of(variable):
    """By integers that wrap around; the contract is in `ganzoo.backend`."""
    floats = tf.reshape(tf.cast(variable.value, tf.float32), [-1])
    bits = tf.bitcast(floats, tf.int32)
    places = tf.range(1, 2 * tf.size(bits), 2)
    return tf.reduce_sum(bits * tf.bitwise.right_shift(bits, 16) * places)


def traced(fn, model):
    """A graph, which reads variables anew; the contract is in `ganzoo.backend`."""
    return tf.function(fn)


class AdversarialTrainer:
    """The steps of the game on TensorFlow; the contract is in `ganzoo.backend`."""

    def train_step(self, data):
        return self._logs(self.training_step(data))

    def test_step(self, data):
        return self._logs(self.testing_step(data))

    def minimize(self, loss_fn, batch, variables, optimizer, partial=False):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([v.value for v in variables])
            outputs = loss_fn(batch)
            loss = outputs[0] if isinstance(outputs, tuple) else outputs
            # The mean of all devices, whose gradients Keras adds up.
            scaled_loss = optimizer.scale_loss(loss) / self.count_replicas()
        gradients = tape.gradient(
            scaled_loss,
            [v.value for v in variables],
            unconnected_gradients="zero" if partial else "none",
        )
        optimizer.apply(gradients, variables)
        return outputs

    def when(self, condition, fn):
        def run():
            fn()
            return 0

        tf.cond(condition, run, lambda: 0)

    def _logs(self, logs):
        # Between workers Keras takes the mean along an axis that numbers do not have.
        several = placement(self).workers > 1
        return {key: n[None] for key, n in logs.items()} if several else logs

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        # It is built, and Keras would take the mean of a batch's parts to see a shape.
        pass

    def mean_over_replicas(self, value):
        if self.count_replicas() == 1:
            return value
        replica = tf.distribute.get_replica_context()
        return replica.all_reduce(tf.distribute.ReduceOp.MEAN, value)

    def count_replicas(self):
        replica = tf.distribute.get_replica_context()
        return replica.num_replicas_in_sync if replica else 1

    def gradient_and_outputs(self, fn, values):
        # Of its own tensors alone, wherever else `fn` has the same.
        values = [tf.identity(v) for v in values]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(values)
            total, outputs = fn(*values)
        gradients = tape.gradient(total, values, unconnected_gradients="zero")
        return gradients, outputs
