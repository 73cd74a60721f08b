"""The page of a suite: one file without a network, to look at."""

import base64
import io
import itertools
import json
import pathlib

import jinja2
import numpy as np
from PIL import Image

from ganzoo.benchmark import analysis
from ganzoo.benchmark import figures
from ganzoo.benchmark import summary
from ganzoo.benchmark import table
from ganzoo.training import recipes

SHOWN = 16  # epochs of which there are images on a page
TITLES = {
    "samples": "Samples at the end of training",
    "interpolations": "Straight lines between two latents, a line to each row",
    "reconstructions": "Test images, and below each row their reconstruction G(E(x))",
    "neighbours": "Samples, each followed by the training images nearest to it",
}
CLASSES = {
    "fashion-classifier": (
        "T-shirt",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "boot",
    ),
    "mnist-classifier": tuple("0123456789"),
}


def render(suite, out, tables, floor, todo):
    """The whole page as HTML.

    Args:
        suite: `suites.Suite`.
        out: path. Folder of the suite, whose runs have the images.
        tables: list of `summary.Table`.
        floor: list of records, as of `scoring.floor`.
        todo: list of `single_run.Run` that are not finished.

    Returns:
        str.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("ganzoo.benchmark"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    rows = [row for one in tables for row in one.rows]
    runs = [run for row in rows for run in row.runs]
    variants = [_variant(pathlib.Path(out), row) for row in rows if row.ended]
    return environment.get_template("page.html").render(
        name=suite.name,
        data=suite.data,
        explanation=analysis.explanation(tables, floor),
        analysis=analysis.paragraphs(tables),
        main=table.MAIN,
        columns=table.columns(suite),
        tables=[_table(suite, one, floor) for one in tables],
        figures=_figures(suite, rows),
        variants=variants,
        epochs=sorted({epoch for each in variants for epoch, _ in each["growing"]}),
        runs=[_run(run) for run in runs],
        todo=todo,
        sources=_sources(suite, rows),
        command=_command(suite, runs),
        environments=_environments(runs),
        protocols=[_as_json(one.protocol) for one in tables if one.protocol],
        curve=suite.curve,
    )


def _table(suite, one, floor):
    """What the template fills a table with: cells, the paper's address, all values."""
    rows = [
        (table.cells_of(suite, one, row), recipes.paper(row.variant)[1])
        for row in one.rows
    ]
    return {
        "caption": table.caption(suite, one).replace("`", ""),
        "rows": rows,
        "floor": f"{summary.value(floor[0]):.2f}",
    }


def _run(run):
    """A line of the list of all runs, with the command that makes it again."""
    end = "diverged" if run["diverged"] else "ended"
    if run["collapsed"]:
        end = "collapsed"
    return {
        "variant": run["variant"],
        "seed": run["seed"],
        "end": end,
        "final": _scores(run.get("final", [])),
        "best": _scores(run.get("best", [])),
        "best_epoch": run["best_epoch"] or "",
        "epochs": run["epochs"],
        "updates": run["generator_updates"],
        "parameters": run.get("parameters", ""),
        "seconds": run["seconds"],
        "command": run["command"],
    }


def _command(suite, runs):
    """What makes the whole page again."""
    seeds = max((run["seed"] for run in runs), default=0) + 1
    budgets = {run["command"].partition(" --budget ")[2] for run in runs}
    command = f"python benchmarks/fid.py --suite {suite.name} --seeds {seeds}"
    return " --budget ".join([command, *filter(None, budgets)])


def _scores(records):
    return ", ".join(
        f"{summary.value(record):.2f} ({record['protocol']['features']}, "
        f"{record['fingerprint']})"
        for record in records
    )


# === Figures ===


def _figures(suite, rows):
    """Descriptions and drawings, as pairs."""
    ended = [row for row in rows if row.ended]
    if not ended:
        return []
    found = [
        _final_against_seconds(ended),
        _curves(suite, ended, "pictures", "images seen"),
        _curves(suite, ended, "seconds", "seconds of training"),
    ]
    if "classes" in ended[0].ended[0]["closer"]:
        found.append(_modes(suite, ended))
    return found


def _final_against_seconds(rows):
    points = {
        row.variant: [
            (run["seconds"], summary.value(run["final"][0])) for run in row.ended
        ]
        for row in rows
    }
    name, label = rows[0].ended[0]["score"].upper(), "seconds of training"
    what = f"{name} at the end against {label}. Each mark is a run."
    return what, figures.scatter(points, label, name)


