"""How wide networks may be, and how long they train, to end in a given time."""

import dataclasses

import click
import tomlkit

from ganzoo.training import recipes
from ganzoo.training.timing import estimates

OVERNIGHT = 8 * 3600.0  # seconds
# Training before the first sheet of samples, which with all else that happens before
# comes within two minutes; and the steps after which it shows something.
FIRST_SHEET = 90.0  # seconds
USEFUL_STEPS = 75
# Sheets of a training that is not so long.
SHEETS = 200
# Shares of the usual width, the widest first.
SHARES = (1, 3 / 4, 1 / 2, 3 / 8, 1 / 4, 3 / 16, 1 / 8)
SMALL = 1 / 4
# A step's time grows with the width by this power, or less: the small ones leave a
# processor idle. Only which width is measured next depends on it.
GROWTH = 1.5


@dataclasses.dataclass(frozen=True)
class Plan:
    """A recipe that ends in a given time.

    Args:
        recipe: `Recipe`.
        estimate: `Estimate`. Of these networks, and of the scores.
    """

    recipe: recipes.Recipe
    estimate: estimates.Estimate


def measured(recipe, scored_by=None, data_dir=None):
    """A recipe as it is, and what it takes here.

    Args:
        recipe: `Recipe`.
        scored_by: string or None. As in `plan`.
        data_dir: path or None. Where the raw files of its data are.

    Returns:
        `Plan`.

    Raises:
        ValueError: As in `plan`.
    """
    click.echo("Timing a step...")
    found = estimates.estimate(recipe, data_dir)
    if scored_by:
        found = found.with_scores(recipe, scored_by, data_dir)
    return Plan(recipe, found)


def plan(
    draft,
    seconds,
    most_images=None,
    any_width=True,
    scored_by=None,
    every=5,
):
    """Choose width, passes and epochs so that a training ends in time.

    The widest networks are taken that show something in `FIRST_SHEET` and in a tenth
    of the time.

    Args:
        draft: `Recipe`, of the usual width.
        seconds: float. When training is to end.
        most_images: int or None. How many images are shown at most, each as often as
            it is, which may end it sooner. None for what the time allows.
        any_width: bool. Whether networks may be narrower than those of the draft.
        scored_by: string or None. The network that it is to be scored by meanwhile, a
            name of `ganzoo.features.NAMES`.
        every: int. After every so many epochs.

    Returns:
        `Plan`.

    Raises:
        ValueError: As in `estimates.estimate` and `estimates.seconds_of_score`.
    """
    recipe, found = _choose_width(draft, seconds, any_width)
    count = found.count
    between = found.seconds_between
    if scored_by:
        found = found.with_scores(recipe, scored_by)
        # What is held out is looked at once, before the first one.
        seconds -= found.seconds_of_score
        between += found.seconds_of_score / every
    trained = max(0.0, seconds)
    if most_images:
        trained = min(trained, most_images * found.seconds_per_image)
    step = found.seconds_per_image * recipe.batch_size
    epoch = min(FIRST_SHEET, max(trained / SHEETS, USEFUL_STEPS * step))
    one_pass = found.seconds_per_image * count
    passes = max(1, round(epoch / one_pass))
    epochs = int(max(0.0, seconds) / (passes * one_pass + between))
    if most_images:
        epochs = min(epochs, -(-most_images // (passes * count)))
    return Plan(_with_length(recipe, max(1, epochs), passes), found)


def _choose_width(draft, seconds, any_width):
    """The draft with the widest networks that are fast enough, and its estimate."""
    click.echo("Timing a step...")
    usual = filters_of(draft)
    if usual is None or not any_width:
        return draft, estimates.estimate(draft)
    widths = [max(1, int(usual * share)) for share in SHARES]
    first = usual if estimates.has_gpu() else small_width(usual)
    recipe = with_filters(draft, first)
    found = estimates.estimate(recipe)
    enough = min(FIRST_SHEET, seconds / 10) / USEFUL_STEPS
    step = found.seconds_per_image * draft.batch_size
    fast = [w for w in widths if step * (w / first) ** GROWTH <= enough]
    width = max(fast, default=widths[-1])
    if width == first:
        return recipe, found
    recipe = with_filters(draft, width)
    return recipe, estimates.estimate(recipe)


def filters_of(recipe):
    """The width of a recipe's networks, or None if they have none."""
    return filters_in(recipe.config, recipe.model_class)


def filters_in(sections, model_class):
    """The same of the sections of a recipe for a model's class."""
    networks = [sections.get(name, {}) for name in model_class.network_names]
    return next((n["filters"] for n in networks if "filters" in n), None)


def small_width(usual):
    """The width of small networks, given the usual one."""
    return max(1, int(usual * SMALL))


def with_filters(recipe, filters):
    """A recipe with networks of another width.

    Args:
        recipe: `Recipe`.
        filters: int, "small" or None. None for the recipe as it is.

    Raises:
        ValueError: If its networks have none.
    """
    usual = filters_of(recipe)
    if filters is None:
        return recipe
    if usual is None:
        raise ValueError(
            "Leave out `filters`: the networks of this model have no such width. "
            f"Received: filters={filters!r}."
        )
    filters = small_width(usual) if filters == "small" else filters

    def change(document):
        for name in recipe.model_class.network_names:
            if "filters" in document.get(name, {}):
                document[name]["filters"] = filters

    return _changed(recipe, change)


def with_epochs(plan, epochs):
    """A plan whose game, and each of whose stages, has so many epochs.

    Args:
        plan: `Plan`.
        epochs: int.
    """
    recipe = _with_length(plan.recipe, epochs, plan.recipe.passes)
    return dataclasses.replace(plan, recipe=recipe)


def _with_length(recipe, epochs, passes):
    def change(document):
        document["training"]["epochs"] = epochs
        for stage in recipe.stages:
            document["stages"][stage]["epochs"] = epochs
        document["training"].pop("passes", None)
        if passes > 1:
            document["training"]["passes"] = passes

    return _changed(recipe, change)


def _changed(recipe, change):
    document = tomlkit.parse(recipe.text)
    change(document)
    return recipes.parse(recipe.name, tomlkit.dumps(document))
