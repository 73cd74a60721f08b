"""Run folders: train one recipe, and find again what came of it.

runs/dcgan/
    recipe.toml    the recipe, as it was
    seed           the seed of the run
    data           how many images it is trained on, a hash of the first ones; of those
                   in a folder also one of all, and how they are laid out
    model.keras    networks, optimizers and hyperparameters after the last epoch
    best_0007.keras    the same after the epoch of the best score, if they are scored
    history.csv    losses, seconds, scores and learning rates, a line for each epoch
    environment.json    what it was trained on and with, the last time it was started
    samples/       a sheet of pictures for each epoch, at fixed latents
    backup/        where to go on, after a kill or with more epochs, and copies of the
                   recipe and the seed that led there
    lock           held by the process that trains

A kill at any moment leaves each of them whole, and a run that goes on to the same bit.
"""

import contextlib
import dataclasses
import difflib
import json
import math
import os
import pathlib
import re
import shutil
import tempfile
import tomllib
import warnings
import zipfile

import filelock
import keras

from ganzoo import backend
from ganzoo.backend import environment
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.system import files
from ganzoo.system import resources
from ganzoo.training import callbacks
from ganzoo.training import dataset_identity
from ganzoo.training import recipes
from ganzoo.training.history import read_history
from ganzoo.visualization import samples

BEST = "best_{epoch:04d}.keras"
# What a run follows, which must not change under it.
SETTINGS = ("recipe.toml", "seed")
# Lines of a recipe that may differ: empty ones, comments and where its images are.
IGNORED = re.compile(r"\s*(#|$|folder\s*=)")


class BusyError(ValueError):
    """Another process has this run folder."""


