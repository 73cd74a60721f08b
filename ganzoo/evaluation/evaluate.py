"""The door for everyone: any images against any others."""

import functools
import pathlib
import warnings

import numpy as np

from ganzoo import features as extractors
from ganzoo.data import Pictures
from ganzoo.evaluation import default_features
from ganzoo.evaluation import model_source
from ganzoo.scoring import named_sources
from ganzoo.scoring import neighbours as nearest
from ganzoo.scoring import scores as all_scores
from ganzoo.scoring import sources
from ganzoo.scoring import statistics
from ganzoo.scoring.comparison import Comparison
from ganzoo.scoring.comparison import Side
from ganzoo.training import dataset_identity
from ganzoo.visualization import grids


def evaluate(
    samples,
    reference=None,
    *,
    features=None,
    scores=None,
    train=None,
    neighbours=None,
    count=None,
    seed=0,
    data_dir=None,
    alpha="white",
    domain=0,
    verbose=0,
):
    """Score images against reference images.

    The reference's statistics are kept in the cache, by the content of the images, so
    that a second evaluation against it needs only the samples' features. Memory does
    not grow with the number of images: features are kept in files.

    Args:
        samples: what to score. A folder of images; a uint8 array
            `(count, height, width, channels)`, a `.npy` or `.npz` file of one, or
            `ganzoo.data.Pictures`; a file of statistics; a data set and its split, like
            "cifar10:train"; or a run folder or a preset, whose model then draws.
        reference: what to score against: the same. By default the test split of a run
            folder's or a preset's own data.
        features: string, a name of `ganzoo.features.NAMES`, or an extractor. None for
            the best at hand: "inception" if its weights are here; else the classifier
            that comes with the reference's dataset; else "random-convolutions". A
            warning says which, if it is not Inception.
        scores: iterable of names from `scores.SCORES`. By default all that apply, of
            "l1", "psnr" and "ssim" only for a model of pairs, and "eq_t" only if it is
            named; left out are listed with their reasons.
        train: as `reference`. The images that the model was trained on, to tell
            whether samples are copies of them.
        neighbours: path or None. Where to write a PNG of samples, each beside its
            nearest training images.
        count: int or None. Images drawn from a run folder; None for 10,000, or for
            one translation of each source.
        seed: int. Seed of those.
        data_dir: path or None. Where the raw files of data sets are.
        alpha: "white" or "drop". How transparent images of a folder are read: laid on
            white, or by the colours under the transparency, as pytorch-fid,
            torch-fidelity and clean-fid read them.
        domain: int or string. Of a run folder or preset whose model has several domains
            the one to score, by its number or its name.
        verbose: 0 or 1. 1 shows progress on the standard error.

    Returns:
        A dict: the scores by name ("fid", "kid", "kid_sd", "precision", ...),
        "left_out" with reasons by name, "notes" by name on scores of few images or of
        copies, "protocol" and its "fingerprint". Features other than Inception's give
        an "fd" and a "kd", for they are no FID and no KID.

    Raises:
        ValueError: If something is no images to score, too little, or of another
            network; or if a score asked for by name does not apply.
    """
    _check_alpha(alpha)
    chosen = scores if scores is None else all_scores.choose(scores)
    run = model_source.ModelSource.find(samples, data_dir)
    if run is None and reference is None:
        raise ValueError(
            "Samples are scored against reference images: only a run folder or a "
            f"preset brings its own. Received: samples={samples!r}, reference=None."
        )
    find = functools.partial(
        _find, data_dir=data_dir, count=count, seed=seed, alpha=alpha
    )
    found = {
        "reference": (
            run.reference(count, domain) if reference is None else find(reference)
        ),
        "samples": run.source(count, seed, domain) if run else find(samples),
    }
    if train is not None:
        found["train"] = find(train)
    if count is not None and not any(
        isinstance(f, sources.Drawn) for f in found.values()
    ):
        raise ValueError(
            "Only a run folder draws as many images as it is told; given images "
            f"are scored all. Received: count={count}."
        )
    if neighbours is not None and train is None:
        raise ValueError(
            "Nearest neighbours are looked for among training images: name them as "
            f"`train`. Received: neighbours={str(neighbours)!r}, train=None."
        )
    if features is None:
        extractor = default_features.find(found)
    else:
        extractor = _find_extractor(features)
    comparison = _compare(found, extractor, verbose)
    of_pairs = run is not None and reference is None and run.has_targets
    numbers, left_out = all_scores.compute(comparison, chosen, of_pairs)
    if neighbours is not None:
        grids.save_png(neighbours, nearest.sheet(comparison), scale=None)
    details = {}
    if run and scores is None:
        # Beside a reference that is named, its own data may be gone.
        try:
            more, details = run.own_scores()
            numbers |= more
        except dataset_identity.ChangedError as error:
            left_out["encoder"] = str(error)
    return all_scores.record(numbers, left_out, comparison, details)


