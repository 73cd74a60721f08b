"""The benchmark of FIDs by several programs: their files, and the table."""

import pathlib
import sys

import numpy as np
import pytest
from PIL import Image

from benchmarks import cross_check
from ganzoo import evaluation
from ganzoo.benchmark import records
from ganzoo.evaluation.model_source import ModelSource
from ganzoo.features import inception_weights


@pytest.fixture
def seen(monkeypatch):
    """What each program was given, which need no network here."""
    seen = {}

    def read(folder):
        return np.stack([Image.open(f) for f in sorted(pathlib.Path(folder).iterdir())])

    def by_others(python, weights, *folders):
        with np.load(weights) as arrays:
            seen["others"] = dict(arrays), [*map(read, folders)]
        return {"fid": {"torch-fidelity": 2.0, "clean-fid": 2.25}, "peers": {"p": "1"}}

    def evaluate(*folders, **options):
        seen["ours"] = [*map(read, folders)]
        return {"fid": 2.005}

    monkeypatch.setattr(cross_check, "by_others", by_others)
    monkeypatch.setattr(evaluation, "evaluate", evaluate)
    monkeypatch.setattr(inception_weights, "load", lambda: {"a": np.arange(3)})
    return seen


def test_all_read_the_same_files(seen, tmp_path, monkeypatch):
    test = np.arange(4 * 28 * 28).reshape(4, 28, 28, 1).astype("uint8")
    monkeypatch.setattr(ModelSource, "test", (test,))
    for _ in range(2):
        cross_check.main(
            ["dcgan_fashion_mnist", "--count", "3", "--out", str(tmp_path)]
        )
    weights, others = seen["others"]
    np.testing.assert_array_equal(weights["a"], np.arange(3))
    source = ModelSource.find("dcgan_fashion_mnist")
    expected = [source.model.generate(3, seed=0)[..., 0], test[:3, ..., 0]]
    np.testing.assert_array_equal(others, expected)
    np.testing.assert_array_equal(seen["ours"], expected)
    (line,) = records.Records(tmp_path / "results.jsonl").read()
    assert line["fid"] == {"ganzoo": 2.005, "torch-fidelity": 2.0, "clean-fid": 2.25}
    report = (tmp_path / "report.md").read_text()
    assert "| 3 | 2.00500 | 2.00000 | 2.25000 | 2.5e-01 | no |" in report
    assert "With p 1." in report


def test_a_python_without_the_others_is_told(tmp_path):
    with pytest.raises(ValueError, match="are needed in the Python.*Received"):
        cross_check.by_others(sys.executable, *3 * [tmp_path / "nothing"])


def test_an_unknown_model_is_told():
    with pytest.raises(ValueError, match="no preset or run folder.*'mine'"):
        cross_check.measure("mine", 3, sys.executable)
