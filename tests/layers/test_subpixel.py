"""Sub-pixel convolutions are the convolutions that they stand for."""

import keras
import numpy as np
import pytest
from keras import layers

import ganzoo
from benchmarks.peers import games
from ganzoo.layers import subpixel

CASES = [
    games.Case("DCGAN", filters=2, batch=4, optimizer="SGD"),
    games.Case("LSGAN", side=32, channels=3, filters=2, batch=4, optimizer="SGD"),
    games.Case("WGANGP", filters=2, batch=4, optimizer="SGD"),
    games.Case("Pix2Pix", filters=2, batch=4, optimizer="SGD"),
]


def outputs(layer, x, weights=None):
    layer.build(x.shape)
    if weights:
        layer.set_weights(weights)
    return keras.ops.convert_to_numpy(keras.ops.stop_gradient(layer(x)))


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize(
    "kernel_size, strides", [(3, 2), (4, 2), (5, 2), (7, 2), (6, 3), (1, 2), (2, 3)]
)
def test_subpixel_convolution_is_the_convolution(kernel_size, strides, padding):
    x = np.random.default_rng(0).normal(size=(2, 12, 18, 3)).astype("float32")
    arguments = 4, kernel_size, strides, padding
    plain = layers.Conv2D(*arguments, bias_initializer="normal", activation="tanh")
    expected = outputs(plain, x)
    ours = subpixel.SubpixelConv2D.from_config(plain.get_config())
    y = outputs(ours, x, plain.get_weights())
    np.testing.assert_allclose(y, expected, atol=1e-6)
    assert tuple(ours.compute_output_shape(x.shape)) == y.shape


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize(
    "kernel_size, strides", [(4, 2), (5, 2), (6, 2), (3, 1), (6, 3), (1, 2), (2, 3)]
)
def test_subpixel_transpose_is_the_transpose(kernel_size, strides, padding):
    x = np.random.default_rng(0).normal(size=(2, 5, 7, 6)).astype("float32")
    arguments = 3, kernel_size, strides, padding
    plain = layers.Conv2DTranspose(
        *arguments, bias_initializer="normal", activation="tanh"
    )
    expected = outputs(plain, x)
    ours = subpixel.SubpixelConv2DTranspose.from_config(plain.get_config())
    y = outputs(ours, x, plain.get_weights())
    np.testing.assert_allclose(y, expected, atol=1e-6)
    assert tuple(ours.compute_output_shape(x.shape)) == y.shape


@pytest.mark.parametrize("is_slow", [True, False])
def test_a_hidden_transpose_is_the_transpose_in_the_faster_form(is_slow, monkeypatch):
    monkeypatch.setattr(subpixel, "_is_slow_at_transposes", lambda: is_slow)
    call, calls = subpixel.SubpixelConv2DTranspose.call, []
    monkeypatch.setattr(
        subpixel.SubpixelConv2DTranspose,
        "call",
        lambda *args: calls.append(args) or call(*args),
    )
    x = np.random.default_rng(0).normal(size=(2, 4, 4, 6)).astype("float32")
    plain = layers.Conv2DTranspose(5, 4, 2, "same", activation="tanh")
    expected = outputs(plain, x)
    ours = subpixel.HiddenConv2DTranspose.from_config(plain.get_config())
    y = outputs(ours, x, plain.get_weights())
    np.testing.assert_allclose(y, expected, atol=1e-6)
    assert bool(calls) == is_slow


def test_the_faster_form_is_sub_pixel_for_jax_on_a_cpu_only(monkeypatch):
    for backend, devices, is_slow in (
        ("jax", ["cpu", "cpu"], True),
        ("jax", ["NVIDIA H200"], False),
        ("tensorflow", ["cpu"], False),
        ("torch", ["cpu"], False),
    ):
        monkeypatch.setattr(keras.backend, "backend", lambda backend=backend: backend)
        monkeypatch.setattr(
            subpixel.backend, "devices", lambda devices=devices: devices
        )
        assert subpixel._is_slow_at_transposes() == is_slow


@pytest.mark.parametrize(
    "options, words",
    [
        ({"kernel_size": 3}, "as far to one side"),
        ({"kernel_size": (4, 6)}, "square"),
        ({"kernel_size": 4, "output_padding": 1}, "output_padding"),
    ],
)
def test_transpose_of_another_kind_is_refused(options, words):
    options = {"filters": 1, "strides": 2, "padding": "same", **options}
    with pytest.raises(ValueError, match=rf"{words}.*Received: "):
        subpixel.SubpixelConv2DTranspose(**options)


@pytest.mark.parametrize(
    "options, words",
    [
        ({}, r"strides=\(1, 1\)"),
        ({"strides": 2, "groups": 2}, "groups=2"),
        ({"dilation_rate": 2}, r"dilation_rate=\(2, 2\)"),
        ({"strides": 2, "data_format": "channels_first"}, "channels_first"),
    ],
)
def test_convolution_of_another_kind_is_refused(options, words):
    with pytest.raises(ValueError, match=rf"sub-pixel.*Received: .*{words}"):
        subpixel.SubpixelConv2D(4, 3, **options)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.variant)
def test_a_step_through_layers_of_the_zoo_is_the_step_through_those_of_keras(case):
    """Of one update of each player, through second derivatives too."""
    if keras.backend.backend() == "torch" and case.variant != "DCGAN":
        pytest.skip("Adam enlarges how PyTorch rounds the smallest gradients")
    data = games.draw_data(case, case.pictures)
    weights = []
    for of_the_zoo in (True, False):
        players = games.build(case, of_the_zoo)
        has = any(
            type(layer).__name__.startswith("Subpixel")
            for player in players.values()
            for layer in player.layers
        )
        assert has == of_the_zoo
        for player in players.values():
            for layer in player.layers:
                if isinstance(layer, layers.Dropout):
                    layer.rate = 0.0
        gan = getattr(ganzoo, case.variant)(
            **players, discriminator_steps=case.discriminator_steps, seed=0
        )
        optimizers = [games.keras_optimizer(case) for _ in range(2)]
        gan.compile(*optimizers, run_eagerly=True)
        gan.fit(*data, batch_size=case.pictures, shuffle=False, verbose=0)
        weights.append(gan.get_weights())
    for ours, plain in zip(*weights, strict=True):
        np.testing.assert_allclose(ours, plain, rtol=1e-4, atol=1e-5)
