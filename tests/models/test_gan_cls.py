"""GAN-CLS and GAN-INT: losses and the text stage by hand, and what texts are drawn."""

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo import networks

WORDS = ganzoo.data.Vocabulary(["dark", "bright"])
# φ of "bright", the first word by the alphabet, is 1, and that of "dark" is -1.
BRIGHT, DARK = [1], [2]
X = toys.IMAGE_SHAPE


def sign_encoder(scale=1.0):
    """φ(t) = scale for "bright", and -scale for "dark"."""
    tokens = layers.Input((1,), dtype="int32")
    embedding = layers.Embedding(3, 1)
    model = keras.Model(tokens, layers.Flatten()(embedding(tokens)))
    embedding.set_weights([np.array([[0.0], [scale], [-scale]], "float32")])
    return model


def mean_encoder(scale=1.0):
    """θ(x) = scale times the mean of the pixels."""
    x = layers.Input(X)
    dense = layers.Dense(1, use_bias=False)
    model = keras.Model(x, dense(layers.GlobalAveragePooling2D()(x)))
    dense.set_weights([np.array([[scale]], "float32")])
    return model


def mean_times_text(scale=1.0):
    """D(x, φ) = scale · mean(x) · φ."""
    x, phi = layers.Input(X), layers.Input((1,))
    mean = layers.GlobalAveragePooling2D()(x)
    dense = layers.Dense(1, use_bias=False)
    model = keras.Model([x, phi], dense(layers.Multiply()([mean, phi])))
    dense.set_weights([np.array([[scale]], "float32")])
    return model


def game(discriminator=None, picture=0.0, **options):
    """A game of one number for a text, whose generator returns a grey image."""
    networks = {
        "generator": toys.constant_generator(
            np.full(X, picture, "float32"), (toys.Z, (1,))
        ),
        "discriminator": discriminator or mean_times_text(),
        "text_encoder": sign_encoder(),
        "image_encoder": mean_encoder(),
    }
    return ganzoo.GANCLS(vocabulary=WORDS, **{**networks, **options}, seed=0)


def batch(tokens=(BRIGHT, DARK)):
    """Images of 1 for "bright" and of -1 for "dark"."""
    tokens = np.array(tokens, "int32")
    signs = np.where(tokens == BRIGHT, 1.0, -1.0).astype("float32")
    x = np.broadcast_to(signs[..., None, None], (len(tokens), *X)).copy()
    return ops.convert_to_tensor(x), ops.convert_to_tensor(tokens)


def bright(count=2):
    """As many images of 1 that are all bright."""
    return batch([BRIGHT] * count)


# === The game ===


def test_logits_of_1_minus_1_and_0_cost_what_algorithm_1_says():
    gan = game()
    by_hand = toys.softplus(-1) + (toys.softplus(-1) + toys.softplus(0)) / 2
    found = toys.value(gan.discriminator_loss(batch()))
    assert found == pytest.approx(by_hand, abs=1e-5) == pytest.approx(0.816466)
    gan = game(interpolation_weight=0)
    loss = toys.value(gan.generator_loss(batch()))
    assert loss == pytest.approx(0.693147, abs=1e-5)


def test_gradients_at_0_are_a_half_and_two_quarters():
    # D = w · mean(x) · φ at w = 0. Right pairs have mean(x) · φ = 1, wrong ones -1, and
    # samples of 0 say nothing: -½ · 1 + ¼ · (-1).
    (gradient,) = toys.gradient_of(game(mean_times_text(0.0)), "discriminator", batch())
    np.testing.assert_allclose(gradient, [[-1 / 2 - 1 / 4]], atol=1e-6)
    # Samples of 1 for bright texts alone, which have no wrong pairs: -½ + ¼.
    gan = game(mean_times_text(0.0), picture=1.0)
    (gradient,) = toys.gradient_of(gan, "discriminator", bright())
    np.testing.assert_allclose(gradient, [[-1 / 2 + 1 / 4]], atol=1e-6)


