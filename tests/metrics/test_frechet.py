"""The Fréchet distance against closed forms and against a second route to it."""

import numpy as np
import pytest
import scipy.linalg

from ganzoo.metrics.frechet import Moments
from ganzoo.metrics.frechet import frechet_distance


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def rotation(dimension, seed=0):
    return np.linalg.qr(random(dimension, dimension, seed=seed))[0]


def moments_with(mean, root):
    """Moments of points with the mean `mean` and the covariance `root @ root.T`."""
    rank = root.shape[1]
    # Twice, so that there are 2 d points or more and no warning of bias.
    arms = np.concatenate([root.T, -root.T] * 2) * np.sqrt((4 * rank - 1) / 4)
    return Moments.of(mean + arms)


def nuclear_norm_distance(a, b):
    """The distance by `Tr (Σ₁Σ₂)^½ = ‖A₁ᵀ A₂‖` in the nuclear norm, for `x = mean + A`.

    The roots are the centred features themselves: no covariance is ever factored.
    """
    roots = [(x - x.mean(axis=0)).T / np.sqrt(len(x) - 1) for x in (a, b)]
    cross = scipy.linalg.svdvals(roots[0].T @ roots[1]).sum()
    shift = a.mean(axis=0) - b.mean(axis=0)
    return shift @ shift + sum(np.sum(root**2) for root in roots) - 2 * cross


# === Moments ===


@pytest.mark.parametrize("batch", [1, 7, 64, 333, 1000])
@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_streamed_moments_equal_numpy_for_any_batch(batch, offset):
    # Multiples of 2^-20 are exact at 1e4 too, so the covariance is the same number.
    features = np.round(random(1000, 5) * 2**20) / 2**20
    moments = Moments(5)
    for start in range(0, len(features), batch):
        moments.update(features[start : start + batch] + offset)
    assert moments.count == 1000
    np.testing.assert_allclose(moments.mean - offset, features.mean(axis=0), atol=1e-11)
    error = np.abs(moments.covariance - np.cov(features, rowvar=False)).max()
    assert error < 1e-12


@pytest.mark.parametrize("mean", [0.0, 1e4])
@pytest.mark.parametrize("counts", [(500, 500), (999, 1), (0, 7), (2, 0), (1, 1)])
def test_merged_moments_are_those_of_all_features(counts, mean):
    # Multiples of 2^-20 are exact at 1e4 too, so the covariance is the same number.
    features = np.round(0.3 * random(sum(counts), 5) * 2**20) / 2**20
    parts = [Moments.of(part + mean) for part in np.split(features, counts[:1])]
    first, last = parts
    before = last.count, last.mean.copy()
    first.merge(last)
    assert first.count == sum(counts)
    np.testing.assert_allclose(first.mean - mean, features.mean(axis=0), atol=1e-11)
    expected = np.cov(features, rowvar=False)
    np.testing.assert_allclose(first.covariance, expected, rtol=0, atol=1e-12)
    assert last.count == before[0]
    np.testing.assert_array_equal(last.mean, before[1])


def test_merged_moments_forget_what_was_computed_of_fewer():
    features = random(60, 3)
    moments, other = Moments.of(features[:40]), Moments.of(features[40:])
    assert_factor(moments)
    moments.merge(other)
    assert_factor(moments)
    expected = np.cov(features, rowvar=False)
    np.testing.assert_allclose(moments.covariance, expected, atol=1e-14)


def test_moments_that_were_computed_elsewhere_are_merged():
    features = 0.3 * random(60, 3) + 1e4
    parts = [Moments.of(features[:40]), Moments.of(features[40:])]
    read = [Moments.from_statistics(m.mean, m.covariance, m.count) for m in parts]
    read[0].merge(read[1])
    expected = np.cov(features, rowvar=False)
    np.testing.assert_allclose(read[0].covariance, expected, rtol=1e-9)


@pytest.mark.parametrize("unknown", [0, 1])
def test_moments_of_an_unknown_count_are_not_merged(unknown):
    parts = [Moments.of(random(9, 3)), Moments.of(random(9, 3))]
    parts[unknown] = Moments.from_statistics(np.zeros(3), np.eye(3))
    with pytest.raises(ValueError, match="Received: count=None"):
        parts[0].merge(parts[1])


