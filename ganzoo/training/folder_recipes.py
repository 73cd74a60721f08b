"""From a folder of pictures to a recipe whose settings suit them."""

import math
import pathlib
import resource
import sys
import time

import keras
import numpy as np
import tomlkit

from ganzoo import backend
from ganzoo import features
from ganzoo import models
from ganzoo.data.disk import image_info
from ganzoo.data.disk import shards_or_folder
from ganzoo.data.disk.image_files import find_pictures
from ganzoo.system import resources
from ganzoo.system import suggestions
from ganzoo.training import progress
from ganzoo.training import recipes

# Classes by the names of their files, which the command calls them by.
MODELS = {
    cls.__module__.rpartition(".")[2]: cls
    for cls in (getattr(models, name) for name in recipes.variants())
    if cls.settings_for_folder(64)
}
SIZES = (28, 32, 64, 128, 256)
# From here on networks are so deep that a batch is smaller.
LARGE = 128
# Pictures that a training shows, new or again: by a GPU, and by a CPU overnight.
IMAGES_SHOWN = {True: 5_000_000, False: 1_000_000}
# Of pairs a tenth: those of Isola et al. (2017) were shown from 80,000 times on.
PAIRS_SHOWN = {True: 500_000, False: 100_000}
# Epochs at most, after each of which a run saves and draws: few pictures pass often.
MAX_EPOCHS = 200
TIMED_STEPS = 3  # steps
TIMED_IMAGES = 16  # pictures that a network looks at to be timed


