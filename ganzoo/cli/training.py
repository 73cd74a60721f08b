"""`ganzoo train`."""

import pathlib
import shlex

import click
from click.core import ParameterSource

from ganzoo.cli import loading
from ganzoo.system import shipped

# What the command was called with, in the `meta` of its context.
ARGUMENTS = "ganzoo.arguments"
# The variants, by the names of their files: to import them takes seconds.
MODELS = [path.stem for path in shipped.model_files()]
# What describes a folder of pictures: a recipe, or a run that goes on, says it itself.
FOLDER_OPTIONS = ("model", "image_size", "batch_size", "bit_depth")


@click.command()
@click.argument("recipe", required=False)
@click.option(
    "--run-dir",
    type=click.Path(path_type=pathlib.Path),
    required=True,
    help="Folder for the model, its history and its samples.",
)
@click.option(
    "--data",
    help="Folder of your own pictures, or of shards, instead of a recipe; for a run "
    "that is to go on, where they are now.",
)
@click.option(
    "--model",
    help=f"With --data, one of: {', '.join(MODELS)}. pix2pix is for pairs, and dcgan "
    "what is trained if there is no other.",
)
@click.option(
    "--image-size",
    type=int,
    help="With --data: 28, 32, 64, 128 or 256 pixels.  [default: 64, or as in shards]",
)
@click.option(
    "--batch-size",
    type=click.IntRange(2),
    help="With --data: pictures in an update of the discriminator.",
)
@click.option(
    "--bit-depth",
    type=click.IntRange(1, 16),
    default=16,
    show_default=True,
    help="With --data: bits that 16-bit grey files use; 12 scales 0..4095 to 0..255.",
)
@click.option("--seed", default=0, show_default=True, help="Seed of all draws.")
@click.option(
    "--epochs", type=click.IntRange(1), help="Instead of those of the recipe."
)
@click.option(
    "--learning-rate",
    type=click.FloatRange(0, min_open=True),
    help="Of both players from the next epoch on, instead of that of the recipe.",
)
@click.option(
    "--data-dir",
    type=click.Path(exists=True, file_okay=False, path_type=pathlib.Path),
    help="Folder of the data set's raw files, where there is no network.",
)
@click.option(
    "--score",
    "features",
    metavar="FEATURES",
    help="Score held-out pictures while it trains, by inception or another network of "
    "`ganzoo evaluate`; the best epoch's model is kept beside the last.",
)
@click.option(
    "--score-every",
    "every",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="With --score: after every so many epochs.",
)
@click.option(
    "--patience",
    type=click.IntRange(1),
    help="With --score: stop after so many scores without a better one.",
)
@click.option(
    "--devices",
    type=click.IntRange(1),
    help="Share each batch between so many accelerators, or virtual devices of a "
    "processor where there are none.",
)
@click.option(
    "--workers",
    default="",
    metavar="HOST:PORT,...",
    help="Share it with processes at these addresses, each started with the same "
    "options but for --worker; all see the run folder, and the first one writes.",
)
@click.option(
    "--worker",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="With --workers: which of them this is, from 0.",
)
@click.option("--tensorboard", is_flag=True, help="Write files for TensorBoard, too.")
def train(
    recipe,
    run_dir,
    data,
    model,
    image_size,
    batch_size,
    bit_depth,
    seed,
    epochs,
    devices,
    workers,
    worker,
    **options,
):
    """Train RECIPE, a name of `ganzoo list` or the path of a TOML file.

    Or train on a folder of your own pictures, by --data: they are checked and decoded
    first, and the settings that suit them are printed, with the time that it will take.
    The pairs of pix2pix are side by side, the source in the left half of each file, or
    in two sub-folders under equal names, of which the first in sorted order has the
    sources.

    Killed and started again, it goes on after its last finished epoch; so does a run
    folder alone, for as many epochs as its recipe has. If its images have moved, --data
    says where they are now.

    \b
    Examples:
      ganzoo train dcgan_fashion_mnist_10k --run-dir runs/dcgan
      ganzoo train my_recipe.toml --run-dir runs/mine --seed 1 --epochs 50
      ganzoo train --data ./pictures --model wgan_gp --run-dir runs/products
      ganzoo train --data ./pictures --run-dir runs/mine --score inception --patience 4
      ganzoo train --data ./pairs --model pix2pix --run-dir runs/pairs
      ganzoo train --run-dir runs/products
      ganzoo train --run-dir runs/products --epochs 300 --learning-rate 5e-5
      ganzoo train --run-dir runs/products --data ./moved/pictures
      ganzoo train dcgan_fashion_mnist --run-dir runs/dcgan --devices 4
    """
    if recipe and data:
        raise click.UsageError(
            "A recipe names its data itself: give RECIPE or --data, not both. "
            f"Received: {recipe!r} and --data {data!r}."
        )
    _check_given(FOLDER_OPTIONS, "data", data)
    _check_given(("every",), "score", options["features"])
    if recipe:
        shipped.read_recipe(recipe)
    loading.load_keras()
    from ganzoo.backend import multi_device
    from ganzoo.training import run_folder
    from ganzoo.training import trainer

    run_folder.check_writable(run_dir)
    # Around all that computes: afterwards a backend's devices are what they are.
    with multi_device.use(devices, workers.split(",") if workers else (), worker):
        trainer.check_options(options["features"], options["patience"])
        described = (data, model, image_size, batch_size, bit_depth)
        if not recipe and _is_resumable(run_dir, data):
            chosen, seed = _recipe_of_run(run_dir, seed, *described)
        elif data:
            chosen = _recipe_of_folder(run_dir, seed, epochs, options, *described)
        else:
            chosen = _recipe_of_name(recipe, run_dir)
        if options["learning_rate"]:
            click.echo(f"learning rate {options['learning_rate']:g} for both players")
        try:
            trainer.train(chosen, run_dir, seed, epochs, **options)
        except KeyboardInterrupt:
            done, wanted = run_folder.count_epochs(run_dir), epochs or chosen.epochs
            saved = (
                f"after {done} of {wanted} epochs, which are saved"
                if done
                else "within the first epoch, of which nothing is kept"
            )
            again = click.get_current_context().meta[ARGUMENTS]
            click.echo(
                f"\nStopped {saved}. To go on, the same again: "
                f"ganzoo {shlex.join(again)}"
            )
            raise SystemExit(130) from None
    click.echo(f"Model and samples: {run_dir}")


