"""GAN: the values and gradients of Equation 1, by hand."""

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


def linear_game():
    return ganzoo.GAN(
        generator=toys.constant_generator(C),
        discriminator=toys.linear_discriminator(W),
        seed=0,
    )


def test_losses_are_those_of_equation_1():
    gan = linear_game()
    real, fake = (X * W).sum((1, 2, 3)), (C * W).sum()
    d_loss = toys.softplus(-real).mean() + toys.softplus(fake)
    assert toys.value(
        gan.discriminator_loss(ops.convert_to_tensor(X))
    ) == pytest.approx(d_loss, rel=1e-5)
    assert toys.value(gan.generator_loss(ops.convert_to_tensor(X))) == pytest.approx(
        toys.softplus(-fake), rel=1e-5
    )


def test_gradients_are_those_by_hand():
    real, fake = (X * W).sum((1, 2, 3)), (C * W).sum()
    wanted = toys.sigmoid(fake) * C - np.mean(
        toys.sigmoid(-real)[:, None, None, None] * X, axis=0
    )
    (gradient,) = toys.gradient_of(linear_game(), "discriminator", X)
    np.testing.assert_allclose(gradient.ravel(), wanted.ravel(), rtol=1e-4, atol=1e-6)
    _, gradient = toys.gradient_of(linear_game(), "generator", X)
    wanted = -toys.sigmoid(-fake) * W
    np.testing.assert_allclose(gradient, wanted.ravel(), rtol=1e-4, atol=1e-6)


def test_undecided_discriminator_costs_log_4_and_its_generator_log_2():
    gan = toys.build("GAN")
    toys.undecided(gan.discriminator)
    x = ops.convert_to_tensor(X)
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(np.log(4), rel=1e-5)
    assert toys.value(gan.generator_loss(x)) == pytest.approx(np.log(2), rel=1e-5)


def test_certain_discriminator_still_teaches_the_generator():
    # log(1 - sigmoid(t)) from probabilities is log(0) here, with gradient 0.
    gan = ganzoo.GAN(
        generator=toys.constant_generator(C),
        discriminator=toys.linear_discriminator(W, bias=-200.0),
        seed=0,
    )
    loss = toys.value(gan.generator_loss(ops.convert_to_tensor(X)))
    assert loss == pytest.approx(200 - (C * W).sum(), rel=1e-4)
    _, gradient = toys.gradient_of(gan, "generator", X)
    np.testing.assert_allclose(gradient, -W.ravel(), rtol=1e-4)


def test_default_networks_and_optimizers_are_the_papers():
    gan = ganzoo.GAN(image_shape=(28, 28, 1))
    gan.compile()
    assert gan.latent_dim == 100
    assert gan.image_shape == (28, 28, 1)
    for optimizer in gan.optimizer.optimizers:
        assert isinstance(optimizer, keras.optimizers.SGD)
        assert float(optimizer.learning_rate) == pytest.approx(0.1)
        assert optimizer.momentum == 0.5
