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

from ganzoo import backend
from ganzoo.metrics.frechet import Moments
from ganzoo.scoring import sources
from ganzoo.system import cache

# Of what is kept; another one where pictures are read or features written otherwise.
FORMAT = 2
SHOWN = 50  # pictures of each device after which progress moves
KEYS = ("mu", "sigma", "cholesky", "order", "ganzoo")


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
        verbose: 0 or 1. 1 shows progress on the standard error.

    Returns:
        `Statistics`.

    Raises:
        ValueError: if the pictures cannot be read, or the features not be kept.
    """
    key = source.key() if keep else None
    if key is None:
        with _scratch() as file:
            return _compute(file, source, extractor, verbose)
    path = _cached_path(key, extractor)
    return _from_cache(path, source, extractor) or _fill_cache(
        path, source, extractor, verbose
    )


def merge(parts):
    """Return the statistics of all pictures of several sets, without their features.

    Args:
        parts: list of `Statistics` of one network, of one set or more.

    Raises:
        ValueError: if pictures are of unequal shape, or it is not known how many there
            are of them.
    """
    if len(parts) == 1:
        return parts[0]
    moments = Moments(parts[0].moments.dimension)
    for part in parts:
        moments.merge(part.moments)
    origins = [part.origin for part in parts]
    shapes = [origin["image_shape"] for origin in origins]
    if shapes != shapes[:1] * len(shapes):
        raise ValueError(
            "Parts of one set of pictures have one shape, or how the network resizes "
            f"them would be part of their statistics. Received: shapes {shapes}."
        )
    # The same in any order.
    hashes = sorted(origin["sha256"] for origin in origins)
    together = {
        "name": " + ".join(origin["name"] for origin in origins),
        "count": moments.count,
        "image_shape": shapes[0],
        "sha256": hashlib.sha256("".join(hashes).encode()).hexdigest(),
        "parts": origins,
    }
    return Statistics(moments, together)


def origin(source):
    """What pictures are, as far as that is known before any is looked at, as a dict."""
    return {
        "name": source.name,
        "count": source.count,
        "image_shape": list(source.image_shape),
        **source.details,
    }


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
        kept = load(path, extractor)
        features = np.load(path.with_suffix(".npy"), mmap_mode="r")
        mean = features.mean(axis=0, dtype="float64")
    except (OSError, EOFError, ValueError):
        return None
    if len(features) != source.count or not np.allclose(mean, kept.moments.mean):
        return None
    # The same pictures may go by another name today.
    renamed = {**kept.origin, **origin(source)}
    return dataclasses.replace(kept, origin=renamed, features=features)


def _fill_cache(path, source, extractor, verbose):
    with cache.atomic(path.with_suffix(".npy")) as partial:
        with open(partial, "w+b") as file:
            statistics = _compute(file, source, extractor, verbose)
    # The moments last: where they are, the features are too.
    save(path, statistics, extractor)
    return statistics


def _compute(file, source, extractor, verbose):
    """Write the features of all pictures to a file, as NumPy does; count moments."""
    shape = (source.count, extractor.dimension)
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    start = file.tell()
    moments, digest = Moments(extractor.dimension), source.digest()
    shown = SHOWN * backend.placement().own
    with progress_bar(f"Features of {source.name}", source.count, verbose) as advance:
        for batch in sources.in_batches(source, max(sources.BATCH // shown, 1) * shown):
            digest.update(np.ascontiguousarray(batch))
            features = _features(batch, extractor, shown, advance)
            # Written, not mapped: a full disk is then an error and not a crash.
            file.write(features.astype("<f4"))
            moments.update(features)
    file.flush()
    features = np.memmap(file, "<f4", mode="r", offset=start, shape=shape)
    found = {**origin(source), "sha256": digest.hexdigest()}
    return Statistics(moments, found, features)


def _features(batch, extractor, shown, advance):
    parts = []
    for start in range(0, len(batch), shown):
        parts.append(extractor(batch[start : start + shown]))
        advance(len(parts[-1]))
    return np.concatenate(parts)


@contextlib.contextmanager
def progress_bar(label, length, verbose):
    """A bar on the standard error, which leaves the output to the scores.

    In a log it is a line for each tenth.
    """
    if not verbose:
        yield lambda done: None
    elif sys.stderr.isatty():
        with click.progressbar(
            length=length, label=label, file=sys.stderr, show_pos=True
        ) as bar:
            yield bar.update
    else:
        yield _lines(label, length)


def _lines(label, length):
    done = 0

    def advance(more):
        nonlocal done
        tenths = 10 * done // length
        done += more
        if 10 * done // length > tenths:
            click.echo(f"{label}: {done:,} of {length:,}", err=True)

    click.echo(f"{label}: {length:,} to come", err=True)
    return advance


# === Files ===


def save(path, statistics, extractor):
    """Write moments as an `.npz` file, whole or not at all.

    It holds `mu` and `sigma` as pytorch-fid reads them, the Cholesky factor of `sigma`,
    which a distance from it begins with, and what pictures and network they are of.

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
            cholesky=moments.cholesky[0],
            order=moments.cholesky[1],
            ganzoo=json.dumps(stamp),
        )


def is_file(path):
    """Whether a path is a file of moments."""
    path = pathlib.Path(path)
    if path.suffix.lower() != ".npz" or not zipfile.is_zipfile(path):
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
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {key: stored[key] for key in KEYS if key in stored}
        stamp = json.loads(str(arrays["ganzoo"])) if "ganzoo" in arrays else None
        moments = Moments.from_statistics(
            arrays["mu"], arrays["sigma"], stamp and stamp["origin"]["count"]
        )
    except sources.READ_ERRORS as error:
        raise ValueError(
            f"{path} is not a whole file of statistics: {error}. Compute them again "
            "from the pictures."
        ) from error
    _check_network(path, arrays["mu"], stamp, extractor)
    if {"cholesky", "order"} <= arrays.keys():
        moments.cholesky = np.asfortranarray(arrays["cholesky"]), arrays["order"]
    return Statistics(moments, stamp["origin"] if stamp else _unknown(path))


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
