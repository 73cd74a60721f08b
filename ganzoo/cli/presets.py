"""`ganzoo list`, `info`, `download`, `convert` and `publish`: trained models."""

import json
import pathlib
import tomllib

import click

from ganzoo.cli import loading
from ganzoo.presets import cards
from ganzoo.presets import records
from ganzoo.presets import weight_files
from ganzoo.system import shipped
from ganzoo.system.durations import format_duration
from ganzoo.system.suggestions import did_you_mean
from ganzoo.system.terminal import columns
from ganzoo.system.terminal.counts import format_count
from ganzoo.system.terminal.counts import format_hardware


@click.command("list")
def list_():
    """List the recipes to train, and the trained presets.

    Says which need no download, as they are in the package or on this machine, and how
    long the training of a preset took.

    \b
    Example:
      ganzoo list
    """
    click.echo("Recipes, for `ganzoo train`:")
    for line in columns.align(_recipe_rows()):
        click.echo(line)
    click.echo("\nPresets, for `ganzoo info`, `generate` and `ganzoo.from_preset`:")
    for line in columns.align(_preset_rows()):
        click.echo(line)
    if not records.names():
        click.echo("none in this version")


def _recipe_rows():
    """Name, class, paper and notes of each recipe."""
    papers, taken = shipped.papers(), records.seconds_of_recipes()
    for name in shipped.recipe_names():
        _, text = shipped.read_recipe(name)
        recipe = tomllib.loads(text)
        variant, data = recipe["model"]["class"], recipe["data"]["name"]
        notes = ["no download"] if shipped.has_data(data) else []
        if name in taken:
            seconds, hardware = taken[name]
            notes.append(f"{format_duration(seconds)}, {format_hardware(hardware)}")
        yield name, variant, *papers[variant], "; ".join(notes)


def _preset_rows():
    """Name, class, size and notes of each preset."""
    for name in records.names():
        facts = records.record(name)
        here = "no download" if weight_files.is_at_hand(name) else ""
        yield name, facts["class"], f"{facts['size'] / 1e6:.1f} MB", here


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
def info(name, as_json):
    """Show what is known of a preset, a recipe or a run.

    NAME is a name of `ganzoo list`, the folder of a preset, or a run folder. Of a run:
    how far it is, the last epoch, and its best one.

    \b
    Examples:
      ganzoo info dcgan_fashion_mnist
      ganzoo info dcgan_fashion_mnist_10k
      ganzoo info runs/dcgan
      ganzoo info my_preset --json
    """
    facts, render = _known(name)
    click.echo(json.dumps(facts) if as_json else render(name, facts))


def _known(name):
    """The record of what has a name, and the function that renders it."""
    folder = pathlib.Path(name).expanduser()
    if records.is_shipped(name):
        return records.record(name), cards.render
    if (folder / "recipe.toml").is_file():
        loading.load_keras()
        from ganzoo.presets import run_card

        return run_card.facts(folder), run_card.render
    if name in shipped.recipe_names():
        return _recipe_facts(name), cards.render_recipe
    if (folder / records.RECORD).is_file():
        return records.record(name), cards.render
    if folder.is_dir():
        raise ValueError(
            "Pass a run folder, which has a `recipe.toml`, or the folder of a preset, "
            f"which has a `{records.RECORD}`. Received: name={name!r}, a folder "
            "without either."
        )
    known = [*records.names(), *shipped.recipe_names()]
    raise ValueError(
        f"There is no preset, recipe or folder of this name.{did_you_mean(name, known)}"
        " Pass a name of `ganzoo list`, a run folder, or the folder of a preset. "
        f"Received: name={name!r}."
    )


def _recipe_facts(name):
    _, text = shipped.read_recipe(name)
    recipe = tomllib.loads(text)
    authors, url = shipped.papers()[recipe["model"]["class"]]
    return {
        "class": recipe["model"]["class"],
        "paper": {"authors": authors, "url": url},
        "data": recipe["data"],
        "epochs": recipe["training"]["epochs"],
        "recipe": {"name": name, "text": text},
    }


@click.command()
@click.argument("name")
def download(name):
    """Download the preset NAME, to use it later without a network.

    Set GANZOO_WEIGHTS_URL to a URL or folder to load from elsewhere. The file is used
    only if its SHA-256 is the one in the package.

    \b
    Example:
      ganzoo download dcgan_fashion_mnist
    """
    click.echo(f"Model: {weight_files.download(name)}")


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=pathlib.Path),
)
@click.option(
    "--out",
    required=True,
    metavar="MODEL.keras",
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    help="File to write the model to.",
)
def convert(files, out):
    """Make a model of weights that another project has released.

    FILES is a file with a generator: of StyleGAN2-ADA for PyTorch, StudioGAN's
    StyleGAN2, BigGAN-PyTorch or R3GAN. Add the file of the discriminator if that has
    its own. No code in a file is run. Mind the licence, which is printed.

    \b
    Examples:
      ganzoo convert cifar10.pkl --out stylegan2.keras
      ganzoo convert G_ema.pth D.pth --out biggan.keras
      ganzoo generate biggan.keras
    """
    if out.suffix != ".keras":
        raise click.BadParameter("The name of the file must end with .keras.")
    loading.load_keras()
    from ganzoo.presets import converting

    model = converting.convert(*files)
    model.save(out)
    height, width, channels = model.image_shape
    of_classes = f", {model.num_classes} classes" if model.num_classes else ""
    click.echo(
        f"{type(model).__name__}: images of {width}×{height}, "
        f"{format_count(channels, 'channel')}{of_classes}"
    )
    click.echo(f"Licence of the weights: {model.licence}")
    click.echo(f"Model: {out}")


@click.command()
@click.argument("run_dir", type=click.Path(path_type=pathlib.Path))
@click.option("--name", help="Name of the preset.  [default: that of the recipe]")
@click.option(
    "--scores",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path),
    help="File with a score of it, from `ganzoo evaluate --json`. May be repeated.",
)
@click.option(
    "--half-precision",
    is_flag=True,
    help="Kernels of 16 bits: half the size. Score the preset then, not the run.",
)
def publish(run_dir, **options):
    """Add a finished run to the presets of this checkout.

    RUN_DIR is its folder.

    \b
    Example:
      ganzoo evaluate runs/dcgan --json > fid.json
      ganzoo publish runs/dcgan --scores fid.json
    """
    loading.load_keras()
    from ganzoo.presets import publishing

    click.echo(f"Model: {publishing.publish(run_dir, **options)}")
