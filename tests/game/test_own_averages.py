"""Averages that a model keeps itself: by images seen, or after some steps."""

import keras
import numpy as np
import pytest
import toy_variants
import toys
from keras import ops

import ganzoo
from ganzoo.backend import seeds
from ganzoo.game import sampling

X = toys.pictures(12)


def averaging(variant="GAN", **settings):
    gan = toys.build(variant)
    settings = settings or {"half_life": 30.0, "ramp_up": None}
    gan.compile(
        keras.optimizers.Adam(1e-2, beta_1=0.5),
        keras.optimizers.Adam(1e-2, beta_1=0.5),
        averages=ganzoo.AveragedWeights(**settings),
    )
    return gan


def steps(gan, count=6, arrays=(X,)):
    """The weights after each of some steps."""
    for _ in range(count):
        gan.fit(*arrays, batch_size=12, shuffle=False, verbose=0)
        yield toys.copy_of(gan.generator_variables)


def in_place(gan, variables):
    with gan.averaged():
        return toys.copy_of(variables)


@pytest.mark.parametrize(
    "settings, momenta",
    [
        # Half of what is 30 images old: 0.5^(12 / 30).
        ({"half_life": 30.0, "ramp_up": None}, [0.5**0.4] * 6),
        # Never more than half the images seen, 0, 12, 24, 36: and then 15.
        (
            {"half_life": 15.0, "ramp_up": 0.5},
            [0.0, 0.5 ** (12 / 6), 0.5**1.0, *[0.5 ** (12 / 15)] * 3],
        ),
        ({"decay": 0.75, "start": 2}, [0.0, 0.0, *[0.75] * 4]),
    ],
)
def test_averages_are_by_their_definition(settings, momenta):
    gan = averaging(**settings)
    average = toys.copy_of(gan.generator_variables)
    for m, weights in zip(momenta, steps(gan)):
        average = [m * a + (1 - m) * w for a, w in zip(average, weights)]
    for a, b in zip(in_place(gan, gan.generator_variables), average):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    assert toys.same(toys.copy_of(gan.generator_variables), weights)


def test_samples_are_those_of_the_averages_until_weights_are_set():
    gan = averaging()
    *_, weights = steps(gan)
    before = gan.generate(8, seed=0)
    averaged = in_place(gan, gan.generator_variables)
    assert not toys.same(averaged, weights)
    for variable, value in zip(gan.generator_variables, averaged):
        variable.assign(value)
    np.testing.assert_array_equal(gan.generate(8, seed=0), before)


def test_averages_are_saved_and_resume_to_the_bit(tmp_path):
    straight, stopped = averaging(), averaging()
    options = {"batch_size": 12, "verbose": 0}
    straight.fit(X, epochs=4, **options)
    stopped.fit(X, epochs=2, **options)
    stopped.save(tmp_path / "gan.keras")
    stopped = keras.saving.load_model(tmp_path / "gan.keras")
    assert stopped._averages.settings.half_life == 30.0
    stopped.fit(X, epochs=4, initial_epoch=2, **options)
    same = [in_place(gan, gan.generator_variables) for gan in (straight, stopped)]
    assert toys.same(*same)
    np.testing.assert_array_equal(
        straight.generate(8, seed=0), stopped.generate(8, seed=0)
    )


# === Files with other averages, and another `compile` ===


def shows_its_weights(gan):
    """Whether images are those of the weights, and not of averages."""
    z = gan.latents(4, seed=0)
    wanted = ops.convert_to_numpy(gan.generator(z, training=False))
    found = gan.generate(4, seed=0, as_float=True)
    return np.allclose(found, wanted, rtol=1e-4, atol=1e-5)


def test_averages_begin_at_the_weights_of_a_file_without_them(tmp_path, monkeypatch):
    toys.trace_nothing(monkeypatch)
    without, gan = toys.compiled("GAN"), averaging(decay=0.99)
    list(steps(without, 2))
    without.save_weights(tmp_path / "gan.weights.h5")
    gan.load_weights(tmp_path / "gan.weights.h5")
    assert int(gan.steps) == 2 and shows_its_weights(gan)
    first = toys.copy_of(gan.generator_variables)
    (after,) = steps(gan, 1)
    for a, b, c in zip(in_place(gan, gan.generator_variables), first, after):
        np.testing.assert_allclose(a, 0.99 * b + 0.01 * c, rtol=1e-4, atol=1e-5)


def test_averages_begin_at_the_weights_of_compile_and_follow_those_set(monkeypatch):
    toys.trace_nothing(monkeypatch)
    gan = toys.compiled("GAN")
    list(steps(gan, 1))
    for _ in range(2):
        gan.compile(averages=ganzoo.AveragedWeights(decay=0.99))
        assert shows_its_weights(gan)
        gan.generator.set_weights([w / 2 for w in gan.generator.get_weights()])
        assert shows_its_weights(gan)


def test_a_file_without_averages_of_statistics_is_refused(tmp_path):
    averaging(decay=0.9).save_weights(tmp_path / "gan.weights.h5")
    gan = averaging(decay=0.9, batch_statistics="averaged")
    with pytest.raises(ValueError, match=r"Compile with .*batch_statistics='running'"):
        gan.load_weights(tmp_path / "gan.weights.h5")


def test_averages_that_are_not_loaded_are_warned_of(tmp_path):
    averaging().save_weights(tmp_path / "gan.weights.h5")
    with pytest.warns(UserWarning, match="Compile with `averages=.* before loading"):
        toys.compiled("GAN").load_weights(tmp_path / "gan.weights.h5")


