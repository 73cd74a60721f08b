"""The one room of `ganzoo.data` that knows TensorFlow, imported when it is needed."""

import concurrent.futures
import functools
import os

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
    """A `tf.data.Dataset` of batches, in which images are float32 in [-1, 1].

    Args:
        arrays: array, or tuple of arrays of one length. uint8 arrays are
            images; others are passed on as they are.
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


def checked(dataset, check):
    """The same `tf.data.Dataset`, each batch of which goes through `check` first.

    Args:
        dataset: `tf.data.Dataset`.
        check: function of a batch of NumPy arrays, which raises if it is wrong.
    """
    import tensorflow as tf

    def check_batch(*parts):
        batch = parts if isinstance(dataset.element_spec, tuple) else parts[0]

        def check_arrays(*arrays):
            check(tf.nest.pack_sequence_as(batch, arrays))

        with tf.control_dependencies(
            [tf.numpy_function(check_arrays, tf.nest.flatten(batch), [])]
        ):
            return tf.nest.map_structure(tf.identity, batch)

    return dataset.map(check_batch)


# === Directories of shards ===


def open_directory(path):
    """A builder of tensorflow-datasets for a directory that it, or `Writer`, wrote.

    Args:
        path: string. Local or remote, like `gs://bucket/name/1.0.0`.
    """
    import tensorflow_datasets as tfds

    return tfds.builder_from_directory(path)


class Records:
    """A feature of the examples of a split in ArrayRecord shards, by their numbers.

    Args:
        builder: as of `open_directory`.
        split: string.
        feature: string. Others are not decoded.
        decode: function of what is stored: of an image, a file as bytes.
    """

    def __init__(self, builder, split, feature, decode):
        import tensorflow_datasets as tfds

        raw = tfds.decode.DeserializeMethod.RAW_BYTES
        self.source = builder.as_data_source(split, deserialize_method=raw)
        self.features = tfds.features.FeaturesDict(
            {feature: builder.info.features[feature]}
        )
        # It would decode by OpenCV or by Pillow, whichever there is.
        self.decoders = {feature: tfds.decode.SkipDecoding()}
        self.feature = feature
        self.decode = decode

    def __call__(self, numbers):
        """Read some examples, decoded in threads, in the order of their numbers."""
        records = self.source.data_source.__getitems__(numbers.tolist())
        return list(_threads().map(self._decode, records))

    def _decode(self, record):
        example = self.features.deserialize_example_np(record, decoders=self.decoders)
        return self.decode(example[self.feature])


@functools.cache
def _threads():
    return concurrent.futures.ThreadPoolExecutor(min(32, os.cpu_count() or 1))


def encoded_examples(builder, split, features):
    """Yield the examples of a split in TFRecord shards as dicts, images as files.

    Args:
        builder: as of `open_directory`.
        split: string.
        features: iterable of strings.
    """
    import tensorflow_datasets as tfds

    known = {name: builder.info.features[name] for name in features}
    is_image = {n: isinstance(f, tfds.features.Image) for n, f in known.items()}
    dataset = builder.as_dataset(
        split=split,
        decoders=tfds.decode.PartialDecoding(
            known,
            decoders={n: tfds.decode.SkipDecoding() for n in known if is_image[n]},
        ),
        # In the order of the files.
        read_config=tfds.ReadConfig(interleave_cycle_length=1),
    )
    yield from tfds.as_numpy(dataset)


class Writer:
    """Writes examples into ArrayRecord shards, one after the other.

    Any user of tensorflow-datasets reads them: `tfds.builder_from_directory(folder)`.

    Args:
        folder: path. An empty folder.
        features: dict. Shapes `(height, width, channels)` of PNG files by name, or
            features of another builder.
        class_names: sequence of strings, or None. Those of a feature "label".
        per_shard: int. Examples in a shard.
    """

    CHUNK_SIZE = 256  # examples that are written together

    def __init__(self, folder, features, class_names, per_shard):
        import tensorflow_datasets as tfds

        features = {
            name: tfds.features.Image(shape=feature, encoding_format="png")
            if isinstance(feature, tuple)
            else feature
            for name, feature in features.items()
        }
        if class_names:
            features["label"] = tfds.features.ClassLabel(names=class_names)
        identity = tfds.core.DatasetIdentity(
            name="pictures",
            version=tfds.core.Version("1.0.0"),
            data_dir=str(folder),
            module_name="ganzoo",
        )
        self.metadata = tfds.core.MetadataDict()
        info = tfds.core.DatasetInfo(
            builder=identity,
            description="Images of one size.",
            features=tfds.features.FeaturesDict(features),
            supervised_keys=("image", "label") if "label" in features else None,
            metadata=self.metadata,
        )
        self.writer = tfds.core.SequentialWriter(
            info, per_shard, file_format="array_record"
        )
        self.labels = {}
        self.waiting = {}

    def add(self, split, example):
        """Write an example: a dict of files as bytes, and of a label where there are.

        The examples of a split are in the order in which they come.
        """
        if split not in self.labels:
            self.writer.initialize_splits([split])
            self.labels[split], self.waiting[split] = [], []
        self.waiting[split].append(example)
        if "label" in example:
            self.labels[split].append(int(example["label"]))
        if len(self.waiting[split]) == self.CHUNK_SIZE:
            self._write(split)

    def _write(self, split):
        self.writer.add_examples({split: self.waiting[split]})
        self.waiting[split] = []

    def close(self):
        """Write what is left, and what all of it is."""
        for split in self.waiting:
            self._write(split)
        if any(self.labels.values()):
            # So that nobody must read the images to learn them.
            self.metadata["labels"] = self.labels
        self.writer.close_all()
