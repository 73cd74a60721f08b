"""A run folder and a preset of an earlier release load, and go on.

`release_0_1` was written on TensorFlow by commit a640c0e: two epochs of a tiny CGAN by
`ganzoo train --seed 3`, `save_preset` of that, and `generate(8, seed=0)` of it.
"""

import pathlib
import shutil

import keras
import numpy as np
import pytest

import ganzoo
from ganzoo.training import runs
from ganzoo.training.history import read_history

OLD = pathlib.Path(__file__).parent / "release_0_1"
# What the third epoch came to when that release trained it.
LOSSES = {
    "discriminator_loss": 0.8856084942817688,
    "generator_loss": 1.4603075981140137,
}


def test_a_preset_of_an_earlier_release_draws_the_same_and_trains_on():
    gan = ganzoo.from_preset(OLD / "preset")
    assert isinstance(gan, ganzoo.CGAN) and gan.compiled
    if keras.backend.backend() == "tensorflow":
        # Another processor may round otherwise.
        drawn, before = gan.generate(8, seed=0), np.load(OLD / "samples.npy")
        np.testing.assert_allclose(drawn.astype(int), before, atol=2)
    data = ganzoo.data.load("fashion_mnist_10k")
    gan.fit(data.images[:500], data.labels[:500], batch_size=250, verbose=0)


@pytest.mark.parametrize("name", ["model.keras", "run"])
def test_a_model_of_an_earlier_release_loads(name):
    path = OLD / "run"
    gan = runs.load_model(path) if name == "run" else runs.load_file(path / name)
    assert gan.averages and gan.class_names[3] == "Dress"
    assert int(gan.generator_optimizer.iterations.value) == 40


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="it was begun on TensorFlow"
)
def test_a_run_of_an_earlier_release_goes_on(tmp_path):
    run_dir = shutil.copytree(OLD / "run", tmp_path / "run")
    runs.train(runs.load_recipe(run_dir), run_dir, seed=3, epochs=3, verbose=0)
    *before, last = read_history(run_dir / "history.csv")
    assert before == read_history(OLD / "run" / "history.csv")
    for name, loss in LOSSES.items():
        assert float(last[name]) == pytest.approx(loss, rel=1e-3)
