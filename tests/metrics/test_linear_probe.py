"""The linear probe, against classes whose best line is known."""

import numpy as np
import pytest

from ganzoo.metrics import linear_probe
from ganzoo.metrics.linear_probe import linear_probe_accuracy


def test_classes_with_a_line_between_them_are_told_apart():
    x = np.random.default_rng(0).normal(size=(300, 2))
    labels = (x @ [1.0, -2.0] > 0.3).astype(int)
    assert linear_probe_accuracy(x[:200], labels[:200], x[200:], labels[200:]) > 0.97


def test_a_class_inside_of_another_is_not():
    x = np.random.default_rng(0).normal(size=(2_000, 2))
    inside = np.linalg.norm(x, axis=1) < np.sqrt(2 * np.log(2))
    found = linear_probe_accuracy(x[:1000], inside[:1000], x[1000:], inside[1000:])
    assert found == pytest.approx(0.5, abs=0.05)


def test_normal_classes_are_told_apart_as_well_as_can_be():
    """Three classes of equal spread: the line half way is the best that there is."""
    rng = np.random.default_rng(1)
    labels = rng.integers(3, size=20_000)
    means = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]])
    x = means[labels] + rng.normal(size=(20_000, 2))
    nearest = np.linalg.norm(x[:, None] - means, axis=-1).argmin(axis=1)
    best = np.mean(nearest[10_000:] == labels[10_000:])
    found = linear_probe_accuracy(
        x[:10_000], labels[:10_000], x[10_000:], labels[10_000:]
    )
    assert found == pytest.approx(best, abs=0.005)


def test_the_scale_of_features_and_the_names_of_classes_are_no_matter():
    rng = np.random.default_rng(2)
    x, labels = rng.normal(size=(400, 3)), rng.integers(3, size=400)
    x[:, 0] += labels
    plain = linear_probe_accuracy(x[:200], labels[:200], x[200:], labels[200:])
    x, labels = x * [1e-3, 1e3, 1] + [5, -7, 0], 10 * labels + 3
    scaled = linear_probe_accuracy(x[:200], labels[:200], x[200:], labels[200:])
    assert plain == scaled > 0.4


def test_the_gradient_vanishes_at_what_is_found():
    rng = np.random.default_rng(3)
    x = linear_probe._with_ones(rng.normal(size=(100, 4)))
    targets = rng.integers(3, size=100)
    weights = linear_probe._fit(x, targets, 3)
    p = np.exp(x @ weights)
    p /= p.sum(axis=1, keepdims=True)
    gradient = x.T @ (p - np.eye(3)[targets]) / 100
    gradient[:-1] += linear_probe.PENALTY * weights[:-1]
    np.testing.assert_allclose(gradient, 0, atol=2e-6)


def test_a_constant_feature_tells_nothing():
    labels = np.array([0, 0, 0, 1])
    assert linear_probe_accuracy(np.ones((4, 1)), labels, np.ones((4, 1)), labels) == (
        0.75
    )


def test_labels_that_cannot_be_meant_are_refused():
    x = np.zeros((4, 2))
    with pytest.raises(ValueError, match="one label for each vector of `test`"):
        linear_probe_accuracy(x, [0, 1, 0, 1], x, [0, 1])
    with pytest.raises(ValueError, match="two classes or more"):
        linear_probe_accuracy(x, [1, 1, 1, 1], x, [0, 1, 0, 1])
