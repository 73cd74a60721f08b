"""The zoo of generative adversarial networks, each written like its paper.

Models and layers are imported with the package, so that Keras finds them in files. Each
other public name is loaded when it is first used.
"""

import functools
import importlib
import typing

import ganzoo_command
from ganzoo.system import lazy
from ganzoo.system import providers
from ganzoo.system import requirements
from ganzoo.system.version import __version__ as __version__

if typing.TYPE_CHECKING:
    from ganzoo.game.adversarial_model import AdversarialModel as AdversarialModel
    from ganzoo.game.averages import AveragedWeights as AveragedWeights
    from ganzoo.models import *  # noqa: F403
    from ganzoo.presets.registry import from_preset as from_preset
    from ganzoo.visualization.sheets import show as show

_PACKAGES = (
    *("backend", "benchmark", "cli", "data", "evaluation", "features", "game"),
    *("inputs", "lab", "layers", "metrics", "models", "networks", "presets", "scoring"),
    *("system", "training", "visualization"),
)
_NAMES = {
    "AdversarialModel": "ganzoo.game.adversarial_model",
    "AveragedWeights": "ganzoo.game.averages",
    "from_preset": "ganzoo.presets.registry",
    "show": "ganzoo.visualization.sheets",
}
# Modules that are documented under these names, or were before they had packages.
_MODULES = {
    "adversarial_model": "ganzoo.game.adversarial_model",
    "callbacks": "ganzoo.training.callbacks",
    "devices": "ganzoo.backend.multi_device",
    "lifecycle": "ganzoo.game.lifecycle",
    "own_pictures": "ganzoo.training.folder_recipes",
    "publishing": "ganzoo.presets.publishing",
    "recipes": "ganzoo.training.recipes",
    "runs": "ganzoo.training.runs",
    "samples": "ganzoo.visualization.samples",
    "schedules": "ganzoo.training.schedules",
}
# Modules with layers and models that Keras finds in files only if they are registered.
_REGISTERED = ("ganzoo.models", "ganzoo.layers", "ganzoo.training.schedules")

lazy.AliasFinder({f"ganzoo.{old}": new for old, new in _MODULES.items()}).install()
providers.presets = functools.partial(importlib.import_module, "ganzoo.presets")


def __getattr__(name):
    if name in _PACKAGES or name in _MODULES:
        return importlib.import_module(f"ganzoo.{name}")
    found = importlib.import_module(_NAMES.get(name, "ganzoo.models"))
    try:
        value = getattr(found, name)
    except AttributeError:
        raise AttributeError(lazy.no_attribute(__name__, name, __dir__())) from None
    globals()[name] = value
    return value


def __dir__():
    models = vars(__getattr__("models"))
    variants = (name for name, value in models.items() if isinstance(value, type))
    return sorted({*globals(), *_PACKAGES, *_MODULES, *_NAMES, *variants})


if not ganzoo_command.is_running:
    requirements.check_keras()
    for _module in _REGISTERED:
        importlib.import_module(_module)
