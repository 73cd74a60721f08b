"""The kernel distance against sums written out and against its expectation."""

import itertools

import numpy as np
import pytest

from ganzoo.metrics.kernel import kernel_distance


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def summed_mmd2(x, y):
    """The estimator as the double sums of its definition, one pair after another."""

    def kernel(u, v):
        return (sum(a * b for a, b in zip(u, v)) / len(u) + 1) ** 3

    within = [
        np.mean([kernel(u, v) for u, v in itertools.permutations(z.tolist(), 2)])
        for z in (x, y)
    ]
    between = [kernel(u, v) for u in x.tolist() for v in y.tolist()]
    return sum(within) - 2 * np.mean(between)


def test_subset_of_everything_is_the_sum_written_out():
    x, y = random(12, 3), random(12, 3, seed=1) + 0.5
    mean, deviation = kernel_distance(x, y, subsets=3, subset_size=12)
    assert mean == pytest.approx(summed_mmd2(x, y), rel=1e-12)
    # Each of the three subsets is the whole set, in whatever order.
    assert deviation == pytest.approx(0.0, abs=1e-14)


def test_points_apart_have_the_kernels_own_distance():
    # k(0, 0) = 1, k(2, 2) = (4 + 1)³ and k(0, 2) = 1.
    mean, _ = kernel_distance(np.zeros((4, 1)), np.full((4, 1), 2.0), 1, 4)
    assert mean == pytest.approx(1 + 125 - 2)


def test_deviation_is_that_of_the_subsets_over_their_number():
    x, y = random(30, 2), random(40, 2, seed=1)
    mean, deviation = kernel_distance(x, y, subsets=6, subset_size=5, seed=3)
    draws = np.random.default_rng(3)
    values = [
        summed_mmd2(x[draws.choice(30, 5, False)], y[draws.choice(40, 5, False)])
        for _ in range(6)
    ]
    assert mean == pytest.approx(np.mean(values), rel=1e-12)
    assert deviation == pytest.approx(np.sqrt(np.var(values)), rel=1e-10)


def test_one_distribution_has_no_distance_on_average_and_negative_values_stay():
    means = [
        kernel_distance(random(200, 8, seed=s), random(200, 8, seed=s + 500), 1, 200)[0]
        for s in range(40)
    ]
    error = np.std(means) / np.sqrt(len(means))
    assert abs(np.mean(means)) < 3 * error
    assert min(means) < 0 < max(means)


def test_distance_does_not_depend_on_the_size_of_a_subset():
    x, y = random(2000, 4), random(2000, 4, seed=1) * 1.2
    large, _ = kernel_distance(x, y, subsets=1, subset_size=2000)
    small, deviation = kernel_distance(x, y, subsets=400, subset_size=50)
    assert abs(small - large) < 4 * deviation / np.sqrt(400)


def test_seed_fixes_the_draws():
    x, y = random(50, 2), random(50, 2, seed=1)
    first = kernel_distance(x, y, subsets=3, subset_size=10)
    assert kernel_distance(x, y, subsets=3, subset_size=10) == first
    assert kernel_distance(x, y, subsets=3, subset_size=10, seed=1) != first


def test_single_precision_features_are_summed_in_double_precision():
    x = (random(500, 16) * 0.01 + 3).astype("float32")
    y = (random(500, 16, seed=1) * 0.01 + 3).astype("float32")
    single = kernel_distance(x, y, 1, 500)[0]
    double = kernel_distance(x.astype("float64"), y.astype("float64"), 1, 500)[0]
    assert single == double


@pytest.mark.parametrize("counts", [(9, 10), (10, 9)])
def test_fewer_features_than_a_subset_are_refused_with_advice(counts):
    message = r"smaller `subset_size`.* Received: len\(\w+\)=9"
    with pytest.raises(ValueError, match=message):
        kernel_distance(random(counts[0], 3), random(counts[1], 3), subset_size=10)


@pytest.mark.parametrize("name, number", [("subsets", 0), ("subset_size", 1)])
def test_numbers_too_small_are_refused(name, number):
    with pytest.raises(ValueError, match=f"Received: {name}={number}"):
        kernel_distance(random(10, 3), random(10, 3), **{name: number})


def test_broken_features_are_refused():
    with pytest.raises(ValueError, match="samples with 30 of 30 numbers not finite"):
        kernel_distance(random(10, 3), random(10, 3) * np.nan, subset_size=5)
    with pytest.raises(ValueError, match="samples of dimension 4"):
        kernel_distance(random(10, 3), random(10, 4), subset_size=5)
