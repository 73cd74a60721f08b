"""The report of a suite: its results in one file, a table, and a page."""

import json
import pathlib

import click
import numpy as np
from PIL import Image

from ganzoo.benchmark import figures
from ganzoo.benchmark import page
from ganzoo.benchmark import scoring
from ganzoo.benchmark import summary
from ganzoo.benchmark import table
from ganzoo.system import files


def write(suite, out, results, todo, data_dir=None, verbose=0):
    """Write `results.jsonl`, `index.html` and `overview.png` into a suite's folder.

    Args:
        suite: `suites.Suite`.
        out: path. Folder of the suite.
        results: list of dicts, as of `single_run.load`.
        todo: list of `single_run.Run`, those that are not finished.
        data_dir: path or None. Where the raw files of its data are.
        verbose: 0 or 1.

    Returns:
        Path of the page.

    Raises:
        ValueError: As in `summary.tables`.
    """
    out = pathlib.Path(out)
    tables = summary.tables(results)
    floor = _floor(suite, out, tables, data_dir, verbose)
    lines = "".join(f"{json.dumps(result)}\n" for result in results)
    files.write_text(out / "results.jsonl", lines)
    _overview(out, tables)
    path = out / "index.html"
    files.write_text(path, page.render(suite, out, tables, floor, todo))
    for one in tables:
        click.echo(f"\n{table.markdown(suite, one, floor, links=False)}")
    return path


def _overview(out, tables):
    """The samples of each variant's first seed in one image."""
    sheets = {}
    for row in (row for one in tables for row in one.rows if row.ended):
        path = out / row.ended[0]["folder"] / "pictures" / "samples.png"
        if not path.is_file():
            continue
        with Image.open(path) as sheet:
            half = sheet.crop((0, 0, sheet.width, sheet.height // 2))
            score = table.mean_and_sd(row.scores("final"))
            name = row.ended[0]["score"].upper()
            sheets[f"{row.variant}, {name} {score}"] = np.asarray(half)
    if sheets:
        figures.overview(sheets, out / "overview.png")


def read(folder):
    """The results and the floor that `write` left in a folder: two lists of dicts."""
    folder = pathlib.Path(folder)
    lines = (folder / "results.jsonl").read_text("utf-8").splitlines()
    floor = json.loads((folder / "floor.json").read_text("utf-8"))
    return [json.loads(line) for line in lines], floor


def _floor(suite, out, tables, data_dir, verbose):
    """What real images score, measured once for a folder and its protocol."""
    path = out / "floor.json"
    if path.is_file():
        floor = json.loads(path.read_text("utf-8"))
        ended = [run for one in tables for row in one.rows for run in row.ended]
        if ended and [*map(_reference, floor)] == [*map(_reference, ended[0]["final"])]:
            return floor
    floor = scoring.floor(suite, data_dir, verbose)
    files.write_text(path, f"{json.dumps(floor, indent=1)}\n")
    return floor


def _reference(record):
    """What a score and its floor must have in common."""
    protocol = record["protocol"]
    reference = protocol["reference"]
    return protocol["features_sha256"], reference["sha256"], reference["count"]
