"""One pass of a network over pictures: features, and the moments to keep of them.

Reference:
    [Heusel et al., 2017](https://arxiv.org/abs/1706.08500) published moments of data
    sets as `.npz` files of `mu` and `sigma`; pytorch-fid and others read and write the
    same, and so does this module.
"""

import contextlib
import dataclasses
import hashlib
import json
import pathlib
import sys
import tempfile
import zipfile

import click
import numpy as np

from ganzoo import cache
from ganzoo.evaluation import sources
from ganzoo.metrics.frechet import Moments


@dataclasses.dataclass(frozen=True, eq=False)
class Statistics:
    """What is known of a set of pictures once a network has seen them.

    Args:
        moments: `Moments` of the features.
        origin: dict. What the pictures are: name, count, shape, hash, how they were
            made. It becomes part of a score's protocol.
        features: float32 array `(count, dimension)`, maybe mapped from a file, or None
            where only the moments are known.
    """

    moments: Moments
    origin: dict
    features: np.ndarray | None = None


def measure(source, extractor, keep=False, verbose=0):
    """Compute the statistics of pictures, in constant memory.

    Args:
        source: `sources.Source`.
        extractor: as `ganzoo.features.find` returns it.
        keep: bool. Whether to keep the statistics in the cache, and to take them from
            there if the same pictures were seen before.
        verbose: 0 or 1. 1 shows a progress bar.

    Returns:
        `Statistics`.
    """
    sha256 = source.sha256() if keep else None
    origin = {
        "name": source.name,
        "count": source.count,
        "image_shape": list(source.image_shape),
        "sha256": sha256,
        **source.details,
    }
    if sha256 is None:
        return _compute(source, extractor, origin, verbose)
    path = _cached_path(sha256, extractor)
    if not (path.exists() and path.with_suffix(".npy").exists()):
        _fill_cache(path, source, extractor, origin, verbose)
    return dataclasses.replace(
        load(path, extractor),
        # The same pictures may go by another name today.
        origin=origin,
        features=np.load(path.with_suffix(".npy"), mmap_mode="r"),
    )


def _cached_path(sha256, extractor):
    key = f"{sha256} {extractor.name} {extractor.sha256}"
    key = hashlib.sha256(key.encode()).hexdigest()
    return cache.folder() / "statistics" / f"{key}.npz"


def _fill_cache(path, source, extractor, origin, verbose):
    with cache.atomic(path.with_suffix(".npy")) as partial:
        shape = (source.count, extractor.dimension)
        features = np.lib.format.open_memmap(
            partial, mode="w+", dtype="float32", shape=shape
        )
        moments = _fill(features, source, extractor, verbose)
        features.flush()
    # The moments last: where they are, the features are too.
    save(path, Statistics(moments, origin), extractor)


def _compute(source, extractor, origin, verbose):
    # A file without a name: it goes when the array does.
    with tempfile.TemporaryFile() as file:
        shape = (source.count, extractor.dimension)
        features = np.memmap(file, dtype="float32", mode="w+", shape=shape)
    moments = _fill(features, source, extractor, verbose)
    return Statistics(moments, origin, features)


def _fill(features, source, extractor, verbose):
    """Write the features of all pictures; return their moments."""
    moments = Moments(extractor.dimension)
    with progress_bar(f"Features of {source.name}", source.count, verbose) as advance:
        for batch in sources.in_batches(source):
            start = moments.count
            features[start : start + len(batch)] = extractor(batch)
            moments.update(features[start : start + len(batch)])
            advance(len(batch))
    return moments


@contextlib.contextmanager
def progress_bar(label, length, verbose):
    """A bar on the standard error, which leaves the output to the scores."""
    if not verbose:
        yield lambda done: None
        return
    with click.progressbar(
        length=length, label=label, file=sys.stderr, show_pos=True
    ) as bar:
        yield bar.update


# === Files ===


def save(path, statistics, extractor):
    """Write moments as an `.npz` file, whole or not at all.

    It holds `mu` and `sigma` as pytorch-fid reads them, the root of `sigma`, which
    makes a distance from it twice as fast, and what pictures and network they are of.

    Args:
        path: path.
        statistics: `Statistics`.
        extractor: the one they were computed with.

    Raises:
        ValueError: if the file cannot be written.
    """
    moments = statistics.moments
    stamp = {
        "features": extractor.name,
        "features_sha256": extractor.sha256,
        "origin": statistics.origin,
    }
    with cache.atomic(path) as partial:
        np.savez(
            partial,
            mu=moments.mean,
            sigma=moments.covariance,
            root=moments.root,
            ganzoo=json.dumps(stamp),
        )


def is_file(path):
    """Whether a path is a file of moments."""
    path = pathlib.Path(path)
    if path.suffix != ".npz" or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return {"mu.npy", "sigma.npy"} <= set(archive.namelist())


def load(path, extractor):
    """Read moments, ours or those of pytorch-fid.

    Args:
        path: path.
        extractor: the one that the other side is computed with.

    Returns:
        `Statistics` without features.

    Raises:
        ValueError: if the file is broken, or of another network.
    """
    try:
        # NumPy leaves the file open if it opens one that is broken.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            arrays = dict(arrays)
            stamp = json.loads(str(arrays["ganzoo"])) if "ganzoo" in arrays else None
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{path} is not a whole file of statistics: {error}. Remove it and compute "
            "them again."
        ) from error
    _check_network(path, arrays["mu"], stamp, extractor)
    origin = stamp["origin"] if stamp else _unknown(path)
    moments = Moments.from_statistics(arrays["mu"], arrays["sigma"], origin["count"])
    if "root" in arrays:
        moments.root = arrays["root"]
    return Statistics(moments, origin)


def _unknown(path):
    return {
        "name": str(path),
        "count": None,
        "image_shape": None,
        "sha256": hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest(),
        "resize": "not told by the file",
    }


def _check_network(path, mu, stamp, extractor):
    if stamp and stamp["features_sha256"] != extractor.sha256:
        raise ValueError(
            "Statistics compare only within one network: compute these again from the "
            f"pictures with `{extractor.name}`. Received: {path}, which is of "
            f"`{stamp['features']}`, {stamp['features_sha256'][:12]}."
        )
    if mu.shape != (extractor.dimension,):
        raise ValueError(
            "Statistics compare only within one network, and these are of another: "
            f"`{extractor.name}` has features of dimension {extractor.dimension}. "
            f"Received: {path} with mu.shape={mu.shape}."
        )
