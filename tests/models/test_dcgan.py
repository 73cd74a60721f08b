"""DCGAN: its own networks and prior, GAN's losses."""

import keras
import numpy as np
import pytest
from keras import ops

import ganzoo


def test_losses_are_those_of_gan():
    assert ganzoo.DCGAN.discriminator_loss is ganzoo.GAN.discriminator_loss
    assert ganzoo.DCGAN.generator_loss is ganzoo.GAN.generator_loss


def test_latents_are_uniform_on_minus_one_to_one():
    gan = ganzoo.DCGAN(image_shape=(28, 28, 1), seed=0)
    z = ops.convert_to_numpy(gan.prior((10_000, 2), seed=1))
    assert -1 <= z.min() < -0.99 and 0.99 < z.max() <= 1
    assert np.var(z) == pytest.approx(1 / 3, rel=0.03)


def test_default_optimizer_is_the_papers():
    gan = ganzoo.DCGAN(image_shape=(28, 28, 1))
    gan.compile()
    for optimizer in gan.optimizer.optimizers:
        assert isinstance(optimizer, keras.optimizers.Adam)
        assert float(optimizer.learning_rate) == pytest.approx(2e-4)
        assert optimizer.beta_1 == 0.5
