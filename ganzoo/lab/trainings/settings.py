"""A score over random settings at a fixed budget, for three games.

Reference:
    [Lucic et al., 2018](https://arxiv.org/abs/1711.10337)
"""

import math

import keras
import numpy as np

from ganzoo import data
from ganzoo import evaluation
from ganzoo import networks
from ganzoo.lab import games
from ganzoo.system.errors import DivergedError
from ganzoo.training import recipes

TRIED = 10  # settings of each game
EPOCHS = 4
BATCH = 100
SCORED = 2000  # samples of a score
RATES = (1e-5, 1e-2)
STEPS = (1, 5)  # of the discriminator


def record(budget, say):
    """The score of each setting of each game, None where it diverged."""
    tried = games.steps(TRIED, budget)
    x = data.load("fashion_mnist_10k", "train")
    held_out = data.load("fashion_mnist_10k", "test").images
    scorer = evaluation.Scorer("fashion-classifier", scores=["fid"], count=SCORED)
    found = []
    for game in games.settings("settings"):
        rng = np.random.default_rng(games.SEED)
        settings = []
        for i in range(tried):
            setting = draw(game, rng)
            setting["score"] = score(game, setting, x.images, held_out, scorer)
            settings.append(setting)
            say(f"{game['title']}, setting {i + 1} of {tried}: {setting['score']}")
        found.append({"title": game["title"], "settings": settings})
    return {"games": found, "epochs": EPOCHS, "ranges": {"rate": RATES}}


def draw(game, rng):
    """A random setting, from the ranges of the paper's search."""
    ranges = {"rate": RATES, **game.get("ranges", {})}
    setting = {
        name: math.exp(rng.uniform(*np.log(limits))) for name, limits in ranges.items()
    }
    beta_1, steps = rng.uniform(0, 1), rng.choice(STEPS)
    return {**setting, "beta_1": beta_1, "steps": int(steps)}


def score(game, setting, x, held_out, scorer):
    """Train a setting for the budget, and score it; None if it diverges."""
    games.begin()
    options = {name: setting[name] for name in game.get("ranges", {})}
    shape = x.shape[1:]
    model = recipes.find_class(game["class"])(
        generator=networks.mlp_generator(shape, units=(256, 256)),
        discriminator=networks.maxout_discriminator(shape, units=(128,), dropout=0.0),
        seed=games.SEED,
        discriminator_steps=setting["steps"],
        **options,
    )
    model.compile(
        *(keras.optimizers.Adam(setting["rate"], setting["beta_1"]) for _ in range(2))
    )
    try:
        model.fit(x, batch_size=BATCH * setting["steps"], epochs=EPOCHS, verbose=0)
    except DivergedError:
        return None
    (value,) = scorer.score(model, held_out).values()
    return value
