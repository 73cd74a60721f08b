"""StyleGAN2: losses by hand, derivatives of the authors' code, styles and noise."""

import math

import keras
import numpy as np
import pytest
import toy_stylegan2 as theirs
import toys
from keras import ops

import ganzoo
from ganzoo import networks

X, Y = toys.pictures(12), toys.labels(12)
of_both = pytest.mark.parametrize("variant", ["StyleGAN2", "ConditionalStyleGAN2"])


def numpy(x):
    return ops.convert_to_numpy(x)


def tensors(variant):
    batch = [ops.convert_to_tensor(X / 127.5 - 1, "float32"), ops.convert_to_tensor(Y)]
    return tuple(batch) if "Conditional" in variant else batch[0]


def small(kernels=1, attention=None, **options):
    """A game of real networks of 8 pixels, without labels."""
    keras.utils.set_random_seed(1)
    shape = (8, 8, 1)
    widths = {"filters": 4, "channel_base": 4096, "attention": attention}
    generator = networks.stylegan2_generator(
        shape, 3, 4, mapping_layers=2, kernels=kernels, **widths
    )
    discriminator = networks.stylegan2_discriminator(shape, group_size=2, **widths)
    return ganzoo.StyleGAN2(
        generator=generator, discriminator=discriminator, seed=2, **options
    )


PIXELS = np.random.default_rng(0).integers(0, 256, (12, 8, 8, 1)).astype("uint8")


# === Losses ===


@of_both
def test_undecided_players_have_the_losses_of_gan(variant):
    gan = toys.build(variant)
    toys.undecided(gan.discriminator)
    batch = tensors(variant)
    wanted = pytest.approx(2 * math.log(2), rel=1e-6)
    assert toys.value(gan.discriminator_loss(batch)) == wanted == gan.undecided_loss
    assert toys.value(gan.generator_loss(batch)) == pytest.approx(math.log(2), rel=1e-6)


def test_losses_are_those_of_softplus_of_the_logits(monkeypatch):
    gan = toys.build("StyleGAN2")
    logits = iter(np.float32([[[2.0], [-1.0]], [[0.5], [3.0]], [[0.5], [3.0]]]))
    monkeypatch.setattr(gan, "D", lambda x: ops.convert_to_tensor(next(logits)))
    real, fake = np.float32([2, -1]), np.float32([0.5, 3])
    wanted = toys.softplus(-real).mean() + toys.softplus(fake).mean()
    x = tensors("StyleGAN2")
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(wanted, rel=1e-6)
    wanted = toys.softplus(-fake).mean()
    assert toys.value(gan.generator_loss(x)) == pytest.approx(wanted, rel=1e-6)


# === Wrong labels ===


def test_undecided_players_lose_as_much_by_wrong_labels():
    gan = toys.build("ConditionalStyleGAN2", matching_aware=True)
    toys.undecided(gan.discriminator)
    batch = tensors("ConditionalStyleGAN2")
    wanted = pytest.approx(4 * math.log(2), rel=1e-6)
    assert toys.value(gan.discriminator_loss(batch)) == wanted == gan.undecided_loss
    assert toys.value(gan.generator_loss(batch)) == pytest.approx(math.log(2), rel=1e-6)


def test_data_and_samples_with_a_wrong_label_count_as_samples(monkeypatch):
    gan = toys.build("ConditionalStyleGAN2", matching_aware=True)
    (x, c), seen = tensors("ConditionalStyleGAN2"), []

    def judge(inputs):
        seen.append([numpy(part) for part in inputs])
        return ops.full((12, 1), [0.5, -1.0, 2.0, 3.0][len(seen) - 1])

    monkeypatch.setattr(gan, "D", judge)
    loss = toys.value(gan.discriminator_loss((x, c)))
    (right, c), (wrong, c_hat), (fake, d), (same, d_hat) = seen
    # Of data, of it with a wrong label, of samples, and of them with a wrong label.
    wanted = sum(toys.softplus(t) for t in (-0.5, -1.0, 2.0, 3.0))
    assert loss == pytest.approx(wanted, rel=1e-6)
    np.testing.assert_array_equal(wrong, right)
    np.testing.assert_array_equal(same, fake)
    np.testing.assert_array_equal(c, Y)
    assert (c_hat != c).all() and (d_hat != d).all()


