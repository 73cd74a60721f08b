"""WGAN-GP: Equation 3 and its second-order gradients, by hand."""

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo.networks import blocks

RNG = np.random.default_rng(3)
X = RNG.uniform(-1, 1, (6, *toys.IMAGE_SHAPE)).astype("float32")
W = RNG.normal(size=toys.IMAGE_SHAPE).astype("float32")
C = RNG.uniform(-1, 1, toys.IMAGE_SHAPE).astype("float32")
NORM = np.sqrt((W**2).sum())


def linear_game(weights=W):
    return ganzoo.WGANGP(
        generator=toys.constant_generator(C),
        discriminator=toys.linear_discriminator(weights),
        seed=0,
    )


def square_critic(weights):
    """`D(x) = w · x²`, whose gradient at x is 2 w x."""
    x = layers.Input(weights.shape)
    dense = layers.Dense(1, use_bias=False)
    model = keras.Model(x, dense(layers.Flatten()(ops.square(x))))
    dense.set_weights([weights.reshape(-1, 1)])
    return model


def test_losses_are_those_of_equation_3():
    gan, x = linear_game(), ops.convert_to_tensor(X)
    real, fake = (X * W).sum((1, 2, 3)).mean(), (C * W).sum()
    wanted = fake - real + 10 * (NORM - 1) ** 2
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(wanted, rel=1e-5)
    assert toys.value(gan.generator_loss(x)) == pytest.approx(-fake, rel=1e-5)


def test_gradient_of_the_critic_is_that_by_hand():
    (gradient,) = toys.gradient_of(linear_game(), "discriminator", X)
    wanted = C - X.mean(0) + 10 * 2 * (NORM - 1) * W / NORM
    np.testing.assert_allclose(gradient.ravel(), wanted.ravel(), rtol=1e-4, atol=1e-5)


def test_penalty_of_a_linear_critic_is_its_slope():
    weights = np.zeros(toys.IMAGE_SHAPE, "float32")
    weights[0, 0, 0], weights[3, 3, 0] = 3, 4
    x = ops.convert_to_tensor(X)
    penalty = linear_game(weights).gradient_penalty(x, x + 1.0)
    assert toys.value(penalty) == pytest.approx((5 - 1) ** 2, rel=1e-5)


def test_penalty_of_a_square_critic_has_its_second_order_gradient():
    gan = ganzoo.WGANGP(
        generator=toys.constant_generator(C), discriminator=square_critic(W), seed=0
    )
    gan.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(1.0))
    before = gan.discriminator.get_weights()[0]
    gan.minimize(
        # Where real and generated coincide, so does every point between them.
        lambda x: gan.gradient_penalty(x, x),
        ops.convert_to_tensor(X),
        gan.discriminator_variables,
        gan.discriminator_optimizer,
    )
    flat = X.reshape(len(X), -1).astype("float64")
    norm = np.linalg.norm(2 * W.ravel() * flat, axis=1, keepdims=True)
    wanted = np.mean(2 * (norm - 1) / norm * 4 * W.ravel() * flat**2, axis=0)
    gradient = (before - gan.discriminator.get_weights()[0]).ravel()
    np.testing.assert_allclose(gradient, wanted, rtol=1e-4, atol=1e-5)


def penalty_of_normalised(kernel, weights, x):
    """The penalty of D(x) = w · normalised(x K), by hand."""
    y = x @ kernel
    centred = y - y.mean(1, keepdims=True)
    scale = np.sqrt((centred**2).mean(1, keepdims=True) + 1e-5)
    n = centred / scale
    slope = (
        weights - weights.mean() - n * (weights * n).mean(1, keepdims=True)
    ) / scale
    return np.mean((np.linalg.norm(slope @ kernel.T, axis=1) - 1) ** 2)


