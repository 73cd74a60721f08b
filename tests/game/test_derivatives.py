"""Derivatives inside of losses, against closed forms."""

import keras
import numpy as np
import pytest
import toy_variants
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo import layers as own_layers
from ganzoo.game import network_checks

RNG = np.random.default_rng(0)
ONE = (1, 1, 1)


def step(gan, loss, variables):
    """What a step of plain descent at rate 1 subtracts from variables."""
    gan.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(1.0))
    before = toys.copy_of(variables)
    optimizer = keras.optimizers.SGD(1.0)
    optimizer.build(variables)
    gan.minimize(lambda batch: loss(), None, variables, optimizer)
    return [a - b for a, b in zip(before, toys.copy_of(variables))]


def test_gradients_are_of_each_value_and_zero_where_there_is_none():
    gan = toys.build("GAN")
    a, b, c = (ops.convert_to_tensor(np.float32([n, 1.0])) for n in (2, 3, 4))
    found = gan.gradient(lambda a, b, c: a**2 * b, [a, b, c])
    wanted = [[12, 2], [4, 1], [0, 0]]
    np.testing.assert_allclose([ops.convert_to_numpy(g) for g in found], wanted)


def test_a_gradient_has_a_gradient():
    gan = toys.build("GAN")

    def slope(x):
        return gan.input_gradient(lambda x: x**3, x)

    found = gan.input_gradient(slope, ops.convert_to_tensor(np.float32([2.0])))
    np.testing.assert_allclose(ops.convert_to_numpy(found), [12.0])


def test_a_value_that_depends_on_weights_goes_on_doing_so():
    """As a path length does: of (θ z)² in θ z, whose square is 4 θ² z²."""
    gan = toy_variants.point(ganzoo.GAN, theta=2.0)
    (bias,) = [v for v in gan.generator_variables if v.path.endswith("bias")]
    z = ops.convert_to_tensor(np.float32([1.0, 3.0]))

    def loss():
        slope = gan.input_gradient(lambda w: w**2, bias * z)
        return ops.mean(slope**2)

    # Of mean(4 θ² z²): 8 θ mean(z²).
    (found,) = step(gan, loss, [bias])
    np.testing.assert_allclose(found, [8 * 2 * 5.0], rtol=1e-5)


def test_an_unrolled_step_is_differentiated_through():
    """D(x) = w x after one step, w' = w + η (θ − w), of a G that is θ."""
    gan = toy_variants.point(toy_variants.Unrolled, theta=2.0, w=3.0)
    before = toys.copy_of(gan.discriminator.weights)
    (bias,) = [v for v in gan.generator_variables if v.path.endswith("bias")]
    x = ops.zeros((4, *ONE))
    theta, w, rate = 2.0, 3.0, gan.RATE
    loss = toys.value(gan.generator_loss(x))
    assert loss == pytest.approx((w + rate * (theta - w)) * theta, rel=1e-5)
    (found,) = step(gan, lambda: gan.generator_loss(x), [bias])
    # Without the way through w' it would be w' alone, 2.75.
    np.testing.assert_allclose(found, [w + 2 * rate * theta - rate * w], rtol=1e-5)
    assert toys.same(before, toys.copy_of(gan.discriminator.weights))


def test_draws_and_running_statistics_go_on_where_values_are_substituted():
    gan = toys.build("GAN")
    variables = gan.discriminator_variables
    before = toys.copy_of(gan.discriminator.non_trainable_variables)
    x = ops.convert_to_tensor(toys.pictures(8).astype("float32") / 127.5 - 1)
    with gan.substituted(variables, [v.value for v in variables]):
        gan.D(x)
    after = toys.copy_of(gan.discriminator.non_trainable_variables)
    assert not any(np.array_equal(a, b) for a, b in zip(before, after))


def test_an_unrolled_game_trains():
    gan = toys.networks("GAN")
    gan = toy_variants.Unrolled(**gan, seed=0)
    gan.compile(keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.01))
    history = gan.fit(toys.pictures(), batch_size=12, verbose=0).history
    assert np.isfinite(list(history.values())).all()


class Slopes(ganzoo.GAN):
    """Notes the slope of E[D(x)] in D's weight, asked for in each way."""

    note_names = ("of_variable", "of_its_value", "of_a_constant")

    def discriminator_loss(self, x):
        def score(*weights):
            return ops.mean(self.D(x))

        (weight,) = self.discriminator_variables
        asked = {"of_variable": weight, "of_its_value": weight.value}
        for name, value in asked.items():
            self.note(name, ops.sum(self.gradient(score, [value])[0]))
        # `fn` has the same images, and not from its argument.
        self.note("of_a_constant", ops.sum(self.gradient(score, [x])[0]))
        return super().discriminator_loss(x)


