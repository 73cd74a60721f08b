"""BEGAN: energies in balance, and the weight k that keeps them so."""

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo

PIXEL = (1, 1, 1)
X = toys.pictures(6).astype("float32") / 127.5 - 1


def blind(shape=PIXEL):
    """An autoencoder that reconstructs 0: energies are the mean brightness |x|."""
    x = layers.Input(shape)
    dense = layers.Dense(int(np.prod(shape)), use_bias=False)
    flat = dense(layers.Flatten()(x))
    return toys.undecided(
        keras.Model(x, {"reconstruction": layers.Reshape(shape)(flat)})
    )


def game(sample=0.1, **options):
    """A game whose D reconstructs 0, and whose G is one pixel."""
    return ganzoo.BEGAN(
        generator=toys.constant_generator(np.full(PIXEL, sample, "float32")),
        discriminator=blind(),
        **{"seed": 0, **options},
    )


def dark(*energies):
    """Images of a pixel, which have these energies where D reconstructs 0."""
    return -np.float32(energies).reshape(-1, *PIXEL)


def standing_still(gan, x, **options):
    """The history of `fit` of players that do not move, an image twice in a batch."""
    gan.compile(*(keras.optimizers.SGD(0.0) for _ in range(2)))
    x = np.repeat(x, 2, axis=0)
    return gan.fit(x, shuffle=False, verbose=0, batch_size=2, **options).history


def k_of(gan):
    return float(ops.convert_to_numpy(gan.k))


def test_losses_are_means_of_absolute_values():
    gan = ganzoo.BEGAN(
        generator=toys.constant_generator(X[0]), discriminator=blind(X[0].shape), seed=0
    )
    x, of_data, of_samples = ops.convert_to_tensor(X), abs(X).mean(), abs(X[0]).mean()
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(of_data, rel=1e-5)
    gan.k.assign(0.3)
    wanted = of_data - 0.3 * of_samples
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(wanted, rel=1e-5)
    assert toys.value(gan.generator_loss(x)) == pytest.approx(of_samples, rel=1e-5)
    np.testing.assert_allclose(gan.energy(X), abs(X).mean((1, 2, 3)), rtol=1e-5)
    assert (gan.reconstruct(X) == 128).all()


def test_of_both_halves_of_an_energy_the_generator_learns():
    """Where D reconstructs 0 the derivative in an image is sign(x) / n."""
    gan = ganzoo.BEGAN(
        generator=toys.constant_generator(X[0]), discriminator=blind(X[0].shape), seed=0
    )
    _, bias = toys.gradient_of(gan, "generator", X)
    np.testing.assert_allclose(bias, np.sign(X[0].ravel()) / 16, rtol=1e-5)


@pytest.mark.parametrize(("sample", "k", "m"), [(0.1, 1e-4, 0.5), (0.3, 0.0, 0.5)])
def test_k_follows_the_balance_and_stays_at_0_where_it_would_fall_below(sample, k, m):
    gan = game(sample)
    assert k_of(gan) == 0
    history = standing_still(gan, dark(0.4))
    assert k_of(gan) == pytest.approx(k, rel=1e-5)
    assert history["convergence"] == pytest.approx([m], rel=1e-5)
    assert history["real_energy"] == pytest.approx([0.4])
    assert history["fake_energy"] == pytest.approx([sample])
    # That of the step's losses, before its update.
    assert history["k"] == [0.0]


def test_k_over_three_steps_is_that_by_hand():
    values, sample = [0.9, 0.1, 0.7], 0.2
    for rate, diversity in ((0.5, 0.5), (4.0, 1.0), (4.0, 0.25)):
        gan, k, seen = game(sample, k_rate=rate, diversity=diversity), 0.0, []
        history = standing_still(gan, dark(*values))
        for value in values:
            seen.append(k)
            k = np.clip(k + rate * (diversity * value - sample), 0, 1)
        assert k_of(gan) == pytest.approx(k, abs=1e-6)
        assert history["k"] == pytest.approx([np.mean(seen)], abs=1e-6)
        wanted = [x + abs(diversity * x - sample) for x in values]
        assert history["convergence"] == pytest.approx([np.mean(wanted)], rel=1e-5)