def folder_name(recipe, seed):
    """What a run's folder is called among others: all that tells it from them."""
    return f"{recipe.name}-{recipe.epochs}epochs-seed{seed}"


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

    Returns:
        The trained `AdversarialModel`.

    Raises:
        ValueError: If the folder holds a run of another recipe, seed or data, or one
            whose recipe, history or backup was changed; if it cannot be written, its
            disk is full, or another process trains in it; if the learning rate is not
            positive, a schedule sets it, or no epoch is left to train.
        callbacks.DivergedError: If a loss is no finite number any more.
    """
    run_dir = pathlib.Path(run_dir)
    epochs = recipe.epochs if epochs is None else epochs
    with _own_folder(run_dir) as run_dir, _full_disk_told(run_dir):
        check_run(run_dir, recipe, seed)
        goes_on = count_epochs(run_dir) < epochs
        _check_learning_rate(learning_rate, recipe, goes_on)
        recipe = of_folder(recipe, run_dir)
        if not goes_on and not _has_moved(recipe, run_dir):
            # Nothing is trained on.
            recipe = recipe.without_checks()
        arrays = recipe.load_data("train", data_dir)
        examples = dataset_identity.count_and_hash(arrays)
        recipe.origin.check(recipe.data, lambda: examples)
        model = recipe.build(arrays, seed)
        between = _callbacks(run_dir, recipe, arrays, seed, score, learning_rate)
        files.remove_partial(run_dir)
        _write_settings(run_dir, recipe, seed)
        if goes_on:
            files.write_text(run_dir / "data", _origin_text(recipe, examples))
            about = json.dumps(environment.environment(), indent=1)
            files.write_text(run_dir / "environment.json", f"{about}\n")
            _warn_of_schedule(recipe, epochs)
            _check_room(run_dir, model, score)
        model.fit(
            *recipe.in_an_epoch(arrays),
            batch_size=recipe.batch_size,
            epochs=epochs,
            verbose=verbose,
            callbacks=[*between, *others],
        )
    return model


def of_folder(recipe, run_dir):
    """The recipe, bound to the images that the run in a folder began with.

    Args:
        recipe: `Recipe`.
        run_dir: path. There may be no run in it yet.
    """
    run_dir = pathlib.Path(run_dir)
    origin = dataset_identity.Origin()
    if has_begun(run_dir):
        path = run_dir / "data"
        # Images of a folder are held out as that file says, which every run has.
        lost = "a lost `data` file" if recipe.place else None
        origin = dataset_identity.Origin(str(run_dir), layout=1, examples=lost)
        if path.is_file():
            origin = dataset_identity.Origin.read(path.read_text("utf-8"), str(run_dir))
    return dataclasses.replace(recipe, origin=origin)


def has_begun(run_dir):
    """Whether there is anything in a run folder that was trained."""
    run_dir = pathlib.Path(run_dir)
    return (run_dir / "model.keras").is_file() or _epochs_backed_up(run_dir) > 0


def _has_moved(recipe, run_dir):
    """Whether a recipe has its images elsewhere than the run in a folder."""
    path = run_dir / "recipe.toml"
    return path.is_file() and recipes.load(path).place != recipe.place


def _origin_text(recipe, examples):
    layout, content = recipe.origin.layout, recipe.find_content()
    return dataset_identity.Origin(None, layout, examples, content).text


def _write_settings(run_dir, recipe, seed):
    for folder in (run_dir, run_dir / "backup"):
        for name, text in zip(SETTINGS, (recipe.text, f"{seed}\n")):
            files.write_text(folder / name, text)


@contextlib.contextmanager
def _own_folder(run_dir):
    """A run's folder for the first worker, and for the others a copy to go on from.

    What one computes, all do, and a state is saved by all: it is spread over them. That
    of the first one is kept.
    """
    if backend.placement().worker == 0:
        with locked(run_dir):
            yield run_dir
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        kept = (run_dir / "history.csv", run_dir / "data")
        for path in (*kept, *run_dir.glob("backup/epoch_*")):
            if path.exists():
                (copy / path.relative_to(run_dir)).parent.mkdir(exist_ok=True)
                shutil.copy(path, copy / path.relative_to(run_dir))
        yield copy


def _callbacks(run_dir, recipe, arrays, seed, score, learning_rate):
    """What happens after each epoch of a run, in this order."""
    scoring, tidying = _scoring(run_dir, score) if score else ([], [])
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


def _scoring(run_dir, score):
    """Callbacks that keep the best model, before an epoch is backed up and after."""
    # An epoch that is not backed up will be trained again, and may score otherwise.
    _, threshold = best_epoch(run_dir, score.monitor, _epochs_backed_up(run_dir))
    folder = str(run_dir).replace("{", "{{").replace("}", "}}")
    keep = _KeepBest(
        pathlib.Path(folder) / BEST,
        monitor=score.monitor,
        mode="min",
        save_best_only=True,
        initial_value_threshold=threshold,
    )

    def tidy(epoch, logs=None):
        best, _ = best_epoch(run_dir, score.monitor)
        for path in run_dir.glob("best_*.keras"):
            if path != best_path(run_dir, best):
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


def best_path(run_dir, epoch):
    """Where the model of the best epoch is kept, counted from 1."""
    return pathlib.Path(run_dir) / BEST.format(epoch=epoch)


def best_epoch(run_dir, monitor, before=None):
    """The first epoch of the lowest score in a run's history, from 1, and that score.

    Args:
        run_dir: path.
        monitor: string. The score's name in the history, like "val_fd".
        before: int or None. How many epochs to look at; None for all.

    Returns:
        Tuple of int and float; of None twice if no epoch has been scored.
    """
    rows = read_history(pathlib.Path(run_dir) / "history.csv")[:before]
    scores = [
        (float(row[monitor]), int(row["epoch"]) + 1) for row in rows if row.get(monitor)
    ]
    return min(scores)[::-1] if scores else (None, None)


def load_best_model(run_dir, monitor):
    """The model of a run folder, compiled, as after the epoch of its best score.

    Raises:
        ValueError: If the folder has none.
    """
    best, _ = best_epoch(run_dir, monitor)
    path = best_path(run_dir, best or 0)
    if not path.is_file():
        raise ValueError(
            "The folder of a run whose epochs are scored has the best one's model, "
            f"and this one has none. Received: run_dir={str(run_dir)!r}."
        )
    return _load_model(path)


@contextlib.contextmanager
def locked(run_dir):
    """Have a run folder to oneself; after a kill, the system lets it go.

    Who has it may ask again.

    Raises:
        BusyError: If another process has it.
        ValueError: If it cannot be written.
    """
    check_place(run_dir)
    try:
        run_dir.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(run_dir / "lock", timeout=0, is_singleton=True)
        lock.acquire()
    except filelock.Timeout as error:
        raise BusyError(
            "Another process trains in this run folder: wait for it, or choose "
            f"another. Received: run_dir={str(run_dir)!r}."
        ) from error
    except OSError as error:
        raise ValueError(
            f"The run folder cannot be written ({error}). "
            f"Received: run_dir={str(run_dir)!r}."
        ) from error
    try:
        yield
    finally:
        lock.release()


def check_place(run_dir):
    """Raise a ValueError if a folder cannot be written, which need not be there yet."""
    run_dir = pathlib.Path(run_dir)
    there = next(path for path in _and_parents(run_dir) if path.exists())
    if not there.is_dir():
        raise ValueError(
            f"The run folder is a file, or below one: name another. "
            f"Received: run_dir={str(run_dir)!r}, where {str(there)!r} is a file."
        )
    if not os.access(there, os.W_OK):
        raise ValueError(
            "The run folder cannot be written: name another that you may write to. "
            f"Received: run_dir={str(run_dir)!r}."
        )


def _and_parents(path):
    return (path.absolute(), *path.absolute().parents)


def check_run(run_dir, recipe, seed):
    """Raise a ValueError unless this recipe and seed can begin or go on in a folder."""
    run_dir = pathlib.Path(run_dir)
    for name, text in zip(SETTINGS, (recipe.text, f"{seed}\n")):
        _check_unchanged(run_dir, name)
        _check_own(run_dir, name, text)
    _check_backup(run_dir)


def _check_own(run_dir, name, text):
    path = run_dir / name
    different = path.exists() and _difference(path.read_text("utf-8"), text)
    if different:
        there, here = different
        raise ValueError(
            f"The run folder holds a run of another {path.stem}. Choose another "
            "folder, or remove this one; to go on with it, give --run-dir alone. "
            f"Received: run_dir={str(run_dir)!r}, whose {name} says {there!r} and not "
            f"{here!r}."
        )


def _check_unchanged(run_dir, name):
    """Raise a ValueError if a setting is not the one that the backup was made by."""
    path, kept = run_dir / name, run_dir / "backup" / name
    if not (path.is_file() and kept.is_file() and has_begun(run_dir)):
        return
    different = _difference(kept.read_text("utf-8"), path.read_text("utf-8"))
    if different:
        before, now = different
        raise ValueError(
            f"Put back the {name} of the run folder: it was changed after the run "
            "began, which goes on as it began. `--epochs N` trains for longer, and "
            "`--learning-rate R` changes the learning rate; for all else train the "
            f"changed file in another folder. Received: run_dir={str(run_dir)!r}, "
            f"whose {name} says {now!r} and not {before!r}."
        )


def _difference(before, now):
    """The first lines in which two settings differ, or None if they say the same.

    Where a recipe's images are may differ, as `Origin` tells them from others.
    """
    if _meaning(before) == _meaning(now):
        return None
    texts = [
        [line for line in text.splitlines() if not IGNORED.match(line)]
        for text in (before, now)
    ]
    matcher = difflib.SequenceMatcher(None, *texts, autojunk=False)
    changes = [spans for tag, *spans in matcher.get_opcodes() if tag != "equal"]
    # Of a line that was added or removed, the other side has nothing.
    first, end, first_now, end_now = [*changes, (0, 0, 0, 0)][0]
    return (
        "".join(texts[0][first:end][:1]),
        "".join(texts[1][first_now:end_now][:1]),
    )


def _meaning(text):
    """What a recipe says but for the place of its images; another text as it is."""
    try:
        config = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return text.strip()
    if isinstance(config.get("data"), dict):
        config["data"].pop("folder", None)
    return config


def _check_learning_rate(learning_rate, recipe, goes_on):
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
    if not goes_on:
        raise ValueError(
            "Ask for more epochs, by `--epochs N`, to train at another learning rate: "
            f"the run has all of its own. Received: learning_rate={learning_rate}."
        )


def _check_room(run_dir, model, score):
    """Raise an OSError unless the disk has room for what a run keeps."""
    # The model and the backup, the best model if they are scored; and a new one of them
    # before the old one goes.
    states = 4 if score else 3
    there = (path for path in run_dir.rglob("*") if path.suffix in (".keras", ".h5"))
    kept = sum(path.stat().st_size for path in there)
    resources.check_disk(run_dir / "model.keras", states * model.count_bytes() - kept)


@contextlib.contextmanager
def _full_disk_told(run_dir):
    """Say of a full disk what to do, and what is saved."""
    try:
        yield
    except OSError as error:
        if error.errno not in resources.FULL:
            raise
        raise ValueError(
            f"The disk of the run folder is full ({error.strerror}). What was saved, "
            f"up to epoch {_epochs_backed_up(run_dir)}, is whole: make room and start "
            f"again, to go on. Received: run_dir={str(run_dir)!r}."
        ) from error


def _warn_of_schedule(recipe, epochs):
    if "schedule" in recipe.config and epochs > recipe.epochs:
        warnings.warn(
            f"The schedule of {recipe.name} ends after its {recipe.epochs} epochs: the "
            "others train at its last learning rate. For a longer one, change `epochs` "
            f"in a copy of the recipe. Received: epochs={epochs}.",
            stacklevel=3,
        )


def count_epochs(run_dir):
    """How many epochs a run has behind it.

    Raises:
        ValueError: If its history was changed.
    """
    return len(read_history(pathlib.Path(run_dir) / "history.csv"))


def epochs_behind(path):
    """How many epochs the model of a run folder, or of a file in it, has behind it."""
    if path.suffix != ".keras":
        return count_epochs(path)
    best = re.fullmatch(r"best_(\d+)", path.stem)
    return int(best[1]) if best else count_epochs(path.parent)


def _epochs_backed_up(run_dir):
    return max(callbacks.BackupAndRestore(run_dir / "backup").states(), default=0)


def _check_backup(run_dir):
    epochs = count_epochs(run_dir)
    # A kill may come between the first line and the first state.
    if epochs > 1 and not _epochs_backed_up(run_dir):
        raise ValueError(
            "The backup of the run is gone, and it would begin anew: put it back, or "
            "choose another folder. Received: "
            f"run_dir={str(run_dir)!r} of {epochs} epochs."
        )


def load_model(run_dir):
    """The model of a run folder, compiled, as after its last epoch.

    Raises:
        ValueError: If the folder has none.
    """
    path = pathlib.Path(run_dir) / "model.keras"
    if not path.is_file():
        raise ValueError(
            "A run folder has a `model.keras`, written by `ganzoo train` after the "
            f"first epoch. Received: run_dir={str(run_dir)!r}."
        )
    return _load_model(path)


def _load_model(path):
    """The model of a file, whose classes have names if its run's recipe tells them."""
    model = keras.saving.load_model(path)
    recipe = path.parent / "recipe.toml"
    if recipe.is_file() and model.class_names is None:
        recipes.name_classes(
            model, recipes.class_names(recipes.load(recipe).config["data"])
        )
    return model


