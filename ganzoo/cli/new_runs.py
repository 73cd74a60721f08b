"""What `ganzoo train` trains: a recipe, a folder of images, or a run that goes on."""

import contextlib
import pathlib
import shlex

import click
from click.core import ParameterSource

from ganzoo.system import user_modules

RUNS = pathlib.Path("runs")
NOTHING = (
    "There is nothing to train: give RECIPE, a name of `ganzoo list`; --data, a folder "
    "of images; or the --run-dir of a run that is to go on."
)
# What describes a folder of images: a recipe, or a run that goes on, says it itself.
FOLDER_OPTIONS = ("model", "image_size", "batch_size", "bit_depth", "filters", "pad")
# What networks follow from, where they are not those of a trained model.
NETWORK_OPTIONS = ("model", "filters", "small")


def default_run_dir(recipe, data, model):
    """Where a run is kept that nobody has named a folder for."""
    from ganzoo import models

    if recipe:
        return RUNS / pathlib.Path(recipe).stem
    folder = data if "://" in data else pathlib.Path(data).expanduser().absolute()
    return RUNS / f"{pathlib.PurePath(folder).name}-{model or models.DEFAULT}"


def next_lines(run_dir, chosen):
    """What there is now, and what to do with it."""
    from ganzoo.training import run_folder

    folder, epochs = shlex.quote(str(run_dir)), run_folder.count_epochs(run_dir)
    ganzoo = user_modules.command(chosen.config["model"]["class"])
    yield f"Model and samples: {run_dir}"
    yield "To go on:"
    yield f"  {ganzoo} {chosen.model_class.image_command.format(folder)}"
    yield f"  {ganzoo} evaluate {folder}"
    yield f"  {ganzoo} train --run-dir {folder} --epochs {2 * epochs}"


def line_of_finished(run_dir, epochs, stages):
    """What to say of a run that has nothing left to train; None of others.

    Args:
        run_dir: path.
        epochs: int. Of the game.
        stages: dict. Epochs of each stage after it.
    """
    from ganzoo.training import run_folder

    done = run_folder.count_epochs(run_dir)
    wanted = stages.items()
    if done < epochs or any(run_folder.count_epochs(run_dir, s) < n for s, n in wanted):
        return None
    return (
        f"This run is finished: it has {done} of {epochs} epochs, with the settings in "
        f"{run_dir / 'recipe.toml'}. --epochs trains it for longer; for other settings "
        "choose another --run-dir."
    )


def format_saved(run_dir, chosen, epochs):
    """How far a run has come that was stopped, and what of it is kept."""
    from ganzoo.training import run_folder

    if done := run_folder.count_epochs(run_dir):
        return f"after {done} of {epochs} epochs, which are saved"
    for stage, count in chosen.stages.items():
        if done := run_folder.count_epochs(run_dir, stage):
            return f"after {done} of {count} epochs of {stage!r}, which are saved"
    return "within the first epoch, of which nothing is kept"


def check_given(names, needed, value):
    """Raise a click.UsageError for an option that nothing would come of."""
    if value:
        return
    context = click.get_current_context()
    for option in context.command.params:
        if option.name in names and _is_given(option.name):
            raise click.UsageError(
                f"{option.opts[0]} is with --{needed}, and would change nothing here. "
                f"Received: {option.opts[0]} {context.params[option.name]}."
            )


def _is_given(name):
    """Whether an option stands on the command line."""
    source = click.get_current_context().get_parameter_source(name)
    return source is ParameterSource.COMMANDLINE


def check_not_both(name, value, other, other_value):
    """Raise a click.UsageError for two options that contradict one another."""
    if value and other_value:
        raise click.UsageError(f"Give {name} or {other}, not both.")


