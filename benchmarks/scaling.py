"""How training grows with devices, batch, size of pictures and of networks.

python benchmarks/scaling.py [--quick]

DCGAN is trained on one, two and four virtual devices of this machine's processor, by
TensorFlow and by JAX, each in a process of its own and timed in turn, A B C A B C. A
device is a thread and has a core for itself, until there are more devices than cores.
All weights are compared with those of one device after steps of SGD, in networks of a
small width, and so are those of one device whose first weights were each the next
number that there is: a game amplifies what is rounded otherwise. So are games of other
kinds: with a head for labels, with lazy penalties, with an unrolled discriminator, and
with two domains.

A step on many GPUs is reckoned on paper (`scaling_model.py`) from what is counted in
it, what its process does on this machine, and the specifications of their makers. The
same formulas predict the times on virtual devices, from three things that are measured
by themselves: processes beside each other that each train on one device's part of the
batch, a small and a large all-reduce between the devices, and `fit` on them of a step
that does nothing. Nothing is fitted.

A case is a line of `results.jsonl` below `--out`; started again, it goes on after its
last case. `report.md` there shows all of them.
"""

import argparse
import contextlib
import dataclasses
import functools
import itertools
import os
import pathlib
import statistics
import sys

# The workers compute; what is told of the machine needs Keras here too.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import numpy as np  # noqa: E402

from benchmarks import scaling_report as report  # noqa: E402
from benchmarks import throughput  # noqa: E402
from benchmarks.peers import games  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402

OUT = HERE / "results" / "scaling"
BACKENDS = ("tensorflow", "jax")
DEVICES = (1, 2, 4)
# Side, channels, width and batch: one is another than in the first, but for large
# pictures, which few and thin networks have to do.
SIZES = ((28, 1, 16, 64), (28, 1, 16, 256), (64, 3, 8, 32))
SIZES += ((28, 1, 32, 64), (28, 1, 16, 16))
QUICK = ((28, 1, 8, 16),)
STEPS_OF_SGD = 5
SMALL = 8  # width of networks whose weights are compared
# Games of other kinds whose weights are compared too, and by which backends.
KINDS = {
    games.Case("ACGAN", 28, 1, SMALL, 16): BACKENDS,
    # The zoo refuses these two on several devices of TensorFlow.
    games.Case("StyleGAN2", 32, 3, SMALL, 16): ("jax",),
    games.Case("UnrolledGAN", 28, 1, SMALL, 16): ("jax",),
    games.Case("CoGAN", 28, 1, SMALL, 16): BACKENDS,
}
STEPS = 20  # that are timed in one go
IDLE_STEPS = 200  # where they do nothing
FEWER, MORE = 64, 1024  # pictures in a step that does nothing


