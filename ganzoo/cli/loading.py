"""Keras for the verbs that need it, without what its framework prints."""

import contextlib
import logging
import os
import re
import sys
import tempfile

import click

from ganzoo.presets import records
from ganzoo.system import requirements

LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
# Only the first is a user's wish: JAX sets a level of its own in each process that
# imports it, and what that starts, like a notebook's `!ganzoo`, inherits it.
ALL, NONE = "0", "3"
# Lines of the log of TensorFlow's C++ code; it asks for no level while it is loaded.
NOISE = re.compile(
    rb"(?:WARNING: All log messages before absl::InitializeLog\(\)"
    rb"|[IWE]\d{4} [\d:.]+ +\d+ \S+:\d+\] ).*\n?"
)


def load_keras():
    """Import Keras and its framework, without its log unless the user wants some of it.

    TensorFlow itself writes lines before it looks at the level that a user has set.

    Raises:
        click.ClickException: If it cannot be imported, or as of `check_keras`.
    """
    is_loaded = "keras" in sys.modules or sys.stderr is None
    if is_loaded or os.environ.get(LOG_LEVEL) == ALL:
        _check_keras()
        return
    os.environ[LOG_LEVEL] = NONE
    with _without_noise():
        _check_keras()
    for name in ("absl", "tensorflow"):
        logging.getLogger(name).setLevel(logging.ERROR)


def load_keras_for(source):
    """Import Keras, unless there is no model of the name of SOURCE."""
    records.check_model(source)
    load_keras()


def _check_keras():
    try:
        requirements.check_keras()
    except ImportError as error:
        raise click.ClickException(str(error)) from error


@contextlib.contextmanager
def _without_noise():
    """Hold back what is written to the standard error, and then write the rest of it.

    The log goes to the file descriptor, past `sys.stderr`.
    """
    sys.stderr.flush()
    with tempfile.TemporaryFile() as held:
        stderr = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(stderr, 2)
            os.close(stderr)
            held.seek(0)
            rest = NOISE.sub(b"", held.read())
            sys.stderr.write(rest.decode(errors="replace"))