@pytest.mark.parametrize("weight", [0.0, 0.5, 0.75])
def test_wrong_pairs_and_samples_share_the_weight_of_right_ones(weight):
    gan = game(mismatch_weight=weight)
    found = toys.value(gan.discriminator_loss(batch()))
    wrong, fake = toys.softplus(-1), toys.softplus(0)
    by_hand = toys.softplus(-1) + weight * wrong + (1 - weight) * fake
    assert found == pytest.approx(by_hand, abs=1e-5)
    toys.undecided(gan.discriminator)
    found = toys.value(gan.discriminator_loss(batch()))
    assert found == pytest.approx(gan.undecided_loss, abs=1e-5)


def test_interpolation_costs_what_the_text_between_costs():
    # Samples of 1: D = φ. For bright and dark it is 1 and -1, and 0 between them.
    gan = game(picture=1.0, interpolation_weight=0.5)
    found = toys.value(gan.generator_loss(batch()))
    cls = (toys.softplus(-1) + toys.softplus(1)) / 2
    assert found == pytest.approx(cls + 0.5 * toys.softplus(0), abs=1e-5)


def test_interpolation_between_equal_texts_is_the_loss_itself():
    gan = game(picture=1.0)
    found = toys.value(gan.generator_loss(bright()))
    assert found == pytest.approx(2 * toys.softplus(-1), abs=1e-5)


def test_interpolation_of_weight_0_draws_nothing():
    with_, without = game(), game(interpolation_weight=0)
    for gan in (with_, without):
        gan.generator_loss(batch())
    counters = [toys.copy_of([g.seed_generator.state])[0] for g in (with_, without)]
    assert counters[0][1] > counters[1][1]


def test_the_discriminator_trains_on_no_text_between(monkeypatch):
    gan = game()
    seen, play = [], gan.play
    monkeypatch.setattr(gan, "play", lambda *a: seen.append(a) or play(*a))

    def texts_judged(loss):
        seen.clear()
        loss(batch())
        judged = (i[1] for network, i in seen if network is gan.discriminator)
        return {float(t) for phi in judged for t in ops.convert_to_numpy(phi).ravel()}

    assert texts_judged(gan.discriminator_loss) == {1.0, -1.0}
    assert texts_judged(gan.generator_loss) == {1.0, -1.0, 0.0}


def test_a_discriminator_that_ignores_texts_is_least_at_log_2():
    # sp(-D) + ½ sp(D), of data.
    losses = [toys.softplus(-d) + toys.softplus(d) / 2 for d in np.log(2) + [-1, 0, 1]]
    assert min(losses) == losses[1]


def test_a_batch_of_one_is_refused_in_the_game_and_in_the_stage():
    gan = toys.compiled("GANCLS")
    for stage in ("game", "text"):
        with pytest.raises(ValueError, match="`batch_size` must be at least 2"):
            gan.fit(*toys.data("GANCLS"), batch_size=1, stage=stage, verbose=0)


# === The text stage ===


def test_untrained_encoders_have_a_loss_of_2():
    gan = game(text_encoder=sign_encoder(0.0))
    assert toys.value(gan.text_loss(batch())) == pytest.approx(2.0)


def test_the_text_loss_is_the_symmetric_hinge_by_hand():
    # Scores are mean(x) · φ / 4: ¼ for right pairs and -¼ for the others.
    gan = game(text_encoder=sign_encoder(0.25))
    assert toys.value(gan.text_loss(batch())) == pytest.approx(2 * (1 - 0.5))
    # From a margin of 1 on nothing is left.
    gan = game(text_encoder=sign_encoder(0.5))
    assert toys.value(gan.text_loss(batch())) == pytest.approx(0.0)


def test_images_of_the_same_text_are_not_told_apart():
    gan = game(text_encoder=sign_encoder(0.25))
    twice = batch([BRIGHT, DARK, BRIGHT])
    assert toys.value(gan.text_loss(twice)) == pytest.approx(1.0)
    assert toys.value(gan.text_loss(bright())) == 0.0


