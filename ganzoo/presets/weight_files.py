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
# Of few presets the files are in the package, and need no network.
PACKAGE = pathlib.Path(__file__).parent
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
    places = (own_folder(name) / f"{name}.keras", cached(name))
    return any(path.is_file() and path.stat().st_size == size for path in places)


def is_packaged(name):
    """Whether the file of a preset is in the package, so that none is downloaded."""
    return records.is_shipped(name) and (PACKAGE / f"{name}.keras").is_file()


def own_folder(name):
    """The folder of a checkout that the file of a preset is in, or is to be put in."""
    return PACKAGE if is_packaged(name) else WEIGHTS


def download(name, progress=True):
    """Have the file of a preset at hand, and return its path.

    It is looked for in the package, and in the cache; then in the `weights` folder of a
    checkout, at `BASE_URL`, and at each of `MIRRORS`; or, if the environment variable
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
            f"{records.names()}.{records.hint(name)} Received: name={str(name)!r}."
        )
    facts = records.record(name)
    path = cached(name)
    for found in (PACKAGE / f"{name}.keras", path):
        with contextlib.suppress(ValueError):
            records.check_file(found, facts)
            return found
    reasons = {}
    for place in _places():
        try:
            return _find_at(place, f"{name}.keras", facts, path, progress)
        except downloads.Unwritable:
            raise
        # Networks fail in many ways, and the next place may not.
        except Exception as error:
            reasons.setdefault(_first_cause(error), []).append(place)
    raise ValueError(_cure(name, reasons))


def _cure(name, reasons):
    """What to do where a preset cannot be fetched, in three lines."""
    named = " (now the only place to look in)" if os.environ.get(URL) else ""
    ready = [f"`{other}`" for other in records.names() if is_packaged(other)]
    verb = "needs" if len(ready) == 1 else "need"
    offline = f" {', '.join(ready)} {verb} no network." if ready else ""
    received = "; ".join(
        f"{cause}, at {' and '.join(places)}" for cause, places in reasons.items()
    )
    return (
        "Call again where there is a network; or get the file elsewhere, and set the "
        f"environment variable {URL}{named} to its folder.\n"
        f"The file is {BASE_URL}{name}.keras.{offline}\n"
        f"Received: name={name!r}; {_without_password(received)}."
    )


def _first_cause(error):
    """What an error of several layers began with, in one line; our own as they are."""
    while not isinstance(error, ValueError) and (
        cause := error.__cause__ or error.__context__
    ):
        error = cause
    text = str(error).partition(" Received: ")[0].partition("\n")[0]
    return text or type(error).__name__


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
