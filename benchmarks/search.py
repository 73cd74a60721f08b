"""Settings of the suites' recipes, tried on images of the training split alone.

python benchmarks/search.py [RECIPE ...] [--trials 8] [--epochs 8] [--ray ADDRESS]

Every recipe has the same number of trials. Trial 0 is the recipe as it stands. Each
other one changes one to three of its settings, at random but by its number alone, so
that a search that is asked for more trials goes on with those it has: learning rate and
β₁, batch, schedule, averaged weights, updates of the discriminator, normalisation of
its layers, and R1. More updates share a batch that is as much larger. What a game
refuses, like R1 beside batch normalisation, is drawn again. All train for the same
epochs, with schedules that end there, on the training split without its last sixth; as
many samples as there are images in that are compared with it by the features of the
data's classifier (FD), at the end. Images of the test split are not read.

A trial of one seed is a line of `results.jsonl` below `--out`; a trial that was stopped
goes on in its folder below `--runs`. `report.md` there shows all of them, the best
first.
"""

import argparse
import contextlib
import dataclasses
import inspect
import math
import os
import pathlib
import sys
from statistics import mean

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tomlkit  # noqa: E402

import ganzoo  # noqa: E402
from benchmarks import reports  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.benchmark import suites  # noqa: E402
from ganzoo.features import OF_DATA  # noqa: E402
from ganzoo.training import callbacks  # noqa: E402
from ganzoo.training import recipes  # noqa: E402
from ganzoo.training.history import read_history  # noqa: E402

OUT = HERE / "results" / "search"
VALIDATION = 1 / 6  # of the training split, at its end
MOST_CHANGES = 3
DECAY = {"name": "PolynomialDecay", "end_learning_rate": 1e-5}
# By section and name: what a recipe's own value is multiplied by, or what it becomes;
# None leaves it out.
FACTORS = {
    ("optimizer", "learning_rate"): (0.25, 0.5, 2.0, 4.0),
    ("training", "batch_size"): (0.5, 2.0),
}
VALUES = {
    ("optimizer", "beta_1"): (0.0, 0.5),
    ("optimizer", "ema_momentum"): (None, 0.99, 0.999),
    ("model", "discriminator_steps"): (1, 2, 5),
    ("model", "r1_weight"): (None, 0.1, 1.0, 10.0),
    ("discriminator", "normalization"): ("batch", "layer", "spectral"),
    ("schedule", None): (None, DECAY),
}
HEAD = {"settings": "---", "FD": "--:", "against the recipe": "--:", "seeds": "--:"}


@dataclasses.dataclass(frozen=True)
class Trial:
    """One training of a recipe with some settings changed.

    Args:
        base: str. Name of the recipe.
        number: int. 0 for the recipe as it stands.
        recipe: `Recipe`, changed.
        settings: dict. What was changed, from "section.name" to its value.
        seed: int. Of the training.
    """

    base: str
    number: int
    recipe: recipes.Recipe
    settings: dict
    seed: int

    @property
    def title(self):
        return f"{self.base}, trial {self.number}, seed {self.seed}"

    @property
    def key(self):
        """What its record says of it, and no other's does."""
        return {
            "recipe": self.base,
            "trial": self.number,
            "recipe_sha256": self.recipe.sha256,
            "seed": self.seed,
        }


def draw(name, number, epochs, data_dir=None):
    """The recipe of a trial, and what it changes.

    Returns:
        `Recipe`, and a dict from "section.name" to the value.
    """
    recipe = recipes.load(name).adapt(epochs=epochs)
    if number == 0:
        return recipe, {}
    few = tuple(array[:2] for array in recipe.load_data("train", data_dir))
    random = np.random.default_rng([number, *name.encode()])
    while True:
        text, settings = change(recipe, random)
        try:
            changed = recipes.parse(name, text)
            changed.build(few, 0).check_trains()
        except ValueError:
            continue
        if settings:
            return changed, settings


