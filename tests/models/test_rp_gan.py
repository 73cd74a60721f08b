"""RpGAN: the pairs of Jolicoeur-Martineau, by hand."""

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
AHEAD = (X * W).sum((1, 2, 3)) - (C * W).sum()  # logits of data, less the sample's


def game(weights=W, bias=0.5, **options):
    return ganzoo.RpGAN(
        generator=toys.constant_generator(C),
        discriminator=toys.linear_discriminator(weights, bias),
        seed=0,
        **options,
    )


def test_a_lead_of_1_costs_what_it_should():
    # All images of data are the one that is ahead by 1.
    x = ops.convert_to_tensor(np.stack([C + W / (W**2).sum()] * 3))
    assert toys.value(game().discriminator_loss(x)) == pytest.approx(0.3132617, 1e-5)
    assert toys.value(game().generator_loss(x)) == pytest.approx(1.3132617, 1e-5)


def test_losses_are_of_pairs():
    gan, x = game(), ops.convert_to_tensor(X)
    wanted = toys.softplus(-AHEAD).mean(), toys.softplus(AHEAD).mean()
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(wanted[0], rel=1e-4)
    assert toys.value(gan.generator_loss(x)) == pytest.approx(wanted[1], rel=1e-4)


def test_undecided_both_lose_log_2():
    gan, x = game(0 * W), ops.convert_to_tensor(X)
    for loss in (gan.discriminator_loss, gan.generator_loss):
        assert toys.value(loss(x)) == pytest.approx(math.log(2), rel=1e-6)
    assert gan.undecided_loss == math.log(2)


def test_a_constant_added_to_the_logits_changes_nothing():
    x = ops.convert_to_tensor(X)
    for name in ("discriminator_loss", "generator_loss"):
        plain, shifted = (
            toys.value(getattr(game(bias=bias), name)(x)) for bias in (0.0, 3.0)
        )
        assert shifted == pytest.approx(plain, rel=1e-5)
    _, gradient = toys.gradient_of(game(), "discriminator", X)
    assert gradient == pytest.approx(0, abs=1e-7)


def test_gradients_are_those_by_hand():
    gradient, _ = toys.gradient_of(game(), "discriminator", X)
    lost = toys.sigmoid(-AHEAD)[:, None, None, None]
    wanted = -(lost * (X - C)).mean(0)
    np.testing.assert_allclose(gradient.ravel(), wanted.ravel(), rtol=1e-4, atol=1e-6)
    _, gradient = toys.gradient_of(game(), "generator", X)
    wanted = -toys.sigmoid(AHEAD).mean() * W
    np.testing.assert_allclose(gradient, wanted.ravel(), rtol=1e-4, atol=1e-6)


def test_with_both_penalties_it_is_the_game_of_r3gan():
    gan, x = game(r1_weight=2.0, r2_weight=2.0), ops.convert_to_tensor(X)
    wanted = toys.softplus(-AHEAD).mean() + 2 * (W**2).sum()
    assert toys.value(gan.penalized_loss(x)) == pytest.approx(wanted, rel=1e-4)