def test_wrong_labels_are_all_but_the_right_one():
    gan = toys.build("ConditionalStyleGAN2", matching_aware=True)
    labels = np.arange(5000, dtype="int32") % toys.NUM_CLASSES
    drawn = numpy(gan.wrong_labels(ops.convert_to_tensor(labels)))
    counts = np.zeros((toys.NUM_CLASSES, toys.NUM_CLASSES), int)
    np.add.at(counts, (labels, drawn), 1)
    assert not np.diagonal(counts).any()
    others = counts[~np.eye(toys.NUM_CLASSES, dtype=bool)]
    np.testing.assert_allclose(others, 250, atol=60)
    again = toys.build("ConditionalStyleGAN2", matching_aware=True)
    drawn_again = again.wrong_labels(ops.convert_to_tensor(labels))
    np.testing.assert_array_equal(numpy(drawn_again), drawn)


def test_it_is_told_how_well_labels_are_compared():
    gan = toys.untraced("ConditionalStyleGAN2", matching_aware=True)
    logs = gan.train_on_batch(X, Y, return_dict=True)
    assert 0 < logs["right_pairs"] < 1 and 0 < logs["wrong_pairs"] < 1
    again = type(gan).from_config(gan.get_config())
    assert again.matching_aware and again.note_names == gan.note_names
    with pytest.raises(ValueError, match="`matching_aware` must be True or False"):
        toys.build("ConditionalStyleGAN2", matching_aware="yes")


# === Derivatives, as in the authors' code ===


def reference_game():
    return ganzoo.ConditionalStyleGAN2(
        num_classes=theirs.CLASSES,
        generator=theirs.generator(),
        discriminator=theirs.discriminator(),
        r1_weight=1.0,
        seed=0,
    )


def moved(gan, player, loss, variable):
    """The gradient of a loss in a variable of a player."""
    gan.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(1.0))
    before = toys.copy_of([variable])[0]
    variables = getattr(gan, f"{player}_variables")
    optimizer = getattr(gan, f"{player}_optimizer")
    gan.minimize(lambda _: loss(), None, variables, optimizer, partial=True)
    return before - toys.copy_of([variable])[0]


def close(received, wanted):
    np.testing.assert_allclose(received, wanted, rtol=1e-4, atol=1e-4)


def test_r1_and_its_gradient_are_those_of_the_authors_code():
    gan = reference_game()
    x, y = theirs.images("x"), theirs.labels()
    batch = ops.convert_to_tensor(x), ops.convert_to_tensor(y)
    slopes = gan.gradient(lambda x: ops.sum(gan.D((x, batch[1]))), [batch[0]])[0]
    squares = (numpy(slopes) ** 2).sum((1, 2, 3))
    close(squares, theirs.reference()["r1_squared_slopes"])
    kernel = gan.discriminator.get_layer("block0_conv0").kernel
    gradient = moved(gan, "discriminator", lambda: gan.r1_penalty(batch), kernel)
    wanted = theirs.reference()["r1_half_mean_gradient_D.b16.conv0.weight"]
    close(gradient, wanted.transpose(2, 3, 1, 0))


def test_path_lengths_and_their_gradient_are_those_of_the_authors_code():
    gan = reference_game()
    z, y = theirs.reference()["z"][:2], theirs.labels()[:2]
    noise = ops.convert_to_tensor(theirs.noise(constant=False)[:2])
    images = ops.convert_to_tensor(theirs.images("path_y"))

    def lengths():
        labels = [ops.convert_to_tensor(y)]
        styles = gan.styles_of(ops.convert_to_tensor(z), labels, training=False)
        return gan.lengths_of(styles, noise, images)

    close(numpy(lengths()), theirs.reference()["path_lengths"])
    kernel = gan.mapping.get_layer("dense0").kernel
    gradient = moved(gan, "generator", lambda: ops.mean((lengths() - 0.1) ** 2), kernel)
    name = "path_gradient_(l-0.1)^2_mean_G.mapping.fc0.weight"
    wanted = theirs.reference()[name].T
    close(gradient, wanted)
    assert abs(wanted).max() > 1e-3


# === Path length ===


def test_the_penalty_is_of_the_distance_to_an_average_that_moves_with_it(monkeypatch):
    gan = small(path_length_weight=2.0)
    gan.mean_path_length.assign(0.5)
    lengths = np.float32([1.0, 2.0, 4.0])
    monkeypatch.setattr(gan, "path_lengths", lambda x: ops.convert_to_tensor(lengths))
    a = 0.5 + 0.01 * (lengths.mean() - 0.5)
    received = toys.value(gan.weighted_path_length(ops.zeros((6, 8, 8, 1))))
    assert received == pytest.approx(2 * ((lengths - a) ** 2).mean(), rel=1e-5)
    assert toys.value(gan.mean_path_length) == pytest.approx(a, rel=1e-6)


