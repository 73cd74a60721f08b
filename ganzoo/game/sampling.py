"""Images out of a generator in inference mode."""

import math

import keras
import numpy as np
from keras import ops

from ganzoo.backend.prediction import predict
from ganzoo.data import pixels
from ganzoo.system import resources

# Images that `generate` draws at a time; part of the meaning of its seed.
CHUNK = 1024


class Sampling:
    """What an `AdversarialModel` draws."""

    def generate(self, n, *, seed=None, labels=None):
        """Draw pictures from the generator in inference mode.

        Args:
            n: int. How many, at least 1.
            seed: int or None. The same seed gives the same pictures, and those of a
                smaller `n` are the first of a larger. None draws new ones each time.
            labels: None. Only a conditional variant takes labels.

        Returns:
            uint8 array `(n, height, width, channels)`.

        Raises:
            ValueError: If `n` is not positive, labels are given in vain, or memory has
                no room for so many.
        """
        chunks = self.draw(n, seed=seed, labels=labels)
        resources.check_memory(
            n * math.prod(self.image_shape),
            f"{n:,} pictures take",
            "draw them in chunks with `draw`, or into a file with `ganzoo generate`",
            f"n={n}",
        )
        pictures = np.empty((n, *self.image_shape), "uint8")
        for i, chunk in enumerate(chunks):
            pictures[i * CHUNK : i * CHUNK + len(chunk)] = chunk
        return pictures

    def draw(self, n, *, seed=None, labels=None):
        """The pictures of `generate`, in chunks, for more than fit in memory.

        Args:
            n: int. As in `generate`, like those that follow.
            seed: int or None.
            labels: None. Only a conditional variant takes labels.

        Returns:
            An iterator of uint8 arrays `(count, height, width, channels)`.

        Raises:
            ValueError: As in `generate`, before the first chunk.
        """
        if not isinstance(n, (int, np.integer)) or n < 1:
            raise ValueError(f"`n` must be an int of at least 1. Received: n={n!r}.")
        return self._draw_chunks(n, self.conditions(n, labels), seed)

    def latents(self, n, *, seed=None):
        """The latents of the pictures that `generate` draws.

        Args:
            n: int. As in `generate`.
            seed: int or None.

        Returns:
            float32 array `(n, latent_dim)`.
        """
        return np.concatenate([z for _, z in self._draw_latents(n, seed)])

    def _draw_chunks(self, n, conditions, seed):
        for start, z in self._draw_latents(n, seed):
            rows = slice(start, start + len(z))
            yield self.decode(z, [condition[rows] for condition in conditions])

    def _draw_latents(self, n, seed):
        seeds = self.evaluation_seed_generator
        if seed is not None:
            seeds = keras.random.SeedGenerator(seed)
        for start in range(0, n, CHUNK):
            # A chunk is drawn whole, so that the first do not depend on `n`.
            z = self.prior((CHUNK, self.latent_dim), seeds)
            yield start, ops.convert_to_numpy(z)[: n - start]

    def decode(self, z, conditions=()):
        """Pictures of given latents, by the generator in inference mode.

        Args:
            z: float32 array `(n, latent_dim)`.
            conditions: list of arrays `(n, ...)`, as of `conditions`.

        Returns:
            uint8 array `(n, height, width, channels)`.
        """
        inputs = [z, *conditions] if len(conditions) else z
        with self.averaged():
            floats = predict(self.generator, inputs, batch_size=128)
        return pixels.to_uint8(floats)

    def conditions(self, n, labels):
        """Inputs of the generator beside the latents, `(n, ...)` each."""
        if labels is not None:
            raise ValueError(
                f"{type(self).__name__} is not conditional: it draws from all classes "
                f"alike. `CGAN` takes labels. Received: labels={labels!r}."
            )
        return []
