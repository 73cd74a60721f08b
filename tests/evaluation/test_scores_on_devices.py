"""Scores are the same on any number of devices."""

import json

import keras
import numpy as np
import pytest
import test_devices
import toy_devices

COUNTS = [4, 2, 1]

pytestmark = pytest.mark.skipif(
    keras.backend.backend() == "torch", reason="Keras shares no batch on PyTorch"
)


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What networks see and draw on several devices."""
    path = tmp_path_factory.mktemp("devices") / "seen.npz"
    assert test_devices.ended(toy_devices.start(toy_devices.look, path, COUNTS)) == [0]
    return np.load(path)


@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.parametrize("what", ["features", "one feature", "drawn", "translated"])
def test_several_devices_see_and_draw_what_one_does(what, count, seen):
    one = seen[f"{what} 1"]
    atol = 1 if one.dtype == "uint8" else 1e-5 * np.abs(one).max()
    found, expected = seen[f"{what} {count}"].astype("float64"), one.astype("float64")
    np.testing.assert_allclose(found, expected, rtol=0, atol=atol)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_network_that_was_built_for_other_devices_sees_the_same(when, count, seen):
    one, found = seen["features 1"], seen[f"features {when} {count}"]
    np.testing.assert_allclose(found, one, rtol=0, atol=1e-5 * np.abs(one).max())


def test_a_score_is_the_same_on_several_devices(tmp_path):
    rng = np.random.default_rng(0)
    for name, count in ("a", 403), ("b", 502):
        pictures = rng.integers(0, 256, (count, 28, 28, 1)).astype("uint8")
        np.save(tmp_path / f"{name}.npy", pictures // (2 if name == "a" else 1))
    process = toy_devices.start(toy_devices.score, tmp_path, COUNTS)
    assert test_devices.ended(process) == [0]
    scores = [
        json.loads((tmp_path / f"{count}.json").read_text())["fd"] for count in COUNTS
    ]
    assert scores[0] > 1
    np.testing.assert_allclose(scores, scores[-1], rtol=1e-6)
