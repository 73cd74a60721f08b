"""What belongs to the images of data that were seen last, to draw others for."""

import keras
import numpy as np
from keras import ops

from ganzoo import backend

REMEMBERED = 1024  # images, those that a model has seen last


class Remembering:
    """What an `AdversarialModel` does that remembers what belongs to images.

    Its batches are `(x, y)`, and it remembers the `y` of the images seen last. What is
    not asked for is drawn from there, as it occurs in the data.
    """

    def remember(self, first):
        """Begin with these, until images have been seen.

        Args:
            first: array `(REMEMBERED, size)`, of the type that is remembered.
        """
        self.remembered = self.add_weight(
            first.shape,
            lambda shape, dtype=None: ops.convert_to_tensor(first, dtype),
            dtype=str(first.dtype),
            trainable=False,
            aggregation="only_first_replica",
            name="remembered",
        )

    def before_step(self, batch):
        """Remember the `y` of the batch."""
        _, y = batch
        rows = ops.cast(y, self.remembered.dtype)
        rows = ops.concatenate([rows, self.remembered])[:REMEMBERED]
        self.remembered.assign(ops.reshape(rows, self.remembered.shape))

    def draw_remembered(self, count):
        """Remembered rows, drawn with replacement.

        Args:
            count: int. How many.

        Returns:
            Tensor `(count, size)`.
        """
        places = keras.random.randint((count,), 0, REMEMBERED, seed=self.noise)
        return ops.take(ops.convert_to_tensor(self.remembered), places, axis=0)

    def remembered_for(self, x):
        """A remembered row for each example of `x`."""
        return backend.per_example(self.draw_remembered, x)

    def draw_chunks(self, n):
        """Remembered rows for `n` images, of which those of a smaller `n` come first.

        Returns:
            Array `(n, size)`.
        """
        return np.concatenate([y for _, y in self.in_chunks(n, self.draw_remembered)])
