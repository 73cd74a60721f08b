"""The `ganzoo` command, and what is seen to before the package is imported.

It stands beside the package, so that it can tell of one that is not there.
"""

import importlib.util
import os
import pathlib
import sys

OWN = "keras-ganzoo"
# Other packages of the import name `ganzoo` have files of the same names, not this one.
OWN_NAME = "AdversarialModel"
# Whether this process is the command, which imports Keras only where a verb needs it.
# `python -m ganzoo` imports the package before it runs that.
is_running = sys.argv[:1] == ["-m"] and " -m ganzoo " in " ".join([*sys.orig_argv, ""])


def main(*args, **kwargs):
    """Call `ganzoo.cli.main`, in a process of its own.

    TensorFlow would leave oneDNN off on processors without AVX-512, where training is
    then much slower.
    """
    global is_running
    is_running = True
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    if not _is_whole():
        sys.exit(_cure())
    from ganzoo import cli

    cli.main(*args, **kwargs)


def _is_whole():
    """Whether the package that `import ganzoo` would find is this one."""
    spec = importlib.util.find_spec("ganzoo")
    # A folder that has lost its `__init__.py` is a package too, without an origin.
    if spec is None or spec.origin is None:
        return False
    return OWN_NAME in pathlib.Path(spec.origin).read_text("utf-8", errors="replace")


def _cure():
    """What has happened to the package, and what to do."""
    from importlib import metadata

    names = {*metadata.packages_distributions().get("ganzoo", ())} - {OWN}
    others = " ".join(sorted(names))
    reinstall = (
        f"`pip install --force-reinstall --no-deps {OWN}` (in a checkout, `-e .` "
        f"instead of {OWN})"
    )
    if others:
        return (
            f"Error: Run `pip uninstall {others}`, then {reinstall}. Another package "
            "of the import name `ganzoo` has overwritten files of this one. "
            f"Received: packages={sorted(names)}."
        )
    return (
        f"Error: Run {reinstall}. Files of this package are missing, as after another "
        "package of the import name `ganzoo` was removed. "
        f"Received: no whole package `ganzoo` for {__file__}."
    )


if __name__ == "__main__":
    main(prog_name="ganzoo")
