"""Scores are the same on any number of devices."""

import json

import keras
import numpy as np
import pytest
import toy_devices
from backend import test_multi_device

COUNTS = [4, 2, 1]

pytestmark = pytest.mark.skipif(
    keras.backend.backend() == "torch", reason="Keras shares no batch on PyTorch"
)


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What networks see and draw, by the number of devices."""
    folder = tmp_path_factory.mktemp("devices")
    paths = {count: folder / f"{count}.npz" for count in COUNTS}
    # TensorFlow does not sum over 4 devices and later over 2 in one process.
    processes = [toy_devices.start(toy_devices.look, paths[n], n) for n in COUNTS]
    assert test_multi_device.ended(*processes) == [0, 0, 0]
    return {count: np.load(path) for count, path in paths.items()}


@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.parametrize("what", ["features", "drawn", "translated"])
def test_several_devices_see_and_draw_what_one_does(what, count, seen):
    one, found = seen[1][what], seen[count][what]
    # Images to a level, features to their rounding.
    atol = 1 if one.dtype == "uint8" else 1e-5 * one.max()
    np.testing.assert_allclose(found.astype("float64"), one, rtol=0, atol=atol)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("when", ["of before", "after"])
def test_a_network_that_was_built_on_other_devices_sees_the_same(when, count, seen):
    one, found = seen[1]["features"], seen[count][f"features {when}"]
    np.testing.assert_allclose(found, one, rtol=0, atol=1e-5 * one.max())


def test_a_score_is_the_same_on_several_devices(tmp_path):
    rng = np.random.default_rng(0)
    for name, brightest in ("a", 128), ("b", 255):
        # 50, 100 and 200 divide all but one of them.
        pictures = rng.integers(0, brightest + 1, (401, 28, 28, 1)).astype("uint8")
        np.save(tmp_path / f"{name}.npy", pictures)
    process = toy_devices.start(toy_devices.score, tmp_path, COUNTS)
    assert test_multi_device.ended(process) == [0]
    scores = [
        json.loads((tmp_path / f"{count}.json").read_text())["fd"] for count in COUNTS
    ]
    assert scores[0] > 1
    np.testing.assert_allclose(scores, scores[-1], rtol=1e-6)
