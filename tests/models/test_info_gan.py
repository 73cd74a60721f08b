"""InfoGAN: information against closed forms, and codes that are asked for."""

import math

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo.game import sampling

LOG_10 = math.log(10)
X = ops.convert_to_tensor(toys.pictures(10).astype("float32") / 127.5 - 1)
PIXEL = (1, 1, 1)


def game(**options):
    keras.utils.set_random_seed(1)
    return ganzoo.InfoGAN(**{**toys.networks("InfoGAN"), "seed": 0, **options})


def with_codes(gan, codes):
    """The game, whose codes are these."""
    codes = ops.convert_to_tensor(np.float32(codes))
    gan.sample_conditions = lambda x: [codes]
    return gan


def tensors(values):
    """Arrays as tensors, in whatever they are."""
    return keras.tree.map_structure(ops.convert_to_tensor, values)


def information(gan, codes, heads):
    """That of the codes in the heads, floats by the kind of code."""
    found = gan.information(*tensors((codes, heads)))
    return {kind: toys.value(value) for kind, value in found.items()}


def network(inputs, sizes, **options):
    """A discriminator with these heads, sizes by their names."""
    return toys.network([inputs], (1,), heads=sizes, **options)


def of_one_pixel(trunk=None, fixed_std=True, **biases):
    """One continuous code; `D` has a trunk `w x`, and heads of it plus these biases.

    Without a trunk the heads are their biases. The logit is always 0.
    """
    x = layers.Input(PIXEL)
    flat = layers.Flatten()(x)
    heads = {"logit": 0.0, "continuous": 0.1, **biases}
    hidden = layers.Dense(1, use_bias=False, name="trunk")(flat)
    outputs = {name: layers.Dense(1, name=name)(hidden) for name in heads}
    discriminator = keras.Model(x, outputs)
    discriminator.get_layer("trunk").set_weights([np.float32([[trunk or 0.0]])])
    for name, bias in heads.items():
        kernel = float(trunk is not None and name != "logit")
        weights = [np.float32([[kernel]]), np.float32([bias])]
        discriminator.get_layer(name).set_weights(weights)
    return ganzoo.InfoGAN(
        categorical=(),
        continuous=1,
        generator=toys.constant_generator(np.full(PIXEL, 0.5, "float32"), [(3,), (1,)]),
        discriminator=discriminator,
        fixed_std=fixed_std,
        seed=0,
    )


def gradients(gan, player, batch):
    """What a step at rate 1 subtracts, by the names of layers and weights."""
    variables = getattr(gan, f"{player}_variables")
    names = ["/".join(v.path.split("/")[-2:]) for v in variables]
    return dict(zip(names, toys.gradient_of(gan, player, batch)))


# === Information ===


def test_of_a_q_that_cannot_tell_there_is_no_information_about_categories():
    gan = game()
    toys.undecided(gan.discriminator)
    codes, heads = np.eye(12, dtype="float32")[:10], gan.heads(X)
    log_q = ops.convert_to_numpy(gan.categorical_log_q(tensors(codes), heads))
    np.testing.assert_allclose(log_q, -LOG_10, rtol=1e-6)
    found = information(gan, codes, heads)
    assert found["categorical"] == pytest.approx(0, abs=1e-6)
    # μ = 0 for c = 0.
    assert found["continuous"] == pytest.approx(2 / 6, rel=1e-5)


def test_there_is_never_more_information_than_a_category_has():
    gan = game()
    one_hot = np.eye(10, dtype="float32")
    codes = np.concatenate([one_hot, np.zeros((10, 2), "float32")], axis=1)
    for scale in (1.0, 10.0, 1e4):
        heads = {"categorical": scale * one_hot, "continuous": codes[:, 10:]}
        found = information(gan, codes, heads)["categorical"]
        q = 1 / (1 + 9 * math.exp(-min(scale, 700)))
        assert found == pytest.approx(LOG_10 + math.log(q), rel=1e-5)
        assert found <= LOG_10 * (1 + 1e-6)


