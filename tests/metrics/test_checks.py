"""The requirements on features, each with its message."""

import numpy as np
import pytest

from ganzoo.metrics.checks import check_count
from ganzoo.metrics.checks import check_features
from ganzoo.metrics.checks import check_whole_number


def test_features_come_back_in_order_and_uncopied():
    a, b = np.zeros((3, 2), "float32"), np.ones((4, 2), "uint8")
    first, second = check_features(reference=a, samples=b)
    assert first is a
    assert second is b


@pytest.mark.parametrize("shape", [(), (3,), (4, 3, 1), (0, 3), (4, 0)])
def test_features_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match="Received: samples of shape"):
        check_features(samples=np.zeros(shape))


@pytest.mark.parametrize("kind", ["complex64", "bool", "object", "U3"])
def test_features_of_another_type_are_refused(kind):
    with pytest.raises(ValueError, match=f"type {np.dtype(kind)}".replace("<", ".")):
        check_features(samples=np.zeros((4, 3)).astype(kind))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_found_in_any_block(bad):
    features = np.zeros((5000, 2), "float32")
    features[[0, 4999], 1] = bad
    with pytest.raises(ValueError, match="samples with 2 of 10000 numbers not finite"):
        check_features(reference=np.zeros((2, 2)), samples=features)


def test_two_dimensions_are_refused():
    message = "Received: train of dimension 2, test of dimension 3"
    with pytest.raises(ValueError, match=message):
        check_features(train=np.zeros((4, 2)), test=np.zeros((4, 3)))


def test_too_few_vectors_are_refused_by_name():
    check_count(3, "Use more.", samples=np.zeros((3, 2)))
    with pytest.raises(ValueError, match=r"Use more. Received: len\(samples\)=3"):
        check_count(
            4, "Use more.", reference=np.zeros((4, 2)), samples=np.zeros((3, 2))
        )


@pytest.mark.parametrize("number", [0, -1, 1.0, "1", True, None])
def test_whole_numbers_are_whole_and_large_enough(number):
    check_whole_number(1, k=np.int64(1))
    with pytest.raises(ValueError, match=f"at least 1. Received: k={number!r}"):
        check_whole_number(1, k=number)
