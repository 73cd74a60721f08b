"""The report of benchmarks/modes.py, and its images."""

import math
from statistics import mean
from statistics import stdev

import numpy as np
from matplotlib.figure import Figure

from ganzoo.system import files

# By Okabe and Ito, whom the colour-blind can tell apart.
BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#767676"
COLUMNS = 4
# What sets a discriminator apart, by the names of benchmarks/modes.py.
LAYERS = {
    "": "",
    "minibatch": "minibatch discrimination",
    "spectral": "spectral normalisation",
    "batch": "batch normalisation",
}
# Modes of 1,000 and reverse divergence, and where they are printed.
PUBLISHED = {
    "DCGAN": "99, 3.40 (Huang et al., 2024, Table 3)",
    "PacGAN, 2": "992, 0.28 (Huang et al., 2024, Table 3)",
    "RpGAN, R1": "diverges (Huang et al., 2024)",
    "RpGAN, R1 and R2": "1000, 0.0781 (Huang et al., 2024)",
}
HEAD = {
    "game": "---",
    "modes, mean": "--:",
    "fewest": "--:",
    "runs with all": "--:",
    "modes with a tenth of their share": "--:",
    "good samples, %": "--:",
    "reverse KL": "--:",
    "steps": "--:",
    "seconds": "--:",
}


def write(out, about, lines, tried, planes):
    """Write `report.md` and its images into a folder.

    Args:
        out: path of the folder.
        about: str. What was measured, and how.
        lines: list of records of runs; of those of one seed the last counts.
        tried: list of records of the search.
        planes: dict by name of `modes.Plane`.
    """
    blocks = [about]
    for data in dict.fromkeys(line["data"] for line in lines):
        games = by_game([line for line in lines if line["data"] == data])
        published = {} if data in planes else PUBLISHED
        blocks += [f"## {data.capitalize()}", table(games, published)]
        save(curves(data, games), out / f"{data}_modes.png")
        if data in planes:
            save(points(data, planes[data], games), out / f"{data}_points.png")
            blocks += [f"![Samples of each game, seed 0]({data}_points.png)"]
        blocks += [f"![Modes and good samples over training]({data}_modes.png)"]
        blocks += ["Settings:", settings_table(games)]
    if tried:
        blocks += ["## Search", search_table(tried)]
    places = {f"{line['machine']}, commit {line['commit']}" for line in lines}
    blocks.append("; ".join(sorted(places)))
    files.write_text(out / "report.md", "\n\n".join(blocks) + "\n")


def by_game(lines):
    """The records of each game, in the order in which they came.

    Games that were trained for less than the longest are named with their steps.
    """
    games, longest = {}, max(line["steps"] for line in lines)
    for line in lines:
        name, steps = line["game"], line["steps"]
        label = name if steps == longest else f"{name}, {steps:,} steps"
        games.setdefault(label, {})[line["seed"]] = line
    return {name: list(runs.values()) for name, runs in games.items()}


def table(games, published):
    """A row for each game: what its runs cover."""
    head = {**HEAD, **({"published modes, KL": "---"} if published else {})}
    rows = [row(head), row(head.values(), "")]
    for name, runs in games.items():
        cells = [name, *numbers(runs)]
        if published:
            cells.append(published.get(name, ""))
        rows.append(row(cells))
    return "\n".join(rows)


def row(cells, space=" "):
    """A line of a table."""
    return "|" + "|".join(f"{space}{cell}{space}" for cell in cells) + "|"


def numbers(runs):
    """The cells of some runs of a game, as in `HEAD` but for its name."""
    modes = [run["modes"] for run in runs]
    divergences = [run["kl"] for run in runs if run["kl"] is not None]
    full = sum(run["modes"] == len(run["counts"]) for run in runs)
    return [
        f"{mean(modes):.1f}",
        str(min(modes)),
        f"{full} of {len(runs)}",
        f"{mean(map(well_covered, runs)):.1f}",
        spread([100 * run["good"] for run in runs], 0),
        spread(divergences, 2) if divergences else "no good sample",
        ", ".join(sorted({f"{run['steps']:,}" for run in runs})),
        f"{mean(run['seconds'] for run in runs):.0f}",
    ]


def well_covered(run):
    """How many modes have a tenth of the samples that the data would give them."""
    counts = run["counts"]
    judged = sum(counts) / run["good"] if run["good"] else 1
    return sum(count >= judged / len(counts) / 10 for count in counts)