def test_each_of_several_categorical_codes_has_columns_of_its_own():
    keras.utils.set_random_seed(1)
    gan = ganzoo.InfoGAN(
        categorical=(3, 4),
        continuous=0,
        generator=toys.network([(3,), (7,)], toys.IMAGE_SHAPE, activation="tanh"),
        discriminator=network(toys.IMAGE_SHAPE, {"categorical": 7}),
        seed=0,
    )
    assert gan.code_names == ("c1", "c2")
    assert gan.note_names == ("categorical_information",)
    codes = np.float32([[0, 1, 0, 0, 0, 0, 1]])
    logits = np.float32([[1, 2, 3, 0, 0, 0, math.log(2)]])
    of_first = 2 - math.log(sum(math.exp(k) for k in (1, 2, 3)))
    wanted = of_first + math.log(2 / 5) + math.log(12)
    found = information(gan, codes, {"categorical": logits})
    assert found == {"categorical": pytest.approx(wanted, rel=1e-5)}
    (asked,) = gan.find_conditions(2, codes={"categorical": [[2, 0], [0, 3]]})
    wanted = [[0, 0, 1, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0, 1]]
    np.testing.assert_array_equal(asked, wanted)
    p = gan.codes(toys.pictures(5))["categorical"]
    np.testing.assert_allclose(p[:, :3].sum(1), 1, rtol=1e-5)
    np.testing.assert_allclose(p[:, 3:].sum(1), 1, rtol=1e-5)


@pytest.mark.parametrize("log_std", [None, 0.0, -0.5])
def test_a_continuous_code_is_that_of_a_gaussian(log_std):
    heads = {"continuous": np.float32([[0.1]])}
    if log_std is not None:
        heads["log_std"] = np.float32([[log_std]])
    biases = {} if log_std is None else {"log_std": log_std}
    gan = of_one_pixel(fixed_std=log_std is None, **biases)
    codes = np.float32([[0.6]])
    log_q = toys.value(gan.continuous_log_q(*tensors((codes, heads)))[0])
    found = information(gan, codes, heads)["continuous"]
    if log_std == -0.5:
        variance = math.exp(-1)
        wanted = -0.5 * math.log(2 * math.pi * variance) - 0.125 / variance
        assert log_q == pytest.approx(wanted, rel=1e-6)
    else:
        assert -log_q == pytest.approx(1.0439385, rel=1e-6)
    # ½ E[c²] − ½ (c − μ)² of the fixed one, and log Q + log 2 of the other.
    wanted = 1 / 6 - 0.125 if log_std is None else log_q + math.log(2)
    assert found == pytest.approx(wanted, rel=1e-5)


def test_fixed_gaussians_tell_a_sixth_of_a_nat_at_most():
    gan = game()
    codes = ops.convert_to_numpy(gan.sample_conditions(ops.zeros((2000, 1)))[0])
    for shrink in (1.0, 0.9, 0.0):
        heads = {"categorical": codes[:, :10], "continuous": shrink * codes[:, 10:]}
        found = information(gan, codes, heads)["continuous"]
        assert found <= 2 / 6 + 1e-6
    # A constant μ tells nothing: 1/6 − ½ E[c²] = 0, of 4,000 draws.
    assert found == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("fixed_std", [True, False])
def test_gradients_in_the_mean_and_in_the_deviation(fixed_std):
    """−λ (c − μ) / σ² and λ (1 − (c − μ)² / σ²), for c = 0.6 and μ = 0.1."""
    biases = {} if fixed_std else {"log_std": 0.0}
    gan = with_codes(of_one_pixel(fixed_std=fixed_std, **biases), [[0.6]] * 6)
    found = gradients(gan, "discriminator", np.zeros((6, *PIXEL), "float32"))
    np.testing.assert_allclose(found["continuous/bias"], [-0.5], rtol=1e-5)
    if not fixed_std:
        np.testing.assert_allclose(found["log_std/bias"], [0.75], rtol=1e-5)


# === Who learns from it ===


def test_the_discriminator_learns_from_the_information_of_generated_images_alone():
    """Not of real ones, as if these had codes; and its trunk, not Q's layers alone."""
    found = []
    for real in (0.0, 0.8):
        gan = with_codes(of_one_pixel(trunk=2.0), [[0.6]] * 6)
        x = np.full((6, *PIXEL), real, "float32")
        found.append(gradients(gan, "discriminator", x)["trunk/kernel"])
    # −(c − μ) dμ/dw, where μ = w x + 0.1 of the generated x = 0.5.
    np.testing.assert_allclose(found[0], [[-(0.6 - 1.1) * 0.5]], rtol=1e-5)
    np.testing.assert_array_equal(*found)


