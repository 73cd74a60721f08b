"""The `ganzoo` command: thin, every verb is one call into the package."""

import json
import pathlib
import sys
import warnings

import click

from ganzoo.callbacks import DivergedError


class _Messages(click.Group):
    """Shows errors and warnings of the package as messages, not as lines of code."""

    def invoke(self, context):
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _show_warning
                return super().invoke(context)
        except (ValueError, DivergedError) as error:
            raise click.ClickException(str(error)) from error


def _show_warning(message, *args, **kwargs):
    click.echo(f"Warning: {message}", err=True)


@click.group(cls=_Messages, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="keras-ganzoo", prog_name="ganzoo")
def main():
    """Train, sample and score generative adversarial networks.

    \b
    Examples:
      ganzoo list
      ganzoo train dcgan_fashion_mnist_10k --run-dir runs/dcgan
      ganzoo generate runs/dcgan --out samples.png
      ganzoo evaluate runs/dcgan
      ganzoo benchmark
    """


@main.command("list")
def list_():
    """List the recipes to train, and the presets that are trained already.

    \b
    Example:
      ganzoo list
    """
    from ganzoo import presets
    from ganzoo import recipes

    click.echo("Recipes, for `ganzoo train`:")
    for name in recipes.names():
        recipe = recipes.load(name)
        authors, url = recipes.paper(recipe.variant)
        click.echo(f"{name:32} {recipe.variant:8} {authors}, {url}")
    click.echo("\nPresets, for `ganzoo info`, `generate` and `ganzoo.from_preset`:")
    for name in presets.names():
        facts = presets.record(name)
        click.echo(f"{name:32} {facts['class']:8} {facts['size'] / 1e6:.1f} MB")
    if not presets.names():
        click.echo("none in this version")


@main.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="The record, for machines.")
def info(name, as_json):
    """Show the model card of the preset NAME, or of the folder of one.

    \b
    Examples:
      ganzoo info dcgan_fashion_mnist
      ganzoo info my_preset --json
    """
    from ganzoo import cards
    from ganzoo import presets

    facts = presets.record(name)
    click.echo(json.dumps(facts) if as_json else cards.render(name, facts))


@main.command()
@click.argument("name")
def download(name):
    """Fetch the preset NAME, once, for where there is no network later.

    Where to look, the environment variable GANZOO_WEIGHTS_URL may say: an address, or
    a folder. The file is used only if its sha256 is the one in the package.

    \b
    Example:
      ganzoo download dcgan_fashion_mnist
    """
    from ganzoo import presets

    click.echo(f"Model: {presets.download(name)}")


@main.command()
@click.argument("run_dir", type=click.Path(path_type=pathlib.Path))
@click.option("--name", help="Name of the preset.  [default: that of the recipe]")
@click.option(
    "--scores",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path),
    help="File with a score of it, from `ganzoo evaluate --json`. May be repeated.",
)
def publish(run_dir, **options):
    """Add the model in RUN_DIR, a finished run, to the presets of this checkout.

    \b
    Example:
      ganzoo evaluate runs/dcgan --json > fid.json
      ganzoo publish runs/dcgan --scores fid.json
    """
    from ganzoo import publishing

    click.echo(f"Model: {publishing.publish(run_dir, **options)}")


