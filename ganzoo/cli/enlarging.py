"""`ganzoo upscale`: a user's own images, larger."""

import pathlib

import click

from ganzoo.cli import loading
from ganzoo.presets import records
from ganzoo.system.terminal.counts import format_count


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
    records.check_model(source)
    loading.load_keras()
    from ganzoo.presets import registry
    from ganzoo.visualization import image_to_image

    model = registry.open_model(source)
    count = image_to_image.upscale(model, images, out)
    times = f"with sides {model.scale} times as long"
    click.echo(f"{format_count(count, 'image')} {times}: {out}")
