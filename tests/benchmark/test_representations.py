"""The benchmark of representations: what it measures, and what it repeats."""

import numpy as np
import pytest

from benchmarks import representations
from ganzoo.benchmark import records
from ganzoo.data import Pictures
from ganzoo.evaluation import model_source
from ganzoo.training import recipes


class Encoder:
    """Codes that are the first two pixels."""

    def encode(self, images):
        return images.reshape(len(images), -1)[:, :2].astype("float32")


def test_errors_are_those_of_the_latents_and_of_the_layer_before(monkeypatch):
    constant = lambda images: np.ones((len(images), 1))  # noqa: E731
    monkeypatch.setattr(model_source, "penultimate", lambda model: constant)
    images = np.random.default_rng(0).integers(0, 256, (300, 2, 2, 1)).astype("uint8")
    # A line tells these classes apart, and a neighbour nearly.
    labels = (images[:, 0, 0, 0] > images[:, 0, 1, 0]).astype("int64")
    found = representations.errors_of(
        Encoder(),
        Pictures(images[:200], labels[:200]),
        Pictures(images[200:], labels[200:]),
    )
    assert found.keys() == {"linear", "hidden", "neighbour"}
    assert found["linear"] < 5 and found["linear"] < found["neighbour"] < 20
    assert found["hidden"] > 30


def test_the_recipes_have_encoders_and_training_alike():
    ali, bigan, bigbigan, resnet = (
        recipes.load(name).config for name in representations.RECIPES
    )
    assert ali["encoder"].pop("stochastic")
    assert not resnet["encoder"].pop("stochastic")
    assert not resnet["discriminator"].pop("unary")
    # Each paper has its own momentum, and as many images in an update of D.
    for one in (bigbigan, resnet):
        one["optimizer"].pop("beta_1")
    assert bigbigan["optimizer"].pop("beta_2") == 0.999
    assert bigbigan["training"].pop("batch_size") == 2 * 64
    assert resnet["training"].pop("batch_size") == 64
    for one, other in ((ali, bigan), (bigbigan, resnet)):
        one.pop("model"), other.pop("model")
        assert one == other


@pytest.mark.usefixtures("untraced", "few_pictures")
def test_a_run_is_trained_and_measured(tmp_path, monkeypatch):
    load = recipes.Recipe.load_pictures

    def few(self, *args):
        pictures = load(self, *args)
        return Pictures(pictures.images[:100], pictures.labels[:100])

    monkeypatch.setattr(recipes.Recipe, "load_pictures", few)
    text = recipes.load("ali_fashion_mnist_10k").text
    recipe = recipes.parse("ali", text.replace("filters = 32", "filters = 2"))
    found = representations.measure(recipe, 0, tmp_path / "run", epochs=1)
    assert found.keys() == {
        "linear",
        "hidden",
        "neighbour",
        "linear_untrained",
        "hidden_untrained",
        "neighbour_untrained",
        "reconstruction",
    }
    assert 0 <= found["linear"] < 90 and 0 < found["reconstruction"] < 1


def test_what_is_missing_is_measured_and_reported(tmp_path, monkeypatch):
    measured = []

    def measure(recipe, seed, run_dir, epochs, data_dir):
        measured.append((recipe.name, seed, run_dir.name))
        error = 2.0 + seed
        keys = [f"{k}{s}" for k in representations.ERRORS for s in ("", "_untrained")]
        return {**dict.fromkeys(keys, error), "reconstruction": 0.0321}

    monkeypatch.setattr(representations, "measure", measure)
    options = ["--out", str(tmp_path)]
    representations.main([*options, "--seeds", "1", "--recipes", "bigan_mnist"])
    representations.main(
        [*options, "--seeds", "2", "--recipes", "ali_mnist", "bigan_mnist"]
    )
    assert measured == [
        ("bigan_mnist", 0, "bigan_mnist-seed0"),
        ("ali_mnist", 0, "ali_mnist-seed0"),
        ("ali_mnist", 1, "ali_mnist-seed1"),
        ("bigan_mnist", 1, "bigan_mnist-seed1"),
    ]
    assert len(records.Records(tmp_path / "results.jsonl").read()) == 4
    text = (tmp_path / "report.md").read_text()
    assert "| bigan_mnist | 2.50 ± 0.71 | 2.50 ± 0.71 |" in text
    assert "| 0.0321 ± 0.0000 | 20 | 2 |" in text