def test_the_average_has_a_gradient_in_the_penalty(monkeypatch):
    """d/dl_i = (2 / B) [(l_i − a) − 0.01 (mean l − a)]."""
    gan = small(path_length_weight=1.0)
    monkeypatch.setattr(gan, "path_lengths", lambda lengths: lengths)
    lengths = np.float32([1.0, 2.0, 4.0, 7.0])
    gradient = gan.input_gradient(
        lambda lengths: gan.path_length_penalty(ops.repeat(lengths, 2)), lengths
    )
    # Only the first half of the batch counts: 1, 1, 2 and 2.
    half = np.repeat(lengths, 2)[:4]
    a = 0.01 * half.mean()
    of_each = (2 / 4) * ((half - a) - 0.01 * (half.mean() - a))
    wanted = [*of_each.reshape(2, 2).sum(1), 0, 0]
    np.testing.assert_allclose(numpy(gradient), wanted, rtol=1e-4)


def test_the_length_of_an_image_that_is_linear_in_its_styles():
    """E[l²] = Σ_l ‖A_l‖² / (L n), of x = Σ_l A_l w_l with n pixels and L layers."""
    gan = small()
    rng = np.random.default_rng(0)
    count = gan.style_count
    a = rng.normal(size=(count, 4, 8, 8, 1)).astype("float32")

    def synthesize(styles, noise):
        return ops.einsum("blw,lwhvc->bhvc", styles, ops.convert_to_tensor(a))

    gan.synthesize = synthesize
    x = ops.zeros((4000, 8, 8, 1))
    square = (numpy(gan.path_lengths(x)) ** 2).mean()
    assert square == pytest.approx((a**2).sum() / (count * 64), rel=0.02)


def test_path_lengths_train_the_mapping():
    gan = small(path_length_weight=1.0)
    kernel = gan.mapping.get_layer("dense0").kernel
    x = ops.zeros((8, 8, 8, 1))
    gradient = moved(gan, "generator", lambda: gan.weighted_path_length(x), kernel)
    assert abs(gradient).max() > 0


# === Lazy updates ===


def test_penalties_are_lazy_at_the_intervals_of_the_authors_code():
    gan = small(path_length_weight=2.0)
    found = [(lazy.player, lazy.interval) for lazy in gan.lazy_losses()]
    assert found == [("discriminator", 16), ("generator", 4)]
    gan = small(path_length_weight=2.0, r1_interval=2, path_length_interval=3)
    gan.compile(run_eagerly=toys.TRACES)
    gan.fit(PIXELS, batch_size=2, verbose=0)
    optimizers = gan.discriminator_optimizer, gan.generator_optimizer
    steps = [int(numpy(optimizer.iterations)) for optimizer in optimizers]
    assert steps == [6 + 3, 6 + 2]


def test_optimizers_are_corrected_as_in_the_authors_code():
    found = [
        ganzoo.StyleGAN2.default_optimizer(player).get_config()
        for player in ("discriminator", "generator")
    ]
    rates = [config["learning_rate"] for config in found]
    assert rates == pytest.approx([0.0023529, 0.0020], rel=1e-4)
    betas = [config["beta_2"] for config in found]
    assert betas == pytest.approx([0.990585, 0.99199], rel=1e-5)
    assert [config["beta_1"] for config in found] == [0, 0]


@pytest.mark.parametrize("stop", [1, 3])
def test_it_resumes_to_the_bit_with_all_its_state(tmp_path, stop):
    def game():
        gan = small(
            path_length_weight=2.0, r1_interval=3, path_length_interval=2,
            style_mixing=0.5,
        )  # fmt: skip
        averages = ganzoo.AveragedWeights(half_life=50)
        gan.compile(averages=averages, run_eagerly=toys.TRACES)
        return gan

    straight, stopped = game(), game()
    for _ in range(5):
        straight.train_on_batch(PIXELS)
    for _ in range(stop):
        stopped.train_on_batch(PIXELS)
    stopped.save(tmp_path / "gan.keras")
    stopped = keras.saving.load_model(tmp_path / "gan.keras")
    for _ in range(5 - stop):
        stopped.train_on_batch(PIXELS)
    assert toys.same(*(toys.copy_of(gan.weights) for gan in (straight, stopped)))
    assert toys.value(straight.mean_path_length) > 0
    images = [gan.generate(2, seed=0) for gan in (straight, stopped)]
    np.testing.assert_array_equal(*images)


