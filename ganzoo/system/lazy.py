"""Names loaded on first use (PEP 562), and modules under names of earlier releases."""

import importlib
import importlib.abc
import importlib.util
import sys

from ganzoo.system.suggestions import did_you_mean


def attributes(package, modules):
    """Return `__getattr__` and `__dir__` for a package.

    For type checkers the package also imports the names under `TYPE_CHECKING`.

    Args:
        package: string. Its `__name__`.
        modules: dict. The module that defines each name.
    """

    def __getattr__(name):
        if name not in modules:
            raise AttributeError(no_attribute(package, name, modules))
        value = getattr(importlib.import_module(modules[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    def __dir__():
        return sorted({*vars(sys.modules[package]), *modules})

    return __getattr__, __dir__


def no_attribute(package, name, known):
    """The message of an `AttributeError` of a package, with the name that was meant."""
    hint = did_you_mean(name, known)
    return f"module {package!r} has no attribute {name!r}{hint and f'.{hint}'}"


class AliasFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Lets `import old.name` give the module that has another name now.

    Args:
        aliases: dict. New names by old ones.
    """

    def __init__(self, aliases):
        self.aliases = aliases
        self.specs = {}

    def install(self):
        """Ask this finder for what no other finds."""
        sys.meta_path.append(self)

    def find_spec(self, name, path=None, target=None):
        if name not in self.aliases:
            return None
        return importlib.util.spec_from_loader(name, self)

    def create_module(self, spec):
        module = importlib.import_module(self.aliases[spec.name])
        self.specs[spec.name] = module.__spec__
        return module

    def exec_module(self, module):
        # Python has just given it that of the old name.
        module.__spec__ = self.specs[module.__spec__.name]