def spread(values, digits):
    """Mean and standard deviation of some values, as text."""
    if len(values) == 1:
        return f"{values[0]:.{digits}f}"
    return f"{mean(values):.{digits}f} ± {stdev(values):.{digits}f}"


def search_table(tried):
    """A row for each setting of a game that was tried: what it covers."""
    head = ["data", "game", "rates of D and G", "options", *list(HEAD)[1:]]
    rows = [row(head), row(["---"] * 4 + list(HEAD.values())[1:], "")]
    for run in tried:
        named = [run["data"], run["game"], rates(run), options(run)]
        rows.append(row([*named, *numbers([run])]))
    return "\n".join(rows)


def settings_table(games):
    """A row for each game: what it is played with."""
    head = [
        "game",
        "model",
        "options",
        "discriminator",
        "optimizer",
        "rates of D and G",
    ]
    rows = [row(head), row(["---"] * len(head), "")]
    for name, (run, *_) in games.items():
        settings = ", ".join(f"{k} {v:g}" for k, v in run["settings"].items())
        optimizer = f"{run['optimizer']}, {settings}"
        cells = [run["model"], options(run), LAYERS[run["layer"]], optimizer]
        rows.append(row([name, *cells, rates(run)]))
    return "\n".join(rows)


def rates(run):
    """Those of a run, as text."""
    return " and ".join(f"{rate:g}" for rate in run["rates"])


def options(run):
    """Those of the game of a run, as text."""
    return ", ".join(f"{k} {v:g}" for k, v in run["options"].items())


def panels(count, width, height):
    """A figure of `count` small axes, the others hidden."""
    rows = math.ceil(count / COLUMNS)
    size = (COLUMNS * width, rows * height)
    figure = Figure(figsize=size, layout="constrained", dpi=90)
    grid = figure.subplots(rows, COLUMNS, squeeze=False, sharex=True, sharey=True)
    for axes in grid.flat[count:]:
        axes.axis("off")
    return figure, grid.flat[:count]


def points(data, plane, games):
    """Samples of each game over the modes of the data, of the first seed."""
    shown = [
        (name, run) for name, runs in games.items() for run in runs if "points" in run
    ]
    figure, grid = panels(len(shown), 2.6, 2.75)
    for axes, (name, run) in zip(grid, shown):
        axes.scatter(*plane.means.T, s=90, facecolors="none", edgecolors=GREY, lw=0.8)
        axes.scatter(*np.transpose(run["points"]), s=5, color=BLUE, alpha=0.5, lw=0)
        modes, good = run["modes"], 100 * run["good"]
        covered = f"{modes} of {len(plane.means)} modes, {good:.0f} % good"
        axes.set_title(f"{name}\n{covered}", fontsize=9)
        axes.set(xlim=(-1.2, 1.2), ylim=(-1.2, 1.2), aspect="equal")
        axes.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        axes.tick_params(labelsize=8)
    title = (
        f"{data.capitalize()}: samples of seed 0, and the modes of the data (circles)"
    )
    figure.suptitle(title, fontsize=10)
    return figure


def curves(data, games):
    """The shares of modes covered and of good samples over training, of each seed."""
    figure, grid = panels(len(games), 2.6, 2.1)
    for axes, (name, runs) in zip(grid, games.items()):
        modes = len(runs[0]["counts"])
        for key, whole, color, line, label in (
            ("modes", modes, BLUE, "-", f"modes covered, 100 % is {modes}"),
            ("good", 1, ORANGE, "--", "good samples"),
        ):
            steps = [look["step"] for look in runs[0]["curve"]]
            looks = [[100 * look[key] / whole for look in run["curve"]] for run in runs]
            for seed in looks:
                axes.plot(steps, seed, line, color=color, lw=0.6, alpha=0.35)
            average = np.mean(looks, axis=0)
            axes.plot(steps, average, line, color=color, lw=2.2, label=label)
        axes.set_title(name, fontsize=9)
        axes.set(ylim=(-3, 103))
        axes.tick_params(labelsize=8)
        axes.grid(True, alpha=0.2)
    figure.suptitle(
        f"{data.capitalize()}: mean of the seeds, and each seed", fontsize=10
    )
    figure.supxlabel("updates of the generator", fontsize=9)
    figure.supylabel("%", fontsize=9)
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower right", ncols=2, fontsize=9)
    return figure


def save(figure, path):
    """Write a figure as a PNG file."""
    with files.atomic(path) as partial:
        figure.savefig(partial, format="png", metadata={"Software": None})
