"""StyleGAN3: its game, averages that follow D's updates, the blur, and moved images."""

import math

import keras
import numpy as np
import pytest
import toys
from keras import ops

import ganzoo
from ganzoo import evaluation
from ganzoo import networks
from ganzoo.layers import MagnitudeNormalization

PIXELS = np.random.default_rng(0).integers(0, 256, (12, 8, 8, 1)).astype("uint8")


def numpy(x):
    return ops.convert_to_numpy(x)


def small(**options):
    """A game of real networks of 8 pixels."""
    keras.utils.set_random_seed(1)
    shape, widths = (8, 8, 1), {"filters": 4}
    generator = networks.stylegan3_generator(shape, 3, 4, layers=3, **widths)
    discriminator = networks.stylegan2_discriminator(
        shape, architecture="orig", group_size=2, **widths
    )
    return ganzoo.StyleGAN3(
        generator=generator, discriminator=discriminator, seed=2, **options
    )


def averages(gan):
    """The mean style, and all magnitudes."""
    layers = gan.synthesis.layers
    magnitudes = [x for x in layers if isinstance(x, MagnitudeNormalization)]
    assert len(magnitudes) == 4
    return [gan.mapping.get_layer("truncated").mean, *(x.magnitude for x in magnitudes)]


def test_undecided_players_have_the_losses_of_gan():
    gan = toys.build("StyleGAN3")
    toys.undecided(gan.discriminator)
    x = ops.convert_to_tensor(toys.pictures(12) / 127.5 - 1, "float32")
    wanted = pytest.approx(2 * math.log(2), rel=1e-6)
    assert toys.value(gan.penalized_loss(x)) == wanted == gan.undecided_loss
    assert toys.value(gan.generator_loss(x)) == pytest.approx(math.log(2), rel=1e-6)


def test_only_the_discriminators_optimizer_is_corrected_for_lazy_updates():
    assert [(lazy.player, lazy.interval) for lazy in small().lazy_losses()] == [
        ("discriminator", 16)
    ]
    configs = [
        ganzoo.StyleGAN3.default_optimizer(player).get_config()
        for player in ("generator", "discriminator")
    ]
    rates = [config["learning_rate"] for config in configs]
    assert rates == pytest.approx([0.0025, 0.002 * 16 / 17])
    betas = [config["beta_2"] for config in configs]
    assert betas == pytest.approx([0.99, 0.99 ** (16 / 17)])


def test_averages_follow_the_samples_of_the_discriminators_updates_alone():
    gan = small()
    gan.compile(run_eagerly=toys.TRACES)
    assert gan.mapping.get_layer("truncated").decay == 0.998
    x = ops.convert_to_tensor(PIXELS[:6] / 127.5 - 1, "float32")
    for player, follows in (("generator", False), ("discriminator", True)):
        before = toys.copy_of(averages(gan))
        loss, variables, optimizer = (
            getattr(gan, f"{player}_{name}")
            for name in ("loss", "variables", "optimizer")
        )
        gan.minimize(loss, x, variables, optimizer)
        for a, b in zip(before, toys.copy_of(averages(gan))):
            assert (a != b).any() == follows


def test_it_resumes_to_the_bit_and_trains_every_weight(tmp_path):
    def game():
        gan = small(r1_interval=2, blur=2.0, blur_images=24, style_mixing=0.5)
        averaged = ganzoo.AveragedWeights(half_life=50)
        gan.compile(averages=averaged, run_eagerly=toys.TRACES)
        return gan

    straight, stopped = game(), game()
    before = toys.copy_of(straight.trainable_variables)
    for _ in range(3):
        straight.train_on_batch(PIXELS)
    for a, b, v in zip(
        before,
        toys.copy_of(straight.trainable_variables),
        straight.trainable_variables,
        strict=True,
    ):
        assert (a != b).any(), v.path
    stopped.train_on_batch(PIXELS)
    stopped.save(tmp_path / "gan.keras")
    stopped = keras.saving.load_model(tmp_path / "gan.keras")
    for _ in range(2):
        stopped.train_on_batch(PIXELS)
    assert toys.same(*(toys.copy_of(gan.weights) for gan in (straight, stopped)))
    images = [gan.generate(2, seed=0, truncation=0.7) for gan in (straight, stopped)]
    np.testing.assert_array_equal(*images)


def test_it_trains_in_half_precision():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        gan = small()
        gan.compile(run_eagerly=toys.TRACES)
        history = gan.fit(PIXELS, batch_size=6, verbose=0).history
    finally:
        keras.config.set_dtype_policy("float32")
    assert np.isfinite(list(history.values())).all()