def test_k_is_that_of_the_last_of_several_updates_of_the_discriminator():
    gan = game(0.1, discriminator_steps=2, k_rate=0.5)
    gan.compile(*(keras.optimizers.SGD(0.0) for _ in range(2)))
    gan.fit(dark(0.9, 0.4), batch_size=2, shuffle=False, verbose=0)
    assert k_of(gan) == pytest.approx(0.5 * (0.5 * 0.4 - 0.1), rel=1e-5)


def test_evaluation_leaves_k_alone():
    gan = game(k_rate=0.5)
    standing_still(gan, dark(0.9), validation_data=dark(0.4))
    k = k_of(gan)
    found = gan.evaluate(dark(0.4), verbose=0, return_dict=True)
    assert k_of(gan) == k == found["k"]
    assert found["convergence"] == pytest.approx(0.5, rel=1e-5)


def test_k_is_saved_and_goes_on_to_the_bit(tmp_path):
    straight, stopped = (toys.untraced("BEGAN") for _ in range(2))
    for gan in (straight, stopped):
        gan.k.assign(0.5)
    quiet = {"batch_size": 8, "verbose": 0}
    straight.fit(toys.pictures(), epochs=3, **quiet)
    stopped.fit(toys.pictures(), epochs=2, **quiet)
    stopped.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    assert k_of(again) == k_of(stopped) != 0.5
    again.fit(toys.pictures(), epochs=3, initial_epoch=2, **quiet)
    assert k_of(again) == k_of(straight)
    assert toys.same(toys.copy_of(straight.weights), toys.copy_of(again.weights))
    assert "k" not in again.get_config()


@pytest.mark.parametrize(
    "options, message",
    [
        ({"diversity": 0.0}, "`diversity` must be a positive"),
        ({"diversity": 1.5}, "`diversity` must be 1 at most"),
        ({"k_rate": 0}, "`k_rate` must be a positive"),
        ({"label_smoothing": 0.1}, "BEGAN has no `label_smoothing`"),
        ({"packing": 2}, "BEGAN has no `packing`"),
        ({"r1_weight": 1.0}, "BEGAN has no `r1_weight`"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        game(**options)


def test_discriminators_of_logits_or_of_batches_are_refused():
    generator = game().generator
    logits = toys.linear_discriminator(np.ones(PIXEL, "float32"))
    with pytest.raises(ValueError, match="one called 'reconstruction'"):
        ganzoo.BEGAN(generator=generator, discriminator=logits)
    x = layers.Input(PIXEL)
    y = layers.BatchNormalization()(layers.Dense(1)(x))
    with pytest.raises(ValueError, match="batch normalisation"):
        ganzoo.BEGAN(
            generator=generator, discriminator=keras.Model(x, {"reconstruction": y})
        )


def test_latents_are_uniform_on_minus_one_to_one():
    z = ops.convert_to_numpy(game().prior((10_000,), seed=1))
    assert -1 <= z.min() < -0.99 and 0.99 < z.max() <= 1


def test_default_networks_and_hyperparameters_are_saved(tmp_path):
    gan = ganzoo.BEGAN((28, 28, 1), diversity=0.7, k_rate=0.01)
    assert gan.latent_dim == 64 and gan.undecided_loss is None
    gan.k.assign(0.25)
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    assert (again.diversity, again.k_rate, k_of(again)) == (0.7, 0.01, 0.25)
    assert again.reconstruct(np.zeros((2, 28, 28, 1), "uint8")).shape == (2, 28, 28, 1)
    assert float(
        ganzoo.BEGAN.new_optimizer("generator").learning_rate
    ) == pytest.approx(1e-4)
