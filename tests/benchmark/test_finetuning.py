"""The benchmark of fine-tuning: its report says what the arms scored."""

from benchmarks import finetuning
from ganzoo.benchmark import records


def test_what_is_missing_is_trained_and_reported(tmp_path, monkeypatch):
    trained = []

    def train(arm, seed):
        trained.append((arm, seed))
        scores = [(40, 90.0), (80, 50.0 + 2 * seed), (120, 60.0 + 2 * seed)]
        return {"scores": scores, "seconds": 10.0}

    monkeypatch.setattr(finetuning, "train", train)
    for seeds in "1", "2":
        finetuning.main(["--seeds", seeds, "--out", str(tmp_path)])
    assert trained == [(arm, seed) for seed in (0, 1) for arm in finetuning.ARMS]
    assert len(records.Records(tmp_path / "results.jsonl").read()) == len(trained)
    text = (tmp_path / "report.md").read_text()
    row = "| 2 layers frozen | 90.0 ± 0.0 | 51.0 ± 1.4 | 61.0 ± 1.4 | 51.0 ± 1.4 "
    assert row + "| 10.0 ± 0.0 | 2 |" in text
    assert "after 40 steps | after 80 steps | after 120 steps" in text