def test_every_weight_is_trained():
    gan = small(path_length_weight=2.0, kernels=2, attention=4)
    gan.compile(run_eagerly=toys.TRACES)
    before = toys.copy_of(gan.trainable_variables)
    for _ in range(2):
        gan.train_on_batch(PIXELS)
    after = toys.copy_of(gan.trainable_variables)
    still = [
        v.path
        for v, a, b in zip(gan.trainable_variables, before, after)
        if np.array_equal(a, b)
    ]
    assert not still


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_it_trains_in_half_precision(policy):
    keras.config.set_dtype_policy(policy)
    try:
        options = {"path_length_weight": 2.0, "style_mixing": 0.9}
        gan = small(kernels=2, attention=4, **options)
        gan.compile(run_eagerly=toys.TRACES)
        history = gan.fit(PIXELS, batch_size=6, verbose=0).history
    finally:
        keras.config.set_dtype_policy("float32")
    assert np.isfinite(list(history.values())).all()
    assert all(np.isfinite(weight).all() for weight in gan.get_weights())


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TensorFlow writes its format"
)
def test_a_file_of_its_generator_takes_truncation_and_noise(tmp_path):
    import tensorflow as tf

    gan = small()
    gan.export(tmp_path / "generator", verbose=False)
    loaded = tf.saved_model.load(str(tmp_path / "generator"))
    inputs = [gan.latents(3, seed=0), *gan.find_conditions(3, truncation=0.5)]
    images = loaded.serve([tf.constant(array) for array in inputs])
    wanted = gan.generate(3, seed=0, truncation=0.5, as_float=True)
    np.testing.assert_allclose(numpy(images), wanted, atol=1e-5)


# === Styles ===


def test_styles_of_a_batch_are_mixed_from_one_layer_on(monkeypatch):
    gan = small(style_mixing=1.0)
    given = []

    def styles_of(z, labels, training):
        given.append(training)
        return ops.full((3, gan.style_count, 4), float(len(given)))

    monkeypatch.setattr(gan, "styles_of", styles_of)
    found = set()
    for _ in range(20):
        given.clear()
        styles = numpy(gan.sample_styles(ops.zeros((3, 8, 8, 1)), []))
        rows = {tuple(row[:, 0]) for row in styles}
        assert len(rows) == 1
        found |= rows
        # The mean style does not follow the second ones.
        assert given == [True, False]
    assert found == {(1, 2, 2, 2), (1, 1, 2, 2), (1, 1, 1, 2)}


def test_styles_are_mixed_in_a_share_of_the_batches_and_in_training_alone(monkeypatch):
    gan = small(style_mixing=0.25)
    x = ops.zeros((2, 8, 8, 1))
    draws = [int(numpy(gan._draw_crossover())) for _ in range(400)]
    assert np.mean(np.array(draws) < gan.style_count) == pytest.approx(0.25, abs=0.07)
    with gan.inference():
        monkeypatch.setattr(gan, "_draw_crossover", None)
        gan.sample_styles(x, [])


def test_the_mean_style_follows_all_samples_of_training():
    gan = small()
    gan.compile(run_eagerly=toys.TRACES)
    mean = gan.mapping.get_layer("truncated").mean
    gan.evaluate(PIXELS, batch_size=6, verbose=0)
    gan.generate(3)
    assert not numpy(mean).any()
    gan.train_on_batch(PIXELS)
    assert numpy(mean).all()


# === Samples ===


def test_truncation_draws_styles_to_their_mean():
    gan = small()
    gan.mapping.get_layer("truncated").mean.assign(np.float32([1, -1, 2, 0.5]))
    images = gan.generate(4, seed=0, truncation=0.0, as_float=True)
    np.testing.assert_allclose(images, images[:1].repeat(4, 0), atol=1e-5)
    untruncated = gan.generate(4, seed=0, as_float=True)
    assert (untruncated[0] != untruncated[1]).any()
    same = gan.generate(4, seed=0, truncation=1.0, as_float=True)
    np.testing.assert_array_equal(same, untruncated)
    half = gan.generate(4, seed=0, truncation=0.5, as_float=True)
    of_layers = gan.generate(4, seed=0, truncation=[0.5] * 4, as_float=True)
    np.testing.assert_array_equal(half, of_layers)
    coarse = gan.generate(4, seed=0, truncation=[0.5, 0.5, 1, 1], as_float=True)
    assert (coarse != half).any() and (coarse != untruncated).any()


