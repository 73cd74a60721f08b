"""Judges: what a run of a suite is worth, to networks that have never seen it."""

import json

import numpy as np

from ganzoo import features
from ganzoo.evaluation import Scorer
from ganzoo.evaluation import evaluate
from ganzoo.scoring import generated
from ganzoo.scoring import named_sources
from ganzoo.scoring import neighbours
from ganzoo.scoring import scores
from ganzoo.scoring import sources
from ganzoo.scoring.comparison import Comparison
from ganzoo.scoring.comparison import Side
from ganzoo.system import files
from ganzoo.training import callbacks

# Seed of the images that are drawn for a score, of every model alike.
SEED = 0
# What the curve's network, at hand for each epoch, tells of the last one too.
CLOSER = ("memorisation", "modes")
# By the fingerprint of a protocol, and the hash of the images.
KEPT = "score-{}-{}.json"


def extractors(suite, train_only=False):
    """The networks of a suite by name.

    Raises:
        ValueError: If the weights of one are not at hand.
    """
    names = {suite.curve, *(() if train_only else suite.features)}
    return {name: features.find(name) for name in names}


class Judge:
    """Scores the models of one recipe of a suite against test images.

    Args:
        suite: `suites.Suite`.
        recipe: `Recipe`, adapted to the suite.
        data_dir: path or None. Where the raw files of its data are.
        train_only: bool. Whether to do with the network of the curve.
        verbose: 0 or 1. 1 shows the progress of scores that take minutes.

    Raises:
        ValueError: If a network's weights are not at hand, or the data.
    """

    def __init__(self, suite, recipe, data_dir=None, train_only=False, verbose=0):
        self.suite = suite
        self.verbose = verbose
        self.train = recipe.load_data("train", data_dir)
        test = recipe.load_data("test", data_dir)
        self.test = tuple(array[: suite.count] for array in test)
        self.extractors = extractors(suite, train_only)
        self.data = recipe.config["data"]["name"]

    def each_epoch(self):
        """The callback that scores every epoch."""
        curve, count = self.suite.curve, self.suite.curve_count
        scorer = Scorer(
            self.extractors[curve], ["fid"], count, SEED, self._verbose(curve)
        )
        return callbacks.Score(scorer, *(array[:count] for array in self.test))

    def compare(self, model):
        """A model's images beside real ones, as each network sees them.

        They are drawn once, and held in memory.

        Args:
            model: `AdversarialModel`.

        Returns:
            Dict of `Comparison` by the name of the network.
        """
        details = {"data": self.data, "split": "test"}
        real = generated.references(model, self.test, f"{self.data}:test", details)
        known = generated.references(model, self.train, "train")
        count = len(self.test[0])
        drawn = generated.draws(model, self.test, count, SEED, model.name).held()
        compared = {}
        for name, extractor in self.extractors.items():
            verbose = self._verbose(name)
            compared[name] = Comparison(
                reference=Side(real, extractor, keep=True, verbose=verbose),
                samples=Side(drawn, extractor, verbose=verbose),
                extractor=extractor,
                train=Side(known, extractor, keep=True, verbose=verbose),
                verbose=verbose,
            )
        return compared

    def score(self, compared, folder):
        """The records of a model's Fréchet distances, one for each network.

        Inception takes minutes: each record is kept as soon as it is there, so that one
        who is stopped and comes again does not compute it again.

        Args:
            compared: as of `compare`.
            folder: `pathlib.Path`. Where records are kept, for `forget` to remove.
        """
        return [_kept_record(compared[name], folder) for name in self.suite.features]

    @staticmethod
    def forget(folder):
        """Remove what `score` has kept in a folder."""
        for path in folder.glob(KEPT.format("*", "*")):
            path.unlink()

    def look_closer(self, compared):
        """What else can be told of a model's images by the network of the curve.

        Args:
            compared: as of `compare`.

        Returns:
            A dict of what JSON can hold, the record of the scores in `CLOSER` that
            apply, with "classes", the number of images of each class; and a uint8
            sheet of images beside their nearest training images.
        """
        comparison = compared[self.suite.curve]
        wanted = [n for n in CLOSER if not scores.SCORES[n].objection(comparison)]
        numbers, left_out = scores.compute(comparison, wanted)
        record = scores.record(numbers, left_out, comparison)
        extractor = comparison.extractor
        if extractor.classes is not None:
            found = extractor.classify(comparison.samples.features)
            classes = np.bincount(found, minlength=extractor.classes)
            record["classes"] = classes.tolist()
        return record, neighbours.sheet(comparison)

    def _verbose(self, name):
        # A classifier takes seconds.
        return self.verbose if name == "inception" else 0


def _kept_record(comparison, folder):
    asked = scores.record({}, {}, comparison)
    images = asked["protocol"]["samples"]["sha256"]
    path = folder / KEPT.format(asked["fingerprint"], images[:16])
    if path.is_file():
        return json.loads(path.read_text("utf-8"))
    numbers, _ = scores.compute(comparison, ["fid"])
    record = scores.record(numbers, {}, comparison)
    files.write_text(path, json.dumps(record))
    return record


def floor(suite, data_dir=None, verbose=0):
    """What real images score: as many training images, as if they were drawn.

    Returns:
        List of records, one for each network of the suite.
    """
    train, test = (
        named_sources.find(f"{suite.data}:{split}", data_dir)
        for split in ("train", "test")
    )
    some, against = (
        sources.Array(source.images[: suite.count], source.name, source.details)
        for source in (train, test)
    )
    return [
        evaluate(some, against, features=name, scores=["fid"], verbose=verbose)
        for name in suite.features
    ]
