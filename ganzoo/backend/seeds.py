"""Generators of random numbers, whose draws are as good on each backend."""

import operator

import keras
import numpy as np

from ganzoo import backend

LIMIT = 2**32


def generator(seed):
    """The numbers of a seed, which have nothing in common with those of its neighbours.

    Args:
        seed: int from 0, below `LIMIT`, or None for one that nobody knows.

    Returns:
        `keras.random.SeedGenerator`.

    Raises:
        ValueError: If the seed is another.
    """
    check(seed)
    if seed is not None:
        seed = backend.independent_seed(operator.index(seed))
    return keras.random.SeedGenerator(seed)


def check(seed):
    """Raise a ValueError unless it is the seed of a generator, or None."""
    if seed is None:
        return
    is_int = hasattr(seed, "__index__") and not isinstance(seed, bool)
    if not is_int or not 0 <= operator.index(seed) < LIMIT:
        raise ValueError(
            "`seed` must be an integer of at least 0 and below 2**32, which all "
            f"backends know, or None. Received: seed={seed!r}."
        )


def known(seed):
    """The seed, or a new one for None, of several draws that belong together."""
    check(seed)
    return int(np.random.default_rng().integers(LIMIT)) if seed is None else seed
