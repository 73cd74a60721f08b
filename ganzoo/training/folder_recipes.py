"""From a folder of images to a recipe whose settings suit them."""

import pathlib

import tomlkit

from ganzoo import backend
from ganzoo import models
from ganzoo.data.disk import image_info
from ganzoo.data.disk import shards_or_folder
from ganzoo.data.disk.image_files import find_pictures
from ganzoo.system import suggestions
from ganzoo.training import recipes
from ganzoo.training.timing import estimates
from ganzoo.training.timing import planning

# Classes by the names of their files, which the command calls them by.
MODELS = {
    cls.__module__.rpartition(".")[2]: cls
    for cls in (getattr(models, name) for name in recipes.variants())
    if cls.settings_for_folder(64)
}
SIZES = (28, 32, 64, 128, 256)
# From here on networks are so deep that a batch is smaller.
LARGE = 128
# Images that a training shows, new or again: by a GPU, and by a CPU overnight.
IMAGES_SHOWN = {True: 5_000_000, False: 1_000_000}
# Of those to translate a tenth: Isola et al. (2017) showed theirs 80,000 times or more.
PAIRS_SHOWN = {True: 500_000, False: 100_000}
# Epochs at most, after each of which a run saves and draws: few images pass often.
MAX_EPOCHS = 200


