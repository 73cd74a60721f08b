"""Games on a ring of eight modes: which of them keep all, and which one hops.

Reference:
    [Metz et al., 2017](https://arxiv.org/abs/1611.02163)
"""

import numpy as np

from ganzoo.lab import games
from ganzoo.lab import points
from ganzoo.lab import records

PAUSES = 40
STEPS = 200  # of the generator, between two pauses
SAMPLES = 1000
SHOWN = 250
SIZE = 24  # of the discriminator's map
REACH = 1.1


def record(budget, say):
    """Points, maps of the discriminator and modes of each game over its training."""
    steps = games.steps(STEPS, budget)
    trained = []
    for setting in games.settings("collapse"):
        say(setting["title"])
        trained.append(train(setting, steps))
    return {
        "steps": steps,
        "reach": REACH,
        "centres": points.centres(),
        "games": trained,
    }


def train(setting, steps):
    """What a game shows at each pause."""
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
        surface = points.surface(model, SIZE, REACH, is_critic)
        return points.draw(model, SAMPLES), surface

    seen = games.train(model, data, look, PAUSES)
    drawn, maps = (np.array(each) for each in zip(*seen))
    counts = [points.modes(each) for each in drawn]
    return {
        "title": setting["title"],
        "rule": setting["rule"],
        "points": records.pack(drawn[:, :SHOWN], -REACH, REACH),
        "map": records.pack(maps, 0, 1),
        "modes": [count for count, _ in counts],
        "good": [good for _, good in counts],
    }
