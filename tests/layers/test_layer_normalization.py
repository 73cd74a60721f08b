"""Layer and instance normalisation, by hand, and where features hardly vary."""

import numpy as np
import pytest
from keras import ops

from ganzoo import layers

RNG = np.random.default_rng(0)
AXES = {layers.LayerNormalization: (1, 2, 3), layers.InstanceNormalization: (1, 2)}
both = pytest.mark.parametrize("kind", AXES)


def by_hand(x, axes):
    x = x.astype("float64")
    x = x - x.mean(axes, keepdims=True)
    return x / np.sqrt(np.mean(x**2, axes, keepdims=True) + 1e-5)


@both
def test_statistics_are_of_each_image_and_gains_of_each_channel(kind):
    x = RNG.normal(3, 2, (4, 6, 5, 3)).astype("float32")
    layer = kind()
    layer.build(x.shape)
    gamma, beta = np.float32([1, 2, -3]), np.float32([0, 1, 2])
    layer.set_weights([gamma, beta])
    wanted = by_hand(x, AXES[kind]) * gamma + beta
    np.testing.assert_allclose(ops.convert_to_numpy(layer(x)), wanted, atol=1e-5)


@both
def test_features_that_hardly_vary_are_normalised(kind):
    # Their mean squared is a million times their variance.
    x = (100 + 0.1 * RNG.normal(size=(2, 9, 9, 64))).astype("float32")
    y = ops.convert_to_numpy(kind()(x))
    np.testing.assert_allclose(y, by_hand(x, AXES[kind]), atol=1e-3)


@both
def test_squares_of_half_precision_do_not_overflow(kind):
    x = (300 * RNG.normal(size=(2, 5, 5, 2))).astype("float16")
    y = ops.convert_to_numpy(kind(dtype="mixed_float16")(x))
    np.testing.assert_allclose(y, by_hand(x, AXES[kind]), atol=1e-2)
