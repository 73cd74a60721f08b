"""`ganzoo translate` and its like: what a trained model makes of a user's images."""

import pathlib

import click

from ganzoo.cli import conditions
from ganzoo.cli import loading
from ganzoo.system.terminal.counts import format_count

_out = click.option(
    "--out",
    type=click.Path(path_type=pathlib.Path),
    required=True,
    help="New folder for the PNG files or, for one image, a .png file. A sheet that "
    "compares them with their sources is written beside it: OUT_comparison.png.",
)


@click.command()
@click.argument("source")
@click.argument("images")
@_out
@click.option(
    "--to",
    metavar="NAME_OR_NUMBER",
    help="Domain of the results, a or b, for a model that translates both ways.",
)
@click.option(
    "--edges",
    is_flag=True,
    help="Translate the edges of the images, as for photographs and a model that was "
    "trained on outlines.",
)
@click.option("--seed", type=int, help="Seed of the dropout, to repeat a result.")
@click.option(
    "--batch-size",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Images whose batch statistics are computed together: 1 as in the paper. "
    "Use the training's batch size for a model trained on larger batches.",
)
def translate(source, images, out, to, edges, **options):
    """Translate images, in a folder or one, by pix2pix or CycleGAN.

    SOURCE is the run folder or the preset of the model. OUT is a new folder or, for one
    image, a .png file.

    IMAGES must look like the sources that the model was trained on. For presets of
    Fashion-MNIST these are outlines: dark lines on white. Give --edges for photographs.
    CycleGAN translates both ways: --to b takes images of the first domain, a, and makes
    images of the second, and --to a the other way.

    \b
    Examples:
      ganzoo translate runs/pix2pix sketches --out translated
      ganzoo translate pix2pix_fashion_mnist sketches --out clothes --batch-size 50
      ganzoo translate pix2pix_fashion_mnist photographs --edges --out redrawn
      ganzoo translate runs/cyclegan sketches --to b --out translated
    """
    loading.load_keras_for(source)
    from ganzoo.presets import registry
    from ganzoo.visualization import drawing
    from ganzoo.visualization import image_to_image

    model, recipe = registry.open_model(source), registry.open_recipe(source)
    if recipe and recipe.kind == "edges" and not edges:
        click.echo(
            "This model translates outlines, dark lines on white. For photographs give "
            "--edges."
        )
    to = drawing.read_domain(model, to)
    count = image_to_image.translate(model, images, out, edges=edges, to=to, **options)
    _say_where(count, out, image_to_image.comparison_path(out))


@click.command()
@click.argument("source")
@click.argument("images")
@click.argument("out", type=click.Path(path_type=pathlib.Path))
def upscale(source, images, out):
    """Enlarge images, in a folder or one, by the SRGAN of SOURCE.

    SOURCE is a run folder or a preset. Images may have any size. The sides of the
    results are as many times as long as in the training of the model, like 4. OUT is a
    new folder for PNG files or, for one image, a .png file.

    \b
    Examples:
      ganzoo upscale runs/srgan photographs enlarged
      ganzoo upscale runs/srgan icon.png large.png
    """
    loading.load_keras_for(source)
    from ganzoo.presets import registry
    from ganzoo.visualization import image_to_image

    model = registry.open_model(source)
    count = image_to_image.upscale(model, images, out)
    times = f"with sides {model.scale} times as long"
    click.echo(f"{format_count(count, 'image')} {times}: {out}")


@click.command()
@click.argument("source")
@click.argument("images")
@_out
@conditions.known
def reconstruct(source, images, out, **options):
    """Reconstruct the images in the folder or file IMAGES.

    SOURCE is the run folder or the preset of the model. A BiGAN's are G(E(x)); an
    EBGAN's or BEGAN's are those of its discriminator. For others a search finds the
    latents, as `ganzoo project` does.

    \b
    Examples:
      ganzoo reconstruct bigan_fashion_mnist clothes --out reconstructed
      ganzoo reconstruct runs/cgan dress.png --label Dress --out again.png
    """
    loading.load_keras_for(source)
    from ganzoo.presets import registry
    from ganzoo.visualization import image_to_image

    model = registry.open_model(source)
    known = conditions.read(model, options)
    count = image_to_image.reconstruct(model, images, out, **known)
    _say_where(count, out, image_to_image.comparison_path(out))


@click.command()
@click.argument("source")
@click.argument("images")
@click.argument("out", type=click.Path(path_type=pathlib.Path))
@conditions.to_set
@click.option(
    "--optimise",
    is_flag=True,
    help="Improve the latents by a search. It keeps more of an image and takes longer.",
)
def edit(source, images, out, attributes, optimise):
    """Change attributes of the images in the folder or file IMAGES.

    SOURCE is the run folder or the preset of a model of images with attributes, like
    IcGAN. OUT is a new folder for the PNG files or, for one image, a .png file. A sheet
    that compares them is written beside it: OUT_comparison.png.

    \b
    Examples:
      ganzoo edit runs/icgan faces edited --set glasses=on --set beard=off
      ganzoo edit runs/icgan faces edited --set glasses=on --optimise
      ganzoo edit runs/icgan anna.png bearded.png --set beard=on
    """
    loading.load_keras_for(source)
    from ganzoo.presets import registry
    from ganzoo.visualization import drawing
    from ganzoo.visualization import image_to_image

    changes = drawing.read_attributes(attributes)
    model = registry.open_model(source)
    options = {"latents": "optimised"} if optimise else {}
    count = image_to_image.edit(model, images, out, changes, **options)
    _say_where(count, out, image_to_image.comparison_path(out))


@click.command()
@click.argument("source")
@click.argument("sequence")
@click.argument("out", type=click.Path(dir_okay=False, path_type=pathlib.Path))
@click.option(
    "-n",
    "--count",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="Images to predict, each from those before it.",
)
def predict(source, sequence, out, count):
    """Predict how SEQUENCE goes on, by the model of SOURCE.

    SOURCE is the run folder or the preset of a model of sequences. SEQUENCE is an
    animated image (GIF, WebP, PNG), or a folder of numbered images. OUT is a .gif,
    .webp or .mp4 file. It shows the last images of SEQUENCE, which the model sees, and
    then its predictions.

    \b
    Examples:
      ganzoo predict runs/predictive digits.gif predicted.gif
      ganzoo predict runs/predictive frames predicted.webp --count 20
    """
    loading.load_keras_for(source)
    from ganzoo.presets import registry
    from ganzoo.visualization import prediction

    model = registry.open_model(source)
    film = prediction.predict(model, sequence, out, count)
    given = format_count(len(film) - count, "given image")
    predicted = format_count(count, "predicted image")
    click.echo(f"{given} and {predicted}: {out}")


def _say_where(count, out, comparison):
    click.echo(f"{format_count(count, 'image')}: {out}")
    click.echo(f"Comparison: {comparison}")
