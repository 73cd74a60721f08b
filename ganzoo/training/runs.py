"""Run folders: train one recipe, and load what came of it.

runs/dcgan/
    recipe.toml    the recipe, as it was
    seed           the seed of the run
    data           how many images it is trained on, a hash of the first ones; of those
                   in a folder also one of all, and how they are laid out
    model.keras    networks, optimizers and hyperparameters after the last epoch
    best_0007.keras    the same after the epoch of the best score, if they are scored
    history.csv    losses, seconds, scores and learning rates, a line for each epoch
    environment.json    what it was trained on and with, the last time it was started
    samples/       a sheet of images for each epoch, at fixed latents
    history_NAME.csv, backup_NAME/    the same of a stage before the game, or after it
    model_NAME.keras    what a stage before the game has trained
    backup/        where to go on, after a kill or with more epochs, and copies of the
                   recipe and the seed that led there
    lock           held by the process that trains

A kill at any moment leaves each of them whole, and a run that goes on to the same bit.
"""

import contextlib
import json
import math
import pathlib
import shutil
import tempfile
import warnings

import keras

from ganzoo import backend
from ganzoo.backend import environment
from ganzoo.system import files
from ganzoo.system import resources
from ganzoo.training import callbacks
from ganzoo.training import dataset_identity
from ganzoo.training import progress
from ganzoo.training import run_folder
from ganzoo.training import run_models
from ganzoo.training.run_folder import load_recipe as load_recipe
from ganzoo.training.run_folder import load_seed as load_seed
from ganzoo.training.run_models import load_best_model as load_best_model
from ganzoo.training.run_models import load_file as load_file
from ganzoo.training.run_models import load_model as load_model
from ganzoo.visualization import samples


def train(
    recipe,
    run_dir,
    seed=0,
    epochs=None,
    data_dir=None,
    verbose="auto",
    score=None,
    others=(),
    learning_rate=None,
    start=None,
):
    """Train a recipe in a folder; started again, it goes on after the last epoch.

    A finished run is left as it is, or goes on if `epochs` asks for more. Where the
    recipe's folder of images is at another place than before, but has the same images,
    the run goes on with that.

    Args:
        recipe: `Recipe`.
        run_dir: path. Made if it is missing.
        seed: int. Seed of the initial weights, the game and the samples.
        epochs: int or None. None for those of the recipe.
        data_dir: path or None. Where the raw files of its data are.
        verbose: As in `keras.Model.fit`.
        score: `callbacks.Score` or None. Scores each epoch; the best one's model is
            kept beside the last.
        others: list of callbacks, after those that save an epoch.
        learning_rate: float or None. Sets that of both players for this epoch and all
            that follow, also those of later calls. None leaves it as it is.
        start: `AdversarialModel` or None. The trained model that the recipe says a new
            run begins with.

    Returns:
        The trained `AdversarialModel`.

    Raises:
        ValueError: If the folder holds a run of another recipe, seed or data, or one
            whose recipe, history or backup was changed; if it cannot be written, its
            disk is full, or another process trains in it; if the learning rate is not
            positive, a schedule sets it, or no epoch is left to train; or if the model
            to begin with is not given, or has other networks.
        callbacks.DivergedError: If a loss becomes NaN or infinite.
    """
    run_dir = pathlib.Path(run_dir)
    epochs = recipe.epochs if epochs is None else epochs
    with _worker_folder(run_dir) as run_dir, _explain_full_disk(run_dir):
        run_folder.check_run(run_dir, recipe, seed)
        unfinished = run_folder.count_epochs(run_dir) < epochs
        _check_learning_rate(learning_rate, recipe, unfinished)
        recipe = run_folder.bind_recipe(recipe, run_dir)
        if not unfinished and not run_folder.has_moved(recipe, run_dir):
            # Nothing is trained on.
            recipe = recipe.without_checks()
        arrays = recipe.load_data("train", data_dir)
        examples = dataset_identity.count_and_hash(arrays)
        recipe.origin.check(recipe.data, lambda: examples)
        model = recipe.build(arrays, seed)
        if recipe.start and not run_folder.has_begun(run_dir):
            _check_start(recipe, start)
            run_models.begin_with(model, start)
        own_callbacks = _callbacks(run_dir, recipe, arrays, seed, score, learning_rate)
        files.remove_partial(run_dir)
        run_folder.write_settings(run_dir, recipe, seed, epochs)
        if unfinished:
            files.write_text(run_dir / "data", _origin_text(recipe, examples))
            about = json.dumps(environment.environment(), indent=1)
            files.write_text(run_dir / "environment.json", f"{about}\n")
            _warn_of_schedule(recipe, epochs)
            _check_disk_space(run_dir, model, score)
        shown = recipe.in_an_epoch(recipe.hide_labels(arrays, seed))
        how = model, recipe, run_dir, shown, verbose, others
        # The state of a game has what was trained before it.
        has_played = run_folder.epochs_backed_up(run_dir) > 0
        for name, stage in model.stages.items():
            if stage.before and not has_played:
                _train_stage(name, *how)
        model.fit(
            *shown,
            batch_size=recipe.batch_size,
            epochs=epochs,
            verbose=verbose,
            callbacks=[*own_callbacks, *others],
        )
        for name, stage in model.stages.items():
            if not stage.before:
                _train_stage(name, *how)
    return model


