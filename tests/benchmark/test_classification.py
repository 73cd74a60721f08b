"""The benchmark of classifiers: errors of each draw, and samples of each class."""

import numpy as np
import pytest

from benchmarks import classification
from ganzoo.benchmark import records


def test_each_draw_is_trained_once_and_reported(tmp_path, monkeypatch):
    trained = []

    def train(recipe, seed, run_dir, data_dir):
        trained.append((recipe.name, seed))
        return {"error": [0.01, 0.014][seed], "seconds": 600.0}

    monkeypatch.setattr(classification, "train", train)
    for draws in "1", "2":
        classification.main(["labels", "--draws", draws, "--out", str(tmp_path)])
    assert trained == [("semi_supervised_gan_mnist", seed) for seed in (0, 1)]
    assert len(records.Records(tmp_path / "results.jsonl").read()) == 2
    text = (tmp_path / "report.md").read_text()
    row = "| mnist | 100 | 2 | 1.20 ± 0.28 | 1.00, 1.40 | 0.93 ± 0.07 (Salimans"
    assert row in text


def test_a_draw_is_told_by_its_errors_and_seconds(tmp_path, monkeypatch):
    class Recipe:
        def load_data(self, split, data_dir):
            return np.zeros((4, 1, 1, 1), "uint8"), np.array([0, 1, 1, 1])

    class Model:
        def classify(self, images):
            return np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.1, 0.9]])

    (tmp_path / "history.csv").write_text("epoch,seconds\n1,2.5\n2,1.25\n")
    monkeypatch.setattr(classification.runs, "train", lambda *args, **kwargs: Model())
    found = classification.train(Recipe(), 0, tmp_path)
    assert found == {"error": 0.25, "seconds": 3.8}


class Judge:
    """Tells the class by the brightness of the first pixel."""

    classes = 2

    def __call__(self, images):
        return images[:, 0, 0, 0]

    def classify(self, features):
        return (features > 100).astype(int)


class Source:
    """Of two classes: one as the data are, and one that is drawn once."""

    test = (
        np.array([[0, 0], [0, 255], [200, 0], [200, 255], [0, 0]], "uint8").reshape(
            5, 1, 2, 1
        ),
        np.array([0, 0, 1, 1, 1]),
    )
    model = property(lambda self: self)

    def generate(self, n, labels, seed):
        images = self.test[0][2 * labels : 2 * labels + 2]
        return images if labels == 0 else images[:1].repeat(n, axis=0)


def test_samples_are_told_right_and_compared_with_the_datas_spread():
    found = classification.measure(Source(), Judge(), each=3)
    assert found["accuracy"] == [1.0, 1.0]
    assert found["test_accuracy"] == pytest.approx([1.0, 2 / 3])
    assert found["spread"] == [1.0, 0.0]


def test_distances_are_those_of_two_different_images():
    images = np.array([[0, 0], [0, 255], [255, 255]], "uint8")
    wanted = (1 + 1 + 2**0.5) / 3
    assert classification.mean_distance(images) == pytest.approx(wanted)


def test_the_last_record_of_a_model_is_reported(tmp_path):
    line = {"model": "acgan_mnist", "recipe_sha256": "a", "data": "mnist", "seed": 0}
    line |= {"epochs": 15, "machine": "x86_64, 2 cores", "commit": "abc"}
    scores = {"accuracy": [1.0, 0.9], "test_accuracy": [1.0, 1.0]}
    old = {**line, **scores, "spread": [0.1, 0.1]}
    classification.report(tmp_path, [old, {**old, "spread": [0.8, 0.6]}])
    text = (tmp_path / "report.md").read_text()
    assert "| 95.00 | 100.00 | 90.00 (class 1) | 0.70 | 0.60 (class 1) | 15 |" in text
    assert text.count("acgan_mnist") == 1
