"""The order of the examples in an epoch, which a resumed run repeats."""

import keras
import numpy as np
from keras import ops

from ganzoo.data.lazy_arrays import LazyArray


class Epochs(keras.utils.PyDataset):
    """Arrays in batches, in their own order until they are shuffled.

    Keras draws the order from where a saved model cannot bring it back. Here it follows
    from given integers. `Shuffle` gives the state of the game's seed generator at the
    start of each epoch: a model that was saved between two epochs and goes on sees the
    same examples in the same order as one that was never stopped.

    Args:
        arrays: sequence of NumPy arrays, of equal lengths if they are paired.
        batch_size: int. The last batch may be smaller.
        parts: int. Into how many equal ones a batch can be parted; the last one is cut
            so that it can.
        steps: int or None. Batches of an epoch, all whole: the examples begin again
            where they end. None for one pass over them.
        paired: bool. Whether the examples of the arrays belong together. If not, each
            array has an order of its own, and shorter ones begin again in another.
        labelled: int array or None. Which examples of two paired arrays have a label.
            Batches are then `(x, (x, y))`: of all images, and as many labelled ones in
            an order of their own, which begins again in another.

    Raises:
        ValueError: If the lengths of paired arrays differ, or there are no such parts.
    """

    def __init__(
        self, arrays, batch_size, parts=1, steps=None, paired=True, labelled=None
    ):
        super().__init__()
        if paired and len({len(array) for array in arrays}) > 1:
            raise ValueError(
                "There must be as many labels or targets as images. Received: arrays "
                f"of lengths {[len(array) for array in arrays]}."
            )
        count = max(len(array) for array in arrays)
        if batch_size % parts or count < parts:
            raise ValueError(
                "Devices share a batch equally, and each parts it between the updates "
                "of the discriminator, in whole packs: `batch_size` must be a multiple "
                "of `devices * discriminator_steps * packing`, and there must be as "
                f"many examples. Received: batch_size={batch_size} and {count} "
                f"examples, where a batch must be a multiple of {parts}."
            )
        if steps:
            batch_size = min(batch_size, count // parts * parts)
        self.batch_size = batch_size
        self.parts = parts
        self.count = steps * batch_size if steps else count
        if labelled is not None:
            self.groups = [_Group(arrays[:1]), _Group(arrays, labelled)]
        elif paired:
            self.groups = [_Group(arrays)]
        else:
            self.groups = [_Group([array]) for array in arrays]
        self.orders = [np.resize(g.examples, self.count) for g in self.groups]

    def __len__(self):
        return -(-self._whole(self.count) // self.batch_size)

    def __getitem__(self, index):
        return self.part(index, 0, 1)

    def part(self, index, i, count):
        """The part `i` of `count` equal ones of a batch, one after the other."""
        start = index * self.batch_size
        size = self._whole(min(self.batch_size, self.count - start)) // count
        rows = slice(start + i * size, start + (i + 1) * size)
        found = [g.take(order[rows]) for g, order in zip(self.groups, self.orders)]
        return tuple(found) if len(found) > 1 else found[0]

    def _whole(self, count):
        return count // self.parts * self.parts

    def shuffle(self, state):
        """Draw a new order, which follows from the integers `state`."""
        draws = np.random.default_rng([int(n) for n in state])
        self.orders = [g.draw_order(draws, self.count) for g in self.groups]


class _Group:
    """Arrays whose examples belong together, and which of them there are.

    Args:
        arrays: sequence of arrays.
        examples: int array or None. None for all of them.
    """

    def __init__(self, arrays, examples=None):
        self.arrays = arrays
        self.examples = np.arange(len(arrays[0])) if examples is None else examples

    def take(self, rows):
        found = tuple(array[rows] for array in self.arrays)
        return found if len(found) > 1 else found[0]

    def draw_order(self, draws, count):
        """So many of its examples, all of them in each pass, in a new order."""
        passes = -(-count // len(self.examples))
        orders = [draws.permutation(len(self.examples)) for _ in range(passes)]
        return self.examples[np.concatenate(orders)[:count]]


class Shuffle(keras.callbacks.Callback):
    """Draws the order of `Epochs` before each epoch, from the state of the game.

    Args:
        data: `Epochs`.
    """

    def __init__(self, data):
        super().__init__()
        self.data = data

    def on_epoch_begin(self, epoch, logs=None):
        self.data.shuffle(ops.convert_to_numpy(self.model.seed_generator.state))


def is_array(x):
    """Whether data are in memory, or read by row as if they were."""
    return isinstance(x, (np.ndarray, LazyArray)) or ops.is_tensor(x)


def as_arrays(x, y=None):
    """The parts that there are, as NumPy arrays or as what is read like them."""
    return [_as_array(part) for part in (x, y) if part is not None]


def _as_array(part):
    if isinstance(part, LazyArray):
        return part
    return ops.convert_to_numpy(part) if ops.is_tensor(part) else np.asarray(part)


def multiple(n, of):
    """The least multiple that is not less than `n`."""
    return -(-n // of) * of
