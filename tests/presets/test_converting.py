"""Files of other projects converted: used like any model, and their licences kept."""

import dataclasses

import numpy as np
import pytest
import toy_biggan
import toy_released as toys
import toy_stylegan2
from click.testing import CliRunner

import ganzoo
from ganzoo import cli
from ganzoo import presets
from ganzoo.presets import cards
from ganzoo.presets import records
from ganzoo.presets import registry
from ganzoo.system.pickles.networks import State

NVIDIA = "NVIDIA Source Code License (non-commercial)"


def moved(state):
    """A state with other weights."""
    arrays = {name: array + 1 for name, array in state.arrays.items()}
    return dataclasses.replace(state, arrays=arrays)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    """A pickle as of StyleGAN2-ADA, whose averages are the authors' numbers."""
    generator, judge = toy_stylegan2.state("G"), toy_stylegan2.state("D")
    networks = {
        "G": toys.modules(moved(generator)),
        "D": toys.modules(judge),
        "G_ema": toys.modules(generator),
        "augment_pipe": None,
    }
    path = tmp_path_factory.mktemp("released") / "snapshot.pkl"
    path.write_bytes(toys.pickled(networks))
    return path


@pytest.fixture(scope="module")
def model(snapshot):
    return presets.convert(snapshot)


@pytest.fixture(scope="module")
def file(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("converted") / "stylegan2.keras"
    model.save(path)
    return path


def images(model):
    given = model.find_conditions(4, labels=toy_stylegan2.labels())
    return model.decode(toy_stylegan2.reference()["z"], given, as_float=True)


def test_a_pickle_gives_the_images_of_its_averages(model):
    assert type(model) is ganzoo.ConditionalStyleGAN2 and not model.compiled
    wanted = toy_stylegan2.images("image_const")
    np.testing.assert_allclose(images(model), wanted, rtol=1e-4, atol=1e-4)


def test_a_converted_file_is_a_model_like_others(model, file):
    again = registry.open_model(file)
    assert again.licence == NVIDIA
    np.testing.assert_array_equal(images(again), images(model))
    x = again.generate(2, seed=0, labels=1, truncation=0.5)
    z = again.project(x, labels=1, starts=1, steps=1, verbose=0)
    assert x.shape == (2, 16, 16, 3) and z.shape == (2, 8)


def test_a_record_has_the_licence_whatever_is_said(model, tmp_path):
    model.save_preset(tmp_path / "mine", licence="CC0-1.0")
    facts = records.record(tmp_path / "mine")
    assert facts["licence"] == NVIDIA
    assert f"licence     {NVIDIA}" in cards.render("mine", facts)
    assert ganzoo.from_preset(tmp_path / "mine").licence == NVIDIA


def test_models_of_ones_own_say_nothing_of_licences(model):
    own = type(model).from_config({**model.get_config(), "licence": None})
    assert own.licence is None and "licence" not in own.get_config()


# === Which files belong together ===


@pytest.mark.parametrize("pack", [toys.stream, toys.archive])
def test_each_network_may_have_its_own_file(tmp_path, pack):
    for role in "GD":
        state = toy_biggan.state("cifar", role, trained=True)
        (tmp_path / f"{role}.pth").write_bytes(pack(toys.tensors(state)))
    judge, generator = tmp_path / "D.pth", tmp_path / "G.pth"
    model = presets.convert(generator, judge)
    assert type(model) is ganzoo.BigGAN and model.licence == "MIT (of the code)"
    wanted = toy_biggan.reference()["cifar/after/D/linear.u0"]
    np.testing.assert_array_equal(
        model.discriminator.get_layer("linear").u, wanted.ravel()
    )
    with pytest.warns(UserWarning, match="no discriminator in what was given"):
        assert presets.convert(generator).discriminator.built
    with pytest.raises(ValueError, match="a discriminator only"):
        presets.convert(judge)


def test_names_of_no_release_are_told(tmp_path):
    path = tmp_path / "other.pth"
    weights = {f"layer{i}.weight": np.zeros(2) for i in range(9)}
    path.write_bytes(toys.archive(toys.tensors(State("", weights, {}))))
    known = "named as in no release that the zoo knows.*StudioGAN.*R3GAN"
    with pytest.raises(ValueError, match=f"{known}.*'layer0.weight'.* and 1 more"):
        presets.convert(path)


# === The command ===


def ganzoo_command(*args):
    return CliRunner().invoke(cli.main, [str(arg) for arg in args])


def test_the_command_converts_and_says_the_licence(snapshot, tmp_path):
    out = tmp_path / "stylegan2.keras"
    done = ganzoo_command("convert", snapshot, "--out", out)
    assert done.exit_code == 0, done.output
    assert "ConditionalStyleGAN2: images of 16×16, 3 channels, 3 classes" in done.output
    assert f"Licence of the weights: {NVIDIA}\nModel: {out}" in done.output
    sheet = tmp_path / "samples.png"
    done = ganzoo_command("generate", out, "-n", 2, "--out", sheet)
    assert done.exit_code == 0 and sheet.is_file(), done.output


def test_the_command_says_what_is_wrong(snapshot, tmp_path):
    out = tmp_path / "model.keras"
    done = ganzoo_command("convert", snapshot, "--out", tmp_path / "model.h5")
    assert done.exit_code == 2 and "must end with .keras" in done.output
    done = ganzoo_command("convert", tmp_path / "missing.pkl", "--out", out)
    assert done.exit_code == 1 and "cannot be opened" in done.output
    damaged = tmp_path / "damaged.pkl"
    damaged.write_bytes(snapshot.read_bytes()[:5000])
    done = ganzoo_command("convert", damaged, "--out", out)
    assert done.exit_code == 1 and "No code in it was run" in done.output
    assert not out.exists()
