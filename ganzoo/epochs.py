"""The order of the examples in an epoch, which a resumed run repeats."""

import keras
import numpy as np


class Epochs(keras.utils.PyDataset):
    """Arrays in batches, in an order that follows from the state of the game.

    Keras draws the order from where a saved model cannot bring it back. Here a new one
    is drawn at the start of each epoch, from what the game's seed generator has come
    to: a model that was saved between two epochs and goes on sees the same examples in
    the same order as one that was never stopped.

    Args:
        arrays: tuple of NumPy arrays of equal lengths.
        batch_size: int. The last batch may be smaller.
        state: function without arguments that returns integers, the state to follow.
    """

    def __init__(self, arrays, batch_size, state):
        super().__init__()
        self.arrays = arrays
        self.batch_size = batch_size
        self.state = state
        self.order = np.arange(len(arrays[0]))

    def __len__(self):
        return -(-len(self.order) // self.batch_size)

    def __getitem__(self, index):
        rows = self.order[index * self.batch_size :][: self.batch_size]
        batch = tuple(array[rows] for array in self.arrays)
        return batch if len(batch) > 1 else batch[0]

    def on_epoch_begin(self):
        draws = np.random.default_rng([int(n) for n in self.state()])
        self.order = draws.permutation(len(self.order))
