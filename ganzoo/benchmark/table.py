"""The table of a suite: what stands in it, and the same as Markdown."""

from ganzoo.benchmark import summary
from ganzoo.training import recipes

COLUMNS = (
    "variant",
    "final",
    "95 % interval",
    "rank",
    "best",
    "median",
    "n",
    "diverged",
    "collapsed",
    "seconds",
    "images/s",
    "published",
    "every final value",
    "paper",
)
# Those that stand on the page's table, however narrow the screen; others are folded.
MAIN = ("variant", "final", "95 % interval", "best", "seconds")


def columns(suite):
    """The names of a table's columns: a further network has one of its own."""
    more = [f"final, {name}" for name in suite.features[1:]]
    place = COLUMNS.index("seconds")
    return (*COLUMNS[:place], *more, *COLUMNS[place:])


def markdown(suite, table, floor, links=True):
    """One table as Markdown, its protocol above it and the floor below.

    Args:
        suite: `suites.Suite`.
        table: `summary.Table`.
        floor: list of records, as of `scoring.floor`.
        links: bool. Whether the papers are links, or names for a terminal.

    Returns:
        str.
    """
    names = columns(suite)
    lines = [
        caption(suite, table),
        "",
        f"| {' | '.join(names)} |",
        "|---" + "|--:" * (len(names) - 2) + "|---|",
    ]
    lines += [_line(suite, table, row, links) for row in table.rows]
    real = ["*real images*", f"{summary.value(floor[0]):.2f}"]
    lines.append(f"| {' | '.join(real)} {'| ' * (len(names) - 2)}|")
    return "\n".join(lines)


def caption(suite, table):
    """What the scores of a table are of, in a sentence or two."""
    if not table.protocol:
        return "No run ended with pictures to score."
    reference, drawn = table.protocol["reference"], table.protocol["samples"]
    name = table.rows[0].runs[0]["score"].upper()
    network = "" if name == "FID" else f" by {table.protocol['features']}"
    return (
        f"{name}{network} of {drawn['count']:,} pictures against the "
        f"{reference['count']:,} of the {reference['split']} split of {suite.data}, "
        f"lower is better. Generator in {drawn['mode']}. Protocol "
        f"`{table.fingerprint}`."
    )


def _line(suite, table, row, links):
    authors, url = recipes.paper(row.variant)
    cells = cells_of(suite, table, row)
    cells["paper"] = f"[{authors}]({url})" if links else authors
    return f"| {' | '.join(cells[column] for column in columns(suite))} |"


def cells_of(suite, table, row):
    """What stands in a row, as text by the name of its column."""
    final, best = row.scores("final"), row.scores("best")
    seconds = row.spread(lambda run: run["seconds"])
    speed = row.spread(lambda run: run["images_per_second"])
    found = summary.published(suite.data, row.variant)
    more = {
        f"final, {name}": mean_and_sd(row.scores("final", i))
        for i, name in enumerate(suite.features)
        if i
    }
    return {
        "variant": row.variant,
        "paper": recipes.paper(row.variant)[0],
        "final": mean_and_sd(final),
        "published": published(found) if found else "",
        "median": number(final.median),
        "95 % interval": interval(final),
        "n": str(len(final.values)),
        "diverged": str(row.diverged),
        "collapsed": str(row.collapsed),
        "rank": table.rank(row),
        "best": mean_and_sd(best),
        **more,
        "seconds": number(seconds.mean, "{:,.0f}"),
        "images/s": number(speed.mean, "{:,.0f}"),
        "every final value": ", ".join(f"{value:.2f}" for value in final.values),
    }


def published(figure):
    """A figure of `summary.published` as text, with whose it is."""
    deviation = f" ± {figure['sd']:.1f}" if "sd" in figure else ""
    return f"{figure['fid']:.1f}{deviation} ({figure['name']})"


def number(value, form="{:.1f}"):
    """A number as text; "none" for None."""
    return "none" if value is None else form.format(value)


def mean_and_sd(spread):
    """Mean, and the standard deviation over training seeds where there are several."""
    deviation = "" if spread.sd is None else f" ± {spread.sd:.1f}"
    return number(spread.mean) + deviation


def interval(spread):
    """The interval of the mean over seeds, as text; "" of one seed."""
    if spread.interval is None:
        return ""
    low, high = spread.interval
    return f"{low:.1f} to {high:.1f}"