@main.command()
@click.argument("recipe", required=False)
@click.option(
    "--run-dir",
    type=click.Path(path_type=pathlib.Path),
    required=True,
    help="Folder for the model, its history and its samples.",
)
@click.option("--data", help="Folder of your own pictures, instead of a recipe.")
@click.option(
    "--model",
    default="dcgan",
    show_default=True,
    help="With --data: gan, dcgan, lsgan, wgan_gp, cgan or bigan; pix2pix for pairs.",
)
@click.option(
    "--image-size",
    type=int,
    default=64,
    show_default=True,
    help="With --data: 28, 32, 64, 128 or 256 pixels.",
)
@click.option(
    "--batch-size",
    type=click.IntRange(2),
    help="With --data: pictures in an update of the discriminator.",
)
@click.option("--seed", default=0, show_default=True, help="Seed of all draws.")
@click.option(
    "--epochs", type=click.IntRange(1), help="Instead of those of the recipe."
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
@click.option("--tensorboard", is_flag=True, help="Write files for TensorBoard, too.")
def train(
    recipe, run_dir, data, model, image_size, batch_size, seed, epochs, **options
):
    """Train RECIPE, a name of `ganzoo list` or the path of a TOML file.

    Or train on a folder of your own pictures, by --data: they are checked and decoded
    first, and the settings that suit them are printed, with the time that it will take.
    The pairs of pix2pix are side by side, the source in the left half of each file, or
    in two sub-folders under equal names, of which the first in sorted order has the
    sources.

    Killed and started again, it goes on after its last finished epoch; so does a run
    folder alone.

    \b
    Examples:
      ganzoo train dcgan_fashion_mnist_10k --run-dir runs/dcgan
      ganzoo train my_recipe.toml --run-dir runs/mine --seed 1 --epochs 50
      ganzoo train --data ./pictures --model wgan_gp --run-dir runs/products
      ganzoo train --data ./pictures --run-dir runs/mine --score inception --patience 4
      ganzoo train --data ./facades --model pix2pix --run-dir runs/facades
      ganzoo train --run-dir runs/products
    """
    from ganzoo import own_pictures
    from ganzoo import recipes
    from ganzoo import runs
    from ganzoo import training

    if recipe and data:
        raise click.UsageError(
            "A recipe names its data itself: give RECIPE or --data, not both. "
            f"Received: {recipe!r} and --data {data!r}."
        )
    runs.check_place(run_dir)
    training.check_options(options["features"], options["patience"])
    if data:
        chosen, survey = own_pictures.recipe(data, model, image_size, batch_size)
        runs.check_run(run_dir, chosen, seed)
        for line in survey.in_words():
            click.echo(line)
        for line in own_pictures.in_words(chosen, epochs):
            click.echo(line)
    elif recipe:
        chosen = recipes.load(recipe)
    elif (run_dir / "recipe.toml").is_file():
        chosen, seed = runs.load_recipe(run_dir), runs.load_seed(run_dir)
    else:
        raise click.UsageError(
            "There is nothing to train: give RECIPE, a name of `ganzoo list`; --data, "
            "a folder of pictures; or the --run-dir of a run that is to go on. "
            f"Received: --run-dir {str(run_dir)!r}, which holds no run."
        )
    try:
        training.train(chosen, run_dir, seed, epochs, **options)
    except KeyboardInterrupt:
        done = runs.count_epochs(run_dir)
        click.echo(
            f"\nStopped after {done} of {epochs or chosen.epochs} epochs, which are "
            f"saved. To go on: ganzoo train --run-dir {run_dir}"
        )
        raise SystemExit(130) from None
    click.echo(f"Model and samples: {run_dir}")


@main.command()
@click.argument("source")
@click.option("-n", "--count", type=click.IntRange(1), default=64, show_default=True)
@click.option("--seed", type=int, help="For the same pictures again.")
@click.option("--label", type=int, help="Class to draw, for a conditional model.")
@click.option(
    "--out",
    type=click.Path(path_type=pathlib.Path),
    default="samples.png",
    show_default=True,
    help="A .png sheet; .npy or .npz for the uint8 array; .zip of PNG files, or a new "
    "folder of them.",
)
def generate(source, count, **options):
    """Draw pictures from the model of SOURCE: a run folder, or a preset.

    A preset is a name of `ganzoo list`, or a folder of one.

    \b
    Examples:
      ganzoo generate runs/dcgan --out samples.png
      ganzoo generate dcgan_fashion_mnist --out samples.png
      ganzoo generate runs/cgan --label 3 -n 10 --seed 0 --out dresses.png
      ganzoo generate runs/dcgan -n 1000000 --out samples.npz
    """
    from ganzoo import drawing
    from ganzoo import presets

    drawing.generate(presets.open_model(source), count, **options)
    click.echo(f"{count} pictures: {options['out']}")


@main.command()
@click.argument("source")
@click.option(
    "--pictures",
    type=click.IntRange(2),
    default=6,
    show_default=True,
    help="Latents of a film, or rows of a sheet.",
)
@click.option(
    "--steps",
    type=click.IntRange(2),
    default=10,
    show_default=True,
    help="Pictures on each way.",
)
@click.option(
    "--spherical", is_flag=True, help="Turn evenly instead of going straight."
)
@click.option("--seed", default=0, show_default=True)
@click.option("--label", type=int, help="Class to draw, for a conditional model.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    default="interpolation.gif",
    show_default=True,
    help="A .gif, .webp or .mp4 film, or a .png sheet. MP4 needs keras-ganzoo[video].",
)
def interpolate(source, **options):
    """Draw the ways between latents of the model of SOURCE, as for `generate`.

    \b
    Examples:
      ganzoo interpolate runs/dcgan
      ganzoo interpolate runs/dcgan --spherical --steps 30 --out film.mp4
      ganzoo interpolate runs/dcgan --out rows.png
    """
    from ganzoo import drawing
    from ganzoo import presets

    drawing.interpolate(presets.open_model(source), **options)
    click.echo(f"Interpolation: {options['out']}")


@main.command()
@click.argument("source")
@click.argument("terms")
@click.option(
    "-n",
    "--count",
    type=click.IntRange(1),
    default=64,
    show_default=True,
    help="Pictures to choose from.",
)
@click.option("--seed", default=0, show_default=True, help="That of their sheet.")
@click.option("--label", type=int, help="Class to draw, for a conditional model.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    default="arithmetic.png",
    show_default=True,
)
def arithmetic(source, terms, **options):
    """Draw sums and differences of pictures of the model of SOURCE.

    TERMS are numbers of pictures on a sheet of `generate` with the same --count and
    --seed, from 0, row by row; by commas where their mean is meant.

    \b
    Example:
      ganzoo generate runs/dcgan --seed 0 --out sheet.png
      ganzoo arithmetic runs/dcgan "3,17,22 - 5,9,11 + 2,8,30" --seed 0
    """
    from ganzoo import drawing
    from ganzoo import presets

    drawing.arithmetic(presets.open_model(source), terms, **options)
    click.echo(f"Terms and sum: {options['out']}")


_new_folder = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=pathlib.Path),
    required=True,
    help="New folder for the PNG files.",
)


