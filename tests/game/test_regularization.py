"""Penalties on slopes and weights, and smoothed labels, by hand. R1 is elsewhere."""

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo

RNG = np.random.default_rng(5)
X = RNG.uniform(-1, 1, (6, *toys.IMAGE_SHAPE)).astype("float32")
W = RNG.normal(size=toys.IMAGE_SHAPE).astype("float32")
C = RNG.uniform(-1, 1, toys.IMAGE_SHAPE).astype("float32")
REAL, FAKE = (X * W).sum((1, 2, 3)), (C * W).sum()


def game(weights=W, variant="GAN", **options):
    return getattr(ganzoo, variant)(
        generator=toys.constant_generator(C),
        discriminator=toys.linear_discriminator(weights),
        **{"seed": 0, **options},
    )


def square_discriminator():
    """`D(x) = w · x²`, whose gradient at x is 2 w x."""
    x = layers.Input(W.shape)
    dense = layers.Dense(1, use_bias=False)
    model = keras.Model(x, dense(layers.Flatten()(ops.square(x))))
    dense.set_weights([W.reshape(-1, 1)])
    return model


# === R2 ===


def test_r2_is_half_the_squared_slope_on_samples():
    gan = game(r2_weight=3.0)
    penalty = gan.r2_penalty(ops.convert_to_tensor(X))
    assert toys.value(penalty) == pytest.approx((W**2).sum() / 2, rel=1e-5)
    gan = ganzoo.GAN(
        generator=toys.constant_generator(C),
        discriminator=square_discriminator(),
        r2_weight=3.0,
    )
    x = ops.convert_to_tensor(X)
    wanted = ((2 * W * C) ** 2).sum() / 2
    assert toys.value(gan.r2_penalty(x)) == pytest.approx(wanted, rel=1e-5)
    loss = toys.value(gan.discriminator_loss(x))
    assert toys.value(gan.penalized_loss(x)) == pytest.approx(loss + 3 * wanted)


def test_of_a_linear_discriminator_both_penalties_are_its_squared_slope():
    gan, x = game(r1_weight=2.0, r2_weight=2.0), ops.convert_to_tensor(X)
    wanted = toys.value(gan.discriminator_loss(x)) + 2 * (W**2).sum()
    assert toys.value(gan.penalized_loss(x)) == pytest.approx(wanted, rel=1e-5)


def test_r2_does_not_reach_the_generator():
    _, plain = toys.gradient_of(game(), "generator", X)
    _, penalized = toys.gradient_of(game(r2_weight=5.0), "generator", X)
    np.testing.assert_array_equal(plain, penalized)


@pytest.mark.parametrize("variant", ["CGAN", "BiGAN", "ACGAN"])
def test_penalties_on_samples_take_what_else_the_discriminator_sees(variant):
    discriminator = toys.discriminator(variant)
    options = {"discriminator": discriminator, "r2_weight": 1.0, "roth_weight": 1.0}
    gan = toys.build(variant, **options)
    data = toys.data(variant)
    batch = gan.to_batch(tuple(map(ops.convert_to_tensor, data)))
    assert np.isfinite(toys.value(gan.penalized_loss(batch)))


def test_a_variant_that_does_not_say_what_is_seen_of_samples_is_refused():
    class Pairs(ganzoo.CGAN):
        sample_inputs = ganzoo.AdversarialModel.sample_inputs

    networks = toys.networks("CGAN") | {"discriminator": toys.discriminator("CGAN")}
    with pytest.raises(ValueError, match="Define `sample_inputs` in Pairs"):
        Pairs(**networks, r2_weight=1.0)


# === Roth ===


def test_roth_is_a_quarter_of_the_slope_where_the_discriminator_is_undecided():
    """D(x) = 2 x at 0, on data and on samples, with γ = 2: ¼ · 4 + ¼ · 4."""
    pixel = np.zeros((1, 1, 1), "float32")
    gan = ganzoo.GAN(
        generator=toys.constant_generator(pixel),
        discriminator=toys.linear_discriminator(pixel + 2),
        roth_weight=2.0,
    )
    x = ops.zeros((3, 1, 1, 1))
    loss = toys.value(gan.discriminator_loss(x))
    assert toys.value(gan.penalized_loss(x)) - loss == pytest.approx(2, rel=1e-5)