# === Batch statistics ===


def statistics(gan):
    return [w for w in gan.generator.non_trainable_weights if "moving" in w.path]


@pytest.mark.parametrize("kind", ["running", "averaged"])
def test_batch_statistics_are_the_running_ones_or_their_averages(kind):
    gan = averaging(decay=0.75, batch_statistics=kind)
    average = toys.copy_of(statistics(gan))
    for _ in steps(gan):
        running = toys.copy_of(statistics(gan))
        average = [0.75 * a + 0.25 * r for a, r in zip(average, running)]
    wanted = running if kind == "running" else average
    for a, b in zip(in_place(gan, statistics(gan)), wanted):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    assert toys.same(toys.copy_of(statistics(gan)), running)


def test_standing_statistics_of_one_batch_are_its_moments(monkeypatch):
    monkeypatch.setattr(sampling, "STANDING", (1, 50))
    gan = averaging(decay=0.75, batch_statistics="standing")
    list(steps(gan))
    before = toys.copy_of(gan.generator.variables)
    with gan.averaged():
        found = toys.copy_of(statistics(gan))
        z = gan.prior((50, toys.LATENT_DIM), seeds.generator(0))
        flat, first, normalize = gan.generator.layers[1:4]
        hidden = ops.convert_to_numpy(first(flat(z)))
    np.testing.assert_allclose(found[0], hidden.mean(0), rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(found[1], hidden.var(0), rtol=1e-3, atol=1e-5)
    assert isinstance(normalize, keras.layers.BatchNormalization)
    assert normalize.momentum == 0.99
    assert toys.same(before, toys.copy_of(gan.generator.variables))


def test_standing_statistics_are_the_mean_of_batches_of_any_class():
    gan = averaging("CGAN", decay=0.75, batch_statistics="standing")
    list(steps(gan, 2, toys.data("CGAN", 12)))
    # Twice the same, from a generator that is the same.
    np.testing.assert_array_equal(gan.generate(8, seed=0), gan.generate(8, seed=0))
    found = in_place(gan, statistics(gan))
    assert not toys.same(found, toys.copy_of(statistics(gan)))


def test_standing_statistics_are_of_conditions_as_the_game_draws_them():
    keras.utils.set_random_seed(0)
    z, codes = keras.Input((toys.LATENT_DIM,)), keras.Input((2,))
    normalize = keras.layers.BatchNormalization()
    features = keras.layers.Concatenate()([z, normalize(codes)])
    image = keras.layers.Reshape(toys.IMAGE_SHAPE)(
        keras.layers.Dense(int(np.prod(toys.IMAGE_SHAPE)), "tanh")(features)
    )
    gan = toy_variants.Coded(
        generator=keras.Model([z, codes], image),
        discriminator=toys.networks("GAN")["discriminator"],
        seed=0,
    )
    settings = {"decay": 0.9, "batch_statistics": "standing"}
    gan.compile(averages=ganzoo.AveragedWeights(**settings), run_eagerly=toys.TRACES)
    list(steps(gan, 1))
    states = [gan.seed_generator.state, gan.evaluation_seed_generator.state]
    before = toys.copy_of(states)
    (variance,) = in_place(gan, [normalize.moving_variance])
    # Of U[-1, 1], 2,048 draws.
    np.testing.assert_allclose(variance, 1 / 3, atol=0.02)
    assert toys.same(before, toys.copy_of(states))


@pytest.mark.parametrize(
    "settings, message",
    [
        ({}, "either a `half_life` in images or a `decay`"),
        ({"half_life": 1.0, "decay": 0.5}, "either a `half_life`"),
        ({"half_life": -1.0}, "`half_life` must be a positive"),
        ({"half_life": 1.0, "ramp_up": 0}, "`ramp_up` must be a positive"),
        ({"decay": 1.0}, r"`decay` must be in \[0, 1\)"),
        ({"half_life": "5"}, "`half_life` must be a positive"),
        ({"decay": "0.9"}, r"`decay` must be in \[0, 1\)"),
        ({"half_life": 5.0, "start": 100}, "`start` is of a `decay`"),
        ({"decay": 0.5, "start": -1}, "`start` must be an int"),
        ({"decay": 0.5, "batch_statistics": "none"}, "`batch_statistics` must be"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        ganzoo.AveragedWeights(**settings)


def test_weights_are_averaged_once():
    gan = toys.build("GAN")
    settings = ganzoo.AveragedWeights(decay=0.5)
    with pytest.raises(ValueError, match="Either the optimizer averages weights"):
        gan.compile(None, keras.optimizers.Adam(use_ema=True), averages=settings)
    with pytest.raises(ValueError, match="must be `ganzoo.AveragedWeights`"):
        gan.compile(averages=0.999)


def test_a_translator_has_no_latents_to_measure_statistics_by():
    gan = toys.build("Pix2Pix")
    settings = ganzoo.AveragedWeights(decay=0.5, batch_statistics="standing")
    with pytest.raises(ValueError, match="has no latents to measure"):
        gan.compile(averages=settings)


def test_a_preset_of_averages_is_written_and_loaded(tmp_path):
    gan = averaging(decay=0.75, start=1)
    list(steps(gan, 2))
    gan.save_preset(tmp_path / "preset")
    again = ganzoo.from_preset(tmp_path / "preset")
    assert again._averages.settings.get_config() == gan._averages.settings.get_config()
    np.testing.assert_array_equal(again.generate(4, seed=0), gan.generate(4, seed=0))
