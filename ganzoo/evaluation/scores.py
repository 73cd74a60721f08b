"""All scores of samples against a reference, from one pass of a network over each."""

import dataclasses

import click
import numpy as np

from ganzoo.evaluation import protocols
from ganzoo.evaluation import sources
from ganzoo.evaluation.statistics import Statistics
from ganzoo.evaluation.statistics import progress_bar
from ganzoo.features.inception import InceptionFeatures
from ganzoo.metrics import frechet
from ganzoo.metrics import frechet_infinity
from ganzoo.metrics import inception_score
from ganzoo.metrics import kernel
from ganzoo.metrics import modes
from ganzoo.metrics import neighbours
from ganzoo.metrics import paired
from ganzoo.metrics import prdc

# As published scores have them; every protocol names them.
SETTINGS = {
    "kernel_subsets": 100,
    "kernel_subset_size": 1000,
    "inception_score_splits": 10,
    "neighbours": 5,
    "infinity_points": 15,
    "seed": 0,
}


class NotApplicable(ValueError):
    """Why a score cannot be had of these pictures."""


@dataclasses.dataclass(frozen=True, eq=False)
class Comparison:
    """Samples and their reference, as the scores look at them.

    Args:
        reference: `Statistics` of the data.
        samples: `Statistics` of what is scored.
        extractor: the network of both, as `ganzoo.features.find` returns it.
        train: `Statistics` of the pictures that the model was trained on, or None.
        sources: tuple of two `sources.Source`, reference and samples; None where there
            are no pictures but only their statistics.
        verbose: 0 or 1. 1 shows progress.
    """

    reference: Statistics
    samples: Statistics
    extractor: object
    train: Statistics | None = None
    sources: tuple = (None, None)
    verbose: int = 0

    @property
    def features(self):
        """Features of the reference and of the samples."""
        return _features(self.reference), _features(self.samples)


def compute(comparison, names=None):
    """Compute scores.

    Args:
        comparison: `Comparison`.
        names: iterable of strings from `SCORES`, or None for all that apply.

    Returns:
        Two dicts: numbers by name, and for each score that does not apply the reason.

    Raises:
        ValueError: If a score that was asked for by name is unknown or does not apply.
    """
    check_names(names)
    numbers, left_out = {}, {}
    for name, score in SCORES.items():
        if names is None and name in ON_REQUEST or names and name not in names:
            continue
        if comparison.verbose:
            click.echo(f"Computing {name}", err=True)
        try:
            numbers |= score(comparison)
        except NotApplicable as reason:
            if names:
                raise
            left_out[name] = str(reason)
    return numbers, left_out


def record(numbers, left_out, comparison):
    """Return scores with all that they depend on, as a dict that JSON can hold.

    Args:
        numbers: dict, as of `compute`.
        left_out: dict, as of `compute`.
        comparison: `Comparison` that they were computed from.
    """
    protocol = protocols.protocol(
        comparison.reference.origin,
        comparison.samples.origin,
        comparison.extractor,
        SETTINGS,
    )
    return {
        **numbers,
        "left_out": left_out,
        "protocol": protocol,
        "fingerprint": protocols.fingerprint(protocol),
    }


def check_names(names):
    """Raise a ValueError unless all are names of scores."""
    unknown = set(names or ()) - SCORES.keys()
    if unknown:
        raise ValueError(
            f"Scores are {', '.join(SCORES)}. Received: {', '.join(sorted(unknown))}."
        )


def key(name, extractor):
    """The name of a score: an FID is of Inception, and of no other network."""
    if extractor.name == InceptionFeatures.name:
        return name
    return {"fid": "fd", "kid": "kd", "fid_infinity": "fd_infinity"}[name]


def _fid(c):
    distance = frechet.frechet_distance(c.reference.moments, c.samples.moments)
    return {key("fid", c.extractor): distance}


def _fid_infinity(c):
    count, samples = c.reference.moments.count, _features(c.samples)
    bound = 2 * c.extractor.dimension
    if count is None or count < bound or len(samples) < 2 * bound:
        raise NotApplicable(
            f"needs {bound:,} pictures in the reference and {2 * bound:,} samples, to "
            "extrapolate from sizes at which the bias is a straight line. Received: "
            f"{count} and {len(samples)}."
        )
    line = frechet_infinity.frechet_infinity(
        c.reference.moments,
        samples,
        points=SETTINGS["infinity_points"],
        seed=SETTINGS["seed"],
    )
    return {key("fid_infinity", c.extractor): line.distance}


