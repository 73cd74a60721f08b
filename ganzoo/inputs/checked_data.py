"""What `fit` and `evaluate` may be given, so that every batch of it is checked."""

import keras

from ganzoo.data import tfds

NO_BATCH = (
    "The data must have a batch for each epoch. `drop_remainder=True` drops examples "
    "that are fewer than a batch, and a generator is read once: use a smaller batch "
    "size, or a dataset that begins again. Received: data without a batch in epoch "
    "{epoch}."
)


class BatchCheck:
    """Checks one batch after the other, and remembers what was wrong.

    A framework that reads the data wraps an error in pages of its own.

    Args:
        check: function of a batch, `x` or a tuple, and of whether it is the first.
            Raises a ValueError for what cannot be meant.
    """

    def __init__(self, check):
        self.check = check
        self.error = None
        self.is_first = True

    def __call__(self, batch):
        try:
            self.check(batch, self.is_first)
        except Exception as error:
            self.error = error
            raise
        self.is_first = False

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if error is not None and self.error is not None:
            raise self.error from None
        # On JAX Keras looks for the logs of a step that there never was.
        if kind is UnboundLocalError and self.is_first:
            raise ValueError(NO_BATCH.format(epoch=1)) from None


def checked(data, check):
    """The same data, each batch of which goes through `check` first.

    Args:
        data: `tf.data.Dataset`, `keras.utils.PyDataset` or generator of batches.
            Arrays, and datasets that are distributed already, are returned as they are.
        check: `BatchCheck`.
    """
    if hasattr(data, "element_spec") and hasattr(data, "map"):
        return tfds.checked(data, check)
    if isinstance(data, keras.utils.PyDataset):
        return _Checked(data, check)
    if hasattr(data, "__next__"):
        return _each(data, check)
    return data


def _each(batches, check):
    for batch in batches:
        check(batch)
        yield _as_tuple(batch)


def _as_tuple(batch):
    """A batch as Keras takes it from a generator or a `PyDataset`."""
    return (batch,) if hasattr(batch, "shape") else batch


class _Checked(keras.utils.PyDataset):
    """A `PyDataset` whose batches are checked when they are asked for."""

    def __init__(self, data, check):
        super().__init__(data.workers, data.use_multiprocessing, data.max_queue_size)
        self.data = data
        self.check = check

    @property
    def num_batches(self):
        return self.data.num_batches

    def __getitem__(self, index):
        batch = self.data[index]
        self.check(batch)
        return _as_tuple(batch)

    def on_epoch_begin(self):
        self.data.on_epoch_begin()

    def on_epoch_end(self):
        self.data.on_epoch_end()


def count_batches(data):
    """How many batches there are: None if it is not known, infinity without end."""
    if hasattr(data, "cardinality"):
        count = int(data.cardinality())
        return {-1: float("inf"), -2: None}.get(count, count)
    if isinstance(data, keras.utils.PyDataset):
        return float("inf") if data.num_batches is None else data.num_batches
    return None


def can_be_shuffled(data):
    """Whether Keras can take the batches in another order than they come in."""
    return isinstance(data, keras.utils.PyDataset) and data.num_batches is not None


def check_end(name, data, steps, argument):
    """Raise a ValueError for data without an end, or without a batch.

    Args:
        name: str. What the data are called, for the message.
        data: As in `checked`.
        steps: int or None. How many batches are to be taken.
        argument: str. What that is called.
    """
    count = count_batches(data)
    if count == float("inf") and not steps:
        raise ValueError(
            f"Pass `{argument}`, or a dataset without `repeat()`: this one has no end, "
            f"so an epoch would have none. Received: {name} without end, "
            f"{argument}={steps}."
        )
    if count == 0:
        raise ValueError(
            "The dataset must have a batch or more. `drop_remainder=True` drops all "
            "examples if they are fewer than a batch: use a smaller batch size. "
            f"Received: {name} without a batch."
        )


def check_read_once(data, epochs, steps_per_epoch):
    """Raise a ValueError for a generator that a second epoch would find empty."""
    if hasattr(data, "__next__") and epochs > 1 and not steps_per_epoch:
        raise ValueError(
            "Pass `steps_per_epoch` with a generator that has no end, or a "
            "`keras.utils.PyDataset`: a generator is read once, and the second epoch "
            f"would find it empty. Received: x of type {type(data).__name__}, "
            f"epochs={epochs}, steps_per_epoch={steps_per_epoch}."
        )
