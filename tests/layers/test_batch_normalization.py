"""What networks are made of computes as it should."""

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

from ganzoo import backend
from ganzoo.layers import BatchNormalization


def in_training(layer, x):
    """Outputs, and the layer's weights after."""
    layer.build(x.shape)
    random = np.random.default_rng(1)
    layer.set_weights([random.uniform(0.5, 2, w.shape) for w in layer.weights])
    y = ops.convert_to_numpy(ops.stop_gradient(layer(x, training=True)))
    return y.astype("float32"), [ops.convert_to_numpy(w) for w in layer.weights]


@pytest.mark.parametrize(
    "shape, policy",
    [
        ((4, 5, 7, 3), "float32"),
        ((1, 1, 1, 3), "float32"),
        ((4, 3), "float32"),
        ((4, 5, 7, 3), "mixed_float16"),
    ],
)
def test_batch_normalization_is_that_of_keras(shape, policy):
    x = np.random.default_rng(0).normal(2, 3, shape).astype("float32")
    options = {"momentum": 0.9, "epsilon": 1e-2, "dtype": policy}
    ours, running = in_training(BatchNormalization(**options), x)
    keras_s, keras_running = in_training(layers.BatchNormalization(**options), x)
    np.testing.assert_allclose(ours, keras_s, rtol=1e-5, atol=1e-5)
    for a, b in zip(running, keras_running, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)


@pytest.mark.skipif(
    keras.backend.backend() == "jax", reason="there it is that of Keras"
)
def test_its_gradients_are_those_of_batch_normalization():
    """Against differences, in directions of the features, the gain and the offset."""
    random = np.random.default_rng(0)
    x, away = random.normal(size=(2, 4, 3, 5, 2)).astype("float32")
    gamma, beta = random.uniform(0.5, 2, (2, 2)).astype("float32")

    def ours(x, gamma, beta):
        return ops.sum(
            ops.multiply(backend.batch_normalization(x, gamma, beta, 1e-2)[0], away)
        )

    def loss(x, gamma, beta):
        """The same by its definition, in double precision."""
        centred = x - x.mean((0, 1, 2))
        spread = np.sqrt((centred**2).mean((0, 1, 2)) + 1e-2)
        return (away * (centred / spread * gamma + beta)).sum()

    at = [x, gamma, beta]
    found = toys.build("GAN").gradient(ours, [ops.convert_to_tensor(p) for p in at])
    at = [p.astype("float64") for p in at]
    for i, gradient in enumerate(found):
        direction = random.normal(size=at[i].shape)
        ends = [
            loss(*(p + (i == j) * step * direction for j, p in enumerate(at)))
            for step in (1e-5, -1e-5)
        ]
        wanted = (ends[0] - ends[1]) / 2e-5
        gradient = ops.convert_to_numpy(ops.stop_gradient(gradient))
        assert np.sum(gradient * direction) == pytest.approx(wanted, rel=1e-4)


@pytest.mark.skipif(
    keras.backend.backend() != "torch", reason="test_derivatives.py has the others"
)
def test_penalties_have_its_second_derivative():
    """Of the squared gradient in the features, against differences of it."""
    random = np.random.default_rng(0)
    x, away = random.normal(size=(2, 4, 3, 5, 2)).astype("float32")
    gan = toys.build("GAN")
    ones, zeros = ops.ones(2), ops.zeros(2)

    def penalty(x):
        def fn(x):
            return ops.sum(
                ops.multiply(backend.batch_normalization(x, ones, zeros, 1e-2)[0], away)
            )

        (gradient,) = gan.gradient(fn, [x])
        return ops.sum(ops.square(gradient))

    (found,) = gan.gradient(penalty, [ops.convert_to_tensor(x)])
    direction = random.normal(size=x.shape).astype("float32")
    ends = [penalty(ops.convert_to_tensor(x + s * direction)) for s in (1e-2, -1e-2)]
    wanted = float(ops.stop_gradient(ends[0] - ends[1])) / 2e-2
    found = ops.convert_to_numpy(ops.stop_gradient(found))
    assert np.sum(found * direction) == pytest.approx(wanted, rel=2e-3)


@pytest.mark.parametrize("axis", [1, 2, -2])
def test_another_axis_is_normalised_as_by_keras(axis):
    x = np.random.default_rng(0).normal(2, 3, (2, 3, 3, 3)).astype("float32")
    ours, running = in_training(BatchNormalization(axis), x)
    keras_s, keras_running = in_training(layers.BatchNormalization(axis), x)
    np.testing.assert_allclose(ours, keras_s, atol=1e-5)
    for a, b in zip(running, keras_running, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)


def test_it_keeps_still_where_it_is_frozen():
    x = np.random.default_rng(0).normal(2, 3, (4, 5, 7, 3)).astype("float32")
    layer = BatchNormalization()
    layer.build(x.shape)
    layer.trainable = False
    y = ops.convert_to_numpy(layer(x, training=True))
    np.testing.assert_allclose(y, x / np.sqrt(1 + layer.epsilon), rtol=1e-5)
    assert not np.any(ops.convert_to_numpy(layer.moving_mean))
