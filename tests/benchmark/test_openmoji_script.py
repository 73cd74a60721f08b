"""The page of a run of OpenMoji: what it counts as near, and what it says."""

import numpy as np

from benchmarks import openmoji


def test_distances_are_root_mean_squares():
    x = np.random.default_rng(0).integers(0, 256, (5, 12)).astype("float32")
    wanted = np.sqrt(((x[:, None] - x) ** 2).mean(axis=-1))
    np.fill_diagonal(wanted, np.inf)
    np.testing.assert_allclose(openmoji.all_distances(x), wanted, rtol=1e-4)


def test_only_what_is_near_across_the_split_counts():
    near = np.zeros((4, 4), bool)
    near[0, 1] = near[1, 0] = near[2, 3] = near[3, 2] = True
    assert openmoji.count_near(near, np.array([True, True, False, False])) == 0
    assert openmoji.count_near(near, np.array([True, False, False, False])) == 1
    assert openmoji.count_near(near, np.array([True, False, False, True])) == 2


def test_the_report_has_every_score_beside_that_of_the_line_art():
    scores = {"l1": 0.05, "ssim": 0.9, "kid": 0.01, "kid_sd": 0.001}
    model = {**scores, "psnr": 20.0, "psnr_of_coloured": 19.0}
    text = openmoji.report(
        {
            "recipe": "mine",
            "epochs": 3,
            "seconds": 90,
            "training_seed": 0,
            "pairs": {"train": 1000, "test": 100, "test_coloured": 90},
            "scores": {"model": model, "line art": {**scores, "psnr_of_coloured": 9}},
            "trained_on": {"machine": "x86_64, 2 cores", "backend": "tensorflow"},
            "nearest": {
                "pixels": 32,
                "near": 5.0,
                "held_out": 103,
                "near_targets": 0,
                "near_targets_at_random": 40,
                "near_sources": 7,
                "near_sources_at_random": 60,
                "nearest": [{"held_out": "A", "trained_on": "B", "distance": 6.5}],
            },
            "credit": openmoji.CREDIT,
        }
    )
    assert "| model | 0.0500 | 0.900 | 10.0 ± 1.0 | 20.00 | 19.00 |" in text
    assert "| line art | 0.0500 | 0.900 | 10.0 ± 1.0 | ∞ | 9.00 |" in text
    assert "0 of 103 held-out targets" in text and "3 of the held-out emoji" in text
    assert "A to B, 6.5." in text
    assert "CC BY-SA 4.0" in text
