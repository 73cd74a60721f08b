"""The door for everyone: any pictures against any others."""

import functools
import pathlib
import warnings

import numpy as np

from ganzoo import features as extractors
from ganzoo.evaluation import scores as all_scores
from ganzoo.evaluation import sources
from ganzoo.evaluation import statistics
from ganzoo.evaluation import trained


def evaluate(
    samples,
    reference=None,
    *,
    features="inception",
    scores=None,
    train=None,
    count=None,
    seed=0,
    data_dir=None,
    verbose=0,
):
    """Score pictures against reference pictures.

    The reference's statistics are kept in the cache, by the content of the pictures, so
    that a second evaluation against it needs only the samples' features. Memory does
    not grow with the number of pictures: features are kept in files.

    Args:
        samples: what to score. A folder of pictures; a uint8 array
            `(count, height, width, channels)`, or a `.npy` or `.npz` file of one; a
            file of statistics; a data set and its split, like "cifar10:train"; or a
            run folder, whose model then draws.
        reference: what to score against: the same. By default a run folder's own test
            split.
        features: string, a name of `ganzoo.features.NAMES`, or an extractor.
        scores: iterable of names from `scores.SCORES`. By default all that apply, of
            "l1", "psnr" and "ssim" only for a model that translates; left out are
            listed with their reasons.
        train: as `reference`. The pictures that the model was trained on, to tell
            whether samples are copies of them.
        count: int or None. Pictures drawn from a run folder; None for 10,000, or for
            one translation of each source.
        seed: int. Seed of those.
        data_dir: path or None. Where the raw files of data sets are.
        verbose: 0 or 1. 1 shows progress on the standard error.

    Returns:
        A dict: the scores by name ("fid", "kid", "kid_sd", "precision", ...),
        "left_out" with reasons by name, "protocol" and its "fingerprint". Features
        other than Inception's give an "fd" and a "kd", for they are no FID and no KID.

    Raises:
        ValueError: If something is no pictures to score, too little, or of another
            network; or if a score asked for by name does not apply.
    """
    all_scores.check_names(scores)
    run = trained.Run.find(samples, data_dir)
    if run is None and reference is None:
        raise ValueError(
            "Samples are scored against reference pictures: only a run folder brings "
            f"its own. Received: samples={samples!r}, reference=None."
        )
    find = functools.partial(_find, data_dir=data_dir, count=count, seed=seed)
    found = {
        "reference": run.reference(count) if reference is None else find(reference),
        "samples": run.source(count, seed) if run else find(samples),
    }
    if train is not None:
        found["train"] = find(train)
    _warn_of_sizes(*map(_pictures, (found["reference"], found["samples"])))
    extractor = _find_extractor(features)
    # Files are read first, for they may be wrong and pictures take long.
    measured = {
        # Samples are seldom scored twice; the others, again and again.
        part: _measure(found[part], extractor, part != "samples", verbose)
        for part in sorted(found, key=lambda part: bool(_pictures(found[part])))
    }
    comparison = all_scores.Comparison(
        **measured,
        extractor=extractor,
        sources=(_pictures(found["reference"]), _pictures(found["samples"])),
        verbose=verbose,
    )
    numbers, left_out = all_scores.compute(comparison, scores)
    if run and scores is None:
        numbers |= run.own_scores(comparison)
    return all_scores.record(numbers, left_out, comparison)


def save_statistics(pictures, path, features="inception", data_dir=None, verbose=0):
    """Write the statistics of pictures to a file, to score against them elsewhere.

    Args:
        pictures: as in `evaluate`, like those that follow.
        path: path. An `.npz` file, which pytorch-fid can read too.
        features: string or extractor.
        data_dir: path or None.
        verbose: 0 or 1.

    Raises:
        ValueError: As in `evaluate`, or if the file cannot be written.
    """
    path = pathlib.Path(path)
    if path.suffix != ".npz":
        raise ValueError(f"Statistics are written as .npz. Received: {str(path)!r}.")
    found = _find(pictures, data_dir)
    extractor = _find_extractor(features)
    statistics.save(path, _measure(found, extractor, True, verbose), extractor)


def _find_extractor(features):
    return extractors.find(features) if isinstance(features, str) else features


def _find(name, data_dir, count=None, seed=0):
    """What a name means: pictures, or the path of a file of statistics."""
    if isinstance(name, sources.Source):
        return name
    if isinstance(name, np.ndarray):
        return sources.Array(name, "array")
    if statistics.is_file(name):
        return pathlib.Path(name)
    run = trained.Run.find(name, data_dir)
    return run.source(count, seed) if run else sources.find(name, data_dir)


def _measure(found, extractor, keep, verbose):
    if not _pictures(found):
        return statistics.load(found, extractor)
    return statistics.measure(found, extractor, keep, verbose)


def _pictures(found):
    return found if isinstance(found, sources.Source) else None


def _warn_of_sizes(reference, samples):
    if reference and samples and reference.image_shape != samples.image_shape:
        warnings.warn(
            "Samples and reference are of unequal shape, and how the network resizes "
            "them then enters the score. Bring both to one size. Received: "
            f"{samples.name} of {samples.image_shape}, {reference.name} of "
            f"{reference.image_shape}.",
            stacklevel=3,
        )
