"""What is known of a set of images once measured, and files of its moments.

Reference:
    [Heusel et al., 2017](https://arxiv.org/abs/1706.08500) published moments of data
    sets as `.npz` files of `mu` and `sigma`; pytorch-fid and others read and write the
    same, and so does this module.
"""

import dataclasses
import hashlib
import json
import pathlib
import zipfile

import numpy as np

from ganzoo.metrics.frechet import Moments
from ganzoo.scoring import sources
from ganzoo.system import cache

ARRAYS = ("mu", "sigma", "cholesky", "order", "ganzoo")


@dataclasses.dataclass(frozen=True, eq=False)
class Statistics:
    """What is known of a set of images once a network has seen them.

    Args:
        moments: `Moments` of the features.
        origin: dict. What the images are: name, count, shape, hash, how they were
            made. It becomes part of a score's protocol.
        features: float32 array `(count, dimension)`, maybe mapped from a file, or None
            where only the moments are known.
    """

    moments: Moments
    origin: dict
    features: np.ndarray | None = None


def merge(parts):
    """Return the statistics of all images of several sets, without their features.

    Args:
        parts: list of `Statistics` of one network, of one set or more.

    Raises:
        ValueError: if images are of unequal shape, or it is not known how many there
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
            "Parts of one set of images have one shape, or how the network resizes "
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
    """What images are, as far as that is known before any is looked at, as a dict."""
    return {
        "name": source.name,
        "count": source.count,
        "image_shape": list(source.image_shape),
        **source.details,
    }


# === Files ===


def save(path, statistics, extractor):
    """Write moments as an `.npz` file, whole or not at all.

    It holds `mu` and `sigma` as pytorch-fid reads them, the Cholesky factor of `sigma`,
    which a distance from it begins with, and what images and network they are of.

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
            arrays = {key: stored[key] for key in ARRAYS if key in stored}
        stamp = json.loads(str(arrays["ganzoo"])) if "ganzoo" in arrays else None
        moments = Moments.from_statistics(
            arrays["mu"], arrays["sigma"], stamp and stamp["origin"]["count"]
        )
    except sources.READ_ERRORS as error:
        raise ValueError(
            f"{path} is not a whole file of statistics: {error}. Compute them again "
            "from the images."
        ) from error
    _check_network(path, arrays["mu"], stamp, extractor)
    if {"cholesky", "order"} <= arrays.keys():
        moments.cholesky = np.asfortranarray(arrays["cholesky"]), arrays["order"]
    return Statistics(moments, stamp["origin"] if stamp else _origin_of_file(path))


def _origin_of_file(path):
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
            f"images with `{extractor.name}`. Received: {path}, which is of "
            f"`{stamp['features']}`, {stamp['features_sha256'][:12]}."
        )
    if mu.shape != (extractor.dimension,):
        raise ValueError(
            "Statistics compare only within one network, and these are of another: "
            f"`{extractor.name}` has features of dimension {extractor.dimension}. "
            f"Received: {path} with mu.shape={mu.shape}."
        )
