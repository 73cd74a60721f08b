"""BigGAN's weights of others: their images and logits, and what does not fit."""

import dataclasses

import numpy as np
import pytest
import toy_biggan as theirs
from keras import ops

import ganzoo
from ganzoo.models.released import biggan


def close(received, wanted):
    received = ops.convert_to_numpy(received)
    np.testing.assert_allclose(received, wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("form", ["cifar", "imagenet_form"])
def test_a_model_has_the_images_and_logits_of_the_authors(form):
    states = (theirs.state(form, role, trained=True) for role in "GD")
    model = biggan.build(*states)
    assert type(model) is ganzoo.BigGAN
    assert (model.image_shape, model.num_classes, model.latent_dim) == (
        (32, 32, 3),
        3,
        8,
    )
    figures = {
        name.removeprefix(f"{form}/"): array
        for name, array in theirs.reference().items()
    }
    labels = figures["y"].astype("int32")
    images = model.decode(figures["z"], [labels], as_float=True)
    close(images, figures["eval_image"].transpose(0, 2, 3, 1))
    judged = figures["train_image"].transpose(0, 2, 3, 1)
    logits = model.discriminator([judged, labels], training=False)
    close(logits, figures["eval_logits_of_train_image"])


def changed(role="G", form="cifar", **arrays):
    state = theirs.state(form, role, trained=True)
    found = state.arrays | {k.replace("__", "."): v for k, v in arrays.items()}
    found = {name: array for name, array in found.items() if array is not None}
    return dataclasses.replace(state, arrays=found)


def test_further_singular_vectors_are_left_out():
    more = {"linear__u1": np.zeros((1, 256), "f4"), "linear__sv1": np.ones(1, "f4")}
    generator, options = biggan.make_generator(changed(**more))
    assert generator.output_shape == (None, 32, 32, 3)
    assert options == {"num_classes": 3, "filters": 4}


@pytest.mark.parametrize(
    "role, arrays, match",
    [
        ("G", {"linear__u0": None}, "a weight is missing.*no 'linear.u0'"),
        ("G", {"blocks__0__0__bn1__stored_mean": None}, "no 'blocks.0.0.bn1.stored_me"),
        ("G", {"linear__weight": np.zeros((255, 8), "f4")}, "4 by 4 pixels.*255 outp"),
        ("G", {"blocks__2__0__conv1__weight": None}, "does not fit|further weights"),
        (
            "G",
            {f"blocks__{i}__1__gamma": np.float32(0) for i in range(2)},
            r"behind one block at most.*\[0, 1\]",
        ),
        ("D", {"embed__weight": np.zeros((4, 16), "f4")}, "'embed.u0' of shape"),
        ("D", {"more__weight": np.zeros(1, "f4")}, "further weights.*'more.weight'"),
    ],
)
def test_weights_of_other_networks_are_refused(role, arrays, match):
    states = {"G": changed(), "D": changed("D"), role: changed(role, **arrays)}
    make = {"G": biggan.make_generator, "D": biggan.make_discriminator}[role]
    more = [(32, 32, 3)] * (role == "D")
    with pytest.raises(ValueError, match=f"(?s){match}"):
        make(states[role], *more)