def test_the_stage_trains_both_encoders_and_the_game_neither():
    gan = toys.build("GANCLS")
    optimizers = {"stage_optimizers": {"text": "sgd"}, "run_eagerly": toys.TRACES}
    gan.compile("sgd", "sgd", **optimizers)
    x, y = toys.data("GANCLS")
    encoders = {"text_encoder", "image_encoder"}
    for stage, trained in (("text", encoders), ("game", set(gan.players) - encoders)):
        before = {n: toys.copy_of(m.variables) for n, m in gan.players.items()}
        history = gan.fit(x, y, batch_size=12, stage=stage, verbose=0).history
        assert (list(history) == ["text_loss"]) == (stage == "text")
        for name, network in gan.players.items():
            same = toys.same(before[name], toys.copy_of(network.variables))
            assert same == (name not in trained), (stage, name)


def test_a_frozen_network_is_in_inference_mode_in_the_game():
    tokens = layers.Input((1,), dtype="int32")
    x = layers.Flatten()(layers.Embedding(3, 1)(tokens))
    gan = game(text_encoder=keras.Model(tokens, layers.Dropout(0.5, seed=1)(x)))
    wanted = ops.convert_to_numpy(gan.text_encoder(batch()[1], training=False))
    found = ops.convert_to_numpy(gan.phi(batch()[1]))
    np.testing.assert_array_equal(found, wanted)


def test_a_game_without_trained_texts_is_warned_of():
    gan = toys.build("GANCLS")
    gan.compile(run_eagerly=toys.TRACES)
    with pytest.warns(UserWarning, match="stage='text'"):
        gan.fit(*toys.data("GANCLS"), batch_size=12, verbose=0)


# === Texts of a user ===


def test_one_text_is_for_all_images_and_several_for_one_each(tmp_path):
    gan = toys.compiled("GANCLS")
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    assert again.vocabulary.words == gan.vocabulary.words
    assert again.vocabulary.length == gan.vocabulary.length
    for model in (gan, again):
        of_one = model.generate(3, texts="A red heart!", seed=1)
        of_each = model.generate(3, texts=["a star", "a red heart", "a star"], seed=1)
        np.testing.assert_array_equal(of_one[1], of_each[1])
        assert (of_one[0] != of_each[0]).any()
    np.testing.assert_array_equal(of_one, gan.generate(3, texts="a red heart", seed=1))


def test_texts_that_are_not_asked_for_are_those_of_data():
    gan = toys.untraced("GANCLS")
    x, y = toys.data("GANCLS")
    phi = gan.conditions(len(y), gan.vocabulary.decode(y))[0]
    gan.fit(x, y, batch_size=12, verbose=0)
    # As many as are remembered, of which the last are those of data.
    for _ in range(1024 // len(y)):
        gan.before_step((x, y))
    (drawn,) = gan.find_conditions(9, seed=3)
    assert all((np.abs(phi - row) < 1e-6).all(axis=1).any() for row in drawn)


@pytest.mark.parametrize(
    "texts, message",
    [
        ("two harts", r"Left out.*'harts'.* Did you mean 'heart'"),
        ("a red heart a star", "at most 3 words here. Cut off: 'a star' of"),
        (["a star"], "one for each of the 2 images. Received: 1 texts"),
        (["a star", 3], "must be a sequence of strings"),
        (3, "must be a sequence of strings"),
    ],
)
def test_texts_that_cannot_be_meant_are_told(texts, message):
    gan = toys.build("GANCLS")
    with pytest.raises((ValueError, UserWarning), match=message):
        gan.generate(2, texts=texts)


def test_a_text_of_no_known_word_names_the_nearest():
    gan = toys.build("GANCLS")
    with pytest.raises(ValueError, match="Did you mean 'heart'.*'green hart'"):
        gan.generate(2, texts="green hart")


def test_strings_are_trained_on_as_their_tokens():
    x, tokens = toys.data("GANCLS")
    losses = []
    for texts in (tokens, list(toys.TEXTS) * 6):
        gan = toys.untraced("GANCLS")
        held_out = (x, texts)
        fitted = gan.fit(x, texts, batch_size=12, validation_data=held_out, verbose=0)
        losses.append(fitted.history)
    assert losses[0] == losses[1]
    pictures = ganzoo.data.Pictures(x, captions=toys.texts())
    assert gan.evaluate(pictures, verbose=0) != 0


def test_texts_that_are_all_alike_are_refused():
    gan, (x, y) = toys.compiled("GANCLS"), toys.data("GANCLS")
    with pytest.raises(ValueError, match="two different texts or more"):
        gan.fit(x, np.repeat(y[:1], len(y), axis=0), verbose=0)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"vocabulary": None}, "Pass `vocabulary=ganzoo.data.Vocabulary"),
        ({"vocabulary": ["a star"]}, "Pass `vocabulary=ganzoo.data.Vocabulary"),
        ({"mismatch_weight": 1.0}, "`mismatch_weight` must be a number from 0"),
        ({"mismatch_weight": -0.1}, "`mismatch_weight` must be a number from 0"),
        ({"interpolation_weight": -1}, "`interpolation_weight` must be a number"),
        (
            {"vocabulary": ganzoo.data.Vocabulary(["a b c d e f g h"], 3)},
            "must know all 9 tokens.* of 7 tokens",
        ),
        (
            {"vocabulary": ganzoo.data.Vocabulary(toys.TEXTS, 5)},
            "`text_encoder` must take tokens of shape",
        ),
        (
            {"image_encoder": toys.network([X], (3,))},
            "`image_encoder` must return encodings",
        ),
        (
            {"generator": toys.network([toys.Z, (3,)], X, activation="tanh")},
            "`generator` must take latents .* and encoded texts",
        ),
    ],
)
def test_arguments_that_do_not_fit_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        toys.build("GANCLS", **options)


