"""The order of the examples in an epoch, which a resumed run repeats."""

import keras
import numpy as np
from keras import ops


class Epochs(keras.utils.PyDataset):
    """Arrays in batches, in their own order until they are shuffled.

    Keras draws the order from where a saved model cannot bring it back. Here it follows
    from given integers. `Shuffle` gives the state of the game's seed generator at the
    start of each epoch: a model that was saved between two epochs and goes on sees the
    same examples in the same order as one that was never stopped.

    Args:
        arrays: sequence of NumPy arrays of equal lengths.
        batch_size: int. The last batch may be smaller.

    Raises:
        ValueError: If the lengths differ.
    """

    def __init__(self, arrays, batch_size):
        super().__init__()
        if len({len(array) for array in arrays}) > 1:
            raise ValueError(
                "There must be as many labels or targets as pictures. Received: arrays "
                f"of lengths {[len(array) for array in arrays]}."
            )
        self.arrays = arrays
        self.batch_size = batch_size
        self.order = np.arange(len(arrays[0]))

    def __len__(self):
        return -(-len(self.order) // self.batch_size)

    def __getitem__(self, index):
        rows = self.order[index * self.batch_size :][: self.batch_size]
        batch = tuple(array[rows] for array in self.arrays)
        return batch if len(batch) > 1 else batch[0]

    def shuffle(self, state):
        """Draw a new order, which follows from the integers `state`."""
        draws = np.random.default_rng([int(n) for n in state])
        self.order = draws.permutation(len(self.order))


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
