"""Numbers of one seed have nothing in common with those of another."""

import keras
import numpy as np
import pytest
import toys
from keras import ops

from ganzoo.backend import seeds
from ganzoo.game import sampling
from ganzoo.game.inversion import search

SEEDS = range(4)


def draws(seed):
    numbers = seeds.generator(seed)
    each = [keras.random.normal((3,), seed=numbers) for _ in range(4)]
    return {ops.convert_to_numpy(x).tobytes() for x in each}


def test_draws_of_seeds_are_apart():
    assert len(set().union(*map(draws, SEEDS))) == 4 * len(SEEDS)


def test_a_seed_has_the_same_draws_again():
    assert draws(3) == draws(3)
    assert draws(np.int64(3)) == draws(3)


def test_starts_of_searches_are_apart():
    gan = toys.build("GAN")
    starts = [search.draw_starts(gan, 3, seed) for seed in SEEDS]
    assert len({z.tobytes() for of_seed in starts for z in of_seed}) == 3 * len(SEEDS)


def test_chunks_of_latents_are_apart(monkeypatch):
    monkeypatch.setattr(sampling, "CHUNK", 2)
    gan = toys.build("GAN")
    latents = np.concatenate([gan.latents(6, seed=seed) for seed in SEEDS])
    assert len({z.tobytes() for z in latents}) == 6 * len(SEEDS)


def test_latents_of_training_are_apart():
    x = np.zeros((2, 1))
    games = [toys.build("GAN", seed=seed) for seed in SEEDS]
    drawn = [ops.convert_to_numpy(gan.sample_z(x)) for gan in games for _ in range(3)]
    assert len({z.tobytes() for z in drawn}) == 3 * len(SEEDS)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, "0", True])
def test_seeds_that_a_backend_would_not_know_are_refused(seed):
    with pytest.raises(ValueError, match=r"below 2\*\*32.*Received: seed="):
        toys.build("GAN", seed=seed)
    with pytest.raises(ValueError, match=r"below 2\*\*32.*Received: seed="):
        toys.build("GAN").generate(1, seed=seed)


def test_the_largest_seed_draws():
    toys.build("GAN", seed=2**32 - 1).generate(1, seed=2**32 - 1)
