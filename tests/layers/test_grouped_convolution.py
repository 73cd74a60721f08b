"""Grouped convolution as products of matrices: Keras's own, and its derivatives."""

import keras
import numpy as np
import pytest
import toys
from keras import ops

from ganzoo.layers import GroupedConv2D
from ganzoo.layers import grouped_convolution

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 5, 6, 8)).astype("float32")


@pytest.fixture(autouse=True)
def slow(monkeypatch):
    monkeypatch.setattr(grouped_convolution, "_is_slow_at_groups", lambda: True)


@pytest.mark.parametrize("groups, side", [(1, 3), (2, 3), (4, 3), (2, 1), (8, 5)])
def test_it_is_that_of_keras(groups, side):
    options = {"padding": "same", "groups": groups, "activation": "tanh"}
    own = GroupedConv2D(16, side, **options)
    plain = keras.layers.Conv2D(16, side, **options)
    own.build(X.shape), plain.build(X.shape)
    weights = [RNG.normal(size=w.shape) for w in own.weights]
    own.set_weights(weights), plain.set_weights(weights)
    found, wanted = (ops.convert_to_numpy(layer(X)) for layer in (own, plain))
    np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize(
    "changes",
    [
        {"groups": 1},
        {"kernel_size": 2},
        {"kernel_size": (3, 1)},
        {"strides": 2},
        {"dilation_rate": 2},
        {"padding": "valid"},
    ],
)
def test_another_form_is_that_of_keras_too(changes):
    options = {"kernel_size": 3, "padding": "same", "groups": 2, **changes}
    own, plain = GroupedConv2D(16, **options), keras.layers.Conv2D(16, **options)
    own.build(X.shape), plain.build(X.shape)
    own.set_weights(plain.get_weights())
    np.testing.assert_array_equal(*(ops.convert_to_numpy(f(X)) for f in (own, plain)))


def test_its_gradient_is_that_of_its_definition():
    """Of a linear layer in its kernel: the products of what each weight sees."""
    layer = GroupedConv2D(2, 3, padding="same", groups=2, use_bias=False)
    x = X[..., :2]
    layer.build(x.shape)
    before = toys.copy_of([layer.kernel])[0]
    gan, optimizer = toys.build("GAN"), keras.optimizers.SGD(1.0)
    optimizer.build([layer.kernel])
    gan.minimize(lambda _: ops.sum(layer(x)), None, [layer.kernel], optimizer)
    gradient = before - toys.copy_of([layer.kernel])[0]
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    for i in range(3):
        for j in range(3):
            wanted = padded[:, i : i + 5, j : j + 6].sum((0, 1, 2))
            np.testing.assert_allclose(gradient[i, j, 0], wanted, atol=1e-4)
