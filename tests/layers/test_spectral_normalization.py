"""Spectral normalisation: values, gradients and when u moves, by hand."""

import keras
import numpy as np
import pytest
import toys
from keras import layers as keras_layers
from keras import ops

import ganzoo
from ganzoo import layers

RNG = np.random.default_rng(5)


def dense(weights, **options):
    layer = layers.SpectralDense(weights.shape[1], use_bias=False, **options)
    layer.build((None, weights.shape[0]))
    layer._kernel.assign(weights)
    return layer


def sigma(layer, training=True):
    return toys.value(layer.sigma(training))


KINDS = {
    "dense": (lambda: layers.SpectralDense(4), (6,), lambda w: w),
    "convolution": (
        lambda: layers.SpectralConv2D(4, 3, padding="same"),
        (5, 5, 2),
        lambda w: w.reshape(-1, 4),
    ),
    "embedding": (lambda: layers.SpectralEmbedding(7, 4), (), lambda w: w.T),
}


def built(kind):
    make, shape, matrix = KINDS[kind]
    layer = make()
    layer.build((None, *shape))
    weights = RNG.normal(size=layer.weights[0].shape)
    # Where one direction is much the largest, few iterations find it.
    weights = weights + 2 * np.ones_like(weights)
    layer.weights[0].assign(weights)
    return layer, weights, matrix(weights)


def test_the_largest_singular_value_is_divided_out():
    layer = dense(np.diag([3.0, 1.0]))
    layer.u.assign([1.0, 0.0])
    layer.refresh()
    weights = ops.convert_to_numpy(layer.normalized(True))
    np.testing.assert_allclose(weights, np.diag([1, 1 / 3]), rtol=1e-6)