def _train_stage(name, model, recipe, run_dir, arrays, verbose, others):
    """Train a stage; started again, it goes on after its last epoch."""
    paths, played = [run_dir / "model.keras"], 0
    if model.stages[name].before:
        paths.append(run_dir / f"model_{name}.keras")
    else:
        # A game that goes on has a stage of its own after it.
        played = run_folder.count_epochs(run_dir)
    folder = run_dir / f"backup_{name}" / f"after_{played}"
    for path in folder.parent.glob("after_*"):
        if path != folder:
            shutil.rmtree(path)
    model.fit(
        *arrays,
        stage=name,
        batch_size=recipe.batch_size,
        epochs=recipe.stages[name],
        verbose=verbose,
        callbacks=[
            callbacks.Seconds(),
            *map(keras.callbacks.ModelCheckpoint, paths),
            callbacks.History(run_dir / f"history_{name}.csv"),
            callbacks.BackupAndRestore(folder, delete_checkpoint=False),
            *(other for other in others if isinstance(other, progress.Progress)),
        ],
    )


def _check_start(recipe, start):
    if start is None:
        raise ValueError(
            "Pass `start`, the trained model that the recipe begins with, like "
            f"`ganzoo.from_preset(...)`. Received: start=None, recipe {recipe.name!r} "
            f"that begins with {recipe.start!r}."
        )
    if start.licence != recipe.licence:
        raise ValueError(
            "Pass the licence of the trained model to `Recipe.begin_with`, as that "
            "of the new one depends on it. Received: a recipe with "
            f"licence={recipe.licence!r}, and a model with {start.licence!r}."
        )


def _origin_text(recipe, examples):
    layout, content = recipe.origin.layout, recipe.find_content()
    return dataset_identity.Origin(None, layout, examples, content).text


@contextlib.contextmanager
def _worker_folder(run_dir):
    """A run's folder for the first worker, and for the others a copy to go on from.

    What one computes, all do, and a state is saved by all: it is spread over them. That
    of the first one is kept.
    """
    if backend.placement().worker == 0:
        with run_folder.locked(run_dir):
            yield run_dir
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        kept = (run_dir / "history.csv", run_dir / "data")
        for path in (*kept, *run_dir.glob("backup*/**/epoch_*")):
            if path.exists():
                there = (copy / path.relative_to(run_dir)).parent
                there.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, copy / path.relative_to(run_dir))
        yield copy


def _callbacks(run_dir, recipe, arrays, seed, score, learning_rate):
    """What happens after each epoch of a run, in this order."""
    scoring, tidying = _best_model_callbacks(run_dir, score) if score else ([], [])
    return [
        callbacks.Seconds(),
        *scoring,
        callbacks.CollapseMonitor(*arrays),
        callbacks.SampleSheet(
            run_dir / "samples", lambda m: samples.sheet(recipe, m, arrays, seed)
        ),
        # An epoch that is in the history is in the model, and one that is in the
        # backup is everywhere.
        keras.callbacks.ModelCheckpoint(run_dir / "model.keras"),
        callbacks.History(run_dir / "history.csv"),
        callbacks.BackupAndRestore(run_dir / "backup", delete_checkpoint=False),
        # After what restores the rate of the last epoch.
        *([_SetLearningRate(learning_rate)] if learning_rate else []),
        *tidying,
    ]