def test_moments_of_another_dimension_are_not_merged():
    with pytest.raises(ValueError, match="Received: dimension=3, other.dimension=4"):
        Moments(3).merge(Moments(4))


def test_covariance_divides_by_one_less_than_the_count():
    np.testing.assert_array_equal(Moments.of([[0.0], [2.0]]).covariance, [[2.0]])


def test_single_precision_features_are_summed_in_double_precision():
    features = (random(5000, 3) * 0.3 + 100).astype("float32")
    expected = np.cov(features.astype("float64"), rowvar=False)
    np.testing.assert_allclose(Moments.of(features).covariance, expected, rtol=1e-12)


def test_empty_batch_changes_nothing():
    moments = Moments.of(random(10, 3))
    moments.update(np.zeros((0, 3)))
    assert moments.count == 10
    np.testing.assert_allclose(moments.covariance, np.cov(random(10, 3), rowvar=False))


@pytest.mark.parametrize("count", [0, 1])
def test_covariance_of_fewer_than_two_is_refused(count):
    with pytest.raises(ValueError, match=f"Received: count={count}"):
        _ = Moments.of(np.zeros((count, 3))).covariance


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_features_that_are_not_finite_are_refused_and_leave_no_trace(bad):
    moments = Moments.of(random(10, 3))
    with pytest.raises(ValueError, match="1 of 6 numbers not finite"):
        moments.update([[0.0, bad, 0.0], [0.0, 0.0, 0.0]])
    assert moments.count == 10
    assert np.isfinite(moments.covariance).all()


@pytest.mark.parametrize("shape", [(4, 2), (4, 4), (3,), (4, 3, 1), (4, 0)])
def test_features_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match="Received: features.shape="):
        Moments(3).update(np.zeros(shape))


@pytest.mark.parametrize("shape", [(), (3,), (4, 3, 1)])
def test_moments_of_no_matrix_are_refused(shape):
    with pytest.raises(ValueError, match="Received: features.shape="):
        Moments.of(np.zeros(shape))


def test_features_without_a_number_are_refused():
    with pytest.raises(ValueError, match="Received: dimension=0"):
        Moments.of(np.zeros((4, 0)))


def assert_factor(moments):
    L, order = moments.cholesky
    reordered = moments.covariance[order][:, order]
    np.testing.assert_allclose(L @ L.T, reordered, atol=1e-12)
    np.testing.assert_array_equal(L, np.tril(L))


def test_factor_squares_to_the_covariance_with_one_column_per_rank():
    moments = Moments.of(random(40, 3) @ random(3, 8))
    assert_factor(moments)
    assert np.flatnonzero(moments.cholesky[0].any(axis=0)).tolist() == [0, 1, 2]


def test_factor_is_kept_until_the_next_update():
    moments = Moments.of(random(40, 3))
    first = moments.cholesky
    assert moments.cholesky is first
    moments.update(random(40, 3, seed=1) * 5)
    assert_factor(moments)


# === Closed forms ===


def test_shift_costs_its_square():
    features = random(500, 3)
    distance = frechet_distance(Moments.of(features), Moments.of(features + [3, 4, 0]))
    assert distance == pytest.approx(25.0, abs=1e-9)


def test_diagonal_covariances_cost_the_difference_of_their_deviations():
    a = moments_with(np.zeros(3), np.diag([1.0, 2.0, 3.0]))
    b = moments_with(np.ones(3), np.diag([4.0, 2.0, 0.5]))
    assert frechet_distance(a, b) == pytest.approx(3 + 9 + 0 + 6.25, rel=1e-12)


def test_rotating_both_gaussians_changes_nothing():
    a = moments_with(np.zeros(3), rotation(3) @ np.diag([1.0, 2.0, 3.0]))
    b = moments_with(np.zeros(3), rotation(3) @ np.diag([4.0, 2.0, 0.5]))
    assert frechet_distance(a, b) == pytest.approx(9 + 0 + 6.25, rel=1e-12)