def change(recipe, random):
    """The text of a recipe with one to three of its settings changed at random.

    Returns:
        The text, and a dict from "section.name" to the value of what differs.
    """
    document = tomlkit.parse(recipe.text)
    known = [*FACTORS, *VALUES]
    count = random.integers(1, MOST_CHANGES + 1)
    settings = {}
    for i in random.permutation(len(known))[:count]:
        place = section, name = known[i]
        before = _value(recipe, section, name)
        if place in FACTORS:
            value = type(before)(before * random.choice(FACTORS[place]))
        else:
            value = VALUES[place][random.integers(len(VALUES[place]))]
        if value != before:
            settings[".".join(filter(None, place))] = value
            _set(document, section, name, value)
        if name == "discriminator_steps":
            document["training"]["batch_size"] *= value / before
    document["training"]["batch_size"] = int(document["training"]["batch_size"])
    settings.pop("training.batch_size", None)
    if (batch_size := document["training"]["batch_size"]) != recipe.batch_size:
        settings["training.batch_size"] = batch_size
    return tomlkit.dumps(document), settings


def _value(recipe, section, name):
    """What a recipe has, or what its class or network has by default."""
    config = recipe.config.get(section)
    if name is None or name in config:
        return config if name is None else config[name]
    if name == "discriminator_steps":
        return recipe.model_class.default_discriminator_steps
    for cls in inspect.getmro(recipe.model_class) if section == "model" else ():
        parameters = inspect.signature(cls).parameters
        if name in parameters:
            return parameters[name].default
    if "network" in config:
        function = getattr(ganzoo.networks, config["network"])
        parameters = inspect.signature(function).parameters
        return parameters[name].default if name in parameters else None
    return None


def _set(document, section, name, value):
    """Change a document; `None` takes out what is there."""
    where, key = (document, section) if name is None else (document[section], name)
    where.pop(key, None)
    if value is not None:
        where[key] = value
    if name == "ema_momentum":
        _set(document, section, "use_ema", value is not None or None)


def do(one, runs, data_dir=None, verbose="auto"):
    """Train and score a trial, in a folder where one that was stopped goes on.

    Returns:
        A dict of its FD, None where the game was lost, and of its seconds; or what went
        wrong in words, and whether it did.
    """
    try:
        return train(one, runs, data_dir, verbose), False
    # The others may still come to their end, and this one if it is begun again.
    except Exception as error:
        return f"failed: {type(error).__name__}: {error}", True


def train(one, runs, data_dir=None, verbose="auto"):
    """Train and score a trial.

    Returns:
        Dict of "fd", None where the game was lost, and "seconds" of training.
    """
    keras.backend.clear_session()
    recipe, folder = one.recipe, runs / f"{one.base}-{one.number}-seed{one.seed}"
    arrays = recipe.load_data("train", data_dir)
    held_out = round(VALIDATION * len(arrays[0]))
    known = tuple(array[:-held_out] for array in arrays)
    scorer = ganzoo.evaluation.Scorer(OF_DATA[recipe.data], scores=["fid"])
    unknown = [array[-held_out:] for array in arrays]
    history = folder / "history.csv"
    with contextlib.suppress(callbacks.DivergedError):
        recipe.build(known, one.seed).fit(
            *known,
            batch_size=recipe.batch_size,
            epochs=recipe.epochs,
            callbacks=[
                callbacks.Seconds(),
                callbacks.Score(scorer, *unknown, every=recipe.epochs),
                callbacks.History(history),
                callbacks.BackupAndRestore(folder / "backup", delete_checkpoint=False),
            ],
            verbose=verbose,
        )
    rows = read_history(history)
    fd = rows[-1].get("val_fd") if len(rows) == recipe.epochs else None
    seconds = sum(float(row["seconds"]) for row in rows)
    return {"fd": float(fd) if fd else None, "seconds": round(seconds, 1)}