def _compare(found, extractor, verbose):
    # Files of statistics are read first, for they may be of another network.
    read = {part: _read(what, extractor) for part, what in found.items()}
    compared = {
        # Samples are seldom scored twice; the others, again and again.
        part: Side(what, extractor, keep=part != "samples", verbose=verbose)
        for part, what in read.items()
    }
    _warn_of_sizes(compared["reference"].source, compared["samples"].source)
    return Comparison(**compared, extractor=extractor, verbose=verbose)


def save_statistics(
    pictures, path, features="inception", data_dir=None, verbose=0, alpha="white"
):
    """Write the statistics of images to a file, to score against them elsewhere.

    Args:
        pictures: as in `evaluate`, like those that follow; or a list of parts of one
            set, images or statistics of them that other machines have written, whose
            moments are merged exactly.
        path: path. An `.npz` file, which pytorch-fid can read too.
        features: string or extractor.
        data_dir: path or None.
        verbose: 0 or 1.
        alpha: "white" or "drop".

    Raises:
        ValueError: As in `evaluate`; if parts are of unequal shape, or a file does not
            tell its count; or if the file cannot be written.
    """
    _check_alpha(alpha)
    path = pathlib.Path(path)
    if path.suffix != ".npz":
        raise ValueError(f"Statistics are written as .npz. Received: {str(path)!r}.")
    parts = pictures if isinstance(pictures, (list, tuple)) else [pictures]
    found = [_find(part, data_dir, alpha=alpha) for part in parts]
    extractor = _find_extractor(features)
    if len(found) == 1 and isinstance(found[0], pathlib.Path):
        raise ValueError(
            f"These are statistics already. Received: pictures={str(found[0])!r}."
        )
    sides = [
        Side(_read(part, extractor), extractor, keep=True, verbose=verbose)
        for part in found
    ]
    merged = statistics.merge([side.statistics for side in sides])
    statistics.save(path, merged, extractor)


def _read(found, extractor):
    """What was found, or the statistics of a file of them."""
    if isinstance(found, pathlib.Path):
        return statistics.load(found, extractor)
    return found


def _find_extractor(features):
    return extractors.find(features) if isinstance(features, str) else features


def _check_alpha(alpha):
    if alpha not in ("white", "drop"):
        raise ValueError(
            "`alpha` must be 'white' or 'drop': transparent images are laid on white, "
            f"or read by the colours under the transparency. Received: alpha={alpha!r}."
        )


def _find(name, data_dir, count=None, seed=0, alpha="white"):
    """What a name means: images, or the path of a file of statistics."""
    if isinstance(name, sources.Source):
        return name
    if isinstance(name, Pictures):
        return sources.Array(name.images, name.name or "images")
    if isinstance(name, np.ndarray):
        return sources.Array(name, "array")
    if not isinstance(name, (str, pathlib.Path)):
        raise ValueError(
            "Images are a path, the name of a data set and its split, a uint8 array "
            f"or `ganzoo.data.Pictures`. Received: an object of type {type(name)}."
        )
    if statistics.is_file(name):
        return pathlib.Path(name)
    run = model_source.ModelSource.find(name, data_dir)
    return run.source(count, seed) if run else named_sources.find(name, data_dir, alpha)


def _warn_of_sizes(reference, samples):
    if reference and samples and reference.image_shape != samples.image_shape:
        warnings.warn(
            "Samples and reference are of unequal shape, and how the network resizes "
            "them then enters the score. Bring both to one size. Received: "
            f"{samples.name} of {samples.image_shape}, {reference.name} of "
            f"{reference.image_shape}.",
            stacklevel=4,
        )
