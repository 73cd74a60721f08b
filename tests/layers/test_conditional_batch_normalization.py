"""Conditional batch normalisation: one batch, a gain and an offset for each class."""

import keras
import numpy as np
import pytest
import toys
from keras import ops

import ganzoo
from ganzoo.game import network_checks
from ganzoo.layers import BatchNormalization
from ganzoo.layers import ConditionalBatchNormalization

RNG = np.random.default_rng(5)
K = 3
X = RNG.normal(2, 3, (6, 4, 5, 2)).astype("float32")
Y = np.array([0, 2, 2, 1, 0, 2], "int32")
GAMMAS, BETAS = RNG.uniform(0.5, 2, (2, K, 2)).astype("float32")


def built(**options):
    layer = ConditionalBatchNormalization(K, **options)
    layer.build(X.shape)
    layer.gammas.assign(GAMMAS)
    layer.betas.assign(BETAS)
    return layer


def outputs(layer, *inputs, training=True):
    return ops.convert_to_numpy(layer(*inputs, training=training))


def normalized(x, axes=(0, 1, 2)):
    variance = x.var(axes)
    return (x - x.mean(axes)) / np.sqrt(variance + 2e-5)


def test_it_begins_as_normalisation_alone():
    layer = ConditionalBatchNormalization(K)
    np.testing.assert_allclose(outputs(layer, X, Y), normalized(X), atol=1e-5)


def test_each_class_has_a_gain_and_an_offset_after_normalisation_of_all():
    found = outputs(built(), X, Y)
    for label in range(K):
        wanted = GAMMAS[label] * normalized(X)[Y == label] + BETAS[label]
        np.testing.assert_allclose(found[Y == label], wanted, rtol=1e-4, atol=1e-5)


def test_of_features_of_one_axis_too():
    x = X[:, 0, 0]
    wanted = GAMMAS[Y] * normalized(x, 0) + BETAS[Y]
    layer = ConditionalBatchNormalization(K)
    layer.build(x.shape)
    layer.gammas.assign(GAMMAS)
    layer.betas.assign(BETAS)
    np.testing.assert_allclose(outputs(layer, x, Y), wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("training", [True, False])
def test_of_one_class_it_is_batch_normalisation(training):
    plain = BatchNormalization(momentum=0.9, epsilon=2e-5)
    plain.build(X.shape)
    plain.gamma.assign(GAMMAS[1])
    plain.beta.assign(BETAS[1])
    layer = built()
    for each in (plain, layer):
        each.moving_mean.assign([1.0, -1.0])
        each.moving_variance.assign([2.0, 0.5])
    found = outputs(layer, X, np.ones(6, "int32"), training=training)
    wanted = outputs(plain, X, training=training)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)
    for name in ("moving_mean", "moving_variance"):
        found, wanted = toys.copy_of([getattr(layer, name), getattr(plain, name)])
        np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_statistics_keep_nine_tenths_of_themselves():
    layer = built()
    outputs(layer, X, Y)
    axes = (0, 1, 2)
    mean, variance = toys.copy_of([layer.moving_mean, layer.moving_variance])
    np.testing.assert_allclose(mean, 0.1 * X.mean(axes), rtol=1e-4)
    np.testing.assert_allclose(variance, 0.9 + 0.1 * X.var(axes), rtol=1e-4)


def test_the_order_of_a_batch_does_not_matter():
    order = RNG.permutation(6)
    np.testing.assert_allclose(
        outputs(built(), X[order], Y[order]), outputs(built(), X, Y)[order], atol=1e-5
    )


def network(layer):
    x, y = keras.Input(X.shape[1:]), keras.Input((), dtype="int32")
    return keras.Model([x, y], layer(x, y))


def gradients_of(loss, layer, variables):
    """Of a loss by what a step subtracts at learning rate 1."""
    gan = toys.build("GAN")
    gan.discriminator = network(layer)
    optimizer = keras.optimizers.SGD(1.0)
    optimizer.build(variables)
    before = toys.copy_of(variables)
    gan.minimize(lambda _: loss(gan), None, variables, optimizer)
    return [b - a for a, b in zip(toys.copy_of(variables), before)]


