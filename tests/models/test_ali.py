"""ALI: what its losses are of a stochastic encoder, and what that gives."""

import math

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo

PIXEL = (1, 1, 1)
IMAGES = toys.pictures(12)
FLOATS = ops.convert_to_tensor(IMAGES / np.float32(127.5) - 1)


def of_one_latent(mu=1.0, log_sigma=0.5, weight=2.0):
    """A game of one pixel and one latent: μ, log σ, and D(x, z) = w z."""
    x = layers.Input(PIXEL)
    encoder = keras.Model(x, layers.Dense(2)(layers.Flatten()(x)))
    encoder.set_weights([np.zeros((1, 2)), np.array([mu, log_sigma])])
    x, z = layers.Input(PIXEL), layers.Input((1,))
    logit = layers.Dense(1, use_bias=False)(layers.Concatenate()([z, x[:, 0, 0]]))
    discriminator = keras.Model([x, z], logit)
    discriminator.set_weights([np.array([[weight], [0.0]])])
    return ganzoo.ALI(
        generator=toys.constant_generator(np.zeros(PIXEL, "float32"), [(1,)]),
        discriminator=discriminator,
        encoder=encoder,
        seed=0,
    )


def with_draws(gan, z=0.0, epsilon=0.5):
    """The same game, with these for all its draws."""
    gan.sample_z = lambda x: ops.full((len(x), 1), z)
    gan.sample_normal = lambda x: ops.full((len(x), 1), epsilon)
    return gan


def test_undecided_discriminator_costs_log_4_on_both_sides():
    gan = toys.build("ALI")
    toys.undecided(gan.discriminator)
    assert gan.undecided_loss == pytest.approx(2 * math.log(2))
    for loss in (gan.discriminator_loss, gan.generator_loss):
        assert toys.value(loss(FLOATS)) == pytest.approx(2 * math.log(2), rel=1e-5)


def test_losses_of_a_known_draw():
    gan = with_draws(of_one_latent())
    x = ops.zeros((4, *PIXEL))
    z = 1 + math.exp(0.5) * 0.5
    assert z == pytest.approx(1.82436, abs=1e-5)
    np.testing.assert_allclose(ops.convert_to_numpy(gan.E(x)), z, rtol=1e-5)
    # By the pair of the prior, whose logit is 0, each has log 2 more.
    g_loss = toys.softplus(2 * z) + math.log(2)
    assert toys.softplus(2 * z) == pytest.approx(3.67441, abs=1e-5)
    assert toys.value(gan.generator_loss(x)) == pytest.approx(g_loss, rel=1e-5)
    d_loss = toys.softplus(-2 * z) + math.log(2)
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(d_loss, rel=1e-5)


def test_the_encoders_gradient_goes_through_the_draw():
    """σ(2z) 2 in the mean, and σ(2z) 2 exp(log σ) ε in log σ, a logarithm of σ."""
    gradients = toys.gradient_of(
        with_draws(of_one_latent()), "generator", np.zeros((4, *PIXEL), "float32")
    )
    (in_bias,) = [g for g in gradients if g.shape == (2,)]
    z = 1 + math.exp(0.5) * 0.5
    in_mean = 2 * toys.sigmoid(2 * z)
    np.testing.assert_allclose(in_bias, [in_mean, 1.60690], rtol=1e-5)


def test_a_deterministic_encoder_has_no_gradient_in_sigma():
    gan = with_draws(of_one_latent(), epsilon=0.0)
    gradients = toys.gradient_of(gan, "generator", np.zeros((4, *PIXEL), "float32"))
    (in_bias,) = [g for g in gradients if g.shape == (2,)]
    assert in_bias[0] > 1 and in_bias[1] == 0


def test_draws_are_new_for_each_example_and_each_call():
    gan = of_one_latent(mu=3.0, log_sigma=math.log(2.0))
    x = ops.zeros((4_000, *PIXEL))
    one, two = (ops.convert_to_numpy(gan.E(x)) for _ in range(2))
    assert len(np.unique(one)) > 3_900 and np.isin(one, two).mean() < 0.01
    assert one.mean() == pytest.approx(3.0, abs=0.1)
    assert one.std() == pytest.approx(2.0, abs=0.1)