def test_the_generators_step_is_towards_the_information_and_moves_it_alone():
    gan = with_codes(of_one_pixel(trunk=2.0), [[0.6]] * 6)
    before = toys.copy_of(gan.discriminator_variables)
    found = gradients(gan, "generator", np.zeros((6, *PIXEL), "float32"))
    # −(c − μ) dμ/dx.
    np.testing.assert_allclose(found["constant/bias"], [-(0.6 - 1.1) * 2], rtol=1e-5)
    assert toys.same(before, toys.copy_of(gan.discriminator_variables))
    assert len(gan.generator_variables) == 2


@pytest.mark.parametrize("weights", [(1.0, None), (2.0, 0.5), (0.5, 3.0)])
def test_both_losses_are_those_of_gan_less_the_weighted_information(weights):
    info_weight, continuous_weight = weights
    gan = game(info_weight=info_weight, continuous_weight=continuous_weight)
    toys.undecided(gan.discriminator)
    codes = np.zeros((10, 12), "float32")
    codes[:, 3], codes[:, 10:] = 1, (0.5, -1)
    with_codes(gan, codes)
    continuous = (1 / 6 - 0.125) + (1 / 6 - 0.5)
    less = (continuous_weight or info_weight) * continuous
    d_loss = toys.value(gan.discriminator_loss(X))
    g_loss = toys.value(gan.generator_loss(X))
    assert d_loss == pytest.approx(2 * math.log(2) - less, rel=1e-5)
    assert g_loss == pytest.approx(math.log(2) - less, rel=1e-5)


def test_q_is_asked_for_the_codes_that_the_generator_was_given():
    """`G` puts its codes into the pixels, where `Q` finds them."""
    z, codes = layers.Input((3,)), layers.Input((12,))
    copied = layers.Dense(12, use_bias=False, name="copy")(codes)
    nothing = layers.Dense(12, kernel_initializer="zeros")(z)
    generator = keras.Model([z, codes], layers.Reshape((1, 1, 12))(copied + nothing))
    generator.get_layer("copy").set_weights([np.eye(12, dtype="float32")])
    x = layers.Input((1, 1, 12))
    flat = layers.Flatten()(x)
    sizes = {"logit": 1, "categorical": 10, "continuous": 2}
    heads = {name: layers.Dense(size, name=name)(flat) for name, size in sizes.items()}
    discriminator = toys.undecided(keras.Model(x, heads))
    kernels = {"categorical": 50 * np.eye(12)[:, :10], "continuous": np.eye(12)[:, 10:]}
    for name, kernel in kernels.items():
        layer = discriminator.get_layer(name)
        layer.set_weights([kernel, np.zeros(kernel.shape[1])])
    gan = ganzoo.InfoGAN(generator=generator, discriminator=discriminator, seed=0)
    x = ops.zeros((50, 1, 1, 12))
    less = LOG_10 + 2 / 6
    d_loss = toys.value(gan.discriminator_loss(x))
    assert d_loss == pytest.approx(2 * math.log(2) - less, rel=1e-4)
    g_loss = toys.value(gan.generator_loss(x))
    assert g_loss == pytest.approx(math.log(2) - less, rel=1e-4)


def test_codes_are_learnt_and_reported():
    discriminator = network(toys.IMAGE_SHAPE, {"categorical": 2})
    keras.utils.set_random_seed(1)
    gan = ganzoo.InfoGAN(
        categorical=(2,),
        continuous=0,
        generator=toys.network([(3,), (2,)], toys.IMAGE_SHAPE, activation="tanh"),
        discriminator=discriminator,
        seed=0,
    )
    gan.compile(*(keras.optimizers.Adam(0.01, beta_1=0.5) for _ in range(2)))
    history = gan.fit(toys.pictures(60), batch_size=20, epochs=60, verbose=0).history
    found = history["categorical_information"]
    assert found[0] < 0.5 * math.log(2) < 0.9 * math.log(2) < found[-1]
    assert max(found) <= math.log(2)
    images = gan.generate(50, seed=1, codes={"categorical": 1})
    assert (gan.codes(images)["categorical"][:, 1] > 0.5).mean() > 0.9


def test_a_deviation_is_learnt_where_it_is_not_fixed(tmp_path):
    heads = {"categorical": 10, "continuous": 2, "log_std": 2}
    gan = game(discriminator=network(toys.IMAGE_SHAPE, heads), fixed_std=False)
    gan.compile(run_eagerly=toys.TRACES)
    history = gan.fit(toys.pictures(), batch_size=12, verbose=0).history
    assert np.isfinite(history["continuous_information"]).all()
    gan.save(tmp_path / "gan.keras")
    assert not keras.saving.load_model(tmp_path / "gan.keras").fixed_std


