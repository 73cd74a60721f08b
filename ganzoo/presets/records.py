"""Records of presets: those that come with the zoo, and of a folder."""

import json
import pathlib

from ganzoo.data.datasets.class_names import find as find_class_names
from ganzoo.system import files
from ganzoo.system import shipped
from ganzoo.system import suggestions

INDEX = pathlib.Path(__file__).with_name("presets.json")
# The files of a preset that is a folder.
MODEL = "model.keras"
RECORD = "preset.json"
# What a record says, and a score of it, where kernels have 16 bits in the file.
ROUNDED = "half_precision"


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
    if is_shipped(name):
        return _index()[name]
    path = pathlib.Path(name).expanduser() / RECORD
    if not path.is_file():
        raise ValueError(
            f"There is no preset of this name.{hint(name)} Pass one of {names()}, or a "
            f"folder with a `{RECORD}`, as `save_preset` writes it. "
            f"Received: name={str(name)!r}."
        )
    return _read_record(path)


def seconds_of_recipes():
    """How long recipes were trained, and on what, as far as presets of them tell.

    Returns:
        Dict of tuples `(seconds, hardware)`, by the names of recipes.
    """
    return {
        facts["recipe"]["name"]: (facts["seconds"], facts["hardware"])
        for facts in _index().values()
        if facts.get("recipe") and facts.get("seconds")
    }


def class_names(facts):
    """Names of a conditional model's classes, a tuple, or None if they are not known.

    Args:
        facts: dict, as of `record`.
    """
    names = facts.get("class_names")
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return tuple(names)
    return find_class_names(facts.get("data"))


def check_model(name):
    """Raise a ValueError unless there is a file, a folder or a preset of this name.

    Args:
        name: string or path, as in `ganzoo.presets.open_model`.
    """
    path = pathlib.Path(name).expanduser()
    is_file = path.suffix == ".keras" and path.is_file()
    if is_shipped(str(name)) or path.is_dir() or is_file:
        return
    raise ValueError(
        f"There is no preset, run folder or file of a model of this name.{hint(name)} "
        f"A run folder has a `{MODEL}`, and so has the folder of a preset. The presets "
        f"that come with the zoo are {names()}. Received: name={str(name)!r}."
    )


def hint(name):
    """What to do with a name that is none of a preset."""
    if str(name) in shipped.recipe_names():
        return (
            " It is the name of a recipe: train it first, by "
            f"`ganzoo train {name} --run-dir runs/{name}`."
        )
    return suggestions.did_you_mean(str(name), names())


def _index():
    return json.loads(INDEX.read_text("utf-8"))


def is_shipped(name):
    """Whether a preset comes with the zoo."""
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


def check_file(path, facts):
    """Raise a ValueError unless a file is there and is the one of its record."""
    try:
        size, sha256 = path.stat().st_size, files.sha256_of(path)
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
