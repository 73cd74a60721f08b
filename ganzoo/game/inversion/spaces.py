"""Spaces that a search for images may go through, by the names that users have."""

import numpy as np


class LatentSpace:
    """Latents, as the generator takes them.

    Other spaces derive from it.

    Args:
        model: `AdversarialModel`.
    """

    # What its points are called.
    points = "latents"

    def __init__(self, model):
        self.model = model

    @property
    def size(self):
        """How many numbers a point has."""
        return self.model.latent_dim

    @property
    def limits(self):
        """Least and greatest of these numbers, or None."""
        return self.model.latent_range

    @property
    def generator(self):
        """The network from points and conditions to images, a `keras.Model`."""
        return self.model.generator

    def conditions(self, found):
        """What this network takes beside points, of what `find_conditions` returns."""
        return found

    def default_conditions(self, n):
        """Those of `n` images where none are given, as of `find_conditions`."""
        return []

    def centre(self):
        """The point to stay near, `(size,)`."""
        return np.zeros(self.size, "float32")

    def of_latents(self, z, found):
        """The points of latents, by the weights at hand.

        Args:
            z: array `(n, latent_dim)`.
            found: list of arrays `(n, ...)`, as `find_conditions` returns it.

        Returns:
            float32 array `(n, size)`.
        """
        return z
