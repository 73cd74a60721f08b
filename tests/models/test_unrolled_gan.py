"""UnrolledGAN: the surrogate of Metz et al. and its gradient, by hand.

D(x) = w x with w = 0, x = 2 and G = 1: one step of rate 1 takes w to 1/2.
"""

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo

X = np.full((4, 1, 1, 1), 2, "float32")
PICTURE = np.ones((1, 1, 1), "float32")


def game(steps, weight=0.0, **options):
    return ganzoo.UnrolledGAN(
        generator=toys.constant_generator(PICTURE),
        discriminator=toys.linear_discriminator(np.full((1, 1, 1), weight, "float32")),
        unrolling_steps=steps,
        unrolling_rate=options.pop("unrolling_rate", 1.0),
        seed=0,
        **options,
    )


def slope(gan):
    """The derivative of the generator's loss in the image, which is its bias."""
    _, gradient = toys.gradient_of(gan, "generator", X)
    return float(gradient[0])


def test_one_step_ahead_takes_the_weight_to_a_half():
    gan, x = game(1), ops.convert_to_tensor(X)
    (theta,) = gan.unrolled(x, gan.G(gan.sample_z(x)))
    assert toys.value(theta[0, 0]) == pytest.approx(0.5, rel=1e-6)
    wanted = -toys.softplus(-1.0) - toys.softplus(0.5)
    assert toys.value(gan.generator_loss(x)) == pytest.approx(wanted, rel=1e-6)


# Cut where the weights are looked ahead it would be -0.3112297; without the term of
# the data, 0.
@pytest.mark.parametrize("steps, wanted", [(0, 0.0), (1, -0.2689414), (5, -0.2531938)])
def test_the_gradient_goes_through_the_steps(steps, wanted):
    assert slope(game(steps)) == pytest.approx(wanted, rel=2e-5, abs=1e-7)


def test_the_gradient_is_the_same_compiled():
    # Pixels in [-1, 0), of which D sees -4 times as much.
    x = layers.Input((1, 1, 1))
    dense = layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    gan = ganzoo.UnrolledGAN(
        generator=toys.constant_generator(PICTURE / -4),
        discriminator=keras.Model(x, dense(layers.Flatten()(-4 * x))),
        unrolling_steps=1,
        unrolling_rate=1.0,
    )
    gan.compile(keras.optimizers.SGD(1e-9), keras.optimizers.SGD(1.0))
    before = toys.copy_of(gan.generator_variables)
    gan.train_on_batch(X / -4)
    _, bias = (b - a for a, b in zip(toys.copy_of(gan.generator_variables), before))
    assert bias[0] == pytest.approx(4 * 0.2689414, rel=2e-5)


@pytest.mark.parametrize("steps", [1, 3])
def test_the_gradient_is_that_of_finite_differences(steps):
    """Of a discriminator with two layers and a layer normalisation."""
    rng = np.random.default_rng(0)
    pixels = x = layers.Input((1, 1, 2))
    x = layers.Dense(8, activation="tanh")(layers.Flatten()(x))
    x = ganzoo.layers.LayerNormalization()(x)
    discriminator = keras.Model(pixels, layers.Dense(1)(x))
    weights = [rng.normal(0, 0.5, w.shape) for w in discriminator.get_weights()]
    discriminator.set_weights(weights)
    data = rng.normal(size=(8, 1, 1, 2)).astype("float32")
    picture = np.array([[[0.3, -0.2]]], "float32")

    def gan_at(shift):
        return ganzoo.UnrolledGAN(
            generator=toys.constant_generator(picture + shift),
            discriminator=discriminator,
            unrolling_steps=steps,
            unrolling_rate=0.1,
        )

    def loss_at(shift):
        return toys.value(gan_at(shift).generator_loss(ops.convert_to_tensor(data)))

    _, gradient = toys.gradient_of(gan_at(0), "generator", data)
    for axis in range(2):
        shift = np.zeros((1, 1, 2), "float32")
        shift[..., axis] = 1e-2
        wanted = (loss_at(shift) - loss_at(-shift)) / 2e-2
        assert gradient[axis] == pytest.approx(wanted, rel=2e-2, abs=2e-4)


def test_the_discriminator_takes_one_ordinary_step():
    """What it subtracts is a plain game's, to the bit, however far `G` looks ahead."""
    (unrolled,) = toys.gradient_of(game(5, 0.3), "discriminator", X)
    plain = ganzoo.MinimaxGAN(
        generator=toys.constant_generator(PICTURE),
        discriminator=toys.linear_discriminator(np.full((1, 1, 1), 0.3, "float32")),
    )
    (wanted,) = toys.gradient_of(plain, "discriminator", X)
    np.testing.assert_array_equal(unrolled, wanted)


def test_steps_ahead_leave_the_discriminator_where_it_was():
    gan = toys.untraced("UnrolledGAN")
    before = toys.copy_of(gan.discriminator_variables)
    gan.generator_loss(ops.convert_to_tensor(X[:, :, :, :1] * np.ones((1, 4, 4, 1))))
    assert toys.same(before, toys.copy_of(gan.discriminator_variables))


def test_settings_are_saved():
    config = game(3, unrolling_rate=0.2).get_config()
    assert (config["unrolling_steps"], config["unrolling_rate"]) == (3, 0.2)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"unrolling_steps": -1}, "`unrolling_steps` must be an int of at least 0"),
        ({"unrolling_steps": 1.5}, "`unrolling_steps` must be an int"),
        ({"unrolling_rate": 0.0}, "`unrolling_rate` must be a positive number"),
        ({"r1_weight": 1.0}, "has no `r1_weight`"),
        ({"r2_weight": 1.0}, "has no .*`r2_weight`"),
        ({"roth_weight": 1.0}, "has no .*`roth_weight`"),
    ],
)
def test_options_that_steps_ahead_cannot_honour_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        toys.build("UnrolledGAN", **options)


def test_regularizers_of_the_discriminator_are_refused():
    x = layers.Input(toys.IMAGE_SHAPE)
    dense = layers.Dense(1, kernel_regularizer=keras.regularizers.L2(0.1))
    with pytest.raises(ValueError, match="without regularizers"):
        toys.build(
            "UnrolledGAN", discriminator=keras.Model(x, dense(layers.Flatten()(x)))
        )


def test_half_precision_is_refused():
    x = layers.Input(toys.IMAGE_SHAPE, dtype="float16")
    dense = layers.Dense(1, dtype="mixed_float16")
    discriminator = keras.Model(x, dense(layers.Flatten()(x)))
    with pytest.raises(ValueError, match="lost in half precision"):
        toys.build("UnrolledGAN", discriminator=discriminator)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="right on the others"
)
def test_normalisations_with_a_wrong_second_derivative_are_refused():
    gan = toys.untraced(
        "UnrolledGAN", discriminator=toys.discriminator("GAN", normalized=True)
    )
    with pytest.raises(ValueError, match="second derivative is wrong"):
        gan.train_on_batch(toys.pictures(4))
    # With the zoo's own on images it is right.
    generator = ganzoo.networks.dcgan_generator((28, 28, 1), filters=1)
    discriminator = ganzoo.networks.dcgan_discriminator((28, 28, 1), filters=1)
    gan = ganzoo.UnrolledGAN(generator=generator, discriminator=discriminator)
    gan.compile()
    gan.check_trains()
