"""The benchmark: train every recipe of a suite with every seed, and score each run.

A run is a folder below the one of the suite, as `ganzoo.runs` has it, and beside it

    pictures/      what the last model shows: samples, interpolations, nearest pictures
    log.txt        when it was begun, what was warned of, when it ended
    result.json    every number of the run, once it is finished

Any number of processes may share the folder of a suite: each takes the runs that no
other has. What is finished is not done again; what was killed goes on.
"""

import contextlib
import dataclasses
import json
import logging
import pathlib
import warnings

import click
import filelock
import keras

from ganzoo import callbacks
from ganzoo import environment
from ganzoo import files
from ganzoo import grids
from ganzoo import recipes
from ganzoo import runs
from ganzoo import samples
from ganzoo.benchmark import judges
from ganzoo.benchmark import report
from ganzoo.benchmark import suites
from ganzoo.benchmark import summary

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
        return self.out / runs.folder_name(self.recipe, self.seed)

    @property
    def title(self):
        epochs = f"{self.recipe.epochs} epochs"
        return f"{self.recipe.variant}, {epochs}, seed {self.seed}"

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


def run(
    suite,
    variants=None,
    seeds=None,
    budget=1.0,
    out=None,
    data_dir=None,
    train_only=False,
    verbose="auto",
    ray=None,
):
    """Train, score and report; what is finished already is kept.

    Args:
        suite: str. A name of `suites.SUITES`.
        variants: list of str or None. Names of classes like "DCGAN", in any case; None
            for all of the suite.
        seeds: int or None. Train each variant with the seeds 0 to `seeds - 1`; None for
            as many as the suite says.
        budget: float. Train for this many times the suite's epochs, rounded, and for
            one at least.
        out: path or None. Folder of the runs and of the report; None for `runs/SUITE`.
        data_dir: path or None. Where the raw files of data sets are.
        train_only: bool. Whether to leave scores and report to another machine.
        verbose: As in `keras.Model.fit`.
        ray: str or None. Address of a Ray cluster that does the runs, "local" for one
            that is started here.

    Returns:
        Path of the page, or None if runs are only trained.

    Raises:
        ValueError: If suite or variant are unknown, or seeds or budget not positive; if
            data or the weights of a network are not at hand, results in the folder were
            scored by another protocol, or there is no Ray or no such cluster.
        click.ClickException: If runs have failed; the others are reported.
    """
    suite = _find(suite)
    chosen = _choose(suite, variants, budget)
    seeds = suite.seeds if seeds is None else seeds
    if seeds < 1:
        raise ValueError(f"`seeds` must be at least 1. Received: seeds={seeds}.")
    out = pathlib.Path(out or pathlib.Path("runs") / suite.name).resolve()
    data_dir = data_dir and pathlib.Path(data_dir).resolve()
    # What the last run would miss too.
    judges.extractors(suite, train_only)
    recipes.data.load(suite.data, "test", data_dir)
    todo = list_runs(suite, chosen, seeds, budget, out)
    summary.tables(_results(suite, budget, out))
    how = {"data_dir": data_dir, "train_only": train_only, "verbose": verbose}
    failed = _cluster(ray).work(todo, ray, **how) if ray else work(todo, **how)
    path = None
    if not train_only:
        every = list_runs(suite, suite.load(budget).values(), seeds, budget, out)
        path = _report(suite, budget, out, every, data_dir, 0 if verbose == 0 else 1)
        click.echo(f"\nReport: {path}")
    if failed:
        raise click.ClickException(
            f"{len(failed)} of {len(todo)} runs have failed, and are begun again when "
            f"you start again; `log.txt` in their folders tells why: {failed}."
        )
    return path


def list_runs(suite, chosen, seeds, budget, out):
    """The runs of recipes, seed by seed: an early end leaves a table of all."""
    return [
        Run(suite, recipe, seed, budget, out)
        for seed in range(seeds)
        for recipe in chosen
    ]


def _results(suite, budget, out):
    """What is finished of a suite in its folder, by whomever and of any seed."""
    wanted = {recipe.sha256 for recipe in suite.load(budget).values()}
    found = [
        (path.parent.name, load(path.parent)) for path in out.glob("*/result.json")
    ]
    return [
        result
        for name, result in sorted(found, key=lambda pair: pair[0])
        # A copy of a folder is not another run.
        if result["recipe_sha256"] in wanted and result["folder"] == name
    ]


