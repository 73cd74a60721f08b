"""The benchmark of translation without pairs: its scores and what it reports."""

import numpy as np
import pytest
import toys
from PIL import Image

from benchmarks import translation
from ganzoo.benchmark import records
from ganzoo.metrics import paired
from ganzoo.training import recipes
from ganzoo.training import runs

SCORES = {"CycleGAN": 0.05, "the image itself": 0.08, "mean colour": 0.3}


def test_translations_are_compared_with_their_true_partners(monkeypatch):
    gan = toys.build("CycleGAN")
    test = tuple(map(np.array, toys.data("CycleGAN", 20)))
    train = tuple(np.full((3, 4, 4, 1), value, "uint8") for value in (10, 200))
    monkeypatch.setattr(translation, "supervised", lambda run, given, wanted: wanted)
    found = translation.score(gan, train, test, "a run of pairs")
    assert tuple(found) == gan.domains
    for number, to in enumerate(gan.domains):
        scores, sheet = found[to]
        given, wanted = test[1 - number], test[number]
        there = gan.translate(given, to)
        assert scores["CycleGAN"] == paired.l1(wanted, there).mean()
        assert scores["the image itself"] == paired.l1(wanted, given).mean()
        flat = np.full_like(wanted, train[number][0])
        assert scores["mean colour"] == paired.l1(wanted, flat).mean()
        back = paired.l1(given, gan.translate(there, 1 - number)).mean()
        assert scores["there and back"] == back
        assert isinstance(sheet, Image.Image)
    # It knows one direction.
    assert "pix2pix" not in found["a"][0] and found["b"][0]["pix2pix"] == 0


@pytest.mark.usefixtures("untraced")
def test_a_run_is_measured_on_what_was_held_out(tmp_path, monkeypatch):
    load = recipes.Recipe.load_data

    def load_few(self, *args):
        return tuple(array[:16] for array in load(self, *args))

    monkeypatch.setattr(recipes.Recipe, "load_data", load_few)
    text = recipes.load("cyclegan_fashion_mnist_10k").text
    text = text.replace("filters = 8", "filters = 1").replace(
        "blocks = 2", "blocks = 0"
    )
    recipe = recipes.parse("mine", text.replace("epochs = 2", "epochs = 1"))
    found, seconds = translation.measure(recipe, 0, tmp_path / "run")
    again = translation.measure(recipe, 0, tmp_path / "run")[0]
    assert seconds > 0 and {to: s for to, (s, _) in found.items()} == {
        to: s for to, (s, _) in again.items()
    }
    clothes, edges = recipe.load_data("test")
    model = runs.load_model(tmp_path / "run")
    wanted = paired.l1(edges, model.translate(clothes, to="b")).mean()
    assert found["b"][0]["CycleGAN"] == pytest.approx(wanted)


def test_images_are_compared_in_the_channels_of_their_partners():
    grey = np.arange(8, dtype="uint8").reshape(2, 2, 2, 1)
    colour = translation.in_channels(grey, 3)
    np.testing.assert_array_equal(colour, np.repeat(grey, 3, -1))
    np.testing.assert_array_equal(translation.in_channels(colour, 1), grey)
    assert translation.in_channels(grey, 1) is grey


def test_what_is_missing_is_measured_and_reported(tmp_path, monkeypatch):
    measured = []

    def measure(recipe, seed, run_dir, data_dir, pix2pix):
        measured.append((recipe.name, recipe.epochs, seed, run_dir.name, pix2pix))
        scores = {**SCORES, "there and back": 0.01 + seed / 100}
        better = {**scores, "pix2pix": 0.04}
        image = Image.new("RGB", (4, 4))
        return {"a": (scores, image), "b": (better, image)}, 90.0

    monkeypatch.setattr(translation, "measure", measure)
    for seeds in "12":
        translation.main(
            ["--seeds", seeds, "--epochs", "3", "--out", str(tmp_path)]
            + ["--pix2pix", "there"]
        )
    name = "cyclegan_openmoji_64"
    assert measured == [
        (name, 3, seed, f"{name}-seed{seed}", "there") for seed in (0, 1)
    ]
    assert len(records.Records(tmp_path / "results.jsonl").read()) == 4
    text = (tmp_path / "report.md").read_text()
    row = "0.0500 ± 0.0000 | 0.0150 ± 0.0071 | 2 |"
    assert f"| a | CycleGAN | {name} | {row}" in text
    assert f"| b | pix2pix | {name} | 0.0400 ± 0.0000 |  | 2 |" in text
    assert "| a | pix2pix" not in text
    assert "in 2 minutes" in text and "CC BY-SA 4.0" in text
    assert (tmp_path / "b.png").read_bytes().startswith(b"\x89PNG")
