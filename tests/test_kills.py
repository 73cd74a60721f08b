"""A killed run goes on as if it had never been killed, whenever the kill came."""

import os
import random

import keras
import numpy as np
import pytest
import toy_trainings

from ganzoo import callbacks
from ganzoo import recipes
from ganzoo import runs

KILLS = 6
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


def kill_at_random(arguments, seconds, seed):
    """Kill a training again and again, then let it end."""
    moments = random.Random(seed)
    kills = 0
    while kills < KILLS:
        moment = moments.uniform(0, 1.2 * seconds / KILLS)
        if not toy_trainings.Training(*arguments).kill(moment):
            break
        kills += 1
    toy_trainings.Training(*arguments).end()
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
    straight, killed = tmp_path / "straight", tmp_path / "killed"
    seconds = toy_trainings.Training(
        toy_trainings.train, str(recipe), str(straight)
    ).end()
    arguments = toy_trainings.train, str(recipe), str(killed)
    assert kill_at_random(arguments, seconds, seed=0) >= 5
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
    straight, killed = tmp_path / "straight", tmp_path / "killed"
    seconds = toy_trainings.Training(toy_trainings.fit, str(straight)).end()
    assert kill_at_random((toy_trainings.fit, str(killed)), seconds, seed=1) >= 5
    models = [keras.saving.load_model(d / "model.keras") for d in (straight, killed)]
    assert_same(*models)
    assert not partial_files(killed)


class Killed(BaseException):
    """What a process that is killed between two of its acts does not come to know."""


# What a run writes: recipe, data, seed and environment; then sheet, model, history and
# state, of two epochs.
FILES = 4 + 2 * 4


def train_for_two_epochs(run_dir):
    """Train by the recipe above in two steps an epoch."""
    recipe = recipes.parse("mine", RECIPE.replace("= 64", "= 500"))
    return runs.train(recipe, run_dir, epochs=2, verbose=0)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that was not killed, and how many files it wrote."""
    replace, written = os.replace, []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            os, "replace", lambda *paths: written.append(paths) or replace(*paths)
        )
        load_few = toy_trainings.fewer(recipes.Recipe.load_data)
        patch.setattr(recipes.Recipe, "load_data", load_few)
        model = train_for_two_epochs(tmp_path_factory.mktemp("whole"))
    return model, len(written)


@pytest.mark.parametrize("number", range(FILES))
def test_a_kill_before_each_file(number, whole, few_pictures, tmp_path, monkeypatch):
    straight, written = whole
    assert written == FILES
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(os, "replace", _deadly(os.replace, number))
        train_for_two_epochs(tmp_path)
    resumed = train_for_two_epochs(tmp_path)
    assert_same(straight, resumed)
    assert_same(straight, runs.load_model(tmp_path))
    rows = callbacks.read_history(tmp_path / "history.csv")
    assert [row["epoch"] for row in rows] == ["0", "1"]


def _deadly(replace, number):
    """`os.replace` that breaks off at its call of this number."""
    calls = iter(range(number))

    def replace_or_die(source, target):
        if next(calls, None) is None:
            raise Killed
        replace(source, target)

    return replace_or_die
