"""One pass of a network over images: features, and the moments to keep of them."""

import contextlib
import dataclasses
import hashlib
import tempfile

import numpy as np

from ganzoo import backend
from ganzoo.metrics.frechet import Moments
from ganzoo.scoring import sources
from ganzoo.scoring import statistics
from ganzoo.system import cache
from ganzoo.system.terminal.progress import progress_bar

# Of what is kept; another one where images are read or features written otherwise.
FORMAT = 2
PROGRESS_STEP = 50  # images of each device after which progress moves


def measure(source, extractor, keep=False, verbose=0):
    """Compute the statistics of images, in constant memory.

    Args:
        source: `sources.Source`.
        extractor: as `ganzoo.features.find` returns it.
        keep: bool. Whether to keep the statistics in the cache, and to take them from
            there if the same images were seen before.
        verbose: 0 or 1. 1 shows progress on the standard error.

    Returns:
        `Statistics`.

    Raises:
        ValueError: if the images cannot be read, or the features not be kept.
    """
    key = source.key() if keep else None
    if key is None:
        with _scratch() as file:
            return _compute(file, source, extractor, verbose)
    path = _cached_path(key, extractor)
    return _from_cache(path, source, extractor) or _fill_cache(
        path, source, extractor, verbose
    )


@contextlib.contextmanager
def _scratch():
    """A file without a name: it goes when what maps it does."""
    folder = cache.folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            yield file
    except OSError as error:
        raise ValueError(cache.unwritable(folder, error)) from error


def _cached_path(key, extractor):
    parts = (FORMAT, key, extractor.name, extractor.sha256, extractor.resize)
    key = hashlib.sha256(repr(parts).encode()).hexdigest()
    return cache.folder() / "statistics" / f"{key}.npz"


def _from_cache(path, source, extractor):
    """Statistics that were kept; None if there are none, or they are damaged."""
    try:
        kept = statistics.load(path, extractor)
        features = np.load(path.with_suffix(".npy"), mmap_mode="r")
        mean = features.mean(axis=0, dtype="float64")
    except (OSError, EOFError, ValueError):
        return None
    if len(features) != source.count or not np.allclose(mean, kept.moments.mean):
        return None
    # The same images may go by another name today.
    renamed = {**kept.origin, **statistics.origin(source)}
    return dataclasses.replace(kept, origin=renamed, features=features)


def _fill_cache(path, source, extractor, verbose):
    with cache.atomic(path.with_suffix(".npy")) as partial:
        with open(partial, "w+b") as file:
            measured = _compute(file, source, extractor, verbose)
    # The moments last: where they are, the features are too.
    statistics.save(path, measured, extractor)
    return measured


def _compute(file, source, extractor, verbose):
    """Write the features of all images to a file, as NumPy does; count moments."""
    shape = (source.count, extractor.dimension)
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    start = file.tell()
    moments, digest = Moments(extractor.dimension), source.digest()
    shown = PROGRESS_STEP * backend.placement().own
    with progress_bar(f"Features of {source.name}", source.count, verbose) as advance:
        for batch in sources.in_batches(source, max(sources.BATCH // shown, 1) * shown):
            digest.update(np.ascontiguousarray(batch))
            features = _features(batch, extractor, shown, advance)
            # Written, not mapped: a full disk is then an error and not a crash.
            file.write(features.astype("<f4"))
            moments.update(features)
    file.flush()
    features = np.memmap(file, "<f4", mode="r", offset=start, shape=shape)
    found = {**statistics.origin(source), "sha256": digest.hexdigest()}
    return statistics.Statistics(moments, found, features)


def _features(batch, extractor, shown, advance):
    parts = []
    for start in range(0, len(batch), shown):
        parts.append(extractor(batch[start : start + shown]))
        advance(len(parts[-1]))
    return np.concatenate(parts)
