"""What comes with the package, read from its files without importing Keras."""

import importlib.resources
import pathlib
import re

from ganzoo.system.suggestions import did_you_mean

MODELS = pathlib.Path(__file__).parents[1] / "models"
CLASS = re.compile(r"^class (\w+)", re.MULTILINE)
PAPER = re.compile(r"\[(.+)\]\((\S+)\)")


def recipe_names():
    """Names of all recipes in the package, sorted."""
    files = importlib.resources.files("zoo_configs").iterdir()
    return sorted(f.name[:-5] for f in files if f.name.endswith(".toml"))


def read_recipe(name):
    """Read a recipe, unchecked.

    Args:
        name: str. A name of `recipe_names()`, or the path of a TOML file.

    Returns:
        Pair of strings: the name of the file without its suffix, and its text.

    Raises:
        ValueError: If there is none of that name.
    """
    path = pathlib.Path(name)
    if path.suffix == ".toml" and path.is_file():
        return path.stem, path.read_text()
    known = recipe_names()
    if name in known:
        files = importlib.resources.files("zoo_configs")
        return name, (files / f"{name}.toml").read_text()
    if path.is_dir():
        raise ValueError(
            "A recipe is a name or a TOML file, and this is a folder: train on the "
            f"pictures in it by `ganzoo train --data {name}`, or go on with the "
            f"run in it by `--run-dir {name}` alone. Received: name={str(name)!r}."
        )
    raise ValueError(
        f"There is no recipe of this name.{did_you_mean(str(name), known)} Pass "
        f"the path of a TOML file, or one of {known}. "
        f"Received: name={str(name)!r}."
    )


def has_data(name):
    """Whether the images of a dataset are in the package."""
    return (MODELS.parent / "data" / name).is_dir()


def model_files():
    """Paths of the files of the variants, sorted by name."""
    return sorted(MODELS.glob("[!_]*.py"))


def papers():
    """Authors and address of each variant's paper, by the name of its class."""
    texts = (path.read_text("utf-8") for path in model_files())
    return {CLASS.search(text)[1]: PAPER.search(text).groups() for text in texts}