# === Codes ===


def test_drawn_codes_are_of_their_distributions():
    (codes,) = game().sample_conditions(ops.zeros((5000, 1)))
    codes = ops.convert_to_numpy(codes)
    one_hot, continuous = codes[:, :10], codes[:, 10:]
    np.testing.assert_array_equal(one_hot.sum(1), 1)
    assert set(np.unique(one_hot)) == {0, 1}
    # Five deviations of a binomial.
    assert abs(one_hot.sum(0) - 500).max() < 5 * math.sqrt(5000 * 0.1 * 0.9)
    # Of U[-1, 1]: mean 0, variance 1/3.
    assert abs(continuous).max() <= 1 and abs(continuous.mean()) < 0.03
    assert continuous.var() == pytest.approx(1 / 3, abs=0.02)
    assert abs(np.corrcoef(codes[:, 10:].T)[0, 1]) < 0.07


def test_codes_that_nobody_asks_for_follow_the_seed(monkeypatch):
    monkeypatch.setattr(sampling, "CHUNK", 4)
    gan = game()
    state = toys.copy_of(gan.variables)
    (codes,), (fewer,) = (gan.find_conditions(n, seed=7) for n in (10, 3))
    np.testing.assert_array_equal(codes[:3], fewer)
    assert len(np.unique(codes, axis=0)) == 10
    # Nothing that draws in training is any the further.
    assert toys.same(state, toys.copy_of(gan.variables))
    (other,) = gan.find_conditions(10, seed=8)
    assert not np.array_equal(codes, other)
    (once,), (again,) = (gan.find_conditions(10) for _ in range(2))
    assert not np.array_equal(once, again)
    z = gan.latents(10, seed=7)
    assert abs(np.corrcoef(z[:, :2].T, codes[:, 10:].T)[:2, 2:]).max() < 0.999
    images = gan.generate(10, seed=7)
    np.testing.assert_array_equal(images, gan.generate(10, seed=7))
    off = images.astype(int) - gan.decode(z, [codes])
    # Rounding may tip a pixel.
    assert abs(off).max() <= 1


def test_codes_that_are_asked_for_come_beside_those_that_are_drawn():
    gan = game()
    (drawn,) = gan.find_conditions(3, seed=1)
    (found,) = gan.find_conditions(3, seed=1, codes={"categorical": 4})
    np.testing.assert_array_equal(found[:, :10], np.eye(10)[[4, 4, 4]])
    np.testing.assert_array_equal(found[:, 10:], drawn[:, 10:])
    asked = {"categorical": [0, 9, 5], "continuous": [0.5, -1.0]}
    (found,) = gan.find_conditions(3, seed=1, codes=asked)
    np.testing.assert_array_equal(found[:, :10], np.eye(10)[[0, 9, 5]])
    np.testing.assert_array_equal(found[:, 10:], np.tile([0.5, -1], (3, 1)))
    rows = [[0.1, 0.2], [0.3, 0.4], [1, -1]]
    (found,) = gan.find_conditions(3, codes={"continuous": rows})
    np.testing.assert_allclose(found[:, 10:], rows, rtol=1e-6)
    images = gan.generate(3, seed=1, codes=asked)
    assert images.shape == (3, *toys.IMAGE_SHAPE)


def test_codes_are_asked_for_by_name():
    gan = game()
    (drawn,) = gan.find_conditions(3, seed=1)
    (found,) = gan.find_conditions(3, seed=1, codes={"c1": [0, 9, 5], "c3": -1})
    np.testing.assert_array_equal(found[:, :10], np.eye(10)[[0, 9, 5]])
    np.testing.assert_array_equal(found[:, 10], drawn[:, 10])
    np.testing.assert_array_equal(found[:, 11], [-1, -1, -1])
    (found,) = gan.find_conditions(3, seed=1, codes={"c1": 2, "continuous": [0, 1]})
    np.testing.assert_array_equal(found, np.tile([*np.eye(10)[2], 0, 1], (3, 1)))