def test_the_gradient_goes_through_the_singular_value():
    """Of the sum of W / σ; without that of σ all of it would be 1/3."""
    layer = dense(np.diag([3.0, 1.0]))
    layer.u.assign([1.0, 0.0])
    layer.refresh()
    x = keras_layers.Input((2,))
    discriminator = keras.Model(x, layer(x))
    gan = toys.build("GAN")

    def total(kernel):
        with gan.substituted([layer._kernel], [kernel]):
            return ops.sum(discriminator(np.eye(2, dtype="float32"), training=True))

    gan.discriminator = discriminator
    (gradient,) = gan.gradient(total, [ops.convert_to_tensor(layer._kernel.value)])
    wanted = [[-1 / 9, 1 / 3], [1 / 3, 1 / 3]]
    np.testing.assert_allclose(toys.copy_of([gradient])[0], wanted, rtol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_after_20_refreshes_sigma_is_that_of_a_decomposition(kind):
    layer, _, matrix = built(kind)
    largest, second = np.linalg.svd(matrix, compute_uv=False)[:2]
    assert second / largest < 0.8
    for _ in range(20):
        layer.refresh()
    for training in (True, False):
        assert sigma(layer, training) == pytest.approx(largest, rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_refresh_is_the_authors_power_iteration(kind):
    layer, _, matrix = built(kind)
    u = ops.convert_to_numpy(layer.u)
    for _ in range(3):
        v = matrix @ u
        v = v / np.linalg.norm(v)
        u = matrix.T @ v
        u = u / np.linalg.norm(u)
        layer.refresh()
        np.testing.assert_allclose(ops.convert_to_numpy(layer.u), u, atol=1e-5)
        assert sigma(layer) == pytest.approx(v @ matrix @ u, rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_it_computes_as_keras_does_with_divided_weights(kind):
    layer, weights, _ = built(kind)
    layer.refresh()
    config = layer.get_config()
    plain = type(layer).__mro__[2].from_config(config)
    shape = KINDS[kind][1]
    plain.build((None, *shape))
    rest = [ops.convert_to_numpy(w) for w in plain.weights[1:]]
    plain.set_weights([weights / sigma(layer), *rest])
    x = RNG.normal(size=(3, *shape)).astype("float32")
    if kind == "embedding":
        x = np.array([0, 6, 3])
    found = ops.convert_to_numpy(layer(x, training=True))
    np.testing.assert_allclose(
        found, ops.convert_to_numpy(plain(x)), rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_a_layer_of_networks(kind, tmp_path):
    make, shape, _ = KINDS[kind]
    x = keras_layers.Input(shape, dtype="int32" if kind == "embedding" else None)
    model = keras.Model(x, make()(x))
    values = np.ones((2, *shape), "int32")
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    found, wanted = toys.copy_of([m(values) for m in (loaded, model)])
    np.testing.assert_array_equal(found, wanted)
    assert found.shape == (2, *model.output_shape[1:])


def test_weights_that_begin_at_0_stay_finite_and_are_divided_when_they_move():
    layer = dense(np.zeros((2, 2)))
    u = ops.convert_to_numpy(layer.u)
    layer.refresh()
    for training in (True, False):
        outputs = layer(np.ones((1, 2), "float32"), training=training)
        np.testing.assert_array_equal(ops.convert_to_numpy(outputs), [[0, 0]])
    np.testing.assert_array_equal(ops.convert_to_numpy(layer.u), u)
    layer._kernel.assign(np.diag([3.0, 1.0]))
    for _ in range(20):
        layer.refresh()
    assert sigma(layer) == pytest.approx(3, rel=1e-5)


def test_calls_change_nothing():
    layer, *_ = built("dense")
    before = toys.copy_of(layer.weights)
    for training in (True, False):
        layer(RNG.normal(size=(3, 6)).astype("float32"), training=training)
    assert toys.same(before, toys.copy_of(layer.weights))


def spectral_game(**options):
    x = keras_layers.Input(toys.IMAGE_SHAPE)
    hidden = layers.SpectralDense(8, activation="relu")(keras_layers.Flatten()(x))
    discriminator = keras.Model(x, layers.SpectralDense(1)(hidden))
    return toys.untraced("HingeGAN", discriminator=discriminator, **options)


@pytest.mark.parametrize("steps", [1, 2])
def test_u_moves_once_before_each_update_and_never_in_evaluation(steps, monkeypatch):
    gan = spectral_game(discriminator_steps=steps)
    refreshed = []
    refresh = layers.SpectralDense.refresh
    monkeypatch.setattr(
        layers.SpectralDense,
        "refresh",
        lambda self: refreshed.append(self.name) or refresh(self),
    )
    before = toys.copy_of(gan.discriminator.non_trainable_variables)
    gan.train_on_batch(toys.pictures(8))
    # Two layers, for each update of either player.
    assert len(refreshed) == 2 * (steps + 1)
    moved = toys.copy_of(gan.discriminator.non_trainable_variables)
    assert not toys.same(before, moved)
    gan.evaluate(toys.pictures(8), verbose=0)
    gan.generate(2)
    assert toys.same(moved, toys.copy_of(gan.discriminator.non_trainable_variables))


def test_a_resumed_game_has_the_same_bits(tmp_path):
    gan = spectral_game()
    gan.train_on_batch(toys.pictures(8))
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    for model in (gan, loaded):
        model.train_on_batch(toys.pictures(8))
    assert toys.same(gan.get_weights(), loaded.get_weights())


def test_half_precision_has_its_iterations_in_full():
    layer = layers.SpectralDense(4, dtype="mixed_float16")
    x = layer(np.ones((2, 3), "float32"), training=True)
    assert keras.backend.standardize_dtype(x.dtype) == "float16"
    assert {w.dtype for w in layer.weights} == {"float32"}


def test_a_spectral_network_is_one_of_the_zoos():
    network = ganzoo.networks.dcgan_discriminator(
        (28, 28, 1), filters=2, normalization="spectral"
    )
    assert not any("batch" in layer.name for layer in network.layers)
    assert network(np.zeros((2, 28, 28, 1))).shape == (2, 1)
