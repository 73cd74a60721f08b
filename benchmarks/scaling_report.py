"""What `scaling.py` measured and what its model predicts, as tables and a chart."""

import collections
import dataclasses
import math
import pathlib
import statistics

from matplotlib.figure import Figure

from benchmarks import scaling_model as model
from benchmarks.peers import games
from ganzoo.system import files

# What is reckoned for GPUs, and pictures of an update on each.
PAPER = (
    games.Case("DCGAN", 28, 1, 32, 64),
    games.Case("DCGAN", 64, 3, 64, 64),
    games.Case("WGANGP", 64, 3, 64, 64),
    games.Case("Pix2Pix", 256, 3, 64, 16),
)
GPUS = (1, 8, 64, 512)
TIMES = 64  # a GPU's batch, for the batch that all share
TERMS = ("compute", "update", "gradients", "statistics", "overhead", "input")
# What is assumed, or was measured elsewhere, each by itself other than it is.
OTHERWISE = {
    "as above": {},
    "a third of the utilisation": {"utilization": 1 / 3},
    "three times the utilisation": {"utilization": 3},
    "latencies ten times as long": {
        name: 10 for name in ("base_latency", "nvlink_latency", "network_latency")
    },
    "a quarter of the network": {"network": 1 / 4},
    "overhead four times as long": {"overhead": 4},
    "input a quarter as fast": {"input": 1 / 4},
}
# Bytes of the small and of the large all-reduce that are timed.
FEW, MANY = 4 * 8, 4 * 2**20


def write(out, lines, protocol):
    """Write `report.md` and `scaling.png` into a folder.

    Args:
        out: path.
        lines: list of dicts, records. The last of each case and measure counts.
        protocol: str. How they were made, in Markdown.
    """
    measured = collections.defaultdict(dict)
    for line in lines:
        case = games.Case(**line["case"])
        measured[line["measure"]][case, line["backend"]] = line
    works = {
        case: work_of(case, line["rows"][0])
        for (case, _), line in measured["work"].items()
    }
    (host,) = measured["host"].values()
    cluster = cluster_of(host["rows"])
    idle = {
        (backend, row["devices"]): statistics.median(row["seconds"])
        for (_, backend), line in measured["idle"].items()
        for row in line["rows"]
    }
    compared = list(_compare(measured["devices"], idle))
    blocks = [
        "# How training grows with devices",
        protocol,
        "![Efficiency by GPUs, and times on virtual devices](scaling.png)",
        "## Devices",
        _devices(compared),
        "## Measured",
        _measured(compared),
        "## Unchanged",
        _unchanged(measured["weights"]),
        "## Predicted",
        _predicted(works, cluster),
        "## Otherwise",
        _otherwise(works, cluster),
        "## Numbers",
        _numbers(works, cluster),
        _about(lines),
    ]
    files.write_text(pathlib.Path(out) / "report.md", "\n\n".join(blocks) + "\n")
    _chart(works, cluster, compared, pathlib.Path(out) / "scaling.png")


def describe(case):
    """A case in words."""
    size = f"{case.side}×{case.side}×{case.channels}"
    return f"{case.variant} {size}, width {case.filters}, batch {case.batch}"


def work_of(case, counts):
    """The `scaling_model.Work` of a case.

    Args:
        case: `games.Case`.
        counts: dict. What was counted: "players", and where they matter "flops" and
            "bytes".
    """
    players = dict(counts["players"])
    of_d = players.pop("discriminator")
    keys = ("weights", "normalizations")
    pairs = 2 if case.variant == "Pix2Pix" else 1
    return model.Work(
        name=f"{case.variant} {case.side}, width {case.filters}",
        flops=counts.get("flops", math.nan),
        discriminator=tuple(of_d[key] for key in keys),
        generator=tuple(sum(one[key] for one in players.values()) for key in keys),
        steps=case.discriminator_steps,
        picture=pairs * math.prod(case.image_shape),
        batch=case.batch,
        memory=tuple(counts.get("bytes", (math.nan, math.nan))),
    )


def cluster_of(rows):
    """The `scaling_model.Cluster` whose processes do what this machine's does.

    Args:
        rows: list of two dicts: bytes of a step that does nothing, and its seconds.
    """
    (few, short), (many, long) = (
        (row["bytes"], statistics.median(row["seconds"])) for row in rows
    )
    for_each_byte = (long - short) / (many - few)
    return model.Cluster(overhead=short - few * for_each_byte, input=1 / for_each_byte)


# === What was measured ===


