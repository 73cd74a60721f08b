"""WGAN: Algorithm 1 of Arjovsky et al., by hand."""

import keras
import numpy as np
import pytest
import toys
from keras import ops

import ganzoo

RNG = np.random.default_rng(3)
X = RNG.uniform(-1, 1, (6, *toys.IMAGE_SHAPE)).astype("float32")
W = RNG.normal(size=toys.IMAGE_SHAPE).astype("float32")
C = RNG.uniform(-1, 1, toys.IMAGE_SHAPE).astype("float32")


def linear_game(**options):
    return ganzoo.WGAN(
        generator=toys.constant_generator(C),
        discriminator=toys.linear_discriminator(W, bias=0.5),
        seed=0,
        **options,
    )


def largest_weight(gan):
    return max(np.abs(w).max() for w in toys.copy_of(gan.discriminator_variables))


def test_losses_are_those_of_algorithm_1():
    gan, x = linear_game(), ops.convert_to_tensor(X)
    real, fake = (X * W).sum((1, 2, 3)).mean() + 0.5, (C * W).sum() + 0.5
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(fake - real, rel=1e-4)
    assert toys.value(gan.generator_loss(x)) == pytest.approx(-fake, rel=1e-5)


def test_gradients_are_those_by_hand():
    gradient, bias = toys.gradient_of(linear_game(), "discriminator", X)
    np.testing.assert_allclose(gradient.ravel(), (C - X.mean(0)).ravel(), atol=1e-6)
    assert bias == pytest.approx(0, abs=1e-6)
    _, gradient = toys.gradient_of(linear_game(), "generator", X)
    np.testing.assert_allclose(gradient, -W.ravel(), rtol=1e-5)


@pytest.mark.parametrize("run_eagerly", [True, False])
def test_every_weight_is_in_the_box_after_each_step(run_eagerly):
    gan = toys.build("WGAN", clip_value=0.02)
    gan.compile(
        keras.optimizers.RMSprop(0.5),
        keras.optimizers.RMSprop(0.5),
        run_eagerly=run_eagerly,
    )
    assert largest_weight(gan) > 0.1
    for _ in range(2):
        gan.train_on_batch(toys.pictures(8))
        # Gains of batch normalisation, which begin at 1, and biases too.
        assert largest_weight(gan) == pytest.approx(0.02, rel=1e-6)
    assert max(np.abs(w).max() for w in gan.generator.get_weights()) > 0.02


def test_a_saved_game_clips_as_before(tmp_path):
    gan = toys.untraced("WGAN", clip_value=0.02)
    gan.train_on_batch(toys.pictures(8))
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert loaded.clip_value == 0.02
    loaded.train_on_batch(toys.pictures(8))
    assert largest_weight(loaded) == pytest.approx(0.02, rel=1e-6)


def test_a_critic_that_is_used_again_is_not_clipped_there():
    critic = toys.linear_discriminator(W)
    generator = toys.constant_generator(C)
    ganzoo.WGAN(generator=generator, discriminator=critic)
    gan = ganzoo.GAN(generator=generator, discriminator=critic)
    toys.gradient_of(gan, "discriminator", X)
    assert largest_weight(gan) > 1


@pytest.mark.parametrize("clip_value", [0, -1, "0.01", float("nan"), None])
def test_a_box_without_an_inside_is_refused(clip_value):
    with pytest.raises(ValueError, match="`clip_value` must be a positive number"):
        linear_game(clip_value=clip_value)


def test_momentum_of_the_critic_is_warned_of():
    gan = toys.build("WGAN")
    gan.compile(keras.optimizers.Adam(1e-4, beta_1=0.5))
    with pytest.warns(UserWarning, match="unstable by momentum"):
        gan.check_trains()


def test_default_optimizer_is_the_authors():
    optimizer = ganzoo.WGAN.default_optimizer()
    assert float(optimizer.learning_rate) == pytest.approx(5e-5)
    assert (optimizer.rho, optimizer.epsilon) == (0.99, 1e-8)
    assert ganzoo.WGAN.default_discriminator_steps == 5
