"""Files from the web: fetched with pooch, checked by content, placed whole or not."""

import contextlib
import shutil
import tempfile
import time

import pooch

from ganzoo.system import cache
from ganzoo.system import resources
from ganzoo.system.files import sha256_of as sha256_of

SCRATCH = ".fetch-"
STALE = 24 * 60 * 60  # seconds
# The client's errors, but for a timeout and too many requests.
LASTING = set(range(400, 500)) - {408, 429}


class Unavailable(Exception):
    """The server is there, and will not have the file the next time either."""


class Unwritable(ValueError):
    """It is not for the server that there is no file."""


class _Downloader(pooch.HTTPDownloader):
    """Pooch's, which gives up at once where another attempt would be in vain.

    Args:
        size: int or None. Bytes of the file: no more are written.
        **kwargs: Arguments of `pooch.HTTPDownloader`.
    """

    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        self.size = size

    def __call__(self, url, output_file, pooch, check_only=False):
        try:
            with open(output_file, "wb") as file:
                super().__call__(url, _Bounded(file, self.size), pooch, check_only)
        except OSError as error:
            response = getattr(error, "response", None)
            if response is not None and response.status_code in LASTING:
                raise Unavailable(str(error)) from error
            raise


class _Bounded:
    """A file that takes so many bytes and no more."""

    def __init__(self, file, size):
        self.file = file
        self.size = size
        self.written = 0

    def write(self, data):
        self.written += len(data)
        if self.size is not None and self.written > self.size:
            raise Unavailable(f"more than the {self.size:,} bytes of the file came")
        self.file.write(data)

    def flush(self):
        self.file.flush()


def fetch(url, path, sha256, *, size=None, progress=True, timeout=(10, 30), retries=2):
    """Download a file whose content is known.

    A download that breaks off is started again, after a wait that grows.

    Args:
        url: string. Where the file is.
        path: `pathlib.Path`. Where to put it, in a folder of `scratch`.
        sha256: string. Of the file.
        size: int or None. Its bytes, where they are known.
        progress: bool. Whether to show a bar on the standard error.
        timeout: pair of floats. Seconds to connect, and without a byte, after which
            an attempt is given up.
        retries: int. Further attempts.

    Raises:
        Unwritable: If the disk is full.
        Exception: One of many, if the file does not come; then there is none.
    """
    store = pooch.create(
        path.parent,
        base_url="",
        registry={path.name: f"sha256:{sha256}"},
        urls={path.name: url},
        retry_if_failed=retries,
    )
    downloader = _Downloader(
        size, progressbar=progress, chunk_size=1 << 16, timeout=timeout
    )
    try:
        store.fetch(path.name, downloader=downloader)
    except OSError as error:
        if error.errno not in resources.FULL:
            raise
        raise Unwritable(cache.unwritable(path.parent, error)) from error


def scratch(folder):
    """Return a new folder for a download, on the disk that has to have room for it.

    Args:
        folder: `pathlib.Path`. Where the download is to be placed; made if need be.

    Returns:
        `tempfile.TemporaryDirectory`.

    Raises:
        Unwritable: If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_stale(folder)
        return tempfile.TemporaryDirectory(prefix=SCRATCH, dir=folder)
    except OSError as error:
        raise Unwritable(cache.unwritable(folder, error)) from error


def _remove_stale(folder):
    """Remove what downloads left that were killed; one that goes on is younger."""
    for left in folder.glob(f"{SCRATCH}*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE:
                shutil.rmtree(left, ignore_errors=True)
