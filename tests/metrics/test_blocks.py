"""Blocks of rows, and the distances that cancel in them."""

import numpy as np
import pytest

from ganzoo.metrics.blocks import spans
from ganzoo.metrics.blocks import squared_distances


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("block", [1, 3, 10, 11])
def test_spans_cover_each_row_once(block):
    rows = [row for span in spans(10, block) for row in range(10)[span]]
    assert rows == list(range(10))
    assert all(span.stop <= 10 for span in spans(10, block))


def test_distances_equal_those_of_a_loop():
    a, b = random(7, 5), random(4, 5, seed=1).astype("float32")
    expected = [[sum((x - y) ** 2 for x, y in zip(u, v)) for v in b] for u in a]
    np.testing.assert_allclose(squared_distances(a, b), expected, rtol=1e-13)


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_equal_vectors_have_no_distance_and_others_have_one(scale, offset):
    a = ((random(50, 300) + offset) * scale).astype("float32")
    squares = squared_distances(a, a[::-1].copy())
    same = np.eye(50, dtype=bool)[::-1]
    assert np.all(squares[same] == 0)
    assert np.all(squares[~same] > 0)


def test_distances_of_a_hundred_thousandth_of_the_length_are_seen():
    a = random(50, 2048)
    b = a + 1e-5 * random(50, 2048, seed=1)
    expected = np.sum((a - b) ** 2, axis=1)
    np.testing.assert_allclose(np.diag(squared_distances(a, b)), expected, rtol=1e-3)
