"""Two densities on a line: the best discriminator by its formula, and a trained one.

Reference:
    [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661), Section 4.1
"""

import numpy as np
from scipy import special
from scipy import stats

from ganzoo.lab import games
from ganzoo.lab import points

PAUSES = 40
STEPS = 15  # between two pauses
X = np.linspace(-1.2, 1.2, 481, dtype="float32")
WIDTH = float(X[1] - X[0])
SHOWN = np.s_[::4]
DATA = (-0.2, 0.15)  # mean and standard deviation
SAMPLES = {"far apart": (0.6, 0.1), "overlapping": (0.1, 0.25), "equal": DATA}


def best(p, q):
    """The optimal discriminator p / (p + q), Proposition 1."""
    return p / np.maximum(p + q, 1e-300)


def loss(logits, p, q):
    """The discriminator's loss for densities on `X`: −E[log D] − E[log(1 − D)]."""
    on_data = p * special.log_expit(logits)
    on_samples = q * special.log_expit(-logits)
    return -float((on_data + on_samples).sum()) * WIDTH


def least_loss(p, q):
    """2 log 2 − 2 JSD(p, q), which no discriminator falls below: Theorem 1."""
    middle = (p + q) / 2
    kls = special.rel_entr(p, middle) + special.rel_entr(q, middle)
    return 2 * np.log(2) - float(kls.sum()) * WIDTH


def record(budget, say):
    """The discriminator for each generator, which stands still."""
    (setting,) = games.settings("densities")
    steps = games.steps(STEPS, budget)
    p = stats.norm.pdf(X, *DATA)
    cases = []
    for title, (centre, scale) in SAMPLES.items():
        say(title)
        q = stats.norm.pdf(X, centre, scale)
        logits = train(setting, points.shift([centre], [scale]), steps)
        cases.append(
            {
                "title": title,
                "samples": q[SHOWN],
                "best": best(p, q)[SHOWN],
                "trained": special.expit(logits)[:, SHOWN],
                "loss": [loss(each, p, q) for each in logits],
                "least": least_loss(p, q),
            }
        )
    return {"steps": steps, "x": X[SHOWN], "data": p[SHOWN], "cases": cases}


def train(setting, generator, steps):
    """Logits on `X` at each pause, `(pauses, len(X))`, for a generator that stands."""
    rng = games.begin()
    model = games.build(setting, generator, points.discriminator(dimensions=1))
    games.stand_still(model)
    data = rng.normal(*DATA, (games.BATCH * steps, 1)).clip(-1, 1)
    x = points.as_images(data.astype("float32"))

    return np.array(
        games.train(model, x, lambda m: points.logits(m, X[:, None]), PAUSES)
    )
