"""Presets: names, or folders, to trained models with a record of how they came about.

A preset is a `.keras` file and a record of it: what it was trained with, on what, and
for how long; its scores with their protocols; its licence, size and sha256. The records
of those that come with the zoo are in `presets.json`; the files are fetched once, from
the first place that has them. Anybody's own is a folder:

my_preset/
    model.keras    networks, optimizers and hyperparameters
    preset.json    the record
"""

import contextlib
import csv
import difflib
import json
import os
import pathlib
import re
import shutil
import urllib.parse
import urllib.request

import ganzoo
from ganzoo import cache
from ganzoo import downloads
from ganzoo import environment
from ganzoo import files
from ganzoo import keras_files
from ganzoo import recipes
from ganzoo import runs
from ganzoo.adversarial_model import AdversarialModel
from ganzoo.evaluation import protocols
from ganzoo.evaluation import table

# Where the files are: looked for in this order, after a checkout's own.
BASE_URL = "https://github.com/keras-ganzoo/keras-ganzoo/releases/download/weights-1/"
MIRRORS = ("https://raw.githubusercontent.com/keras-ganzoo/keras-ganzoo/main/weights/",)
# Names the only place to look in instead: an address, or a folder.
URL = "GANZOO_WEIGHTS_URL"
CHECKOUT = pathlib.Path(__file__).parents[1]
WEIGHTS = CHECKOUT / "weights"
INDEX = pathlib.Path(__file__).with_name("presets.json")

MODEL = "model.keras"
RECORD = "preset.json"
LIMIT = 12_000_000  # bytes of a file that is published
TIMEOUT = (10, 30)  # seconds to connect, and without a byte
RETRIES = 2
# What a record says beside what is known from the model itself.
FACTS = {
    "data": "what it was trained on",
    "epochs": "int",
    "seconds": "float, of training",
    "hardware": "what that took place on",
    "seed": "int",
    "command": "what makes it again",
    "licence": "of the weights",
}


# === Loading ===


