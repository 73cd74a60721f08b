"""Each score: when it cannot be had, and how it is computed."""

import dataclasses
from collections.abc import Callable

import numpy as np

from ganzoo.features.inception import InceptionFeatures
from ganzoo.metrics import equivariance
from ganzoo.metrics import frechet
from ganzoo.metrics import frechet_infinity
from ganzoo.metrics import inception_score
from ganzoo.metrics import kernel
from ganzoo.metrics import modes
from ganzoo.metrics import neighbours
from ganzoo.metrics import paired
from ganzoo.metrics import prdc
from ganzoo.scoring import notes
from ganzoo.scoring import sources
from ganzoo.system.terminal.progress import progress_bar

# As published scores have them.
SUBSETS = 100
SUBSET_SIZE = 1000
SPLITS = 10
NEIGHBOURS = 5
POINTS = 15
SEED = 0


@dataclasses.dataclass(frozen=True)
class Score:
    """One score, or several that are computed together.

    Args:
        keys: tuple of strings. The names of its numbers in a record.
        objection: function of a `Comparison`. Says why the score cannot be had, or
            returns None; it looks at no image.
        compute: function of a `Comparison`. Returns the numbers, by the keys.
    """

    keys: tuple
    objection: Callable
    compute: Callable


def add_note(comparison, keys, note):
    """Add to what is to be said beside numbers; that of a deviation is its score's."""
    for key in keys:
        notes_of_key = comparison.notes.setdefault(
            name_of(key, comparison.extractor), []
        )
        if note and note not in notes_of_key and not key.endswith("_sd"):
            notes_of_key.append(note)


def name_of(key, extractor):
    """What a number goes by where it is of this network: "fid", or "fd" of others."""
    return key if _is_inception(extractor) else OTHER_NAMES.get(key, key)


def settings(comparison):
    """The constants of all scores, as a protocol has them."""
    return {
        "kernel_subsets": SUBSETS,
        "kernel_subset_size": _subset_size(comparison),
        "inception_score_splits": SPLITS,
        "neighbours": NEIGHBOURS,
        "infinity_points": POINTS,
        "seed": SEED,
    }


def _is_inception(extractor):
    """Whether a Fréchet distance is an FID: of no other network or weights."""
    return extractor.name == InceptionFeatures.name


def _objection_to_few_pictures(c, count):
    for side in (c.reference, c.samples):
        if side.source is None:
            return (
                "needs images: a file of statistics has only the moments of their "
                f"features. Received: {side.name}."
            )
        if side.count < count:
            return (
                f"needs {count} images or more on both sides. "
                f"Received: {side.name} with {side.count}."
            )
    return None


def _fid(c):
    distance = frechet.frechet_distance(c.reference.moments, c.samples.moments)
    return {"fid": distance}


def _objection_to_infinity(c):
    bound = 2 * c.extractor.dimension
    fewer = (c.reference.count or 0) < bound
    if fewer or c.samples.source is None or c.samples.count < 2 * bound:
        return (
            f"needs {bound:,} images in the reference and {2 * bound:,} samples, for "
            "it extrapolates from sizes at which the bias is a straight line. "
            f"Received: {c.reference.count} and {c.samples.count}."
        )
    return None


def _fid_infinity(c):
    line = frechet_infinity.frechet_infinity(
        c.reference.moments, c.samples.features, points=POINTS, seed=SEED
    )
    return {"fid_infinity": line.distance}


def _subset_size(c):
    """That of published scores; of few images half, as all of them would not vary."""
    fewer = min(side.count or 0 for side in (c.reference, c.samples))
    return SUBSET_SIZE if fewer > SUBSET_SIZE else fewer // 2


def _kid(c):
    mean, deviation = kernel.kernel_distance(
        c.reference.features,
        c.samples.features,
        subsets=SUBSETS,
        subset_size=_subset_size(c),
        seed=SEED,
    )
    return {"kid": mean, "kid_sd": deviation}


class _Logits:
    """Logits of features, computed for the rows that are asked for."""

    def __init__(self, features, extractor):
        self.features, self.extractor = features, extractor
        self.shape = (len(features), extractor.logits(features[:1]).shape[1])

    def __len__(self):
        return len(self.features)

    def __getitem__(self, rows):
        return self.extractor.logits(self.features[rows])


def _objection_to_inception_score(c):
    if not _is_inception(c.extractor):
        return f"is of Inception's classes. Received: features={c.extractor.name!r}."
    if not c.extractor.has_logits:
        return (
            "needs the logits of Inception, which not all sources of its weights have: "
            "run `ganzoo fetch inception` where the release file can be reached. "
            "Received: weights without logits."
        )
    if c.samples.source is None or c.samples.count < SPLITS:
        return f"needs {SPLITS} samples or more. Received: {c.samples.name}."
    return None


