"""Equalised layers: how they start, how fast they learn, and how they resample."""

import keras
import numpy as np
import pytest
from keras import ops
from scipy import signal

from ganzoo.layers import EqualizedConv2D
from ganzoo.layers import EqualizedDense
from ganzoo.layers.style import scaled_leaky_relu
from ganzoo.layers.style.equalized import convolve
from ganzoo.layers.style.resampling import TAPS

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 6, 4, 3)).astype("float32")
KERNEL = RNG.normal(size=(3, 3, 3, 5)).astype("float32")
FILTER = np.outer(TAPS, TAPS)


def numpy(x):
    return ops.convert_to_numpy(x)


def by_scipy(x, kernel, sampling):
    """The definition, channel by channel: zeros, a filter, and a convolution."""
    outputs = np.zeros((len(x), *x.shape[1:3], kernel.shape[-1]))
    sides = [n * 2 if sampling == "up" else n // 2 for n in x.shape[1:3]]
    outputs = np.zeros((len(x), *sides, kernel.shape[-1]))
    for n, i, o in np.ndindex(len(x), x.shape[-1], kernel.shape[-1]):
        picture, k = x[n, :, :, i], kernel[:, :, i, o]
        if sampling == "up":
            zeros = np.zeros([2 * side for side in picture.shape])
            zeros[::2, ::2] = picture
            y = signal.convolve2d(zeros[:-1, :-1], k)
            y = signal.convolve2d(np.pad(y, 1), 4 * FILTER, "valid")
        else:
            y = signal.convolve2d(np.pad(picture, 2), FILTER, "valid")
            y = signal.correlate2d(y, k, "valid")[::2, ::2]
        outputs[n, :, :, o] += y
    return outputs


@pytest.mark.parametrize("sampling", ["up", "down"])
def test_a_convolution_that_resamples_is_zeros_a_filter_and_a_convolution(sampling):
    received = numpy(convolve(X, KERNEL, sampling))
    np.testing.assert_allclose(received, by_scipy(X, KERNEL, sampling), atol=2e-5)


@pytest.mark.parametrize("sampling", [None, "up", "down"])
@pytest.mark.parametrize("side", [1, 3])
def test_layers_know_their_shape_and_are_made_again_by_their_config(sampling, side):
    layer = EqualizedConv2D(5, side, sampling, scaled_leaky_relu, use_bias=side == 3)
    y = layer(X)
    assert tuple(y.shape) == layer.compute_output_shape(X.shape)
    again = EqualizedConv2D.from_config(layer.get_config())
    again.build(X.shape)
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(numpy(again(X)), numpy(y))


def test_outputs_of_the_first_step_have_variance_1():
    keras.utils.set_random_seed(0)
    x = RNG.normal(size=(4000, 64)).astype("float32")
    for multiplier in (1.0, 0.01):
        y = numpy(EqualizedDense(64, multiplier=multiplier)(x))
        assert y.var() == pytest.approx(1, abs=0.1)
    y = numpy(EqualizedConv2D(64, 3)(RNG.normal(size=(20, 8, 8, 64))))
    assert y[:, 1:-1, 1:-1].var() == pytest.approx(1, abs=0.1)


def test_the_activation_keeps_the_second_moment_of_a_normal_variable():
    x = RNG.normal(size=100_000).astype("float32")
    # 2 (1 + 0.2²) / 2.
    assert (numpy(scaled_leaky_relu(x)) ** 2).mean() == pytest.approx(1.04, abs=0.02)


@pytest.mark.parametrize("multiplier", [1.0, 0.01])
def test_a_step_of_adam_moves_what_a_layer_computes_by_its_rate(multiplier):
    """By rate · m / √fan_in, in each weight."""
    keras.utils.set_random_seed(0)
    layer = EqualizedDense(1, multiplier=multiplier)
    layer.build((None, 16))
    optimizer = keras.optimizers.Adam(0.5, beta_1=0.0, epsilon=1e-12)
    optimizer.build(layer.trainable_variables)
    x = np.eye(16, dtype="float32")
    before = numpy(layer(x))
    gradients = [ops.ones(v.shape) for v in layer.trainable_variables]
    optimizer.apply(gradients, layer.trainable_variables)
    moved = before - numpy(layer(x))
    wanted = 0.5 * multiplier * (1 / 4 + 1)
    np.testing.assert_allclose(moved, wanted, rtol=1e-4)


def test_other_samplings_are_refused():
    with pytest.raises(ValueError, match="`sampling` must be one of"):
        EqualizedConv2D(2, 3, "twice")
