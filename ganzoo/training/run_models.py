"""Models of run folders."""

import pathlib
import zipfile

import click
import keras

from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.networks import fine_tuning
from ganzoo.training import recipes
from ganzoo.training import run_folder


def begin_with(model, source):
    """Begin a new model with the weights of a trained one, averaged if it has those.

    Says which layers keep weights of their own.

    Args:
        model: `AdversarialModel`, compiled.
        source: `AdversarialModel`, trained.

    Raises:
        ValueError: If they are for images of another size, or have other networks, or
            a layer that keeps weights of its own is frozen.
    """
    if model.image_shape[:2] != source.image_shape[:2]:
        raise ValueError(
            "Train on images of the size that the trained model has. Received: "
            f"image_shape={model.image_shape}, and trained {source.image_shape}."
        )
    ours, theirs = model.players, source.players
    with source.averaged():
        for name in ours.keys() & theirs.keys():
            own = fine_tuning.copy_weights(name, theirs[name], ours[name])
            fine_tuning.check_frozen(name, ours[name], own)
            new = f"all but {', '.join(own)}, of other shapes" if own else "all"
            click.echo(f"{name}: begins with trained weights, {new}")


def load_best_model(run_dir, monitor):
    """The model of a run folder, compiled, as after the epoch of its best score.

    Raises:
        ValueError: If the folder has none.
    """
    best, _ = run_folder.best_epoch(run_dir, monitor)
    path = run_folder.best_path(run_dir, best or 0)
    if not path.is_file():
        raise ValueError(
            "The folder of a run whose epochs are scored has the best one's model, "
            f"and this one has none. Received: run_dir={str(run_dir)!r}."
        )
    return _load_model(path)


def load_model(run_dir):
    """The model of a run folder, compiled, as after its last epoch.

    Raises:
        ValueError: If the folder has none.
    """
    path = pathlib.Path(run_dir) / "model.keras"
    if not path.is_file():
        raise ValueError(
            "A run folder has a `model.keras`, written by `ganzoo train` after the "
            f"first epoch. Received: run_dir={str(run_dir)!r}."
        )
    return _load_model(path)


def _load_model(path):
    """The model of a file, whose classes have names if its run's recipe tells them."""
    file = path.parent / "recipe.toml"
    # First, as it says which module to import for a class of one's own.
    recipe = recipes.load(file) if file.is_file() else None
    model = keras.saving.load_model(path)
    if recipe and model.class_names is None:
        recipes.name_classes(model, recipes.class_names(recipe.config["data"]))
    return model


def load_file(path):
    """The model of a `.keras` file of a run folder, compiled.

    Raises:
        ValueError: If it is no such file, or not of one of ganzoo's models.
    """
    try:
        model = _load_model(pathlib.Path(path))
    # Keras's error for a class that it does not know is a TypeError.
    except (OSError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"The file holds no model that can be read ({error}). "
            f"Received: path={str(path)!r}."
        ) from error
    if not isinstance(model, AdversarialModel):
        raise ValueError(
            "The file must hold a generative adversarial model. "
            f"Received: path={str(path)!r}, of class {type(model).__name__}."
        )
    return model