def _report(suite, budget, out, every, data_dir, verbose):
    # Whoever reports last has seen all that was finished.
    out.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(out / "lock"):
        results = _results(suite, budget, out)
        missing = [one for one in every if not is_finished(one.folder, one.recipe)]
        return report.write(suite, out, results, missing, data_dir, verbose)


def _cluster(address):
    try:
        from ganzoo.benchmark import cluster
    except ImportError as error:
        raise ValueError(
            "Runs on a cluster need Ray: pip install 'keras-ganzoo[ray]'. "
            f"Received: ray={address!r}."
        ) from error
    return cluster


def work(todo, **how):
    """Do those of some runs that nobody else does, one after the other.

    Returns:
        Titles of the runs that failed.
    """
    failed = []
    for i, one in enumerate(todo):
        words, has_failed = do(one, **how)
        click.echo(f"[{i + 1}/{len(todo)}] {one.title}: {words}")
        failed += [one.title] * has_failed
    return failed


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
        with runs.locked(one.folder):
            if is_finished(one.folder, one.recipe):
                return f"finished before, {in_words(load(one.folder))}", False
            if train_only and runs.count_epochs(one.folder) >= one.recipe.epochs:
                return "trained before, not scored", False
            with _logged(one.folder):
                return _do(one, data_dir, train_only, verbose), False
    except runs.BusyError:
        return "another process is at it; start again to see what came of it", False
    # The others may still come to their end, and this one if it is begun again.
    except Exception as error:
        return f"failed: {type(error).__name__}: {error}", True


def is_finished(folder, recipe):
    """Whether a run has its result, of this recipe."""
    result = load(folder)
    return bool(result) and result["recipe_sha256"] == recipe.sha256


def load(folder):
    """The result of a run, a dict, or None if it is not finished."""
    path = pathlib.Path(folder) / "result.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def in_words(result):
    """What came of a run, in a few words."""
    if result["diverged"]:
        return "diverged"
    name, value = result["score"], result["final"][0][result["score"]]
    return f"{name.upper()} {value:.1f}, {result['seconds']:.0f} s of training"


def _do(one, data_dir, train_only, verbose):
    keras.backend.clear_session()
    judge = judges.Judge(
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
    log.info("finished: %s", in_words(result))
    return in_words(result)


def _result(one, judge, diverged):
    """Every number of a run that has been trained."""
    history = callbacks.read_history(one.folder / "history.csv")
    seconds = sum(float(row["seconds"]) for row in history)
    updates = -(-len(judge.train[0]) // one.recipe.batch_size)
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
        "pictures": len(history) * len(judge.train[0]),
        "generator_updates": len(history) * updates,
        "seconds": round(seconds, 1),
        "history": [
            {key: _number(text) for key, text in row.items()} for row in history
        ],
        "trained_on": json.loads((one.folder / "environment.json").read_text("utf-8")),
    }
    best, _ = runs.best_epoch(one.folder, monitor)
    result["best_epoch"] = best
    if diverged:
        if best:
            at_best = runs.load_best_model(one.folder, monitor)
            result["best"] = judge.score(at_best)
        return result
    model = runs.load_model(one.folder)
    result["final"] = result["best"] = judge.score(model)
    if best != one.recipe.epochs:
        result["best"] = judge.score(runs.load_best_model(one.folder, monitor))
    closer, sheet = judge.look_closer(model)
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
    """Whether the last pictures repeat one another, or score far worse than once.

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
        "samples": samples.sheet(one.recipe, model, judge.test, judges.SEED),
        "neighbours": neighbours,
    }
    if not samples.translates(model):
        sheets["interpolations"] = samples.interpolations(model, judges.SEED)
    if hasattr(model, "reconstruct"):
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


def _find(name):
    if name not in suites.SUITES:
        raise ValueError(
            f"There is no suite of this name, only {sorted(suites.SUITES)}. "
            f"Received: suite={name!r}."
        )
    return suites.SUITES[name]


def _choose(suite, variants, budget):
    """The recipes of a suite, of the variants asked for."""
    if not 0 < budget < float("inf"):
        raise ValueError(f"`budget` must be positive. Received: budget={budget}.")
    chosen = suite.load(budget)
    if variants is None:
        return list(chosen.values())
    for variant in variants:
        if variant.lower() not in chosen:
            known = [recipe.variant for recipe in chosen.values()]
            raise ValueError(
                f"The suite '{suite.name}' has the variants {known}. "
                f"Received: variant={variant!r}."
            )
    return [chosen[variant.lower()] for variant in dict.fromkeys(variants)]
