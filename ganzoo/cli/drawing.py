"""`ganzoo generate` and its like: what a trained model shows, in files."""

import pathlib

import click

from ganzoo.cli import conditions
from ganzoo.cli import loading
from ganzoo.system.terminal.counts import format_count


@click.command()
@click.argument("source")
@click.option("-n", "--count", type=click.IntRange(1), default=64, show_default=True)
@click.option("--seed", type=int, help="Seed of the latents, to repeat a result.")
@conditions.to_draw
@click.option(
    "--truncation",
    type=click.FloatRange(0),
    help="For models that have it: less makes samples better and more alike. BigGAN "
    "draws latents between minus and plus this number; StyleGAN2 draws its styles "
    "nearer to their mean, from 1 to 0.",
)
@click.option(
    "--noise",
    type=click.Choice(["const", "random", "none"]),
    help="The noise of StyleGAN2: the same for all images, random, or none.",
)
@click.option(
    "--statistics",
    type=click.Choice(["running", "standing"]),
    default="running",
    show_default=True,
    help="What batch normalisation goes by: what training has kept, or the statistics "
    "of fresh batches.",
)
@click.option(
    "--domain",
    metavar="NAME_OR_NUMBER",
    help="Domain to draw, for a model of several.  [default: all, side by side on a "
    "sheet]",
)
@click.option(
    "--out",
    type=click.Path(path_type=pathlib.Path),
    default="samples.png",
    show_default=True,
    help="A .png sheet; .npy or .npz for the uint8 array; .zip of PNG files, or a new "
    "folder of them.",
)
@click.option(
    "--numbers",
    is_flag=True,
    help="Number the images of the sheet, as `ganzoo arithmetic` counts them: with its "
    "default of --seed and --label, which is 0.",
)
def generate(source, count, domain, numbers, **options):
    """Draw images from the model of SOURCE.

    SOURCE is a run folder or a preset. A run folder gives the model after the last
    epoch. For the model of the best score, name its file in the folder. A preset is a
    name of `ganzoo list`, or its folder.

    \b
    Examples:
      ganzoo generate runs/dcgan --out samples.png
      ganzoo generate dcgan_fashion_mnist --out samples.png
      ganzoo generate runs/mine/best_0035.keras --out samples.png
      ganzoo generate runs/cgan --label Dress -n 10 --seed 0 --out dresses.png
      ganzoo generate runs/dcgan --numbers --out numbered.png
      ganzoo generate runs/dcgan -n 1000000 --out samples.npz
      ganzoo generate runs/cogan --domain second --out second.zip
      ganzoo generate runs/info_gan --code c1=3 --code c2=0.5 --out alike.png
      ganzoo generate runs/biggan --truncation 0.5 --out typical.png
      ganzoo generate runs/icgan --set glasses=on --out glasses.png
      ganzoo generate runs/gan_cls --text "dark coat" --out coats.png
    """
    loading.load_keras_for(source)
    from ganzoo.presets import registry
    from ganzoo.visualization import drawing

    model = registry.open_model(source)
    asked = conditions.read(model, options)
    if numbers:
        asked["label"] = drawing.one_class(model, asked["label"])
    options["domain"] = drawing.read_domain(model, domain)
    drawing.generate(model, count, numbers=numbers, **asked, **options)
    of_class = drawing.format_class(model, asked["label"])
    click.echo(f"{format_count(count, 'image')}{of_class}: {options['out']}")


@click.command()
@click.argument("source")
@click.option(
    "--images",
    "--pictures",
    "pictures",
    type=click.IntRange(2),
    default=6,
    show_default=True,
    help="Number of random images to connect: stations of a film, or rows of a sheet.",
)
@click.option(
    "--steps",
    type=click.IntRange(2),
    default=10,
    show_default=True,
    help="Images from one random image to the next.",
)
@click.option(
    "--spherical", is_flag=True, help="Interpolate spherically instead of linearly."
)
@conditions.space
@click.option("--seed", default=0, show_default=True)
@conditions.to_draw
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    default="interpolation.gif",
    show_default=True,
    help="A .gif, .webp or .mp4 film, or a .png sheet. MP4 needs keras-ganzoo[video].",
)
def interpolate(source, **options):
    """Show smooth transitions between samples of SOURCE.

    \b
    Examples:
      ganzoo interpolate runs/dcgan
      ganzoo interpolate runs/dcgan --spherical --steps 30 --out film.mp4
      ganzoo interpolate runs/dcgan --out rows.png
      ganzoo interpolate runs/stylegan2 --space w
    """
    loading.load_keras_for(source)
    from ganzoo.presets import registry
    from ganzoo.visualization import drawing
    from ganzoo.visualization import latent_walks

    model = registry.open_model(source)
    asked = conditions.read(model, options)
    latent_walks.interpolate(model, **asked, **options)
    of_class = drawing.format_class(model, asked["label"])
    click.echo(f"Interpolation{of_class}: {options['out']}")


