"""Ways through the latents, by hand."""

import numpy as np
import pytest

from ganzoo.visualization import latents

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(2, 3, 5))


def test_a_line_is_straight():
    points = latents.line(A, B, 5)
    assert points.shape == (3, 5, 5) and points.dtype == "float32"
    for i, share in enumerate((0, 0.25, 0.5, 0.75, 1)):
        np.testing.assert_allclose(
            points[:, i], (1 - share) * A + share * B, rtol=1e-5, atol=1e-6
        )


def test_an_arc_turns_evenly_and_keeps_its_length():
    a = A / np.linalg.norm(A, axis=-1, keepdims=True)
    b = B / np.linalg.norm(B, axis=-1, keepdims=True)
    points = latents.arc(3 * a, 3 * b, 7)
    np.testing.assert_allclose(np.linalg.norm(points, axis=-1), 3, rtol=1e-5)
    np.testing.assert_allclose(points[:, 0], 3 * a, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(points[:, -1], 3 * b, rtol=1e-5, atol=1e-6)
    steps = (points[:, 1:] * points[:, :-1]).sum(-1) / 9
    whole = np.arccos((a * b).sum(-1))
    np.testing.assert_allclose(
        np.arccos(steps), np.repeat(whole[:, None] / 6, 6, 1), rtol=1e-3
    )


def test_an_arc_between_equal_directions_is_a_line():
    np.testing.assert_allclose(latents.arc(A, 2 * A, 4), latents.line(A, 2 * A, 4))
    np.testing.assert_allclose(latents.arc(A, -A, 4), latents.line(A, -A, 4))


def test_arithmetic_is_of_means():
    z = RNG.normal(size=(9, 4))
    means, total = latents.arithmetic("1,2 - 5 + 3,4,8", z)
    wanted = [(z[1] + z[2]) / 2, z[5], (z[3] + z[4] + z[8]) / 3]
    np.testing.assert_allclose(means, wanted, rtol=1e-6)
    np.testing.assert_allclose(
        total, wanted[0] - wanted[1] + wanted[2], rtol=1e-5, atol=1e-6
    )
    np.testing.assert_allclose(latents.arithmetic("-0", z)[1], -z[0], rtol=1e-6)


@pytest.mark.parametrize("terms", ["", "1 +", "a - b", "1,,2", "1 2 * 3", "1 2", "+-1"])
def test_terms_that_cannot_be_read_are_refused(terms):
    with pytest.raises(ValueError, match="The terms are numbers of images"):
        latents.arithmetic(terms, np.zeros((4, 2)))


def test_terms_of_pictures_that_are_not_there_are_refused():
    with pytest.raises(ValueError, match="There are images 0 to 3. Received: '1 - 4'"):
        latents.arithmetic("1 - 4", np.zeros((4, 2)))
