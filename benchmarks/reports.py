"""Reports of the benchmarks: what each says of itself, its tables, and the machines."""

import pathlib
from statistics import mean
from statistics import stdev

from ganzoo.system import files


def mean_and_sd(values, digits=1):
    """Mean ± standard deviation of numbers, or the only one."""
    text = f"{mean(values):.{digits}f}"
    return text if len(values) == 1 else f"{text} ± {stdev(values):.{digits}f}"


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
