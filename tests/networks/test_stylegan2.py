"""StyleGAN2's networks: the numbers of the authors' code, and how large they are."""

import keras
import numpy as np
import pytest
import toy_stylegan2
from keras import ops

from ganzoo import networks
from ganzoo.networks import stylegan2

SIZES = ["latent_dim", "style_dim", "filters", "channel_base", "mapping_layers"]


def close(received, wanted, bound=1e-4):
    received = ops.convert_to_numpy(received)
    np.testing.assert_allclose(received, wanted, rtol=bound, atol=bound)


@pytest.mark.parametrize("name, value", [("ws", 1.0), ("ws_psi_0.7", 0.7)])
def test_the_mapping_is_that_of_the_authors_code(name, value):
    mapping = toy_stylegan2.generator().get_layer("mapping")
    close(
        mapping(
            [
                toy_stylegan2.reference()["z"],
                toy_stylegan2.labels(),
                toy_stylegan2.psi(value),
            ]
        ),
        toy_stylegan2.reference()[name],
    )


@pytest.mark.parametrize("name, constant", [("const", True), ("none", False)])
def test_images_are_those_of_the_authors_code(name, constant):
    inputs = [
        toy_stylegan2.reference()["z"],
        toy_stylegan2.labels(),
        toy_stylegan2.psi(1.0),
        toy_stylegan2.noise(constant),
    ]
    close(
        toy_stylegan2.generator()(inputs),
        toy_stylegan2.images(f"image_{name}"),
    )


def test_logits_are_those_of_the_authors_code():
    close(
        toy_stylegan2.discriminator()(
            [toy_stylegan2.images("x"), toy_stylegan2.labels()]
        ),
        toy_stylegan2.reference()["logits"],
    )


def count(model):
    return sum(int(np.prod(v.shape)) for v in model.trainable_variables)


def test_at_cifar_10_they_are_as_large_as_in_the_authors_configuration():
    shape, classes = (32, 32, 3), 10
    generator = networks.stylegan2_generator(shape, mapping_layers=2)
    assert round(count(generator) / 1e6, 2) == 19.95
    # With labels there is an embedding, and twice as much into the first layer.
    mapping = generator.get_layer("mapping")
    conditional = stylegan2.to_styles(512, classes, 512, 2, 8)
    more = count(conditional) - count(mapping)
    assert more == (classes + 1) * 512 + 512 * 512
    assert round((count(generator) + more) / 1e6, 2) == 20.22
    plain = networks.stylegan2_discriminator(shape, architecture="orig", group_size=32)
    assert round(count(plain) / 1e6, 2) == 20.72


@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3), (48, 64, 1), (4, 4, 1)])
@pytest.mark.parametrize("architecture", stylegan2.ARCHITECTURES)
def test_networks_reach_every_size(shape, architecture):
    options = {"filters": 4, "architecture": architecture}
    model = networks.stylegan2_generator(shape, 3, 5, mapping_layers=1, **options)
    layers = {4: 2, 28: 6, 32: 8, 48: 8}[shape[0]]
    assert model.input_shape[:2] == [(None, 3), (None, layers)]
    assert model.output_shape == (None, *shape)
    size = model.input_shape[2][1]
    x = model([np.ones((4, n), "float32") for n in (3, layers, size)])
    judge = networks.stylegan2_discriminator(shape, **options)
    assert tuple(judge(x).shape) == (4, 1)


@pytest.mark.parametrize("shape", [(30, 30, 1), (3, 3, 1), (18, 32, 3)])
def test_sizes_that_do_not_halve_are_refused(shape):
    for make in (networks.stylegan2_generator, networks.stylegan2_discriminator):
        with pytest.raises(
            ValueError, match="sides that halve down to between 4 and 7"
        ):
            make(shape)


@pytest.mark.parametrize("make", ["stylegan", "stylegan2", "stylegan3"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("number", [0, 2.5])
def test_sizes_and_counts_that_are_none_are_refused(make, size, number):
    function = getattr(networks, f"{make}_generator")
    with pytest.raises(ValueError, match=f"`{size}` must be an int of at least 1"):
        function((16, 16, 1), **{size: number})


def test_other_architectures_are_refused():
    for make in (networks.stylegan2_generator, networks.stylegan2_discriminator):
        with pytest.raises(ValueError, match=r"one of \('orig', 'skip', 'resnet'\)"):
            make((28, 28, 1), architecture="big")


def test_kernels_and_attention_are_where_they_are_asked_for():
    shape, options = (16, 16, 1), {"filters": 4, "attention": (4, 8)}
    generator = networks.stylegan2_generator(shape, 3, 5, kernels=3, **options)
    synthesis = generator.get_layer("synthesis")
    kernels = {n.name: getattr(n, "kernels", None) for n in synthesis.layers}
    assert [kernels[f"block{i}_conv1"] for i in range(3)] == [3, 3, 3]
    assert [kernels[f"block{i}_to_image"] for i in range(3)] == [1, 1, 1]
    judge = networks.stylegan2_discriminator(shape, **options)
    found = [
        {n.name: n.output.shape[1] for n in model.layers if "attention" in n.name}
        for model in (synthesis, judge)
    ]
    assert found == [
        {"block0_attention": 4, "block1_attention": 8},
        {"block1_attention": 8, "last_attention": 4},
    ]
    one = networks.stylegan2_projection_discriminator(shape, 3, 4, attention=16)
    assert one.get_layer("block0_attention").output.shape[1:] == (16, 16, 4)


def test_heights_that_no_features_have_are_refused():
    for make in (networks.stylegan2_generator, networks.stylegan2_discriminator):
        with pytest.raises(
            ValueError, match=r"heights of features, of \[28, 14, 7\].*attention=8"
        ):
            make((28, 28, 1), attention=8)


def test_they_are_saved_with_all_they_have(tmp_path):
    for model in (toy_stylegan2.generator(), toy_stylegan2.discriminator()):
        path = tmp_path / f"{model.name}.keras"
        model.save(path)
        again = keras.saving.load_model(path)
        for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_in_half_precision_images_and_logits_are_about_the_same(policy):
    keras.config.set_dtype_policy(policy)
    try:
        models = toy_stylegan2.generator(), toy_stylegan2.discriminator()
    finally:
        keras.config.set_dtype_policy("float32")
    reference, labels = toy_stylegan2.reference(), toy_stylegan2.labels()
    inputs = [reference["z"], labels, toy_stylegan2.psi(1.0)]
    x = models[0]([*inputs, toy_stylegan2.noise()])
    logits = models[1]([toy_stylegan2.images("x"), labels])
    close(x, toy_stylegan2.images("image_const"), 0.1)
    close(logits, reference["logits"], 0.1)
