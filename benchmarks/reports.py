"""Reports of the benchmarks: what each says of itself, its tables, and the machines."""

import pathlib
from statistics import mean
from statistics import stdev

from ganzoo.system import files


def mean_and_sd(values, digits=1):
    """Mean ± standard deviation of numbers, or the only one."""
    text = f"{mean(values):.{digits}f}"
    return text if len(values) == 1 else f"{text} ± {stdev(values):.{digits}f}"


def sheet_of(arm):
    """The file of the sheet of an arm of a comparison."""
    return f"{arm.lower().replace(' ', '_')}.png"


def table_of(arms, lines, head, digits):
    """A table of the means over the runs of each arm that has some.

    Args:
        arms: iterable of str.
        lines: list of dicts, each with its "arm".
        head: dict. From the columns to how Markdown aligns them; the first is of the
            arm, and the last of how many runs it has.
        digits: dict. From the keys of a line, in the order of the columns between, to
            the decimals that are shown.

    Returns:
        The table, and a list of the arms that are in it.
    """
    rows = [f"| {' | '.join(head)} |", f"|{'|'.join(head.values())}|"]
    runs = {arm: [line for line in lines if line["arm"] == arm] for arm in arms}
    found = {arm: of_arm for arm, of_arm in runs.items() if of_arm}
    for arm, of_arm in found.items():
        cells = [
            mean_and_sd([line[key] for line in of_arm], shown)
            for key, shown in digits.items()
        ]
        rows.append(f"| {arm} | {' | '.join(cells)} | {len(of_arm)} |")
    return "\n".join(rows), list(found)


def write(out, about, blocks, lines):
    """Write `report.md` into a folder.

    Args:
        out: path.
        about: str. The docstring of a script: a title, how it is called, and the rest.
        blocks: list of str. Tables and images.
        lines: list of dicts, each with the "machine" and the "commit" of a run.
    """
    title, usage, rest = about.split("\n\n", 2)
    commands = "`, `".join(usage.splitlines())
    machines = {f"{line['machine']}, commit {line['commit']}" for line in lines}
    whole = [f"# {title}", f"`{commands}`. {rest.strip()}", *blocks]
    text = "\n\n".join([*whole, "; ".join(sorted(machines))])
    files.write_text(pathlib.Path(out) / "report.md", f"{text}\n")
