"""R3GAN: what follows the images seen, and its penalties. Its losses are RpGAN's."""

import keras
import numpy as np
import pytest
import toys
from keras import ops

import ganzoo

X = np.random.default_rng(3).uniform(-1, 1, (6, *toys.IMAGE_SHAPE)).astype("float32")
W = np.random.default_rng(4).normal(size=toys.IMAGE_SHAPE).astype("float32")


def game(**options):
    return ganzoo.R3GAN(
        generator=toys.constant_generator(np.zeros(toys.IMAGE_SHAPE, "float32")),
        discriminator=toys.linear_discriminator(W, 0.0),
        seed=0,
        **options,
    )


def test_both_penalties_of_a_linear_discriminator_add_up_to_gamma_times_its_slope():
    gan, x = game(penalty_weight=0.3), ops.convert_to_tensor(X)
    plain = toys.value(gan.discriminator_loss(x))
    penalized = toys.value(gan.penalized_loss(x))
    assert penalized - plain == pytest.approx(0.3 * (W**2).sum(), rel=1e-4)


def test_gamma_and_beta_2_follow_the_images_seen_as_cosines():
    gan = game(penalty_weight=0.05, burn_in=1000)
    beta_2 = {}
    for images in (0, 500, 1000, 5000):
        gan.compile(keras.optimizers.Adam(), keras.optimizers.Adam())
        (schedule,) = gan.schedules("discriminator").values()
        beta_2[images] = float(schedule(images))
        wanted = {0: 0.05, 500: 0.0275}.get(images, 0.005)
        for weight in gan.r1_weight, gan.r2_weight:
            assert float(weight(images)) == pytest.approx(wanted, rel=1e-5)
    wanted = {0: 0.9, 500: 0.945, 1000: 0.99, 5000: 0.99}
    assert beta_2 == pytest.approx(wanted, rel=1e-5)


def test_optimizers_without_beta_2_are_allowed():
    gan = toys.build("R3GAN")
    gan.compile(keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.01))
    gan.fit(toys.pictures(8), batch_size=4, verbose=0)


def test_its_settings_are_kept():
    gan = toys.build("R3GAN", penalty_weight=0.2, burn_in=500)
    copy = type(gan).from_config(gan.get_config())
    assert (copy.penalty_weight, copy.burn_in) == (0.2, 500)
    assert float(copy.r1_weight(0)) == pytest.approx(0.2)
    assert float(toys.build("R3GAN", r1_weight=1.0).r1_weight) == 1.0


@pytest.mark.parametrize(
    "option", [{"penalty_weight": 0}, {"burn_in": 0}, {"burn_in": 1.5}]
)
def test_settings_that_cannot_be_meant_are_refused(option):
    (name,) = option
    with pytest.raises(ValueError, match=f"`{name}` must be.*Received: {name}="):
        game(**option)