@pytest.mark.parametrize(
    "codes, message",
    [
        ([1, 2, 3], "`codes` must be a dict of values by the names of codes"),
        ({"digit": 3}, "no code 'digit'. .* c1, c2, c3, and 'categorical' and 'cont"),
        ({"categorical": [0, 1]}, "a condition for each of the 3 images"),
        ({"categorical": 10}, "integers from 0, below 10"),
        ({"categorical": [0, -1, 2]}, "integers from 0, below 10"),
        ({"categorical": 0.5}, "integers from 0, below 10"),
        ({"continuous": [0, 0, 0]}, "a condition for each of the 3 images"),
        ({"continuous": [0.5, 1.01]}, r"numbers in \[-1, 1\]"),
        ({"continuous": [0.5, float("nan")]}, "must be finite numbers"),
        ({"continuous": ["a", "b"]}, r"numbers in \[-1, 1\]"),
        ({"c4": 0.5}, "There is no code 'c4'"),
        ({"c1": 10}, "integers from 0, below 10"),
        ({"c2": 1.5}, r"numbers in \[-1, 1\]"),
        ({"c1": [1, 2]}, "a condition for each of the 3 images"),
        ({"categorical": 1, "c1": 2}, "`codes` must ask for each code once"),
    ],
)
def test_codes_that_cannot_be_meant_are_refused(codes, message):
    with pytest.raises(ValueError, match=f"{message}.*Received: "):
        game().generate(3, codes=codes)


def test_a_single_continuous_code_may_be_one_number_for_all():
    gan = of_one_pixel()
    for given in (0.5, [0.5], [0.5] * 3, [[0.5]] * 3):
        (found,) = gan.find_conditions(3, codes={"continuous": given})
        np.testing.assert_array_equal(found, [[0.5]] * 3)
    with pytest.raises(ValueError, match="has c1, and 'continuous' for all"):
        gan.generate(2, codes={"categorical": 1})


def test_what_q_says_is_the_softmax_and_the_means():
    gan = game()
    heads = gan.discriminator.predict(ops.convert_to_numpy(X), verbose=0)
    found = gan.codes(toys.pictures(10))
    e = np.exp(heads["categorical"])
    wanted = e / e.sum(1, keepdims=True)
    np.testing.assert_allclose(found["categorical"], wanted, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found["continuous"], heads["continuous"], rtol=1e-4)
    with pytest.raises(ValueError, match="must have the shape"):
        gan.codes(toys.pictures(10)[:, :2])


def test_a_traversal_changes_one_code_and_holds_the_others():
    gan = game()
    z, (held,) = gan.latents(3, seed=5), gan.find_conditions(3, seed=5)
    shown = gan.traverse("c3", 4, rows=3, seed=5)
    assert shown.shape == (3, 4, *toys.IMAGE_SHAPE) and shown.dtype == "uint8"
    for column, value in enumerate((-1, -1 / 3, 1 / 3, 1)):
        codes = held.copy()
        codes[:, 11] = value
        off = gan.decode(z, [codes]).astype(int) - shown[:, column]
        assert abs(off).max() <= 1
    shown = gan.traverse("c1", rows=3, seed=5, codes={"continuous": [0.0, 1.0]})
    assert shown.shape == (3, 10, *toys.IMAGE_SHAPE)
    codes = np.tile(np.float32([0] * 11 + [1]), (3, 1))
    codes[:, 7] = 1
    assert abs(gan.decode(z, [codes]).astype(int) - shown[:, 7]).max() <= 1
    np.testing.assert_array_equal(gan.code_values("c1"), np.arange(10))


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("c4",), "`code` must be one of c1, c2, c3: this model has"),
        (("c2", 1), "`steps` must be an int of at least 2"),
        (("c2", 5, 0), "`rows` must be an int of at least 1"),
        (("c2", 5, True), "`rows` must be an int of at least 1"),
    ],
)
def test_traversals_of_nothing_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        game().traverse(*arguments)


def test_the_code_that_is_traversed_is_not_held():
    with pytest.raises(ValueError, match="'c2' goes through all of its values"):
        game().traverse("c2", codes={"c2": 0.5})


# === What it is made of ===


