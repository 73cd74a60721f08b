"""Run folders: trained, gone on with, drawn from."""

import csv

import keras
import numpy as np
import pytest
import toys

import ganzoo
from ganzoo.training import recipes
from ganzoo.training import run_folder
from ganzoo.training import runs


@pytest.mark.parametrize("kind", ["images", "labels", "edges"])
def test_a_run_leaves_its_model_history_and_samples(
    tiny_recipe, few_pictures, tmp_path, monkeypatch, kind
):
    if kind != "images":
        # One of them suffices to be traced.
        toys.trace_nothing(monkeypatch)
    recipe = recipes.load(tiny_recipe(kind))
    run_dir = tmp_path / "run"
    model = runs.train(recipe, run_dir, epochs=2, verbose=0)
    assert (run_dir / "recipe.toml").read_text() == recipe.text
    with (run_dir / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    # The first steps of a tiny network may not show in one of the losses.
    losses = ("discriminator_loss", "generator_loss")
    assert any(rows[0][loss] != rows[1][loss] for loss in losses)
    sheets = sorted(path.name for path in (run_dir / "samples").iterdir())
    assert sheets == ["epoch_0001.png", "epoch_0002.png"]
    loaded = runs.load_model(run_dir)
    assert type(loaded) is type(model)
    for a, b in zip(model.get_weights(), loaded.get_weights()):
        np.testing.assert_array_equal(a, b)
    assert {path.name for path in run_dir.iterdir()} == {
        *("recipe.toml", "seed", "data", "environment.json", "model.keras", "lock"),
        *("history.csv", "samples", "backup", "epochs"),
    }


# Keras leaves the history open when training breaks off.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("untraced")
def test_an_interrupted_run_goes_on_after_its_last_epoch(
    tiny_recipe, few_pictures, tmp_path, monkeypatch
):
    recipe = recipes.load(tiny_recipe())

    class Interrupt(ganzoo.callbacks.SampleSheet):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(runs.callbacks, "SampleSheet", Interrupt)
        with pytest.raises(KeyboardInterrupt):
            runs.train(recipe, tmp_path / "run", epochs=3, verbose=0)
    model = runs.train(recipe, tmp_path / "run", epochs=3, verbose=0)
    assert updates_of(model) == 3 * 2


def updates_of(model):
    return int(keras.ops.convert_to_numpy(model.generator_optimizer.iterations))


@pytest.mark.usefixtures("untraced")
def test_an_epoch_of_several_passes_shows_each_picture_so_often_and_is_gone_on_from(
    tiny_recipe, few_pictures, tmp_path
):
    path = tiny_recipe()
    path.write_text(path.read_text() + "passes = 3\n")
    recipe = recipes.load(path)
    whole = runs.train(recipe, tmp_path / "whole", epochs=2, verbose=0)
    assert updates_of(whole) == 2 * 3 * 2
    runs.train(recipe, tmp_path / "parts", epochs=1, verbose=0)
    parts = runs.train(recipe, tmp_path / "parts", epochs=2, verbose=0)
    assert toys.same(toys.copy_of(parts.variables), toys.copy_of(whole.variables))
    (x,) = recipe.load_data()
    (shown,) = recipe.in_an_epoch((x,))
    np.testing.assert_array_equal(np.asarray(shown), np.concatenate([x] * 3))


@pytest.mark.usefixtures("untraced")
def test_a_finished_run_is_left_as_it_is_and_goes_on_for_more_epochs(
    tiny_recipe, few_pictures, tmp_path
):
    recipe, run_dir = recipes.load(tiny_recipe()), tmp_path / "run"
    first = runs.train(recipe, run_dir, epochs=2, verbose=0).get_weights()
    # Who looks at a finished run has not trained it.
    (run_dir / "environment.json").write_text("{}")
    again = runs.train(recipe, run_dir, epochs=2, verbose=0).get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(first, again))
    assert (run_dir / "environment.json").read_text() == "{}"
    runs.train(recipe, run_dir, epochs=3, verbose=0)
    with (run_dir / "history.csv").open() as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["1", "2", "3"]


@pytest.mark.usefixtures("untraced")
def test_epochs_after_the_end_of_a_schedule_are_warned_of(
    tiny_recipe, few_pictures, tmp_path
):
    path = tiny_recipe()
    optimizer = '[optimizer]\nname = "Adam"\nlearning_rate = 1e-3\n'
    schedule = '[schedule]\nname = "CosineDecay"\n'
    path.write_text(f"{path.read_text()}\n{optimizer}\n{schedule}")
    recipe = recipes.load(path)
    with pytest.warns(UserWarning, match="ends after its 1 epochs"):
        runs.train(recipe, tmp_path / "run", epochs=2, verbose=0)


@pytest.mark.usefixtures("untraced")
def test_pairs_fewer_than_a_sheet_has_are_shown(tiny_recipe, monkeypatch, tmp_path):
    load_data = recipes.Recipe.load_data
    monkeypatch.setattr(
        recipes.Recipe,
        "load_data",
        lambda *args: tuple(array[:5] for array in load_data(*args)),
    )
    runs.train(recipes.load(tiny_recipe("edges")), tmp_path / "run", verbose=0)
    assert (tmp_path / "run" / "samples" / "epoch_0001.png").is_file()


# The tiny network has learned nothing yet.
@pytest.mark.filterwarnings("ignore:.*nearly repeat one another:RuntimeWarning")
@pytest.mark.usefixtures("untraced")
def test_the_best_model_is_kept_whenever_a_scored_run_was_stopped(
    tiny_recipe, few_pictures, tmp_path
):
    recipe = recipes.load(tiny_recipe())
    scores = [5.0, 3.0, 4.0, 6.0]

    class Told(keras.callbacks.Callback):
        monitor = "val_fd"

        def on_epoch_end(self, epoch, logs=None):
            logs["val_fd"] = scores[epoch]

    for epochs in 3, 4:
        runs.train(recipe, tmp_path / "a", epochs=epochs, verbose=0, score=Told())
    runs.train(recipe, tmp_path / "b", epochs=2, verbose=0, score=Told())
    assert run_folder.best_epoch(tmp_path / "a", "val_fd") == (2, 3.0)
    assert [p.name for p in (tmp_path / "a").glob("best*")] == ["best_0002.keras"]
    best = runs.load_best_model(tmp_path / "a", "val_fd")
    second = runs.load_model(tmp_path / "b")
    for a, b in zip(best.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert run_folder.best_epoch(tmp_path / "none", "val_fd") == (None, None)
