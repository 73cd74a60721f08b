"""The folder of everything that ganzoo keeps from one run to the next."""

import contextlib
import os
import pathlib
import uuid

import pooch

FOLDER = "GANZOO_CACHE"


def folder():
    """Return the path of the cache folder, which may not exist yet.

    It is the one that the environment variable `GANZOO_CACHE` names, else the usual
    place of the operating system, like `~/.cache/ganzoo`.
    """
    path = os.environ.get(FOLDER) or pooch.os_cache("ganzoo")
    return pathlib.Path(os.path.expanduser(path)).absolute()


@contextlib.contextmanager
def atomic(path):
    """Give a path to write to, which becomes `path` if and when all went well.

    A reader finds the old file or the new one, never half of one, however many
    processes write at once; after an error everything is as it was.

    Args:
        path: path. The file to make or replace; its folder is made if need be.

    Yields:
        A path in the same folder with the same suffix, at which there is no file yet.

    Raises:
        ValueError: if the folder or the file cannot be written, whatever the reason.
    """
    path = pathlib.Path(path)
    partial = path.with_name(f".{path.stem}-{uuid.uuid4().hex}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        os.replace(partial, path)
    except OSError as error:
        raise ValueError(unwritable(path, error)) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def unwritable(path, error):
    """Return the message that says why `path` cannot be written and what would help."""
    return (
        f"A file cannot be written ({error}): make room, or set the environment "
        f"variable {FOLDER} to a folder that you may write to. "
        f"Received: path={str(path)!r}, {FOLDER}={os.environ.get(FOLDER)!r}."
    )