def test_latents_are_normal_and_unlike_bigans():
    z = ops.convert_to_numpy(toys.build("ALI").prior((10_000,), seed=1))
    assert abs(z.mean()) < 0.05 and z.std() == pytest.approx(1, abs=0.05)
    assert abs(z).max() > 2
    assert not issubclass(ganzoo.ALI, ganzoo.BiGAN)


def test_encoder_and_generator_learn_together_and_log_sigma_is_reported():
    gan = toys.compiled("ALI")
    before = toys.copy_of(gan.encoder.trainable_variables)
    history = gan.fit(IMAGES, validation_data=IMAGES, verbose=0).history
    assert {"log_sigma", "val_log_sigma"} < set(history)
    after = toys.copy_of(gan.encoder.trainable_variables)
    moved = [not np.array_equal(a, b) for a, b in zip(before, after)]
    # The bias before a batch normalisation has gradient 0.
    assert sum(moved) >= len(moved) - 1


def test_the_reported_log_sigma_is_the_encoders():
    gan = of_one_latent(log_sigma=-1.5)
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    history = gan.fit(np.zeros((8, *PIXEL), "uint8"), verbose=0).history
    assert history["log_sigma"] == [-1.5]


# === Codes ===


def test_a_code_is_the_mean_or_a_draw_around_it():
    gan = of_one_latent(mu=3.0, log_sigma=math.log(2.0))
    images = np.full((4_000, *PIXEL), 128, "uint8")
    mean = gan.encode(images)
    assert mean.shape == (4_000, 1) and mean.dtype == np.float32
    assert (mean == 3).all() and np.array_equal(mean, gan.encode(images))
    drawn = gan.encode(images, sample=True, seed=1)
    assert drawn.dtype == np.float32
    assert drawn.mean() == pytest.approx(3.0, abs=0.1)
    assert drawn.std() == pytest.approx(2.0, abs=0.1)
    assert np.array_equal(drawn, gan.encode(images, sample=True, seed=1))
    others = [gan.encode(images, sample=True) for _ in range(2)]
    assert np.isin(*others).mean() < 0.01
    with pytest.raises(ValueError, match="`seed` is of draws: .* seed=1"):
        gan.encode(images, seed=1)


def test_a_draw_of_a_code_disturbs_no_training():
    one, two = toys.compiled("ALI"), toys.compiled("ALI")
    one.encode(IMAGES, sample=True)
    for gan in (one, two):
        gan.fit(IMAGES, verbose=0)
    assert toys.same(toys.copy_of(one.weights), toys.copy_of(two.weights))


def test_reconstructions_are_those_of_the_means():
    gan = toys.build("ALI")
    again = gan.reconstruct(IMAGES)
    assert again.shape == IMAGES.shape and again.dtype == np.uint8
    assert np.array_equal(again, gan.decode(gan.encode(IMAGES)))
    assert np.array_equal(again, gan.reconstruct(IMAGES))


@pytest.mark.parametrize(
    "size, message",
    [
        (toys.LATENT_DIM, "BiGAN is the deterministic one"),
        (2 * toys.LATENT_DIM + 1, r"mean and log σ of latents of shape \(6,\)"),
        (toys.LATENT_DIM + 1, r"mean and log σ of latents of shape \(6,\)"),
    ],
)
def test_an_encoder_without_two_numbers_for_each_latent_is_refused(size, message):
    players = toys.networks("ALI")
    players["encoder"] = toys.network([toys.IMAGE_SHAPE], (size,))
    with pytest.raises(ValueError, match=message):
        ganzoo.ALI(**players)


@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3)])
def test_default_networks_and_optimizer(shape):
    gan = ganzoo.ALI(image_shape=shape)
    gan.compile()
    assert gan.latent_dim == 64 and gan.encoder.output_shape == (None, 128)
    for optimizer in gan.optimizer.optimizers:
        assert isinstance(optimizer, keras.optimizers.Adam)
        assert float(optimizer.learning_rate) == pytest.approx(1e-4)
        assert (optimizer.beta_1, optimizer.beta_2) == (0.5, 0.999)
