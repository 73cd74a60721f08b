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

import dataclasses
import pathlib

from ganzoo import models
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.presets import keras_files
from ganzoo.presets import records
from ganzoo.presets import weight_files
from ganzoo.presets.records import class_names as class_names
from ganzoo.presets.records import names as names
from ganzoo.presets.records import record as record
from ganzoo.presets.weight_files import download as download
from ganzoo.presets.weight_files import is_packaged as is_packaged
from ganzoo.training import dataset_identity
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
    model = _load_preset(name, cls, progress)
    if not model.compiled:
        model.compile()
    return model


def _load_preset(name, cls=AdversarialModel, progress=True):
    """The model of `from_preset`, compiled only if its file has optimizers."""
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
    return model


def open_model(name):
    """Load the model of a preset or of a run folder: whatever draws images.

    Args:
        name: string or path, as in `from_preset`; a folder of `ganzoo train`, for the
            model after its last epoch; or a `.keras` file in one, for that of the best.

    Returns:
        `AdversarialModel`, compiled only if its file has optimizers.

    Raises:
        ValueError: If there is neither, or as in `from_preset`.
    """
    records.check_model(name)
    path = pathlib.Path(name).expanduser()
    if records.is_shipped(str(name)) or (path / records.RECORD).is_file():
        return _load_preset(str(name))
    if path.suffix == ".keras" and path.is_file():
        return run_models.load_file(path)
    return run_models.load_model(path)


def recipe_of(facts):
    """The `Recipe` of a record, bound to the images of its run; None without one.

    Args:
        facts: dict, as of `record`.

    Raises:
        ValueError: If it is none that this version can read.
    """
    found = facts.get("recipe")
    if not found:
        return None
    recipe = recipes.parse(found["name"], found["text"])
    stored = found.get("origin")
    # Older records do not tell, and are of the oldest layout.
    stored = stored if isinstance(stored, dict) else {}
    origin = dataset_identity.Origin(
        layout=stored.get("layout", 1),
        examples=stored.get("examples"),
        content=stored.get("content"),
    )
    return dataclasses.replace(recipe, origin=origin)


def open_recipe(name):
    """The recipe of the model that `open_model` loads; None if it is not known.

    Args:
        name: string or path, as in `open_model`.

    Returns:
        `Recipe` or None.
    """
    path = pathlib.Path(name).expanduser()
    if records.is_shipped(str(name)) or (path / records.RECORD).is_file():
        return recipe_of(records.record(str(name)))
    run_dir = path.parent if path.suffix == ".keras" else path
    recipe = run_dir / "recipe.toml"
    return recipes.load(recipe) if recipe.is_file() else None


def _check_class(name, found, cls):
    if not issubclass(found, cls):
        raise ValueError(
            f"The preset is a {found.__name__} and no {cls.__name__}: load it with "
            f"`{found.__name__}.from_preset`, or whatever it is with "
            f"`ganzoo.from_preset`. Received: name={str(name)!r}."
        )
