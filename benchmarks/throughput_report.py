"""What `throughput.py` measured, as tables and a chart."""

import collections
import json
import pathlib
import statistics

from matplotlib import colormaps
from matplotlib.figure import Figure

from benchmarks.peers import games
from benchmarks.peers import worker
from ganzoo.game.sampling import CHUNK
from ganzoo.system import files

OURS = "ganzoo, TensorFlow"
DATA = "ganzoo's data alone"
CEILING = "matrix product"
COUNTER = "operations of a step"
OWN = "the game's own peer"
PROFILED_KINDS = 12
# Of the contenders, so that each is told by either.
MARKERS, COLORS = "os^vDPX*<>hpd8|", colormaps["tab20"].colors


def write(out, lines, protocol):
    """Write `report.md` and `speed.png` into a folder.

    Args:
        out: path.
        lines: list of dicts, records in the order of their measurement. The last of
            each case and measure counts; earlier ones of steps are told beside it. One
            that "retracts" contenders takes their rows out of all before it.
        protocol: str. How they were made, in Markdown.
    """
    lines, reasons = _upheld(lines)
    measured = collections.defaultdict(list)
    for line in lines:
        measured[json.dumps([line["case"], line["measure"]])].append(line)
    text = _markdown(list(measured.values()), "\n\n".join([protocol, *reasons]))
    files.write_text(pathlib.Path(out) / "report.md", text)
    latest = [line for *_, line in measured.values()]
    steps = [line for line in latest if line["measure"] == "steps"]
    if steps:
        _chart(steps, pathlib.Path(out) / "speed.png")


def _upheld(lines):
    """What no later line retracts, and the reasons for which the others are."""
    upheld, reasons = [], []
    for line in lines:
        if "retracts" not in line:
            upheld.append(line)
            continue
        reasons.append(line["why"])
        for one in upheld:
            kept = [r for r in one["rows"] if r["contender"] not in line["retracts"]]
            one["rows"] = kept
    return upheld, reasons


def describe(case):
    """A case in words, but for its variant."""
    size = f"{case.side}×{case.side}×{case.channels}"
    return f"{size}, width {case.filters}, batch {case.batch}, {case.precision}"


def _markdown(measured, protocol):
    blocks = ["# How fast a training step is", protocol]
    steps = [line for *_, line in measured if line["measure"] == "steps"]
    if steps:
        blocks.append(_summary(steps))
        blocks.append("![Training rates beside ganzoo's](speed.png)")
        blocks.append(_overview(steps))
    for *before, line in measured:
        case = games.Case(**line["case"])
        about = f"{_machine(line)} ({', '.join(line['devices'])})"
        blocks += [
            f"## {case.variant}, {describe(case)}: {line['measure']}",
            TABLES[line["measure"]](case, _by_contender(line)),
            *(_earlier(one) for one in before if one["measure"] == "steps"),
            f"{about}; commit {line['commit']}; {line['seconds'] / 60:.0f} minutes; "
            f"`{line['command']}`.",
        ]
    return "\n\n".join(blocks) + "\n"


def _machine(line):
    return ", ".join(filter(None, (line["machine"], line.get("processor"))))


def _earlier(line):
    """What an earlier measurement of the same case has come to."""
    rows = _by_contender(line)
    own = ours(rows)
    times = ", ".join(
        f"{median(rows[own]) / median(rows[name]):.2f} ({name})"
        for name in worker.PLAYERS
        if name in rows and name != own
    )
    return (
        f"Before, at commit {line['commit'][:7]} on {_machine(line)}, {own} was so "
        f"many times as fast as others: {times}."
    )


def ours(rows):
    """Which contender of a case the others are held against.

    It is ganzoo on TensorFlow, or where that is not there on another backend.
    """
    return next(name for name in worker.PLAYERS if name in rows and "ganzoo" in name)


def _summary(lines):
    """Over all cases: how many times as fast as each peer a step of ganzoo is."""
    cases = [_by_contender(line) for line in lines]
    names = dict.fromkeys(map(ours, cases))
    return "\n\n".join(
        _times(name, [rows for rows in cases if ours(rows) == name]) for name in names
    )


def _times(own, cases):
    times, apart = collections.defaultdict(list), collections.Counter()
    for rows in cases:
        for name in rows.keys() & worker.PLAYERS.keys() - {own}:
            times[name].append(median(rows[own]) / median(rows[name]))
            apart[name] += min(rows[own]["rates"]) > max(rows[name]["rates"])
    head = [f"{own}: times as fast as", "least", "median", "most"]
    head += ["cases", "as fast or faster", "each turn faster than any of theirs"]
    body = [
        [
            name,
            *(f"{f(found):.2f}" for f in (min, statistics.median, max)),
            str(len(found)),
            str(sum(time >= 1 for time in found)),
            str(apart[name]),
        ]
        for name, found in sorted(times.items(), key=lambda item: min(item[1]))
    ]
    return _table(head, body)


