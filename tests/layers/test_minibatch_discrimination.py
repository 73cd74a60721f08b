"""Minibatch discrimination: sums of Salimans et al., Section 3.2, by hand."""

import keras
import numpy as np
import pytest
from keras import ops

import ganzoo
from ganzoo.layers import MinibatchDiscrimination

F = np.array([[0.0], [0.0], [np.log(2)]], "float32")


def layer_of(kernel, **options):
    layer = MinibatchDiscrimination(**options)
    layer.build((None, kernel.shape[0]))
    layer.kernel.assign(kernel)
    return layer


@pytest.mark.parametrize(
    "include_self, wanted", [(True, [2.5, 2.5, 2]), (False, [1.5, 1.5, 1])]
)
def test_closeness_is_that_by_hand(include_self, wanted):
    layer = layer_of(np.ones((1, 1)), kernels=1, dims=1, include_self=include_self)
    outputs = ops.convert_to_numpy(layer(F))
    np.testing.assert_array_equal(outputs[:, :1], F)
    np.testing.assert_allclose(outputs[:, 1], wanted, rtol=1e-6)


def test_each_kernel_measures_in_its_own_space():
    rng = np.random.default_rng(0)
    f, kernel = rng.normal(size=(5, 3)), rng.normal(size=(3, 8))
    m = (f @ kernel).reshape(5, 4, 2)
    wanted = [
        [sum(np.exp(-abs(m[i, b] - m[j, b]).sum()) for j in range(5)) for b in range(4)]
        for i in range(5)
    ]
    outputs = layer_of(kernel, kernels=4, dims=2)(f.astype("float32"))
    np.testing.assert_allclose(ops.convert_to_numpy(outputs)[:, 3:], wanted, rtol=1e-4)


def test_an_order_of_the_batch_is_that_of_the_outputs_and_alone_it_is_1():
    layer = layer_of(np.ones((1, 1)), kernels=1, dims=1)
    outputs = ops.convert_to_numpy(layer(F[::-1].copy()))
    np.testing.assert_allclose(outputs[:, 1], [2, 2.5, 2.5], rtol=1e-6)
    assert ops.convert_to_numpy(layer(F[:1]))[0, 1] == 1


@pytest.mark.parametrize("options", [{"kernels": 0}, {"dims": -1}, {"dims": 2.5}])
def test_numbers_below_1_are_refused(options):
    with pytest.raises(ValueError, match="must be an int of at least 1"):
        MinibatchDiscrimination(**options)


def test_networks_have_it_and_are_saved_with_it(tmp_path):
    network = ganzoo.networks.dcgan_discriminator(
        (28, 28, 1), filters=2, minibatch_kernels=7
    )
    x = np.random.default_rng(0).normal(size=(4, 28, 28, 1)).astype("float32")
    together = ops.convert_to_numpy(network(x))
    alone = ops.convert_to_numpy(network(x[:1]))
    assert not np.allclose(together[:1], alone)
    network.save(tmp_path / "network.keras")
    loaded = keras.models.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(together, ops.convert_to_numpy(loaded(x)))
