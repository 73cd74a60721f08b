"""The report: from records to one honest Markdown page, with pictures."""

import pathlib
import statistics

from ganzoo import files
from ganzoo import recipes

COLUMNS = (
    "variant",
    "paper",
    "trained",
    "untrained",
    "ratio",
    "seeds",
    "seconds",
    "images/s",
)


def write(out, records):
    """Write `report.md` into the folder `out`.

    Args:
        out: path. Folder that the records' sample sheets are in.
        records: list of dicts, as of `runner.run`.

    Returns:
        Path of the report.
    """
    path = pathlib.Path(out) / "report.md"
    files.write_text(path, page(records))
    return path


def page(records):
    """The whole report as Markdown."""
    return "\n".join(
        ["# Benchmark", "", table(records), "", *_protocol(records), *_sheets(records)]
    )


def table(records, links=True):
    """The scores as Markdown: a table for each protocol, with its floor.

    Scores of unequal fingerprints never share a table.

    Args:
        records: list of dicts, as of `runner.run`.
        links: bool. Whether the papers are links, or names for a terminal.

    Returns:
        str.
    """
    groups = {}
    for record in records:
        groups.setdefault(record["fingerprint"], []).append(record)
    return "\n\n".join(_group_table(group, links) for group in groups.values())


def _group_table(records, links):
    protocol = records[0]["protocol"]
    reference, drawn = protocol["reference"], protocol["samples"]
    lines = [
        f"{records[0]['score']} of {drawn['count']:,} pictures against "
        f"{reference['count']:,} of the {reference['split']} split of "
        f"{reference['data']}, lower is better. Generator in {drawn['mode']}. Protocol "
        f"`{records[0]['fingerprint']}`.",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "|---|---" + "|--:" * (len(COLUMNS) - 2) + "|",
    ]
    for runs in _by_variant(records).values():
        lines.append(_row(runs, links))
    lines.append(f"| *real pictures* | | {records[0]['floor']:.2f} | | | | | |")
    return "\n".join(lines)


def _row(runs, links):
    variant = runs[0]["variant"]
    authors, url = recipes.paper(variant)
    ended = [run for run in runs if not run["diverged"]]
    lost = len(runs) - len(ended)
    cells = [
        variant + (f" ({lost} of {len(runs)} diverged)" if lost else ""),
        f"[{authors}]({url})" if links else authors,
        _spread([run["trained"] for run in ended]),
        _spread([run["untrained"] for run in runs]),
        _mean([run["trained"] / run["untrained"] for run in ended], ".3f"),
        str(len(runs)),
        f"{statistics.mean(run['seconds'] for run in runs):.0f}",
        f"{statistics.mean(run['images_per_second'] for run in runs):,.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def _spread(values):
    """Mean, and the standard deviation over training seeds where there are several."""
    mean = _mean(values, ".1f")
    return mean if len(values) < 2 else f"{mean} ± {statistics.stdev(values):.1f}"


def _mean(values, format_):
    return format(statistics.mean(values), format_) if values else "none"


def _protocol(records):
    first = records[0]
    versions = ", ".join(f"{k} {v}" for k, v in first["versions"].items())
    protocol = first["protocol"]
    budgets = sorted({record["budget"] for record in records})
    return [
        "## Protocol",
        "",
        "*trained* is the score at the end of training, not the best moment; ± is the "
        "standard deviation over training seeds. *untrained* is the same network "
        "before its first step. *real pictures* is the floor: as many training "
        "pictures against the same reference. *seconds* of training, compilation "
        "included.",
        "",
        f"- Features: {protocol['features']}, the penultimate layer of a network that "
        f"ships with ganzoo, sha256 `{protocol['features_sha256']}`. Not an FID, and "
        "comparable with nothing but itself.",
        f"- Scored pictures are drawn with seed {protocol['samples']['seed']}, with "
        + ("averaged" if protocol["samples"]["ema"] else "the last")
        + " weights.",
        "- Fingerprints: "
        + ", ".join(f"`{r}`" for r in dict.fromkeys(r["fingerprint"] for r in records))
        + ". Scores compare where they are equal.",
        f"- Budget: {', '.join(f'{b:g}' for b in budgets)} times the recipes' epochs.",
        f"- {first['backend']} on {first['machine']}, {', '.join(first['devices'])}; "
        f"Python {first['python']}, {versions}; commit "
        f"{first['commit']}.",
        "",
    ]


def _sheets(records):
    lines = ["## Samples", ""]
    shown = [record for record in records if record["samples"]]
    for (variant, _), runs in _by_variant(shown).items():
        what = "source, translation, target" if variant == "Pix2Pix" else "samples"
        lines += [
            f"### {variant}, seed {runs[0]['seed']}",
            "",
            f"![{variant}: {what}]({runs[0]['samples']})",
            "",
        ]
    return lines


def _by_variant(records):
    groups = {}
    for record in records:
        groups.setdefault((record["variant"], record["recipe"]), []).append(record)
    return groups