def _curves(suite, rows, key, label):
    series = {row.variant: _curve(row, key) for row in rows}
    name = f"{_name_of_curve(rows[0].ended[0])} by {suite.curve}"
    what = (
        f"{name} of {suite.curve_count:,} images after every epoch against {label}. "
        "Lines are means over training seeds, bands reach from the lowest to the "
        "highest."
    )
    return what, figures.curves(series, label, name)


def _modes(suite, rows):
    counts = {row.variant: _classes(row) for row in rows}
    share = sum(_classes(rows[0])) / len(_classes(rows[0]))
    names = CLASSES[suite.curve]
    what = (
        f"Modes: how many images of each class, as the {suite.curve} sees them, mean "
        "over training seeds. The dashed line is an equal share."
    )
    return what, figures.bars(counts, share, names, "pictures")


def _curve(row, key):
    """Mean and range over seeds of the score after each epoch."""
    curves = [_points(run, key) for run in row.ended]
    points = list(zip(*curves))
    scores = [[y for _, y in point] for point in points]
    return {
        "x": [sum(x for x, _ in point) / len(point) for point in points],
        "mean": [sum(values) / len(values) for values in scores],
        "low": [min(values) for values in scores],
        "high": [max(values) for values in scores],
    }


def _points(run, key):
    history = run["history"]
    if key == "pictures":
        each = run["pictures"] / run["epochs"]
        x = [each * (i + 1) for i in range(len(history))]
    else:
        x = itertools.accumulate(epoch["seconds"] for epoch in history)
    return list(zip(x, [epoch[run["monitor"]] for epoch in history]))


def _name_of_curve(run):
    return run["monitor"].removeprefix("val_").upper()


def _classes(row):
    counts = [run["closer"]["classes"] for run in row.ended]
    return [sum(values) / len(values) for values in zip(*counts)]


# === Images ===


def _variant(out, row):
    """What there is to look at of a variant: the images of its first seed."""
    run = row.ended[0]
    folder = out / run["folder"]
    titles = dict(TITLES)
    model_class = recipes.find_class(run["variant"])
    if model_class.translates:
        titles["samples"] = "Test images: source, translation and target"
    elif "labels" in model_class.condition_names:
        titles["samples"] += ", a class to each row"
    elif "attributes" in model_class.condition_names:
        titles["samples"] += ", another attribute changed in each row below the first"
    elif "texts" in model_class.condition_names:
        titles["samples"] += ", a text to each row"
    elif "codes" in model_class.condition_names:
        titles["samples"] += ", a value of the first code to each column"
    elif len(model_class.domains) > 1:
        titles["samples"] += ", both domains of a latent side by side"
    sheets = {name: _as_uri(folder / "pictures" / f"{name}.png") for name in titles}
    return {
        "name": run["variant"],
        "score": f"{run['score'].upper()} {table.mean_and_sd(row.scores('final'))}",
        "recipe": run["recipe"],
        "seed": run["seed"],
        "sheets": [(titles[name], uri) for name, uri in sheets.items() if uri],
        "growing": [
            (epoch, uri)
            for epoch in _shown(run["epochs"])
            if (uri := _as_uri(folder / "samples" / f"epoch_{epoch:04d}.png"))
        ],
        "memorised": run["closer"]["memorisation"],
        "translates": model_class.translates,
    }


def _shown(epochs):
    """The epochs to look at: the first ones all, then ever fewer, and the last."""
    if not epochs:
        return []
    shown = np.geomspace(1, epochs, min(epochs, SHOWN)).round().astype(int)
    return sorted({int(epoch) for epoch in shown})


def _as_uri(path):
    """An image as text, at its own size: sheets are written at twice of it."""
    if not path.is_file():
        return None
    with Image.open(path) as image:
        half = image.resize((image.width // 2, image.height // 2), Image.NEAREST)
    file = io.BytesIO()
    half.save(file, format="PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


# === Where the numbers come from ===


def _sources(suite, rows):
    """The published figures' sources, each once."""
    found = [summary.published(suite.data, row.variant) for row in rows]
    return list({source["name"]: source for source in found if source}.values())


def _environments(runs):
    """What the runs were trained on and with, each environment once, as text."""
    keys = ("trained_on", "scored_on")
    texts = (_as_json(run[key]) for key in keys for run in runs if key in run)
    return list(dict.fromkeys(texts))


def _as_json(facts):
    return json.dumps(facts, indent=1, sort_keys=True)