def test_penalty_of_a_normalised_critic_has_its_second_order_gradient():
    draws = np.random.default_rng(0)
    kernel, weights = draws.normal(size=(X[0].size, 6)), draws.normal(size=(6, 1))
    pictures = x = keras.Input(toys.IMAGE_SHAPE)
    x = layers.Dense(6, use_bias=False)(layers.Flatten()(x))
    x = layers.Dense(1, use_bias=False)(blocks.normalize(x, "layer"))
    critic = keras.Model(pictures, x)
    critic.layers[2].set_weights([kernel])
    critic.layers[-1].set_weights([weights])
    gan = ganzoo.WGANGP(
        generator=toys.constant_generator(C), discriminator=critic, seed=0
    )
    gan.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(1.0))
    gan.minimize(
        # Keras misses the gradient of what the penalty does not depend on.
        lambda x: gan.gradient_penalty(x, x) + 0 * ops.mean(gan.D(x)),
        ops.convert_to_tensor(X),
        gan.discriminator_variables,
        gan.discriminator_optimizer,
    )
    flat, wanted = X.reshape(len(X), -1).astype("float64"), np.empty_like(kernel)
    for place in np.ndindex(kernel.shape):
        step = np.zeros_like(kernel)
        step[place] = 1e-6
        higher, lower = (
            penalty_of_normalised(kernel + sign * step, weights.ravel(), flat)
            for sign in (1, -1)
        )
        wanted[place] = (higher - lower) / 2e-6
    gradient = kernel - critic.layers[2].get_weights()[0]
    np.testing.assert_allclose(gradient, wanted, rtol=1e-3, atol=1e-4)


def test_flat_critic_has_finite_gradients():
    gan = linear_game(np.zeros(toys.IMAGE_SHAPE, "float32"))
    (gradient,) = toys.gradient_of(gan, "discriminator", X)
    assert np.isfinite(gradient).all()


def test_epsilon_is_uniform_and_one_for_each_example():
    gan = linear_game()
    seen = []
    gan.input_gradient = lambda fn, x: seen.append(x) or x
    zeros = ops.zeros((4000, *toys.IMAGE_SHAPE))
    gan.gradient_penalty(zeros, zeros + 1.0)
    epsilon = ops.convert_to_numpy(seen[0]).reshape(4000, -1)
    assert (epsilon == epsilon[:, :1]).all()
    assert len(np.unique(epsilon[:, 0])) > 3900
    assert 0 <= epsilon.min() < 0.01 and 0.99 < epsilon.max() <= 1
    assert epsilon.mean() == pytest.approx(1 / 2, abs=0.02)
    assert epsilon.var() == pytest.approx(1 / 12, rel=0.05)


def test_batch_normalisation_in_the_critic_is_refused_however_deep():
    inner = toys.network([toys.IMAGE_SHAPE], (8,), normalized=True)
    nested = keras.Sequential([keras.Input(toys.IMAGE_SHAPE), inner, layers.Dense(1)])
    with pytest.raises(ValueError, match="must not use batch normalisation"):
        ganzoo.WGANGP(generator=toys.constant_generator(C), discriminator=nested)


def test_layer_normalisation_in_the_critic_is_accepted():
    critic = ganzoo.networks.dcgan_discriminator((28, 28, 1), 4, normalization="layer")
    ganzoo.WGANGP((28, 28, 1), discriminator=critic)


def test_defaults_are_those_of_algorithm_1():
    gan = ganzoo.WGANGP(image_shape=(28, 28, 1))
    gan.compile()
    assert (gan.discriminator_steps, gan.penalty_weight) == (5, 10.0)
    for optimizer in gan.optimizer.optimizers:
        assert isinstance(optimizer, keras.optimizers.Adam)
        assert float(optimizer.learning_rate) == pytest.approx(1e-4)
        assert (optimizer.beta_1, optimizer.beta_2) == (0.0, 0.9)


@pytest.mark.parametrize("weight", [0, -1.0, float("nan"), "10"])
def test_penalty_weight_must_be_positive(weight):
    with pytest.raises(ValueError, match="`penalty_weight` must be a positive"):
        toys.build("WGANGP", penalty_weight=weight)