def new_recipe(
    recipe, run_dir, seed, epochs, seconds, options, start, freeze, data, *described
):
    """The recipe that is named, or for a folder; says what it will take here.

    Args:
        recipe: str or None.
        run_dir: `pathlib.Path`.
        seed: int.
        epochs: int or None.
        seconds: float or None.
        options: dict. Those of `trainer.train`.
        start: `Start` or None.
        freeze: int.
        data: str or None.
        *described: Those of `FOLDER_OPTIONS`.

    Returns:
        `Recipe`.
    """
    from ganzoo import backend
    from ganzoo.training import folder_recipes
    from ganzoo.training import run_folder
    from ganzoo.training.timing import planning
    from ganzoo.training.timing import summary

    scored_by, every = options["features"], options["every"]
    if data:
        folder_recipes.check_apart(data, run_dir)
        model, image_size, *others, filters, pad = described
        if start:
            image_size = start.image_size(image_size)
        base = start.recipe if start else None
        draft, survey = folder_recipes.recipe(
            data, model, image_size, *others, filters, pad, base
        )
        draft = _started(draft, start, freeze)
        run_folder.check_run(run_dir, draft, seed)
        for line in _survey_lines(survey, pad):
            click.echo(line)
        any_width = not (filters or start)
        plan = folder_recipes.plan(draft, seconds, any_width, scored_by, every)
        if epochs:
            plan = planning.with_epochs(plan, epochs)
    else:
        chosen = _started(_recipe_of_name(recipe, run_dir), start, freeze)
        run_folder.check_run(run_dir, chosen, seed)
        # Several workers would time a step together, for a line that only one needs.
        if run_folder.has_begun(run_dir) or backend.placement().workers > 1:
            return chosen
        plan = planning.measured(chosen, scored_by, options["data_dir"])
    for line in summary.lines(plan, epochs, every):
        click.echo(line)
    if seconds and plan.estimate.seconds_of_epoch(plan.recipe.passes) > seconds:
        click.echo("--time is shorter than one epoch, which is trained whole")
    return plan.recipe


def _started(recipe, start, freeze):
    if start is None:
        return recipe
    return recipe.begin_with(start.name, freeze, start.model.licence)


def _survey_lines(survey, pad):
    """What a folder holds, and what becomes of images that are not square."""
    from ganzoo.data.disk.survey import Survey

    yield from survey.summary_lines()
    sizes = [
        size
        for one in getattr(survey, "surveys", (survey,))
        if isinstance(one, Survey)
        for size in (one.smallest, one.median, one.largest)
    ]
    if any(width != height for width, height in sizes):
        yield (
            "images that are not square are padded with the colour of their edges"
            if pad
            else "images that are not square are cropped; --pad keeps all of them"
        )


class Start:
    """A trained model that a new run begins with.

    Args:
        source: str. A preset, a run folder, or a file of a model.
    """

    def __init__(self, source):
        from ganzoo.evaluation.model_source import ModelSource
        from ganzoo.presets import registry

        found = ModelSource.find(source)
        self.model = found.model if found else registry.open_model(source)
        self.recipe = found.recipe if found else None
        self.name = name_of_start(source)
        if self.recipe:
            for option in click.get_current_context().command.params:
                if option.name in NETWORK_OPTIONS and _is_given(option.name):
                    raise click.UsageError(
                        f"Leave out {option.opts[0]}: the networks are those of "
                        f"--from. Received: --from {source}."
                    )

    def image_size(self, given):
        """The size of the model's images, which must be the one that is asked for."""
        height, width, _ = self.model.image_shape
        if given not in (None, height) or height != width:
            raise ValueError(
                f"Leave out `image_size`: the trained model has images of "
                f"{width}×{height}. Received: image_size={given}."
            )
        return height


def name_of_start(source):
    """What a recipe calls a trained model: a preset by its name, else by its path."""
    from ganzoo.presets import registry

    if source is None or source in registry.names():
        return source
    return str(pathlib.Path(source).expanduser().resolve())


def is_resumable(run_dir, data):
    """Whether there is a run to go on with; given data, one for them or that moved."""
    from ganzoo.training import recipes
    from ganzoo.training import run_folder

    if run_folder.has_begun(run_dir):
        return True
    path = run_dir / "recipe.toml"
    if not (data and path.is_file()):
        return path.is_file()
    with contextlib.suppress(ValueError):
        chosen = recipes.load(path)
        return chosen.place is not None and chosen.move(data).place == chosen.place
    return False


def recipe_of_run(run_dir, seed, source, freeze, data, *described):
    """The recipe and the seed of a run that is to go on, perhaps with moved images."""
    from ganzoo.training import folder_recipes
    from ganzoo.training import run_folder

    chosen = run_folder.load_recipe(run_dir)
    if not _is_given("seed"):
        seed = run_folder.load_seed(run_dir)
    run_folder.check_run(run_dir, chosen, seed)
    fine_tuning = {"source": name_of_start(source), "freeze": freeze} if source else {}
    if data:
        given = {
            name: value
            for name, value in zip(FOLDER_OPTIONS, described)
            # What makes networks small is another option.
            if _is_given(name) or name == "filters" and value
        }
        folder_recipes.check_settings(chosen, **given, **fine_tuning)
        folder_recipes.check_apart(data, run_dir)
        chosen = chosen.move(data)
    return chosen, seed


def _recipe_of_name(recipe, run_dir):
    """The recipe that is named."""
    from ganzoo.training import recipes

    if recipe:
        return recipes.load(recipe, may_import=True)
    raise click.UsageError(
        f"{NOTHING} Received: --run-dir {str(run_dir)!r}, which holds no run."
    )
