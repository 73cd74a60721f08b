"""How fast a training step is, beside what people use today, and beside the machine.

python benchmarks/throughput.py [--variants DCGAN,WGANGP] [--sizes 28x1x32x64]

Every contender trains the same networks on the same pictures, in a process of its own;
`benchmarks/peers` has them. Before they are timed, each must come to the same losses in
its first step from the same weights and draws. They are timed in turn, A B C A B C, so
that what disturbs the machine disturbs all; medians and their spread are told.

The ceiling is the rate of large matrix products, measured in between. The operations of
a step are those that XLA counts in it as it is written, in JAX.

A case is a line of `results.jsonl` below `--out`; `report.md` there shows the last of
each.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

# The workers compute; what is told of the machine needs Keras here too.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.peers import games  # noqa: E402
from benchmarks.peers import worker  # noqa: E402
from ganzoo import environment  # noqa: E402
from ganzoo import files  # noqa: E402
from ganzoo.adversarial_model import CHUNK  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402

OUT = HERE / "results" / "throughput"
VARIANTS = ("GAN", "DCGAN", "LSGAN", "WGANGP", "CGAN", "BiGAN", "Pix2Pix")
# Side and channels of pictures, width of networks, batch; of pix2pix by its paper.
SIZES = ((28, 1, 32, 64), (28, 1, 32, 128), (28, 1, 64, 64), (28, 1, 64, 128))
SIZES += ((64, 3, 64, 64),)
TRANSLATED = ((28, 1, 32, 64), (256, 3, 64, 1))
OURS = "ganzoo, TensorFlow"
DATA = "ganzoo's data alone"
CEILING = "matrix product"
COUNTER = "JAX and Optax"
DRAWING = ("generate", "predict of the generator")
ENDING = (OURS, "train_step of Keras's guide, tf.data as it comes")
LENGTHS = (40, 60, 90, 135, 200, 300, 450)  # steps of an epoch whose end is timed
# Of the losses of a first step, whose sums come out otherwise.
TOLERANCE = 1e-4


@dataclasses.dataclass(frozen=True)
class Effort:
    """How long is measured.

    Args:
        rounds: int. Turns of each contender.
        seconds: float. Of a turn, about.
    """

    rounds: int = 5
    seconds: float = 3.0


class Worker:
    """A contender in its own process.

    Args:
        name: str. One of `worker.PLAYERS` or `worker.OTHERS`.
        case: `games.Case`.
    """

    def __init__(self, name, case):
        self.name = name
        arguments = [name, json.dumps(dataclasses.asdict(case))]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.peers.worker", *arguments],
            cwd=HERE.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, *words):
        """Say a command, and return the answer."""
        print(*words, file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} has died at: {' '.join(map(str, words))}")
        return json.loads(line)

    def end(self):
        """Let it go."""
        self.process.communicate()


def cases(variants=VARIANTS, sizes=None, precision="float32"):
    """The cases of some variants and sizes, `(side, channels, filters, batch)`."""
    for variant in variants:
        for size in sizes or (TRANSLATED if variant == "Pix2Pix" else SIZES):
            yield games.Case(variant, *size, precision)


def measure(case, names, effort):
    """Check and time contenders at one case.

    Returns:
        List of dicts, one for each contender.

    Raises:
        ValueError: If a contender plays another game.
    """
    say(f"{case.variant}, {describe(case)}")
    check(case, [name for name in names if name in worker.PLAYERS])
    with contextlib.ExitStack() as stack:
        workers = []
        for name in names:
            workers.append(Worker(name, case))
            stack.callback(workers[-1].end)
        rows = [prepare(one, case, effort) for one in workers]
        for _ in range(effort.rounds):
            for one, row in zip(workers, rows):
                seconds = one.ask("run", row["steps"])
                row["rates"].append(row["steps"] / seconds)
        for one, row in zip(workers, rows):
            row["memory"] = one.ask("memory")
            if one.name in (COUNTER, CEILING):
                row["flops"] = one.ask("flops")
            if one.name in DRAWING:
                one.ask("run", 10 * row["steps"])
                row["memory_of_ten_times"] = one.ask("memory")
            say(f"  {one.name}: {statistics.median(row['rates']):.1f} steps/s")
    return rows


def measure_endings(case, names):
    """Time epochs of several lengths, from when `fit` is called until it returns.

    Returns:
        List of dicts, one for each contender.
    """
    rows = []
    for name in names:
        one = Worker(name, case)
        one.ask("start", max(LENGTHS) * case.pictures)
        seconds = [one.ask("run", steps) for steps in LENGTHS]
        one.end()
        rows.append({"contender": name, "epochs": LENGTHS, "seconds": seconds})
    return rows


def check(case, names):
    """Raise a ValueError unless all come to the same losses from the same draws."""
    found = {}
    for name in names:
        one = Worker(name, case)
        found[name] = one.ask("check")
        one.end()
    for name, losses in found.items():
        first = found[names[0]]
        if any(abs(a / b - 1) > TOLERANCE for a, b in zip(losses, first)):
            raise ValueError(
                f"A contender plays another game: the losses of its first step differ "
                f"from those of {names[0]}, {first}. Received: {name} with {losses}."
            )


def prepare(one, case, effort):
    """Let a contender take its first step, and find how many a turn should have."""
    # As many pictures as the longest turn will train on.
    most = 1 if one.name == CEILING else 40_000 // case.pictures + 1
    first = one.ask("start", most * case.pictures)
    few = min(most, 10)
    one.ask("run", few)
    pace = one.ask("run", few) / few
    longest = 10_000 if one.name == CEILING else most
    steps = int(min(max(effort.seconds / pace, 2), longest))
    return {"contender": one.name, "first": first, "steps": steps, "rates": []}


def say(line):
    """Tell on the standard error what is going on."""
    print(line, file=sys.stderr, flush=True)


def describe(case):
    """A case in words, but for its variant."""
    size = f"{case.side}×{case.side}×{case.channels}"
    return f"{size}, width {case.filters}, batch {case.batch}, {case.precision}"


# === The report ===


def report(lines):
    """The last record of each case, as Markdown."""
    latest = {
        json.dumps([line["case"], table_of(line).__name__]): line for line in lines
    }
    blocks = ["# How fast a training step is", __doc__.split("\n\n", 2)[2].strip()]
    for line in latest.values():
        case = games.Case(**line["case"])
        about = f"{line['machine']} ({', '.join(line['devices'])})"
        table = table_of(line)
        blocks += [
            f"## {case.variant}, {describe(case)}",
            table(case, {row["contender"]: row for row in line["rows"]}),
            f"{about}; commit {line['commit']}; {line['seconds'] / 60:.0f} minutes; "
            f"`{line['command']}`.",
        ]
    return "\n\n".join(blocks) + "\n"


def table_of(line):
    """The function that tells a record: of steps, of ends of epochs, or of drawing."""
    first = line["rows"][0]
    if "epochs" in first:
        return endings_table
    return drawing_table if first["contender"] in DRAWING else steps_table


def steps_table(case, rows):
    """The contenders of a case, the fastest first, and what bounds them."""
    ours = median(rows[OURS])
    head = ["contender", "images/s", "from–to", "ganzoo over it", "first step, s"]
    head += ["peak memory, MB"]
    body = [
        [
            name,
            *rate(row, case.pictures),
            f"{ours / median(row):.2f}",
            f"{row['first']:.1f}",
            f"{row['memory'] / 2**20:,.0f}",
        ]
        for name, row in sorted(rows.items(), key=lambda item: -median(item[1]))
        if name in worker.PLAYERS
    ]
    text = markdown(head, body)
    if COUNTER in rows and CEILING in rows:
        flops = rows[COUNTER]["flops"]
        peak = rows[CEILING]["flops"] * median(rows[CEILING])
        text += (
            f"\n\nA step has {flops / 1e9:.2f} GFLOP, the machine's matrix product "
            f"{peak / 1e9:.0f} GFLOP/s: ganzoo reaches {flops * ours / peak:.0%} of it."
        )
    if DATA in rows:
        text += (
            f"\n\nIts data alone, by `fit` whose step does nothing, come at "
            f"{median(rows[DATA]) / ours:.1f} times the rate of training."
        )
    return text


def drawing_table(case, rows):
    """`generate` beside `predict`; a step of both is a chunk of pictures."""
    head = ["contender", "pictures/s", "from–to", "peak memory, MB"]
    head += ["of ten times as many"]
    body = [
        [
            name,
            *rate(row, CHUNK),
            f"{row['memory'] / 2**20:,.0f}",
            f"{row['memory_of_ten_times'] / 2**20:,.0f}",
        ]
        for name, row in rows.items()
    ]
    return markdown(head, body)


def endings_table(case, rows):
    """Seconds of an epoch by its steps."""
    head = ["seconds until `fit` returns, by steps of the epoch", *map(str, LENGTHS)]
    body = [
        [name, *(f"{seconds:.1f}" for seconds in row["seconds"])]
        for name, row in rows.items()
    ]
    return markdown(head, body)


def rate(row, pictures):
    """Pictures per second: the median, and from where to where."""
    low, high = min(row["rates"]), max(row["rates"])
    return (
        f"{pictures * median(row):,.0f}",
        f"{pictures * low:,.0f}–{pictures * high:,.0f}",
    )


def markdown(head, body):
    """A table."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def median(row):
    """Steps per second."""
    return statistics.median(row["rates"])