def test_roth_weighs_slopes_by_how_wrong_the_discriminator_is():
    gan = game(roth_weight=1.0)
    doubts = (toys.sigmoid(-REAL) ** 2).mean() + toys.sigmoid(FAKE) ** 2
    wanted = doubts * (W**2).sum() / 2
    penalty = gan.roth_penalty(ops.convert_to_tensor(X))
    assert toys.value(penalty) == pytest.approx(wanted, rel=1e-4)


def test_gradient_of_roth_is_that_by_hand():
    gan = game(roth_weight=1.0)
    gan.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(1.0))
    before = toys.copy_of(gan.discriminator_variables)
    gan.minimize(
        gan.roth_penalty,
        ops.convert_to_tensor(X),
        gan.discriminator_variables,
        gan.discriminator_optimizer,
    )
    (gradient,) = (
        b - a for a, b in zip(toys.copy_of(gan.discriminator_variables), before)
    )
    real, fake = toys.sigmoid(-REAL)[:, None, None, None], toys.sigmoid(FAKE)
    # The doubts depend on the weights as well.
    wanted = W * ((real**2).mean() + fake**2)
    wanted = wanted + (W**2).sum() * (
        (real**2 * (1 - real) * -X).mean(0) + fake**2 * (1 - fake) * C
    )
    np.testing.assert_allclose(gradient.ravel(), wanted.ravel(), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", ["r2_weight", "roth_weight"])
def test_penalties_refuse_batch_normalisation_and_have_schedules(name):
    with pytest.raises(ValueError, match="batch normalisation"):
        toys.build("GAN", **{name: 1.0})
    with pytest.raises(ValueError, match=f"`{name}` must be a positive number"):
        game(**{name: -1.0})
    rate = keras.optimizers.schedules.PolynomialDecay(4.0, 100, 0.0)
    gan, x = game(**{name: rate}), ops.convert_to_tensor(X)
    penalty = getattr(gan, name.replace("weight", "penalty"))(x)
    wanted = toys.value(gan.discriminator_loss(x)) + 4 * toys.value(penalty)
    assert toys.value(gan.penalized_loss(x)) == pytest.approx(wanted, rel=1e-5)


# === Smoothed labels ===


@pytest.mark.parametrize("variant", ["GAN", "DCGAN", "MinimaxGAN", "UnrolledGAN"])
def test_labels_of_data_are_smoothed_and_of_samples_not(variant):
    gan, x = game(variant=variant, label_smoothing=0.1), ops.convert_to_tensor(X)
    real = 0.9 * toys.softplus(-REAL) + 0.1 * toys.softplus(REAL)
    wanted = real.mean() + toys.softplus(FAKE)
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(wanted, rel=1e-5)
    if variant != "UnrolledGAN":  # whose generator has the data's term too
        plain = toys.value(game(variant=variant).generator_loss(x))
        assert toys.value(gan.generator_loss(x)) == plain


@pytest.mark.parametrize("variant", ["BiGAN", "ALI"])
def test_labels_of_encoded_pairs_are_smoothed(variant):
    x = ops.convert_to_tensor(X)
    losses = []
    for alpha in (0.0, 0.25, 0.4):
        gan = toys.build(variant, label_smoothing=alpha, seed=0)
        losses.append(toys.value(gan.discriminator_loss(x)))
    # Linear in α, with E[D(x, E(x))] as its slope.
    assert losses[1] - losses[0] == pytest.approx(
        (losses[2] - losses[0]) * 0.25 / 0.4, rel=1e-4
    )
    assert losses[1] != losses[0]


def test_data_teach_nothing_where_the_logit_is_log_9():
    """With α = 0.1 the optimum is D = 0.9."""
    direction = (W / (W**2).sum()).astype("float32")
    x = np.stack([np.log(9.0) * direction] * 4).astype("float32")
    (gradient,) = toys.gradient_of(game(label_smoothing=0.1), "discriminator", x)
    wanted = toys.sigmoid(FAKE) * C
    np.testing.assert_allclose(gradient.ravel(), wanted.ravel(), rtol=1e-4, atol=1e-6)


def test_undecided_smoothing_changes_nothing():
    gan, x = game(0 * W, label_smoothing=0.3), ops.convert_to_tensor(X)
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(gan.undecided_loss)


@pytest.mark.parametrize("alpha", [-0.1, 0.5, 1, "0.1", None])
def test_smoothing_of_a_half_or_more_is_refused(alpha):
    with pytest.raises(ValueError, match="from 0 up to, but not including, 0.5"):
        game(label_smoothing=alpha)


@pytest.mark.parametrize(
    "variant", ["LSGAN", "WGAN", "WGANGP", "HingeGAN", "RpGAN", "Pix2Pix"]
)
def test_losses_without_labels_have_no_smoothing(variant):
    with pytest.raises(ValueError, match=f"{variant} has no `label_smoothing`"):
        toys.build(variant, label_smoothing=0.1)


# === Penalties on weights ===


def regularized(network, rate=0.1):
    """The same network, with a penalty on the kernels of its dense layers."""

    def clone(layer):
        copy = layer.from_config(layer.get_config())
        if isinstance(layer, layers.Dense):
            copy.kernel_regularizer = keras.regularizers.L2(rate)
        return copy

    found = keras.models.clone_model(network, clone_function=clone)
    found.set_weights(network.get_weights())
    return found


def test_regularizers_of_a_network_are_in_the_loss_of_its_player():
    gan = ganzoo.GAN(
        generator=regularized(toys.constant_generator(C), 0.2),
        discriminator=regularized(toys.linear_discriminator(W)),
    )
    x = ops.convert_to_tensor(X)
    loss, penalized = gan.discriminator_loss(x), gan.penalized_loss(x)
    penalty = 0.1 * (W**2).sum()
    assert toys.value(penalized) - toys.value(loss) == pytest.approx(penalty, rel=1e-4)
    gan.generator.set_weights([w * 0 + 0.5 for w in gan.generator.get_weights()])
    loss = toys.value(gan.generator_loss(x))
    penalized = toys.value(gan.regularized_generator_loss(x))
    (size,) = (w.size for w in gan.generator.get_weights() if w.ndim == 2)
    # Of latents that are not drawn again, it is the penalty alone.
    assert size == 3 * C.size
    alone = toys.value(gan.regularized(0.0, gan.generator_variables))
    assert alone == pytest.approx(0.2 * size / 4, rel=1e-5)
    assert np.isfinite([loss, penalized]).all() and loss != penalized


def test_a_step_pulls_a_regularized_kernel_to_0():
    """By SGD at rate 1, in proportion: beside it all derivatives are 0."""
    discriminator = regularized(toys.linear_discriminator(W))
    gan = ganzoo.WGAN(
        generator=toys.constant_generator(X[0]),
        discriminator=discriminator,
        clip_value=100.0,
        discriminator_steps=1,
    )
    gan.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(1e-9))
    gan._update("discriminator", gan.penalized_loss, ops.convert_to_tensor(X[:1]))
    kernel = gan.discriminator.get_weights()[0]
    np.testing.assert_allclose(kernel.ravel(), 0.8 * W.ravel(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "layer",
    [
        layers.ActivityRegularization(l2=0.1),
        layers.Dense(4, activity_regularizer=keras.regularizers.L2(0.1)),
    ],
)
@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_penalties_on_activations_are_refused(layer, player):
    shape, output = {"generator": (toys.Z, toys.X), "discriminator": (toys.X, (1,))}[
        player
    ]
    inputs = layers.Input(shape)
    x = layer.from_config(layer.get_config())(layers.Flatten()(inputs))
    x = layers.Dense(int(np.prod(output)), "tanh" if player == "generator" else None)(x)
    network = keras.Model(inputs, layers.Reshape(output)(x))
    with pytest.raises(ValueError, match=f"`{player}` must not use activity"):
        toys.build("GAN", **{player: network})


# === Files ===


def test_options_are_saved_and_files_without_them_load():
    options = {"r2_weight": 2.0, "roth_weight": 1.0, "label_smoothing": 0.1}
    gan = game(**options, instance_noise=0.1, packing=1)
    loaded = ganzoo.GAN.from_config(gan.get_config())
    assert {name: getattr(loaded, name) for name in options} == options
    assert loaded.instance_noise == 0.1
    config = game().get_config()
    assert not {*options, "instance_noise", "packing"} & set(config)
