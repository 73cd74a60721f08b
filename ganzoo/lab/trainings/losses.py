"""Losses that do not tell how good images are: DCGAN and pix2pix."""

import numpy as np

from ganzoo import evaluation
from ganzoo.data import pixels
from ganzoo.lab import games
from ganzoo.lab import records
from ganzoo.training import recipes
from ganzoo.visualization import samples

EPOCHS = 10
SHOWN = 8
SCORED = 2000  # samples of a score


def record(budget, say):
    """Losses, scores and samples of each recipe after each epoch."""
    epochs = games.steps(EPOCHS, budget)
    trained = []
    for setting in games.settings("losses"):
        say(setting["title"])
        trained.append(train(setting, epochs))
    return trained


def train(setting, epochs):
    """What a recipe shows before training and after each epoch."""
    recipe = recipes.load(setting["recipe"])
    arrays, held_out = recipe.load_data("train"), recipe.load_data("test")
    model = recipe.build(arrays, seed=games.SEED)
    scorer = evaluation.Scorer("fashion-classifier", scores=["fid"], count=SCORED)
    scored = scorer.prepare(model, *held_out)

    def look(model):
        (score,) = scored.score().values()
        return score, np.concatenate([*samples.draw(model, held_out, SHOWN, seed=1)])

    pauses = games.Pauses(look)
    fitted = model.fit(
        *arrays,
        batch_size=recipe.batch_size * model.discriminator_steps,
        epochs=epochs,
        verbose=0,
        callbacks=[pauses],
    )
    scores, images = zip(*pauses.seen)
    return {
        "title": setting["title"],
        "discriminator": fitted.history["discriminator_loss"],
        "generator": fitted.history["generator_loss"],
        "scores": scores,
        "images": records.pack(pixels.to_float(np.array(images)), -1, 1),
    }
