"""`ganzoo train`."""

import pathlib
import re
import shlex

import click

from ganzoo.cli import loading
from ganzoo.cli import new_runs
from ganzoo.system import durations
from ganzoo.system import shipped

# What the command was called with, in the `meta` of its context.
ARGUMENTS = "ganzoo.arguments"
# In the file of a variant: its settings for a folder, or those of what it derives from.
FOR_FOLDERS = re.compile(
    r"def settings_for_folder|^from ganzoo\.models\.", re.MULTILINE
)
# The variants for folders, by the names of their files: to import them takes seconds.
MODELS = [
    path.stem
    for path in shipped.model_files()
    if FOR_FOLDERS.search(path.read_text("utf-8"))
]


class _Time(click.ParamType):
    """Seconds, given like 1h30m."""

    name = "time"

    def convert(self, value, param, context):
        try:
            return durations.parse(value)
        except ValueError as error:
            self.fail(str(error), param, context)


@click.command()
@click.argument("recipe", required=False)
@click.option(
    "--run-dir",
    type=click.Path(path_type=pathlib.Path),
    help="Folder for the model, its history and its samples.  [default: runs/RECIPE, "
    "or runs/FOLDER-MODEL with --data]",
)
@click.option(
    "--data",
    help="Folder of your own images, or of shards, instead of a recipe. If the images "
    "of a run have moved: where they are now.",
)
@click.option(
    "--model",
    help=f"With --data, one of: {', '.join(MODELS)}. pix2pix trains on pairs of "
    "images, cogan and cyclegan on two sub-folders, predictive_gan on clips, and "
    "gan_cls on images with captions.csv.  [default: dcgan]",
)
@click.option(
    "--image-size",
    type=int,
    help="With --data: 28, 32, 64, 128 or 256 pixels.  [default: 64, or as in shards]",
)
@click.option(
    "--batch-size",
    type=click.IntRange(2),
    help="With --data: images in each update of the discriminator.",
)
@click.option(
    "--bit-depth",
    type=click.IntRange(1, 16),
    default=16,
    show_default=True,
    help="With --data: bits that 16-bit grey files use; 12 scales 0..4095 to 0..255.",
)
@click.option(
    "--pad",
    is_flag=True,
    help="With --data: pad images that are not square with the colour of their edges, "
    "instead of cropping them.",
)
@click.option(
    "--from",
    "source",
    metavar="PRESET|RUN|FILE",
    help="Begin with the weights of a trained model; with --data, its networks and "
    "image size, too.",
)
@click.option(
    "--freeze",
    type=click.IntRange(1),
    help="With --from: lower layers of the discriminator that are not trained, as in "
    "FreezeD.",
)
@click.option(
    "--time",
    "seconds",
    type=_Time(),
    help="With --data: how long to train, like 20m, 2h or 1h30m. ganzoo chooses width, "
    "passes and epochs for it.  [default: 8h at most]",
)
@click.option(
    "--filters",
    type=click.IntRange(1),
    help="With --data: width of the networks; the papers have 64. By default ganzoo "
    "chooses one that fits the time.",
)
@click.option(
    "--small",
    is_flag=True,
    help="With --data: networks of a quarter of the usual width.",
)
@click.option("--seed", default=0, show_default=True, help="Seed of all draws.")
@click.option(
    "--epochs", type=click.IntRange(1), help="Epochs, instead of the recipe's."
)
@click.option(
    "--learning-rate",
    type=click.FloatRange(0, min_open=True),
    help="Learning rate of both networks from the next epoch on.",
)
@click.option(
    "--data-dir",
    type=click.Path(exists=True, file_okay=False, path_type=pathlib.Path),
    help="Folder with the raw files of the dataset, to load it without a network.",
)
@click.option(
    "--score",
    "features",
    metavar="FEATURES",
    help="Score the model on held-out images during training, with inception or "
    "another network of `ganzoo evaluate`. The best model is kept beside the last.",
)
@click.option(
    "--score-every",
    "every",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="With --score: epochs between two scores.",
)
@click.option(
    "--patience",
    type=click.IntRange(1),
    help="With --score: stop after so many evaluations without improvement.",
)
@click.option(
    "--devices",
    type=click.IntRange(1),
    help="Split each batch between so many accelerators, or virtual devices of a "
    "processor if there are none.",
)
@click.option(
    "--workers",
    default="",
    metavar="HOST:PORT,...",
    help="Split each batch between processes at these addresses. Start each with the "
    "same options except --worker. All need the run folder; the first one writes.",
)
@click.option(
    "--worker",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="With --workers: the index of this process, from 0.",
)
@click.option("--tensorboard", is_flag=True, help="Also write logs for TensorBoard.")
def train(
    recipe,
    run_dir,
    data,
    model,
    image_size,
    batch_size,
    bit_depth,
    pad,
    source,
    freeze,
    seconds,
    filters,
    small,
    seed,
    epochs,
    devices,
    workers,
    worker,
    **options,
):
    """Train RECIPE, or train on your own images with --data.

    RECIPE is a name of `ganzoo list` or the path of a TOML file.

    To train on a folder of your own images, use --data: ganzoo checks and decodes them,
    times a step, and chooses settings with which the training ends within 8 hours here,
    or within --time. It prints them. An epoch shows each image once or several times,
    and ends with a sheet of samples. pix2pix takes pairs: side by side in each file
    with the source on the left, or in two sub-folders with equal file names, sources in
    the first one. cogan and cyclegan take two sub-folders of any images, one for each
    domain.

    The same command resumes an interrupted run after its last finished epoch. So does
    `ganzoo train --run-dir RUN`. If the images of a run have moved, add --data.

    \b
    Examples:
      ganzoo train dcgan_fashion_mnist_10k
      ganzoo train my_recipe.toml --run-dir runs/mine --seed 1 --epochs 50
      ganzoo train --data ./pictures --model wgan_gp --run-dir runs/products
      ganzoo train --data ./pictures --time 20m
      ganzoo train --data ./pictures --from dcgan_fashion_mnist
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
    new_runs.check_given((*new_runs.FOLDER_OPTIONS, "seconds", "small"), "data", data)
    new_runs.check_not_both("--filters", filters, "--small", small)
    new_runs.check_not_both("--time", seconds, "--epochs", epochs)
    new_runs.check_not_both("--time", seconds, "--workers", workers)
    filters = "small" if small else filters
    new_runs.check_given(("every",), "score", options["features"])
    new_runs.check_given(("freeze",), "from", source)
    if source and not (recipe or data):
        raise click.UsageError(
            "A run that goes on has begun already: give --from with RECIPE or --data. "
            f"Received: --from {source}."
        )
    if recipe:
        shipped.read_recipe(recipe)
    elif not (data or run_dir):
        raise click.UsageError(f"{new_runs.NOTHING} Received: none of them.")
    loading.load_keras()
    from ganzoo.backend import multi_device
    from ganzoo.training import run_folder
    from ganzoo.training import trainer

    run_dir = run_dir or new_runs.default_run_dir(recipe, data, model)
    run_folder.check_writable(run_dir)
    # Around all that computes: afterwards a backend's devices are what they are.
    with multi_device.use(devices, workers.split(",") if workers else (), worker):
        trainer.check_options(options["features"], options["patience"])
        described = (data, model, image_size, batch_size, bit_depth, filters, pad)
        start = None
        if not recipe and new_runs.is_resumable(run_dir, data):
            chosen, seed = new_runs.recipe_of_run(
                run_dir, seed, source, freeze or 0, *described
            )
            epochs = epochs or run_folder.load_epochs(run_dir)
            if seconds:
                click.echo(
                    f"--time is of new runs: this one has {chosen.epochs} epochs"
                )
        else:
            start = new_runs.Start(source) if source else None
            length = epochs, seconds, options
            chosen = new_runs.new_recipe(
                recipe, run_dir, seed, *length, start, freeze or 0, *described
            )
        if chosen.start and not run_folder.has_begun(run_dir):
            start = start or new_runs.Start(chosen.start)
        wanted = epochs or chosen.epochs, chosen.stages
        if done := new_runs.line_of_finished(run_dir, *wanted):
            click.echo(done)
        if options["learning_rate"]:
            click.echo(f"learning rate {options['learning_rate']:g} for both players")
        try:
            model = start.model if start else None
            trainer.train(chosen, run_dir, seed, epochs, start=model, **options)
        except KeyboardInterrupt:
            saved = new_runs.format_saved(run_dir, chosen, epochs or chosen.epochs)
            again = click.get_current_context().meta[ARGUMENTS]
            click.echo(
                f"\nStopped {saved}. To go on, the same again: "
                f"ganzoo {shlex.join(again)}"
            )
            raise SystemExit(130) from None
    for line in new_runs.next_lines(run_dir, chosen):
        click.echo(line)
