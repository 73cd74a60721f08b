"""Two players on V(x, y) = xy, and the Dirac-GAN: points that circle around 0.

Reference:
    [Mescheder et al., 2018](https://arxiv.org/abs/1801.04406)
"""

import numpy as np

STEPS = 100
START = (1.0, 0.0)
BILINEAR_RATE = 0.15
DIRAC_RATE = 0.3
PENALTY = 0.5


def bilinear(x, y):
    """Directions of descent in x and of ascent in y, of V(x, y) = xy: (−y, x)."""
    return np.array([-y, x])


def dirac(theta, psi):
    """The same of the Dirac-GAN: (−ψ f'(θψ), θ f'(θψ)), f(t) = −log(1 + e^−t).

    All data are at 0 and all samples at θ, and D(x) = ψx.
    """
    slope = 1 / (1 + np.exp(theta * psi))
    return np.array([-psi * slope, theta * slope])


def simultaneous(field, point, rate):
    """Both players move at once. On xy the radius grows by √(1 + h²)."""
    return point + rate * field(*point)


def alternating(field, point, rate):
    """The discriminator moves first. On xy the step's determinant is 1: orbits close.

    Algorithm 1 of Goodfellow et al. (2014) alternates in this order.
    """
    x, y = point
    y = y + rate * field(x, y)[1]
    return np.array([x + rate * field(x, y)[0], y])


def extragradient(field, point, rate):
    """Both move by the directions at the next point, not here.

    On xy the radius shrinks by √(1 − h² + h⁴).
    """
    return point + rate * field(*(point + rate * field(*point)))


def penalized(field):
    """The same game with R1, γ/2 ψ², which pulls the discriminator to 0."""
    return lambda x, y: field(x, y) - np.array([0.0, PENALTY * y])


def orbit(step, field, rate, start=START, steps=STEPS):
    """Points of the players, `(steps + 1, 2)`."""
    points = [np.array(start)]
    for _ in range(steps):
        points.append(step(field, points[-1], rate))
    return np.array(points)


def record(budget, say):
    """The orbits; they take no time, at any budget."""
    games = [
        ("V = xy, simultaneous steps", simultaneous, bilinear, BILINEAR_RATE),
        ("V = xy, alternating steps", alternating, bilinear, BILINEAR_RATE),
        ("V = xy, extragradient", extragradient, bilinear, BILINEAR_RATE),
        (
            "V = xy, simultaneous steps and R1",
            simultaneous,
            penalized(bilinear),
            BILINEAR_RATE,
        ),
        ("Dirac-GAN, simultaneous steps", simultaneous, dirac, DIRAC_RATE),
        ("Dirac-GAN with R1", simultaneous, penalized(dirac), DIRAC_RATE),
    ]
    say(f"{len(games)} orbits of {STEPS} steps")
    return [
        {"title": title, "rate": rate, "points": orbit(step, field, rate)}
        for title, step, field, rate in games
    ]
