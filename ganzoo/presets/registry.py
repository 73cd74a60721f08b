"""Presets: names, or folders, to trained models with a record of how they came about.

A preset is a `.keras` file and a record of it: what it was trained with, on what, and
for how long; its scores with their protocols; its licence, size and sha256. The records
of those that come with the zoo are in `presets.json`; their files, of networks without
optimizers, are fetched once, from the first place that has them. Anybody's own is a
folder, which `ganzoo.publishing.save_preset` writes:

my_preset/
    model.keras    networks, optimizers and hyperparameters
    preset.json    the record
"""

import pathlib

from ganzoo import models
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.presets import keras_files
from ganzoo.presets import records
from ganzoo.presets import weight_files
from ganzoo.presets.records import class_names as class_names
from ganzoo.presets.records import names as names
from ganzoo.presets.records import recipe_of as recipe_of
from ganzoo.presets.records import record as record
from ganzoo.presets.weight_files import download as download
from ganzoo.presets.weight_files import is_packaged as is_packaged
from ganzoo.system import suggestions
from ganzoo.training import recipes
from ganzoo.training import run_models


def from_preset(name, cls=AdversarialModel, progress=True):
    """Load a trained model, compiled.

    One of `save_preset` trains on where it stopped. One that comes with the zoo has
    fresh optimizers: those of the paper, as of `compile()`.

    Args:
        name: string or path. One of `names()`, which is downloaded once; or a folder
            that `save_preset` wrote. A name goes before a folder; `./name` is a folder.
        cls: class. What the model must be: `DCGAN.from_preset(name)` passes its own.
        progress: bool. Whether to show a download on the standard error.

    Returns:
        `AdversarialModel`.

    Raises:
        ValueError: If there is no such preset, it is of another class, it cannot be
            had, or its file is damaged or more than a model of the zoo. No code of a
            file is run to find out.
    """
    facts = records.record(name)
    if facts["class"] in recipes.variants():
        _check_class(name, getattr(models, facts["class"]), cls)
    if records.is_shipped(name):
        path = weight_files.download(name, progress)
    else:
        path = pathlib.Path(name).expanduser() / records.MODEL
        records.check_file(path, facts)
    model = keras_files.load(path)
    _check_class(name, type(model), cls)
    if type(model).__name__ != facts["class"]:
        raise ValueError(
            f"The record is of another model: of a {facts['class']}. "
            f"Received: name={str(name)!r}, whose file has a {type(model).__name__}."
        )
    recipes.name_classes(model, records.class_names(facts))
    if not model.compiled:
        model.compile()
    return model


def open_model(name):
    """Load the model of a preset or of a run folder: whatever draws pictures.

    Args:
        name: string or path, as in `from_preset`; a folder of `ganzoo train`, for the
            model after its last epoch; or a `.keras` file in one, for that of the best.

    Returns:
        `AdversarialModel`.

    Raises:
        ValueError: If there is neither, or as in `from_preset`.
    """
    path = pathlib.Path(name).expanduser()
    if records.is_shipped(str(name)) or (path / records.RECORD).is_file():
        return from_preset(str(name))
    if path.suffix == ".keras" and path.is_file():
        return run_models.load_file(path)
    if not path.is_dir():
        hint = suggestions.did_you_mean(str(name), records.names())
        raise ValueError(
            f"A run folder has a `{records.MODEL}`, and so has the folder of a preset. "
            "There is neither of this name, nor a preset that comes with the zoo."
            f"{hint} "
            f"Those are {records.names()}. Received: name={str(name)!r}."
        )
    return run_models.load_model(path)


def _check_class(name, found, cls):
    if not issubclass(found, cls):
        raise ValueError(
            f"The preset is a {found.__name__} and no {cls.__name__}: load it with "
            f"`{found.__name__}.from_preset`, or whatever it is with "
            f"`ganzoo.from_preset`. Received: name={str(name)!r}."
        )