def load_file(path):
    """The model of a `.keras` file of a run folder, compiled.

    Raises:
        ValueError: If it is no such file, or not of one of ganzoo's models.
    """
    try:
        model = _load_model(pathlib.Path(path))
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"The file holds no model that can be read ({error}). "
            f"Received: path={str(path)!r}."
        ) from error
    if not isinstance(model, AdversarialModel):
        raise ValueError(
            "The file must hold a generative adversarial model. "
            f"Received: path={str(path)!r}, of class {type(model).__name__}."
        )
    return model


def load_seed(run_dir):
    """The seed that the run of a folder was started with.

    Raises:
        ValueError: If the folder does not tell, or another one since.
    """
    path = pathlib.Path(run_dir) / "seed"
    if not path.is_file() or not path.read_text().strip().isdecimal():
        raise ValueError(
            "A run folder has a `seed`, written by `ganzoo train`. "
            f"Received: run_dir={str(run_dir)!r}."
        )
    _check_unchanged(path.parent, path.name)
    return int(path.read_text())


def load_recipe(run_dir):
    """The recipe of a run folder, as it was, bound to the images that it began with.

    Raises:
        ValueError: If the folder has none, or another one since the run began.
    """
    path = pathlib.Path(run_dir) / "recipe.toml"
    recipe = recipes.load(path)
    _check_unchanged(path.parent, path.name)
    return of_folder(recipe, run_dir)
