"""One run of the benchmark: a recipe trained with a seed, scored, and drawn from.

Its folder is one of `ganzoo.runs`, and beside what that has:

    pictures/      what the last model shows: samples, interpolations, nearest images
    log.txt        when it was begun, what was warned of, when it ended
    result.json    every number of the run, once it is finished
"""

import contextlib
import dataclasses
import json
import logging
import pathlib
import warnings

import click
import keras

from ganzoo.backend import environment
from ganzoo.benchmark import scoring
from ganzoo.benchmark import suites
from ganzoo.system import files
from ganzoo.system.terminal.counts import format_count
from ganzoo.training import callbacks
from ganzoo.training import recipes
from ganzoo.training import run_folder
from ganzoo.training import run_models
from ganzoo.training import runs
from ganzoo.training.history import read_history
from ganzoo.visualization import grids
from ganzoo.visualization import samples

log = logging.getLogger("ganzoo.benchmark")


@dataclasses.dataclass(frozen=True)
class Run:
    """One training of one recipe, and where it is.

    Args:
        suite: `Suite`.
        recipe: `Recipe`.
        seed: int.
        budget: float. What the suite's epochs were multiplied by in the recipe.
        out: `pathlib.Path`. Folder of the suite.
    """

    suite: suites.Suite
    recipe: recipes.Recipe
    seed: int
    budget: float
    out: pathlib.Path

    @property
    def folder(self):
        return self.out / run_folder.folder_name(self.recipe, self.seed)

    @property
    def title(self):
        epochs = format_count(self.recipe.epochs, "epoch")
        return f"{self.recipe.variant}, {epochs}, seed {self.seed}"

    @property
    def is_finished(self):
        """Whether it has its result, of this recipe."""
        result = load(self.folder)
        return bool(result) and result["recipe_sha256"] == self.recipe.sha256

    @property
    def command(self):
        """What makes it, in a checkout and into a folder that does not have it."""
        parts = [
            f"KERAS_BACKEND={keras.backend.backend()}",
            f"python benchmarks/fid.py --suite {self.suite.name}",
            f"--variants {self.recipe.variant} --seeds {self.seed + 1}",
        ]
        if self.budget != 1:
            parts.append(f"--budget {self.budget:g}")
        return " ".join(parts)


def do(one, data_dir=None, train_only=False, verbose="auto"):
    """Bring one run to its end.

    Args:
        one: `Run`.
        data_dir: path or None.
        train_only: bool.
        verbose: As in `keras.Model.fit`.

    Returns:
        What came of it in a few words, and whether it failed, other than by a game
        that is lost: with an error that is in its `log.txt`.
    """
    try:
        with run_folder.locked(one.folder):
            if one.is_finished:
                return f"finished before, {format_result(load(one.folder))}", False
            if train_only and run_folder.count_epochs(one.folder) >= one.recipe.epochs:
                return "trained before, not scored", False
            with _logged(one.folder):
                return _do(one, data_dir, train_only, verbose), False
    except run_folder.BusyError:
        return "another process is at it; start again to see what came of it", False
    # The others may still come to their end, and this one if it is begun again.
    except Exception as error:
        return f"failed: {type(error).__name__}: {error}", True


def load(folder):
    """The result of a run, a dict, or None if it is not finished."""
    path = pathlib.Path(folder) / "result.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def format_result(result):
    """What came of a run, in a few words."""
    if result["diverged"]:
        return "diverged"
    name, value = result["score"], result["final"][0][result["score"]]
    return f"{name.upper()} {value:.1f}, {result['seconds']:.0f} s of training"


def _do(one, data_dir, train_only, verbose):
    keras.backend.clear_session()
    judge = scoring.Judge(
        one.suite, one.recipe, data_dir, train_only, 0 if verbose == 0 else 1
    )
    diverged = None
    log.info("%s begins", one.title)
    try:
        runs.train(
            one.recipe,
            one.folder,
            one.seed,
            data_dir=data_dir,
            verbose=verbose,
            score=judge.each_epoch(),
        )
    except callbacks.DivergedError as error:
        diverged = str(error)
        log.error(diverged)
        click.echo(diverged)
    if train_only and not diverged:
        log.info("trained, not scored")
        return "trained, not scored"
    result = _result(one, judge, diverged)
    text = json.dumps(result, indent=1, allow_nan=False)
    files.write_text(one.folder / "result.json", f"{text}\n")
    judge.forget(one.folder)
    log.info("finished: %s", format_result(result))
    return format_result(result)