def recipe(
    folder, model=None, image_size=None, batch_size=None, bit_depth=image_info.BITS
):
    """A recipe for a folder of pictures, which are checked and decoded by this.

    Or for a directory of pictures in shards, which are read as they are wanted.

    Its epochs show a million pictures in all, or five where there is a GPU; of pairs a
    tenth of that. Where there are few, an epoch shows each several times.

    Args:
        folder: path. For a model that translates of pairs, as
            `ganzoo.data.pairs_from_folder` has it. Shards are a directory of
            tensorflow-datasets, local or remote.
        model: str or None. One of `MODELS`; None for "dcgan".
        image_size: int or None. One of `SIZES`; pictures are cropped to squares of it.
            None for 64, or for that of the shards.
        batch_size: int or None. Pictures in an update of the discriminator; None for
            64, and 16 from 128 pixels on; 4 pairs.
        bit_depth: int. As in `ganzoo.data.from_folder`.

    Returns:
        `Recipe`, and the `Survey` of the folder, or of the shards.

    Raises:
        ValueError: If an argument is unknown, or the pictures do not suffice.
    """
    model = model or models.DEFAULT
    _check("model", model, MODELS)
    model_class = MODELS[model]
    kind = _kind_of(model_class)
    of_pairs = kind == "pairs"
    if image_size is None:
        image_size = shards_or_folder.image_size(folder, of_pairs)
    _check("image_size", image_size, SIZES)
    if kind == "labels":
        shards_or_folder.check_classes(folder)
    open_folder = (
        shards_or_folder.open_pairs if of_pairs else shards_or_folder.open_pictures
    )
    survey = open_folder(folder, image_size, bit_depth=bit_depth).survey
    config = _config(model_class, image_size)
    config["data"] = {"folder": survey.path, "image_size": image_size, "kind": kind}
    if bit_depth != image_info.BITS:
        config["data"]["bit_depth"] = bit_depth
    usual = 4 if of_pairs else 64 if image_size < LARGE else 16
    batch_size = batch_size or usual
    shown = (PAIRS_SHOWN if of_pairs else IMAGES_SHOWN)[_has_gpu()]
    passes = -(-shown // (MAX_EPOCHS * survey.count))
    epochs = max(1, round(shown / (passes * survey.count)))
    steps = model_class.default_discriminator_steps
    config["training"] = {"batch_size": steps * batch_size, "epochs": epochs}
    if passes > 1:
        config["training"]["passes"] = passes
    what = "pairs" if of_pairs else "pictures"
    header = (
        f"# {model_class.__name__} on {survey.count:,} {what} of {survey.path},\n"
        f"# {image_size} pixels.\n\n"
    )
    return recipes.parse(model, header + tomlkit.dumps(config)), survey


def check_settings(recipe, **given):
    """Raise a ValueError for settings that are not those of the recipe of a run.

    Args:
        recipe: `Recipe`, of a run that is to go on.
        **given: "model", "image_size", "batch_size" and "bit_depth" as in `recipe`, or
            some of them.
    """
    if recipe.place is None:
        raise ValueError(
            "Leave out --data, or train in another folder: the run in this one is of "
            f"the data set {recipe.data!r}. Received: --data."
        )
    section = recipe.config["data"]
    steps = recipe.model_class.default_discriminator_steps
    own = {
        "model": next(n for n, cls in MODELS.items() if cls is recipe.model_class),
        "image_size": section["image_size"],
        "batch_size": recipe.batch_size // steps,
        "bit_depth": section.get("bit_depth", image_info.BITS),
    }
    for name, value in given.items():
        if value != own[name]:
            option = f"--{name.replace('_', '-')}"
            raise ValueError(
                f"Leave out {option}, or train in another folder: the run in this one "
                f"has {option} {own[name]}. Received: {option} {value}."
            )


def check_apart(folder, run_dir):
    """Raise a ValueError if a run would write its samples among the pictures."""
    folder, inside = (
        pathlib.Path(path).expanduser().resolve() for path in (folder, run_dir)
    )
    # Also where links lead to.
    files = find_pictures(folder) if folder.is_dir() else []
    places = {folder, *(parent.resolve() for parent in {f.parent for f in files})}
    if any(inside.is_relative_to(place) for place in places):
        raise ValueError(
            "The run folder is among the pictures, and its samples would be trained on "
            "the next time: choose one elsewhere. "
            f"Received: run_dir={str(run_dir)!r} in {str(folder)!r}."
        )


def _has_gpu():
    return set(backend.devices()) != {"cpu"}


def _check(name, value, known):
    if value not in known:
        hint = suggestions.did_you_mean(str(value), map(str, known))
        raise ValueError(
            f"`{name}` must be one of {', '.join(map(str, known))}.{hint} "
            f"Received: {name}={value!r}."
        )


def _kind_of(model_class):
    """What a folder is read as for a model: as pairs where images have images."""
    *_, kind = recipes.kinds_of(model_class)
    return kind


def _config(model_class, image_size):
    """The sections of a recipe but for `data` and `training`."""
    sections = model_class.settings_for_folder(image_size)
    options = {"class": model_class.__name__, **sections.pop("model", {})}
    optimizer = sections.pop("optimizer")
    return {"model": options, **sections, "optimizer": optimizer}


def summary_lines(chosen, epochs=None, scored_by=None, every=5):
    """Lines to print before a training: its settings, and what it will take here.

    Args:
        chosen: `Recipe`.
        epochs: int or None. Instead of those of the recipe.
        scored_by: string or None. The network that it is to be scored by meanwhile, a
            name of `ganzoo.features.NAMES`.
        every: int. After every so many epochs.

    Raises:
        ValueError: If a step takes more memory than there is, or the network does not
            take such pictures.
    """
    config = chosen.config
    for section in ("model", *chosen.model_class.network_names, "optimizer"):
        if section in config:
            settings = (f"{key} {value}" for key, value in config[section].items())
            yield f"{section}: {', '.join(settings)}"
    epochs = epochs or chosen.epochs
    passes = f" of {chosen.passes} passes" if chosen.passes > 1 else ""
    yield f"{epochs} epochs{passes} in batches of {chosen.batch_size}"
    seconds, memory = estimate(chosen)
    seconds *= epochs
    scores = ""
    if scored_by and epochs >= every:
        scoring = (1 + epochs // every) * seconds_of_score(chosen, scored_by)
        seconds += scoring
        scores = (
            f", {progress.format_duration(scoring)} of it for {epochs // every} scores"
        )
    yield (
        f"about {progress.format_duration(seconds)} on this machine{scores}, and "
        f"{resources.format_bytes(memory)} of memory"
    )


def estimate(chosen):
    """Seconds and bytes that a recipe will take here, by a few of its steps.

    The model that takes them is thrown away.

    Args:
        chosen: `Recipe`.

    Returns:
        Tuple of floats: seconds of an epoch, and bytes of memory.

    Raises:
        ValueError: If a step takes more memory than there is.
    """
    arrays = chosen.load_data("train")
    count = min(TIMED_STEPS * chosen.batch_size, len(arrays[0]))
    few = tuple(array[:count] for array in arrays)
    model = chosen.build(arrays, seed=0)
    if not _has_gpu():
        in_batch = min(chosen.batch_size, len(arrays[0]))
        resources.check_memory(
            _memory_of_step(model, in_batch // model.discriminator_steps),
            "A step takes about",
            "choose a smaller `image_size` or `batch_size`",
            f"image_shape={model.image_shape}, batch_size={chosen.batch_size}",
        )
    options = {"batch_size": chosen.batch_size, "verbose": 0}
    # Not the first time, which compiles.
    model.fit(*few, **options)
    start = time.perf_counter()
    model.fit(*few, **options)
    shown = len(arrays[0]) * chosen.passes
    seconds = (time.perf_counter() - start) * shown / count
    keras.backend.clear_session()
    unit = 1 if sys.platform == "darwin" else 1024
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return seconds, memory


def seconds_of_score(chosen, scored_by):
    """Seconds that a network takes here to look at all pictures that are held out.

    A score is of as many pictures that are drawn, which is little beside.

    Args:
        chosen: `Recipe`.
        scored_by: string. A name of `ganzoo.features.NAMES`.

    Raises:
        ValueError: If the network does not take such pictures.
    """
    extractor = features.find(scored_by)
    held_out = chosen.load_data("test")[0]
    few = np.array(held_out[:TIMED_IMAGES])
    # Not the first time, which compiles.
    extractor(few)
    start = time.perf_counter()
    extractor(few)
    return (time.perf_counter() - start) * len(held_out) / len(few)


def _memory_of_step(model, count):
    """Bytes that a step on so many pictures takes beside the weights, about.

    What layers with weights return, and its gradients; measured, a third more at most.
    """
    layers = [*model.generator.layers, *model.discriminator.layers]
    shapes = [layer.output.shape[1:] for layer in layers if layer.weights]
    return 2 * 4 * count * sum(math.prod(shape) for shape in shapes)
