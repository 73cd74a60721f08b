"""The benchmark of two domains: pairs that correspond, and those that do not."""

import numpy as np
import pytest

import ganzoo
from benchmarks import domains
from ganzoo.benchmark import records


def digits(count=20):
    x = np.zeros((count, 28, 28, 1), "uint8")
    for i in range(count):
        x[i, 5 : 10 + i % 4, 3 + i % 7 : 20] = 255
    return x


def test_agreement_is_the_share_of_pixels_that_are_those_of_the_edges():
    x = digits()
    edges = ganzoo.data.dilated_edges(x)
    assert domains.agreement(x, edges) == 1.0
    dark = domains.agreement(x, np.zeros_like(edges))
    assert dark == pytest.approx(1 - (edges == 255).mean())
    assert domains.agreement(x, 255 - edges) == 0.0
    # What is less than half bright is dark.
    assert domains.agreement(x, edges // 255 * 128) == 1.0
    assert domains.agreement(x, edges // 255 * 127) == dark


def test_the_control_shares_nothing():
    few = (digits(), digits())
    for arm, coupled in domains.ARMS.items():
        recipe = domains.recipe_of(arm, epochs=2)
        assert recipe.epochs == 2
        assert recipe.config["generator"]["coupled"] == coupled
        gan = recipe.build(few, seed=0)
        names = [layer.name for layer in gan.generator.layers]
        assert (sum("dense" in name for name in names) == 1) == coupled


def test_what_is_missing_is_trained_and_reported(tmp_path, monkeypatch):
    trained = []

    class Pairs:
        def generate(self, count, seed):
            return digits(count), digits(count)

    def train(arm, seed, epochs, data_dir):
        trained.append((arm, seed))
        scores = {"agreement": 0.95 if domains.ARMS[arm] else 0.8, "apart": 0.81}
        fds = {"fd_first": 10.0 + seed, "fd_second": 12.0}
        return Pairs(), {**scores, **fds, "curve": [0.9], "seconds": 60.0}

    monkeypatch.setattr(domains, "train", train)
    for seeds in "1", "2":
        domains.main(["--seeds", seeds, "--out", str(tmp_path)])
    assert trained == [(arm, seed) for seed in (0, 1) for arm in domains.ARMS]
    assert len(records.Records(tmp_path / "results.jsonl").read()) == len(trained)
    text = (tmp_path / "report.md").read_text()
    row = "| nothing shared | 0.800 ± 0.000 | 0.810 ± 0.000 | 10.5 ± 0.7 | 12.0 ± 0.0 "
    assert f"{row}| 60 ± 0 | 2 |" in text
    for name in "cogan.png", "nothing_shared.png":
        assert f"]({name})" in text and (tmp_path / name).is_file()
