"""Self-attention against its equation, and regularisation of orthogonal filters."""

import keras
import numpy as np
import pytest
import toys
from keras import ops

from ganzoo import layers

X = np.random.default_rng(0).normal(size=(2, 4, 6, 16)).astype("float32")


def built(gamma=1.0):
    layer = layers.SelfAttention()
    layer.build(X.shape)
    layer.gamma.assign(gamma)
    return layer


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def test_it_is_the_identity_at_first():
    layer = layers.SelfAttention()
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(X)), X)


def test_it_is_the_mean_of_values_by_their_likeness():
    layer = built(gamma=0.5)
    kernels = {}
    for name in ("theta", "phi", "g", "o"):
        part = getattr(layer, name)
        for _ in range(200):
            part.refresh()
        kernel = ops.convert_to_numpy(part._kernel)[0, 0]
        kernels[name] = kernel / np.linalg.svd(kernel, compute_uv=False)[0]
    pixels = X.reshape(2, 24, 16)
    halved = [
        (X @ kernels[name])
        .reshape(2, 2, 2, 3, 2, -1)
        .max(axis=(2, 4))
        .reshape(2, 6, -1)
        for name in ("phi", "g")
    ]
    beta = softmax(pixels @ kernels["theta"] @ halved[0].transpose(0, 2, 1))
    wanted = pixels + 0.5 * (beta @ halved[1]) @ kernels["o"]
    found = ops.convert_to_numpy(layer(X, training=True)).reshape(2, 24, 16)
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_constant_features_get_their_own_value():
    layer = built()
    x = np.ones_like(X)
    found = ops.convert_to_numpy(layer(x)) - x
    value = ops.convert_to_numpy(layer.o(layer.g(x)))
    np.testing.assert_allclose(found, value, atol=1e-5)


def test_it_is_saved_and_refreshed_with_its_model(tmp_path):
    x = keras.layers.Input((4, 6, 16))
    model = keras.Model(x, layers.SelfAttention()(x))
    (layer,) = [n for n in model.layers if isinstance(n, layers.SelfAttention)]
    layer.gamma.assign(0.3)
    parts = [n for n in model._flatten_layers() if hasattr(n, "refresh")]
    assert len(parts) == 4
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(*map(ops.convert_to_numpy, (model(X), loaded(X))))


def test_too_few_channels_are_refused():
    with pytest.raises(ValueError, match="at least 8 channels.*input_shape"):
        layers.SelfAttention()(X[..., :7])


# === Orthogonal filters ===


def test_filters_that_are_not_orthogonal_cost_their_products():
    # Its rows, here columns, are the filters.
    kernel = np.float32([[1, 1], [0, 1]]).T
    variable = keras.Variable(kernel)
    gan, optimizer = toys.build("GAN"), keras.optimizers.SGD(1.0)
    optimizer.build([variable])
    penalty = layers.OffDiagonalRegularizer(1.0)
    assert toys.value(penalty(variable)) == 2.0
    gan.minimize(lambda _: penalty(variable), None, [variable], optimizer)
    gradient = kernel - toys.copy_of([variable])[0]
    np.testing.assert_allclose(gradient.T, [[0, 4], [4, 4]], rtol=1e-6)


def test_orthogonal_filters_of_any_length_cost_nothing():
    kernel = np.zeros((3, 3, 2, 2), "float32")
    kernel[0, 0, 0, 0], kernel[1, 2, 1, 1] = 5, 7
    assert toys.value(layers.OffDiagonalRegularizer()(kernel)) == 0.0
    restored = keras.regularizers.deserialize(
        keras.regularizers.serialize(layers.OffDiagonalRegularizer(0.5))
    )
    assert restored.weight == 0.5
