"""Scores of a model against held-out pictures, while it trains and after."""

import numpy as np

from ganzoo import features as extractors
from ganzoo.data import pixels
from ganzoo.evaluation import scores as all_scores
from ganzoo.evaluation import statistics
from ganzoo.evaluation import trained


class Scorer:
    """What scores a model: a network for features, and a number of pictures.

    `gan.evaluate(x, scorer=scorer)` adds its scores to the losses, and
    `ganzoo.callbacks.Score(scorer, x)` to the history of `fit`. The generator is run as
    its protocol says, which leaves the training as it was.

    Args:
        features: string, a name of `ganzoo.features.NAMES`, or an extractor.
        scores: iterable of names from `evaluation.scores.SCORES`.
        count: int or None. Pictures drawn for a score; None for as many as are held
            out. Scores of unequal counts do not compare.
        seed: int. Seed of the draws, the same at each epoch.
        verbose: 0 or 1. 1 shows progress on the standard error.

    Raises:
        ValueError: If features or scores are unknown, or the network's weights are not
            at hand.
    """

    def __init__(
        self, features="inception", scores=("fid", "kid"), count=None, seed=0, verbose=0
    ):
        all_scores.check_names(scores)
        named = isinstance(features, str)
        self.extractor = extractors.find(features) if named else features
        self.scores = tuple(scores)
        self.count = count
        self.seed = seed
        self.verbose = verbose

    def score(self, model, x, y=None):
        """Return the scores by name, like `{"fid": 23.1, "kid": 0.01, "kid_sd": ...}`.

        Args:
            model: `AdversarialModel`.
            x: held-out data as `fit` takes them: arrays, or batches in a `tf.data`
                or `PyDataset` that ends.
            y: labels or targets, where the model has them.

        Raises:
            ValueError: If a score does not apply, or there is too little to score.
        """
        return self._compute(self._compare(model, x, y))

    def record(self, model, x, y=None, name="held-out pictures", details=None):
        """Return the scores with their protocol and its fingerprint.

        Args:
            model: `AdversarialModel`.
            x: as in `score`.
            y: as in `score`.
            name: string. What the protocol calls the reference.
            details: dict or None. What else it says of it, like its split.
        """
        comparison = self._compare(model, x, y, name, details)
        return all_scores.record(self._compute(comparison), {}, comparison)

    def prepare(self, model, x, y=None):
        """Compute the reference's statistics, and fail now if it will not do."""
        self._measure_reference(model, _arrays(model, x, y), "held-out pictures", None)

    def _compute(self, comparison):
        return all_scores.compute(comparison, self.scores)[0]

    def _compare(self, model, x, y, name="held-out pictures", details=None):
        arrays = _arrays(model, x, y)
        source, reference = self._measure_reference(model, arrays, name, details)
        drawn = trained.draws(
            model, arrays, self.count or source.count, self.seed, model.name
        )
        return all_scores.Comparison(
            reference=reference,
            samples=statistics.measure(drawn, self.extractor, verbose=self.verbose),
            extractor=self.extractor,
            sources=(source, drawn),
            verbose=self.verbose,
        )

    def _measure_reference(self, model, arrays, name, details):
        source = trained.references(model, arrays, name, details)
        measured = statistics.measure(source, self.extractor, True, self.verbose)
        return source, measured


def _arrays(model, x, y):
    """Held-out data as uint8 arrays, and labels as they are."""
    if hasattr(x, "shape"):
        parts = (x,) if y is None else (x, y)
    else:
        batches = [b if isinstance(b, (tuple, list)) else (b,) for b in _iterate(x)]
        parts = [
            np.concatenate([np.asarray(p) for p in part]) for part in zip(*batches)
        ]
    shapes = model.batch_shapes.values()
    return tuple(
        np.asarray(part) if shape == () else _uint8(part)
        for part, shape in zip(parts, shapes)
    )


def _iterate(x):
    """Batches of a dataset; a `PyDataset` has a length and indexes."""
    if hasattr(x, "__getitem__") and hasattr(x, "__len__"):
        return (x[i] for i in range(len(x)))
    return iter(x)


def _uint8(images):
    images = np.asarray(images)
    return images if images.dtype == "uint8" else pixels.to_uint8(images)
