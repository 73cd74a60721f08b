"""Averaged weights of the generator: what is drawn from, saved and stated."""

import keras
import numpy as np
import pytest
import toys

from ganzoo import data
from ganzoo import evaluation
from ganzoo.evaluation import model_source

# Who draws in a way of their own: from latents, for labels, of images, and both ways.
every_kind = pytest.mark.parametrize("variant", ["GAN", "CGAN", "Pix2Pix", "BiGAN"])
MOMENTUM = 0.75


def averaging(variant, **compiled):
    """A tiny game whose generator's weights are averaged."""
    gan = toys.build(variant)
    gan.compile(
        keras.optimizers.Adam(1e-2, beta_1=0.5),
        keras.optimizers.Adam(1e-2, beta_1=0.5, use_ema=True, ema_momentum=MOMENTUM),
        **compiled,
    )
    return gan


def untraced(variant):
    """The same, run as it is written: to trace it takes longer than a few steps."""
    return averaging(variant, run_eagerly=toys.TRACES)


def drawn(gan, arrays):
    """Images by the model's own door, and latents where it has them."""
    if hasattr(gan, "translate"):
        return [gan.translate(arrays[0], seed=0, batch_size=4)]
    pictures = [gan.generate(8, seed=0)]
    if hasattr(gan, "encode"):
        pictures += [gan.encode(arrays[0]), gan.reconstruct(arrays[0])]
    return pictures


def momentum(steps):
    """After so many steps it halves what is a twentieth of them old, at most."""
    return min(MOMENTUM, 0.5 ** (20 / steps)) if steps else 0.0


def by_hand(gan, arrays, steps=6):
    """The averages by their definition, `a ← m a + (1 − m) θ`, and the weights."""
    average = toys.copy_of(gan.generator_variables)
    for step in range(steps):
        # One step at a time.
        gan.fit(*arrays, batch_size=len(arrays[0]), shuffle=False, verbose=0)
        weights, m = toys.copy_of(gan.generator_variables), momentum(step)
        average = [m * a + (1 - m) * w for a, w in zip(average, weights)]
    return average, weights


@every_kind
def test_pictures_are_those_of_the_averages_and_training_is_left_alone(variant):
    gan, arrays = untraced(variant), toys.data(variant)
    average, last = by_hand(gan, arrays)
    pictures = drawn(gan, arrays)
    assert toys.same(toys.copy_of(gan.generator_variables), last)
    with gan.averaged():
        for variable, value in zip(gan.generator_variables, average):
            np.testing.assert_allclose(variable, value, rtol=1e-5, atol=1e-6)
    plain = toys.compiled(variant)
    plain.generator.set_weights(gan.generator.get_weights())
    if variant == "BiGAN":
        plain.encoder.set_weights(gan.encoder.get_weights())
    of_the_last = drawn(plain, arrays)
    for variable, value in zip(plain.generator_variables, average):
        variable.assign(value)
    for a, b, c in zip(pictures, drawn(plain, arrays), of_the_last):
        np.testing.assert_allclose(a, b.astype("float32"), atol=1 + 1e-4)
        assert not np.allclose(a, c.astype("float32"), atol=1e-3)


def test_averages_are_saved_with_the_model_and_go_on(tmp_path):
    # Of two networks; those of the others are saved alike.
    gan, arrays = untraced("BiGAN"), toys.data("BiGAN")
    gan.fit(*arrays, batch_size=8, verbose=0)
    gan.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for _ in range(2):
        assert toys.same(drawn(gan, arrays), drawn(loaded, arrays))
        gan.fit(*arrays, batch_size=8, verbose=0)
        loaded.fit(*arrays, batch_size=8, verbose=0)


def test_the_weights_of_training_come_back_after_an_error():
    gan = untraced("GAN")
    gan.fit(*toys.data("GAN"), batch_size=8, verbose=0)
    before = toys.copy_of(gan.generator_variables)
    with pytest.raises(KeyError), gan.averaged():
        assert not toys.same(toys.copy_of(gan.generator_variables), before)
        raise KeyError
    assert toys.same(toys.copy_of(gan.generator_variables), before)


def test_layers_frozen_since_keep_their_own_weights():
    gan, (x,) = untraced("GAN"), toys.data("GAN")
    average, last = by_hand(gan, (x,))
    variables = list(gan.generator_variables)
    gan.generator.layers[1].trainable = gan.generator.layers[2].trainable = False
    with gan.averaged():
        for variable, value in zip(variables, average):
            np.testing.assert_allclose(variable, value, rtol=1e-5, atol=1e-6)
    assert toys.same(toys.copy_of(variables), last)


