"""The `ganzoo` command: thin, every verb is one call into the package."""

import re
import warnings

import click

from ganzoo.cli import drawing
from ganzoo.cli import image_to_image
from ganzoo.cli import lab
from ganzoo.cli import loading
from ganzoo.cli import presets
from ganzoo.cli import projecting
from ganzoo.cli import scores
from ganzoo.cli import shards
from ganzoo.cli import training
from ganzoo.system import user_modules
from ganzoo.system import version
from ganzoo.system.errors import DivergedError


class _Messages(click.Group):
    """Shows errors and warnings of the package as messages, not as lines of code.

    Keeps what it was called with, for a verb that wants it said again.
    """

    def parse_args(self, context, args):
        context.meta[training.ARGUMENTS] = list(args)
        return super().parse_args(context, args)

    def invoke(self, context):
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _show_warning
                return super().invoke(context)
        except (ValueError, DivergedError) as error:
            command = self.get_command(context, context.invoked_subcommand)
            raise click.ClickException(_name_options(str(error), command)) from error


def _name_options(message, command):
    """An error of the package, with options where it names arguments.

    Args:
        message: str. Names an argument as `image_size`, and what was received as
            image_size=100.
        command: `click.Command` that was called.
    """
    text, received, values = message.rpartition("Received: ")
    for parameter in command.params:
        if not isinstance(parameter, click.Option):
            continue
        option = max(parameter.opts, key=len)
        for name in {parameter.name, option.strip("-").replace("-", "_")}:
            values, count = re.subn(rf"\b{name}=", f"{option} ", values)
            # A word alone may be of something else, like a file.
            if count or "_" in name:
                text = text.replace(f"`{name}`", option)
                text = re.sub(rf"`{name}=([^`]+)`", rf"`{option} \1`", text)
    return text + received + values


def _show_warning(message, *args, **kwargs):
    click.echo(f"Warning: {message}", err=True)


@click.group(cls=_Messages, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version.__version__, prog_name="ganzoo")
@click.option(
    "--import",
    "modules",
    multiple=True,
    metavar="MODULE",
    help="Import your own module first, for runs of classes in it.",
)
def main(modules):
    """Train, sample and score generative adversarial networks.

    \b
    Examples:
      ganzoo list
      ganzoo train dcgan_fashion_mnist_10k --run-dir runs/dcgan
      ganzoo generate runs/dcgan --out samples.png
      ganzoo evaluate runs/dcgan
      ganzoo benchmark
      ganzoo --import my_module generate runs/mine
    """
    if modules:
        loading.load_keras()
    for module in modules:
        user_modules.load(module)


for command in (
    presets.list_,
    presets.info,
    presets.download,
    presets.convert,
    presets.publish,
    training.train,
    shards.shard,
    drawing.generate,
    drawing.interpolate,
    drawing.film,
    drawing.arithmetic,
    drawing.traverse,
    image_to_image.translate,
    image_to_image.upscale,
    image_to_image.reconstruct,
    image_to_image.edit,
    image_to_image.predict,
    projecting.project,
    projecting.paint,
    projecting.anomalies,
    scores.evaluate,
    scores.statistics,
    scores.fetch,
    scores.benchmark,
    lab.lab,
):
    main.add_command(command)
