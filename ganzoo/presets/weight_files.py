"""Files of the presets that come with the zoo: in a folder, or downloaded once."""

import contextlib
import os
import pathlib
import re
import urllib.parse
import urllib.request

from ganzoo.presets import records
from ganzoo.system import cache
from ganzoo.system import downloads

# Where the files are: looked for in this order, after a checkout's own.
BASE_URL = "https://github.com/keras-ganzoo/keras-ganzoo/releases/download/weights-1/"
MIRRORS = ("https://raw.githubusercontent.com/keras-ganzoo/keras-ganzoo/main/weights/",)
# Names the only place to look in instead: an address, or a folder.
URL = "GANZOO_WEIGHTS_URL"
CHECKOUT = pathlib.Path(__file__).parents[2]
WEIGHTS = CHECKOUT / "weights"
TIMEOUT = (10, 30)  # seconds to connect, and without a byte
RETRIES = 2


def is_at_hand(name):
    """Whether the file of a preset is on this machine, by its size.

    Args:
        name: string. One of `names()`.
    """
    size = records.record(name)["size"]
    places = (cached(name), WEIGHTS / f"{name}.keras")
    return any(path.is_file() and path.stat().st_size == size for path in places)


def download(name, progress=True):
    """Have the file of a preset at hand, and return its path.

    It is looked for in the cache; then in the `weights` folder of a checkout, at
    `BASE_URL`, and at each of `MIRRORS`; or, if the environment variable
    `GANZOO_WEIGHTS_URL` names an address or a folder, only there. What is found in a
    folder stays there; a download is kept in the cache.

    Args:
        name: string. One of `names()`.
        progress: bool. Whether to show the download on the standard error.

    Returns:
        `pathlib.Path`. Its content is that of the record.

    Raises:
        ValueError: If it cannot be had, or the cache cannot be written; that is then as
            it was.
    """
    if not records.is_shipped(name):
        raise ValueError(
            f"Only a preset that comes with the zoo is downloaded: one of "
            f"{records.names()}. Received: name={str(name)!r}."
        )
    facts = records.record(name)
    path = cached(name)
    with contextlib.suppress(ValueError):
        records.check_file(path, facts)
        return path
    reasons = []
    for place in _places():
        try:
            return _find_at(place, f"{name}.keras", facts, path, progress)
        except downloads.Unwritable:
            raise
        # Networks fail in many ways, and the next place may not.
        except Exception as error:
            reasons.append(f"{place}: {type(error).__name__}: {error}")
    named = ", the only place to look in where it is set" if os.environ.get(URL) else ""
    raise ValueError(
        f"The preset '{name}' could not be fetched here. Where there is a network, get "
        f"{name}.keras from {BASE_URL}; put it into a folder, and set the environment "
        f"variable {URL}{named}, to that. "
        f"Received: {_without_password('; '.join(reasons))}."
    )


def cached(name):
    """Return the path at which `download` keeps a preset; there may be no file yet.

    Another version of the zoo may have another file of this name.
    """
    sha256 = records.record(name)["sha256"]
    return cache.folder() / "presets" / f"{name}-{sha256[:8]}.keras"


def _places():
    named = os.environ.get(URL)
    if named:
        return [named]
    return [*([str(WEIGHTS)] if WEIGHTS.is_dir() else []), BASE_URL, *MIRRORS]


def _find_at(place, file, facts, path, progress):
    """Return where the file is, once it is there: in a folder, or at `path`."""
    scheme = urllib.parse.urlsplit(place).scheme if "://" in place else "folder"
    if scheme in ("folder", "file"):
        if scheme == "file":
            place = urllib.request.url2pathname(urllib.parse.urlsplit(place).path)
        found = pathlib.Path(place).expanduser().absolute() / file
        records.check_file(found, facts)
        return found
    if scheme not in ("http", "https"):
        raise ValueError("it must begin with http:// or https://, or be a folder")
    with downloads.scratch(path.parent) as folder:
        fetched = pathlib.Path(folder) / file
        downloads.fetch(
            f"{place.rstrip('/')}/{file}",
            fetched,
            facts["sha256"],
            size=facts["size"],
            progress=progress,
            timeout=TIMEOUT,
            retries=RETRIES,
        )
        records.check_file(fetched, facts)
        try:
            # Whole, whoever reads or writes it at the same time.
            os.replace(fetched, path)
        except OSError as error:
            raise downloads.Unwritable(cache.unwritable(path, error)) from error
    return path


def _without_password(text):
    return re.sub(r"//[^/@\s]+@", "//", text)
