"""What a figure of time or a rounding may depend on: machine, packages, commit."""

import importlib.metadata
import os
import pathlib
import platform
import subprocess

import keras

from ganzoo import backend
from ganzoo.system.terminal.counts import format_count

PACKAGES = ("keras-ganzoo", "keras", "tensorflow", "jax", "torch", "numpy", "scipy")


def environment():
    """Return all of it, as a dict of what JSON can hold."""
    return {
        "backend": keras.backend.backend(),
        "versions": versions(),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {format_count(_cores(), 'core')}",
        "processor": _processor(),
        "devices": backend.devices(),
        "commit": _commit(),
    }


def versions():
    """Versions of the packages that a number may depend on, as a dict."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _cores():
    # Those that this process may use, where the system tells.
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count()


def _processor():
    """What the system calls it; "" where it does not tell."""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    told = dict(line.split(":", 1) for line in lines if ":" in line)
    told = {name.strip(): value.strip() for name, value in told.items()}
    name = told.get("model name") or platform.processor()
    # By which libraries choose their kernels.
    return f"{name}, AVX-512" if "avx512f" in told.get("flags", "").split() else name


def _commit():
    """The commit of a checkout, with a mark where files differ; None in a wheel.

    What benchmarks write into their results is no change of what they measure.
    """
    path = pathlib.Path(__file__)

    def git(*args):
        done = subprocess.run(
            ["git", *args], cwd=path.parent, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    try:
        # A wheel may lie inside somebody else's checkout.
        git("ls-files", "--error-unmatch", path.name)
        commit = git("rev-parse", "HEAD")
        tracked = "status", "--porcelain", "--untracked-files=no"
        changed = git(*tracked, "--", ":/", ":(top,exclude)benchmarks/results")
        return f"{commit}-dirty" if changed else commit
    except (OSError, subprocess.CalledProcessError):
        return None
