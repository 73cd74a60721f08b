"""DRAGAN: the slope around data, by hand."""

import keras
import numpy as np
import pytest
import toys
from keras import ops

import ganzoo

RNG = np.random.default_rng(3)
X = RNG.uniform(-1, 1, (6, *toys.IMAGE_SHAPE)).astype("float32")
C = RNG.uniform(-1, 1, toys.IMAGE_SHAPE).astype("float32")
W = RNG.normal(size=toys.IMAGE_SHAPE).astype("float32")
W *= 3 / np.sqrt((W**2).sum())


def game(weights=W, **options):
    return ganzoo.DRAGAN(
        generator=toys.constant_generator(C),
        discriminator=toys.linear_discriminator(weights),
        seed=0,
        **options,
    )


def test_a_slope_of_3_costs_40():
    gan, x = game(), ops.convert_to_tensor(X)
    real, fake = (X * W).sum((1, 2, 3)), (C * W).sum()
    wanted = toys.softplus(-real).mean() + toys.softplus(fake) + 40
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(wanted, rel=1e-5)
    assert toys.value(gan.generator_loss(x)) == pytest.approx(
        toys.softplus(-fake), rel=1e-5
    )


def test_gradient_of_the_penalty_is_that_by_hand():
    both, alone = (
        toys.gradient_of(game(penalty_weight=weight), "discriminator", X)[0]
        for weight in (10.0, 1e-9)
    )
    wanted = 10 * 2 * (3 - 1) * W / 3
    np.testing.assert_allclose((both - alone).ravel(), wanted.ravel(), rtol=1e-4)


def test_points_are_around_data_brighter_by_half_their_spread_at_most():
    around = ops.convert_to_numpy(game().around_data(ops.convert_to_tensor(X)))
    shift = (around - X) / (X.std() / 2)
    assert (shift >= -1e-6).all() and (shift < 1).all()
    # One alpha for an example, and a draw of its own for each of its pixels.
    assert len(np.unique(shift.max((1, 2, 3)).round(4))) == len(X)
    assert (shift.std((1, 2, 3)) > 0.2 * shift.max((1, 2, 3))).all()


def test_around_a_constant_batch_there_is_nothing():
    x = ops.zeros((4, *toys.IMAGE_SHAPE)) + 0.5
    around = ops.convert_to_numpy(game().around_data(x))
    np.testing.assert_array_equal(around, np.full((4, *toys.IMAGE_SHAPE), 0.5))


def test_a_batch_normalisation_is_refused():
    with pytest.raises(ValueError, match="batch normalisation"):
        toys.build("DRAGAN", discriminator=toys.discriminator("GAN", normalized=True))


def test_default_optimizer_is_the_authors():
    optimizer = ganzoo.DRAGAN.default_optimizer()
    assert isinstance(optimizer, keras.optimizers.Adam)
    assert (optimizer.beta_1, optimizer.beta_2) == (0.5, 0.9)
