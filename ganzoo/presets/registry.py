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

import contextlib
import dataclasses
import json
import os
import pathlib
import re
import urllib.parse
import urllib.request

from ganzoo import models
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.presets import keras_files
from ganzoo.system import cache
from ganzoo.system import downloads
from ganzoo.system import suggestions
from ganzoo.training import dataset_identity
from ganzoo.training import recipes
from ganzoo.training import runs

# Where the files are: looked for in this order, after a checkout's own.
BASE_URL = "https://github.com/keras-ganzoo/keras-ganzoo/releases/download/weights-1/"
MIRRORS = ("https://raw.githubusercontent.com/keras-ganzoo/keras-ganzoo/main/weights/",)
# Names the only place to look in instead: an address, or a folder.
URL = "GANZOO_WEIGHTS_URL"
CHECKOUT = pathlib.Path(__file__).parents[2]
WEIGHTS = CHECKOUT / "weights"
INDEX = pathlib.Path(__file__).with_name("presets.json")

MODEL = "model.keras"
RECORD = "preset.json"
TIMEOUT = (10, 30)  # seconds to connect, and without a byte
RETRIES = 2


# === Loading ===


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
    facts = record(name)
    if facts["class"] in recipes.variants():
        _check_class(name, getattr(models, facts["class"]), cls)
    if _is_shipped(name):
        path = download(name, progress)
    else:
        path = pathlib.Path(name).expanduser() / MODEL
        _check_content(path, facts)
    model = keras_files.load(path)
    _check_class(name, type(model), cls)
    if type(model).__name__ != facts["class"]:
        raise ValueError(
            f"The record is of another model: of a {facts['class']}. "
            f"Received: name={str(name)!r}, whose file has a {type(model).__name__}."
        )
    recipes.name_classes(model, class_names(facts))
    if not model.compiled:
        model.compile()
    return model


def names():
    """Names of the presets that come with the zoo, sorted."""
    return sorted(_index())


def record(name):
    """What is known of a preset, as a dict that JSON can hold.

    Args:
        name: string or path, as in `from_preset`.

    Returns:
        Dict with "class", "sha256" and "size" of the file in bytes, and as far as they
        are known "recipe" with "name" and "text", "paper" with "authors" and "url",
        "scores" as of `ganzoo.evaluation.evaluate`, "data", "epochs", "seconds",
        "hardware", "seed", "command", "licence", "versions", "commit", "class_names"
        and "averages", whether its weights are averaged.

    Raises:
        ValueError: If there is no such preset, or its record is none.
    """
    if _is_shipped(name):
        return _index()[name]
    path = pathlib.Path(name).expanduser() / RECORD
    if not path.is_file():
        hint = suggestions.did_you_mean(str(name), names())
        raise ValueError(
            f"There is no preset of this name.{hint} Pass one of {names()}, or a "
            f"folder with a `{RECORD}`, as `save_preset` writes it. "
            f"Received: name={str(name)!r}."
        )
    return _read_record(path)


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
    told = found.get("origin")
    # Older records do not tell, and are of the oldest layout.
    told = told if isinstance(told, dict) else {}
    origin = dataset_identity.Origin(
        layout=told.get("layout", 1),
        examples=told.get("examples"),
        content=told.get("content"),
    )
    return dataclasses.replace(recipe, origin=origin)


def class_names(facts):
    """Names of a conditional model's classes, a tuple, or None if they are not known.

    Args:
        facts: dict, as of `record`.
    """
    names = facts.get("class_names")
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return tuple(names)
    return recipes.class_names(facts.get("data"))


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
    if _is_shipped(str(name)) or (path / RECORD).is_file():
        return from_preset(str(name))
    if path.suffix == ".keras" and path.is_file():
        return runs.load_file(path)
    if not path.is_dir():
        hint = suggestions.did_you_mean(str(name), names())
        raise ValueError(
            f"A run folder has a `{MODEL}`, and so has the folder of a preset. There "
            f"is neither of this name, nor a preset that comes with the zoo.{hint} "
            f"Those are {names()}. Received: name={str(name)!r}."
        )
    return runs.load_model(path)


def _index():
    return json.loads(INDEX.read_text("utf-8"))


def _is_shipped(name):
    return isinstance(name, str) and name in _index()


def _read_record(path):
    try:
        facts = json.loads(path.read_text("utf-8"))
    # JSON nested too deep is a RecursionError.
    except Exception as error:
        raise ValueError(
            f"The record of a preset must be JSON, as `save_preset` writes it ({error})"
            f". Received: path={str(path)!r}."
        ) from error
    types = {"class": str, "sha256": str, "size": int}
    for key, kind in types.items():
        if not isinstance(facts, dict) or not isinstance(facts.get(key), kind):
            raise ValueError(
                f"The record of a preset must have {sorted(types)}, as `save_preset` "
                f"writes them. Received: path={str(path)!r}, without {key!r} of type "
                f"{kind.__name__}."
            )
    return facts


