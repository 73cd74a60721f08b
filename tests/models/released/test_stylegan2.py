"""StyleGAN2's weights of others: their images and logits, and what does not fit."""

import dataclasses
import pathlib

import numpy as np
import pytest
import toy_stylegan2 as theirs
from keras import ops

import ganzoo
from ganzoo.models.released import stylegan2
from ganzoo.system.pickles.networks import State

# By NVlabs/stylegan2-ada-pytorch at d72cc7d, like `toy_stylegan2`: a generator and a
# discriminator of each architecture, of grey images of 8 pixels, without labels.
FORMS = pathlib.Path(__file__).parents[1] / "references/stylegan2_forms.npz"


def close(received, wanted):
    received = ops.convert_to_numpy(received)
    np.testing.assert_allclose(received, wanted, rtol=1e-4, atol=1e-4)


def test_a_model_with_labels_has_the_images_and_logits_of_the_authors():
    model = stylegan2.build(theirs.state("G"), theirs.state("D"))
    assert type(model) is ganzoo.ConditionalStyleGAN2
    assert (model.image_shape, model.num_classes, model.latent_dim) == (
        (16, 16, 3),
        3,
        8,
    )
    labels, z = theirs.labels(), theirs.reference()["z"]
    for name in ("const", "none"):
        given = model.find_conditions(len(z), labels=labels, noise=name)
        images = model.decode(z, given, as_float=True)
        close(images, theirs.images(f"image_{name}"))
    logits = model.discriminator([theirs.images("x"), labels])
    close(logits, theirs.reference()["logits"])


def of_form(architecture):
    """What the authors' code makes of an architecture, and its states."""
    with np.load(FORMS) as file:
        numbers = {
            name.removeprefix(f"{architecture}/"): file[name]
            for name in file
            if name.startswith(f"{architecture}/")
        }
    states = {
        role: State(
            role,
            {k[2:]: v for k, v in numbers.items() if k.startswith(f"{role}/")},
            {"b4.mbstd.group_size": 2},
        )
        for role in "GD"
    }
    return numbers, states


@pytest.mark.parametrize("architecture", ["orig", "skip", "resnet"])
def test_each_architecture_is_told_by_its_weights(architecture):
    numbers, states = of_form(architecture)
    model = stylegan2.build(states["G"], states["D"])
    assert type(model) is ganzoo.StyleGAN2
    given = model.find_conditions(4)
    images = model.decode(numbers["z"], given, as_float=True)
    close(images, numbers["image"].transpose(0, 2, 3, 1))
    close(model.discriminator(numbers["x"].transpose(0, 2, 3, 1)), numbers["logits"])


def test_the_last_layer_of_studiogan_is_elsewhere():
    numbers, states = of_form("orig")
    arrays = {
        name.replace("b4.out.", "linear1."): array
        for name, array in states["D"].arrays.items()
    }
    judge = stylegan2.make_discriminator(State("", arrays, states["D"].facts))
    close(judge(numbers["x"].transpose(0, 2, 3, 1)), numbers["logits"])


@pytest.mark.parametrize("labels", [False, True])
def test_without_a_discriminator_there_is_a_new_one_as_wide(labels):
    state = theirs.state("G") if labels else of_form("skip")[1]["G"]
    model = stylegan2.build(state)
    largest = 2 if labels else 1
    for ours, block in {
        "block0_conv0": largest,
        "block0_conv1": largest - 1,
        "last_conv": 0,
    }.items():
        width = model.synthesis.get_layer(f"block{block}_conv1").filters
        assert model.discriminator.get_layer(ours).filters == width
    assert len(model.generate(1, seed=0)) == 1


# === What does not fit ===


def changed(role="G", facts=None, **arrays):
    """A state with some arrays changed, or left out where they are None."""
    state = theirs.state(role)
    found = state.arrays | {k.replace("__", "."): v for k, v in arrays.items()}
    found = {name: array for name, array in found.items() if array is not None}
    return dataclasses.replace(state, arrays=found, facts=facts or state.facts)


F4 = "float32"


@pytest.mark.parametrize(
    "arrays, match",
    [
        ({"mapping__w_avg": None}, "a weight is missing.*no 'mapping.w_avg'"),
        ({"mapping__w_avg": np.zeros(7, F4)}, r"does not fit.*shape \(7,\)"),
        ({"mapping__w_avg": np.zeros(8, int)}, "Weights are floats.*'mapping.w_avg'"),
        ({"mapping__w_avg": np.zeros(0, F4)}, "A weight is empty"),
        ({"mapping__more": np.zeros(8, F4)}, "further weights.*'mapping.more'"),
        ({"mapping__fc1__weight": None}, "further weights.*'mapping.fc1.bias'"),
        (
            {"synthesis__b32__const": np.zeros(1, F4)},
            "no 'synthesis.b32.conv0.noise_const'",
        ),
        ({"synthesis__b9__const": np.zeros(1, F4)}, r"blocks of \[4, 8, 9, 16\]"),
        (
            {"synthesis__b8__conv1__noise_const": np.zeros((9, 9), F4)},
            "noise of a layer is as large as its features",
        ),
        (
            {"synthesis__b8__resample_filter": np.full((4, 4), 1 / 16, F4)},
            "resample by the filter 1 3 3 1",
        ),
        (
            {"synthesis__b8__conv1__weight": np.zeros((5, 16, 3, 3), F4)},
            "does not fit the others",
        ),
    ],
)
def test_weights_of_other_networks_are_refused(arrays, match):
    with pytest.raises(ValueError, match=f"(?s){match}.*"):
        stylegan2.build(changed(**arrays))


@pytest.mark.parametrize(
    "facts",
    [
        {"mapping.fc0.activation": "relu"},
        {"mapping.fc0.bias_gain": 1.0},
        {"synthesis.b4.conv1.use_noise": False},
    ],
)
def test_options_of_other_networks_are_refused(facts):
    (name,) = facts
    with pytest.raises(ValueError, match=f"an option is one of .*{name}="):
        stylegan2.build(changed(facts=facts))


def test_usual_options_are_taken():
    facts = {"mapping.fc0.activation": "lrelu", "mapping.fc0.bias_gain": 0.01}
    facts |= {"synthesis.b4.conv1.use_noise": True, "synthesis.b4.conv1.bias_gain": 1.0}
    generator, *_ = stylegan2.make_generator(changed(facts=facts))
    assert generator.output_shape == (None, 16, 16, 3)


def test_images_have_a_size_that_can_be():
    sides = {f"synthesis__b{4 << i}__const": np.zeros(1, F4) for i in range(3, 10)}
    with pytest.raises(ValueError, match="at most 1024 pixels.*for 2048"):
        stylegan2.build(changed(**sides))


def test_a_discriminator_of_other_labels_is_refused():
    with pytest.raises(ValueError, match="Received: .*discriminator"):
        stylegan2.build(theirs.state("G"), of_form("orig")[1]["D"])
