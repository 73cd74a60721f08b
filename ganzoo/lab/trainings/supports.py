"""Data and samples on two lines that do not meet: who still has a gradient.

Reference:
    [Arjovsky et al., 2017](https://arxiv.org/abs/1701.07875), Example 1
"""

import numpy as np
from keras import ops

from ganzoo.lab import games
from ganzoo.lab import points
from ganzoo.lab import records
from ganzoo.training import recipes

PAUSES = 40
STEPS = 25  # of the generator, between two pauses
AT = 0.5  # data are at x = −AT, samples begin at x = AT
HEIGHT = 0.35  # standard deviation along the line
SIZE = 24
ARROWS = 9
REPEATS = 16
REACH = 1.1
SHOWN = 60


def record(budget, say):
    """Samples, maps and arrows of each game, and the distance between the lines."""
    steps = games.steps(STEPS, budget)
    trained = []
    for setting in games.settings("supports"):
        say(setting["title"])
        trained.append(train(setting, steps, PAUSES))
    return {"steps": steps, "reach": REACH, "at": AT, "games": trained}


def line(n, rng):
    """Points of the data, `(n, 2)`."""
    y = rng.normal(0, HEIGHT, n).clip(-1, 1)
    return np.stack([np.full(n, -AT), y], axis=-1).astype("float32")


def train(setting, steps, pauses):
    """What a game shows at each of its pauses, so many steps apart."""
    rng = games.begin()
    generator = points.shift([AT, 0.0], [0.0, HEIGHT])
    model = games.build(setting, generator, points.discriminator())
    size = games.BATCH * model.discriminator_steps * steps
    x = points.as_images(line(size, rng))
    placed = _placed(setting, model.discriminator)
    is_critic = setting.get("is_critic", False)

    def look(model):
        surface = points.surface(model, SIZE, REACH, is_critic)
        return points.draw(model, SHOWN), surface, pull(placed)

    drawn, maps, pulls = map(np.array, zip(*games.train(model, x, look, pauses)))
    return {
        "title": setting["title"],
        "rule": setting["rule"],
        "points": records.pack(drawn, -REACH, REACH),
        "map": records.pack(maps, 0, 1),
        # A longer arrow would reach into the next one.
        "pulls": records.pack(pulls, -1, 1),
        "distance": np.abs(drawn[..., 0].mean(axis=1) + AT),
    }


def _placed(setting, discriminator):
    """The same game, whose samples are where its `places` are."""

    class Placed(recipes.find_class(setting["class"])):
        """A game of samples that somebody has put where they are."""

        def prior(self, shape, seed):
            return self.places

    return Placed(
        generator=points.shift([0.0, 0.0], [1.0, 1.0]),
        discriminator=discriminator,
        **setting.get("options", {}),
    )


def pull(game):
    """Where the generator's loss moves samples at places of the plane: −∂L/∂x.

    Args:
        game: `AdversarialModel` of `_placed`.

    Returns:
        Array `(places, 2)`, a mean over the noise that the discriminator sees.
    """
    places = np.tile(points.grid(ARROWS, REACH * (1 - 1 / ARROWS)), (REPEATS, 1))
    x = ops.convert_to_tensor(points.as_images(places))

    def loss(places):
        game.places = places
        return len(places) * game.generator_loss(x)

    slopes = ops.convert_to_numpy(game.gradient(loss, [places])[0])
    return -slopes.reshape(REPEATS, -1, 2).mean(axis=0)