def _check_class(name, found, cls):
    if not issubclass(found, cls):
        raise ValueError(
            f"The preset is a {found.__name__} and no {cls.__name__}: load it with "
            f"`{found.__name__}.from_preset`, or whatever it is with "
            f"`ganzoo.from_preset`. Received: name={str(name)!r}."
        )


def _check_content(path, facts):
    """Raise a ValueError unless a file is there and is the one of its record."""
    try:
        size, sha256 = path.stat().st_size, downloads.sha256_of(path)
    except OSError as error:
        raise ValueError(
            f"There is no file of the preset to read ({error}). "
            f"Received: path={str(path)!r}."
        ) from error
    if (size, sha256) != (facts["size"], facts["sha256"]):
        raise ValueError(
            "The file is not the one of its record, or is damaged: it must have "
            f"{facts['size']:,} bytes of sha256 {facts['sha256']}. Received: "
            f"path={str(path)!r} with {size:,} bytes of sha256 {sha256}."
        )


# === Downloading ===


def download(name, progress=True):
    """Have the file of a preset at hand, and return its path.

    It is looked for in the cache; then in the `weights` folder of a checkout, at
    `BASE_URL`, and at each of `MIRRORS`; or, if the environment variable
    `GANZOO_WEIGHTS_URL` names an address or a folder, only there. What is found in a
    folder stays there; a download is kept in the cache.

    Args:
        name: string. One of `names()`.
        progress: bool. Whether to show the download on the standard error.

    Returns:
        `pathlib.Path`. Its content is that of the record.

    Raises:
        ValueError: If it cannot be had, or the cache cannot be written; that is then as
            it was.
    """
    if not _is_shipped(name):
        raise ValueError(
            f"Only a preset that comes with the zoo is downloaded: one of {names()}. "
            f"Received: name={str(name)!r}."
        )
    facts = record(name)
    path = cached(name)
    with contextlib.suppress(ValueError):
        _check_content(path, facts)
        return path
    reasons = []
    for place in _places():
        try:
            return _find_at(place, f"{name}.keras", facts, path, progress)
        except downloads.Unwritable:
            raise
        # Networks fail in many ways, and the next place may not.
        except Exception as error:
            reasons.append(f"{place}: {type(error).__name__}: {error}")
    named = ", the only place to look in where it is set" if os.environ.get(URL) else ""
    raise ValueError(
        f"The preset '{name}' could not be fetched here. Where there is a network, get "
        f"{name}.keras from {BASE_URL}; put it into a folder, and set the environment "
        f"variable {URL}{named}, to that. "
        f"Received: {_without_password('; '.join(reasons))}."
    )


def cached(name):
    """Return the path at which `download` keeps a preset; there may be no file yet.

    Another version of the zoo may have another file of this name.
    """
    sha256 = record(name)["sha256"]
    return cache.folder() / "presets" / f"{name}-{sha256[:8]}.keras"


def _places():
    named = os.environ.get(URL)
    if named:
        return [named]
    return [*([str(WEIGHTS)] if WEIGHTS.is_dir() else []), BASE_URL, *MIRRORS]


def _find_at(place, file, facts, path, progress):
    """Return where the file is, once it is there: in a folder, or at `path`."""
    scheme = urllib.parse.urlsplit(place).scheme if "://" in place else "folder"
    if scheme in ("folder", "file"):
        if scheme == "file":
            place = urllib.request.url2pathname(urllib.parse.urlsplit(place).path)
        found = pathlib.Path(place).expanduser().absolute() / file
        _check_content(found, facts)
        return found
    if scheme not in ("http", "https"):
        raise ValueError("it must begin with http:// or https://, or be a folder")
    with downloads.scratch(path.parent) as folder:
        fetched = pathlib.Path(folder) / file
        downloads.fetch(
            f"{place.rstrip('/')}/{file}",
            fetched,
            facts["sha256"],
            size=facts["size"],
            progress=progress,
            timeout=TIMEOUT,
            retries=RETRIES,
        )
        _check_content(fetched, facts)
        try:
            # Whole, whoever reads or writes it at the same time.
            os.replace(fetched, path)
        except OSError as error:
            raise downloads.Unwritable(cache.unwritable(path, error)) from error
    return path


def _without_password(text):
    return re.sub(r"//[^/@\s]+@", "//", text)
