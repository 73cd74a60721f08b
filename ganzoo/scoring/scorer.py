"""Scores of a model against held-out images, while it trains and after."""

import numpy as np

from ganzoo import features as extractors
from ganzoo.data import pixels
from ganzoo.inputs import batches
from ganzoo.inputs.parts import Images
from ganzoo.scoring import generated
from ganzoo.scoring import scores as all_scores
from ganzoo.scoring.comparison import Comparison
from ganzoo.scoring.comparison import Side
from ganzoo.scoring.score_definitions import name_of
from ganzoo.visualization import samples


class Scorer:
    """What scores a model: a network for features, and a number of images.

    `gan.evaluate(x, scorer=scorer)` adds its scores to the losses, and
    `ganzoo.callbacks.Score(scorer, x)` to the history of `fit`. The generator is run as
    its protocol says, which leaves the training as it was.

    Args:
        features: string, a name of `ganzoo.features.NAMES`, or an extractor.
        scores: iterable of names from `SCORES` in `ganzoo.scoring.score_definitions`.
        count: int or None. Images drawn for a score; None for as many as are held
            out. Scores of unequal counts do not compare.
        seed: int. Seed of the draws, the same at each epoch.
        verbose: 0 or 1. 1 shows progress on the standard error.
        domain: int or string. Of a model with several `domains` the one to score.

    Raises:
        ValueError: If features or scores are unknown, or the network's weights are not
            at hand.
    """

    def __init__(
        self,
        features="inception",
        scores=("fid", "kid"),
        count=None,
        seed=0,
        verbose=0,
        domain=0,
    ):
        self.scores = all_scores.choose(scores)
        if count is not None and count < 2:
            raise ValueError(f"`count` must be at least 2. Received: count={count}.")
        named = isinstance(features, str)
        self.extractor = extractors.find(features) if named else features
        self.count = count
        self.seed = seed
        self.verbose = verbose
        self.domain = domain

    @property
    def names(self):
        """What its numbers go by in a record, like `["fid", "kid", "kid_sd"]`."""
        keys = [key for name in self.scores for key in all_scores.SCORES[name].keys]
        return [name_of(key, self.extractor) for key in keys]

    def score(self, model, x, y=None):
        """Return the scores by name, like `{"fid": 23.1, "kid": 0.01, "kid_sd": ...}`.

        Args:
            model: `AdversarialModel`.
            x: held-out data as `fit` takes them: arrays, or batches in a `tf.data`
                or `PyDataset` that ends.
            y: labels or targets, where the model has them.

        Raises:
            ValueError: If a score does not apply, there is too little to score, or the
                data are not the model's.
        """
        return self.prepare(model, x, y).score()

    def record(self, model, x, y=None, name="held-out pictures", details=None):
        """Return the scores with their protocol and its fingerprint.

        Args:
            model: `AdversarialModel`.
            x: as in `score`.
            y: as in `score`.
            name: string. What the protocol calls the reference.
            details: dict or None. What else it says of it, like its split.
        """
        return self.prepare(model, x, y, name, details).record()

    def prepare(self, model, x, y=None, name="held-out pictures", details=None):
        """Look at held-out data, and at what can be scored, before any training.

        Args:
            model: `AdversarialModel`.
            x: as in `record`, like those that follow.
            y: labels or targets.
            name: string.
            details: dict or None.

        Returns:
            An object whose `score()` and `record()` are those of the model as it is
            when they are called.

        Raises:
            ValueError: As in `score`.
        """
        arrays = held_out_arrays(model, x, y)
        return _Prepared(self, model, arrays, name, details)


class _Prepared:
    """A scorer, a model and held-out data that were found to go together."""

    def __init__(self, scorer, model, arrays, name, details):
        self.scorer, self.model, self.arrays = scorer, model, arrays
        domain = scorer.domain
        if model.translates:
            given = samples.sources(model, arrays, domain)
            samples.check_sources(given, scorer.count or 0)
            arrays = [array[: scorer.count] for array in arrays]
        source = generated.references(model, arrays, name, details, domain)
        self.reference = Side(source, scorer.extractor, True, scorer.verbose)
        all_scores.check(self._compare(), scorer.scores, must=True)

    def score(self):
        return all_scores.compute(self._compare(), self.scorer.scores)[0]

    def record(self):
        comparison = self._compare()
        numbers, _ = all_scores.compute(comparison, self.scorer.scores)
        return all_scores.record(numbers, {}, comparison)

    def _compare(self):
        scorer = self.scorer
        count = scorer.count or self.reference.count
        name, domain = self.model.name, scorer.domain
        drawn = generated.draws(
            self.model, self.arrays, count, scorer.seed, name, domain=domain
        )
        drawn = Side(drawn, scorer.extractor, verbose=scorer.verbose)
        return Comparison(
            self.reference, drawn, scorer.extractor, verbose=scorer.verbose
        )


def held_out_arrays(model, x, y=None):
    """Held-out data as uint8 arrays, and labels as they are.

    Raises:
        ValueError: If they are not the model's, or have no end.
    """
    x, y = batches.unpack(x, y, model.batch_parts, model.paired)
    _check_end(x)
    model.check_data(x, y)
    if hasattr(x, "shape"):
        parts = (x,) if y is None else (x, y)
    else:
        read = [b if isinstance(b, (tuple, list)) else (b,) for b in _iterate(x)]
        parts = [np.concatenate([np.asarray(p) for p in part]) for part in zip(*read)]
    found = []
    for (name, part), array in zip(model.batch_parts.items(), parts):
        if part.shape != ():
            model.check_values(name, array)
        is_image = isinstance(part, Images)
        found.append(_uint8(array) if is_image else np.asarray(array))
    return tuple(found)


def _check_end(x):
    endless = hasattr(x, "cardinality") and int(x.cardinality()) == -1
    if endless or hasattr(x, "__next__"):
        raise ValueError(
            "Held-out data are read more than once and to their end: pass arrays, or a "
            "dataset without `repeat()`, and no generator. "
            f"Received: x of type {type(x).__name__}."
        )


def _iterate(x):
    """Batches of a dataset; a `PyDataset` has a length and indexes."""
    if hasattr(x, "__getitem__") and hasattr(x, "__len__"):
        return (x[i] for i in range(len(x)))
    return iter(x)


def _uint8(images):
    images = np.asarray(images)
    return images if images.dtype == "uint8" else pixels.to_uint8(images)