def _overview(lines):
    """The median rates of all cases, the highest of each marked."""
    cases = [(games.Case(**line["case"]), _by_column(line)) for line in lines]
    names = [n for n in _columns() if any(n in rows for _, rows in cases)]
    body = []
    for case, rows in cases:
        best = max(names, key=lambda name: median(rows[name]) if name in rows else 0)
        cells = [
            _rate(rows[name], case.pictures)[0] if name in rows else ""
            for name in names
        ]
        cells[names.index(best)] = f"**{cells[names.index(best)]}**"
        body.append([f"{case.variant}, {describe(case)}", *cells])
    return _table(["images/s", *names], body)


def _steps(case, rows):
    """The contenders of a case, the fastest first, and what bounds them."""
    own = median(rows[ours(rows)])
    head = ["contender", "images/s", "from–to", "ganzoo over it", "turns × steps"]
    head += ["first step, s", "peak memory, MB"]
    body = [
        [
            name,
            *_rate(row, case.pictures),
            f"{own / median(row):.2f}",
            f"{len(row['rates'])} × {row['steps']}",
            f"{row['first']:.1f}",
            f"{row['memory'] / 2**20:,.0f}",
        ]
        for name, row in sorted(rows.items(), key=lambda item: -median(item[1]))
        if name in worker.PLAYERS
    ]
    text = _table(head, body)
    text += _on_each_backend(rows)
    if "flops_of_a_step" in rows.get(CEILING, {}):
        flops = rows[CEILING]["flops_of_a_step"]
        peak = rows[CEILING]["flops"] * median(rows[CEILING])
        text += (
            f"\n\nA step has {flops / 1e9:.2f} GFLOP, the machine's matrix product "
            f"{peak / 1e9:.0f} GFLOP/s: ganzoo reaches {flops * own / peak:.0%} of it."
        )
    if DATA in rows:
        text += (
            f"\n\nIts data alone, by `fit` whose step does nothing, come at "
            f"{median(rows[DATA]) / own:.1f} times the rate of training."
        )
    return text


def _on_each_backend(rows):
    """Rates and memory of ganzoo over those of each peer on the same backend."""
    players = {name: worker.PLAYERS[name] for name in rows if name in worker.PLAYERS}
    head = ["on the same backend", "beside", "rate over its", "memory over its"]
    body = [
        [
            own,
            peer,
            f"{median(rows[own]) / median(rows[peer]):.2f}",
            f"{rows[own]['memory'] / rows[peer]['memory']:.2f}",
        ]
        for own, (backend, module, *_) in players.items()
        for peer, (its, other, *_) in players.items()
        if module == "zoo" and other != "zoo" and its == backend
    ]
    return f"\n\n{_table(head, body)}" if body else ""


def _drawing(case, rows):
    """`generate` beside `predict`; a step of both is a chunk of pictures."""
    head = ["contender", "pictures/s", "from–to", "peak memory, MB"]
    head += ["of ten times as many"]
    body = [
        [
            name,
            *_rate(row, CHUNK),
            f"{row['memory'] / 2**20:,.0f}",
            f"{row['memory_of_ten_times'] / 2**20:,.0f}",
        ]
        for name, row in rows.items()
    ]
    return _table(head, body)


def _searching(case, rows):
    """A step of `project` beside the gradient that it cannot do without."""
    head = ["backend", "a step of `project`, ms", "its gradient alone, ms", "ratio"]
    body = []
    for name in rows:
        step, _, backend = name.partition(", ")
        alone = rows.get(f"gradient, {backend}")
        if step == "project" and alone:
            found = [1e3 / median(row) for row in (rows[name], alone)]
            body.append([backend, *map("{:.2f}".format, found)])
            body[-1].append(f"{found[0] / found[1]:.2f}")
    return _table(head, body)


def _endings(case, rows):
    """Seconds of an epoch by its steps."""
    lengths = next(iter(rows.values()))["epochs"]
    head = ["seconds until `fit` returns, by steps of the epoch", *map(str, lengths)]
    body = [
        [name, *(f"{seconds:.1f}" for seconds in row["seconds"])]
        for name, row in rows.items()
    ]
    return _table(head, body)