def test_gaussians_in_different_subspaces_cost_all_their_variance():
    a = moments_with(np.zeros(4), np.eye(4)[:, :2])
    b = moments_with(np.zeros(4), np.eye(4)[:, 2:])
    assert frechet_distance(a, b) == pytest.approx(4.0, rel=1e-12)


def test_point_costs_the_variance_of_the_other_set():
    spread, point = Moments.of(random(100, 4)), Moments.of(np.full((100, 4), 0.25))
    shift = spread.mean - 0.25
    expected = shift @ shift + np.trace(spread.covariance)
    assert frechet_distance(spread, point) == pytest.approx(expected, rel=1e-12)
    assert frechet_distance(point, spread) == pytest.approx(expected, rel=1e-12)


def test_equal_points_have_no_distance():
    point = Moments.of(np.full((100, 4), 0.1))
    assert frechet_distance(point, point) == pytest.approx(0.0, abs=1e-30)


# === The second route ===


def cases():
    full = random(300, 20) @ random(20, 20, seed=1) + random(20, seed=2)
    other = random(250, 20, seed=3) @ random(20, 20, seed=4)
    flat = random(300, 4, seed=5) @ random(4, 20, seed=6)
    dead = other * (np.arange(20) < 7)
    decades = random(300, 20, seed=7) * 10.0 ** np.linspace(-6, 2, 20)
    return {
        "full rank": (full, other),
        "low rank": (full, flat),
        "dead units": (full, dead),
        "both dead": (full * (np.arange(20) % 2), dead),
        "16 decades": (decades @ rotation(20), other),
        "16 decades twice": (decades @ rotation(20), decades[::-1] @ rotation(20, 1)),
    }


@pytest.mark.parametrize("name", cases())
def test_distance_equals_the_nuclear_norm_route_in_either_order(name):
    a, b = cases()[name]
    expected = nuclear_norm_distance(a, b)
    for first, second in [(a, b), (b, a)]:
        distance = frechet_distance(Moments.of(first), Moments.of(second))
        # The root of a rounding error of 1e-16 is 1e-8 of the largest deviation.
        assert distance == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("counts", [(10, 10), (10, 300), (300, 10), (2, 3)])
def test_fewer_samples_than_dimensions_warn_and_are_still_exact(counts):
    a, b = random(counts[0], 64), random(counts[1], 64, seed=1) + 0.5
    with pytest.warns(UserWarning, match="Use 64 or more.* on both sides"):
        distance = frechet_distance(Moments.of(a), Moments.of(b))
    assert distance == pytest.approx(nuclear_norm_distance(a, b), rel=1e-7)


@pytest.mark.parametrize("name", cases())
def test_set_has_no_distance_from_itself(name):
    for features in cases()[name]:
        distance = frechet_distance(Moments.of(features), Moments.of(features[::-1]))
        variance = features.var(axis=0).sum()
        assert 0 <= distance <= 1e-9 * variance


def test_scale_of_the_features_only_scales_the_distance():
    a, b = random(300, 8), random(300, 8, seed=1) * 2 + 1
    distance = frechet_distance(Moments.of(a), Moments.of(b))
    for scale in (1e-30, 1e30):
        scaled = frechet_distance(Moments.of(a * scale), Moments.of(b * scale))
        assert scaled == pytest.approx(distance * scale**2, rel=1e-9)


# === Refusals ===


def test_dimensions_that_differ_are_refused():
    with pytest.raises(ValueError, match="reference.dimension=3, samples.dimension=4"):
        frechet_distance(Moments.of(random(20, 3)), Moments.of(random(20, 4)))


def test_set_of_one_is_refused():
    with pytest.raises(ValueError, match="Received: count=1"):
        frechet_distance(Moments.of(random(20, 3)), Moments.of(random(1, 3)))


def test_distance_below_zero_beyond_rounding_is_refused():
    moments = Moments.of(random(50, 3))
    L, order = moments.cholesky
    moments.cholesky = L * 1.01, order
    with pytest.raises(ValueError, match="Received: distance=-"):
        frechet_distance(moments, Moments.of(random(50, 3)))
