"""The script that trains the shipped classifier, on a handful of pictures."""

import types

import numpy as np
import pytest
from click.testing import CliRunner

from ganzoo import data
from ganzoo.features import classifier
from ganzoo.features import train_fashion_classifier as script


@pytest.fixture
def asked(monkeypatch):
    """Two splits of few pictures in place of the data set; the splits asked for."""
    asked = []

    def load(name, split, data_dir):
        asked.append((name, split, data_dir))
        rng = np.random.default_rng(len(split))
        labels = rng.integers(0, 10, {"train": 40, "test": 20}[split])
        images = np.zeros((len(labels), 28, 28, 1), "uint8")
        images[np.arange(len(labels)), labels] = 255
        return types.SimpleNamespace(images=images, labels=labels)

    monkeypatch.setattr(data, "load", load)
    monkeypatch.setattr(script, "EPOCHS", 1)
    return asked


def train(folder, *arguments):
    result = CliRunner().invoke(
        script.main, ["--out", str(folder), *arguments], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.output


def test_script_writes_a_classifier_that_loads(asked, tmp_path):
    output = train(tmp_path / "new", "--data-dir", str(tmp_path))
    assert [split for _, split, _ in asked] == ["train", "test"]
    assert {folder for _, _, folder in asked} == {tmp_path}
    record = classifier.read_record(tmp_path / "new")
    assert record.keys() == classifier.read_record().keys()
    assert record["train_pictures"] == 40
    assert record["test_pictures"] == 20
    assert f"test accuracy {record['test_accuracy']:.4f}" in output
    assert classifier.FashionFeatures(tmp_path / "new").sha256 == record["sha256"]
    names = {path.name for path in (tmp_path / "new").iterdir()}
    assert names == {classifier.WEIGHTS_FILE, classifier.RECORD_FILE}


def test_equal_seeds_train_equal_classifiers(asked, tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (5, 28, 28, 1), "uint8")
    features = []
    for name in ("first", "second"):
        train(tmp_path / name, "--seed", "3")
        features.append(classifier.FashionFeatures(tmp_path / name)(images))
    np.testing.assert_allclose(features[0], features[1], rtol=1e-4, atol=1e-5)
