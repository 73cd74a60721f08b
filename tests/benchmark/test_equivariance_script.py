"""The benchmark of images that move: once for each seed, and a table."""

import pytest

from benchmarks import equivariance
from ganzoo.benchmark import records


def test_each_arm_is_measured_once_for_each_seed(tmp_path, monkeypatch):
    measured = []

    def measure(arm, seed, count):
        measured.append((arm, seed, count))
        return 50.0 + seed

    monkeypatch.setattr(equivariance, "measure", measure)
    for seeds in "1", "2":
        equivariance.main(["--seeds", seeds, "--count", "8", "--out", str(tmp_path)])
    assert sorted(measured) == sorted(
        (a, s, 8) for a in equivariance.ARMS for s in (0, 1)
    )
    assert len(records.Records(tmp_path / "results.jsonl").read()) == len(measured)
    assert "| R, 8 layers | 50.5 ± 0.7 | 2 |" in (tmp_path / "report.md").read_text()


def test_a_new_generator_is_scored(monkeypatch):
    monkeypatch.setitem(equivariance.ARMS, "small", {"layers": 3})
    found = equivariance.measure("small", seed=0, count=4, filters=2)
    assert found == pytest.approx(equivariance.measure("small", 0, 4, 2), abs=1e-4)
    assert 40 < found < 120
