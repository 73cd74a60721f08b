"""Code of the user's own, which runs only because the user names it."""

import os
import pkgutil
import sys


def is_named(name):
    """Whether a name is of something in a module, like "my_module:HingeGAN"."""
    return isinstance(name, str) and ":" in name


def command(name):
    """The command `ganzoo`, as it is called for a model of a class of this name."""
    return f"ganzoo --import {name.partition(':')[0]}" if is_named(name) else "ganzoo"


def load(name):
    """Import a module, and return it or what it has of that name.

    Modules in the working folder are found, too.

    Args:
        name: str. "my_module", or "my_module:HingeGAN" for an object in it.

    Raises:
        ValueError: If there is none, or the module fails.
    """
    if (folder := os.getcwd()) not in sys.path:
        sys.path.insert(0, folder)
    try:
        return pkgutil.resolve_name(name)
    # A module may fail in any way.
    except Exception as error:
        raise ValueError(
            "Name a module that Python can import from here, like my_module, or "
            "my_module:HingeGAN for what is in it. It failed with "
            f"{type(error).__name__}: {error}. Received: {name!r}."
        ) from error


def find(name):
    """What an imported module has of a name like "my_module:HingeGAN"; imports nothing.

    Raises:
        ValueError: If the module has not been imported.
    """
    module, _, attribute = name.partition(":")
    if module not in sys.modules:
        raise ValueError(
            f"Import {module} first, if you trust it: {attribute} is in it, and ganzoo "
            "runs code only where you name it. On the command line, "
            f"`ganzoo --import {module} ...`; in Python, `import {module}` before. "
            f"Received: class={name!r}."
        )
    return load(name)
