"""The one room of `ganzoo.data` that knows TensorFlow, imported when it is needed."""

import numpy as np
from keras import ops

from ganzoo.data import pixels


def load_arrays(name, split):
    """Read a data set from tensorflow-datasets, which downloads it when it must.

    Args:
        name: string. The set's name in tensorflow-datasets.
        split: string.

    Returns:
        Images, uint8 `(count, height, width, channels)`, and labels, int32
        `(count,)`, in the order of tensorflow-datasets, not that of the raw files.
    """
    import tensorflow_datasets as tfds

    builder = tfds.builder(name)
    if not builder.is_prepared():
        require_network(builder)
        builder.download_and_prepare()
    # `batch_size=-1`, everything in one, makes TensorFlow 2.21 abort the process.
    dataset = builder.as_dataset(split=split, batch_size=1_000, as_supervised=True)
    images, labels = zip(*tfds.as_numpy(dataset), strict=True)
    return np.concatenate(images), np.concatenate(labels).astype("int32")


def require_network(builder):
    """Ask the builder's host for a sign of life: any answer will do.

    tensorflow-datasets itself repeats a hopeless download for more than three
    minutes, with a warning each time.
    """
    import requests

    requests.head(next(iter(builder.url_infos)), timeout=10)


def to_tf_dataset(arrays, batch_size, shuffle=False, seed=None):
    """A `tf.data.Dataset` of batches, in which pictures are float32 in [-1, 1].

    Args:
        arrays: array, or tuple of arrays of one length. uint8 arrays are
            pictures; others are passed on as they are.
        batch_size: integer, at least 1.
        shuffle: boolean. Draw a new order of everything in each epoch.
        seed: integer, or `None`. With a seed the orders are the same in every run.

    Returns:
        A `tf.data.Dataset` of the structure of `arrays`.
    """
    if batch_size < 1:
        raise ValueError(
            "`batch_size` must be at least 1, or there would be no batches. "
            f"Received: batch_size={batch_size}."
        )
    import tensorflow as tf

    from ganzoo.backend.tensorflow import untuned

    count = len(arrays[0]) if isinstance(arrays, tuple) else len(arrays)
    # A table of all 256 values gives the bits of `to_float` on every Keras backend;
    # its formula itself would need TensorFlow's.
    table = tf.constant(ops.convert_to_numpy(pixels.to_float(np.arange(256))))
    tensors = tf.nest.map_structure(tf.constant, arrays)

    def rows(tensor, indexes):
        batch = tf.gather(tensor, indexes)
        if tensor.dtype == tf.uint8:
            batch = tf.gather(table, tf.cast(batch, "int32"))
        return batch

    dataset = tf.data.Dataset.range(count)
    if shuffle:
        dataset = dataset.shuffle(count, seed=seed)
    return (
        dataset.batch(batch_size)
        .map(lambda i: tf.nest.map_structure(lambda tensor: rows(tensor, i), tensors))
        .prefetch(2)
        .with_options(untuned())
    )
