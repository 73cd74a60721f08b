"""Saturation: what the generator's two losses leave of its gradient.

Reference:
    [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661), Section 3
"""

import numpy as np
from keras import ops
from scipy import special

from ganzoo.lab import games
from ganzoo.lab import points

PAUSES = 40
STEPS = 25  # of the discriminator, between two pauses
LOGITS = np.linspace(-16, 4, 161)
SAMPLES = 512
SPREAD = 0.05  # standard deviation of the samples, which are amid the ring


def losses(s):
    """The generator's losses over the logit, and their slopes, by name.

    The minimax loss log(1 − D): slope −σ(s). In use, −log D: slope −σ(−s).
    """
    return {
        "printed": (special.log_expit(-s), -special.expit(s)),
        "in use": (-special.log_expit(s), -special.expit(-s)),
    }


def record(budget, say):
    """Gradients of both losses in one generator, as its discriminator is trained."""
    steps = games.steps(STEPS, budget)
    say("a discriminator against a generator that stands still")
    rng = games.begin()
    printed, in_use = _rivals()
    x = points.as_images(points.ring(games.BATCH * steps, rng))

    def look(model):
        s = points.logits(model, points.draw(model, SAMPLES))
        accuracy = np.mean(s < 0)
        return [s.mean(), accuracy, *(slope(game, x) for game in (printed, in_use))]

    seen = games.train(in_use, x, look, PAUSES)
    logit, accuracy, *slopes = np.transpose(seen)
    return {
        "steps": steps,
        "logits": LOGITS,
        "losses": {k: {"loss": a, "slope": b} for k, (a, b) in losses(LOGITS).items()},
        "logit": logit,
        "accuracy": accuracy,
        "printed": slopes[0],
        "in use": slopes[1],
    }


def _rivals():
    """Two games of one generator and one discriminator, of different losses."""
    networks = points.shift([0.0, 0.0], [SPREAD, SPREAD]), points.discriminator()
    found = [games.build(s, *networks) for s in games.settings("saturation")]
    for model in found:
        games.stand_still(model)
    return found


def slope(model, x):
    """Norm of the gradient of the generator's loss in all of its weights."""
    weights = model.generator_variables
    batch = ops.convert_to_tensor(x[:SAMPLES])
    slopes = model.gradient(lambda *_: model.generator_loss(batch), weights)
    norm = ops.sqrt(sum(ops.sum(ops.square(each)) for each in slopes))
    return float(ops.convert_to_numpy(norm))