def test_before_the_first_step_the_weights_are_their_own_average():
    gan, plain = averaging("GAN"), toys.compiled("GAN")
    assert toys.same([gan.generate(4, seed=0)], [plain.generate(4, seed=0)])
    assert gan.averages and not plain.averages
    assert not toys.build("GAN").averages


def test_the_averages_of_half_precision_are_full():
    if keras.backend.backend() == "torch":
        pytest.skip("PyTorch has no half-precision kernels of these on every CPU")
    keras.config.set_dtype_policy("mixed_float16")
    try:
        gan = untraced("GAN")
        gan.fit(*toys.data("GAN"), batch_size=8, epochs=2, verbose=0)
        assert isinstance(gan.generator_optimizer, keras.optimizers.LossScaleOptimizer)
        assert gan.averages
        last = toys.copy_of(gan.generator_variables)
        with gan.averaged():
            averages = toys.copy_of(gan.generator_variables)
    finally:
        keras.config.set_dtype_policy("float32")
    assert {a.dtype.name for a in averages} == {"float32"}
    assert not toys.same(averages, last)
    np.testing.assert_allclose(averages[0], last[0], atol=0.1)


def test_a_score_is_of_the_averages_and_says_so():
    gan, (x,) = untraced("GAN"), toys.data("GAN")
    gan.fit(x, batch_size=4, epochs=3, verbose=0)
    scorer = evaluation.Scorer(toys.Features(), ["fid"])
    record = scorer.record(gan, x)
    assert record["protocol"]["samples"]["ema"] is True
    with gan.averaged():
        averages = gan.generator.get_weights()
    plain = toys.compiled("GAN")
    plain.generator.set_weights(averages)
    of_the_averages = scorer.record(plain, x)
    assert of_the_averages["protocol"]["samples"]["ema"] is False
    assert record["fd"] == of_the_averages["fd"]
    with pytest.raises(ValueError, match="samples.ema"):
        evaluation.check_comparable([record["protocol"], of_the_averages["protocol"]])


def test_an_encoder_is_scored_by_its_averages(monkeypatch):
    seen = []
    monkeypatch.setattr(
        model_source.neighbours,
        "one_nearest_neighbour_accuracy",
        lambda train, *others: seen.append(train) or 0.0,
    )
    gan, (x,) = untraced("BiGAN"), toys.data("BiGAN")
    gan.fit(x, batch_size=4, verbose=0)
    pictures = data.Pictures(x, toys.labels())
    model_source.encoder_scores(gan, toys.compiled("BiGAN"), pictures, pictures)
    floats = x / np.float32(127.5) - 1
    before_last = keras.Model(gan.encoder.input, gan.encoder.layers[-1].input)
    networks = gan.encoder, before_last
    with gan.averaged():
        for found, network in zip(seen, networks):
            wanted = network.predict(floats, verbose=0)
            np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)
    for found, network in zip(seen, networks):
        assert not np.allclose(found, network.predict(floats, verbose=0), atol=1e-3)


# === Weights that are set from outside ===


def after_an_epoch(variant="GAN"):
    """A game whose averages are not its weights, and its data."""
    gan, arrays = untraced(variant), toys.data(variant)
    gan.fit(*arrays, batch_size=4, verbose=0)
    with gan.averaged():
        averages = toys.copy_of(gan.generator_variables)
    assert not toys.same(averages, toys.copy_of(gan.generator_variables))
    return gan, arrays


def set_network(gan, tmp_path):
    gan.generator.set_weights([0.5 * w for w in gan.generator.get_weights()])


def negate(gan, tmp_path):
    for kernel in gan.generator_variables:
        kernel.assign(-kernel)


def set_layers(gan, tmp_path):
    for layer in gan.generator.layers:
        layer.set_weights([2 * w for w in layer.get_weights()])


def assign_one(gan, tmp_path):
    kernel = gan.generator_variables[0]
    kernel.assign(np.roll(np.array(kernel), 1, axis=0))


def load_network(gan, tmp_path):
    other = toys.build("GAN")
    other.generator.save_weights(tmp_path / "generator.weights.h5")
    gan.generator.load_weights(tmp_path / "generator.weights.h5")


def load_game_without_averages(gan, tmp_path):
    toys.build("GAN").save_weights(tmp_path / "game.weights.h5")
    gan.load_weights(tmp_path / "game.weights.h5")


@pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")
@pytest.mark.parametrize(
    "set_from_outside",
    [
        set_network,
        negate,
        set_layers,
        assign_one,
        load_network,
        load_game_without_averages,
    ],
)
def test_pictures_and_exports_follow_weights_that_were_set(set_from_outside, tmp_path):
    gan, _ = after_an_epoch()
    set_from_outside(gan, tmp_path)
    plain = toys.compiled("GAN")
    plain.set_weights(gan.get_weights())
    assert toys.same([gan.generate(8, seed=0)], [plain.generate(8, seed=0)])
    with gan.averaged():
        assert toys.same(gan.get_weights(), plain.get_weights())


def test_an_encoder_that_was_set_draws_no_old_latents():
    gan, (x,) = after_an_epoch("BiGAN")
    gan.encoder.set_weights([0 * w for w in gan.encoder.get_weights()])
    assert not gan.encode(x).any()


def test_early_stopping_restores_what_is_drawn():
    gan, (x,) = untraced("GAN"), toys.data("GAN")
    scores = iter([1.0, 3.0, 2.0])
    best = []

    def score(epoch, logs):
        logs["val_fd"] = next(scores)
        best.append(gan.generator.get_weights())

    gan.fit(
        x,
        batch_size=8,
        epochs=3,
        verbose=0,
        callbacks=[
            keras.callbacks.LambdaCallback(on_epoch_end=score),
            keras.callbacks.EarlyStopping(
                "val_fd", mode="min", patience=2, restore_best_weights=True
            ),
        ],
    )
    assert toys.same(gan.generator.get_weights(), best[0])
    with gan.averaged():
        assert toys.same(gan.generator.get_weights(), best[0])


def check_begun_anew(gan, weights_set, steps):
    """Check that averages are of weights that were set, and of one step since."""
    weights, m = toys.copy_of(gan.generator_variables), momentum(steps)
    with gan.averaged():
        averages = toys.copy_of(gan.generator_variables)
    for average, first, last in zip(averages, weights_set, weights):
        wanted = m * first + (1 - m) * last
        np.testing.assert_allclose(average, wanted, rtol=1e-5, atol=1e-6)


def test_a_step_after_weights_were_set_begins_their_averages_anew():
    gan, arrays = after_an_epoch()
    set_network(gan, None)
    weights_set = toys.copy_of(gan.generator_variables)
    gan.fit(*arrays, batch_size=len(arrays[0]), verbose=0)
    check_begun_anew(gan, weights_set, steps=6)


def test_weights_set_by_a_callback_begin_their_averages_anew():
    gan, (x,) = untraced("GAN"), toys.data("GAN")

    def zero(batch, logs):
        if batch == 4:
            gan.generator.set_weights([0 * w for w in gan.generator.get_weights()])

    lambda_callback = keras.callbacks.LambdaCallback(on_train_batch_end=zero)
    gan.fit(x, batch_size=4, verbose=0, callbacks=[lambda_callback])
    zeros = [0 * w for w in toys.copy_of(gan.generator_variables)]
    check_begun_anew(gan, zeros, steps=5)


@pytest.mark.parametrize("file", ["model.keras", "model.weights.h5"])
def test_a_loaded_game_draws_its_averages_until_its_weights_are_set(file, tmp_path):
    gan, _ = after_an_epoch()
    if file.endswith(".keras"):
        gan.save(tmp_path / file)
        loaded = keras.saving.load_model(tmp_path / file)
    else:
        gan.save_weights(tmp_path / file)
        loaded, _ = after_an_epoch()
        set_network(loaded, None)
        loaded.load_weights(tmp_path / file)
    assert toys.same([gan.generate(8, seed=0)], [loaded.generate(8, seed=0)])
    loaded.generator.set_weights([0 * w for w in loaded.generator.get_weights()])
    assert len(np.unique(loaded.generate(8, seed=0))) == 1


def test_averages_of_a_file_that_knows_no_origin_are_drawn(tmp_path, monkeypatch):
    gan, _ = after_an_epoch()
    # As versions before 29 November 2026 wrote them.
    gan._averages.origin.assign(0)
    gan.save(tmp_path / "old.keras")
    loaded = keras.saving.load_model(tmp_path / "old.keras")
    with gan.averaged(), loaded.averaged():
        assert toys.same(gan.get_weights(), loaded.get_weights())
    assert not toys.same(gan.get_weights(), toys.build("GAN").get_weights())
