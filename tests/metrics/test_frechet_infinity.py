"""The extrapolated distance against Gaussians whose distance is known."""

import dataclasses

import numpy as np
import pytest

from ganzoo.metrics.frechet import Moments
from ganzoo.metrics.frechet import frechet_distance
from ganzoo.metrics.frechet_infinity import frechet_infinity


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def standard(dimension):
    """Moments of points with the mean 0 and the covariance 1."""
    count = 2 * dimension
    arms = np.concatenate([np.eye(dimension), -np.eye(dimension)])
    return Moments.of(arms * np.sqrt((count - 1) / 2))


def test_intercept_is_the_distance_of_the_distributions():
    # A shift of 1 and deviations of 1 against 1.5 in 20 dimensions: 1 + 20 · 0.25.
    samples = 1.5 * random(4000, 20) + np.eye(20)[0]
    line = frechet_infinity(standard(20), samples, smallest=400)
    plain = frechet_distance(standard(20), Moments.of(samples[:400]))
    assert abs(line.distance - 6.0) < 0.15
    assert plain - 6.0 > 0.3


def test_bias_of_the_same_distribution_is_taken_away():
    distances = [
        frechet_infinity(standard(20), random(4000, 20, seed=s), smallest=400).distance
        for s in range(10)
    ]
    biased = frechet_distance(standard(20), Moments.of(random(4000, 20)))
    assert abs(np.mean(distances)) < biased / 5
    assert min(distances) < 0  # Not clipped, or their mean would be above 0.


def test_line_is_the_least_squares_fit_of_the_values():
    line = frechet_infinity(standard(3), random(200, 3) + 1, points=5, smallest=20)
    assert line.sizes == (20, 65, 110, 155, 200)
    inverse = 1 / np.array(line.sizes)
    residual = np.array(line.values) - line.distance - line.slope * inverse
    # What a fit leaves is at right angles to all it was fitted with.
    assert residual.sum() == pytest.approx(0, abs=1e-12)
    assert residual @ inverse == pytest.approx(0, abs=1e-12)
    everything = frechet_distance(standard(3), Moments.of(random(200, 3) + 1))
    assert line.values[-1] == pytest.approx(everything, rel=1e-12)


def test_smallest_size_defaults_to_twice_the_dimension():
    line = frechet_infinity(standard(4), random(16, 4))
    assert (line.sizes[0], line.sizes[-1], len(line.values)) == (8, 16, 15)


def test_subset_of_several_blocks_is_the_whole_of_it():
    samples = random(5000, 2).astype("float32")
    line = frechet_infinity(standard(2), samples, points=3)
    expected = frechet_distance(standard(2), Moments.of(samples))
    assert line.values[-1] == pytest.approx(expected, rel=1e-10)


def test_seed_fixes_the_draws_and_the_result_is_frozen():
    samples = random(50, 2)
    line = frechet_infinity(standard(2), samples)
    assert frechet_infinity(standard(2), samples) == line
    assert frechet_infinity(standard(2), samples, seed=1) != line
    with pytest.raises(dataclasses.FrozenInstanceError):
        line.distance = 0.0


def test_too_few_samples_are_refused_with_the_bound():
    message = r"needs 16 samples or more.* Received: len\(samples\)=15"
    with pytest.raises(ValueError, match=message):
        frechet_infinity(standard(4), random(15, 4))


def test_subsets_smaller_than_twice_the_dimension_are_refused():
    with pytest.raises(ValueError, match="at least 8. Received: smallest=7"):
        frechet_infinity(standard(4), random(100, 4), smallest=7)


def test_small_reference_is_refused_and_not_warned_of():
    with pytest.raises(ValueError, match="Received: reference.count=7"):
        frechet_infinity(Moments.of(random(7, 4)), random(100, 4))


def test_reference_of_an_unknown_count_is_taken():
    known, samples = standard(2), random(50, 2)
    published = Moments.from_statistics(known.mean, known.covariance)
    expected = frechet_infinity(known, samples).distance
    assert frechet_infinity(published, samples).distance == pytest.approx(expected)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="at least 3. Received: points=2"):
        frechet_infinity(standard(4), random(100, 4), points=2)
    with pytest.raises(ValueError, match="samples.dimension=3"):
        frechet_infinity(standard(4), random(100, 3))
    with pytest.raises(ValueError, match="300 of 300 numbers not finite"):
        frechet_infinity(standard(3), random(100, 3) * np.nan)
