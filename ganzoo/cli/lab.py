"""`ganzoo lab`: the page of trainings that fail, and of the remedies."""

import pathlib

import click

from ganzoo.cli import loading


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=pathlib.Path),
    default="lab",
    show_default=True,
    help="Folder of the page.",
)
@click.option("--panels", help="Only these, like orbits,collapse.  [default: all]")
@click.option(
    "--budget",
    type=click.FloatRange(0, min_open=True),
    help="Run the trainings again, with this many times their steps.  [default: show "
    "the recorded ones of the package]",
)
def lab(out, panels, budget):
    """Write a page that shows why GANs fail and what helps.

    A slider shows each training step by step. The page is one file, `index.html`, and
    needs no network. With --budget it shows trainings of your own, and keeps their
    records in the folder.

    \b
    Examples:
      ganzoo lab
      ganzoo lab --out lab --panels orbits,collapse
      ganzoo lab --panels saturation --budget 0.1
    """
    from ganzoo.lab import page

    names = [name.strip() for name in panels.split(",")] if panels else page.PANELS
    page.check_names(names)
    if budget is None:
        click.echo(f"Page: {page.write(out, names)}")
        return
    loading.load_keras()
    from ganzoo.lab import recording

    folder = out / "records"
    recording.run(folder, names, budget, say=click.echo)
    click.echo(f"Page: {page.write(out, names, folder)}")
