"""Records: one JSON line for each run, with all that its number depends on."""

import json
import os
import pathlib
import platform
import subprocess

import keras

from ganzoo import backend
from ganzoo.evaluation import protocols


class Records:
    """A file of JSON lines that is only ever appended to.

    Args:
        path: path. Made with the first record.
    """

    def __init__(self, path):
        self.path = pathlib.Path(path)

    def read(self):
        """All records, oldest first; a line cut off by a kill is left out."""
        if not self.path.exists():
            return []
        lines = self.path.read_text().split("\n")
        # What follows the last line break was not written to its end.
        return [json.loads(line) for line in lines[:-1] if line]

    def find(self, **wanted):
        """The last record whose entries are those wanted, or None."""
        for record in reversed(self.read()):
            if all(record.get(key) == value for key, value in wanted.items()):
                return record
        return None

    def append(self, record):
        """Write one record as a line of its own."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._drop_unfinished_line()
        with self.path.open("a") as file:
            file.write(json.dumps(record) + "\n")

    def _drop_unfinished_line(self):
        text = self.path.read_bytes() if self.path.exists() else b""
        if text and not text.endswith(b"\n"):
            with self.path.open("r+b") as file:
                file.truncate(text.rfind(b"\n") + 1)


def environment():
    """What a figure of time or a rounding may depend on, as a dict."""
    return {
        "backend": keras.backend.backend(),
        "versions": protocols.versions(),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {_cores()} cores",
        "devices": backend.devices(),
        "commit": _commit(),
    }


def _cores():
    # Those that this process may use, where the system tells.
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count()


def _commit():
    """The commit of a checkout, with a mark where files differ; None in a wheel."""
    path = pathlib.Path(__file__)

    def git(*args):
        done = subprocess.run(
            ["git", *args], cwd=path.parent, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    try:
        # A wheel may lie inside somebody else's checkout.
        git("ls-files", "--error-unmatch", path.name)
        return git("describe", "--always", "--dirty", "--abbrev=40", "--match=")
    except (OSError, subprocess.CalledProcessError):
        return None
