"""Resampling by filters: SciPy's `upfirdn` along both axes, and closed forms."""

import numpy as np
import pytest
import toy_stylegan2
from keras import ops
from scipy import signal

from ganzoo.layers import Resampling2D
from ganzoo.layers.style import upfirdn2d
from ganzoo.layers.style.resampling import double
from ganzoo.layers.style.resampling import halve

X = np.random.default_rng(0).normal(size=(2, 7, 6, 3)).astype("float32")
ASYMMETRIC = np.array([0.5, -1.0, 2.0, 0.25, 3.0])


def numpy(x):
    return ops.convert_to_numpy(x)


def by_scipy(x, taps, up, down, pads):
    """Filter, with zeros on both sides, and cut to what the definition keeps."""
    for axis in (1, 2):
        # What SciPy leaves out at the end are the zeros after the last pixel.
        full = signal.upfirdn(taps, x.astype("float64"), up=up, axis=axis)
        size, count = x.shape[axis], len(taps)
        wanted = np.arange((size * up + sum(pads) - count) // down + 1) * down
        places = wanted + count - 1 - pads[0]
        inside = (places >= 0) & (places < full.shape[axis])
        x = np.take(full, np.where(inside, places, 0), axis=axis)
        shape = [1] * 4
        shape[axis] = len(places)
        x = x * inside.reshape(shape)
    return x


@pytest.mark.parametrize(
    "up, down, pads",
    [
        (1, 1, (2, 2)),
        (2, 1, (3, 1)),
        (1, 2, (2, 1)),
        (3, 2, (4, 5)),
        (2, 1, (-1, 2)),
        (1, 1, (-2, 3)),
        (2, 2, (4, 0)),
    ],
)
def test_it_is_that_of_scipy_along_both_axes(up, down, pads):
    received = numpy(upfirdn2d(X, ASYMMETRIC, up=up, down=down, pads=pads))
    wanted = by_scipy(X, ASYMMETRIC, up, down, pads)
    assert received.shape == wanted.shape
    np.testing.assert_allclose(received, wanted, rtol=1e-6, atol=1e-5)


def test_a_doubled_constant_is_the_same_but_for_its_edges():
    y = numpy(double(np.ones((1, 4, 4, 1), "float32")))[0, :, :, 0]
    edge = np.array([0.75, *[1.0] * 6, 0.75])
    np.testing.assert_allclose(y, np.outer(edge, edge), rtol=1e-6)


def test_a_doubled_impulse_is_the_filter():
    x = np.zeros((1, 4, 4, 1), "float32")
    x[0, 1, 1] = 1
    y = numpy(double(x))[0, :, :, 0]
    wanted = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 16
    np.testing.assert_allclose(y[1:5, 1:5], wanted, rtol=1e-6)
    assert y.sum() == pytest.approx(4, rel=1e-6)


def test_half_the_size_is_the_adjoint_of_twice_the_size():
    x = np.random.default_rng(1).normal(size=(2, 14, 12, 3)).astype("float32")
    products = [(numpy(double(X)) * x).sum(), (X * numpy(halve(x))).sum() * 4]
    assert products[0] == pytest.approx(products[1], rel=1e-4)


@pytest.mark.parametrize("kind, shape", [("up", (14, 12)), ("down", (3, 3))])
def test_layers_know_their_shape(kind, shape):
    layer = Resampling2D(kind)
    assert layer.compute_output_shape(X.shape) == (2, *shape, 3)
    assert layer(X).shape == (2, *shape, 3)
    assert Resampling2D.from_config(layer.get_config()).kind == kind


def test_other_kinds_are_refused():
    with pytest.raises(ValueError, match="`kind` must be 'up' or 'down'"):
        Resampling2D("left")


def test_the_filter_is_that_of_the_authors():
    x = toy_stylegan2.images("fir_in")
    found = {
        "up2": double(x),
        "down2": halve(x),
        "filter": upfirdn2d(x, pads=(2, 1)),
    }
    for name, images in found.items():
        wanted = toy_stylegan2.images(name)
        np.testing.assert_allclose(numpy(images), wanted, rtol=1e-5, atol=1e-6)