@pytest.mark.parametrize(
    "options, message",
    [
        ({"categorical": (), "continuous": 0}, "There must be a code"),
        ({"categorical": 10}, "`categorical` must be ints of at least 2"),
        ({"categorical": (1,)}, "`categorical` must be ints of at least 2"),
        ({"continuous": -1}, "`continuous` must be an int of at least 0"),
        ({"info_weight": 0.0}, "`info_weight` must be a positive"),
        ({"continuous_weight": -1.0}, "`continuous_weight` must be a positive"),
        ({"fixed_std": "no"}, "`fixed_std` must be True or False"),
        ({"categorical": (12,), "continuous": 0}, r"must have the shape .*, 12\)"),
        ({"continuous": 3}, "`generator` must take|must have the shape"),
        ({"fixed_std": False}, "one called 'log_std'"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        game(**options)


@pytest.mark.parametrize(
    "heads, message",
    [
        ({"continuous": (2, None)}, "one called 'categorical'"),
        ({"categorical": (10, None)}, "one called 'continuous'"),
        ({"categorical": (9, None), "continuous": (2, None)}, r"`\(batch, 10\)`"),
        ({"categorical": (10, None), "continuous": (3, None)}, r"`\(batch, 2\)`"),
        ({"categorical": (10, "softmax"), "continuous": (2, None)}, "return logits"),
    ],
)
def test_heads_that_cannot_be_meant_are_refused(heads, message):
    x = layers.Input(toys.IMAGE_SHAPE)
    flat = layers.Flatten()(x)
    outputs = {n: layers.Dense(size, act)(flat) for n, (size, act) in heads.items()}
    discriminator = keras.Model(x, {"logit": layers.Dense(1)(flat), **outputs})
    with pytest.raises(ValueError, match=message):
        game(discriminator=discriminator)


def test_labels_are_refused_in_favour_of_those_who_take_them():
    gan = toys.untraced("InfoGAN")
    with pytest.raises(ValueError, match="Leave out `y`: .*ACGAN"):
        gan.fit(toys.pictures(10), toys.labels(10), verbose=0)


def test_a_generator_of_other_codes_is_refused():
    generator = toys.network([(3,), (5,)], toys.IMAGE_SHAPE, activation="tanh")
    with pytest.raises(ValueError, match=r"codes of shape \(12,\)"):
        game(generator=generator)


def test_optimizers_are_the_authors():
    gan = toys.build("InfoGAN")
    gan.compile()
    rates = [float(o.learning_rate) for o in gan.optimizer.optimizers]
    assert rates == pytest.approx([2e-4, 1e-3])
    assert {o.beta_1 for o in gan.optimizer.optimizers} == {0.5}


def test_latents_are_uniform_on_minus_one_to_one():
    z = ops.convert_to_numpy(toys.build("InfoGAN").prior((10_000,), seed=1))
    assert -1 <= z.min() < -0.99 and 0.99 < z.max() <= 1


def test_networks_for_28_pixels_are_the_papers():
    gan = ganzoo.InfoGAN((28, 28, 1))
    assert gan.latent_dim == 62

    def kernels(network):
        return {v.shape for v in network.trainable_variables if len(v.shape) > 1}

    assert kernels(gan.generator) == {
        *[(74, 1024), (1024, 7 * 7 * 128)],
        *[(4, 4, 64, 128), (4, 4, 1, 64)],
    }
    assert kernels(gan.discriminator) == {
        *[(4, 4, 1, 64), (4, 4, 64, 128), (7 * 7 * 128, 1024)],
        *[(1024, 1), (1024, 128), (128, 10), (128, 2)],
    }
    leaks = [
        layer.negative_slope
        for layer in gan.discriminator.layers
        if isinstance(layer, layers.LeakyReLU)
    ]
    assert leaks == [ganzoo.networks.info_gan.LEAK] * 4


@pytest.mark.parametrize("size", [28, 32, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_networks_reach_every_size(size, channels):
    shape, codes = (size, size, channels), {"categorical": (4, 3), "continuous": 1}
    generator = ganzoo.networks.info_gan_generator(shape, **codes, filters=2)
    assert generator.input_shape == [(None, 62), (None, 8)]
    assert generator.output_shape == (None, *shape)
    discriminator = ganzoo.networks.info_gan_discriminator(
        shape, **codes, fixed_std=False, filters=2
    )
    sizes = {"logit": 1, "categorical": 7, "continuous": 1, "log_std": 1}
    outputs = discriminator.output
    assert {name: outputs[name].shape[1] for name in outputs} == sizes


def test_default_networks_and_hyperparameters_are_saved(tmp_path):
    options = {"info_weight": 2.0, "continuous_weight": 0.5, "fixed_std": False}
    gan = ganzoo.InfoGAN((28, 28, 1), (3, 2), 1, **options)
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    assert (again.categorical, again.continuous) == ((3, 2), 1)
    assert {name: getattr(again, name) for name in options} == options
    codes = {"categorical": [2, 1], "continuous": 0.5}
    one, other = (m.generate(3, seed=1, codes=codes) for m in (gan, again))
    np.testing.assert_array_equal(one, other)
