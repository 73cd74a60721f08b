"""The benchmark: train every recipe of a suite, score it, keep every number."""

import pathlib
import time

import click
import keras
import numpy as np

from ganzoo import grids
from ganzoo import recipes
from ganzoo import samples
from ganzoo.benchmark import records
from ganzoo.benchmark import report
from ganzoo.benchmark import suites
from ganzoo.features import classifier
from ganzoo.metrics import frechet

# Seed of the pictures that are drawn for a score, of every model alike.
SCORE_SEED = 0


def run(suite, variants=None, seeds=1, budget=1.0, out="runs/quick", verbose="auto"):
    """Train, score and report; what is finished already is kept.

    Args:
        suite: str. A name of `suites.SUITES`.
        variants: list of str or None. Names of classes like "DCGAN", in any case; None
            for all of the suite.
        seeds: int. Train each variant with the seeds 0 to `seeds - 1`.
        budget: float. Train for this many times the epochs of the recipes.
        out: path. Folder of `results.jsonl`, `report.md` and `samples/`.
        verbose: As in `keras.Model.fit`.

    Returns:
        Path of the report.

    Raises:
        ValueError: If suite or variant are unknown, or seeds or budget not positive.
    """
    chosen = _choose(suite, variants)
    if seeds < 1 or not 0 < budget < float("inf"):
        raise ValueError(
            "`seeds` must be at least 1 and `budget` positive. "
            f"Received: seeds={seeds}, budget={budget}."
        )
    out = pathlib.Path(out)
    results = records.Records(out / "results.jsonl")
    judges = {}
    jobs = [(recipe, seed) for recipe in chosen for seed in range(seeds)]
    wanted = []
    for i, (recipe, seed) in enumerate(jobs):
        title = f"[{i + 1}/{len(jobs)}] {recipe.variant}, seed {seed}"
        data_name = recipe.config["data"]["name"]
        if data_name not in judges:
            judges[data_name] = Judge(data_name, suites.SUITES[suite].count)
        key = _key(recipe, seed, budget, judges[data_name])
        record = results.find(**key)
        if record:
            click.echo(f"{title}: finished before, {_score_line(record)}")
        else:
            click.echo(f"{title}: {recipe.epochs * budget:g} epochs")
            record = _run_one(recipe, seed, budget, judges[data_name], out, verbose)
            record = {"suite": suite, **key, **record}
            results.append(record)
            click.echo(f"{title}: {_score_line(record)}")
        wanted.append(record)
    path = report.write(out, wanted)
    click.echo("")
    click.echo(report.table(wanted, links=False))
    click.echo(f"\nReport with pictures: {path}\nEvery number: {results.path}")
    return path


class Judge:
    """Scores pictures against the test pictures of one data set.

    Args:
        data_name: str. A data set of the classifier's kind, as `ganzoo.data.load` takes
            it.
        count: int. Test pictures that are the reference, the first ones.
    """

    def __init__(self, data_name, count):
        self.features = classifier.FashionFeatures()
        real = recipes.data.load(data_name, "test").images[:count]
        self.reference = self._moments(real)
        self.count = len(real)
        self.protocol = {
            "score": "FD-fashion-classifier",
            "features": self.features.name,
            "features_sha256": self.features.sha256,
            "resize": None,
            "reference": {"data": data_name, "split": "test", "count": self.count},
            "generated": self.count,
            "score_seed": SCORE_SEED,
            "ema": False,
        }
        train = recipes.data.load(data_name, "train").images[:count]
        self.floor = self.score(train)

    def score(self, pictures):
        """Fréchet distance of uint8 pictures from the reference."""
        return frechet.frechet_distance(self.reference, self._moments(pictures))

    def _moments(self, pictures):
        return frechet.Moments.of(self.features(pictures))


def _choose(suite, variants):
    """The recipes of a suite, of the variants asked for."""
    if suite not in suites.SUITES:
        raise ValueError(
            f"There is no suite of this name, only {sorted(suites.SUITES)}. "
            f"Received: suite={suite!r}."
        )
    chosen = {}
    for name in suites.SUITES[suite].recipes:
        recipe = recipes.load(name)
        chosen[recipe.variant.lower()] = recipe
    if variants is None:
        return list(chosen.values())
    for variant in variants:
        if variant.lower() not in chosen:
            known = [recipe.variant for recipe in chosen.values()]
            raise ValueError(
                f"The suite '{suite}' has the variants {known}. "
                f"Received: variant={variant!r}."
            )
    return [chosen[variant.lower()] for variant in dict.fromkeys(variants)]


def _key(recipe, seed, budget, judge):
    """What makes two runs the same."""
    return {
        "variant": recipe.variant,
        "recipe": recipe.name,
        "recipe_sha256": recipe.sha256,
        "seed": seed,
        "budget": budget,
        "protocol": {**judge.protocol, "generator": samples.mode(recipe)},
    }


def _run_one(recipe, seed, budget, judge, out, verbose):
    """Train and score one recipe; returns what came of it."""
    keras.backend.clear_session()
    train, test = recipe.load_data("train"), recipe.load_data("test")
    model = recipe.build(train, seed)

    def score():
        return judge.score(samples.draw(recipe, model, test, judge.count, SCORE_SEED))

    untrained = score()
    train, epochs = _spend(train, recipe.epochs * budget)
    start = time.perf_counter()
    history = model.fit(
        *train,
        batch_size=recipe.batch_size,
        epochs=epochs,
        verbose=verbose,
    ).history
    seconds = time.perf_counter() - start
    trained = score()
    sheet = pathlib.Path("samples") / f"{recipe.name}-seed{seed}.png"
    grids.save_png(out / sheet, samples.sheet(recipe, model, test))
    pictures = len(train[0]) * epochs
    return {
        "untrained": untrained,
        "trained": trained,
        "floor": judge.floor,
        "diverged": not np.isfinite(list(history.values())).all(),
        "losses": {name: values[-1] for name, values in history.items()},
        "epochs": epochs,
        "pictures": pictures,
        "generator_updates": epochs * -(-len(train[0]) // recipe.batch_size),
        "seconds": round(seconds, 2),
        "images_per_second": round(pictures / seconds, 1),
        "samples": str(sheet),
        **records.environment(),
    }


def _spend(arrays, epochs):
    """Arrays and whole epochs that come to `epochs`; under one, the first pictures."""
    if epochs >= 1:
        return arrays, round(epochs)
    count = max(1, round(len(arrays[0]) * epochs))
    return tuple(array[:count] for array in arrays), 1


def _score_line(record):
    return (
        f"FD-fashion-classifier {record['untrained']:.1f} untrained, "
        f"{record['trained']:.1f} after {record['seconds']:.0f} s"
    )
