"""What the numbers of a suite say, in plain words, and what they do not."""

import itertools

from ganzoo.benchmark import summary
from ganzoo.training import recipes

MANY = 8  # more names than a sentence should have


def explanation(tables, floor):
    """One sentence on what the score is, for readers who do not know it.

    Args:
        tables: list of `summary.Table`.
        floor: list of records, as of `scoring.floor`.

    Returns:
        str, empty if no run has ended with images to score.
    """
    if not tables or not tables[0].protocol:
        return ""
    names = {"fid": "FID, the Fréchet Inception Distance,"}
    score = next(row.ended[0]["score"] for row in tables[0].rows if row.ended)
    name = names.get(score, "FD, the Fréchet distance,")
    return (
        f"{name} measures how far the images of a model, as a whole, are from real "
        "ones: 0 is a perfect match, lower is better, and real images compared with "
        f"other real ones score {summary.value(floor[0]):.2f}."
    )


def paragraphs(tables):
    """Sentences for people, as a list of paragraphs.

    Args:
        tables: list of `summary.Table`.
    """
    if not tables or not tables[0].protocol:
        return ["No run has ended yet with images to score."]
    rows = [row for row in tables[0].rows if row.ended]
    name = rows[0].ended[0]["score"].upper()
    first = [_first(name, rows), *_order(tables[0], rows)]
    return [" ".join(first), " ".join([*_failures(tables), *_limits(tables, rows)])]


def _first(name, rows):
    best = rows[0].scores("final")
    text = f"{rows[0].variant} ends with the lowest {name}, {best.mean:.1f}"
    if len(best.values) > 1:
        text += f", the mean over {len(best.values)} training seeds"
    if len(rows) > 1:
        second = rows[1].scores("final").mean
        text += (
            f"; {rows[1].variant} follows with {second:.1f} "
            f"({second / best.mean - 1:.0%} more)"
        )
    if len(rows) > 2:
        last = rows[-1].scores("final").mean
        text += f", and {rows[-1].variant} is last with {last:.1f}"
    return f"{text}."


def _order(table, rows):
    """What can be said of who wins, from intervals over seeds only."""
    known = [row for row in rows if table.rank(row)]
    unknown = [row.variant for row in rows if row not in known]
    if len(rows) == 1:
        return
    if unknown:
        yield (
            f"{_list(unknown)} {'were' if len(unknown) > 1 else 'was'} trained with "
            "one seed only, which is too few for a rank."
        )
    if not known:
        return
    best = known[0]
    others = "all others'" if not unknown else "those of all that have a rank"
    if table.rank(best) == "1":
        yield f"{best.variant} wins: its 95 % interval over seeds lies below {others}."
    else:
        low, high = best.scores("final").interval
        rivals = [
            row.variant for row in known[1:] if row.scores("final").interval[0] <= high
        ]
        yield (
            f"{best.variant} is not a clear winner: its 95 % interval over seeds, "
            f"{low:.1f} to {high:.1f}, overlaps {_whose(rivals)}."
        )
    if len(known) > MANY:
        yield "The rank of each is among all its numbers, below the tables."
        return
    yield from _behind(known, [best.variant] if table.rank(best) == "1" else [])


def _behind(rows, told):
    """Whose intervals lie above others', but for that of the `told`."""
    intervals = {row.variant: row.scores("final").interval for row in rows}
    for variant, (low, _) in intervals.items():
        below = [other for other, (_, high) in intervals.items() if high < low]
        if below and below != told:
            every = len(below) == len(rows) - 1
            whose = "all others'" if every else f"{_list(below)}'s"
            yield f"{variant}'s interval lies above {whose}."


def _failures(tables):
    rows = [row for table in tables for row in table.rows]
    for what, count in (
        ("diverged, and have no score", lambda row: row.diverged),
        ("collapsed, and are in the means", lambda row: row.collapsed),
    ):
        of = [f"{count(r)} of {len(r.runs)} {r.variant}" for r in rows if count(r)]
        if of:
            yield f"Runs that {what}: {_list(of)}."
    if not any(row.diverged or row.collapsed for row in rows):
        count = sum(len(row.runs) for row in rows)
        yield f"None of the {count} runs diverged or collapsed."


def _limits(tables, rows):
    if len({run["pictures"] for row in rows for run in row.ended}) == 1:
        yield (
            "All have seen equally many images; with other budgets, networks or "
            "learning rates the order may be another."
        )
    else:
        yield (
            "Budgets and networks are those of the recipes, not equal ones: this "
            "compares recipes, not games."
        )
    sizes = {row.variant: row.ended[0]["parameters"] for row in rows}
    for one, other in itertools.combinations(sorted(sizes, key=len), 2):
        if sizes[one] == sizes[other] and _are_one_game(one, other):
            yield (
                f"{one} and {other} are one game, here on networks of one size: what "
                "differs between them is chance and the prior."
            )
    yield (
        "The seconds depend on the machine of each run and on its other load. To "
        "compare speeds, use benchmarks/throughput.py."
    )
    if len(tables) > 1:
        yield (
            "Translations are scored in another mode, and begin with what is to be "
            "seen: their score compares with no other."
        )


def _are_one_game(*variants):
    """Whether both have the same losses."""
    one, other = map(recipes.find_class, variants)
    return (one.discriminator_loss, one.generator_loss) == (
        other.discriminator_loss,
        other.generator_loss,
    )


def _whose(variants):
    """Whose interval it is, by name."""
    names = _list(variants)
    return f"those of {names}" if len(variants) > MANY else f"{names}'s"


def _list(words):
    if len(words) > MANY:
        words = [*words[: MANY - 1], f"{len(words) - MANY + 1} others"]
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
