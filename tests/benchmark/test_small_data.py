"""The benchmark of small data: its arms play, and its report says what they scored."""

import pytest

from benchmarks import small_data
from ganzoo import environment
from ganzoo.benchmark import records


@pytest.mark.parametrize("arm", list(small_data.ARMS)[1::3])
def test_an_arm_is_scored_as_it_trains(arm, tmp_path):
    options = {"every": 2, "pictures": 128, "count": 200}
    # The second time it goes on after the first epoch.
    small_data.train(arm, 0, tmp_path, epochs=1, **options)
    scores, seconds = small_data.train(arm, 0, tmp_path, epochs=2, **options)
    assert list(scores) == [2] and scores[2] > 1
    assert seconds > 0


def test_what_is_missing_is_trained_and_reported(tmp_path, monkeypatch):
    trained = []

    def train(arm, seed, folder):
        trained.append((arm, seed))
        return {25: 9.0, 50: 5.0 + 2 * seed, 75: 6.0 + 2 * seed}, 10.0

    monkeypatch.setattr(small_data, "train", train)
    small_data.main(["--seeds", "1", "--out", str(tmp_path)])
    small_data.main(["--seeds", "2", "--out", str(tmp_path)])
    assert trained == [(arm, seed) for seed in (0, 1) for arm in small_data.ARMS]
    (line, *_) = records.Records(tmp_path / "results.jsonl").read()
    assert environment.environment().keys() < line.keys()
    text = (tmp_path / "report.md").read_text()
    assert "| layer normalisation, R1 | 7.0 ± 1.4 | 6.0 ± 1.4 | 2 | 10 |" in text
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
