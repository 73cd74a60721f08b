"""The benchmark of small data: its arms play, and its report says what they scored."""

import keras
import numpy as np
import pytest

from benchmarks import small_data
from ganzoo.backend import environment
from ganzoo.benchmark import records


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("arm", ["GAN, dropout", "DCGAN, layer normalisation, R1"])
def test_an_arm_is_scored_as_it_trains(arm, tmp_path):
    options = {"every": 2, "pictures": 128, "count": 200}
    # The second time it goes on after the first epoch.
    small_data.train(arm, 0, tmp_path, epochs=1, **options)
    found = small_data.train(arm, 0, tmp_path, epochs=2, **options)
    ((epoch, score),) = found["scores"]
    assert epoch == 2 and score > 1
    assert found["seconds"] > 0 and 0 <= found["by_heart"] <= 1


@pytest.mark.parametrize("arm", small_data.ARMS)
def test_every_arm_can_be_built(arm):
    gan = small_data.build(arm, (28, 28, 1), seed=0)
    options = small_data.ARMS[arm]
    assert type(gan).__name__ == small_data.game_of(arm)
    own = 0.01 if type(gan).__name__ == "StyleGAN2" else None
    assert gan.r1_weight == options.get("r1_weight", own)
    adaptive = list(getattr(gan, "adaptive_augmentation", []))
    assert adaptive == options.get("adaptive_augmentation", [])
    assert list(gan.augmentation) == options.get("augmentation", [])


def test_by_heart_is_the_share_of_pairs_in_order():
    known, unknown = np.uint8([[10], [30]]), np.uint8([[20], [0], [10]])
    discriminator = keras.Sequential([keras.Input((1,)), keras.layers.Rescaling(1)])
    # 10 is above 0 and ties with 10; 30 is above all three.
    assert small_data.by_heart(discriminator, known, unknown) == 4.5 / 6


def test_what_is_missing_is_trained_and_reported(tmp_path, monkeypatch):
    trained = []

    def train(arm, seed, folder):
        trained.append((arm, seed))
        scores = [(25, 9.0), (50, 5.0 + 2 * seed), (75, 6.0 + 2 * seed)]
        return {"scores": scores, "seconds": 10.0, "by_heart": 0.5 + seed / 4}

    names = "GAN", "GAN, R1", "DCGAN", "DCGAN, augmentation"
    monkeypatch.setattr(small_data, "ARMS", {n: small_data.ARMS[n] for n in names})
    monkeypatch.setattr(small_data, "train", train)
    small_data.main(["--seeds", "1", "--games", "DCGAN", "--out", str(tmp_path)])
    assert trained == [(arm, 0) for arm in small_data.ARMS if arm.startswith("DCGAN")]
    small_data.main(["--seeds", "2", "--out", str(tmp_path)])
    every = {(arm, seed) for seed in (0, 1) for arm in small_data.ARMS}
    assert set(trained) == every and len(trained) == len(every)
    line, *_ = records.Records(tmp_path / "results.jsonl").read()
    assert environment.environment().keys() < line.keys()
    text = (tmp_path / "report.md").read_text()
    assert "| GAN, R1 | 7.0 ± 1.4 | 6.0 ± 1.4 | 50 %, 75 % | 2 |" in text
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
