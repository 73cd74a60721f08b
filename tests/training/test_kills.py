"""A killed run goes on as if it had never been killed, whenever the kill came."""

import os
import random
import shutil

import keras
import numpy as np
import pytest
import toy_trainings
import toys

from ganzoo.training import recipes
from ganzoo.training import runs
from ganzoo.training.history import read_history

KILLS = 6
ENOUGH = 5  # where it ends before the last
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
batch_size = 300
epochs = 8
"""


def kill_at_random(target, folder, *arguments, seconds, seed):
    """Kill a training of so many seconds again and again, then let it end."""
    moments = random.Random(seed)
    training = target, *arguments, str(folder)
    kills = 0
    while kills < KILLS:
        moment = moments.uniform(0, 2 * seconds / KILLS)
        if toy_trainings.Training(*training).kill(moment):
            kills += 1
        elif kills >= ENOUGH:
            break
        else:
            # The machine was busier while the seconds were counted.
            shutil.rmtree(folder)
            kills, seconds = 0, seconds / 2
    toy_trainings.Training(*training).end()


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
    arguments = toy_trainings.train, killed, str(recipe)
    kill_at_random(*arguments, seconds=seconds, seed=0)
    assert_same(runs.load_model(straight), runs.load_model(killed))
    assert not partial_files(killed)
    names = sorted(path.name for path in (straight / "samples").iterdir())
    assert names == sorted(path.name for path in (killed / "samples").iterdir())
    for name in names:
        sheets = [(d / "samples" / name).read_bytes() for d in (straight, killed)]
        assert sheets[0] == sheets[1], name
    rows = [read_history(d / "history.csv") for d in (straight, killed)]
    for row in (*rows[0], *rows[1]):
        del row["seconds"]
    assert rows[0] == rows[1]


def test_a_fit_of_a_killed_process(tmp_path):
    straight, killed = tmp_path / "straight", tmp_path / "killed"
    seconds = toy_trainings.Training(toy_trainings.fit, str(straight)).end()
    kill_at_random(toy_trainings.fit, killed, seconds=seconds, seed=1)
    models = [keras.saving.load_model(d / "model.keras") for d in (straight, killed)]
    assert_same(*models)
    assert not partial_files(killed)


# What a run writes: epochs, recipe and seed, copies of them, data, environment; then
# sheet, model, history and state, of two epochs.
FILES = 7 + 2 * 4


def train_for_two_epochs(run_dir):
    """Train by the recipe above in two steps an epoch."""
    recipe = recipes.parse("mine", RECIPE.replace("= 300", "= 500"))
    return runs.train(recipe, run_dir, epochs=2, verbose=0)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that was not killed, and its folder as it was before each of its files."""
    run_dir, folders = tmp_path_factory.mktemp("whole"), []
    replace = os.replace

    def keep_and_replace(source, target):
        folders.append(tmp_path_factory.mktemp("before") / "run")
        shutil.copytree(run_dir, folders[-1])
        replace(source, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", keep_and_replace)
        load_few = toy_trainings.fewer(recipes.Recipe.load_data)
        patch.setattr(recipes.Recipe, "load_data", load_few)
        toys.trace_nothing(patch)
        model = train_for_two_epochs(run_dir)
    return model, folders


@pytest.mark.parametrize("number", range(FILES))
def test_a_kill_before_each_file(number, whole, few_pictures, untraced, tmp_path):
    straight, folders = whole
    assert len(folders) == FILES
    # As a process leaves it that is killed there: with a file that has no name yet.
    run_dir = shutil.copytree(folders[number], tmp_path / "run")
    resumed = train_for_two_epochs(run_dir)
    assert_same(straight, resumed)
    assert_same(straight, runs.load_model(run_dir))
    assert not partial_files(run_dir)
    rows = read_history(run_dir / "history.csv")
    assert [row["epoch"] for row in rows] == ["1", "2"]
