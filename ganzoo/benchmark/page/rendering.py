"""A page from results: what its template is filled with, and how large it may be."""

import json
import pathlib
import re
import warnings

import jinja2
import markupsafe

from ganzoo.benchmark import analysis
from ganzoo.benchmark import summary
from ganzoo.benchmark import table
from ganzoo.benchmark.page import charts
from ganzoo.benchmark.page import groups
from ganzoo.benchmark.page import images
from ganzoo.system import resources
from ganzoo.training import recipes

MAX_BYTES = 6_000_000


def render(suite, out, tables, floor, todo):
    """The whole page as HTML, of at most `MAX_BYTES`.

    Args:
        suite: `suites.Suite`.
        out: path. Folder of the suite, whose runs have the images.
        tables: list of `summary.Table`.
        floor: list of records, as of `scoring.floor`.
        todo: list of `single_run.Run` that are not finished.

    Returns:
        str.

    Warns:
        UserWarning: If the page is larger, with the smallest images that there are.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("ganzoo.benchmark"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("page.html")
    facts = _facts(suite, tables, floor, todo)
    sorted_rows = groups.sort(row for one in tables for row in one.rows)
    for level in images.LEVELS:
        shown = _pictures(pathlib.Path(out), sorted_rows, level)
        html = template.render(**facts, **shown)
        size = len(html.encode())
        if size <= MAX_BYTES:
            return html
    warnings.warn(
        f"The page of the suite '{suite.name}' has {resources.format_bytes(size)} even "
        f"with the smallest images, more than {resources.format_bytes(MAX_BYTES)}: it "
        "may open slowly.",
        UserWarning,
        stacklevel=2,
    )
    return html


def _facts(suite, tables, floor, todo):
    """All that the template is filled with, but for images."""
    rows = [row for one in tables for row in one.rows]
    contents = groups.sort(rows)
    runs = [run for _, found in contents for row in found for run in row.runs]
    return {
        "name": suite.name,
        "data": suite.data,
        "explanation": analysis.explanation(tables, floor),
        "analysis": analysis.paragraphs(tables),
        "main": table.MAIN,
        "columns": table.columns(suite),
        "tables": [_table(suite, one, floor) for one in tables],
        "figures": [
            (group, [row.variant for row in of_group], drawn)
            for one in tables
            for group, of_group in groups.sort(one.rows)
            if (drawn := charts.draw(suite, of_group))
        ],
        "runs": [_run(run) for run in runs],
        "todo": todo,
        "sources": _sources(suite, rows),
        "command": _command(suite, runs),
        "environments": _environments(runs),
        "protocols": [_as_json(one.protocol) for one in tables if one.protocol],
        "contents": [(group, [row.variant for row in f]) for group, f in contents],
        "count": len(rows),
        "words": groups.words,
        "slug": groups.slug,
        "breakable": _breakable,
    }


def _table(suite, one, floor):
    """What the template fills a table with: cells, the paper's address, all values."""
    return {
        "caption": table.caption(suite, one).replace("`", ""),
        "groups": [
            (
                group,
                [
                    (table.cells_of(suite, one, row), recipes.paper(row.variant)[1])
                    for row in rows
                ],
            )
            for group, rows in groups.sort(one.rows)
        ],
        "floor": f"{summary.value(floor[0]):.2f}",
    }


def _breakable(name):
    """A name that may go on in another line before each of its words."""
    words = re.split(r"(?<=[a-z])(?=[A-Z])", name)
    return markupsafe.Markup("<wbr>").join(words)


def _pictures(out, sorted_rows, level):
    """What there is to look at: variants by group, and epochs of which there is."""
    found = {}
    for group, rows in sorted_rows:
        if ended := [_variant(out, row, level) for row in rows if row.ended]:
            found[group] = ended
    growing = [
        each for variants in found.values() for each in variants if each["growing"]
    ]
    epochs = {epoch for variant in growing for epoch, _ in variant["growing"]}
    drawn = {variant["name"] for variant in growing}
    return {"pictures": found, "epochs": sorted(epochs), "drawn": drawn}


def _variant(out, row, level):
    """What there is to look at of a variant: the images of its first seed."""
    run = row.ended[0]
    folder = out / run["folder"]
    model_class = recipes.find_class(run["variant"])
    growing = images.growing(folder, run["epochs"], level)
    known = [image for _, image in growing]
    return {
        "name": run["variant"],
        "score": f"{run['score'].upper()} {table.mean_and_sd(row.scores('final'))}",
        "recipe": run["recipe"],
        "seed": run["seed"],
        "order": images.order(model_class),
        "sheets": images.sheets(folder, model_class, level, known),
        "growing": growing,
        "memorised": run["closer"]["memorisation"],
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
