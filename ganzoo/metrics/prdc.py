"""Precision, recall, density and coverage: fidelity and variety told apart.

References:
    [Kynkäänniemi et al., 2019](https://arxiv.org/abs/1904.06991), Equations 1 and 2:
        precision and recall.
    [Naeem et al., 2020](https://arxiv.org/abs/2002.09797), Section 3: density and
        coverage.
"""

import itertools

import numpy as np

from ganzoo.metrics.blocks import BLOCK
from ganzoo.metrics.blocks import spans
from ganzoo.metrics.blocks import squared_distances
from ganzoo.metrics.checks import check_count
from ganzoo.metrics.checks import check_features
from ganzoo.metrics.checks import check_whole_number


def prdc(reference, samples, k=5, block=BLOCK, progress=None):
    """Return how well samples and data cover each other, by balls around each vector.

    A ball reaches to its centre's `k`-th neighbour in the same set, without the centre
    itself, and does not contain its border.

    * `precision`: share of the samples in some ball of the data.
    * `recall`: share of the data in some ball of the samples.
    * `density`: balls of the data that contain a sample, on average, over `k`. It may
      exceed 1.
    * `coverage`: share of the data's balls that contain a sample.

    For samples of the data's own distribution the density is 1 on average and the
    coverage about `1 - 2⁻ᵏ`, given equal counts: compare only at equal counts and `k`.

    The conventions are those of the `prdc` package. Distances are computed in float64
    and compared in float32, as there for float32 features: in the last bits of float64
    one distance differs by the block that it was computed in. Unlike there, equal
    vectors have exactly no distance, so `k + 1` copies of one have an empty ball.

    Args:
        reference: real array of shape `(count, dimension)`. Features of the data.
        samples: real array of shape `(count, dimension)`. Features to be scored.
        k: int. Which neighbour a ball reaches to. The papers use 3 for precision and
            recall, and 5 for density and coverage.
        block: int. Rows that are compared at a time. The memory taken is about
            `(32 * block + 16 * dimension) * block` bytes, whatever the counts: 200 MB
            at the dimension 2048.
        progress: callable or None. Called with the number of pairs of blocks done and
            their total after each: 50,000 against 50,000 take many minutes.

    Returns:
        Dict of four floats.

    Raises:
        ValueError: if a side has no `k`-th neighbour, or the features are not finite or
            of two dimensions.
    """
    return prdc_and_empty_balls(reference, samples, k, block, progress)[0]


def prdc_and_empty_balls(reference, samples, k=5, block=BLOCK, progress=None):
    """Return what `prdc` does, and how many balls are empty: those of copies.

    Args:
        reference: as in `prdc`, like those that follow.
        samples: real array.
        k: int.
        block: int.
        progress: callable or None.

    Returns:
        Dict of four floats, and a dict of the two counts: "reference", "samples".
    """
    check_whole_number(1, k=k, block=block)
    reference, samples = check_features(reference=reference, samples=samples)
    check_count(
        k + 1,
        f"A {k}-th neighbour needs {k + 1} feature vectors or more on both sides: use "
        "more, or pass a smaller `k`.",
        reference=reference,
        samples=samples,
    )
    r, s = len(spans(len(reference), block)), len(spans(len(samples), block))
    tick = _ticker(progress, r * r + s * s + r * s)
    reference_radii = _radii(reference, k, block, tick)
    sample_radii = _radii(samples, k, block, tick)
    balls = np.zeros(len(samples), "int64")
    recalled = np.zeros(len(reference), "bool")
    covered = np.zeros(len(reference), "bool")
    for rows, columns, distances in _pairs(reference, samples, block, tick):
        inside = distances < reference_radii[rows, None]
        balls[columns] += inside.sum(axis=0)
        covered[rows] |= inside.any(axis=1)
        recalled[rows] |= (distances < sample_radii[columns]).any(axis=1)
    scores = {
        "precision": float(np.mean(balls > 0)),
        "recall": float(recalled.mean()),
        "density": float(balls.mean() / k),
        "coverage": float(covered.mean()),
    }
    radii = {"reference": reference_radii, "samples": sample_radii}
    return scores, {side: int((found == 0).sum()) for side, found in radii.items()}


def _radii(features, k, block, tick):
    """Distance of each vector to its `k`-th neighbour: float32, `(count,)`."""
    nearest = np.full((len(features), k), np.inf, "float32")
    for rows, columns, distances in _pairs(features, features, block, tick):
        if rows == columns:
            # By its place and not by a distance of 0, which a copy has as well.
            np.fill_diagonal(distances, np.inf)
        found = np.concatenate([nearest[rows], distances], axis=1)
        nearest[rows] = np.partition(found, k - 1, axis=1)[:, :k]
    return nearest.max(axis=1)


def _pairs(a, b, block, tick):
    """The rows, the columns and the float32 distances of every pair of blocks."""
    for rows in spans(len(a), block):
        x = a[rows].astype("float64")
        for columns in spans(len(b), block):
            squares = squared_distances(x, b[columns])
            yield rows, columns, np.sqrt(squares, out=squares).astype("float32")
            tick()


def _ticker(progress, total):
    """A function that reports one step more, of `total`, at each call."""
    steps = itertools.count(1)

    def tick():
        if progress is not None:
            progress(next(steps), total)

    return tick
