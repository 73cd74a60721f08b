"""What the numbers of a suite say, in plain words, and what they do not."""

from ganzoo.benchmark import summary


def paragraphs(suite, tables, floor):
    """Sentences for people, as a list of paragraphs.

    Args:
        suite: `suites.Suite`.
        tables: list of `summary.Table`.
        floor: list of records, as of `judges.floor`.
    """
    if not tables or not tables[0].protocol:
        return ["No run has ended yet with pictures to score."]
    name = tables[0].rows[0].ended[0]["score"].upper()
    rows = [row for row in tables[0].rows if row.ended]
    return [
        f"{_first(name, rows)} {_order(tables[0], rows)} Real pictures score "
        f"{summary.value(floor[0]):.2f}.",
        " ".join([*_failures(tables), *_limits(suite, tables, rows)]),
    ]


def _first(name, rows):
    best = rows[0].scores("final")
    text = f"{rows[0].variant} ends with the lowest {name}, {best.mean:.1f}"
    text += f", the mean over {len(best.values)} training seeds" if best.sd else ""
    if len(rows) == 1:
        return f"{text}."
    second, last = rows[1].scores("final").mean, rows[-1].scores("final").mean
    return (
        f"{text}; {rows[1].variant} follows with {second:.1f} "
        f"({second / best.mean - 1:.0%} more), and {rows[-1].variant} is last with "
        f"{last:.1f}."
    )


def _order(table, rows):
    """What can be said of who wins."""
    if not table.rank(rows[0]):
        return "One training seed says nothing of an order: none is given."
    if table.rank(rows[0]) == "1":
        text = f"{rows[0].variant} wins: its 95 % interval over seeds lies below all."
    else:
        low, high = rows[0].scores("final").interval
        rivals = [
            row.variant
            for row in rows[1:]
            if row.scores("final").interval and row.scores("final").interval[0] <= high
        ]
        text = (
            f"That it wins cannot be said: its 95 % interval over seeds, {low:.1f} to "
            f"{high:.1f}, meets those of {_list(rivals)}."
        )
    certain = [row.variant for row in rows if table.rank(row).isdecimal()]
    if certain and certain != [rows[0].variant]:
        text += f" The places of {_list(certain)} are certain."
    return text


def _failures(tables):
    rows = [row for table in tables for row in table.rows]
    failed = [
        f"{row.failed} of {len(row.runs)} {row.variant}" for row in rows if row.failed
    ]
    if failed:
        yield f"Runs that diverged or collapsed: {_list(failed)}."
    else:
        count = sum(len(row.runs) for row in rows)
        yield f"None of the {count} runs diverged or collapsed."


def _limits(suite, tables, rows):
    yield (
        "All have seen equally many pictures"
        if len({run["pictures"] for row in rows for run in row.ended}) == 1
        else "Budgets are those of the recipes"
    ) + "; with other budgets, networks or learning rates the order may be another."
    sizes = {row.variant: row.ended[0]["parameters"] for row in rows}
    if "GAN" in sizes and sizes["GAN"] == sizes.get("DCGAN"):
        yield (
            "GAN and DCGAN are one game, here on networks of one size: what differs "
            "between them is chance and the prior."
        )
    if len(tables) > 1:
        yield (
            "Translations are scored in another mode, and begin with what is to be "
            "seen: their score compares with no other."
        )


def _list(words):
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
