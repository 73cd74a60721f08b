"""An array whose rows are somewhere else, and are read when they are asked for."""

import math

import numpy as np

from ganzoo.system import resources
from ganzoo.system.terminal.progress import progress_bar

CHUNK_SIZE = 256  # rows that are read together where all are wanted
PROGRESS_FROM = 1_000  # rows, from which on progress is shown


def repeated(array, times):
    """An array, or `LazyArray`, so many times after itself; images without a copy."""
    numbers = np.tile(np.arange(len(array)), times)
    if isinstance(array, np.ndarray) and array.ndim < 3:
        return array[numbers]
    return LazyArray(array.__getitem__, array.shape, array.dtype, numbers)


class LazyArray:
    """Takes the place of a NumPy array where `fit` and callbacks read it by row.

    A slice has read nothing yet, like that of a memory map; an index, or an array of
    them, is read. `np.asarray` reads all of it. A tuple takes from each row what it has
    after its first: `x[:, -1]`.

    Args:
        read: function of an int array of numbers of rows. Returns the rows in a
            sequence of arrays.
        shape: tuple. `(count, ...)`.
        dtype: string.
        numbers: int array, or None. Of the rows that these are; None for all.
    """

    def __init__(self, read, shape, dtype, numbers=None):
        self.read = read
        self.numbers = np.arange(shape[0]) if numbers is None else numbers
        self.shape = (len(self.numbers), *shape[1:])
        self.dtype = np.dtype(dtype)
        self.ndim = len(self.shape)

    def __len__(self):
        return len(self.numbers)

    def __getitem__(self, key):
        if isinstance(key, tuple):
            rows, *inner = key
            return self._inside(tuple(inner))[rows]
        numbers = self.numbers[key]
        if isinstance(key, slice):
            return LazyArray(self.read, self.shape, self.dtype, numbers)
        rows = np.empty((numbers.size, *self.shape[1:]), self.dtype)
        if len(rows):
            rows[:] = self.read(numbers.reshape(-1))
        return rows.reshape(*numbers.shape, *self.shape[1:])

    def _inside(self, key):
        """The same of a part of each row."""
        shape = np.broadcast_to(0, self.shape[1:])[key].shape
        return LazyArray(
            lambda numbers: self[numbers][(slice(None), *key)],
            (len(self), *shape),
            self.dtype,
        )

    def __array__(self, dtype=None, copy=None):
        resources.check_memory(
            math.prod(self.shape) * self.dtype.itemsize,
            f"{len(self):,} rows of the shape {self.shape[1:]} take",
            "read a part of them at a time, like `rows[:1000]`",
            f"rows of shape {self.shape}",
        )
        whole = np.empty(self.shape, self.dtype)
        is_long = len(self) > PROGRESS_FROM
        with progress_bar("Rows read", len(self), is_long) as advance:
            for start in range(0, len(self), CHUNK_SIZE):
                chunk = np.arange(start, min(start + CHUNK_SIZE, len(self)))
                whole[chunk] = self[chunk]
                advance(len(chunk))
        return whole.astype(dtype or self.dtype, copy=False)
