"""R3GAN's weights of others: what their formulas give, and what does not fit."""

import dataclasses

import numpy as np
import pytest
from keras import ops

import ganzoo
from ganzoo.models.released import r3gan
from ganzoo.system.pickles.networks import State

# Widths of the stages, from 4 pixels on, as our networks halve them; the middle of a
# block is twice as wide, in groups of 16.
STAGES, WIDTH, BLOCKS, LATENTS = 2, 16, 1, 3
TAPS = np.array([1.0, 3.0, 3.0, 1.0]) / 8


def draw(*shape):
    """Weights of about variance 1 / fan_in."""
    scale = np.sqrt(np.prod(shape[1:])) if len(shape) > 1 else 3.0
    return (np.random.default_rng(sum(shape)).normal(size=shape) / scale).astype("f4")


def block(name):
    wide = 2 * WIDTH
    return {
        f"{name}.LinearLayer1.Layer.weight": draw(wide, WIDTH, 1, 1),
        f"{name}.LinearLayer2.Layer.weight": draw(wide, 16, 3, 3),
        f"{name}.LinearLayer3.Layer.weight": draw(WIDTH, wide, 1, 1),
        f"{name}.NonLinearity1.Bias": draw(wide),
        f"{name}.NonLinearity2.Bias": draw(wide),
    }


FILTER = {"Resampler.Kernel": np.outer(TAPS, TAPS).astype("f4")}
G = {
    "MainLayers.0.Layers.0.Basis": draw(WIDTH, 4, 4),
    "MainLayers.0.Layers.0.LinearLayer.weight": draw(WIDTH, LATENTS),
    **block("MainLayers.0.Layers.1"),
    "MainLayers.1.Layers.0.Resampler.Kernel": FILTER["Resampler.Kernel"],
    **block("MainLayers.1.Layers.1"),
    "AggregationLayer.Layer.weight": draw(1, WIDTH, 1, 1),
}
D = {
    "ExtractionLayer.Layer.weight": draw(WIDTH, 1, 1, 1),
    **block("MainLayers.0.Layers.0"),
    "MainLayers.0.Layers.1.Resampler.Kernel": FILTER["Resampler.Kernel"],
    **block("MainLayers.1.Layers.0"),
    "MainLayers.1.Layers.1.Basis.weight": draw(WIDTH, 1, 4, 4),
    "MainLayers.1.Layers.1.LinearLayer.weight": draw(1, WIDTH),
}


def state(arrays, outer="Model."):
    return State("", {f"{outer}{name}": array for name, array in arrays.items()}, {})


# === The formulas, on images `(channels, height, width)` ===


def activate(x, bias):
    x = x + bias[:, None, None]
    return np.where(x > 0, x, 0.2 * x)


def pointwise(x, kernel):
    return np.einsum("oi,ihw->ohw", kernel[..., 0, 0], x)


def grouped(x, kernel):
    """A convolution of size 3 in groups, whose channels are neighbours."""
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    (outputs, inside), (height, width) = kernel.shape[:2], x.shape[1:]
    groups = len(x) // inside
    y = np.zeros((outputs, height, width))
    for o in range(outputs):
        first = o // (outputs // groups) * inside
        part = padded[first : first + inside]
        for i in range(3):
            for j in range(3):
                shifted = part[:, i : i + height, j : j + width]
                y[o] += np.tensordot(kernel[o, :, i, j], shifted, 1)
    return y


def residual(x, arrays, name):
    y = pointwise(x, arrays[f"{name}.LinearLayer1.Layer.weight"])
    y = activate(y, arrays[f"{name}.NonLinearity1.Bias"])
    y = grouped(y, arrays[f"{name}.LinearLayer2.Layer.weight"])
    y = activate(y, arrays[f"{name}.NonLinearity2.Bias"])
    return x + pointwise(y, arrays[f"{name}.LinearLayer3.Layer.weight"])


def along(x, axis, function):
    return np.apply_along_axis(function, axis, x)


def double(x):
    """Zeros between the pixels, and the filter at twice its sum in each direction."""

    def row(values):
        spread = np.zeros(2 * len(values))
        spread[::2] = values
        return np.convolve(spread, 2 * TAPS)[1:-2]

    return along(along(x, 1, row), 2, row)


