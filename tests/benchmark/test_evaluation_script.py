"""The benchmark of what a score costs, on sizes that take seconds."""

import importlib.util
import json
import pathlib

import numpy as np
import pytest
import toy_processes

SCRIPT = pathlib.Path(__file__).parents[2] / "benchmarks" / "evaluation.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("evaluation_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def impatient(script, monkeypatch):
    """Take any span for undisturbed, as tests run beside others."""
    monkeypatch.setattr(script, "DISTURBED", 2.0)
    monkeypatch.setattr(script, "LOOK", 0.01)
    monkeypatch.delenv("GANZOO_DATA_DIR", raising=False)


def test_a_run_is_a_record_and_a_report(script, impatient, tmp_path, monkeypatch):
    for name, value in toy_processes.QUICK.items():
        monkeypatch.setenv(name, value)
    sizes = script.Sizes(
        dimension=16,
        counts=(60, 10),
        rounds=1,
        classified=(300, 600),
        projected=(),
        seen=(),
        neighbours=200,
    )
    text = script.run(("frechet", "memory"), sizes, tmp_path, "the command")
    (line,) = (tmp_path / "results.jsonl").read_text().splitlines()
    record = json.loads(line)
    assert record["command"] == "the command"
    assert record["sizes"]["dimension"] == 16
    assert {"machine", "versions", "commit", "backend", "seconds"} <= record.keys()
    assert (tmp_path / "report.md").read_text() == text
    rows = record["parts"]["frechet"]
    assert len(rows) == 8
    assert all(abs(row["error"]) < 1e-6 for row in rows if row["case"].endswith("60"))
    for target in record["targets"]:
        assert f"| {target['target']} |" in text
    if pathlib.Path("/proc/self/status").exists():
        first, second, neighbours = record["parts"]["memory"]
        assert (first["pictures"], second["pictures"]) == (600, 1200)
        assert first["peak"] >= first["before"] > 50
        assert neighbours["peak"] > 50


def test_the_pipeline_is_timed_beside_the_bare_network(script, impatient, tmp_path):
    sizes = script.Sizes(pictures=2, passes=1)
    script.run(("pipeline",), sizes, tmp_path)
    record = json.loads((tmp_path / "results.jsonl").read_text())
    rows = {row["contender"]: row for row in record["parts"]["pipeline"]}
    assert rows["pipeline"]["pipeline"] == 1.0
    assert rows["network"]["per_second"] > 0
    if "torch-fidelity" in rows:
        assert rows["pipeline"]["agreement"] < 1e-3
    verdicts = {t["target"].split()[-1]: t for t in record["targets"]}
    ratio = rows["network"]["pipeline"]
    assert verdicts["network"]["met"] == (ratio >= 0.95)


def test_disturbed_spans_are_compared_by_the_clock_of_the_processor(script):
    def span(wall, cpu, others):
        return {"wall": wall, "cpu": cpu, "others": others}

    a = [span(2.0, 1.0, 0.0), span(9.0, 1.1, 0.6), span(2.2, 1.2, 0.01)]
    b = [span(4.0, 3.0, 0.0), span(4.4, 3.0, 0.0)]
    assert script.settle({"a": a, "b": b}, 2) == (
        "wall",
        {"a": [2, 2.2], "b": [4, 4.4]},
    )
    assert script.settle({"a": a, "b": b}, 3) == (
        "cpu",
        {"a": [1, 1.1, 1.2], "b": [3, 3]},
    )


def test_growth_is_the_slope_in_bytes(script):
    rows = [{"pictures": n, "peak": 300 + n / 1024} for n in (100, 500, 2000)]
    assert script.growth(rows) == pytest.approx(1024)


def test_the_oracle_needs_no_covariance(script):
    x = np.random.default_rng(0).normal(size=(50, 4))
    assert script.nuclear_norm_distance(x, x + [3, 4, 0, 0]) == pytest.approx(25)


def test_verdicts_follow_from_the_numbers(script):
    assert script.verdict(script.target("x", 8, 9.0, 9.0 >= 8)) == "met"
    assert script.verdict(script.target("x", 8, 7.0, 7.0 >= 8)) == "**missed**"
