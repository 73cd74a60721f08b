"""One Gaussian fitted to two, by three divergences; and what noise costs in likelihood.

Reference:
    [Theis et al., 2016](https://arxiv.org/abs/1511.01844)
"""

import numpy as np
from scipy import special
from scipy import stats

X = np.linspace(-6.5, 6.5, 521)
WIDTH = X[1] - X[0]
START = (1.0, 1.0)  # mean and standard deviation
STEPS = 40
UPDATES = 20  # between two steps that are shown
RATE = 0.1
NOISE = stats.norm(0, 3)
NATS_OF = (1, 10, 784)  # dimensions
DRAWS = 2000


def target(x):
    """Density of the data: half at −2.5, half at 2.5."""
    return (stats.norm.pdf(x, -2.5, 0.5) + stats.norm.pdf(x, 2.5, 0.5)) / 2


def kl(p, q):
    """Kullback-Leibler divergence of densities on `X`, in nats."""
    return float(np.sum(special.rel_entr(p, q)) * WIDTH)


def jsd(p, q):
    """Jensen-Shannon divergence of densities on `X`, at most log 2."""
    middle = (p + q) / 2
    return (kl(p, middle) + kl(q, middle)) / 2


DIVERGENCES = {
    "Maximum likelihood": kl,
    "Reverse KL": lambda p, q: kl(q, p),
    "Jensen-Shannon": jsd,
}


def density(weights):
    """The model: a Gaussian of a mean and the logarithm of its standard deviation."""
    return stats.norm.pdf(X, weights[0], np.exp(weights[1]))


def fit(divergence, start=START):
    """Gradient descent on a divergence from the data.

    Args:
        divergence: function of two densities on `X`.
        start: sequence of two floats. Mean and standard deviation to begin with.

    Returns:
        Dict of arrays "mean", "sd" and "value", one more than steps.
    """
    p = target(X)
    weights = np.array([start[0], np.log(start[1])])
    path = [weights]
    for _ in range(STEPS):
        for _ in range(UPDATES):
            weights = weights - RATE * slope(
                lambda w: divergence(p, density(w)), weights
            )
        path.append(weights)
    values = [divergence(p, density(weights)) for weights in path]
    mean, log_sd = np.transpose(path)
    return {"mean": mean, "sd": np.exp(log_sd), "value": values}


def slope(fn, weights, h=1e-4):
    """Central differences of a function of a vector."""
    return np.array(
        [
            (fn(weights + e) - fn(weights - e)) / (2 * h)
            for e in h * np.eye(len(weights))
        ]
    )


def cost_of_noise(dimensions, shares):
    """Mean log-likelihood lost where a share of a model is noise, in nats.

    The model is right but for the noise: (1 − share) p + share · noise. As it is at
    least (1 − share) p, it loses at most −log(1 − share), in any number of dimensions.
    """
    rng = np.random.default_rng(0)
    side = rng.choice([-2.5, 2.5], (DRAWS, dimensions))
    x = side + rng.normal(0, 0.5, side.shape)
    difference = (NOISE.logpdf(x) - np.log(target(x))).sum(axis=1)
    with np.errstate(divide="ignore"):
        kept, added = np.log1p(-shares), np.log(shares)
    mixed = np.logaddexp(kept[:, None], added[:, None] + difference)
    return -mixed.mean(axis=1)


def record(budget, say):
    """The fits; they take seconds, at any budget."""
    shares = np.linspace(0, 0.99, STEPS + 1)
    fits = []
    for title, divergence in DIVERGENCES.items():
        say(title)
        fits.append({"title": title, **fit(divergence)})
    return {
        "x": X[::4],
        "target": target(X[::4]),
        "updates": UPDATES,
        "fits": fits,
        "shares": shares,
        "lost": {str(d): cost_of_noise(d, shares) for d in NATS_OF},
        "bound": -np.log1p(-shares),
    }
