"""Modes that are covered, and the divergence of their shares."""

import math

import numpy as np
import pytest

from ganzoo.metrics.modes import mode_coverage


def test_even_samples_cover_everything_without_divergence():
    assert mode_coverage(np.arange(30) % 10, 10) == (10, pytest.approx(0.0, abs=1e-15))


@pytest.mark.parametrize("classes", [1, 2, 1000])
def test_collapse_to_one_mode_diverges_by_the_logarithm_of_their_number(classes):
    covered, divergence = mode_coverage(np.zeros(50, "uint8"), classes)
    assert covered == 1
    assert divergence == pytest.approx(math.log(classes))


def test_half_of_the_modes_missed_cost_log_2():
    covered, divergence = mode_coverage(np.arange(40) % 5, 10)
    assert covered == 5
    assert divergence == pytest.approx(math.log(2))


def test_divergence_is_that_of_samples_from_data_and_not_the_reverse():
    _, divergence = mode_coverage([0, 0, 0, 1], 2)
    expected = 0.75 * math.log(0.75 / 0.5) + 0.25 * math.log(0.25 / 0.5)
    assert divergence == pytest.approx(expected)


@pytest.mark.parametrize("prior", [[0.25, 0.75], [1, 3], np.array([5, 15])])
def test_prior_is_what_the_shares_are_compared_to(prior):
    covered, divergence = mode_coverage([0, 1, 1, 1], 2, prior=prior)
    assert covered == 2
    assert divergence == pytest.approx(0.0, abs=1e-15)
    _, even = mode_coverage([0, 1], 2, prior=prior)
    assert even == pytest.approx(0.5 * math.log(2) + 0.5 * math.log(2 / 3))


def test_mode_needs_the_minimum_of_samples():
    predictions = [0] * 3 + [1] * 2 + [2]
    for minimum, covered in [(1, 3), (2, 2), (3, 1), (4, 0)]:
        assert mode_coverage(predictions, 4, minimum)[0] == covered


def test_finite_count_biases_the_divergence_by_what_the_docstring_says():
    draws = np.random.default_rng(0).integers(0, 1000, 26_000)
    covered, divergence = mode_coverage(draws, 1000)
    assert covered == 1000
    assert divergence == pytest.approx(999 / 52_000, rel=0.1)


def test_results_are_plain_numbers():
    covered, divergence = mode_coverage([0, 1], 2)
    assert (type(covered), type(divergence)) == (int, float)


@pytest.mark.parametrize("predictions", [[0.0, 1.0], [True, False], [[0], [1]], 3, []])
def test_predictions_that_are_no_list_of_integers_are_refused(predictions):
    with pytest.raises(ValueError, match="`predictions` must .*Received: predictions"):
        mode_coverage(predictions, 2)


def test_no_predictions_are_refused():
    with pytest.raises(ValueError, match="must not be empty"):
        mode_coverage(np.zeros(0, "int64"), 2)


@pytest.mark.parametrize("predictions", [[0, -1], [0, 2]])
def test_predictions_out_of_range_are_refused(predictions):
    low, high = min(predictions), max(predictions)
    with pytest.raises(
        ValueError, match=f"1. Received: predictions from {low} to {high}"
    ):
        mode_coverage(predictions, 2)


@pytest.mark.parametrize("prior", [[1.0], [0.0, 1.0], [-1, 2], [np.nan, 1], [[1, 1]]])
def test_prior_that_is_not_positive_for_each_class_is_refused(prior):
    with pytest.raises(ValueError, match="Received: prior=.*, classes=2"):
        mode_coverage([0, 1], 2, prior=prior)


@pytest.mark.parametrize("name", ["classes", "minimum"])
def test_numbers_too_small_are_refused(name):
    with pytest.raises(ValueError, match=f"Received: {name}=0"):
        mode_coverage([0], **{"classes": 1, name: 0})