def _kid(c):
    reference, samples = c.features
    fewer = min(len(reference), len(samples))
    if fewer < 4:
        raise NotApplicable(f"needs 4 pictures on both sides. Received: {fewer}.")
    mean, deviation = kernel.kernel_distance(
        reference,
        samples,
        subsets=SETTINGS["kernel_subsets"],
        # Without bias at any size; subsets of all pictures would not deviate.
        subset_size=min(SETTINGS["kernel_subset_size"], fewer // 2),
        seed=SETTINGS["seed"],
    )
    name = key("kid", c.extractor)
    return {name: mean, f"{name}_sd": deviation}


def _inception_score(c):
    if not getattr(c.extractor, "has_logits", False):
        raise NotApplicable(
            "needs the logits of Inception, which not all sources of its weights have: "
            "run `ganzoo fetch inception` where the release file can be reached. "
            f"Received: {c.extractor.name} without logits."
        )
    splits = SETTINGS["inception_score_splits"]
    samples = _features(c.samples)
    if len(samples) < splits:
        raise NotApplicable(
            f"needs {splits} samples or more. Received: {len(samples)}."
        )
    mean, deviation = inception_score.inception_score(
        c.extractor.logits(samples), splits=splits, seed=SETTINGS["seed"]
    )
    return {"inception_score": mean, "inception_score_sd": deviation}


def _prdc(c):
    reference, samples = c.features
    k = SETTINGS["neighbours"]
    if min(len(reference), len(samples)) <= k:
        raise NotApplicable(
            f"needs more than {k} pictures on both sides. "
            f"Received: {len(reference)} and {len(samples)}."
        )
    with progress_bar("Neighbours", 100, c.verbose) as advance:
        return prdc.prdc(reference, samples, k=k, progress=_in_percent(advance))


def _modes(c):
    if c.extractor.classes is None:
        raise NotApplicable(
            "needs a classifier of such pictures as features. "
            f"Received: {c.extractor.name}."
        )
    classes = c.extractor.classify(_features(c.samples))
    covered, divergence = modes.mode_coverage(classes, c.extractor.classes)
    return {"modes": covered, "reverse_kl": divergence}


def _memorisation(c):
    if c.train is None:
        raise NotApplicable("needs the training pictures: name them as `train`.")
    return {
        "memorisation": neighbours.memorisation_rate(
            _features(c.samples), _features(c.train)
        )
    }


def _paired(function):
    def score(c):
        values = [function(*pair) for pair in _pairs(*c.sources)]
        return {function.__name__: float(np.mean(np.concatenate(values)))}

    return score


def _pairs(reference, samples):
    """Batches of targets and outputs, picture beside picture."""
    if reference is None or samples is None:
        raise NotApplicable("needs pictures on both sides, not statistics.")
    if (reference.count, reference.image_shape) != (samples.count, samples.image_shape):
        raise NotApplicable(
            "needs an output for each target, of one shape and in one order. Received: "
            f"{reference.count} of {reference.image_shape} and {samples.count} of "
            f"{samples.image_shape}."
        )
    return zip(sources.in_batches(reference), sources.in_batches(samples))


def _features(statistics):
    if statistics.features is None:
        raise NotApplicable(
            "needs pictures: a file of statistics has only the moments of their "
            f"features. Received: {statistics.origin['name']}."
        )
    return statistics.features


def _in_percent(advance):
    shown = 0

    def progress(done, total):
        nonlocal shown
        percent = 100 * done // total
        advance(percent - shown)
        shown = percent

    return progress


SCORES = {
    "fid": _fid,
    "kid": _kid,
    "inception_score": _inception_score,
    "prdc": _prdc,
    "fid_infinity": _fid_infinity,
    "modes": _modes,
    "memorisation": _memorisation,
    "l1": _paired(paired.l1),
    "psnr": _paired(paired.psnr),
    "ssim": _paired(paired.ssim),
}
# They compare picture with picture, and two sets of pictures are seldom meant so.
ON_REQUEST = ("l1", "psnr", "ssim")
