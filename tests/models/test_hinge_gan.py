"""HingeGAN: values and gradients of the hinge losses, by hand."""

import numpy as np
import pytest
import toys
from keras import ops

import ganzoo
from ganzoo import layers

RNG = np.random.default_rng(3)
W = RNG.normal(size=toys.IMAGE_SHAPE).astype("float32")
# Images whose logits are these.
UNIT = (W / (W**2).sum()).astype("float32")


def game(fake, weights=W):
    return ganzoo.HingeGAN(
        generator=toys.constant_generator(fake * UNIT),
        discriminator=toys.linear_discriminator(weights),
        seed=0,
    )


def images(*logits):
    return np.stack([logit * UNIT for logit in logits])


def test_an_undecided_discriminator_loses_2_and_the_generator_0():
    gan, x = game(0.5, 0 * W), ops.convert_to_tensor(images(0.3, -0.4))
    assert toys.value(gan.discriminator_loss(x)) == gan.undecided_loss == 2
    assert toys.value(gan.generator_loss(x)) == 0


def test_losses_are_hinges_of_each_example():
    # max(0, 1 - 3) = 0 and max(0, 1 - 0.5) = 0.5; of their mean it would be 0.
    gan, x = game(-0.5), ops.convert_to_tensor(images(3, 0.5))
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(0.25 + 0.5, rel=1e-5)
    assert toys.value(gan.generator_loss(x)) == pytest.approx(0.5, rel=1e-5)


def test_beyond_the_margin_nothing_is_learnt():
    (gradient,) = toys.gradient_of(game(-1.5), "discriminator", images(2, 2))
    np.testing.assert_array_equal(gradient, 0)


def test_gradients_within_the_margin_are_those_by_hand():
    x = images(3, 0.5)
    (gradient,) = toys.gradient_of(game(-0.5), "discriminator", x)
    wanted = -x[1] / 2 - 0.5 * UNIT
    np.testing.assert_allclose(gradient.ravel(), wanted.ravel(), rtol=1e-5, atol=1e-7)
    _, gradient = toys.gradient_of(game(-0.5), "generator", x)
    np.testing.assert_allclose(gradient, -W.ravel(), rtol=1e-5)


def test_its_discriminator_is_spectrally_normalised():
    gan = ganzoo.HingeGAN(image_shape=(28, 28, 1))
    kinds = layers.SpectralConv2D, layers.SpectralDense
    assert sum(isinstance(layer, kinds) for layer in gan.discriminator.layers) == 3