def test_a_class_learns_from_its_own_examples():
    layer, away = built(), RNG.normal(size=X.shape).astype("float32")
    x, weights = ops.convert_to_tensor(X), ops.convert_to_tensor(away)
    y = np.array([0, 2, 2, 0, 0, 2], "int32")

    def loss(gan):
        return ops.sum(layer(x, y, training=True) * weights)

    gammas, betas = gradients_of(loss, layer, [layer.gammas, layer.betas])
    for label in range(K):
        of_class = (away * normalized(X))[y == label].sum((0, 1, 2))
        np.testing.assert_allclose(gammas[label], of_class, rtol=1e-3, atol=1e-3)
        of_class = away[y == label].sum((0, 1, 2))
        np.testing.assert_allclose(betas[label], of_class, rtol=1e-3, atol=1e-3)
    assert not gammas[1].any() and not betas[1].any()


def test_its_second_derivative_is_right():
    """Of a penalty on the slope, against differences in double precision."""
    layer, x = built(epsilon=1e-2), ops.convert_to_tensor(X)

    def penalty(gan):
        slope = gan.input_gradient(
            lambda x: ops.sum(ops.tanh(layer(x, Y, training=True))), x
        )
        return ops.mean((ops.abs(slope) - 1) ** 2)

    (found,) = gradients_of(penalty, layer, [layer.gammas])
    direction = RNG.normal(size=GAMMAS.shape)
    ends = [penalty_by_hand(GAMMAS + s * direction) for s in (1e-5, -1e-5)]
    wanted = (ends[0] - ends[1]) / 2e-5
    assert (found * direction).sum() == pytest.approx(wanted, rel=1e-3)


def penalty_by_hand(gammas):
    """The same by the derivative of batch normalisation on paper."""
    x, axes = X.astype("float64"), (0, 1, 2)
    gamma, beta = (w[Y][:, None, None] for w in (gammas, BETAS.astype("float64")))
    root = np.sqrt(x.var(axes) + 1e-2)
    x_hat = (x - x.mean(axes)) / root
    up = gamma * (1 - np.tanh(gamma * x_hat + beta) ** 2)
    slope = (up - up.mean(axes) - x_hat * (up * x_hat).mean(axes)) / root
    return ((np.abs(slope) - 1) ** 2).mean()


def test_only_where_it_is_not_fused_its_second_derivative_is_refused():
    network_checks.check_second_derivative("discriminator", network(built()), True)
    x, y = keras.Input((2,)), keras.Input((), dtype="int32")
    flat = keras.Model([x, y], ConditionalBatchNormalization(K)(x, y))
    if keras.backend.backend() == "tensorflow":
        with pytest.raises(ValueError, match="second derivative is wrong"):
            network_checks.check_second_derivative("discriminator", flat, True)


def test_it_keeps_still_where_it_is_frozen():
    layer = built()
    layer.trainable = False
    before = toys.copy_of(layer.weights)
    found = outputs(layer, X, Y)
    assert toys.same(before, toys.copy_of(layer.weights))
    wanted = GAMMAS[Y][:, None, None] * X / np.sqrt(1 + 2e-5)
    wanted = wanted + BETAS[Y][:, None, None]
    np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_half_precision_has_its_statistics_in_full():
    layer = built(dtype="mixed_float16")
    found = layer(X.astype("float16"), Y, training=True)
    assert keras.backend.standardize_dtype(found.dtype) == "float16"
    assert {w.dtype for w in layer.weights} == {"float32"}
    wanted = outputs(built(), X, Y)
    np.testing.assert_allclose(
        ops.convert_to_numpy(found), wanted, rtol=1e-2, atol=1e-2
    )


def test_it_is_saved_with_its_settings(tmp_path):
    model = network(built(momentum=0.7, epsilon=1e-4))
    model([X, Y], training=True)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    (layer,) = [x for x in loaded.layers if hasattr(x, "gammas")]
    assert (layer.num_classes, layer.momentum, layer.epsilon) == (K, 0.7, 1e-4)
    wanted = ops.convert_to_numpy(model([X, Y]))
    found = ops.convert_to_numpy(loaded([X, Y]))
    np.testing.assert_array_equal(found, wanted)


def test_standing_statistics_are_measured_with_drawn_labels():
    gan = toys.build("ProjectionGAN")
    (layer,) = [x for x in gan.generator.layers if hasattr(x, "gammas")]
    gan.measure_statistics(4, 8)
    before = toys.copy_of(layer.non_trainable_weights)
    gan.measure_statistics(4, 8)
    assert toys.same(before, toys.copy_of(layer.non_trainable_weights))
    assert before[0].any()


@pytest.mark.parametrize("num_classes", [0, 2.0, None])
def test_numbers_of_classes_that_are_none_are_refused(num_classes):
    with pytest.raises(ValueError, match="`num_classes` must be an int of at least 1"):
        ganzoo.layers.ConditionalBatchNormalization(num_classes)