def run(chosen, names, effort, out=OUT, command=""):
    """Measure cases, keep each as a record, and write the report.

    Where `names` are those of `ENDING`, it is the ends of epochs that are measured.
    """
    kept = records.Records(pathlib.Path(out) / "results.jsonl")
    for case in chosen:
        start = time.perf_counter()
        if names == ENDING:
            rows = measure_endings(case, names)
        else:
            rows = measure(case, names, effort)
        kept.append(
            {
                "command": command,
                "case": dataclasses.asdict(case),
                **environment.environment(),
                "seconds": time.perf_counter() - start,
                "rows": rows,
            }
        )
        files.write_text(pathlib.Path(out) / "report.md", report(kept.read()))


def main(argv=None):
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--variants", default=",".join(VARIANTS), help="by commas")
    parser.add_argument("--sizes", help="like 28x1x32x64,64x3x64x64: side, channels, "
                        "width, batch")  # fmt: skip
    parser.add_argument("--contenders", help="by semicolons; all, but torch.compile")
    parser.add_argument("--drawing", action="store_true", help="`generate`, not steps")
    parser.add_argument("--ending", action="store_true", help="when `fit` returns")
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--rounds", type=int, default=Effort.rounds)
    parser.add_argument(
        "--seconds", type=float, default=Effort.seconds, help="of a turn"
    )
    parser.add_argument("--out", default=OUT, type=pathlib.Path)
    args = parser.parse_args(argv)
    names = [name for name in worker.PLAYERS if "compile" not in name]
    names += [DATA, CEILING]
    if args.contenders:
        names = args.contenders.split(";")
        if unknown := set(names) - set(worker.PLAYERS | worker.OTHERS):
            known = list(worker.PLAYERS | worker.OTHERS)
            parser.error(f"there are {known}, not {unknown}")
    if args.drawing:
        names = DRAWING
    if args.ending:
        names = ENDING
    variants = args.variants.split(",")
    if unknown := set(variants) - set(VARIANTS):
        parser.error(f"there are {VARIANTS}, not {unknown}")
    sizes = args.sizes and [
        tuple(map(int, size.split("x"))) for size in args.sizes.split(",")
    ]
    chosen = cases(variants, sizes, args.precision)
    command = " ".join(["python benchmarks/throughput.py", *sys.argv[1:]])
    run(chosen, names, Effort(args.rounds, args.seconds), args.out, command)


if __name__ == "__main__":
    main()
