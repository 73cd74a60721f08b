"""The `ganzoo` command: thin, every verb is one call into the package."""

import warnings

import click

from ganzoo.cli import drawing
from ganzoo.cli import presets
from ganzoo.cli import scores
from ganzoo.cli import shards
from ganzoo.cli import training
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
            raise click.ClickException(str(error)) from error


def _show_warning(message, *args, **kwargs):
    click.echo(f"Warning: {message}", err=True)


@click.group(cls=_Messages, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version.__version__, prog_name="ganzoo")
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


for command in (
    presets.list_,
    presets.info,
    presets.download,
    presets.publish,
    training.train,
    shards.shard,
    drawing.generate,
    drawing.interpolate,
    drawing.film,
    drawing.arithmetic,
    drawing.translate,
    drawing.reconstruct,
    scores.evaluate,
    scores.statistics,
    scores.fetch,
    scores.benchmark,
):
    main.add_command(command)