def test_noise_is_constant_drawn_or_none():
    gan = small()
    for layer in gan.synthesis.layers:
        if hasattr(layer, "strength"):
            layer.strength.assign(0.5)
    images = {
        noise: gan.generate(3, seed=0, noise=noise, as_float=True)
        for noise in (None, "const", "random", "none")
    }
    np.testing.assert_array_equal(images[None], images["const"])
    again = gan.generate(5, seed=0, noise="random", as_float=True)[:3]
    np.testing.assert_allclose(images["random"], again, atol=1e-6)
    assert (images["const"] != images["none"]).any()
    assert (images["random"] != images["const"]).any()
    zeros = np.zeros(gan.noise_size)
    given = gan.generate(3, seed=0, noise=zeros, as_float=True)
    np.testing.assert_array_equal(given, images["none"])
    # Of one style only the drawn noise differs.
    alone = gan.generate(2, seed=0, truncation=0.0, noise="random", as_float=True)
    assert (alone[0] != alone[1]).any()


def test_averaged_weights_have_the_mean_style_of_training():
    gan = small()
    gan.compile(averages=ganzoo.AveragedWeights(half_life=100), run_eagerly=toys.TRACES)
    gan.fit(PIXELS, batch_size=4, verbose=0)
    mean, kernel = gan.mapping.get_layer("truncated").mean, gan.mapping.weights[0]
    before = toys.copy_of([mean, kernel])
    with gan.averaged():
        averaged = toys.copy_of([mean, kernel])
    np.testing.assert_array_equal(averaged[0], before[0])
    assert (averaged[1] != before[1]).any()


# === Styles of latents, the space W ===


def in_training(gan):
    """A game whose mean style is no longer 0, and whose layers have noise."""
    gan.mapping.get_layer("truncated").mean.assign(np.float32([1, -1, 2, 0.5]) / 4)
    for layer in gan.synthesis.layers:
        if hasattr(layer, "strength"):
            layer.strength.assign(0.5)
    return gan


@of_both
def test_images_of_styles_are_those_of_their_latents(variant):
    gan = in_training(toys.build(variant))
    given = {"labels": Y[:3]} if "Conditional" in variant else {}
    z = gan.latents(3, seed=0)
    w = gan.map(z, **given)
    assert w.shape == (3, 4) and w.dtype == "float32"
    wanted = gan.generate(3, seed=0, as_float=True, **given)
    np.testing.assert_allclose(gan.decode(w, space="w", as_float=True), wanted, 1e-5)
    options = {"truncation": 0.5, "noise": "none"}
    wanted = gan.generate(3, seed=0, as_float=True, **options, **given)
    found = gan.find_conditions(3, **options)
    received = gan.decode(w, found, space="w", as_float=True)
    np.testing.assert_allclose(received, wanted, atol=1e-5)


@of_both
def test_a_search_of_styles_begins_at_those_of_latents(variant):
    gan = in_training(toys.build(variant))
    given = {"labels": Y[:3]} if "Conditional" in variant else {}
    options = {"steps": 0, "starts": 5, "verbose": 0, "return_errors": True, **given}
    z, errors = gan.project(X[:3], **options)
    w, again = gan.project(X[:3], space="w", **options)
    np.testing.assert_allclose(w, gan.map(z, **given), atol=1e-6)
    np.testing.assert_allclose(again, errors, rtol=1e-5)
    start = np.ones((3, 4), "float32")
    options = {"space": "w", "start": start, "steps": 0, "verbose": 0, **given}
    np.testing.assert_array_equal(gan.project(X[:3], **options), start)
    drawn = gan.reconstruct(X[:3], **options)
    np.testing.assert_array_equal(drawn, gan.decode(start, space="w"))


