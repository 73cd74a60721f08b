"""EQ-T of images whose error is known."""

import math

import numpy as np
import pytest

from ganzoo.metrics.equivariance import eq_t

IMAGES = np.random.default_rng(0).uniform(-1, 1, (2, 8, 6, 3)).astype("float32")


@pytest.mark.parametrize("right, down", [(0, 0), (2, 1), (-1, 3), (0, -2)])
def test_it_is_the_size_of_a_constant_error_in_db(right, down):
    # What comes in at a side is not compared.
    others = np.roll(IMAGES, (down, right), (1, 2))
    assert eq_t([(IMAGES, others, (right, down))]) == math.inf
    found = eq_t([(IMAGES, others + 0.02, (right, down))])
    assert found == pytest.approx(20 * math.log10(2 / 0.02), abs=1e-3)


def test_errors_are_averaged_over_all_pixels():
    errors = [(IMAGES, IMAGES + error, (0, 0)) for error in (0.0, 0.2)]
    assert eq_t(errors) == pytest.approx(10 * math.log10(4 / 0.02), abs=1e-3)
    # An image that is moved further has fewer of them.
    grey = np.zeros((2, 8, 2, 3), "float32")
    few = (grey, grey + 0.2, (1, 0))
    mean = 0.04 * 8 / (8 * 6 + 8)
    assert eq_t([errors[0], few]) == pytest.approx(10 * math.log10(4 / mean), abs=1e-3)
