"""The benchmark of modes: its data, its judgement, and its records."""

import json

import numpy as np
import pytest

from benchmarks import modes
from ganzoo.benchmark import records


def test_the_ring_has_eight_modes_and_the_grid_25():
    for name, count in {"ring": 8, "grid": 25}.items():
        means = modes.PLANES[name].means
        assert means.shape == (count, 2)
        apart = np.linalg.norm(means[:, None] - means, axis=-1) + np.eye(count)
        assert apart.min() > 20 * modes.PLANES[name].deviation
    assert np.allclose(np.linalg.norm(modes.ring().means, axis=1), 0.8)
    assert np.allclose(np.unique(modes.grid().means), [-0.8, -0.4, 0, 0.4, 0.8])


@pytest.mark.parametrize("name", modes.PLANES)
def test_data_are_good_samples_of_all_modes(name):
    plane = modes.PLANES[name]
    x = plane.draw(20_000, seed=0)
    assert x.shape == (20_000, 1, 1, 2) and x.dtype == "float32"
    assert abs(x).max() < 1
    found = plane.judge(x.reshape(-1, 2))
    assert found["modes"] == len(plane.means)
    # Of two dimensions, 1 - exp(-9/2) lie within three deviations.
    assert found["good"] == pytest.approx(1 - np.exp(-4.5), abs=0.002)
    assert found["kl"] < 0.002


def test_the_judgement_of_known_samples():
    plane = modes.ring()
    right, up = plane.means[0], plane.means[2]
    aside = 2.9 * plane.deviation * np.array([0.6, 0.8])
    samples = [right, right + aside, right, up, right + 2 * aside, [0.0, 0.0]]
    found = plane.judge(np.array(samples))
    assert found["modes"] == 2
    assert found["good"] == 4 / 6
    assert found["counts"] == [3, 0, 1, 0, 0, 0, 0, 0]
    divergence = 3 / 4 * np.log(8 * 3 / 4) + 1 / 4 * np.log(8 / 4)
    assert found["kl"] == pytest.approx(divergence, abs=1e-4)


def test_no_good_sample_is_no_divergence():
    found = modes.ring().judge(np.zeros((5, 2)))
    assert (found["modes"], found["good"], found["kl"]) == (0, 0, None)


@pytest.mark.parametrize("name", modes.GAMES)
def test_every_game_of_points_can_be_built(name):
    game = modes.GAMES[name]
    gan = modes.build_points(game, seed=0)
    assert type(gan).__name__ == game.model
    assert gan.image_shape == (1, 1, 2)
    assert not modes.BATCH % gan.packing


@pytest.mark.parametrize("name", modes.DIGITS)
def test_every_game_of_digits_can_be_built(name):
    game = modes.DIGITS[name]
    gan = modes.build_digits(game, seed=0)
    assert type(gan).__name__ == game.model
    assert gan.image_shape == (28, 28, 3)


def test_the_networks_of_digits_are_those_of_the_code():
    # 4 x 4 x 64 from 256 latents, then kernels of 3 with biases and two of batch norm.
    trainable = [16_384 // 16 * 257]
    trainable += [2 * c for c in (64, 32, 16, 8)]
    trainable += [9 * a * b + b for a, b in ((64, 32), (32, 16), (16, 8), (8, 3))]
    assert _trained(modes.digits_generator()) == sum(trainable)
    trainable = [9 * a * b + b for a, b in ((3, 4), (4, 8), (8, 16))]
    trainable += [2 * c for c in (4, 8, 16)] + [4 * 4 * 16 + 1]
    assert _trained(modes.digits_discriminator(3, "batch")) == sum(trainable)


def _trained(network):
    return sum(int(np.prod(v.shape)) for v in network.trainable_variables)


@pytest.mark.usefixtures("untraced")
def test_points_are_judged_as_a_game_trains():
    plane, game = modes.PLANES["ring"], modes.GAMES["PacGAN, 2"]
    found = modes.train_points(plane, game, 0, steps=20, judged=50)
    assert [look["step"] for look in found["curve"]] == list(range(2, 21, 2))
    assert found["curve"][-1]["modes"] == found["modes"] <= 8
    assert np.shape(found["points"]) == (50, 2)
    json.dumps(found)


@pytest.mark.usefixtures("untraced")
def test_digits_are_judged_as_a_game_trains(monkeypatch):
    monkeypatch.setattr(modes, "LOOKS", 1)
    monkeypatch.setattr(modes, "DIGITS_BATCH", 8)
    images = np.random.default_rng(0).integers(0, 256, (16, 28, 28, 3), "uint8")
    game = modes.DIGITS["RpGAN, R1 and R2"]
    found = modes.train_digits(game, 0, steps=2, judged=20, images=images)
    assert len(found["counts"]) == 1_000 and sum(found["counts"]) == 20
    assert found["good"] == 1


def test_what_is_missing_is_trained_and_reported(tmp_path, monkeypatch):
    trained = []

    def train(data, game, seed, steps):
        trained.append((data, game.model, seed, steps))
        counts = [10] * 7 + [0 if seed else 1]
        looks = [{"step": step, "modes": 7, "good": 0.5, "kl": 0.1} for step in (5, 10)]
        points = {} if seed else {"points": [[0.8, 0.0], [0.0, 0.1]]}
        covered = {
            "modes": 8 - seed,
            "good": 0.5 + seed / 4,
            "kl": None if seed else 0.2,
        }
        return {**covered, "counts": counts, "curve": looks, "seconds": 2.0, **points}

    monkeypatch.setattr(modes, "train", train)
    monkeypatch.setattr(modes, "CANDIDATES", {("ring", "GAN"): [{"rates": [1.0, 2.0]}]})
    names = ["GAN", "WGAN-GP"]
    for seeds in "1", "2":
        arguments = ["ring", "--seeds", seeds, "--steps", "10", "--games", *names]
        modes.main([*arguments, "--out", str(tmp_path)])
    of_seeds = [("ring", m, s, 10) for s in (0, 1) for m in ("GAN", "WGANGP")]
    assert trained == of_seeds
    for _ in range(2):
        modes.main(["search", "--out", str(tmp_path)])
    searched = [("ring", "GAN", modes.SEARCH_SEED, modes.STEPS["ring"])]
    assert trained == of_seeds + searched
    assert len(records.Records(tmp_path / "results.jsonl").read()) == len(of_seeds)
    text = (tmp_path / "report.md").read_text()
    assert "| GAN | 7.5 | 7 | 1 of 2 | 7.0 | 62 ± 18 | 0.20 | 10 | 2 |" in text
    assert "| ring | GAN | 1 and 2 |" in text
    for name in "ring_points.png", "ring_modes.png":
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_other_settings_are_another_run(tmp_path, monkeypatch):
    trained = []
    monkeypatch.setattr(modes, "train", lambda *run: trained.append(run) or {})
    kept = records.Records(tmp_path / "results.jsonl")
    game = modes.GAMES["RpGAN, R1 and R2"]
    for changes in {}, {"r2_weight": 9.0}, {"r2_weight": 9.0}, {"rates": (1, 2)}:
        other = modes.changed(game, changes)
        modes.run_missing(kept, "ring", "RpGAN, R1 and R2", other, 0, 10)
    assert len(trained) == 3
    assert trained[1][1].options == {**game.options, "r2_weight": 9.0}
