"""`ganzoo train --from`: a run that begins with a trained model."""

import shutil

import numpy as np
import pytest
import toys
from click.testing import CliRunner
from PIL import Image

from ganzoo import cli
from ganzoo.training import recipes
from ganzoo.training import run_models
from ganzoo.training import runs


def command(*arguments):
    return CliRunner().invoke(cli.main, [str(a) for a in arguments])


@pytest.fixture
def source(tmp_path, narrow, untraced, timed):
    """A run of grey images of 28 pixels, trained for an epoch."""
    done = command(
        *("train", "--data", fill(tmp_path / "grey", "L"), "--image-size", 28),
        *("--filters", 2, "--epochs", 1, "--run-dir", tmp_path / "source"),
    )
    assert done.exit_code == 0, done.output
    return tmp_path / "source"


def fill(folder, mode, seed=0):
    folder.mkdir()
    shape = (28, 28) if mode == "L" else (28, 28, 3)
    for i in range(20):
        noise = np.random.default_rng([seed, i]).integers(0, 256, shape, "uint8")
        Image.fromarray(noise).save(folder / f"{i}.png")
    return folder


def test_own_images_begin_with_a_run_and_go_on_without_it(timed, source, tmp_path):
    data, run_dir = fill(tmp_path / "others", "L", seed=1), tmp_path / "tuned"
    model = run_models.load_model(source)
    model.licence = "MIT"
    model.save(source / "model.keras")
    options = ("--from", source, "--freeze", 1, "--run-dir", run_dir)
    done = command("train", "--data", data, *options, "--epochs", 1)
    assert done.exit_code == 0, done.output
    assert "discriminator: begins with trained weights, all\n" in done.output
    recipe = runs.load_recipe(run_dir)
    assert recipe.start == str(source) and recipe.frozen == 1
    assert recipe.licence == run_models.load_model(run_dir).licence == "MIT"
    assert recipe.config["generator"]["filters"] == 2
    # The source is not needed any more.
    shutil.rmtree(source)
    done = command("train", "--data", data, *options, "--epochs", 2)
    assert done.exit_code == 0, done.output
    assert "begins with" not in done.output
    done = command("train", "--data", data, *options[:3], 2, *options[4:])
    assert "has --freeze 1. Received: --freeze 2" in done.output
    done = command("train", "--run-dir", run_dir, "--epochs", 3)
    assert done.exit_code == 0, done.output
    assert run_models.load_model(run_dir).licence == "MIT"


def test_images_of_other_channels_train_all_layers(timed, source, tmp_path):
    data, run_dir = fill(tmp_path / "colour", "RGB"), tmp_path / "tuned"
    options = ("--data", data, "--from", source, "--run-dir", run_dir, "--epochs", 1)
    done = command("train", *options, "--freeze", 1)
    assert done.exit_code == 1 and "would keep random weights" in done.output
    done = command("train", *options)
    assert done.exit_code == 0, done.output
    assert "discriminator: begins with trained weights, all but" in done.output


def test_frozen_layers_stay_and_others_learn(source, tmp_path):
    recipe = runs.load_recipe(source).begin_with(str(source), freeze=2)
    before = run_models.load_model(source)
    gan = runs.train(recipe, tmp_path / "tuned", epochs=1, verbose=0, start=before)
    theirs, ours = (
        [layer.get_weights() for layer in model.discriminator.layers if layer.weights]
        for model in (before, gan)
    )
    same = [toys.same(a, b) for a, b in zip(theirs, ours)]
    # Two convolutions and what normalises the second one.
    assert same == [True, True, True] + [False] * (len(same) - 3)


def test_what_cannot_begin_is_told(timed, source, tmp_path):
    recipe = runs.load_recipe(source).begin_with(str(source))
    with pytest.raises(ValueError, match="Pass `start`, the trained model"):
        runs.train(recipe, tmp_path / "run", verbose=0)
    start = run_models.load_model(source)
    start.licence = "MIT"
    with pytest.raises(ValueError, match="Pass the licence of the trained model"):
        runs.train(recipe, tmp_path / "run", verbose=0, start=start)
    train = ("train", "--data", tmp_path / "grey", "--run-dir", tmp_path / "run")
    for options, message in (
        (("--from", source, "--filters", 4), "the networks are those of --from"),
        (("--from", source, "--image-size", 64), "images of 28×28. Received: --image-"),
        (("--freeze", 2), "--freeze is with --from"),
        (("--from", tmp_path / "none"), "There is no preset, run folder or file"),
    ):
        done = command(*train, *options)
        assert done.exit_code != 0 and message in " ".join(done.output.split())
    assert not (tmp_path / "run" / "model.keras").exists()
    done = command("train", "--run-dir", source, "--from", source)
    assert done.exit_code == 2 and "has begun already" in done.output


@pytest.mark.parametrize(
    "start, message",
    [
        ({"freeze": 1}, "`start.from` is missing"),
        ({"from": 3}, "`start.from` must be the name of a preset"),
        ({"from": "a", "freeze": -1}, "`start.freeze` must be an int"),
        ({"from": "a", "licence": 3}, "`start.licence` must be a text"),
    ],
)
def test_a_section_that_cannot_be_meant_is_told(start, message):
    text = recipes.load("dcgan_fashion_mnist_10k").text
    section = "".join(f"{key} = {value!r}\n" for key, value in start.items())
    with pytest.raises(ValueError, match=message):
        recipes.parse("mine", f"{text}\n[start]\n{section}")
