"""Gradients on TensorFlow, where a tape records what runs inside it."""

import contextlib

import keras
import tensorflow as tf


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


def feed(data):
    """Its batches as a `tf.data.Dataset`; the contract is in `ganzoo.backend`.

    Keras would make one whose iterators TensorFlow tunes. There is nothing to tune, and
    the thread that does may sleep on when an iterator ends: for as long again as it was
    in use, up to a minute, while everything waits for it.

    Nor is it a dataset of a generator. TensorFlow's, on Python 3.11, has the C library
    ask the system for each large block of memory, and give it back, from then on.
    """
    first = data[0]
    like = keras.tree.flatten(first)

    def flat(i):
        return keras.tree.flatten(data[i])

    def batch(i):
        parts = tf.numpy_function(flat, [i], [part.dtype for part in like])
        shaped = [tf.ensure_shape(p, (None, *q.shape[1:])) for p, q in zip(parts, like)]
        return keras.tree.pack_sequence_as(first, shaped)

    dataset = tf.data.Dataset.range(len(data)).map(batch)
    return dataset.prefetch(2).with_options(untuned())


def untuned():
    """Options of a `tf.data.Dataset` whose iterators end at once."""
    options = tf.data.Options()
    options.autotune.enabled = False
    return options


class AdversarialTrainer:
    """The steps of the game on TensorFlow; the contract is in `ganzoo.backend`."""

    def train_step(self, data):
        return self.adversarial_step(data)

    def test_step(self, data):
        return self.evaluation_step(data)

    def minimize(self, loss_fn, batch, variables, optimizer):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([v.value for v in variables])
            loss = loss_fn(batch)
            scaled_loss = optimizer.scale_loss(loss)
        gradients = tape.gradient(scaled_loss, [v.value for v in variables])
        optimizer.apply(gradients, variables)
        return loss

    def input_gradient(self, fn, x):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            y = fn(x)
        return tape.gradient(y, x)