@dataclasses.dataclass(frozen=True)
class Compared:
    """Seconds of a step on some virtual devices, measured and predicted."""

    case: games.Case
    backend: str
    devices: int
    seconds: list
    apart: float
    alone: float
    predicted: float
    memory: int

    @property
    def median(self):
        """Seconds of the round in the middle."""
        return statistics.median(self.seconds)


def _compare(lines, idle):
    for (case, backend), line in lines.items():
        alone = statistics.median(line["rows"][0]["seconds"])
        for row in line["rows"]:
            devices = row["devices"]
            few, many = row["all_reduces"]
            apart = statistics.median(row["apart"])
            predicted = model.on_virtual_devices(
                apart,
                work_of(case, row),
                backend,
                (FEW, few),
                (MANY, many),
                idle[backend, devices] - idle[backend, 1],
            )
            yield Compared(
                case,
                backend,
                devices,
                row["seconds"],
                apart,
                alone,
                predicted,
                row["memory"],
            )


def _devices(compared):
    """Over all cases: what a step on several devices takes, over that on one."""
    found = collections.defaultdict(list)
    for one in compared:
        if one.devices > 1:
            found[one.backend, one.devices].append(one)
    head = ["backend", "virtual devices", "times one device: measured", "predicted"]
    head += ["measured over predicted: least", "median", "most", "cases"]
    body = []
    for (backend, devices), several in found.items():
        measured = [one.median / one.alone for one in several]
        predicted = [one.predicted / one.alone for one in several]
        over = [one.median / one.predicted for one in several]
        numbers = [*map(statistics.median, (measured, predicted))]
        numbers += [f(over) for f in (min, statistics.median, max)]
        cells = [f"{number:.2f}" for number in numbers]
        body.append([backend, str(devices), *cells, str(len(several))])
    return _table(head, body, text=1)


def _measured(compared):
    head = ["case", "backend", "devices", "ms of a step", "from–to", "apart, ms"]
    head += ["predicted, ms", "measured over predicted", "peak memory, MB"]
    body = [
        [
            describe(one.case),
            one.backend,
            str(one.devices),
            f"{1e3 * one.median:.1f}",
            f"{1e3 * min(one.seconds):.1f}–{1e3 * max(one.seconds):.1f}",
            f"{1e3 * one.apart:.1f}",
            f"{1e3 * one.predicted:.1f}",
            f"{one.median / one.predicted:.2f}",
            f"{one.memory / 2**20:,.0f}",
        ]
        for one in compared
    ]
    return _table(head, body, text=2)


def _unchanged(lines):
    """Differences of weights from those of one device, and what is exchanged."""
    head = ["case", "training", "difference after a step", "after five"]
    head += ["change by training"]
    body = [
        [
            describe(case),
            row["contender"].replace("rounded", "1 device, rounded otherwise"),
            *(f"{row[key]:.1e}" for key in ("first", "after", "change")),
        ]
        for (case, _), line in lines.items()
        for row in line["rows"]
        if row["contender"] != "counted"
    ]
    differences = _table(head, body, text=2)
    head = ["case", "backend", "all-reduces of a step", "by the formula", "their bytes"]
    head += ["of gradients by the formula"]
    body = []
    for (case, backend), line in lines.items():
        counts = line["rows"][-1]
        if counts["contender"] != "counted":
            continue
        work, sizes = work_of(case, counts), counts["all_reduces"]
        expected = model.messages(work, backend) + model.updates(work)
        cells = [describe(case), backend, str(len(sizes)), str(expected)]
        body.append([*cells, f"{4 * sum(sizes):,}", f"{model.gradient_bytes(work):,}"])
    return f"{differences}\n\n{_table(head, body, text=2)}"


# === What is predicted ===


def _paper(works):
    return [works[case] for case in PAPER]


def _predicted(works, cluster):
    blocks = [
        f"In float32 on TensorFlow, up to {cluster.gpus} GPUs for a process. The first "
        "four terms are one after the other on a GPU and the next two in its process "
        "meanwhile; a step is the longer side. Efficiency is the time of one GPU over "
        "that of so many, first with as many pictures for each, then with one batch "
        "for all, for which the ideal is so many times shorter."
    ]
    for work in _paper(works):
        together = TIMES * work.batch
        head = ["GPUs", *(f"{term}, ms" for term in TERMS), "step, ms", "bound by"]
        head += ["efficiency", f"the same at {together:,} for all", "bound by"]
        body = []
        for gpus in GPUS:
            own = model.weak(work, cluster, gpus)
            shared = model.strong(work, cluster, gpus, together)
            times = [f"{1e3 * own[term]:.2f}" for term in (*TERMS, "step")]
            efficiency = f"{own['efficiency']:.0%}", f"{shared['efficiency']:.0%}"
            cells = [str(gpus), *times, own["bound"], efficiency[0]]
            body.append([*cells, efficiency[1], shared["bound"]])
        needed = model.memory(work, work.batch) / 1e9
        blocks += [
            f"### {work.name}, {work.batch} pictures for each GPU",
            f"They take {needed:.2g} of its {cluster.size / 1e9:.0f} GB, which would "
            f"hold {model.largest_batch(work, cluster):,} pictures.",
            _table(head, body),
        ]
    return "\n\n".join(blocks)


