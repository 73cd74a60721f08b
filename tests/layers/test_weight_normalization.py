"""Weights of a norm of their own, and noise that a saved model goes on with."""

import keras
import numpy as np
import pytest
from keras import ops

from ganzoo.layers import GaussianNoise
from ganzoo.layers import WeightNormalizedDense
from ganzoo.networks import blocks

X = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")


@pytest.mark.parametrize("train_gain", [False, True])
def test_outputs_are_those_of_weights_of_norm_g(train_gain):
    layer = WeightNormalizedDense(2, "relu", gain=3.0, train_gain=train_gain)
    layer.build(X.shape)
    v, bias = np.float32([[3, 1], [4, 2], [0, 2]]), np.float32([0.5, -1.0])
    layer.v.assign(v)
    layer.bias.assign(bias)
    w = 3 * v / np.float32([5.0, 3.0])
    np.testing.assert_allclose(
        ops.convert_to_numpy(layer(X)), np.maximum(X @ w + bias, 0), rtol=1e-5
    )
    trained = {v.name for v in layer.trainable_variables}
    assert trained == ({"v", "g", "bias"} if train_gain else {"v", "bias"})


def test_a_step_leaves_the_norm_as_it_is():
    """The gradient in V has no part along V: only the direction is trained."""
    x = keras.Input((3,))
    layer = WeightNormalizedDense(2, gain=3.0)
    model = keras.Model(x, layer(x))
    model.compile(keras.optimizers.SGD(1e-3), "mse")
    v = np.float32([[3, 1], [4, 2], [0, 2]])
    layer.v.assign(v)
    model.fit(X, np.ones((5, 2)), batch_size=5, verbose=0)
    change = ops.convert_to_numpy(layer.v) - v
    assert np.abs(change).max() > 1e-5
    np.testing.assert_allclose((change * v).sum(0), 0, atol=1e-6)


def test_it_is_saved_and_computes_in_half_precision(tmp_path):
    x = keras.Input((3,))
    dense = WeightNormalizedDense(2, "softplus", 2.0, True, dtype="mixed_float16")
    model = keras.Model(x, dense(x))
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert again.layers[-1].get_config() == dense.get_config()
    assert dense.v.dtype == "float32"
    assert dense.compute_dtype == "float16"
    assert dense.compute_output_shape((None, 3)) == (None, 2)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"units": 0}, "`units` must be an int of at least 1"),
        ({"units": 2, "gain": 0.0}, "`gain` must be a positive number"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        WeightNormalizedDense(**options)


def test_noise_is_keras_own_on_one_device_and_only_in_training():
    own = GaussianNoise(0.5, seed=3)
    np.testing.assert_array_equal(own(X), X)
    keras_own = keras.layers.GaussianNoise(0.5, seed=3)
    for _ in range(2):
        np.testing.assert_array_equal(
            own(X, training=True), keras_own(X, training=True)
        )


def test_noise_of_a_network_follows_the_seed_of_all():
    def draw():
        keras.utils.set_random_seed(5)
        layer = blocks.gaussian_noise(0.5)
        return ops.convert_to_numpy(layer(X, training=True))

    np.testing.assert_array_equal(draw(), draw())