def report(out, lines):
    """Write `report.md` into a folder."""
    blocks = []
    for base, epochs in dict.fromkeys((r["recipe"], r["epochs"]) for r in lines):
        found = [r for r in lines if (r["recipe"], r["epochs"]) == (base, epochs)]
        trials = {}
        for line in found:
            trials.setdefault(line["trial"], []).append(line)
        rows = [f"| {' | '.join(HEAD)} |", f"|{'|'.join(HEAD.values())}|"]
        for of_trial in sorted(trials.values(), key=_mean):
            cells = _cells(of_trial, trials.get(0))
            rows.append(f"| {' | '.join(cells)} |")
        blocks.append(f"## {base}, {epochs} epochs\n\n" + "\n".join(rows))
    reports.write(out, __doc__, blocks, lines)


def _mean(lines):
    """The mean FD of the runs of a trial, without end if one was lost."""
    return mean(math.inf if r["fd"] is None else r["fd"] for r in lines)


def _cells(lines, as_it_stands):
    settings = [f"{k} = {v}" for k, v in lines[0]["settings"].items()]
    fds = [r["fd"] for r in lines if r["fd"] is not None]
    share = _mean(lines) / _mean(as_it_stands) - 1 if as_it_stands else math.nan
    return [
        "; ".join(settings) or "as the recipe stands",
        reports.mean_and_sd(fds, 2) if len(fds) == len(lines) else "lost",
        f"{100 * share:+.0f} %" if math.isfinite(share) else "",
        str(len(lines)),
    ]


def main(argv=None):
    """Read the command line, and do the trials that are missing."""
    known = [n for n in recipes.names() if recipes.load(n).data in OF_DATA]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("recipes", nargs="*", metavar="RECIPE", help="default: the suite's")
    add("--trials", type=int, default=8, help="of each recipe, trial 0 among them")
    add("--epochs", type=int, default=8, help="of each trial")
    add("--seeds", type=int, default=1)
    add("--ray", metavar="ADDRESS", help="of a Ray cluster; local starts one")
    add("--data-dir", metavar="FOLDER", help="raw files of the data")
    add("--out", default=OUT, type=pathlib.Path)
    add("--runs", default="runs/search", type=pathlib.Path, metavar="FOLDER")
    args = parser.parse_args(argv)
    for name in ("trials", "epochs", "seeds"):
        if getattr(args, name) < 1:
            parser.error(f"--{name} must be 1 or more, received {getattr(args, name)}")
    if unknown := sorted(set(args.recipes) - set(known)):
        parser.error(f"there are {known}, received {unknown}")
    kept = records.Records(args.out / "results.jsonl")
    done = kept.read()
    todo = [
        Trial(base, number, *draw(base, number, args.epochs, args.data_dir), seed)
        for seed in range(args.seeds)
        for number in range(args.trials)
        for base in args.recipes or suites.SUITES["fashion_mnist"].recipes
    ]
    todo = [t for t in todo if not any(t.key.items() <= r.items() for r in done)]
    how = {"runs": args.runs.resolve(), "data_dir": args.data_dir}
    found, failed = _each(todo, args.ray, how), 0
    for i, (one, outcome, has_failed) in enumerate(found):
        words = outcome if has_failed else f"FD {outcome['fd']}"
        print(f"[{i + 1}/{len(todo)}] {one.title}: {words}", flush=True)
        failed += has_failed
        if not has_failed:
            about = {"settings": one.settings, "epochs": one.recipe.epochs}
            kept.append({**one.key, **about, **outcome, **environment.environment()})
            report(args.out, kept.read())
    return 1 if failed else 0


def _each(todo, ray, how):
    """Do the trials, here or on a cluster, and tell of each as it is done."""
    if not ray:
        return ((one, *do(one, **how, verbose=2)) for one in todo)
    from ganzoo.benchmark import cluster

    return cluster.each(do, todo, ray, **how, verbose=0)


if __name__ == "__main__":
    sys.exit(main())