def _otherwise(works, cluster):
    head = [f"efficiency at {GPUS[-1]} GPUs, and what binds"]
    head += [work.name for work in _paper(works)]
    body = []
    for words, factors in OTHERWISE.items():
        other = dataclasses.replace(
            cluster,
            **{name: getattr(cluster, name) * factors[name] for name in factors},
        )
        found = [model.weak(work, other, GPUS[-1]) for work in _paper(works)]
        body.append([words, *(f"{f['efficiency']:.0%}, {f['bound']}" for f in found)])
    return _table(head, body)


def _numbers(works, cluster):
    rows = [
        [f"{number:.4g}", meaning, f"[{source}]({url})" if url else source]
        for number, meaning, source, url in model.NUMBERS.values()
    ]
    rows += [
        [f"{cluster.overhead:.4g}", "seconds of a step that does nothing", "measured"],
        [f"{cluster.input:.4g}", "bytes a second of pictures gathered", "measured"],
    ]
    head = ["a step of", "MFLOP a picture", "weights of D", "of G", "updates of D"]
    head += ["batch normalisations of D", "of G", "bytes a picture"]
    head += ["MB taken without pictures", "with each"]
    body = [
        [
            work.name,
            f"{work.flops / 1e6:,.0f}",
            f"{work.discriminator[0]:,}",
            f"{work.generator[0]:,}",
            *map(str, (work.steps, work.discriminator[1], work.generator[1])),
            f"{work.picture:,}",
            *(f"{size / 1e6:,.1f}" for size in work.memory),
        ]
        for work in _paper(works)
    ]
    numbers = _table(["number", "what it is", "from where"], rows, text=3)
    return f"{numbers}\n\n{_table(head, body)}"


def _about(lines):
    told = {
        f"{line['machine']}; commit {line['commit']}; `{line['command']}`."
        for line in lines
    }
    return "\n\n".join(sorted(told))


def _table(head, body, text=1):
    lines = [head, [*["---"] * text, *["--:"] * (len(head) - text)], *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _chart(works, cluster, compared, path):
    """Efficiency by GPUs on paper; times on virtual devices, measured and predicted."""
    figure = Figure(figsize=(10, 4.2), layout="constrained", dpi=120)
    left, right = figure.subplots(1, 2)
    gpus = [2**i for i in range(10)]
    for i, work in enumerate(_paper(works)):
        style = {"color": f"C{i}", "marker": "os^v"[i % 4], "markersize": 4}
        weak = [model.weak(work, cluster, n)["efficiency"] for n in gpus]
        together = TIMES * work.batch
        strong = [model.strong(work, cluster, n, together)["efficiency"] for n in gpus]
        left.plot(gpus, weak, label=work.name, **style)
        left.plot(gpus, strong, linestyle=":", **style)
    left.set(xscale="log", xlabel="GPUs", ylabel="efficiency, on paper", ylim=(0, 1.05))
    left.set_xticks(GPUS, map(str, GPUS))
    left.set_title("as many pictures for each (lines), or for all (dots)", fontsize=9)
    left.legend(frameon=False, fontsize=8)
    for i, backend in enumerate(dict.fromkeys(one.backend for one in compared)):
        several = [c for c in compared if c.backend == backend and c.devices > 1]
        for devices in sorted({one.devices for one in several}):
            found = [one for one in several if one.devices == devices]
            right.plot(
                [1e3 * one.predicted for one in found],
                [1e3 * one.median for one in found],
                color=f"C{i}",
                marker="os^v"[devices % 4],
                linestyle="",
                label=f"{backend}, {devices} devices",
            )
    right.set(xlabel="predicted, ms", ylabel="measured, ms")
    right.set_title("a step on virtual devices", fontsize=9)
    if compared:
        both = [1e3 * f(one.predicted for one in compared) for f in (min, max)]
        right.plot(both, both, color="grey", linewidth=0.8)
        right.set(xscale="log", yscale="log")
        right.legend(frameon=False, fontsize=8)
    for axes in (left, right):
        axes.grid(True, alpha=0.3)
    with files.atomic(path) as partial:
        figure.savefig(partial, format="png", metadata={"Software": None})