def from_preset(name, cls=AdversarialModel, progress=True):
    """Load a trained model, compiled, that trains on where it stopped.

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
        _check_class(name, getattr(ganzoo, facts["class"]), cls)
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
        "hardware", "seed", "command", "licence" and "versions".

    Raises:
        ValueError: If there is no such preset, or its record is none.
    """
    if _is_shipped(name):
        return _index()[name]
    path = pathlib.Path(name).expanduser() / RECORD
    if not path.is_file():
        near = difflib.get_close_matches(str(name), names(), n=1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise ValueError(
            f"There is no preset of this name.{hint} Pass one of {names()}, or a "
            f"folder with a `{RECORD}`, as `save_preset` writes it. "
            f"Received: name={str(name)!r}."
        )
    return _read_record(path)


def open_model(name):
    """Load the model of a preset or of a run folder: whatever draws pictures.

    Args:
        name: string or path, as in `from_preset`; or a folder of `ganzoo train`.

    Returns:
        `AdversarialModel`.

    Raises:
        ValueError: If there is neither, or as in `from_preset`.
    """
    path = pathlib.Path(name).expanduser()
    if _is_shipped(str(name)) or (path / RECORD).is_file():
        return from_preset(str(name))
    if not path.is_dir():
        raise ValueError(
            f"A run folder has a `{MODEL}`, and so has the folder of a preset. There "
            "is neither of this name, nor is there a preset that comes with the zoo: "
            f"those are {names()}. Received: name={str(name)!r}."
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
    raise ValueError(
        f"The preset '{name}' could not be fetched here. Where there is a network, get "
        f"{name}.keras from {BASE_URL}; put it into a folder, and set the environment "
        f"variable {URL} to that. Received: {_without_password('; '.join(reasons))}."
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


# === Saving ===


def save_preset(model, folder, recipe=None, scores=(), **facts):
    """Write a model and its record into a folder, to share it.

    Args:
        model: `AdversarialModel`, compiled or not.
        folder: path. Made if it is missing; a preset that is in it is replaced.
        recipe: `Recipe` or None. What it was trained by.
        scores: iterable of dicts, as of `ganzoo.evaluation.evaluate`.
        **facts: What else there is to say: "data", "epochs", "seconds", "hardware",
            "seed", "command", "licence".

    Raises:
        ValueError: If the model has parts that `from_preset` would refuse, a score is
            none, a fact is unknown, or the folder cannot be written. An older preset is
            then as it was.
    """
    if not isinstance(model, AdversarialModel):
        raise ValueError(
            "A preset is of an `AdversarialModel`. "
            f"Received: model of type {type(model).__name__}."
        )
    folder = pathlib.Path(folder).expanduser()
    description = _describe(type(model), recipe, scores, facts)
    with _written(folder / MODEL) as partial:
        model.save(partial)
        keras_files.check(partial)
        content = _content(partial)
        with _written(folder / RECORD) as partial_record:
            _write_json(partial_record, description | content)


def publish(run_dir, weights_dir=None, name=None, scores=(), **facts):
    """Add the model of a run folder to the presets that come with the zoo.

    Its file goes to the folder of weights, its record into the index in the package.

    Args:
        run_dir: path. A folder of `ganzoo train`.
        weights_dir: path or None. None for the `weights` of this checkout.
        name: string or None. None for the name of the recipe, one of the package's.
        scores: iterable of dicts, as of `ganzoo.evaluation.evaluate`, or of paths of
            files with one, as `ganzoo evaluate --json` prints it.
        **facts: What the folder does not tell: "seconds", "hardware", or others of
            `save_preset`.

    Returns:
        Path of the file.

    Raises:
        ValueError: If the folder is no finished run, the file is too large, this is no
            checkout, or as in `save_preset`.
    """
    if weights_dir is None and not (CHECKOUT / "pyproject.toml").is_file():
        raise ValueError(
            "Presets are published from a checkout of the zoo; share your own with "
            f"`save_preset(folder)`. Received: ganzoo in {str(CHECKOUT)!r}."
        )
    run_dir = pathlib.Path(run_dir)
    model = runs.load_model(run_dir)
    recipe = _recipe_of(run_dir, name)
    scores = [
        _read_score(s) if isinstance(s, (str, os.PathLike)) else s for s in scores
    ]
    facts = _facts_of(run_dir, recipe) | facts
    description = _describe(type(model), recipe, scores, facts)
    path = pathlib.Path(weights_dir or WEIGHTS) / f"{recipe.name}.keras"
    with _written(path) as partial:
        shutil.copyfile(run_dir / MODEL, partial)
        keras_files.check(partial)
        content = _content(partial)
        if content["size"] > LIMIT:
            raise ValueError(
                f"A published preset has at most {LIMIT:,} bytes: make its networks "
                f"narrower. Received: {run_dir / MODEL} of {content['size']:,} bytes."
            )
        with _written(INDEX) as partial_index:
            index = _index() | {recipe.name: description | content}
            _write_json(partial_index, dict(sorted(index.items())))
    return path


def _describe(cls, recipe, scores, facts):
    """The record, but for the content of the file."""
    unknown = sorted(set(facts) - set(FACTS))
    if unknown:
        raise ValueError(
            f"The record of a preset has {sorted(FACTS)}. Received: {unknown}."
        )
    scores = [json.loads(table.as_json(_checked_score(score))) for score in scores]
    paper = None
    if getattr(ganzoo, cls.__name__, None) is cls:
        paper = dict(zip(("authors", "url"), recipes.paper(cls.__name__)))
    if recipe is not None:
        facts = {"data": recipe.config["data"]} | facts
        recipe = {"name": recipe.name, "sha256": recipe.sha256, "text": recipe.text}
    return {
        "class": cls.__name__,
        "paper": paper,
        "recipe": recipe,
        **{key: facts.get(key) for key in FACTS},
        # Of what wrote the record; those of a score are in its protocol.
        "versions": environment.versions(),
        "scores": scores,
    }


def _checked_score(score):
    if not isinstance(score, dict) or score.get("fingerprint") != (
        protocols.fingerprint(score.get("protocol") or {})
    ):
        raise ValueError(
            "A score comes with its protocol and the fingerprint of that, as "
            f"`ganzoo.evaluation.evaluate` returns them. Received: scores with {score}."
        )
    return score


def _read_score(path):
    try:
        return json.loads(pathlib.Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(
            "A score is read from a file that `ganzoo evaluate --json` printed "
            f"({error}). Received: {str(path)!r}."
        ) from error


def _recipe_of(run_dir, name):
    """The recipe of a run folder, under its name in the package or a given one."""
    recipe = runs.load_recipe(run_dir)
    same = [n for n in recipes.names() if recipes.load(n).text == recipe.text]
    if not name and not same:
        raise ValueError(
            "The run is not of a recipe in the package, which would name its preset: "
            f"pass a `name`. Received: run_dir={str(run_dir)!r}, name={name!r}."
        )
    name = name or same[0]
    if not re.fullmatch(r"\w+", name):
        raise ValueError(
            "The name of a preset consists of letters, digits and underscores. "
            f"Received: name={name!r}."
        )
    return recipes.Recipe(name, recipe.text, recipe.config)


def _facts_of(run_dir, recipe):
    seed, epochs = runs.load_seed(run_dir), _epochs_of(run_dir)
    source = recipe.name if recipe.name in recipes.names() else f"{recipe.name}.toml"
    more = "" if epochs == recipe.epochs else f" --epochs {epochs}"
    return {
        "epochs": epochs,
        "seed": seed,
        "command": f"ganzoo train {source} --run-dir runs/{recipe.name} "
        f"--seed {seed}{more}",
        "licence": "Apache-2.0",
    }


def _epochs_of(run_dir):
    try:
        with (run_dir / "history.csv").open(newline="") as file:
            return max(int(row["epoch"]) for row in csv.DictReader(file)) + 1
    except (OSError, ValueError, KeyError) as error:
        raise ValueError(
            "A run folder has a `history.csv`, with a line for each epoch. "
            f"Received: run_dir={str(run_dir)!r} ({error})."
        ) from error


def _content(path):
    return {"size": path.stat().st_size, "sha256": downloads.sha256_of(path)}


def _write_json(path, content):
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", "utf-8")


@contextlib.contextmanager
def _written(path):
    """As `files.atomic`, with an error for users."""
    try:
        with files.atomic(path) as partial:
            yield partial
    except OSError as error:
        raise ValueError(
            f"A preset cannot be written here ({error}). Received: path={str(path)!r}."
        ) from error
