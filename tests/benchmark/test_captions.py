"""The benchmark of captions: what is read off images, and what it reports."""

import json

import numpy as np
import pytest

from benchmarks import captions
from ganzoo.training import recipes

SCORES = {
    **{"seen": 0.9, "held_out": 0.8, "chance_seen": 0.2, "chance_held_out": 0.25},
    **{"real": 0.97, "seconds": 90, "shown": ["ear: dark skin tone", "nose"]},
}


def test_tones_are_read_off_captions():
    found = {
        "waving hand": 0,
        "ear: light skin tone": 1,
        "man: medium-light skin tone, red hair": 2,
        "hand: medium skin tone": 3,
        "woman cook: medium-dark skin tone": 4,
        "ninja: dark skin tone": 5,
        "kiss: person, person, dark skin tone, medium-light skin tone": -1,
    }
    assert {text: captions.tone_of(text) for text in found} == found
    texts = np.array(list(found))
    images = np.arange(7, dtype="uint8").reshape(7, 1, 1, 1)
    kept, texts, tones = captions.one_tone(images, texts)
    assert kept.ravel().tolist() == tones.tolist() == list(range(6))


def test_accuracy_is_of_images_of_each_text():
    class Model:
        def generate(self, n, texts, seed):
            tones = [captions.tone_of(text) for text in texts]
            return np.array(tones, "uint8").reshape(n, 1, 1, 1)

    texts, tones = np.array(["ear", "ear: dark skin tone"]), np.array([0, 5])

    def classify(images):
        return images.ravel()

    assert captions.accuracy(Model(), texts, tones, classify) == 1
    assert captions.accuracy(Model(), texts, tones, lambda i: 0 * i.ravel()) == 0.5
    assert captions.chance(np.array([0, 5, 5, 1])) == 0.5


def test_the_classifier_learns_what_it_is_shown():
    rng = np.random.default_rng(0)
    tones = rng.integers(0, 6, 400)
    images = (
        np.zeros((400, 16, 16, 3), "uint8")
        + (40 * tones).astype("uint8")[:, None, None, None]
    )
    read = captions.Classifier(images[:300], tones[:300], epochs=8)(images[300:])
    assert (read == tones[300:]).mean() > 0.9


def test_both_arms_differ_in_the_weight_of_wrong_pairs_alone():
    on, off = (captions.recipe_of(arm, epochs=2) for arm in captions.ARMS)
    assert (on.epochs, on.kind) == (2, "captions")
    weights = [r.config["model"].pop("mismatch_weight") for r in (on, off)]
    assert weights == [0.5, 0.0] and on.config == off.config


@pytest.mark.usefixtures("untraced")
def test_a_run_is_measured(tmp_path, monkeypatch):
    texts = np.array([f"ear: {tone} skin tone" for tone in captions.TONES] + ["ear"])
    images = np.random.default_rng(0).integers(0, 256, (12, 28, 28, 3)).astype("uint8")
    arrays = images, np.resize(texts, 12)
    monkeypatch.setattr(recipes.Recipe, "load_data", lambda *args: arrays)
    text = recipes.load(captions.RECIPE).text
    for old, new in (("filters = 48", "filters = 2"), ("filters = 32", "filters = 2")):
        text = text.replace(old, new)
    recipe = recipes.parse("toy", text.replace("image_size = 32", "image_size = 28"))
    document = recipe.config
    document["stages"]["text"]["epochs"] = document["training"]["epochs"] = 1
    monkeypatch.setattr(captions, "recipe_of", lambda arm, epochs: recipe)
    monkeypatch.setattr(captions, "PER_TEXT", 1)
    scores, sheet = captions.measure("CLS", 0, tmp_path / "run")
    assert 0 <= scores["held_out"] <= 1 and scores["texts"] == [12, 12]
    assert scores["chance_seen"] == pytest.approx(1 / 6)
    assert sheet.shape == (8 * 30 - 2, 9 * 30 - 2, 3) and len(scores["shown"]) == 8
    json.dumps(scores)


def test_what_is_missing_is_measured_and_reported(tmp_path, monkeypatch):
    measured = []

    def measure(arm, seed, run_dir, epochs, data_dir):
        measured.append((arm, seed, run_dir.name))
        return {**SCORES, "seen": 0.9 - seed / 10}, np.zeros((4, 4, 3), "uint8")

    monkeypatch.setattr(captions, "measure", measure)
    for seeds in "12":
        captions.main(["--seeds", seeds, "--out", str(tmp_path)])
    arms = (("CLS", "cls"), ("CLS off", "cls_off"))
    assert measured == [(a, s, f"{n}-seed{s}") for s in range(2) for a, n in arms]
    text = (tmp_path / "report.md").read_text()
    assert "| CLS off | 0.850 ± 0.071 | 0.800 ± 0.000 |" in text
    assert "from the top: ear: dark skin tone; nose." in text and "CC BY-SA" in text
    assert (tmp_path / "cls_off.png").read_bytes().startswith(b"\x89PNG")
