"""The Fréchet distance without the bias of a finite count of samples.

Reference:
    [Chong & Forsyth, 2020](https://arxiv.org/abs/1911.07023), as FID∞.
"""

import dataclasses

import numpy as np

from ganzoo.metrics.blocks import spans
from ganzoo.metrics.checks import check_count
from ganzoo.metrics.checks import check_features
from ganzoo.metrics.checks import check_whole_number
from ganzoo.metrics.frechet import Moments
from ganzoo.metrics.frechet import frechet_distance


@dataclasses.dataclass(frozen=True)
class Extrapolation:
    """A line `distance + slope / size` through Fréchet distances of growing subsets.

    Attributes:
        distance: float. The line at an infinite size. Of two near distributions it may
            come out slightly negative, and is not clipped.
        slope: float. The bias times the size. It differs between generators, which is
            why equal counts do not quite cancel it.
        sizes: tuple of int. The sizes of the subsets, ascending.
        values: tuple of float. Their distances. Where they bend away from the line,
            the extrapolation is not to be trusted.
    """

    distance: float
    slope: float
    sizes: tuple
    values: tuple


def frechet_infinity(reference, samples, points=15, smallest=None, seed=0):
    """Return the Fréchet distance extrapolated to infinitely many samples.

    The bias of a distance of `size` samples is nearly `slope / size`, from twice the
    dimension on: fitted from below it, the intercept comes out too low. The largest
    size is at least twice the smallest, or the intercept would lie further from the
    points than they spread: in `1 / size` they spread over half the way to it at least.

    Only the samples' bias is removed. The reference keeps its own.

    Args:
        reference: `Moments` of the data. An unknown count is taken to be large.
        samples: real array of shape `(count, dimension)`. Features to be scored.
        points: int. Number of sizes, evenly from `smallest` to the count of samples;
            for each a subset is drawn anew, without replacement.
        smallest: int or None. The smallest size. Defaults to twice the dimension.
        seed: int. Seed of the draws.

    Returns:
        `Extrapolation`.

    Raises:
        ValueError: if `smallest` or the reference's count is below twice the dimension,
            or there are fewer samples than twice `smallest`.
    """
    check_whole_number(3, points=points)
    (samples,) = check_features(samples=samples)
    smallest = 2 * reference.dimension if smallest is None else smallest
    _check_counts(reference, samples, smallest)
    draws = np.random.default_rng(seed)
    sizes = np.linspace(smallest, len(samples), points).astype(int)
    values = [
        frechet_distance(reference, _moments_of_subset(samples, size, draws))
        for size in sizes
    ]
    slope, distance = np.polyfit(1 / sizes, values, 1)
    return Extrapolation(
        float(distance), float(slope), tuple(sizes.tolist()), tuple(values)
    )


def _moments_of_subset(samples, size, draws):
    subset = draws.choice(len(samples), size, replace=False)
    moments = Moments(samples.shape[1])
    for rows in spans(size):
        moments.update(samples[subset[rows]])
    return moments


def _check_counts(reference, samples, smallest):
    bound = 2 * reference.dimension
    check_whole_number(bound, smallest=smallest)
    if reference.count is not None and reference.count < bound:
        raise ValueError(
            "The reference's own bias is not extrapolated and must be small: its count "
            f"must be at least twice the dimension, {bound}. "
            f"Received: reference.count={reference.count}."
        )
    check_count(
        2 * smallest,
        f"An extrapolation from subsets of {smallest} needs {2 * smallest} samples or "
        "more: draw more, or compare plain Fréchet distances of equal counts.",
        samples=samples,
    )
