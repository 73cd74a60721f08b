"""Files that are there whole or not at all, whenever a process is killed."""

import contextlib
import hashlib
import os
import pathlib
import re
import uuid

# Of what ganzoo writes where it is asked for a file.
FILE_ENDINGS = {
    *(".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp", ".mp4"),
    *(".npy", ".npz", ".zip", ".html", ".csv", ".json", ".keras", ".toml"),
}
PARTIAL = re.compile(r"\..+-[0-9a-f]{32}(\..+)?")


@contextlib.contextmanager
def atomic(path):
    """Give a path to write to, which becomes `path` if and when all went well.

    A reader finds the old file or the new one, never half of one, however many
    processes write at once; after an error everything is as it was.

    Args:
        path: path. The file to make or replace; its folder is made if need be.

    Yields:
        A path in the same folder with the same suffixes, at which there is no file yet.

    Raises:
        OSError: If the folder or the file cannot be written.
    """
    path = pathlib.Path(path)
    stem, *suffixes = path.name.split(".")
    name = ".".join([f".{stem}-{uuid.uuid4().hex}", *suffixes])
    partial = path.with_name(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        os.replace(partial, path)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def write_text(path, text):
    """Write a text file in UTF-8, whole or not at all."""
    with atomic(path) as partial:
        partial.write_text(text, "utf-8")


def check_folder_name(path):
    """Raise a ValueError if the name for a folder ends like that of a file."""
    ending = pathlib.Path(path).suffix
    if ending.lower() in FILE_ENDINGS:
        raise ValueError(
            f"Leave out the ending {ending}: `out` is a folder, whose files have names "
            f"of their own. Received: out={str(path)!r}."
        )


def sha256_of(path):
    """Return the sha256 of a file.

    Raises:
        OSError: If it cannot be read.
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_partial(folder):
    """Remove what `atomic` had begun in a folder, or below it, when it was killed."""
    for path in pathlib.Path(folder).rglob(".*"):
        if PARTIAL.fullmatch(path.name):
            path.unlink(missing_ok=True)
