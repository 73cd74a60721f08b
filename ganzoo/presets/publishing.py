"""Publishing: trained models to presets, one's own or those that come with the zoo.

`save_preset` writes a model as it is, to train on where it stopped. What `publish` adds
to the zoo everybody fetches, so that its file has networks only: the moments of both
optimizers would make it three times as large. With `half_precision` it is half as large
again. Its record says what the run folder tells.
"""

import dataclasses
import itertools
import json
import math
import os
import pathlib
import re

from ganzoo.game.callbacks import is_finite
from ganzoo.presets import records
from ganzoo.presets import saving
from ganzoo.presets import weight_files
from ganzoo.presets.half_precision import halve
from ganzoo.presets.saving import save_preset as save_preset
from ganzoo.training import recipes
from ganzoo.training import run_folder
from ganzoo.training import run_models
from ganzoo.training.history import in_single_precision
from ganzoo.training.history import read_history

LIMIT = 12_000_000  # bytes of a file that is published
PLAYERS = ("discriminator", "generator")
# What the names of licences have that are not for any use, or that there are not.
CLOSED = re.compile(r"non-?commercial|\bNC\b|none stated", re.IGNORECASE)
# What the history of a run must have for each epoch.
MEASURED = ("seconds", "discriminator_loss", "generator_loss")


def publish(
    run_dir, weights_dir=None, name=None, scores=(), half_precision=False, **facts
):
    """Add the model of a run folder to the presets that come with the zoo.

    Its networks go to the folder of weights, without their optimizers; if the weights
    of the generator are averaged, with the averages. Its record goes into the index in
    the package.

    Args:
        run_dir: path. A folder of `ganzoo train`, with all epochs of its recipe.
        weights_dir: path or None. None for the `weights` of this checkout, or the
            package if it is there already.
        name: string or None. None for the name of the recipe, one of the package's.
        scores: iterable of dicts, as of `ganzoo.evaluation.evaluate`, or of paths of
            files with one, as `ganzoo evaluate --json` prints it. They must be of this
            recipe, seed and number of epochs.
        half_precision: bool. Whether the file has kernels of 16 bits, and half the
            size. Models have 32 bits again, with the rounded values: score the preset
            that was published, not the run, and publish it again with those scores.
        **facts: Those of `save_preset`, to go before what the folder tells.

    Returns:
        Path of the file.

    Raises:
        ValueError: If the folder is no finished run, or its training diverged; if the
            licence of the weights that it began with does not allow it, a score is of
            another model, the file is too large, a kernel too large for 16 bits, or
            this is no checkout; or as in `save_preset`.
    """
    if weights_dir is None and not (weight_files.CHECKOUT / "pyproject.toml").is_file():
        raise ValueError(
            "Presets are published from a checkout of the zoo; share your own with "
            "`save_preset(folder)`. Received: ganzoo in "
            f"{str(weight_files.CHECKOUT)!r}."
        )
    run_dir = pathlib.Path(run_dir)
    model = run_models.load_model(run_dir)
    recipe = _recipe_of(run_dir, name)
    run_facts, versions = _facts_of(run_dir, recipe)
    scores = [
        _read_score(s) if isinstance(s, (str, os.PathLike)) else s for s in scores
    ]
    description = saving.describe(model, recipe, scores, run_facts | facts, versions)
    for licence in (recipe.licence, description["licence"]):
        _check_licence(run_dir, licence)
    description["scores"] = [
        _named_after_preset(score, recipe, run_facts, half_precision)
        for score in scores
    ]
    if half_precision:
        description[records.ROUNDED] = True
    folder = pathlib.Path(weights_dir or weight_files.own_folder(recipe.name))
    path = folder / f"{recipe.name}.keras"
    if _is_published(path, description):
        return path
    with saving.written(path) as partial:
        content = saving.save(_networks(model), partial)
        if half_precision:
            halve(partial)
            content = saving.content_of(partial)
        if content["size"] > LIMIT:
            cure = "make its networks narrower"
            if not half_precision:
                cure += ", or publish it in half precision"
            raise ValueError(
                f"A published preset has at most {LIMIT:,} bytes: {cure}. Received: "
                f"the networks of {run_dir / records.MODEL}, of {content['size']:,} "
                "bytes."
            )
        with saving.written(records.INDEX) as partial_index:
            index = {other: records.record(other) for other in records.names()}
            index[recipe.name] = description | content
            saving.write_json(partial_index, dict(sorted(index.items())))
    return path