def _inception_score(c):
    mean, deviation = inception_score.inception_score(
        _Logits(c.samples.features, c.extractor), splits=SPLITS, seed=SEED
    )
    return {"inception_score": mean, "inception_score_sd": deviation}


def _prdc(c):
    with progress_bar("Neighbours, percent", 100, c.verbose) as advance:
        found, empty = prdc.prdc_and_empty_balls(
            c.reference.features,
            c.samples.features,
            k=NEIGHBOURS,
            progress=_percent_progress(advance),
        )
    for key, note in notes.on_duplicates(empty, NEIGHBOURS).items():
        add_note(c, [key], note)
    return found


def _percent_progress(advance):
    shown = 0

    def progress(done, total):
        nonlocal shown
        percent = 100 * done // total
        advance(percent - shown)
        shown = percent

    return progress


def _objection_to_modes(c):
    if c.extractor.classes is None:
        return (
            "needs a classifier of such images as features, like `mnist-classifier`. "
            f"Received: features={c.extractor.name!r}."
        )
    if c.samples.source is None:
        return f"needs images to classify. Received: {c.samples.name}."
    return None


def _modes(c):
    classes = c.extractor.classify(c.samples.features)
    covered, divergence = modes.mode_coverage(classes, c.extractor.classes)
    return {"modes": covered, "reverse_kl": divergence}


def _objection_to_memorisation(c):
    if c.train is None:
        return "needs the training images: name them as `train`."
    for side in (c.samples, c.train):
        if side.source is None:
            return f"needs images, not their statistics. Received: {side.name}."
    return None


def _memorisation(c):
    rate = neighbours.memorisation_rate(c.samples.features, c.train.features)
    return {"memorisation": rate}


def _objection_to_pairs(window):
    def objection(c):
        reference, samples = c.reference.source, c.samples.source
        if reference is None or samples is None:
            return "needs images on both sides, not statistics."
        shapes = [(s.count, *s.image_shape) for s in (reference, samples)]
        if shapes[0] != shapes[1]:
            return (
                "needs an output for each target, of one shape and in one order. "
                f"Received: targets {shapes[0]}, outputs {shapes[1]}."
            )
        if min(reference.image_shape[:2]) < window:
            return f"needs {window} x {window} pixels. Received: {shapes[0]}."
        return None

    return objection


def _paired(function):
    def compute(c):
        pairs = zip(
            sources.in_batches(c.reference.source), sources.in_batches(c.samples.source)
        )
        values = [function(*pair) for pair in pairs]
        return {function.__name__: float(np.mean(np.concatenate(values)))}

    return compute


def _objection_to_moves(c):
    if getattr(c.samples.source, "moved", None) is None:
        return (
            "needs a generator whose images can be moved by what they begin with, as "
            f"StyleGAN3's. Received: {c.samples.name}."
        )
    return None


def _eq_t(c):
    return {"eq_t": equivariance.eq_t(c.samples.source.moved())}


SCORES = {
    "fid": Score(("fid",), lambda c: None, _fid),
    "kid": Score(
        ("kid", "kid_sd"),
        lambda c: _objection_to_few_pictures(c, 4),
        _kid,
    ),
    "inception_score": Score(
        ("inception_score", "inception_score_sd"),
        _objection_to_inception_score,
        _inception_score,
    ),
    "prdc": Score(
        ("precision", "recall", "density", "coverage"),
        lambda c: _objection_to_few_pictures(c, NEIGHBOURS + 1),
        _prdc,
    ),
    "fid_infinity": Score(("fid_infinity",), _objection_to_infinity, _fid_infinity),
    "modes": Score(("modes", "reverse_kl"), _objection_to_modes, _modes),
    "memorisation": Score(("memorisation",), _objection_to_memorisation, _memorisation),
    "l1": Score(("l1",), _objection_to_pairs(1), _paired(paired.l1)),
    "psnr": Score(("psnr",), _objection_to_pairs(1), _paired(paired.psnr)),
    "ssim": Score(("ssim",), _objection_to_pairs(paired.WINDOW), _paired(paired.ssim)),
    "eq_t": Score(("eq_t",), _objection_to_moves, _eq_t),
}


# Two sets of images are seldom meant image by image.
OF_PAIRS = ("l1", "psnr", "ssim")
# That of one kind of model alone is computed where it is asked for.
ON_REQUEST = ("eq_t",)


# With other features than Inception's they are no FID and no KID.
OTHER_NAMES = {
    "fid": "fd",
    "kid": "kd",
    "kid_sd": "kd_sd",
    "fid_infinity": "fd_infinity",
}
