"""AdaIN: the statistics of a style, and nothing else of the features' scale."""

import keras
import numpy as np
import pytest
from keras import ops

from ganzoo import layers

RNG = np.random.default_rng(0)
X = RNG.normal(3, 5, (2, 6, 5, 3)).astype("float32")
STYLES = RNG.normal(size=(2, 4)).astype("float32")


def built(**options):
    layer = layers.AdaptiveInstanceNormalization(**options)
    layer.build([X.shape, STYLES.shape])
    kernel, bias = layer.get_weights()
    layer.set_weights([kernel, RNG.normal(size=bias.shape)])
    return layer


def statistics(layer):
    """`s` and `b` of each image and channel."""
    kernel, bias = layer.get_weights()
    told = STYLES @ kernel / np.sqrt(4) + bias
    return np.split(told, 2, axis=1)


def test_an_image_has_the_mean_and_the_deviation_of_its_style():
    layer = built()
    scale, bias = statistics(layer)
    y = ops.convert_to_numpy(layer([X, STYLES]))
    np.testing.assert_allclose(y.mean((1, 2)), bias, atol=1e-5)
    np.testing.assert_allclose(y.std((1, 2)), abs(scale + 1), rtol=1e-5)
    # Features of another scale and mean are the same ones.
    again = ops.convert_to_numpy(layer([7 * X - 2, STYLES]))
    np.testing.assert_allclose(again, y, atol=1e-4)


def test_a_constant_channel_becomes_the_mean():
    layer = built()
    y = ops.convert_to_numpy(layer([np.ones_like(X), STYLES]))
    _, bias = statistics(layer)
    wanted = np.broadcast_to(bias[:, None, None], X.shape)
    np.testing.assert_allclose(y, wanted, rtol=1e-5)


@pytest.mark.parametrize("deviation", [1e-4, 1e-3])
def test_channels_that_are_nearly_constant_are_normalized(deviation):
    # As the learned constant is after its first steps.
    levels = RNG.uniform(0.5, 3, 256)
    x = (levels + deviation * RNG.normal(size=(1, 7, 7, 256))).astype("float32")
    layer = layers.AdaptiveInstanceNormalization()
    y = ops.convert_to_numpy(layer([x, np.zeros((1, 4), "float32")]))
    exact = x.astype("float64") - x.mean((1, 2), dtype="float64")
    exact = exact / np.sqrt(np.mean(exact**2, (1, 2)) + 1e-8)
    np.testing.assert_allclose(y, exact, atol=1e-6 / deviation)


def test_it_normalizes_in_full_precision():
    layer = built(dtype="mixed_float16")
    y = layer([X.astype("float16") * 1000, STYLES])
    assert keras.backend.standardize_dtype(y.dtype) == "float16"
    y = ops.convert_to_numpy(y).astype("float32")
    scale, _ = statistics(layer)
    np.testing.assert_allclose(y.std((1, 2)), abs(scale + 1), rtol=1e-2)


def test_each_channel_has_a_strength_of_its_own_noise():
    layer = layers.Noise(2, per_channel=True)
    noise = RNG.normal(size=(2, 32)).astype("float32")
    layer.build([X.shape, noise.shape])
    np.testing.assert_array_equal(ops.convert_to_numpy(layer([X, noise])), X)
    layer.strength.assign([0.0, 1.0, -2.0])
    part = noise[:, 2:].reshape(2, 6, 5, 1)
    y = ops.convert_to_numpy(layer([X, noise]))
    np.testing.assert_allclose(y, X + part * [0.0, 1.0, -2.0], rtol=1e-5, atol=1e-5)
