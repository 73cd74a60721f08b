"""The Inception score in its closed forms and against sums written out."""

import math

import numpy as np
import pytest

from ganzoo.metrics.inception_score import inception_score


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def sure(labels, classes, size=100.0):
    """Logits of a classifier without a doubt."""
    return size * np.eye(classes)[labels]


def summed_score(logits):
    """`exp` of the divergence, averaged in loops over probabilities."""
    p = [[math.exp(z) for z in row] for row in logits.tolist()]
    p = [[value / sum(row) for value in row] for row in p]
    q = [sum(column) / len(p) for column in zip(*p)]
    total = sum(a * math.log(a / b) for row in p for a, b in zip(row, q))
    return math.exp(total / len(p))


def test_sure_and_even_samples_score_the_number_of_classes():
    mean, deviation = inception_score(sure(np.arange(70) % 7, 7), splits=1)
    assert mean == pytest.approx(7.0, rel=1e-12)
    assert deviation == 0.0


@pytest.mark.parametrize("logits", [np.zeros((20, 5)), np.ones((20, 5)) * range(5)])
def test_samples_that_are_all_alike_score_one(logits):
    assert inception_score(logits, splits=4) == pytest.approx((1.0, 0.0), abs=1e-12)


def test_one_split_is_the_sum_written_out():
    logits = random(60, 5) * 3
    mean, _ = inception_score(logits, splits=1)
    assert mean == pytest.approx(summed_score(logits), rel=1e-12)


def test_splits_are_those_of_the_shuffled_samples():
    logits = random(23, 4) * 2
    mean, deviation = inception_score(logits, splits=3, seed=5)
    shuffled = logits[np.random.default_rng(5).permutation(23)]
    parts = [shuffled[0:7], shuffled[7:15], shuffled[15:23]]
    scores = [summed_score(part) for part in parts]
    assert mean == pytest.approx(np.mean(scores), rel=1e-12)
    assert deviation == pytest.approx(np.sqrt(np.var(scores)), rel=1e-12)


def test_samples_sorted_by_class_do_not_score_one():
    mean, _ = inception_score(sure(np.repeat(np.arange(10), 100), 10), splits=10)
    assert mean > 9


@pytest.mark.parametrize("offset", [-1e4, 1e4])
def test_only_differences_of_logits_count(offset):
    logits = random(60, 5)
    expected = inception_score(logits, splits=2)
    assert inception_score(logits + offset, splits=2) == pytest.approx(expected)


def test_class_that_nobody_is_costs_no_nan():
    logits = sure(np.arange(40) % 2, 3, size=5000.0)
    mean, _ = inception_score(logits.astype("float32"), splits=1)
    assert mean == pytest.approx(2.0, rel=1e-12)


def test_fewer_samples_than_splits_are_refused():
    with pytest.raises(ValueError, match=r"fewer `splits`. Received: len\(logits\)=9"):
        inception_score(np.zeros((9, 3)))


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="Received: splits=0"):
        inception_score(np.zeros((9, 3)), splits=0)
    with pytest.raises(ValueError, match="logits with 27 of 27 numbers not finite"):
        inception_score(np.full((9, 3), np.inf), splits=3)
    with pytest.raises(ValueError, match="Received: logits of shape"):
        inception_score(np.zeros(9), splits=3)
