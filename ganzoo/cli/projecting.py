"""`ganzoo project` and its like: a user's own images, and a model's latents of them."""

import pathlib

import click

from ganzoo.cli import conditions
from ganzoo.cli import loading
from ganzoo.system.terminal.counts import format_count


def _open(source, options):
    """The model of SOURCE, and what conditions on the command line mean to it."""
    loading.load_keras_for(source)
    from ganzoo.presets import registry

    model = registry.open_model(source)
    return model, conditions.read(model, options)


_starts = click.option(
    "--starts",
    type=click.IntRange(1),
    default=4,
    show_default=True,
    help="Random latents that the search begins with. The best result counts.",
)
_seed = click.option(
    "--seed", default=0, show_default=True, help="Seed of the random start."
)


def _steps(default):
    return click.option(
        "--steps",
        type=click.IntRange(0),
        default=default,
        show_default=True,
        help="Steps of the search.",
    )


@click.command()
@click.argument("source")
@click.argument("images")
@click.argument("out", type=click.Path(dir_okay=False, path_type=pathlib.Path))
@click.option(
    "--images",
    "sheet",
    metavar="OUT.png",
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    help="Also draw a sheet: the first images, each beside its projection.",
)
@conditions.space
@_starts
@_steps(800)
@_seed
@conditions.known
def project(source, images, out, sheet, **options):
    """Find the latents of the images in the folder or file IMAGES.

    SOURCE is the run folder or the preset of any model that draws from latents. OUT is
    a .npz file with the arrays "latents", or "styles" of --space w, "errors" and
    "files", and with "labels", "attributes" or "codes" where the model draws by them.

    \b
    Examples:
      ganzoo project dcgan_fashion_mnist clothes latents.npz --images projected.png
      ganzoo project runs/cgan dresses latents.npz --label Dress
      ganzoo project runs/icgan faces latents.npz --set glasses=on
      ganzoo project runs/stylegan2 clothes styles.npz --space w
    """
    model, known = _open(source, options)
    from ganzoo.visualization import projection

    found = projection.project(model, images, out, sheet, **known, **options)
    median, worst = sorted(found)[len(found) // 2], min(found)
    click.echo(f"{format_count(len(found), 'latent')}: {out}")
    click.echo(f"PSNR of the projections: median {median:.1f} dB, worst {worst:.1f} dB")
    if sheet:
        click.echo(f"Comparison: {sheet}")


@click.command()
@click.argument("source")
@click.argument("image")
@click.argument("strokes")
@click.argument("out", type=click.Path(dir_okay=False, path_type=pathlib.Path))
@click.option(
    "--prior-weight",
    type=click.FloatRange(0),
    default=1.0,
    show_default=True,
    help="How much to keep of the image. Less follows the strokes more.",
)
@_starts
@_steps(800)
@_seed
@conditions.known
def paint(source, image, strokes, out, **options):
    """Change an image by strokes, as the model can draw it.

    IMAGE is a file, and STROKES a PNG file of the same shape. It is opaque where you
    paint, and transparent where the model is free. OUT is the result, a PNG file of the
    model's size. A sheet that compares it is written beside it: OUT_comparison.png.

    \b
    Example:
      ganzoo paint dcgan_fashion_mnist shirt.png sleeves.png painted.png
    """
    model, known = _open(source, options)
    from ganzoo.visualization import projection

    sheet = projection.paint(model, image, strokes, out, **known, **options)
    click.echo(f"Result: {out}")
    click.echo(f"Comparison: {sheet}")


@click.command()
@click.argument("source")
@click.argument("images")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    default="scores.csv",
    show_default=True,
    help="A .csv file of the files and their scores, the strangest first.",
)
@click.option(
    "--sheet",
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    default="anomalies.png",
    show_default=True,
    help="A .png sheet of the strangest images.",
)
@click.option(
    "--by",
    type=click.Choice(["search", "encoder"]),
    help="How latents are found. A model with an encoder, like BiGAN, has both. "
    "Default: search, and FAnoGAN's encoder.",
)
@click.option(
    "--feature-weight",
    type=click.FloatRange(0),
    help="Weight of the discriminator's features. Default: 0.1, and the rest of 1 for "
    "the pixels; FAnoGAN's own.",
)
@click.option(
    "--normal",
    metavar="FOLDER",
    help="Sub-folder of IMAGES with normal images. Prints how well the scores tell the "
    "others from them: the AUROC.",
)
@_steps(500)
@_seed
@conditions.known
def anomalies(source, images, **options):
    """Score how strange the images of a folder are to a model.

    IMAGES is the folder. SOURCE is the run folder or the preset of a model that was
    trained on normal images. Scores compare images under one model only.

    \b
    Examples:
      ganzoo anomalies dcgan_fashion_mnist clothes
      ganzoo anomalies bigan_fashion_mnist clothes --by encoder --out scores.csv
      ganzoo anomalies runs/mine test --normal good
    """
    model, known = _open(source, options)
    from ganzoo.visualization import anomalies

    scores, area = anomalies.find(model, images, **known, **options)
    click.echo(f"{format_count(len(scores), 'score')}: {options['out']}")
    click.echo(f"Strangest images: {options['sheet']}")
    if area is not None:
        click.echo(f"AUROC: {100 * area:.1f} %")