def test_a_slope_in_weights_is_through_networks_that_read_them_themselves():
    gan = toy_variants.point(Slopes)
    gan.compile(run_eagerly=toys.TRACES)
    x = np.full((8, 1, 1, 1), -0.5, "float32")
    history = gan.fit(x, batch_size=8, verbose=0).history
    assert history["of_variable"] == history["of_its_value"] == [-0.5]
    assert history["of_a_constant"] == [0.0]


def test_values_may_be_variables_and_arrays_in_a_list():
    gan = toy_variants.point(ganzoo.GAN, w=3.0)
    gradients = gan.gradient(
        lambda w, a: ops.sum(w**2) + ops.sum(a**3),
        [*gan.discriminator_variables, np.array([1.0, 2.0])],
    )
    found = [ops.convert_to_numpy(g).ravel() for g in gradients]
    np.testing.assert_allclose(np.concatenate(found), [6.0, 3.0, 12.0])
    with pytest.raises(TypeError, match="Pass a list of values"):
        gan.gradient(ops.square, ops.ones((2,)))


# === What D sees ===


def test_images_are_augmented_then_noisy_then_packed():
    gan = ganzoo_packed(np.ones((4, 4, 2), "float32"))
    x = ops.convert_to_tensor(np.full((6, 4, 4, 1), 0.25, "float32"))
    assert gan.see(x).shape == (3, 4, 4, 2)
    # 2 x + 1 and not 2 (x + 1).
    np.testing.assert_allclose(ops.convert_to_numpy(gan.see(x)), 1.5)
    np.testing.assert_allclose(ops.convert_to_numpy(gan.D(x)), 32 * 1.5)


def test_r1_is_the_slope_in_images_before_they_are_augmented():
    w = RNG.normal(size=(4, 4, 2)).astype("float32")
    gan = ganzoo_packed(w)
    x = ops.convert_to_tensor(RNG.uniform(-1, 1, (6, 4, 4, 1)).astype("float32"))
    # Of D(see(x)) in x it is twice w, of either half: six images, three logits.
    wanted = ((2 * w) ** 2).sum() / 2 / 2
    assert toys.value(gan.r1_penalty(x)) == pytest.approx(wanted, rel=1e-5)


def ganzoo_packed(w):
    return toy_variants.Packed(
        generator=toys.constant_generator(np.zeros((4, 4, 1), "float32")),
        discriminator=toys.linear_discriminator(w),
        seed=0,
    )


# === Layers that mix examples, and second derivatives ===


def test_layers_that_mix_examples_are_refused_where_a_slope_is_penalised():
    x = layers.Input(toys.IMAGE_SHAPE)
    mixed = toy_variants.Mixing()(layers.Flatten()(x))
    network = keras.Model(x, layers.Dense(1)(mixed))
    generator = toys.networks("GAN")["generator"]
    ganzoo.GAN(generator=generator, discriminator=network)
    for variant, options in ((ganzoo.GAN, {"r1_weight": 1.0}), (ganzoo.WGANGP, {})):
        with pytest.raises(ValueError, match="mixes the examples of a batch"):
            variant(generator=generator, discriminator=network, **options)


def normalized_by_hand(h):
    mean = ops.mean(h, axis=0, keepdims=True)
    variance = ops.mean(ops.square(h - mean), axis=0, keepdims=True)
    return (h - mean) * ops.rsqrt(variance + 1e-3)


def gradients_of_penalty(normalize):
    """Of mean((‖∇D‖ − 1)²) in the kernel before a batch normalisation."""
    first = layers.Dense(3, use_bias=False)
    x = layers.Input(ONE)
    flat = layers.Flatten()(x)
    hidden = normalize(first(layers.Concatenate()([flat, flat**2])))
    last = layers.Dense(1, use_bias=False)
    network = keras.Model(x, last(ops.tanh(hidden)))
    rng = np.random.default_rng(3)
    first.set_weights([rng.normal(size=(2, 3)).astype("float32")])
    last.set_weights([rng.normal(size=(3, 1)).astype("float32")])
    gan = ganzoo.GAN(
        generator=toys.constant_generator(np.zeros(ONE, "float32")),
        discriminator=network,
    )
    points = rng.normal(size=(8, *ONE)).astype("float32")

    def penalty():
        slope = gan.input_gradient(gan.judge, ops.convert_to_tensor(points))
        return ops.mean((ops.abs(slope) - 1) ** 2)

    return step(gan, penalty, [first.kernel])[0]