def _check_given(names, needed, value):
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


def _recipe_of_folder(run_dir, seed, epochs, options, *described):
    """The recipe for a folder of pictures, which is told with what it will take."""
    from ganzoo.training import folder_recipes
    from ganzoo.training import run_folder

    folder_recipes.check_apart(described[0], run_dir)
    chosen, survey = folder_recipes.recipe(*described)
    run_folder.check_run(run_dir, chosen, seed)
    for line in survey.summary_lines():
        click.echo(line)
    scoring = options["features"], options["every"]
    for line in folder_recipes.summary_lines(chosen, epochs, *scoring):
        click.echo(line)
    return chosen


def _is_resumable(run_dir, data):
    """Whether there is a run to go on with; given data, one that has seen others."""
    from ganzoo.training import run_folder

    return (
        run_folder.has_begun(run_dir) if data else (run_dir / "recipe.toml").is_file()
    )


def _recipe_of_run(run_dir, seed, data, *described):
    """The recipe and the seed of a run that is to go on, perhaps with moved images."""
    from ganzoo.training import folder_recipes
    from ganzoo.training import run_folder

    chosen = run_folder.load_recipe(run_dir)
    if not _is_given("seed"):
        seed = run_folder.load_seed(run_dir)
    run_folder.check_run(run_dir, chosen, seed)
    if data:
        given = zip(FOLDER_OPTIONS, described)
        folder_recipes.check_settings(
            chosen, **{name: value for name, value in given if _is_given(name)}
        )
        folder_recipes.check_apart(data, run_dir)
        chosen = chosen.move(data)
    return chosen, seed


def _recipe_of_name(recipe, run_dir):
    """The recipe that is named."""
    from ganzoo.training import recipes

    if recipe:
        return recipes.load(recipe)
    raise click.UsageError(
        "There is nothing to train: give RECIPE, a name of `ganzoo list`; --data, "
        "a folder of pictures; or the --run-dir of a run that is to go on. "
        f"Received: --run-dir {str(run_dir)!r}, which holds no run."
    )
