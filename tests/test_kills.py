"""A killed run goes on as if it had never been killed, whenever the kill came."""

import os
import pathlib
import random
import subprocess
import sys

import keras
import numpy as np
import pytest

from ganzoo import callbacks
from ganzoo import recipes
from ganzoo import runs

TESTS = pathlib.Path(__file__).parent
KILLS = 6
EPOCHS = 8
# Everything that could differ after a kill: dropout, batch statistics, shuffling, and
# moments; with a file for each epoch in four places.
RECIPE = """
[model]
class = "GAN"

[generator]
network = "mlp_generator"
units = [16]

[discriminator]
network = "maxout_discriminator"
units = [8]
dropout = 0.3

[optimizer]
name = "Adam"
learning_rate = 1e-3
beta_1 = 0.5
use_ema = true

[schedule]
name = "CosineDecay"

[data]
name = "fashion_mnist_10k"
kind = "images"

[training]
batch_size = 64
epochs = 8
"""
# `fit` of a user, in a process of its own.
FIT = """
import sys
import keras, toys, ganzoo

folder = sys.argv[1]
gan = toys.compiled("DCGAN")
backup = ganzoo.callbacks.BackupAndRestore(folder, delete_checkpoint=False)
gan.fit(toys.pictures(4000), batch_size=16, epochs=8, callbacks=[backup], verbose=2)
gan.save(f"{folder}/model.keras")
"""


def start(command):
    """Start a command, and return it when the first epoch begins."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)]),
        "PYTHONUNBUFFERED": "1",
        "KERAS_BACKEND": keras.backend.backend(),
    }
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )
    for line in process.stdout:
        if line.startswith(b"Epoch"):
            break
    return process


def seconds_of(process):
    """Let a command end, and return how long that took."""
    begin = os.times().elapsed
    process.communicate()
    assert process.returncode == 0
    return os.times().elapsed - begin


def kill_at_random(command, seconds, seed):
    """Kill a command again and again, then let it end."""
    moments = random.Random(seed)
    kills = 0
    while kills < KILLS:
        process = start(command)
        try:
            process.communicate(timeout=moments.uniform(0, 1.2 * seconds / KILLS))
            break
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
    seconds_of(start(command))
    return kills


def states(model):
    """All that a model is, as arrays."""
    variables = [*model.variables, *model.optimizer.variables]
    return [np.array(keras.ops.convert_to_numpy(v)) for v in variables]


def assert_same(model, other):
    """Assert that two models are equal to the bit."""
    for a, b in zip(states(model), states(other), strict=True):
        np.testing.assert_array_equal(a, b)


def partial_files(folder):
    """Files that were not written to their end."""
    return [path for path in folder.rglob(".*")]


def test_a_run_folder_of_a_killed_process(tmp_path):
    recipe = tmp_path / "mine.toml"
    recipe.write_text(RECIPE)
    program = "from ganzoo.cli import main; main()"

    def train(run_dir):
        options = ["--run-dir", str(run_dir), "--seed", "3"]
        return [sys.executable, "-c", program, "train", str(recipe), *options]

    straight, killed = tmp_path / "straight", tmp_path / "killed"
    seconds = seconds_of(start(train(straight)))
    assert kill_at_random(train(killed), seconds, seed=0) >= 5
    assert_same(runs.load_model(straight), runs.load_model(killed))
    assert not partial_files(killed)
    names = sorted(path.name for path in (straight / "samples").iterdir())
    assert names == sorted(path.name for path in (killed / "samples").iterdir())
    for name in names:
        sheets = [(d / "samples" / name).read_bytes() for d in (straight, killed)]
        assert sheets[0] == sheets[1], name
    rows = [callbacks.read_history(d / "history.csv") for d in (straight, killed)]
    for row in (*rows[0], *rows[1]):
        del row["seconds"]
    assert rows[0] == rows[1]


def test_a_fit_of_a_killed_process(tmp_path):
    script = tmp_path / "mine.py"
    script.write_text(FIT)
    straight, killed = tmp_path / "straight", tmp_path / "killed"
    seconds = seconds_of(start([sys.executable, script, straight]))
    command = [sys.executable, script, killed]
    assert kill_at_random(command, seconds, seed=1) >= 5
    models = [keras.saving.load_model(d / "model.keras") for d in (straight, killed)]
    assert_same(*models)
    assert not partial_files(killed)


class Killed(BaseException):
    """What a process that is killed between two of its acts does not come to know."""


def test_a_kill_before_each_file_that_a_run_writes(few_pictures, tmp_path, monkeypatch):
    recipe = recipes.parse("mine", RECIPE)
    straight = runs.train(recipe, tmp_path / "straight", epochs=2, verbose=0)
    # Recipe, seed and environment; then sheet, model, history and state, twice.
    for number in range(3 + 2 * 4):
        run_dir = tmp_path / f"killed_at_{number}"
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(os, "replace", _deadly(os.replace, number))
            runs.train(recipe, run_dir, epochs=2, verbose=0)
        resumed = runs.train(recipe, run_dir, epochs=2, verbose=0)
        assert_same(straight, resumed)
        assert_same(straight, runs.load_model(run_dir))
        rows = callbacks.read_history(run_dir / "history.csv")
        assert [row["epoch"] for row in rows] == ["0", "1"]


def _deadly(replace, number):
    """`os.replace` that breaks off at its call of this number."""
    calls = iter(range(number))

    def replace_or_die(source, target):
        if next(calls, None) is None:
            raise Killed
        replace(source, target)

    return replace_or_die
