"""Modules that had other names in earlier releases, found under both."""

import importlib.abc
import importlib.util
import sys


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
