"""MinimaxGAN: Equation 1 of Goodfellow et al. as it is printed, by hand."""

import math

import numpy as np
import pytest
import toys
from keras import ops

import ganzoo

RNG = np.random.default_rng(3)
X = RNG.uniform(-1, 1, (6, *toys.IMAGE_SHAPE)).astype("float32")
W = RNG.normal(size=toys.IMAGE_SHAPE).astype("float32")
C = RNG.uniform(-1, 1, toys.IMAGE_SHAPE).astype("float32")


def game(weights=W, variant="MinimaxGAN"):
    return getattr(ganzoo, variant)(
        generator=toys.constant_generator(C),
        discriminator=toys.linear_discriminator(weights),
        seed=0,
    )


def test_losses_are_those_of_equation_1():
    gan, x = game(), ops.convert_to_tensor(X)
    real, fake = (X * W).sum((1, 2, 3)), (C * W).sum()
    wanted = toys.softplus(-real).mean() + toys.softplus(fake)
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(wanted, rel=1e-5)
    assert toys.value(gan.generator_loss(x)) == pytest.approx(
        -toys.softplus(fake), rel=1e-5
    )


def test_undecided_its_generator_loses_minus_log_2():
    gan, x = game(0 * W), ops.convert_to_tensor(X)
    assert toys.value(gan.generator_loss(x)) == pytest.approx(-math.log(2), rel=1e-6)
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(gan.undecided_loss)


@pytest.mark.parametrize(
    "variant, slope", [("MinimaxGAN", -0.0066929), ("GAN", -0.9933071)]
)
def test_a_sample_that_is_seen_through_hardly_teaches_it(variant, slope):
    """The gradient in the logit at -5, where the other loss has nearly all of it."""
    weights = (-5 * C / (C**2).sum()).astype("float32")
    _, gradient = toys.gradient_of(game(weights, variant), "generator", X)
    np.testing.assert_allclose(gradient, slope * weights.ravel(), rtol=1e-4)
