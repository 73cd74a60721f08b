"""Ways through the space of latents."""

import re

import numpy as np

TERM = r"\d+(?:\s*,\s*\d+)*"


def line(a, b, steps):
    """Points on the straight line from `a` to `b`, both included.

    Args:
        a: float array `(..., latent_dim)`.
        b: float array of the same shape.
        steps: int. How many, at least 2.

    Returns:
        float32 array `(..., steps, latent_dim)`.
    """
    way = np.linspace(0, 1, steps)[:, None]
    a, b = a[..., None, :], b[..., None, :]
    return (a * (1 - way) + b * way).astype("float32")


def arc(a, b, steps):
    """Points on the way from `a` to `b` that turns evenly, both included.

    Spherical interpolation, [White, 2016](https://arxiv.org/abs/1609.04468), Section
    2.1: the middle of a straight line between two latents of many dimensions is shorter
    than any that the generator was trained on.

    Args:
        a: float array `(..., latent_dim)`.
        b: float array of the same shape.
        steps: int. How many, at least 2.

    Returns:
        float32 array `(..., steps, latent_dim)`.
    """
    straight = line(a, b, steps)
    way = np.linspace(0, 1, steps)[:, None]
    a, b = a[..., None, :], b[..., None, :]
    lengths = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    cosine = (a * b).sum(-1) / np.maximum(lengths, 1e-12)
    angle = np.arccos(np.clip(cosine, -1, 1))[..., None]
    # Where the directions are one, or opposite, no arc is the way.
    turns = np.sin(angle) > 1e-6
    sine = np.where(turns, np.sin(angle), 1)
    turning = (np.sin((1 - way) * angle) * a + np.sin(way * angle) * b) / sine
    return np.where(turns, turning, straight).astype("float32")


def arithmetic(terms, z):
    """The latent that sums and differences of means of others come to.

    As Radford et al. (2016), Section 6.3.2, average three latents of each concept.

    Args:
        terms: string. Numbers of latents, by commas where their mean is meant, with `+`
            and `-` between: "3,17,22 - 5,9,11 + 2,8,30".
        z: float array `(n, latent_dim)`.

    Returns:
        Means of the terms `(count, latent_dim)`, and what they come to
        `(latent_dim,)`.

    Raises:
        ValueError: If the terms cannot be read, or name a latent that is not there.
    """
    signs, rows = zip(*parse_terms(terms))
    if max(map(max, rows)) >= len(z):
        raise ValueError(f"There are images 0 to {len(z) - 1}. Received: {terms!r}.")
    means = np.stack([np.mean(z[row], axis=0) for row in rows]).astype("float32")
    factors = np.array([-1 if sign == "-" else 1 for sign in signs])
    return means, (factors[:, None] * means).sum(0).astype("float32")


def parse_terms(terms):
    """Signs and numbers of the terms that `arithmetic` takes.

    Args:
        terms: string. Like "3,17,22 - 5,9,11 + 2,8,30".

    Returns:
        List of pairs: a sign, "+", "-" or, of the first term, ""; and a list of ints.

    Raises:
        ValueError: If the terms cannot be read.
    """
    if not re.fullmatch(rf"\s*[+-]?\s*{TERM}(\s*[+-]\s*{TERM})*\s*", terms):
        raise ValueError(
            "The terms are numbers of images, by commas where their mean is meant, "
            'with + and - between, like "3,17,22 - 5,9,11 + 2,8,30". '
            f"Received: {terms!r}."
        )
    found = re.findall(rf"([+-]?)\s*({TERM})", terms)
    return [(sign, [int(number) for number in term.split(",")]) for sign, term in found]
