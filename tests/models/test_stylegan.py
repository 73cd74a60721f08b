"""StyleGAN: its game, defaults of the authors' code, and state that goes on."""

import math

import keras
import numpy as np
import pytest
import toys
from keras import ops

import ganzoo
from ganzoo import networks

PIXELS = np.random.default_rng(0).integers(0, 256, (12, 8, 8, 1)).astype("uint8")


def small(**options):
    """A game of real networks of 8 pixels."""
    keras.utils.set_random_seed(1)
    shape, widths = (8, 8, 1), {"filters": 4}
    generator = networks.stylegan_generator(shape, 3, 4, mapping_layers=2, **widths)
    discriminator = networks.stylegan2_discriminator(
        shape, architecture="orig", group_size=2, **widths
    )
    return ganzoo.StyleGAN(
        generator=generator, discriminator=discriminator, seed=2, **options
    )


def test_undecided_players_have_the_losses_of_gan_and_no_penalty():
    gan = toys.build("StyleGAN")
    toys.undecided(gan.discriminator)
    x = ops.convert_to_tensor(toys.pictures(12) / 127.5 - 1, "float32")
    wanted = pytest.approx(2 * math.log(2), rel=1e-6)
    assert toys.value(gan.penalized_loss(x)) == wanted == gan.undecided_loss
    assert toys.value(gan.generator_loss(x)) == pytest.approx(math.log(2), rel=1e-6)


def test_r1_is_in_each_step_with_the_weight_of_the_authors_code():
    gan = small()
    assert not gan.lazy_losses() and gan.style_mixing == 0.9
    x = ops.convert_to_tensor(PIXELS[:4] / 127.5 - 1, "float32")
    seed = gan.seed_generator.state
    before = np.array(ops.convert_to_numpy(seed))
    whole = toys.value(gan.penalized_loss(x))
    seed.assign(before)
    parts = toys.value(gan.discriminator_loss(x)), toys.value(gan.r1_penalty(x))
    assert whole == pytest.approx(parts[0] + 10 * parts[1], rel=1e-5)


def test_both_players_have_the_optimizer_of_the_authors_code():
    config = ganzoo.StyleGAN.default_optimizer().get_config()
    found = [config[key] for key in ("learning_rate", "beta_1", "beta_2", "epsilon")]
    assert found == pytest.approx([1e-3, 0.0, 0.99, 1e-8])


def test_it_resumes_to_the_bit_and_trains_every_weight(tmp_path):
    def game():
        gan = small(style_mixing=0.5)
        averages = ganzoo.AveragedWeights(half_life=50)
        gan.compile(averages=averages, run_eagerly=toys.TRACES)
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


def test_its_networks_for_a_size_are_those_of_the_authors():
    gan = ganzoo.StyleGAN((8, 8, 1))
    kernel = gan.discriminator.get_layer("block0_conv0").kernel
    assert tuple(kernel.shape) == (3, 3, 512, 512)
    assert gan.style_count == 4 and gan.latent_dim == 512
    mapping = [layer.name for layer in gan.mapping.layers if "dense" in layer.name]
    assert len(mapping) == 8
