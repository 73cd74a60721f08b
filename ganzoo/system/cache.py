"""The folder of everything that ganzoo keeps from one run to the next."""

import contextlib
import os
import pathlib

import platformdirs

from ganzoo.system import files

FOLDER = "GANZOO_CACHE"


def folder():
    """Return the path of the cache folder, which may not exist yet.

    It is the one that the environment variable `GANZOO_CACHE` names, else the usual
    place of the operating system, like `~/.cache/ganzoo`.
    """
    path = os.environ.get(FOLDER) or platformdirs.user_cache_dir("ganzoo")
    return pathlib.Path(os.path.expanduser(path)).absolute()


@contextlib.contextmanager
def atomic(path):
    """As `files.atomic`, for a file of the cache.

    Raises:
        ValueError: If the folder or the file cannot be written, whatever the reason.
    """
    try:
        with files.atomic(path) as partial:
            yield partial
    except OSError as error:
        raise ValueError(unwritable(path, error)) from error


def unwritable(path, error):
    """Return the message that says why `path` cannot be written and what would help."""
    return (
        f"A file cannot be written ({error}): make room, or set the environment "
        f"variable {FOLDER} to a folder that you may write to. "
        f"Received: path={str(path)!r}, {FOLDER}={os.environ.get(FOLDER)!r}."
    )
