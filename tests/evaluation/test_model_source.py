"""Scores that only one kind of model has."""

import numpy as np
import pytest
import toys

from ganzoo.data import Pictures
from ganzoo.evaluation import model_source
from ganzoo.metrics import paired
from ganzoo.training import recipes


@pytest.fixture(scope="module")
def split():
    return Pictures(toys.pictures(40), toys.labels(40))


def test_an_encoder_is_scored_beside_an_untrained_one(split):
    model, untrained = toys.compiled("BiGAN"), toys.compiled("BiGAN")
    scores = model_source.encoder_scores(model, untrained, split, split)
    assert scores.keys() == {
        "nn_accuracy",
        "nn_accuracy_penultimate",
        "nn_accuracy_untrained",
        "nn_accuracy_penultimate_untrained",
        "reconstruction_l1",
        "random_l1",
    }
    # The nearest neighbour of a training image is itself.
    assert scores["nn_accuracy"] == scores["nn_accuracy_penultimate"] == 1.0
    reconstructed = paired.l1(split.images, model.reconstruct(split.images)).mean()
    assert scores["reconstruction_l1"] == pytest.approx(reconstructed)


@pytest.mark.parametrize("variant", ["ALI", "BiGAN"])
def test_neighbours_are_those_of_the_latents(split, variant):
    model = toys.compiled(variant)
    test = Pictures(255 - split.images[:15], split.labels[:15])
    scores = model_source.encoder_scores(model, model, split, test)
    z, z_test = model.encode(split.images), model.encode(test.images)
    nearest = [np.argmin(((z - code) ** 2).sum(axis=1)) for code in z_test]
    assert scores["nn_accuracy"] == np.mean(split.labels[nearest] == test.labels)
    assert scores["nn_accuracy_untrained"] == scores["nn_accuracy"]


@pytest.mark.usefixtures("untraced", "few_pictures")
def test_a_run_of_a_bigan_has_them(tmp_path, monkeypatch):
    from ganzoo import evaluation
    from ganzoo.training import runs

    load = recipes.Recipe.load_pictures

    def few(self, *args):
        all_of_them = load(self, *args)
        return Pictures(all_of_them.images[:200], all_of_them.labels[:200])

    monkeypatch.setattr(recipes.Recipe, "load_pictures", few)
    text = recipes.load("bigan_fashion_mnist_10k").text
    recipe = recipes.parse("bigan", text.replace("units = 512", "units = 8"))
    runs.train(recipe, tmp_path / "run", epochs=1, verbose=0)
    record = evaluation.evaluate(
        tmp_path / "run", features="fashion-classifier", count=200
    )
    assert 0.1 < record["nn_accuracy"] <= 1 and 0.1 < record["nn_accuracy_untrained"]
    assert record["reconstruction_l1"] > 0 and record["random_l1"] > 0