def halve(x):
    def row(values):
        return np.convolve(values, TAPS)[2::2][: len(values) // 2]

    return along(along(x, 1, row), 2, row)


def image_of(z):
    first = "MainLayers.0.Layers.0"
    x = G[f"{first}.Basis"] * (G[f"{first}.LinearLayer.weight"] @ z)[:, None, None]
    x = residual(x, G, "MainLayers.0.Layers.1")
    x = residual(double(x), G, "MainLayers.1.Layers.1")
    return pointwise(x, G["AggregationLayer.Layer.weight"])


def logit_of(x):
    x = pointwise(x, D["ExtractionLayer.Layer.weight"])
    x = halve(residual(x, D, "MainLayers.0.Layers.0"))
    x = residual(x, D, "MainLayers.1.Layers.0")
    last = "MainLayers.1.Layers.1"
    features = np.sum(x * D[f"{last}.Basis.weight"][:, 0], axis=(1, 2))
    return D[f"{last}.LinearLayer.weight"] @ features


# === Ours ===


@pytest.mark.parametrize("outer", ["Model.", ""])
def test_a_model_has_the_images_and_logits_of_the_formulas(outer):
    model = r3gan.build(state(G, outer), state(D, outer))
    assert type(model) is ganzoo.R3GAN and model.image_shape == (8, 8, 1)
    z = draw(2, LATENTS)
    images = model.decode(z, as_float=True)
    wanted = np.stack([image_of(row) for row in z]).transpose(0, 2, 3, 1)
    np.testing.assert_allclose(images, wanted, rtol=1e-4, atol=1e-4)
    x = draw(2, 1, 8, 8)
    logits = ops.convert_to_numpy(model.discriminator(x.transpose(0, 2, 3, 1)))
    wanted = np.stack([logit_of(one) for one in x])
    np.testing.assert_allclose(logits, wanted, rtol=1e-4, atol=1e-4)


def test_a_model_with_labels_has_those_of_the_formulas_too(monkeypatch):
    """G's latents are followed by a vector, and D's outputs times another added up."""
    classes, size, outputs = 4, 2, 5
    first, last = "MainLayers.0.Layers.0.LinearLayer", "MainLayers.1.Layers.1"
    of_g = {
        **G,
        f"{first}.weight": draw(WIDTH, LATENTS + size),
        "EmbeddingLayer.weight": draw(size, classes),
    }
    of_d = {
        **D,
        f"{last}.LinearLayer.weight": draw(outputs, WIDTH),
        "EmbeddingLayer.weight": draw(outputs, classes),
    }
    model = r3gan.build(state(of_g), state(of_d))
    assert type(model) is ganzoo.ConditionalR3GAN
    assert (model.num_classes, model.latent_dim) == (classes, LATENTS)
    monkeypatch.setitem(G, f"{first}.weight", of_g[f"{first}.weight"])
    monkeypatch.setitem(
        D, f"{last}.LinearLayer.weight", of_d[f"{last}.LinearLayer.weight"]
    )
    z, labels = draw(2, LATENTS), np.int32([3, 1])
    vectors = of_g["EmbeddingLayer.weight"].T[labels]
    wanted = np.stack([image_of(row) for row in np.concatenate([z, vectors], axis=1)])
    images = model.decode(z, [labels], as_float=True)
    np.testing.assert_allclose(
        images, wanted.transpose(0, 2, 3, 1), rtol=1e-4, atol=1e-4
    )
    x, vectors = draw(2, 1, 8, 8), of_d["EmbeddingLayer.weight"].T[labels]
    logits = model.discriminator([x.transpose(0, 2, 3, 1), labels])
    wanted = [[logit_of(one) @ vector] for one, vector in zip(x, vectors)]
    np.testing.assert_allclose(
        ops.convert_to_numpy(logits), wanted, rtol=1e-4, atol=1e-4
    )
    assert r3gan.build(state(of_g)).discriminator.input_shape[1] == (None,)


@pytest.mark.parametrize(
    "arrays, match",
    [
        ({"MainLayers.0.Layers.0.Basis": draw(WIDTH, 5, 5)}, "does not fit"),
        ({"AggregationLayer.More": draw(3)}, "further weights"),
        (
            {"MainLayers.1.Layers.0.LinearLayer.Layer.weight": draw(8, WIDTH, 1, 1)},
            "are one up to 32 pixels",
        ),
        (
            {"MainLayers.1.Layers.0.Resampler.Kernel": np.full((4, 4), 1 / 16, "f4")},
            "resample by the filter 1 3 3 1",
        ),
        (
            {"MainLayers.0.Layers.1.LinearLayer2.Layer.weight": draw(32, 32, 3, 3)},
            "does not fit",
        ),
        ({f"MainLayers.{i}.more": draw(3) for i in range(2, 40)}, "at most 1024"),
    ],
)
def test_weights_of_other_networks_are_refused(arrays, match):
    found = state({**G, **arrays})
    with pytest.raises(ValueError, match=f"(?s){match}"):
        r3gan.make_generator(dataclasses.replace(found))