def _best_model_callbacks(run_dir, score):
    """Callbacks that keep the best model, before an epoch is backed up and after."""
    # An epoch that is not backed up will be trained again, and may score otherwise.
    _, threshold = run_folder.best_epoch(
        run_dir, score.monitor, run_folder.epochs_backed_up(run_dir)
    )
    folder = str(run_dir).replace("{", "{{").replace("}", "}}")
    keep = _KeepBest(
        pathlib.Path(folder) / run_folder.BEST,
        monitor=score.monitor,
        mode="min",
        save_best_only=True,
        initial_value_threshold=threshold,
    )

    def tidy(epoch, logs=None):
        best, _ = run_folder.best_epoch(run_dir, score.monitor)
        for path in run_dir.glob("best_*.keras"):
            if path != run_folder.best_path(run_dir, best):
                path.unlink()

    return [score, keep], [keras.callbacks.LambdaCallback(on_epoch_end=tidy)]


class _SetLearningRate(keras.callbacks.Callback):
    """Sets that of both players when training begins."""

    def __init__(self, learning_rate):
        super().__init__()
        self.learning_rate = learning_rate

    def on_train_begin(self, logs=None):
        self.model.discriminator_optimizer.learning_rate = self.learning_rate
        self.model.generator_optimizer.learning_rate = self.learning_rate


class _KeepBest(keras.callbacks.ModelCheckpoint):
    """Keras's callback, which would keep a first epoch that is not scored."""

    def on_epoch_end(self, epoch, logs=None):
        if math.isfinite(logs[self.monitor]):
            super().on_epoch_end(epoch, logs)


def _check_learning_rate(learning_rate, recipe, unfinished):
    if learning_rate is None:
        return
    if not (0 < learning_rate < math.inf):
        raise ValueError(
            "`learning_rate` must be a positive number. "
            f"Received: learning_rate={learning_rate}."
        )
    if "schedule" in recipe.config:
        raise ValueError(
            "Change the schedule in a copy of the recipe, and train that in another "
            "folder: it sets the learning rate of each step. "
            f"Received: learning_rate={learning_rate}, recipe {recipe.name!r}."
        )
    if not unfinished:
        raise ValueError(
            "Ask for more epochs, by `--epochs N`, to train at another learning rate: "
            f"the run has all of its own. Received: learning_rate={learning_rate}."
        )


def _check_disk_space(run_dir, model, score):
    """Raise an OSError unless the disk has room for what a run keeps."""
    # The model and the backup, the best model if they are scored, and as many of each
    # stage; and a new one of them before the old one goes.
    states = (4 if score else 3) + 2 * len(model.stages)
    states_kept = (
        path for path in run_dir.rglob("*") if path.suffix in (".keras", ".h5")
    )
    kept = sum(path.stat().st_size for path in states_kept)
    resources.check_disk(run_dir / "model.keras", states * model.count_bytes() - kept)


@contextlib.contextmanager
def _explain_full_disk(run_dir):
    """Say of a full disk what to do, and what is saved."""
    try:
        yield
    except OSError as error:
        if error.errno not in resources.FULL:
            raise
        raise ValueError(
            f"The disk of the run folder is full ({error.strerror}). What was saved, "
            f"up to epoch {run_folder.epochs_backed_up(run_dir)}, is whole: make room "
            f"and start again, to go on. Received: run_dir={str(run_dir)!r}."
        ) from error


def _warn_of_schedule(recipe, epochs):
    if "schedule" in recipe.config and epochs > recipe.epochs:
        warnings.warn(
            f"The schedule of {recipe.name} ends after its {recipe.epochs} epochs: the "
            "others train at its last learning rate. For a longer one, change `epochs` "
            f"in a copy of the recipe. Received: epochs={epochs}.",
            stacklevel=3,
        )