@main.command()
@click.argument("source")
@click.argument("pictures")
@_new_folder
@click.option("--seed", type=int, help="For the same dropout again.")
def translate(source, pictures, out, seed):
    """Translate the folder PICTURES by the pix2pix model of SOURCE.

    \b
    Example:
      ganzoo translate runs/pix2pix sketches --out translated
    """
    from ganzoo import drawing
    from ganzoo import presets

    count = drawing.translate(presets.open_model(source), pictures, out, seed)
    click.echo(f"{count} pictures: {out}")


@main.command()
@click.argument("source")
@click.argument("pictures")
@_new_folder
def reconstruct(source, pictures, out):
    """Write G(E(x)) of the folder PICTURES, by the BiGAN of SOURCE.

    \b
    Example:
      ganzoo reconstruct bigan_fashion_mnist clothes --out reconstructed
    """
    from ganzoo import drawing
    from ganzoo import presets

    count = drawing.reconstruct(presets.open_model(source), pictures, out)
    click.echo(f"{count} pictures: {out}")


@main.command()
@click.argument("samples")
@click.argument("reference", required=False)
@click.option(
    "--features",
    default="inception",
    show_default=True,
    help="Network that looks at the pictures: inception, fashion-classifier, "
    "mnist-classifier or stacked-mnist-classifier.",
)
@click.option(
    "--scores",
    help="Only these, like fid,kid: fid, kid, inception_score, prdc, fid_infinity, "
    "modes, memorisation, l1, psnr, ssim.  [default: all that apply]",
)
@click.option("--train", help="Training pictures, to tell copies of them.")
@click.option(
    "--neighbours",
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    help="Write a .png of samples beside their nearest training pictures.",
)
@click.option(
    "-n",
    "--count",
    type=click.IntRange(2),
    help="Pictures drawn from a run folder.  [default: 10000, or all translations]",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Seed of those.",
)
@click.option(
    "--data-dir",
    type=click.Path(exists=True, file_okay=False, path_type=pathlib.Path),
    help="Folder of the data sets' raw files, where there is no network.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
def evaluate(samples, reference, as_json, scores, **options):
    """Score SAMPLES against REFERENCE, real pictures.

    Each is a folder of pictures of one size, a .npy or .npz file of uint8 pictures, a
    file of statistics, a data set and its split, or a run folder or a preset, which
    bring a reference of their own: the test pictures of their data.

    \b
    Examples:
      ganzoo evaluate runs/dcgan
      ganzoo evaluate my_samples cifar10:test
      ganzoo evaluate samples.npy real_pictures --scores fid,kid --json
      ganzoo evaluate runs/dcgan --features fashion-classifier
      ganzoo evaluate runs/dcgan --train fashion_mnist:train --neighbours near.png
    """
    from ganzoo import evaluation
    from ganzoo.evaluation import table

    record = evaluation.evaluate(
        samples,
        reference,
        scores=None if scores is None else [s.strip() for s in scores.split(",")],
        verbose=1,
        **options,
    )
    click.echo(table.as_json(record) if as_json else table.render(record))


@main.command()
@click.argument("pictures")
@click.argument("out", type=click.Path(dir_okay=False, path_type=pathlib.Path))
@click.option("--features", default="inception", show_default=True)
@click.option(
    "--data-dir",
    type=click.Path(exists=True, file_okay=False, path_type=pathlib.Path),
    help="Folder of the data sets' raw files, where there is no network.",
)
def statistics(pictures, out, features, data_dir):
    """Write the statistics of PICTURES to OUT, an .npz file.

    They stand for the pictures in `ganzoo evaluate`; pytorch-fid reads them too.

    \b
    Example:
      ganzoo statistics real_pictures real.npz
    """
    from ganzoo import evaluation

    evaluation.save_statistics(pictures, out, features, data_dir, verbose=1)
    click.echo(f"Statistics: {out}")


@main.command()
@click.argument("what", type=click.Choice(["inception"]))
def fetch(what):
    """Fetch the network that the FID is defined by, once.

    \b
    Example:
      ganzoo fetch inception
    """
    from ganzoo.features import inception_weights

    click.echo(f"Weights: {inception_weights.fetch()}")


@main.command()
@click.option(
    "--suite",
    default="quick",
    show_default=True,
    help="What to compare: quick, fashion_mnist, mnist or cifar10.",
)
@click.option("--variants", help="Only these, like GAN,DCGAN.")
@click.option(
    "--seeds",
    type=click.IntRange(1),
    help="Train each variant this often, with seeds 0, 1, 2...  [default: the suite's]",
)
@click.option(
    "--budget",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    help="Train this many times the suite's epochs, and one at least.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=pathlib.Path),
    help="Folder of runs and report.  [default: runs/SUITE]",
)
@click.option(
    "--data-dir",
    type=click.Path(exists=True, file_okay=False, path_type=pathlib.Path),
    help="Folder of the data sets' raw files, where there is no network.",
)
@click.option(
    "--train-only",
    is_flag=True,
    help="Leave scores and report to a machine that the folder is copied to.",
)
@click.option(
    "--ray",
    metavar="ADDRESS",
    help="Let a Ray cluster do the runs, in a folder that all of it sees; local starts "
    "one here. Needs keras-ganzoo[ray].",
)
def benchmark(suite, variants, **options):
    """Train all variants, score them, and write a page with table, curves and pictures.

    Interrupted and started again, it goes on; started twice, both share the work.

    \b
    Examples:
      ganzoo benchmark
      ganzoo benchmark --variants DCGAN,LSGAN --seeds 3
      ganzoo benchmark --suite fashion_mnist --seeds 5
    """
    from ganzoo.benchmark import runner

    runner.run(
        suite,
        variants=[v.strip() for v in variants.split(",")] if variants else None,
        verbose=_verbose(),
        **options,
    )


def _verbose():
    """A live bar for a person, a line for each epoch in a log."""
    return 1 if sys.stdout.isatty() else 2