# === The blur ===


def test_the_blur_of_the_authors_code_fades_over_the_images_seen():
    gan = small(blur=1.5, blur_images=100)
    gan.compile(run_eagerly=toys.TRACES)
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 1)).astype("float32")
    for seen in (0, 40, 100, 200):
        gan._counters.images_seen.assign(seen)
        sigma = 1.5 * max(1 - seen / 100, 0)
        k = np.arange(-int(3 * sigma), int(3 * sigma) + 1)
        taps = 2.0 ** -((k / max(sigma, 1e-9)) ** 2)
        taps, wanted = taps / taps.sum(), x
        for axis in (1, 2):
            wanted = np.apply_along_axis(np.convolve, axis, wanted, taps, "full")
            wanted = np.take(wanted, np.arange(8) + len(k) // 2, axis)
        received = numpy(gan.see(ops.convert_to_tensor(x)))
        np.testing.assert_allclose(received, wanted, atol=1e-5)
    gan._counters.images_seen.assign(0)
    with gan.inference():
        np.testing.assert_array_equal(numpy(gan.see(ops.convert_to_tensor(x))), x)


# === Images that move ===


def test_moved_images_are_those_of_moved_waves_and_come_back():
    gan = small()
    images = gan.generate(2, seed=0, as_float=True)
    with gan.moved(1, -2):
        moved = gan.generate(2, seed=0, as_float=True)
    np.testing.assert_array_equal(gan.generate(2, seed=0, as_float=True), images)
    # Noise of 8 pixels is hardly held by their frequencies, so that they move about so.
    inside = moved[:, :-2, 1:], images[:, 2:, :-1]
    other = moved, images
    assert np.abs(np.subtract(*inside)).mean() < np.abs(np.subtract(*other)).mean() / 2


@pytest.mark.parametrize(
    "pixels", [(float("nan"), 0), (0, np.inf), (None, 1), ("a", 1)]
)
def test_moves_by_no_number_of_pixels_are_refused(pixels):
    with pytest.raises(ValueError, match="finite numbers of pixels. Received: right="):
        with small().moved(*pixels):
            pass


def test_styles_without_noise_are_a_space_too():
    gan = small()
    w = gan.map(gan.latents(2, seed=0))
    given = gan.find_conditions(2, truncation=0.5)
    found = gan.decode(w, given, space="w", as_float=True)
    wanted = gan.generate(2, seed=0, truncation=0.5, as_float=True)
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_eq_t_is_scored_of_it_alone():
    gan, x = small(), PIXELS[:8]
    gan.compile(run_eagerly=toys.TRACES)
    scorer = evaluation.Scorer(toys.Features(), scores=["eq_t"], count=6)
    record = scorer.record(gan, x)
    assert np.isfinite(record["eq_t"]) and not record["left_out"]
    assert scorer.record(gan, x)["eq_t"] == record["eq_t"]
    assert "eq_t" not in evaluation.evaluate(x, x, features=toys.Features())
    with pytest.raises(ValueError, match="`eq_t` needs a generator whose images can"):
        scorer.record(toys.build("GAN"), toys.pictures(8))
    with pytest.raises(ValueError, match="`eq_t` needs a generator whose images can"):
        evaluation.evaluate(x, x, features=toys.Features(), scores=["eq_t"])


# === What is refused ===


@pytest.mark.parametrize(
    "options, message",
    [
        ({"r1_interval": 0}, "`r1_interval` must be an int of at least 1"),
        ({"blur": -1.0}, "`blur` must be a positive number"),
        ({"blur_images": 0}, "`blur_images` must be an int"),
        ({"path_length_weight": 2.0}, "no argument `path_length_weight`"),
    ],
)
def test_options_out_of_their_range_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        toys.build("StyleGAN3", **options)


def test_generators_without_waves_are_refused_and_noise_is_not_known():
    other = networks.stylegan_generator((4, 4, 1), 3, 4, filters=2, mapping_layers=1)
    with pytest.raises(ValueError, match="must begin with Fourier features"):
        toys.build("StyleGAN3", generator=other)
    with pytest.raises(ValueError, match="takes no `noise`"):
        toys.build("StyleGAN3").generate(1, noise="const")


def test_batches_that_are_no_multiple_of_a_group_are_refused():
    gan = small()
    gan.compile(run_eagerly=toys.TRACES)
    with pytest.raises(ValueError, match="a multiple of 2. Received: a batch of 3"):
        gan.fit(PIXELS, batch_size=3, verbose=0)