def _profile(case, rows):
    """Milliseconds of a step by kinds of operations, and what they leave to gain."""
    kinds = {kind for row in rows.values() for kind in row["operations"]}

    def time(name, kind):
        return rows[name]["operations"].get(kind, 0.0)

    longest = sorted(kinds, key=lambda kind: -max(time(n, kind) for n in rows))
    head = ["milliseconds of a step, over all threads", *rows]
    body = [
        [kind, *(f"{time(name, kind):.1f}" for name in rows)]
        for kind in longest[:PROFILED_KINDS]
    ]
    body.append(
        ["all", *(f"{sum(r['operations'].values()):.1f}" for r in rows.values())]
    )
    body.append(["on the clock", *(f"{r['milliseconds']:.1f}" for r in rows.values())])
    shares = [
        sum(t for kind, t in row["operations"].items() if _is_product(kind))
        / sum(row["operations"].values())
        for row in rows.values()
    ]
    told = ", ".join(f"{share:.0%} ({name})" for name, share in zip(rows, shares))
    return (
        f"{_table(head, body)}\n\nConvolutions and matrix products, which are the "
        f"library's own kernels, have {told} of the time. Were all the rest free, a "
        f"step of {list(rows)[-1]} would be {1 / shares[-1]:.2f} times as fast."
    )


def _tries(case, rows):
    """What was tried, the fastest first."""
    own = median(rows[OURS])
    head = ["tried", "images/s", "from–to", "over ganzoo as it is", "first step, s"]
    body = [
        [
            "as it is" if name == OURS else name.removeprefix("ganzoo: "),
            *_rate(row, case.pictures),
            f"{median(row) / own:.2f}",
            f"{row['first']:.1f}",
        ]
        for name, row in sorted(rows.items(), key=lambda item: -median(item[1]))
    ]
    return _table(head, body)


def _is_product(kind):
    return "Conv2D" in kind or "MatMul" in kind


TABLES = {
    "steps": _steps,
    "drawing": _drawing,
    "searching": _searching,
    "endings": _endings,
    "profile": _profile,
    "tries": _tries,
}


def _rate(row, pictures):
    """Pictures per second: the median, and from where to where."""
    low, high = min(row["rates"]), max(row["rates"])
    low, middle, high = (
        f"{rate:,.0f}" if rate >= 100 else f"{rate:.3g}"
        for rate in (pictures * low, pictures * median(row), pictures * high)
    )
    return middle, f"{low}–{high}"


def median(row):
    """Steps per second of a contender."""
    return statistics.median(row["rates"])


def _table(head, body):
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _chart(lines, path):
    """A line of dots for each case: contenders' rates over ganzoo's, and their spread.

    Args:
        lines: list of records of steps.
        path: path of a PNG.
    """
    figure = Figure(figsize=(9, 1.6 + 0.42 * len(lines)), layout="constrained", dpi=120)
    axes = figure.add_subplot()
    for i, name in enumerate(_columns()):
        points = [
            (_over(row, rows[ours(rows)]), -y)
            for y, rows in enumerate(map(_by_column, lines))
            if (row := rows.get(name))
        ]
        if not points:
            continue
        (low, middle, high), at = zip(*[p[0] for p in points]), [p[1] for p in points]
        spread = [
            [m - a for m, a in zip(middle, low)],
            [b - m for m, b in zip(middle, high)],
        ]
        marker, color = MARKERS[i % len(MARKERS)], COLORS[i % len(COLORS)]
        style = {"marker": marker, "color": color, "linestyle": ""}
        axes.errorbar(middle, at, xerr=spread, label=name, alpha=0.8, **style)
    cases = [games.Case(**line["case"]) for line in lines]
    names = [f"{case.variant}, {describe(case)}" for case in cases]
    axes.set_yticks([-y for y in range(len(lines))], names)
    axes.set(xscale="log", xlabel="images/s over those of ganzoo")
    ticks = [0.125, 0.25, 0.5, 0.75, 1, 1.5, 2]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks], minor=False)
    axes.set_xticks([], minor=True)
    axes.grid(True, axis="x", alpha=0.3)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    with files.atomic(path) as partial:
        figure.savefig(partial, format="png", metadata={"Software": None})


def _by_contender(line):
    return {row["contender"]: row for row in line["rows"]}


def _by_column(line):
    return {_column(name): row for name, row in _by_contender(line).items()}


def _columns():
    return dict.fromkeys(map(_column, worker.PLAYERS))


def _column(name):
    """Where a contender is told among all cases: peers of one game have a place."""
    return OWN if name in worker.OWN_PEERS.values() else name


def _over(row, own):
    """The least, the median and the most of a contender's rates, over our median."""
    rates = min(row["rates"]), median(row), max(row["rates"])
    return tuple(rate / median(own) for rate in rates)
