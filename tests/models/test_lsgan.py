"""LSGAN: the values and gradients of Equation 9 with a = 0, b = c = 1, by hand."""

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
REAL, FAKE = (X * W).sum((1, 2, 3)), (C * W).sum()


def linear_game():
    return ganzoo.LSGAN(
        generator=toys.constant_generator(C),
        discriminator=toys.linear_discriminator(W),
        seed=0,
    )


def test_losses_are_those_of_equation_9():
    gan, x = linear_game(), ops.convert_to_tensor(X)
    wanted = np.mean((REAL - 1) ** 2) / 2 + FAKE**2 / 2
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(wanted, rel=1e-5)
    assert toys.value(gan.generator_loss(x)) == pytest.approx(
        (FAKE - 1) ** 2 / 2, rel=1e-5
    )


def test_gradients_are_those_by_hand():
    (gradient,) = toys.gradient_of(linear_game(), "discriminator", X)
    wanted = np.mean((REAL - 1)[:, None, None, None] * X, axis=0) + FAKE * C
    np.testing.assert_allclose(gradient.ravel(), wanted.ravel(), rtol=1e-4, atol=1e-6)
    _, gradient = toys.gradient_of(linear_game(), "generator", X)
    np.testing.assert_allclose(gradient, (FAKE - 1) * W.ravel(), rtol=1e-4, atol=1e-6)


def test_default_optimizer_is_the_papers():
    gan = ganzoo.LSGAN(image_shape=(28, 28, 1))
    gan.compile()
    assert gan.latent_dim == 1024
    for optimizer in gan.optimizer.optimizers:
        assert isinstance(optimizer, keras.optimizers.Adam)
        assert optimizer.beta_1 == 0.5
