"""A preset on disk: a model, and its record beside it."""

import contextlib
import json
import math
import pathlib

from ganzoo import models
from ganzoo.backend import environment
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.presets import keras_files
from ganzoo.presets import records
from ganzoo.scoring import protocols
from ganzoo.system import downloads
from ganzoo.system import files
from ganzoo.training import recipes

# What a record says beside what is known from the model itself.
FACTS = {
    "data": "what it was trained on",
    "epochs": "int",
    "seconds": "float, of training",
    "hardware": "what that took place on",
    "commit": "of ganzoo",
    "seed": "int",
    "command": "what makes it again",
    "licence": "of the weights",
}


def save_preset(model, folder, recipe=None, scores=(), **facts):
    """Write a model and its record into a folder, to share it.

    Args:
        model: `AdversarialModel`, compiled or not. With its optimizers it trains on
            where it stopped.
        folder: path. Made if it is missing; a preset that is in it is replaced.
        recipe: `Recipe` or None. What it was trained by.
        scores: iterable of dicts, as of `ganzoo.evaluation.evaluate`.
        **facts: What else there is to say: "data", "epochs", "seconds", "hardware",
            "commit", "seed", "command", "licence". The licence of weights that the
            model began with goes before.

    Raises:
        ValueError: If the model has parts that `from_preset` would refuse, a score is
            none or not finite, a fact is unknown or nothing that JSON can hold, or the
            folder cannot be written. An older preset is then as it was, unless the
            second of its two files could not be put in place after the first.
    """
    if not isinstance(model, AdversarialModel):
        raise ValueError(
            "A preset is of an `AdversarialModel`. "
            f"Received: model of type {type(model).__name__}."
        )
    folder = pathlib.Path(folder).expanduser()
    # The versions of what writes the record; those of a score are in its protocol.
    versions = environment.versions()
    description = describe(model, recipe, scores, facts, versions)
    with written(folder / records.MODEL) as partial:
        content = save(model, partial)
        with written(folder / records.RECORD) as partial_record:
            write_json(partial_record, description | content)


def _checked_score(score):
    if not _has_protocol(score):
        raise ValueError(
            "A score comes with its protocol and the fingerprint of that, as "
            f"`ganzoo.evaluation.evaluate` returns them. Received: scores with {score}."
        )
    # In a file what is not finite is null.
    bad = [
        key
        for key, value in score.items()
        if value is None or isinstance(value, float) and not math.isfinite(value)
    ]
    if bad:
        raise ValueError(
            "The scores of a preset are finite numbers; leave out those that are not. "
            f"Received: a score with {', '.join(f'{k}={score[k]}' for k in bad)}."
        )
    return score


def _has_protocol(score):
    try:
        return score["fingerprint"] == protocols.fingerprint(score["protocol"])
    except (AttributeError, KeyError, TypeError):
        return False


def describe(model, recipe, scores, facts, versions):
    """The record, but for the content of the file."""
    unknown = sorted(set(facts) - set(FACTS))
    if unknown:
        raise ValueError(
            f"The record of a preset has {sorted(FACTS)}. Received: {unknown}."
        )
    if model.licence:
        facts = facts | {"licence": model.licence}
    cls, paper = type(model), None
    if getattr(models, cls.__name__, None) is cls:
        paper = dict(zip(("authors", "url"), recipes.paper(cls.__name__)))
    if recipe is not None:
        facts = {"data": recipe.config["data"]} | facts
        recipe = _describe_recipe(recipe)
    description = {
        "class": cls.__name__,
        "paper": paper,
        "recipe": recipe,
        **{key: facts.get(key) for key in FACTS},
        "averages": model.averages,
        "versions": versions,
        "scores": [_checked_score(score) for score in scores],
    }
    if model.class_names:
        description["class_names"] = list(model.class_names)
    for key, value in description.items():
        _check_json(key, value)
    return description


def _describe_recipe(recipe):
    described = {"name": recipe.name, "sha256": recipe.sha256, "text": recipe.text}
    if recipe.place:
        # What tells the same images wherever the preset is.
        keys = ("layout", "examples", "content")
        described["origin"] = {key: getattr(recipe.origin, key) for key in keys}
    return described


def _check_json(key, value):
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "The record of a preset consists of what JSON can hold, and of finite "
            f"numbers only ({error}). Received: {key}={value!r}."
        ) from error


def save(model, path):
    """Write a file that `from_preset` will not refuse; return what tells it apart."""
    model.save(path)
    keras_files.check(path)
    return content_of(path)


def content_of(path):
    """Size and SHA-256 of a file, as a record has them."""
    return {"size": path.stat().st_size, "sha256": downloads.sha256_of(path)}


def write_json(path, content):
    """Write a record, or several of them, for people to read too."""
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", "utf-8")


@contextlib.contextmanager
def written(path):
    """As `files.atomic`, with an error for users."""
    try:
        with files.atomic(path) as partial:
            yield partial
    except OSError as error:
        raise ValueError(
            f"A preset cannot be written here ({error}). Received: path={str(path)!r}."
        ) from error