def measure_devices(case, backend, rounds):
    """Time a case on each number of devices, and what each device would do alone.

    Returns:
        List of dicts, one for each number.
    """
    cores = sorted(os.sched_getaffinity(0))
    rows = [{"devices": n, "seconds": [], "apart": []} for n in DEVICES]
    with contextlib.ExitStack() as stack:

        def start(devices, batch, cores):
            own = dataclasses.replace(case, batch=batch)
            one = throughput.Worker(f"{backend}, {devices} devices", own, cores)
            stack.callback(one.end)
            return one

        teams = []
        for n in DEVICES:
            together = [start(n, case.batch, cores[:n])]
            parts = [(cores[i % len(cores)], case.batch // n) for i in range(n)]
            apart = [start(1, part, [core]) for core, part in parts]
            teams.append((together, apart))
        for workers in itertools.chain(*teams):
            throughput.ask_all(workers, "start", (1 + STEPS) * case.pictures)
        for _ in range(rounds):
            for (together, apart), row in zip(teams, rows):
                row["seconds"] += throughput.ask_all(together, "pace", STEPS)
                # Together, the others would wait for the slowest.
                row["apart"].append(max(throughput.ask_all(apart, "pace", STEPS)))
        for ((one,), _), row in zip(teams, rows):
            row["memory"] = one.ask("memory")
            row["all_reduces"] = one.ask("all_reduces")
            row["players"] = one.ask("players")
            milliseconds = 1e3 * statistics.median(row["seconds"])
            throughput.say(f"  {row['devices']} devices: {milliseconds:.1f} ms")
    return rows


def measure_idle(case, backend, rounds):
    """Seconds of a step of `fit` that does nothing, by devices, in a list of dicts."""
    cores = sorted(os.sched_getaffinity(0))
    rows = []
    for n in DEVICES:
        one = throughput.Worker(f"{backend}, {n} devices, nothing", case, cores[:n])
        one.ask("start", (1 + IDLE_STEPS) * case.pictures)
        seconds = [one.ask("pace", IDLE_STEPS) for _ in range(rounds)]
        rows.append({"devices": n, "seconds": seconds})
        one.end()
    return rows


def measure_weights(case, backend):
    """Compare weights after training on several devices with those of one.

    Returns:
        List of dicts, the largest differences of a weight, for each number of devices,
        and for one whose first weights were all rounded otherwise.
    """
    names = [f"{backend}, {devices} devices" for devices in DEVICES]
    found = {}
    for name in [*names, f"{backend}, rounded"]:
        one = throughput.Worker(name, case)
        path = pathlib.Path(one.ask("weights", STEPS_OF_SGD))
        one.end()
        with np.load(path) as arrays:
            found[name] = dict(arrays)
        path.unlink()
    alone = found[names[0]]

    def largest(a, b):
        return float(np.max(np.abs(a - b)))

    return [
        {
            "contender": name,
            "first": largest(weights["first"], alone["first"]),
            "after": largest(weights["after"], alone["after"]),
            "change": largest(weights["after"], weights["before"]),
        }
        for name, weights in found.items()
        if weights is not alone
    ]


def measure_weights_and_messages(case, backend):
    """What `measure_weights` returns, and a dict of the all-reduces of a step on two.

    Such a step is one of DCGAN.
    """
    rows = measure_weights(case, backend)
    one = throughput.Worker(f"{backend}, 2 devices", case)
    rows.append({"contender": "counted", **one.ask("count")})
    one.end()
    return rows


def count_work(case):
    """What a step is made of, in a list of one dict."""
    one = throughput.Worker("work", case)
    counts = one.ask("count")
    one.end()
    return [counts]


def measure_host(case, rounds):
    """Seconds of a step of `fit` that does nothing, by its bytes, in a list."""
    rows = []
    for batch in (FEWER, MORE):
        sized = dataclasses.replace(case, batch=batch)
        one = throughput.Worker("ganzoo's data alone", sized)
        one.ask("start", (1 + STEPS) * sized.pictures)
        rows.append(
            {
                "bytes": batch * case.side**2 * case.channels,
                "seconds": [one.ask("pace", STEPS) for _ in range(rounds)],
            }
        )
        one.end()
    return rows


def tasks(sizes, kinds, backends, rounds):
    """What is to be measured: name, case, backend and a function that does it."""
    cases = [games.Case("DCGAN", *size) for size in sizes]
    host = games.Case("DCGAN", 64, 3, SMALL, FEWER)
    yield "host", host, "tensorflow", functools.partial(measure_host, host, rounds)
    for backend in backends:
        idle = functools.partial(measure_idle, host, backend, rounds)
        yield "idle", host, backend, idle
    for case in report.PAPER:
        yield "work", case, "jax", functools.partial(count_work, case)
    for case in cases:
        small = dataclasses.replace(case, filters=SMALL, batch=16)
        for backend in backends:
            yield (
                *("devices", case, backend),
                functools.partial(measure_devices, case, backend, rounds),
            )
        for backend in backends:
            weights = functools.partial(measure_weights_and_messages, small, backend)
            yield "weights", small, backend, weights
    for case, possible in kinds.items():
        for backend in sorted(set(backends) & set(possible)):
            weights = functools.partial(measure_weights, case, backend)
            yield "weights", case, backend, weights


def run(chosen, out=OUT, command=""):
    """Do what is not done yet, keep each as a record, and write the report.

    Args:
        chosen: iterable of `tasks`.
        out: path. Folder of records and report.
        command: str. What does it again.
    """
    kept = records.Records(pathlib.Path(out) / "results.jsonl")
    about = __doc__.split("\n\n", 2)[2].strip()
    chosen = list(chosen)
    for i, (name, case, backend, function) in enumerate(chosen):
        case_is = dataclasses.asdict(case)
        done = [(r["measure"], r["case"], r["backend"]) for r in kept.read()]
        if (name, case_is, backend) in done:
            continue
        throughput.say(
            f"{i + 1}/{len(chosen)} {name}, {backend}: {report.describe(case)}"
        )
        rows = function()
        kept.append(
            {
                "command": command,
                "measure": name,
                "case": case_is,
                **environment.environment(),
                "backend": backend,
                "rows": rows,
            }
        )
        # What is reckoned comes first, and there is no report without.
        if name in ("weights", "devices"):
            report.write(out, kept.read(), about)
    report.write(out, kept.read(), about)


def main(argv=None):
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="one small case by each framework")
    add("--sizes", help="like 28x1x32x64,64x3x64x64: side, channels, width, batch")
    add("--backends", default=",".join(BACKENDS), help="by commas")
    add("--rounds", type=int, default=3)
    add("--out", default=OUT, type=pathlib.Path)
    argv = sys.argv[1:] if argv is None else argv
    args = parser.parse_args(argv)
    backends = args.backends.split(",")
    if unknown := set(backends) - set(BACKENDS):
        parser.error(f"there are {BACKENDS}, not {unknown}")
    sizes = QUICK if args.quick else SIZES
    if args.sizes:
        sizes = [tuple(map(int, s.split("x"))) for s in args.sizes.split(",")]
    run(
        tasks(sizes, {} if args.quick else KINDS, backends, args.rounds),
        args.out,
        records.command("benchmarks/scaling.py", argv),
    )


if __name__ == "__main__":
    main()
