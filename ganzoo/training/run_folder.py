"""Run folders: what is in one, whether a run may begin or go on there, what it says."""

import contextlib
import dataclasses
import difflib
import os
import pathlib
import re
import tomllib

import filelock

from ganzoo.system import files
from ganzoo.training import callbacks
from ganzoo.training import dataset_identity
from ganzoo.training import recipes
from ganzoo.training.history import read_history

BEST = "best_{epoch:04d}.keras"
# What a run follows, which must not change under it.
SETTINGS = ("recipe.toml", "seed")
# How many epochs it was last asked for, which may change.
EPOCHS = "epochs"
# Lines of a recipe that may differ: empty ones, comments and where its images are.
IGNORED = re.compile(r"\s*(#|$|folder\s*=)")


class BusyError(ValueError):
    """Another process has this run folder."""


def folder_name(recipe, seed):
    """What a run's folder is called among others: all that tells it from them."""
    return f"{recipe.name}-{recipe.epochs}epochs-seed{seed}"


def bind_recipe(recipe, run_dir):
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
    return (run_dir / "model.keras").is_file() or epochs_backed_up(run_dir) > 0


def has_moved(recipe, run_dir):
    """Whether a recipe has its images elsewhere than the run in a folder."""
    path = run_dir / "recipe.toml"
    return path.is_file() and recipes.load(path).place != recipe.place


def load_epochs(run_dir):
    """How many epochs the run in a folder was last asked for; None if it is not known.

    Those of the recipe, unless the user has asked for more or fewer.
    """
    path = pathlib.Path(run_dir) / EPOCHS
    text = path.read_text("utf-8").strip() if path.is_file() else ""
    return int(text) if text.isdecimal() else None


def write_settings(run_dir, recipe, seed, epochs):
    """Write what a run follows, and a copy beside its backup."""
    files.write_text(run_dir / EPOCHS, f"{epochs}\n")
    for folder in (run_dir, run_dir / "backup"):
        for name, text in zip(SETTINGS, (recipe.text, f"{seed}\n")):
            files.write_text(folder / name, text)


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
        (float(row[monitor]), int(row["epoch"])) for row in rows if row.get(monitor)
    ]
    return min(scores)[::-1] if scores else (None, None)


@contextlib.contextmanager
def locked(run_dir):
    """Have a run folder to oneself; after a kill, the system lets it go.

    Who has it may ask again.

    Raises:
        BusyError: If another process has it.
        ValueError: If it cannot be written.
    """
    check_writable(run_dir)
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


def check_writable(run_dir):
    """Raise a ValueError if a folder cannot be written, which need not be there yet."""
    run_dir = pathlib.Path(run_dir)
    existing = next(path for path in _and_parents(run_dir) if path.exists())
    if not existing.is_dir():
        raise ValueError(
            f"The run folder is a file, or below one: name another. "
            f"Received: run_dir={str(run_dir)!r}, where {str(existing)!r} is a file."
        )
    if not os.access(existing, os.W_OK):
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
        _check_same_run(run_dir, name, text)
    _check_backup(run_dir)


def _check_same_run(run_dir, name, text):
    path = run_dir / name
    different = path.exists() and _difference(path.read_text("utf-8"), text)
    if different:
        found, wanted = different
        raise ValueError(
            f"The run folder holds a run of another {path.stem}. Choose another "
            "folder, or remove this one; to go on with it, give --run-dir alone. "
            f"Received: run_dir={str(run_dir)!r}, whose {name} says {found!r} and not "
            f"{wanted!r}."
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
    if _parse_settings(before) == _parse_settings(now):
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


def _parse_settings(text):
    """What a recipe says but for the place of its images; another text as it is."""
    try:
        config = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return text.strip()
    if isinstance(config.get("data"), dict):
        config["data"].pop("folder", None)
    return config


def count_epochs(run_dir, stage=None):
    """How many epochs a run has behind it, of the game or of a stage after it.

    Raises:
        ValueError: If its history was changed.
    """
    name = f"history_{stage}.csv" if stage else "history.csv"
    return len(read_history(pathlib.Path(run_dir) / name))


def epochs_of_model(path):
    """How many epochs the model of a run folder, or of a file in it, has behind it."""
    if path.suffix != ".keras":
        return count_epochs(path)
    best = re.fullmatch(r"best_(\d+)", path.stem)
    return int(best[1]) if best else count_epochs(path.parent)


def epochs_backed_up(run_dir):
    """The last epoch that a run could go on from, counted from 1; 0 for none."""
    return max(callbacks.BackupAndRestore(run_dir / "backup").states(), default=0)


def _check_backup(run_dir):
    epochs = count_epochs(run_dir)
    # A kill may come between the first line and the first state.
    if epochs > 1 and not epochs_backed_up(run_dir):
        raise ValueError(
            "The backup of the run is gone, and it would begin anew: put it back, or "
            "choose another folder. Received: "
            f"run_dir={str(run_dir)!r} of {epochs} epochs."
        )


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
    return bind_recipe(recipe, run_dir)