def test_a_search_of_styles_finds_own_samples_and_stays_near_the_mean():
    gan = in_training(small())
    for layer in gan.synthesis.layers:
        if layer.name.endswith("to_image"):
            # So that images are all within the range of pixels.
            layer.kernel.assign(layer.kernel * 0.1)
    x = gan.generate(2, seed=0)
    options = {"space": "w", "starts": 1, "steps": 35, "verbose": 0}
    options |= {"learning_rate": 0.2}
    before = gan.project(x, **{**options, "steps": 0}, return_errors=True)[1]
    w, errors = gan.project(x, prior_weight=0.0, return_errors=True, **options)
    assert (errors < before / 20).all()
    mean = numpy(gan.mapping.get_layer("truncated").mean)
    assert abs(w - mean).max() > 0.1
    options |= {"start": np.stack([mean, mean]) + 0.1, "learning_rate": 0.01}
    near = gan.project(x, prior_weight=1e3, **options)
    np.testing.assert_allclose(near, np.stack([mean, mean]), atol=0.03)


def test_a_model_is_saved_the_same_after_its_styles_were_drawn(tmp_path):
    gan = small()
    w = gan.map(gan.latents(2, seed=0))
    images = gan.decode(w, space="w")
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    assert toys.same(*(toys.copy_of(model.weights) for model in (gan, again)))
    np.testing.assert_array_equal(again.decode(w, space="w"), images)


# === What is refused ===


def test_spaces_that_a_model_does_not_have_are_refused():
    gan, z = toys.build("GAN"), np.zeros((2, 3))
    for ask in (lambda: gan.decode(z, space="w"), lambda: gan.project(X, space="w")):
        with pytest.raises(ValueError, match="`space` must be 'z' for GAN.*space='w'"):
            ask()
    with pytest.raises(ValueError, match=r"`z` must be styles of shape \(n, 4\)"):
        small().decode(z, space="w")
    with pytest.raises(ValueError, match="`space` must be 'z' or 'w'"):
        small().decode(z, space=["w"])


@pytest.mark.parametrize("truncation", [-0.1, 1.5, "half", [0.5, 2, 0.5, 0.5], []])
def test_a_truncation_out_of_its_range_is_refused(truncation):
    with pytest.raises(
        ValueError, match="`truncation` must be from 0.*Received: trunc"
    ):
        small().generate(2, truncation=truncation)


def test_truncation_and_noise_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="`truncation` must be a condition for each"):
        small().generate(2, truncation=[0.5, 0.5])
    with pytest.raises(ValueError, match="`noise` must be a condition for each"):
        small().generate(2, noise=np.zeros(3))
    for noise in "white", ["a"], [None], True:
        with pytest.raises(ValueError, match="`noise` must be one of"):
            small().generate(2, noise=noise)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"r1_interval": 0}, "`r1_interval` must be an int of at least 1"),
        ({"path_length_interval": 2.5}, "`path_length_interval` must be an int"),
        ({"path_length_weight": 0}, "`path_length_weight` must be a positive number"),
        ({"style_mixing": 1.5}, "`style_mixing` must be a share"),
        ({"style_mixing": "often"}, "`style_mixing` must be a share"),
        ({"style_mixing": True}, "`style_mixing` must be a share"),
    ],
)
def test_options_out_of_their_range_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        small(**options)


def test_averages_without_images_are_refused():
    with pytest.raises(ValueError, match="`half_life` must be a positive number"):
        ganzoo.AveragedWeights(half_life=0)


def test_other_generators_are_refused():
    with pytest.raises(ValueError, match="must have two models, 'mapping'"):
        toys.build("StyleGAN2", generator=toys.networks("GAN")["generator"])
    generator = toys.networks("StyleGAN2")["generator"]
    with pytest.raises(ValueError, match="integer labels"):
        toys.build("ConditionalStyleGAN2", generator=generator)
    with pytest.raises(ValueError, match="`num_classes` must be an int"):
        ganzoo.ConditionalStyleGAN2((28, 28, 1))


def test_batches_that_are_no_multiple_of_a_group_are_refused():
    gan = small()
    gan.compile(run_eagerly=toys.TRACES)
    assert gan.group_size == 2
    with pytest.raises(ValueError, match="a multiple of 2. Received: a batch of 3"):
        gan.fit(PIXELS, batch_size=3, verbose=0)
    with pytest.raises(ValueError, match="a multiple of 2. Received: a batch of 5"):
        gan.train_on_batch(PIXELS[:5])
    # The last batch of an epoch is cut: 4, 4 and 2 of 11.
    gan.fit(PIXELS[:11], batch_size=4, verbose=0)
    assert int(numpy(gan.images_seen)) == 10


def test_labels_that_are_missing_are_refused():
    gan = toys.untraced("ConditionalStyleGAN2")
    with pytest.raises(ValueError, match="y"):
        gan.fit(X, verbose=0)