def _is_published(path, description):
    """Whether a file is in place with this record: Keras would date it anew."""
    name = path.stem
    if name not in records.names() or not path.is_file():
        return False
    record = records.record(name)
    return record == json.loads(json.dumps(description | saving.content_of(path)))


def _check_licence(run_dir, licence):
    """Raise a ValueError for one that keeps anybody from using what is published."""
    if CLOSED.search(str(licence)):
        raise ValueError(
            "The presets of the zoo are for everybody and any use, and the licence of "
            "this model does not allow that; keep it for yourself. Received: "
            f"run_dir={str(run_dir)!r}, with licence={licence!r}."
        )


def _networks(model):
    """The model as before `compile`, with the weights that it draws images with."""
    networks = type(model).from_config(model.get_config())
    with model.averaged():
        for variable, value in zip(networks.variables, model.variables):
            variable.assign(value)
    bad = [w.path for w in networks.weights if not is_finite(w)]
    if bad:
        raise ValueError(
            "The training has diverged: the weights of a preset must be finite "
            f"numbers. Received: others in {', '.join(bad)}."
        )
    return networks


# === What a run folder tells ===


def _recipe_of(run_dir, name):
    """The recipe of a run folder, under its name in the package or a given one."""
    recipe = run_folder.load_recipe(run_dir)
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
    return dataclasses.replace(recipe, name=name)


def _facts_of(run_dir, recipe):
    """What a record says of a run, and the versions that it was trained with."""
    seed = run_folder.load_seed(run_dir)
    epochs, seconds = _duration_of(run_dir, recipe)
    trained_in = _environment_of(run_dir)
    facts = {
        "epochs": epochs,
        "seconds": seconds,
        "hardware": trained_in["hardware"],
        "commit": trained_in["commit"],
        "seed": seed,
        "command": _command_of(run_dir, recipe, seed),
        "licence": recipe.licence or "Apache-2.0",
    }
    return facts, trained_in["versions"]


def _command_of(run_dir, recipe, seed):
    """What makes the model of a run again: a command for each learning rate it had."""
    source = recipe.name if recipe.name in recipes.names() else f"{recipe.name}.toml"
    command = f"ganzoo train {source} --run-dir runs/{recipe.name} --seed {seed}"
    commands, epochs = [], 0
    for rates, rows in itertools.groupby(_learning_rates_of(run_dir, recipe)):
        if commands or rates != _usual_rates(recipe):
            rate = f" --learning-rate {_one_rate(run_dir, rates, epochs + 1)}"
        else:
            rate = ""
        epochs += len(list(rows))
        more = "" if epochs == recipe.epochs else f" --epochs {epochs}"
        commands.append(command + more + rate)
    return " && ".join(commands)


def _learning_rates_of(run_dir, recipe):
    """The players' learning rates in each epoch of a run, as in its history."""
    usual = _usual_rates(recipe)
    for row in read_history(run_dir / "history.csv"):
        # Older histories have none, and a schedule's are its own.
        rates = {} if "schedule" in recipe.config else row
        yield tuple(
            in_single_precision(rates.get(f"learning_rate_{player}") or own)
            for player, own in zip(PLAYERS, usual)
        )


def _usual_rates(recipe):
    """Those that both players begin with, which a paper may give each."""
    return tuple(in_single_precision(recipe.learning_rate_of(p)) for p in PLAYERS)


