"""The script that trains the shipped classifiers, on a handful of images."""

import types

import keras
import numpy as np
import pytest
from click.testing import CliRunner

from ganzoo import data
from ganzoo.features import classifier
from ganzoo.features import classifier_network
from ganzoo.features import train_classifier as script


@pytest.fixture
def asked(monkeypatch):
    """Two splits of few images in place of the data set; the splits asked for."""
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


def train(data_set, folder, *arguments):
    result = CliRunner().invoke(
        script.main,
        [data_set, "--out", str(folder), *arguments],
        catch_exceptions=False,
    )
    assert result.exit_code == 0, result.output
    return result.output


def assert_loads(data_set, folder, output, seed=0):
    """Assert that there is a classifier with its record, as of the one that is shipped.

    Returns:
        The classifier.
    """
    record = classifier_network.read_record(data_set, folder)
    shipped = classifier_network.read_record(data_set) | {"seed": seed}
    assert record.keys() == shipped.keys()
    changed = {"epochs", "train_pictures", "test_pictures", "test_accuracy", "sha256"}
    environment = {"backend", "versions"}
    for key in record.keys() - changed - environment:
        assert record[key] == shipped[key], key
    assert record["train_pictures"] == 40
    assert record["test_pictures"] == 20
    assert f"test accuracy {record['test_accuracy']:.4f}" in output
    loaded = classifier.ClassifierFeatures(data_set, folder)
    assert loaded.sha256 == record["sha256"]
    assert {path.name for path in folder.iterdir()} == {
        classifier_network.weights_file(data_set),
        classifier_network.record_file(data_set),
    }
    return loaded


def test_script_writes_a_classifier_that_loads(asked, tmp_path):
    name, folder = "fashion_mnist", tmp_path / "new"
    output = train(name, folder, "--data-dir", str(tmp_path))
    assert asked == [(name, "train", tmp_path), (name, "test", tmp_path)]
    assert_loads(name, folder, output)


def test_equal_seeds_train_equal_classifiers(asked, tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (5, 28, 28, 1), "uint8")
    features = []
    for name in ("first", "second"):
        output = train("mnist", tmp_path / name, "--seed", "3")
        extractor = assert_loads("mnist", tmp_path / name, output, seed=3)
        features.append(extractor(images))
    assert asked == 2 * [("mnist", "train", None), ("mnist", "test", None)]
    np.testing.assert_allclose(features[0], features[1], rtol=1e-4, atol=1e-5)


def test_shifts_move_a_picture_by_two_pixels_at_most_and_bring_in_black():
    x = np.full((50, 28, 28, 1), -1.0, "float32")
    x[:, 2:-2, 2:-2] = 1.0
    shifted = keras.ops.convert_to_numpy(script.shifts(0)(x, training=True))
    np.testing.assert_allclose(shifted[:, 4:-4, 4:-4], 1.0, atol=1e-5)
    np.testing.assert_allclose(shifted[:, 0, 0].min(), -1.0, atol=1e-5)
    mass = (shifted + 1).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(mass, (x + 1).sum(axis=(1, 2, 3)), rtol=1e-4)
    # No two alike: each image has a shift of its own.
    assert len(np.unique(shifted, axis=0)) == 50
