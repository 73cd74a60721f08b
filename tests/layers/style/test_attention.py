"""Attention by distances: its equation, and its slope beside that of products."""

import keras
import numpy as np
import toys
from keras import ops

from ganzoo import layers
from ganzoo.layers.style.attention import attention_logits

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 3, 4, 6)).astype("float32")


def numpy(x):
    return ops.convert_to_numpy(x)


def built(gamma=0.5):
    keras.utils.set_random_seed(0)
    layer = layers.DistanceAttention()
    layer.build(X.shape)
    layer.gamma.assign(gamma)
    return layer


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def logits_of(f):
    distances = ((f[:, :, None] - f[:, None]) ** 2).sum(axis=-1)
    return -distances / np.sqrt(8 * f.shape[-1])


def by_hand(layer, x):
    """The equation in NumPy, in double precision."""
    f, g, o = (numpy(p.kernel) / np.sqrt(6) for p in (layer.f, layer.g, layer.o))
    pixels = x.astype("float64").reshape(2, 12, 6)
    mixed = softmax(logits_of(pixels @ f)) @ (pixels @ g) @ o
    return x + float(numpy(layer.gamma)) * mixed.reshape(x.shape)


def test_it_is_the_identity_at_first():
    layer = layers.DistanceAttention()
    np.testing.assert_array_equal(numpy(layer(X)), X)


def test_it_is_its_equation_and_so_is_its_gradient():
    layer, weights = built(), RNG.normal(size=X.shape).astype("float32")
    np.testing.assert_allclose(numpy(layer(X)), by_hand(layer, X), atol=1e-5)
    w = ops.convert_to_tensor(weights)
    slope = toys.build("GAN").input_gradient(lambda x: ops.sum(layer(x) * w), X)
    step = 1e-4
    for place in [(0, 0, 0, 0), (1, 2, 3, 5), (1, 1, 0, 2)]:
        x = np.zeros(X.shape)
        x[place] = step
        change = ((by_hand(layer, X + x) - by_hand(layer, X - x)) * weights).sum()
        np.testing.assert_allclose(numpy(slope)[place], change / (2 * step), rtol=1e-3)


def test_equal_features_get_the_mean_of_the_values():
    layer = built(gamma=1.0)
    # What is told of pixels is equal, and their values are not.
    layer.f.kernel.assign(np.zeros((6, 6)))
    values = X.reshape(2, 12, 6) @ numpy(layer.g.kernel) @ numpy(layer.o.kernel) / 6
    wanted = X + values.mean(axis=1)[:, None, None]
    np.testing.assert_allclose(numpy(layer(X)), wanted, atol=1e-5)


def test_logits_of_normal_features_have_variance_1():
    f = RNG.normal(size=(1, 300, 64)).astype("float32")
    logits = numpy(attention_logits(f))
    np.testing.assert_allclose(logits, logits_of(f), atol=1e-4)
    others = logits[0][~np.eye(300, dtype=bool)]
    np.testing.assert_allclose(others.std(), 1, atol=0.1)


def test_its_slope_has_a_limit_that_products_do_not_have():
    """Of one pixel at 0 and others at ±t."""
    game = toys.build("GAN")

    def slope(t, logits):
        x = np.float32([0, t, -t]).reshape(1, 3, 1)

        def first(x):
            beta = ops.softmax(logits(x), axis=-1)
            return ops.matmul(beta, x)[:, 0, 0]

        return abs(numpy(game.input_gradient(first, x))).max()

    def products(x):
        return ops.matmul(x, ops.transpose(x, (0, 2, 1)))

    # Of products: the variance of the values, 2 t² / 3.
    assert slope(30.0, products) > 500
    assert max(slope(t, attention_logits) for t in (0.3, 1.0, 3.0, 30.0)) < 2