def test_the_weight_of_wrong_pairs_is_saved_where_it_is_another():
    assert "mismatch_weight" not in toys.build("GANCLS").get_config()
    config = toys.build("GANCLS", mismatch_weight=0.0).get_config()
    assert ganzoo.GANCLS.from_config(config).mismatch_weight == 0.0
    assert toys.build("IcGAN", mismatch_weight=0.25).mismatch_weight == 0.25


# === Networks ===


@pytest.mark.parametrize("image_shape", [(28, 28, 1), (32, 32, 3)])
def test_networks_take_images_and_texts(image_shape):
    keras.utils.set_random_seed(0)
    sizes = {"text_dim": 6, "filters": 2}
    gan = ganzoo.GANCLS(
        image_shape,
        WORDS,
        generator=networks.gan_cls_generator(image_shape, **sizes),
        discriminator=networks.gan_cls_discriminator(image_shape, **sizes),
        text_encoder=networks.gan_cls_text_encoder(len(WORDS), 6),
        image_encoder=networks.gan_cls_image_encoder(image_shape, **sizes),
    )
    assert gan.image_shape == image_shape and gan.text_dim == 6
    assert gan.latent_dim == 100
    x = np.zeros((2, *image_shape), "float32")
    logits = gan.discriminator([x, np.zeros((2, 6), "float32")])
    assert tuple(logits.shape) == (2, 1)
    # Both players have 128 numbers of their own of a text.
    of_text = [n.get_layer("text") for n in (gan.generator, gan.discriminator)]
    units = [layer._outbound_nodes[0].operation.units for layer in of_text]
    assert units == [128, 128]


def test_the_end_of_a_text_says_nothing():
    """A text has the encoding of its words, whatever the length of the longest."""
    keras.utils.set_random_seed(0)
    encoder = networks.gan_cls_text_encoder(5, 6)
    short = ops.convert_to_numpy(encoder(np.array([[3, 1]])))
    long = ops.convert_to_numpy(encoder(np.array([[3, 1, 0, 0]])))
    np.testing.assert_allclose(short, long, atol=1e-6)
    other = ops.convert_to_numpy(encoder(np.array([[1, 3]])))
    assert np.abs(other - short).max() > 1e-3


@pytest.mark.parametrize("normalization", ["layer", "spectral", None])
def test_a_discriminator_without_batch_normalisation_may_be_penalised(normalization):
    discriminator = networks.gan_cls_discriminator(
        (16, 16, 1), 4, 2, normalization, minibatch_kernels=2
    )
    kinds = {type(layer).__name__ for layer in discriminator.layers}
    assert "BatchNormalization" not in kinds and "MinibatchDiscrimination" in kinds
    assert ("SpectralDense" in kinds) == (normalization == "spectral")