@click.command()
@click.argument("run_dir", type=click.Path(path_type=pathlib.Path))
@click.option(
    "--fps",
    type=click.FloatRange(0.1, 60),
    default=5,
    show_default=True,
    help="Epochs shown per second.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    default="training.gif",
    show_default=True,
    help="A .gif, .webp or .mp4 film. MP4 needs keras-ganzoo[video].",
)
def film(run_dir, fps, out):
    """Make a film of the training in the run folder RUN_DIR.

    It shows one sheet of samples per epoch, 200 at most, and holds the last one.

    \b
    Examples:
      ganzoo film runs/dcgan
      ganzoo film runs/dcgan --fps 12 --out training.mp4
    """
    from ganzoo.visualization import films

    count = films.of_training(run_dir / "samples", out, fps)
    click.echo(f"{format_count(count, 'sheet')} of {run_dir / 'samples'}: {out}")


@click.command()
@click.argument("source")
@click.argument("terms")
@click.option(
    "-n",
    "--count",
    type=click.IntRange(1),
    default=64,
    show_default=True,
    help="Images to choose from.",
)
@click.option("--seed", default=0, show_default=True, help="Seed of the sheet.")
@conditions.to_draw
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    default="arithmetic.png",
    show_default=True,
)
def arithmetic(source, terms, **options):
    """Add and subtract the latents of images: a - b + c = d.

    The images are of the model of SOURCE: a run folder, or a preset.
    TERMS are numbers of images on a sheet of `generate --numbers` with the same --count
    and --seed. Numbers joined by commas stand for the mean of their latents.

    \b
    Example:
      ganzoo generate runs/dcgan --numbers --seed 0 --out sheet.png
      ganzoo arithmetic runs/dcgan "3,17,22 - 5,9,11 + 2,8,30" --seed 0
    """
    loading.load_keras_for(source)
    from ganzoo.presets import registry
    from ganzoo.visualization import drawing
    from ganzoo.visualization import latent_walks

    model = registry.open_model(source)
    asked = conditions.read(model, options)
    latent_walks.arithmetic(model, terms, **asked, **options)
    of_class = drawing.format_class(model, asked["label"])
    click.echo(f"Terms and sum{of_class}: {options['out']}")


@click.command()
@click.argument("source")
@click.option("--code", metavar="NAME", help="One code, like c1. Default: all of them.")
@click.option(
    "--steps",
    type=click.IntRange(2),
    default=10,
    show_default=True,
    help="Values of a continuous code, from -1 to 1. Others have all of their own.",
)
@click.option(
    "--rows",
    type=click.IntRange(1),
    default=8,
    show_default=True,
    help="Random latents for each code.",
)
@click.option("--seed", default=0, show_default=True)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    default="traversal.png",
    show_default=True,
    help="A .png sheet.",
)
def traverse(source, code, **options):
    """Show what the codes of a model mean.

    SOURCE is a run folder or a preset of a model with codes, like InfoGAN. Each row has
    one random latent, and each column one value of a code. The other codes are the same
    along a row.

    \b
    Examples:
      ganzoo traverse runs/info_gan
      ganzoo traverse runs/info_gan --code c2 --rows 4 --out slant.png
    """
    loading.load_keras_for(source)
    from ganzoo.presets import registry
    from ganzoo.visualization import latent_walks

    model = registry.open_model(source)
    latent_walks.traverse(model, code=code, **options)
    click.echo(f"{code or ', '.join(model.code_names)}: {options['out']}")
