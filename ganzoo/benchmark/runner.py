"""The benchmark: train every recipe of a suite, score it, keep every number."""

import pathlib
import time

import click
import keras

import ganzoo
from ganzoo import callbacks
from ganzoo import environment
from ganzoo import grids
from ganzoo import recipes
from ganzoo import samples
from ganzoo.benchmark import records
from ganzoo.benchmark import report
from ganzoo.benchmark import suites
from ganzoo.evaluation import Scorer
from ganzoo.evaluation import evaluate
from ganzoo.evaluation import fingerprint
from ganzoo.evaluation import protocols
from ganzoo.evaluation import sources
from ganzoo.evaluation import statistics
from ganzoo.evaluation import trained
from ganzoo.features import classifier

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
    """Scores models against the test pictures of one data set.

    Args:
        data_name: str. A data set of the classifier's kind, as `ganzoo.data.load` takes
            it.
        count: int. Test pictures that are the reference, the first ones, and pictures
            drawn for a score.
    """

    def __init__(self, data_name, count):
        extractor = classifier.ClassifierFeatures("fashion_mnist")
        self.scorer = Scorer(extractor, scores=["fid"], count=count, seed=SCORE_SEED)
        details = {"data": data_name, "split": "test"}
        real, train = (
            recipes.data.load(data_name, split).images[:count]
            for split in ("test", "train")
        )
        self.source = sources.Array(real, f"{data_name}:test", details)
        self.count = len(real)
        floor = evaluate(train, self.source, features=extractor, scores=["fid"])
        self.floor = floor["fd"]

    def score(self, model, arrays):
        """Fréchet distance of a model's pictures from the first test pictures."""
        arrays = tuple(array[: self.count] for array in arrays)
        return self.scorer.score(model, *arrays)["fd"]

    def protocol(self, recipe):
        """What the scores of a recipe's models depend on, known before training."""
        extractor = self.scorer.extractor
        reference = statistics.measure(self.source, extractor, keep=True).origin
        how = trained.how(getattr(ganzoo, recipe.variant), SCORE_SEED, recipe.averages)
        drawn = sources.Drawn(
            recipe.name, self.count, self.source.image_shape, None, how
        )
        return protocols.protocol(reference, statistics.origin(drawn), extractor, {})


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
    protocol = judge.protocol(recipe)
    return {
        "variant": recipe.variant,
        "recipe": recipe.name,
        "recipe_sha256": recipe.sha256,
        "seed": seed,
        "budget": budget,
        "score": "FD-fashion-classifier",
        "fingerprint": fingerprint(protocol),
    }


def _run_one(recipe, seed, budget, judge, out, verbose):
    """Train and score one recipe; returns what came of it."""
    keras.backend.clear_session()
    train, test = recipe.load_data("train"), recipe.load_data("test")
    model = recipe.build(train, seed)
    untrained = judge.score(model, test)
    train, epochs = _spend(train, recipe.epochs * budget)
    start = time.perf_counter()
    diverged = _fit(model, train, recipe.batch_size, epochs, verbose)
    seconds = time.perf_counter() - start
    history = model.history.history
    scored = sheet = None
    if not diverged:
        scored = judge.score(model, test)
        sheet = str(pathlib.Path("samples") / f"{recipe.name}-seed{seed}.png")
        grids.save_png(out / sheet, samples.sheet(recipe, model, test))
    epochs = len(model.history.epoch)
    pictures = len(train[0]) * epochs
    return {
        "untrained": untrained,
        "trained": scored,
        "floor": judge.floor,
        "diverged": diverged,
        "losses": {name: values[-1] for name, values in history.items()},
        "epochs": epochs,
        "pictures": pictures,
        "generator_updates": epochs * -(-len(train[0]) // recipe.batch_size),
        "seconds": round(seconds, 2),
        "images_per_second": round(pictures / seconds, 1),
        "samples": sheet,
        "protocol": judge.protocol(recipe),
        **environment.environment(),
    }


def _fit(model, arrays, batch_size, epochs, verbose):
    """Train a model; returns whether that had to be given up."""
    try:
        model.fit(*arrays, batch_size=batch_size, epochs=epochs, verbose=verbose)
    except callbacks.DivergedError as error:
        click.echo(str(error))
        return True
    return False


def _spend(arrays, epochs):
    """Arrays and whole epochs that come to `epochs`; under one, the first pictures."""
    if epochs >= 1:
        return arrays, round(epochs)
    count = max(1, round(len(arrays[0]) * epochs))
    return tuple(array[:count] for array in arrays), 1


def _score_line(record):
    untrained = f"FD-fashion-classifier {record['untrained']:.1f} untrained"
    trained = "diverged" if record["diverged"] else f"{record['trained']:.1f}"
    return f"{untrained}, {trained} after {record['seconds']:.0f} s"
