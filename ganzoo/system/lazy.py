"""Names of a package that are loaded when they are first used (PEP 562)."""

import importlib
import sys


def attributes(package, modules):
    """Return `__getattr__` and `__dir__` for a package.

    For type checkers the package also imports the names under `TYPE_CHECKING`.

    Args:
        package: string. Its `__name__`.
        modules: dict. The module that defines each name.
    """

    def __getattr__(name):
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(modules[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    def __dir__():
        return sorted({*vars(sys.modules[package]), *modules})

    return __getattr__, __dir__
