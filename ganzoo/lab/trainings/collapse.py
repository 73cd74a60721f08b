"""Games on a ring of eight modes: which of them keep all, and which one hops.

Reference:
    [Metz et al., 2017](https://arxiv.org/abs/1611.02163)
"""

import numpy as np

from ganzoo.lab import games
from ganzoo.lab import points
from ganzoo.lab import records
from ganzoo.lab.trainings import ring

PAUSES = 40
SIZE = 24  # of the discriminator's map


def record(budget, say):
    """Points, maps of the discriminator and modes of each game over its training."""
    return ring.record("collapse", train, PAUSES, budget, say)


def train(setting, steps, pauses):
    """What a game shows at each of its pauses, so many steps apart."""
    rng = games.begin()
    packing = setting.get("options", {}).get("packing", 1)
    model = games.build(
        setting,
        points.generator(),
        points.discriminator(packing=packing, spectral=setting.get("spectral", False)),
    )
    size = games.BATCH * model.discriminator_steps * steps
    data = points.as_images(points.ring(size, rng))
    is_critic = setting.get("is_critic", False)

    def look(model):
        surface = points.surface(model, SIZE, ring.REACH, is_critic)
        return points.draw(model, ring.SAMPLES), surface

    seen = games.train(model, data, look, pauses)
    drawn, maps = (np.array(each) for each in zip(*seen))
    return {
        **ring.summary(setting, drawn),
        "map": records.pack(maps, 0, 1),
    }
