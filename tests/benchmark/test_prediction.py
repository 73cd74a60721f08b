"""The benchmark of prediction: its scores, what it keeps and what it reports."""

import dataclasses

import numpy as np
import pytest
from PIL import Image

from benchmarks import prediction
from ganzoo.benchmark import records
from ganzoo.training import recipes


def test_sharpness_is_the_mean_length_of_the_gradient():
    ramp = np.zeros((2, 5, 5, 1), "uint8")
    ramp[:] = (3 * np.arange(5)[:, None] + 4 * np.arange(5))[..., None]
    assert prediction.sharpness(ramp) == pytest.approx(5 / 255)
    assert prediction.sharpness(np.full((1, 4, 4, 3), 9, "uint8")) == 0


def test_squares_are_of_pixels_between_0_and_1():
    black, white = (np.full((2, 4, 4, 1), value, "uint8") for value in (0, 255))
    assert prediction.squared_error(white, black) == 1
    # What stands still is predicted by its last image.
    still = np.random.default_rng(0).integers(0, 256, (2, 1, 4, 4, 1), "uint8")
    past = still.repeat(3, axis=1)
    assert prediction.squared_error(past[:, -1], still[:, 0]) == 0


@pytest.mark.parametrize("forwards", [True, False])
def test_an_even_motion_is_as_hard_backwards(forwards):
    frames = np.zeros((1, 4, 8, 8, 1), "uint8")
    for i in range(4):
        frames[0, i, 3, 2 * i] = 200
    frames = frames if forwards else frames[:, ::-1]
    error = prediction.squared_error(frames[:, -2], frames[:, -1])
    assert error == pytest.approx(2 * (200 / 255) ** 2 / 64)


@pytest.mark.usefixtures("untraced")
def test_each_way_is_measured_on_what_was_held_out(tmp_path, monkeypatch):
    load = recipes.Recipe._load

    def load_few(self, *args):
        found = load(self, *args)
        return dataclasses.replace(found, images=found.images[:32], labels=None)

    monkeypatch.setattr(recipes.Recipe, "_load", load_few)
    text = recipes.load("predictive_gan_fashion_mnist_10k").text
    for old, new in (
        ("filters = 16", "filters = 1"),
        ("units = 128", "units = 2"),
        ("units = 64", "units = 2"),
        ("frames = 5", "frames = 2"),
        ("epochs = 5", "epochs = 1"),
    ):
        assert old in text
        text = text.replace(old, new)
    recipe = recipes.parse("predictive", text)
    found, seconds, sheet = prediction.measure(recipe, 0, tmp_path / "run")
    assert tuple(found) == (*prediction.METHODS, prediction.REAL)
    assert found[prediction.REAL]["mse"] == 0 and seconds > 0
    assert isinstance(sheet, Image.Image)
    sequences = np.asarray(recipe.load_data("test")[0])
    predicted = prediction.predict(sequences[:, :-1], tmp_path / "run")
    for name, images in predicted.items():
        assert images.shape == sequences[:, -1].shape and images.dtype == np.uint8
        error = prediction.squared_error(images, sequences[:, -1])
        assert found[name]["mse"] == pytest.approx(error)
    assert (predicted["MSE stage"] != predicted["game"]).any()


def test_what_is_missing_is_measured_and_reported(tmp_path, monkeypatch):
    measured = []

    def measure(recipe, seed, run_dir, data_dir):
        measured.append((recipe.name, recipe.epochs, seed, run_dir.name))
        scores = {"mse": 0.02 * (seed + 1), "sharpness": 0.03}
        ways = (*prediction.METHODS, prediction.REAL)
        return dict.fromkeys(ways, scores), 90.0, Image.new("RGB", (4, 4))

    monkeypatch.setattr(prediction, "measure", measure)
    for seeds in "12":
        prediction.main(["--seeds", seeds, "--epochs", "3", "--out", str(tmp_path)])
    name = "predictive_moving_digits"
    assert measured == [(name, 3, seed, f"{name}-seed{seed}") for seed in range(2)]
    assert len(records.Records(tmp_path / "results.jsonl").read()) == 10
    text = (tmp_path / "report.md").read_text()
    row = "0.0300 ± 0.0141 | 0.0300 ± 0.0000 | 2 |"
    assert f"| MSE stage | {name} | {row}" in text
    assert "in 2 minutes" in text
    assert (tmp_path / "images.png").read_bytes().startswith(b"\x89PNG")