def test_keras_batch_normalisation_has_a_wrong_second_derivative_on_tensorflow():
    wanted = gradients_of_penalty(normalized_by_hand)
    found = gradients_of_penalty(layers.BatchNormalization())
    error = np.linalg.norm(found - wanted) / np.linalg.norm(wanted)
    if keras.backend.backend() == "tensorflow":
        assert error > 0.01
    else:
        assert error < 1e-4


@pytest.mark.parametrize(
    "layer", [layers.BatchNormalization, own_layers.BatchNormalization]
)
def test_batch_normalisation_is_refused_where_its_second_derivative_is_wrong(layer):
    x = layers.Input(toys.IMAGE_SHAPE)
    network = keras.Model(x, layers.Dense(1)(layer()(layers.Flatten()(x))))
    if keras.backend.backend() == "tensorflow":
        with pytest.raises(ValueError, match="second derivative is wrong"):
            network_checks.check_second_derivative("discriminator", network)
    else:
        network_checks.check_second_derivative("discriminator", network)


# === Losses of one network each ===


def apart(theta=2.0, e=5.0, normalized=False):
    """A game of `Apart` whose G is θ, and whose E is a factor e."""
    x = layers.Input((1, 1, 1))
    flat = layers.BatchNormalization()(x) if normalized else x
    factor = layers.Dense(1, use_bias=False, name="factor")
    encoder = keras.Model(x, factor(flat))
    factor.set_weights([np.array([[e]])])
    return toy_variants.point(toy_variants.Apart, theta, encoder=encoder)


def test_losses_apart_have_their_gradients_each_in_one_network():
    gan, x = apart(), np.full((4, 1, 1, 1), 0.5, "float32")
    # θ e x, and thrice that.
    loss = gan.generator_loss(ops.convert_to_tensor(x))
    assert toys.value(loss) == pytest.approx((1 + 3) * 2 * 5 * 0.5)
    gradients = toys.gradient_of(gan, "generator", x)
    (in_theta,) = [g for g in gradients[:-1] if g.shape == (1,)]
    # A leak would add the other loss's: e x to the first, and 3 θ x to the second.
    np.testing.assert_allclose(in_theta, 3 * 5 * 0.5, rtol=1e-5)
    np.testing.assert_allclose(gradients[-1], [[2 * 0.5]], rtol=1e-5)


@pytest.mark.parametrize("name", ["Adam", "RMSprop", "SGD"])
def test_one_optimizer_steps_losses_apart_as_two_would(name):
    x = np.float32([0.5, -1.0, 2.0, 0.25]).reshape(-1, 1, 1, 1)
    make = getattr(keras.optimizers, name)
    together = apart()
    together.compile(make(0.1), make(0.1))
    one_by_one = apart()
    one_by_one.compile(make(0.1), make(0.1))
    losses = {
        one_by_one.encoder: one_by_one.product,
        one_by_one.generator: one_by_one.thrice_the_product,
    }
    optimizers = {network: make(0.1) for network in losses}
    for network, optimizer in optimizers.items():
        optimizer.build(network.trainable_variables)
    batch = ops.convert_to_tensor(x)
    for _ in range(3):
        together.minimize(
            together.generator_loss,
            batch,
            together.generator_variables,
            together.generator_optimizer,
        )
        before = toys.copy_of(one_by_one.generator_variables)
        moved = []
        for network, loss in losses.items():
            variables = network.trainable_variables
            one_by_one.minimize(loss, batch, variables, optimizers[network])
            moved += toys.copy_of(variables)
            # Both from the same weights.
            for variable, value in zip(one_by_one.generator_variables, before):
                variable.assign(value)
        places = [*one_by_one.encoder.trainable_variables]
        places += one_by_one.generator.trainable_variables
        for variable, value in zip(places, moved):
            variable.assign(value)
    for a, b in zip(*map(toys.copy_of, (together.weights, one_by_one.weights))):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_losses_apart_keep_running_statistics_and_draw_anew():
    gan = apart(normalized=True)
    x = np.float32([0.5, -1.0, 2.0, 0.25]).reshape(-1, 1, 1, 1)
    seed = toys.copy_of([gan.seed_generator.state])[0]
    toys.gradient_of(gan, "generator", x)
    norm = gan.encoder.layers[1]
    # Run twice: m ← 0.99 m + 0.01 E[x].
    wanted = (1 - 0.99**2) * x.mean()
    np.testing.assert_allclose(
        ops.convert_to_numpy(norm.moving_mean), wanted, rtol=1e-4
    )
    after = toys.copy_of([gan.seed_generator.state])[0]
    assert not np.array_equal(seed, after)