def _result(one, judge, diverged):
    """Every number of a run that has been trained."""
    history = read_history(one.folder / "history.csv")
    seconds = sum(float(row["seconds"]) for row in history)
    examples = max(map(len, judge.train))
    updates = -(-examples // one.recipe.batch_size)
    monitor = judge.each_epoch().monitor
    result = {
        "suite": one.suite.name,
        "variant": one.recipe.variant,
        "recipe": one.recipe.name,
        "recipe_sha256": one.recipe.sha256,
        "folder": one.folder.name,
        "seed": one.seed,
        "command": one.command,
        "score": "fid" if one.suite.features[0] == "inception" else "fd",
        "monitor": monitor,
        "diverged": diverged,
        "collapsed": False,
        "epochs": len(history),
        "pictures": len(history) * examples,
        "generator_updates": len(history) * updates,
        "seconds": round(seconds, 1),
        "history": [
            {key: _number(text) for key, text in row.items()} for row in history
        ],
        "trained_on": json.loads((one.folder / "environment.json").read_text("utf-8")),
    }
    best, _ = run_folder.best_epoch(one.folder, monitor)
    result["best_epoch"] = best
    if diverged:
        if best:
            at_best = run_models.load_best_model(one.folder, monitor)
            result["best"] = judge.score(judge.compare(at_best), one.folder)
        return result
    model = run_models.load_model(one.folder)
    compared = judge.compare(model)
    result["final"] = result["best"] = judge.score(compared, one.folder)
    if best != one.recipe.epochs:
        at_best = run_models.load_best_model(one.folder, monitor)
        result["best"] = judge.score(judge.compare(at_best), one.folder)
    closer, sheet = judge.look_closer(compared)
    _draw(one, judge, model, sheet)
    return {
        **result,
        "images_per_second": round(result["pictures"] / seconds, 1),
        "parameters": model.generator.count_params(),
        "collapsed": has_collapsed(result["history"], monitor),
        "closer": closer,
        "scored_on": environment.environment(),
    }


def has_collapsed(history, monitor):
    """Whether the last images repeat one another, or score far worse than once.

    Args:
        history: list of dicts, the numbers of each epoch.
        monitor: str. The score among them.
    """
    limits = callbacks.CollapseMonitor
    best = min(epoch[monitor] for epoch in history)
    last = history[-1]
    return last["duplicates"] > limits.DUPLICATES or last[monitor] > limits.JUMP * best


def _draw(one, judge, model, neighbours):
    """Write what the last model shows."""
    folder = one.folder / "pictures"
    sheets = {
        "samples": samples.sheet(one.recipe, model, judge.test, scoring.SEED),
        "neighbours": neighbours,
    }
    if not model.translates:
        sheets["interpolations"] = samples.interpolations(model, scoring.SEED)
    if model.reconstructs:
        sheets["reconstructions"] = samples.reconstructions(model, judge.test[0][:40])
    for name, sheet in sheets.items():
        grids.save_png(folder / f"{name}.png", sheet)


def _number(text):
    return float(text) if text else None


@contextlib.contextmanager
def _logged(folder):
    """Keep messages and warnings in the run's `log.txt`."""
    handler = logging.FileHandler(folder / "log.txt", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    with warnings.catch_warnings():
        warnings.showwarning = _also_logged(warnings.showwarning)
        try:
            yield
        except Exception:
            log.exception("failed")
            raise
        finally:
            log.removeHandler(handler)
            handler.close()


def _also_logged(show):
    def show_and_log(message, *args, **kwargs):
        log.warning(message)
        show(message, *args, **kwargs)

    return show_and_log
