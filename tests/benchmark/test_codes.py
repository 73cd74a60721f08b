"""The benchmark of codes: a matching of values with classes, and a report of runs."""

import types

import numpy as np
import pytest
import toys

import ganzoo
from benchmarks import codes
from ganzoo.benchmark import records


def test_values_that_are_classes_by_other_names_have_no_error():
    labels = np.arange(50) % 5
    found = codes.match(np.array([3, 0, 4, 1, 2])[labels], labels)
    assert found["error"] == 0
    assert found["classes"] == [1, 3, 4, 0, 2]
    assert np.sum(found["counts"]) == 50


def test_a_class_is_matched_with_one_value_alone():
    values = np.array([0] * 6 + [1] * 4 + [2] * 10)
    labels = np.array([0] * 10 + [1] * 6 + [2] * 4)
    # The value 1 has to be 2, which it never is, as 0 and 1 are taken.
    found = codes.match(values, labels)
    assert found["error"] == pytest.approx(1 - (6 + 6) / 20)
    assert found["classes"] == [0, 2, 1]
    # Of fewer classes than values some have none.
    found = codes.match(values, np.minimum(labels, 1))
    assert found["error"] == pytest.approx(1 - (6 + 10) / 20)
    assert found["classes"] == [0, None, 1]


def test_a_run_is_measured_by_the_test_images_and_its_last_epoch(tmp_path):
    gan = toys.compiled("InfoGAN")
    gan.save(tmp_path / "model.keras")
    rows = "epoch,categorical_information,continuous_information,seconds\n"
    rows += "1,0.5,0.1,3.0\n2,2.0,0.25,2.0\n"
    (tmp_path / "history.csv").write_text(rows)
    images, labels = toys.pictures(20), toys.labels(20)
    test = ganzoo.data.Pictures(images, labels)
    recipe = types.SimpleNamespace(load_pictures=lambda split, data_dir: test)
    found = codes.measure(tmp_path, recipe)
    told = gan.codes(images)["categorical"].argmax(1)
    assert found["error"] == codes.match(told, labels)["error"]
    assert found["categorical_information"] == 2.0
    assert found["continuous_information"] == 0.25
    assert (found["epochs"], found["seconds"]) == (2, 5.0)


def test_what_is_missing_is_trained_and_reported(tmp_path, monkeypatch):
    trained = []

    def run(recipe, seed, folder, out, data_dir):
        trained.append(seed)
        return {
            **codes.match(np.array([0, 1, 1]), np.array([1, 0, min(seed, 1)])),
            "categorical_information": 2.25,
            "continuous_information": 0.125,
            "epochs": recipe.epochs,
            "seconds": 10.0,
        }

    monkeypatch.setattr(codes, "run", run)
    for seeds in "1", "3":
        codes.main(["--seeds", seeds, "--out", str(tmp_path)])
    assert trained == [0, 1, 2]
    assert len(records.Records(tmp_path / "results.jsonl").read()) == 3
    text = (tmp_path / "report.md").read_text("utf-8")
    assert "## info_gan_mnist, 24 epochs" in text
    assert "| 0 | 0.0 % | 2.250 | 0.125 | 10 | 1 0 |" in text
    assert "Median error of 3 seeds: 33.3 %, from 0.0 to 33.3 %" in text
