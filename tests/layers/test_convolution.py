"""Convolutions in forms of the backends are those of Keras, and their gradients."""

import keras
import numpy as np
import pytest
import toys
from keras import ops

import ganzoo
from ganzoo import networks
from ganzoo.layers import Conv2D
from ganzoo.layers import Conv2DTranspose
from ganzoo.layers import GroupedConv2D
from ganzoo.layers import convolution

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 5, 6, 8)).astype("float32")


@pytest.fixture(autouse=True)
def slow(monkeypatch):
    monkeypatch.setattr(convolution, "_is_slow_at_groups", lambda: True)


def assert_same_as_keras(own, x, atol=1e-5):
    """Assert that outputs are those of Keras's layer of the same weights."""
    name = type(own).__name__.removeprefix("Grouped")
    plain = getattr(keras.layers, name).from_config(own.get_config())
    own.build(x.shape), plain.build(x.shape)
    own.set_weights([RNG.normal(size=w.shape) for w in own.weights])
    plain.set_weights(own.get_weights())
    found, wanted = (ops.convert_to_numpy(layer(x)) for layer in (own, plain))
    np.testing.assert_allclose(found, wanted, atol=atol)
    assert tuple(own.compute_output_shape(x.shape)) == found.shape


@pytest.mark.parametrize(
    "options",
    [
        {"kernel_size": 3},
        {"kernel_size": 5, "strides": 2, "activation": "tanh"},
        {"kernel_size": (4, 3), "strides": (2, 3), "use_bias": False},
        {"kernel_size": 1, "strides": 2},
        {"kernel_size": 4, "padding": "valid", "strides": 3},
        {"kernel_size": 3, "groups": 4, "strides": 2},
        {"kernel_size": 3, "dilation_rate": 2},
    ],
)
@pytest.mark.parametrize("size", [(8, 9), (7, 7)])
def test_a_convolution_is_that_of_keras(size, options):
    x = RNG.normal(size=(2, *size, 4)).astype("float32")
    assert_same_as_keras(Conv2D(8, **{"padding": "same", **options}), x)


@pytest.mark.parametrize(
    "options",
    [
        {"kernel_size": 5, "strides": 2, "activation": "tanh"},
        {"kernel_size": 4, "strides": 2, "use_bias": False},
        {"kernel_size": (3, 2), "strides": (1, 3)},
        {"kernel_size": 1, "strides": 2},
        {"kernel_size": 3, "strides": 2, "padding": "valid"},
        {"kernel_size": (6, 1), "strides": (1, 3), "padding": "valid"},
        {"kernel_size": 3, "strides": 2, "output_padding": 1},
        {"kernel_size": 3, "dilation_rate": 2},
    ],
)
def test_a_transposed_convolution_is_that_of_keras(options):
    x = RNG.normal(size=(2, 4, 5, 3)).astype("float32")
    assert_same_as_keras(Conv2DTranspose(6, **{"padding": "same", **options}), x)


@pytest.mark.parametrize("cls", [Conv2D, Conv2DTranspose])
def test_gradients_of_a_convolution_are_those_of_keras(cls):
    x = ops.convert_to_tensor(RNG.normal(size=(2, 4, 5, 3)).astype("float32"))
    own = cls(6, 5, 2, "same")
    plain = getattr(keras.layers, cls.__name__).from_config(own.get_config())
    own.build(x.shape), plain.build(x.shape)
    plain.set_weights(own.get_weights())
    gan = toys.build("GAN")

    def penalty(layer):
        def fn(x):
            (gradient,) = gan.gradient(lambda x: ops.sum(layer(x) ** 3), [x])
            return ops.sum(gradient**2)

        (gradient,) = gan.gradient(fn, [x])
        return ops.convert_to_numpy(ops.stop_gradient(gradient))

    wanted = penalty(plain)
    scale = np.abs(wanted).max()
    np.testing.assert_allclose(penalty(own) / scale, wanted / scale, atol=1e-5)


@pytest.mark.parametrize("groups, side", [(1, 3), (2, 3), (4, 3), (2, 1), (8, 5)])
def test_one_in_groups_is_that_of_keras(groups, side):
    options = {"padding": "same", "groups": groups, "activation": "tanh"}
    assert_same_as_keras(GroupedConv2D(16, side, **options), X)


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
def test_another_form_in_groups_is_that_of_keras_too(changes):
    options = {"kernel_size": 3, "padding": "same", "groups": 2, **changes}
    assert_same_as_keras(GroupedConv2D(16, **options), X)


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


@pytest.mark.skipif(keras.backend.backend() != "torch", reason="there is one order")
def test_on_pytorch_kernels_and_moments_lie_as_its_convolutions_read_them():
    import torch

    shape = (16, 16, 1)
    gan = ganzoo.DCGAN(
        generator=networks.dcgan_generator(shape, latent_dim=2, filters=2),
        discriminator=networks.dcgan_discriminator(shape, filters=2),
    )
    gan.compile(averages=ganzoo.AveragedWeights(decay=0.5))
    variables = [*gan.variables, *gan.optimizer.variables]
    before = [(v.value, v.numpy()) for v in variables]
    gan.make_train_function()
    for variable, (tensor, value) in zip(variables, before):
        assert variable.value is tensor
        np.testing.assert_array_equal(variable.numpy(), value)
    gan.fit(np.zeros((4, *shape), "uint8"), verbose=0)
    gan.set_weights(gan.get_weights())
    kernels = [v.value for v in variables if len(v.shape) == 4]
    assert len(kernels) == 14  # two a player, two moments of each, and two averages
    for kernel in kernels:
        filters = kernel.permute(3, 2, 0, 1)
        assert filters.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.skipif(keras.backend.backend() != "torch", reason="there is one order")
def test_on_pytorch_a_loaded_model_rounds_as_the_one_that_was_saved(tmp_path):
    shape = (32, 32, 1)
    gan = ganzoo.SNGAN(
        generator=networks.sn_resnet_generator(shape, filters=8),
        discriminator=networks.sn_resnet_discriminator(shape, filters=8),
        seed=0,
    )
    gan.compile()
    images = RNG.integers(0, 256, (10, *shape)).astype("uint8")
    gan.fit(images, batch_size=10, verbose=0)
    gan.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    pixels = images / np.float32(127.5) - 1
    for network in "discriminator", "generator":
        x = pixels if network == "discriminator" else RNG.normal(size=(10, 128))
        found, wanted = (
            getattr(model, network).predict(x, verbose=0) for model in (loaded, gan)
        )
        np.testing.assert_array_equal(found, wanted)
    evaluated = [model.evaluate(images, verbose=0) for model in (loaded, gan)]
    assert evaluated[0] == evaluated[1]