def recipe(
    folder,
    model=None,
    image_size=None,
    batch_size=None,
    bit_depth=image_info.BITS,
    filters=None,
    pad=False,
    base=None,
):
    """A recipe for a folder of images, which are checked and decoded by this.

    Or for a directory of images in shards, which are read as they are wanted.

    Its epochs show a million images in all, or five where there is a GPU; of images to
    translate into others of the folder a tenth of that. Where there are few, an epoch
    shows each several times.

    Args:
        folder: path. For a model that translates of pairs, as
            `ganzoo.data.pairs_from_folder` has it; for one of two domains with a
            sub-folder of images for each. Shards are a directory of
            tensorflow-datasets, local or remote.
        model: str or None. One of `MODELS`; None for "dcgan".
        image_size: int or None. One of `SIZES`; images are cropped to squares of it.
            None for 64, or for that of the shards.
        batch_size: int or None. Images in an update of the discriminator; None for
            64, and 16 from 128 pixels on; 4 to translate into others.
        bit_depth: int. As in `ganzoo.data.from_folder`.
        filters: int, "small" or None. Width of the networks: None for the usual one,
            "small" for a quarter of that.
        pad: bool. As in `ganzoo.data.from_folder`.
        base: `Recipe` or None. One whose model, networks and optimizer to take.

    Returns:
        `Recipe`, and the `Survey` of the folder, or of the shards.

    Raises:
        ValueError: If an argument is unknown, or the images do not suffice.
    """
    model = model or models.DEFAULT
    if base is None:
        _check("model", model, MODELS)
    model_class = base.model_class if base else MODELS[model]
    kind = _kind_of(model_class)
    of_pairs = kind == "pairs"
    if image_size is None:
        image_size = shards_or_folder.image_size(folder, of_pairs)
    if base is None:
        _check("image_size", image_size, SIZES)
    if kind == "labels":
        shards_or_folder.check_classes(folder)
    config = _sections_of(base) if base else _config(model_class, image_size)
    of_kind = config.pop("data", {})
    length = {"frames": of_kind["frames"] + 1} if "frames" in of_kind else {}
    survey = shards_or_folder.open_data(
        kind, folder, image_size, bit_depth=bit_depth, pad=pad, **length
    ).survey
    place = {"folder": survey.path, "image_size": image_size, "kind": kind}
    config["data"] = {**place, **of_kind}
    if bit_depth != image_info.BITS:
        config["data"]["bit_depth"] = bit_depth
    if pad:
        config["data"]["pad"] = True
    few = 4 if _translates_given(model_class) else 64 if image_size < LARGE else 16
    batch_size = batch_size or few
    shown = _images_shown(model_class)
    passes = -(-shown // (MAX_EPOCHS * survey.count))
    epochs = max(1, round(shown / (passes * survey.count)))
    steps = model_class.default_discriminator_steps
    config["training"] = {"batch_size": steps * batch_size, "epochs": epochs}
    if passes > 1:
        config["training"]["passes"] = passes
    if model_class.stages:
        config["stages"] = {name: {"epochs": epochs} for name in model_class.stages}
    what = "pairs" if of_pairs else "images"
    header = (
        f"# {model_class.__name__} on {survey.count:,} {what} of {survey.path},\n"
        f"# {image_size} pixels.\n\n"
    )
    usual = recipes.parse(base.name if base else model, header + tomlkit.dumps(config))
    return planning.with_filters(usual, filters), survey


def plan(draft, seconds=None, any_width=True, scored_by=None, every=5):
    """A recipe as of `recipe`, changed to end in time on this machine.

    Args:
        draft: `Recipe`.
        seconds: float or None. When training is to end. None for eight hours, or for
            as many images as `recipe` shows, if that is sooner.
        any_width: bool. As in `planning.plan`, like those that follow.
        scored_by: string or None.
        every: int.

    Returns:
        `Plan`.

    Raises:
        ValueError: As in `planning.plan`.
    """
    if backend.placement().workers > 1:
        # Each would measure times of its own, and they would train different recipes.
        return planning.measured(draft, scored_by)
    most_images = None if seconds else _images_shown(draft.model_class)
    seconds = seconds or planning.OVERNIGHT
    return planning.plan(draft, seconds, most_images, any_width, scored_by, every)


def _images_shown(model_class):
    """How many images a training shows, where there is time for it."""
    shown = PAIRS_SHOWN if _translates_given(model_class) else IMAGES_SHOWN
    return shown[estimates.has_gpu()]


def _translates_given(model_class):
    """Whether a model translates images into others of a folder."""
    return model_class.translates and _kind_of(model_class) in ("pairs", "unpaired")


def check_settings(recipe, **given):
    """Raise a ValueError for settings that are not those of the recipe of a run.

    Args:
        recipe: `Recipe`, of a run that is to go on.
        **given: "model", "image_size", "batch_size", "bit_depth", "filters" and "pad"
            as in `recipe`, "source" and "freeze" as in `Recipe.begin_with`, or some of
            them.
    """
    if recipe.place is None:
        raise ValueError(
            "Leave out --data, or train in another folder: the run in this one is of "
            f"the data set {recipe.data!r}. Received: --data."
        )
    section = recipe.config["data"]
    steps = recipe.model_class.default_discriminator_steps
    own = {
        "model": next(
            (name for name, cls in MODELS.items() if cls is recipe.model_class),
            recipe.variant,
        ),
        "image_size": section["image_size"],
        "batch_size": recipe.batch_size // steps,
        "bit_depth": section.get("bit_depth", image_info.BITS),
        "filters": planning.filters_of(recipe),
        "pad": section.get("pad", False),
        "source": recipe.start,
        "freeze": recipe.frozen,
    }
    if given.get("filters") == "small":
        given["filters"] = planning.small_width(_usual_filters(recipe))
    for name, value in given.items():
        if value != own[name]:
            option = "--from" if name == "source" else f"--{name.replace('_', '-')}"
            raise ValueError(
                f"Leave out {option}, or train in another folder: the run in this one "
                f"has {option} {own[name]}. Received: {option} {value}."
            )


def _usual_filters(recipe):
    sections = _config(recipe.model_class, recipe.config["data"]["image_size"])
    return planning.filters_in(sections, recipe.model_class)


def check_apart(folder, run_dir):
    """Raise a ValueError if a run would write its samples among the images."""
    folder, inside = (
        pathlib.Path(path).expanduser().resolve() for path in (folder, run_dir)
    )
    # Also where links lead to.
    files = find_pictures(folder) if folder.is_dir() else []
    places = {folder, *(parent.resolve() for parent in {f.parent for f in files})}
    if any(inside.is_relative_to(place) for place in places):
        raise ValueError(
            "The run folder is among the images, and its samples would be trained on "
            "the next time: choose one elsewhere. "
            f"Received: run_dir={str(run_dir)!r} in {str(folder)!r}."
        )


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


def _sections_of(base):
    """Those sections of a recipe that make its model, as they are."""
    names = ("model", *base.model_class.network_names, "optimizer", "averages")
    sections = {name: base.config[name] for name in names if name in base.config}
    section = base.config["data"]
    # Of a folder of sequences, images are not made smaller.
    of_kind = "frames" if "frames" in section else "scale"
    if of_kind in section:
        sections["data"] = {of_kind: section[of_kind]}
    return sections


def _config(model_class, image_size):
    """The sections of a recipe but for `data` and `training`."""
    sections = model_class.settings_for_folder(image_size)
    options = {"class": model_class.__name__, **sections.pop("model", {})}
    optimizer = sections.pop("optimizer", None)
    return {
        "model": options,
        **sections,
        **({"optimizer": optimizer} if optimizer else {}),
    }
