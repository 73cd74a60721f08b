"""Singular values of the weights, before and after a collapse.

Reference:
    [Brock et al., 2019](https://arxiv.org/abs/1809.11096), Section 4.1
"""

import numpy as np

from ganzoo.lab import games
from ganzoo.lab import points
from ganzoo.lab.trainings import ring
from ganzoo.training import callbacks

PAUSES = 60


def record(budget, say):
    """Singular values, modes and points of each game over its training."""
    return ring.record("spectra", train, PAUSES, budget, say)


def train(setting, steps, pauses):
    """What a game shows at each of its pauses, so many steps apart."""
    rng = games.begin()
    model = games.build(setting, points.generator(), points.discriminator())
    x = points.as_images(points.ring(games.BATCH * steps, rng))
    spectra = callbacks.SingularValues(count=1)
    spectra.set_model(model)

    def look(model):
        return points.draw(model, ring.SAMPLES), list(spectra.values().values())

    drawn, sigmas = map(np.array, zip(*games.train(model, x, look, pauses)))
    return {
        **ring.summary(setting, drawn),
        "layers": _names(spectra.values()),
        "sigmas": sigmas.T,
    }


def _names(values):
    """Layers as people count them: "G 1", "G 2", ... and "D 1", ..."""
    players = [name[0] for name in values]
    return [f"{p} {players[: i + 1].count(p)}" for i, p in enumerate(players)]