def _one_rate(run_dir, rates, epoch):
    """The rate of both players, which is all that a command can set."""
    of_d, of_g = rates
    if of_d != of_g:
        raise ValueError(
            "Publish a run that `ganzoo train` can make again: it sets one learning "
            f"rate for both players. Received: run_dir={str(run_dir)!r}, with {of_d} "
            f"and {of_g} in epoch {epoch}."
        )
    return of_d


def _duration_of(run_dir, recipe):
    """How many epochs a finished run has, and how many seconds they took."""
    rows = _history_of(run_dir)
    if len(rows) < recipe.epochs:
        raise ValueError(
            "A run is published when it has all epochs of its recipe: let `ganzoo "
            f"train` go on. Received: run_dir={str(run_dir)!r}, with {len(rows)} of "
            f"{recipe.epochs} epochs in its history."
        )
    for epoch, row in enumerate(rows):
        if not all(map(math.isfinite, row.values())):
            raise ValueError(
                "The training has diverged, and a preset could not be used: start it "
                "again with a smaller learning rate. Received: "
                f"run_dir={str(run_dir)!r}, with {row} in epoch {epoch + 1}."
            )
    return len(rows), round(math.fsum(row["seconds"] for row in rows), 1)


def _history_of(run_dir):
    """What was measured of each epoch, as a list of dicts of floats."""
    try:
        rows = read_history(run_dir / "history.csv")
        if [int(row["epoch"]) for row in rows] != list(range(1, len(rows) + 1)):
            raise ValueError("some epochs are missing")
        return [{key: float(row[key]) for key in MEASURED} for row in rows]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"The `history.csv` of a run folder has {('epoch', *MEASURED)} of every "
            f"epoch, as `ganzoo train` writes it. Received: run_dir={str(run_dir)!r} "
            f"({type(error).__name__}: {error})."
        ) from error


def _environment_of(run_dir):
    """What the run was trained on and with, the last time that it was started."""
    try:
        found = json.loads((run_dir / "environment.json").read_text("utf-8"))
        backend, versions = found["backend"], found["versions"]
        devices = ", ".join(found["devices"])
        framework = f"{backend} {versions.get(backend, '')}".rstrip()
        return {
            "hardware": f"{found['machine']}; {devices}; {framework}",
            "commit": found["commit"],
            "versions": versions,
        }
    except (OSError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            "A run folder has an `environment.json`, which tells what it was trained "
            "on; `ganzoo train` writes it whenever it is started. Received: "
            f"run_dir={str(run_dir)!r} ({type(error).__name__}: {error})."
        ) from error


# === Scores ===


def _read_score(path):
    try:
        return json.loads(pathlib.Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(
            "A score is read from a file that `ganzoo evaluate --json` printed "
            f"({error}). Received: {str(path)!r}."
        ) from error


def _named_after_preset(score, recipe, run_facts, half_precision):
    """A score of what a run has come to, which it calls by its preset's name.

    The run folder that it was computed in may be anywhere, and so may its reference.
    """
    protocol = score["protocol"]
    samples = protocol.get("samples") or {}
    wanted = {
        "recipe_sha256": recipe.sha256,
        "training_seed": run_facts["seed"],
        "training_epochs": run_facts["epochs"],
    }
    found = {key: samples.get(key) for key in wanted}
    # Older scores do not say that they are of full precision.
    wanted[records.ROUNDED] = half_precision
    found[records.ROUNDED] = samples.get(records.ROUNDED, False)
    if found != wanted:
        raise ValueError(
            "A preset has scores of its own model, as `ganzoo evaluate` gives them of "
            "its run folder, or in half precision of the published preset. Received: a "
            f"score of {found}, and a run of {wanted}."
        )
    named = {"samples": samples | {"name": recipe.name}}
    for part in ("reference", "train"):
        if origin := protocol.get(part):
            name = pathlib.PurePath(origin.get("name", "")).name
            named[part] = origin | {"name": name}
    return score | {"protocol": protocol | named}


# === The record and the file ===
