"""`ganzoo list`, `info`, `download` and `publish`: recipes, and trained models."""

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


@click.command("list")
def list_():
    """List the recipes to train, and the presets that are trained already.

    Says which need no download, as they are in the package or on this machine, and how
    long the training of a preset took.

    \b
    Example:
      ganzoo list
    """
    papers, taken = shipped.papers(), records.seconds_of_recipes()
    click.echo("Recipes, for `ganzoo train`:")
    for name in shipped.recipe_names():
        _, text = shipped.read_recipe(name)
        recipe = tomllib.loads(text)
        variant, data = recipe["model"]["class"], recipe["data"]["name"]
        authors, url = papers[variant]
        notes = ["no download"] if shipped.has_data(data) else []
        if name in taken:
            seconds, hardware = taken[name]
            notes.append(f"{format_duration(seconds)} on {hardware}")
        told = f" ({'; '.join(notes)})" if notes else ""
        click.echo(f"{name:32} {variant:8} {authors}, {url}{told}")
    click.echo("\nPresets, for `ganzoo info`, `generate` and `ganzoo.from_preset`:")
    for name in records.names():
        facts = records.record(name)
        here = ", no download" if weight_files.is_at_hand(name) else ""
        click.echo(f"{name:32} {facts['class']:8} {facts['size'] / 1e6:.1f} MB{here}")
    if not records.names():
        click.echo("none in this version")


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
def info(name, as_json):
    """Show the model card of the preset NAME, or of the folder of one; or a run.

    Of a folder of `ganzoo train`: how far it is, the last epoch, and its best one.

    \b
    Examples:
      ganzoo info dcgan_fashion_mnist
      ganzoo info runs/dcgan
      ganzoo info my_preset --json
    """
    if (pathlib.Path(name) / "recipe.toml").is_file() and name not in records.names():
        loading.load_keras()
        from ganzoo.presets import run_card

        facts, render = run_card.facts(name), run_card.render
    else:
        facts, render = records.record(name), cards.render
    click.echo(json.dumps(facts) if as_json else render(name, facts))


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
    loading.load_keras()
    from ganzoo.presets import publishing

    click.echo(f"Model: {publishing.publish(run_dir, **options)}")
