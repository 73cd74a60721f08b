"""How fast a training step is, beside what people use today, and beside the machine.

python benchmarks/throughput.py [--variants DCGAN,WGANGP] [--sizes 28x1x32x64]
python benchmarks/throughput.py --measure drawing   # `generate` beside `predict`
python benchmarks/throughput.py --measure searching # `project` beside its gradient
python benchmarks/throughput.py --measure endings   # when `fit` returns
python benchmarks/throughput.py --measure profile   # where the time of a step goes
python benchmarks/throughput.py --measure tries     # what helps a step, and what not

Every contender trains the same networks on the same pictures, in a process of its own;
`benchmarks/peers` has them. Before they are timed, each must come to the same losses in
two steps from the same weights and draws, at a small width and batch. They are timed in
turn, A B C A B C, so that what disturbs the machine disturbs all; medians and their
spread are told. Steps are timed from the end of a turn's first to that of its last:
what begins an epoch is the same for one of a thousand steps as for a turn of ten.
Tries, drawing and searching are timed by whole turns; endings and profiles once, one
after the other. Tries are not held to losses: they compute the same otherwise.
Memory is the most that a process has had since its first step began, with the pictures
that it is fed: bytes for ganzoo, floats for its peers.

The ceiling is the rate of large matrix products, measured in between. The operations of
a step are those that XLA counts in it as it is written, in JAX.

Peers on TensorFlow read their data by untuned iterators here, as nobody does: a tuned
one may end long after its last batch, for which each turn would wait. `--measure
endings` shows how long.

A case is a line of `results.jsonl` below `--out`; `report.md` there shows the last of
each.
"""

import argparse
import contextlib
import dataclasses
import functools
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time

# The workers compute; what is told of the machine needs Keras here too. oneDNN is what
# the `ganzoo` command has on every processor.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from benchmarks import throughput_report as report  # noqa: E402
from benchmarks.peers import games  # noqa: E402
from benchmarks.peers import worker  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402

OUT = HERE / "results" / "throughput"
VARIANTS = ("GAN", "DCGAN", "LSGAN", "WGANGP", "CGAN", "BiGAN", "Pix2Pix")
VARIANTS += tuple(worker.OWN_PEERS)
# Side and channels of pictures, width of networks, batch; of pix2pix by its paper.
SIZES = ((28, 1, 32, 64), (28, 1, 32, 128), (28, 1, 64, 64), (28, 1, 64, 128))
SIZES += ((64, 3, 64, 64),)
OWN_SIZES = {
    "Pix2Pix": ((28, 1, 32, 64), (256, 3, 64, 1)),
    "StyleGAN": ((32, 3, 64, 16),),
    "StyleGAN3": ((32, 3, 64, 16),),
    "StyleGAN2": ((32, 3, 64, 16), (32, 3, 128, 16)),
    "BigGAN": ((32, 3, 16, 50),),
    "R3GAN": ((32, 3, 32, 64),),
    # As of their recipes for Fashion-MNIST, or that of InfoGAN for MNIST.
    "SNGAN": ((28, 1, 32, 32),),
    "ProjectionGAN": ((28, 1, 32, 32),),
    "InfoGAN": ((28, 1, 32, 128),),
    **dict.fromkeys(("ACGAN", "EBGAN", "BEGAN", "VAEGAN", "ALI"), ((28, 1, 32, 64),)),
    **dict.fromkeys(("MinimaxGAN", "HingeGAN", "RpGAN", "WGAN"), ((28, 1, 32, 64),)),
    **dict.fromkeys(("DRAGAN", "UnrolledGAN", "CoGAN"), ((28, 1, 32, 64),)),
    "SemiSupervisedGAN": ((28, 1, 32, 100),),  # whose layers have sizes of their own
    "CycleGAN": ((28, 1, 8, 8),),
    "IcGAN": ((28, 1, 32, 64),),
    "GANCLS": ((28, 1, 24, 64),),
    "FAnoGAN": ((28, 1, 32, 160),),
    "LAPGAN": ((28, 1, 16, 64),),
    "BigBiGAN": ((32, 3, 16, 32),),
    **dict.fromkeys(("SRGAN", "PredictiveGAN"), ((28, 1, 16, 32),)),
}
TRIES = (report.OURS, *(f"ganzoo: {name}" for name in worker.TRIES))
DRAWING = ("generate", "predict of the generator")
SEARCHING = tuple(
    f"{name}, {backend}"
    for backend in ("tensorflow", "jax", "torch")
    for name in ("project", "gradient")
)
ENDING = (report.OURS, "train_step of Keras's guide, tf.data as it comes")
PROFILED = (report.OURS, "train_step of Keras's guide")
PROFILED_STEPS = 40
LENGTHS = (40, 60, 90, 135, 200, 300, 450)  # steps of an epoch whose end is timed
# Of the losses of first steps, whose sums come out otherwise.
TOLERANCE = 1e-4
MOST_NUMBERS = 2**27  # in the pictures of a turn
SMALL = 8  # width and batch of those steps


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
        cores: list of ints, or None. The processor's cores that it may use; None for
            all of them.
    """

    def __init__(self, name, case, cores=None):
        self.name = name
        arguments = [name, json.dumps(dataclasses.asdict(case)), json.dumps(cores)]
        *_, options = (worker.PLAYERS | worker.OTHERS).get(name, ({},))
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.peers.worker", *arguments],
            cwd=HERE.parent,
            # Some of it is read when a process begins.
            env={**os.environ, **options.get("environment", {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )

    def ask(self, *words):
        """Say a command, and return the answer."""
        return ask_all([self], *words)[0]

    def tell(self, *words):
        """Say a command, and do not wait."""
        self.told = words
        print(*words, file=self.process.stdin, flush=True)

    def hear(self):
        """Wait for the answer, and return it."""
        line = self.process.stdout.readline()
        if not line:
            told = " ".join(map(str, self.told))
            self.errors.seek(0)
            raise RuntimeError(
                f"{self.name} has died at: {told}\n{self.errors.read()[-2000:]}"
            )
        return json.loads(line)

    def end(self):
        """Let it go."""
        self.process.communicate()
        self.errors.close()


def ask_all(workers, *words):
    """Say a command to all, who obey at the same time, and return their answers."""
    for one in workers:
        one.tell(*words)
    return [one.hear() for one in workers]


def cases(variants=VARIANTS, sizes=None, precision="float32"):
    """The cases of some variants and sizes, `(side, channels, filters, batch)`."""
    for variant in variants:
        for size in sizes or OWN_SIZES.get(variant, SIZES):
            yield games.Case(variant, *size, precision)


def contenders(variant):
    """Whose steps are timed beside each other, but for what `torch.compile` makes."""
    own, players = worker.OWN_PEERS.get(variant), worker.PLAYERS
    if own:
        # Nobody knows the operations of a step there, nor waits for XLA on a CPU.
        zoo = [n for n in players if n.startswith("ganzoo") and n.count(",") == 1]
        return [*zoo, own, report.DATA]
    of_others = worker.OWN_PEERS.values()
    names = [n for n in players if "compile" not in n and n not in of_others]
    return [*names, report.DATA, report.CEILING]


def measure(case, names, effort, timed="run"):
    """Check and time contenders at one case.

    Args:
        case: `games.Case`.
        names: sequence of str. Contenders.
        effort: `Effort`.
        timed: "run" for all that a turn takes, or "pace" for its steps after the first.

    Returns:
        List of dicts, one for each contender.

    Raises:
        ValueError: If a contender plays another game.
    """
    say(f"{case.variant}, {report.describe(case)}")
    small = dataclasses.replace(case, filters=SMALL, batch=SMALL, precision="float32")
    check_once(small, tuple(name for name in names if name in worker.PLAYERS))
    operations = count_operations(case) if report.CEILING in names else None
    with contextlib.ExitStack() as stack:
        workers = []
        for name in names:
            workers.append(Worker(name, case))
            stack.callback(workers[-1].end)
        rows = [prepare(one, case, effort) for one in workers]
        for _ in range(effort.rounds):
            for one, row in zip(workers, rows):
                seconds = one.ask(timed, row["steps"])
                row["rates"].append((row["steps"] if timed == "run" else 1) / seconds)
        for one, row in zip(workers, rows):
            row["memory"] = one.ask("memory")
            if one.name == report.CEILING:
                row["flops"] = one.ask("flops")
                row["flops_of_a_step"] = operations
            if one.name in DRAWING:
                one.ask("run", 10 * row["steps"])
                row["memory_of_ten_times"] = one.ask("memory")
            say(f"  {one.name}: {report.median(row):.1f} steps/s")
    return rows


def measure_endings(case, names=ENDING):
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


def measure_profile(case):
    """Let TensorFlow's profiler tell where the time of a step goes.

    A game with a peer of its own has none of Keras's guide.

    Returns:
        List of dicts, one for each contender.
    """
    rows = []
    for name in [n for n in PROFILED if n in contenders(case.variant)]:
        one = Worker(name, case)
        one.ask("start", PROFILED_STEPS * case.pictures)
        one.ask("run", PROFILED_STEPS)
        seconds = one.ask("run", PROFILED_STEPS)
        kinds = one.ask("profile", PROFILED_STEPS)
        one.end()
        rows.append(
            {
                "contender": name,
                "milliseconds": 1e3 * seconds / PROFILED_STEPS,
                "operations": kinds,
            }
        )
    return rows


def count_operations(case):
    """Floating-point operations of a step."""
    one = Worker(report.COUNTER, case)
    operations = one.ask("flops")
    one.end()
    return operations


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
                f"A contender plays another game: the losses of its first steps differ "
                f"from those of {names[0]}, {first}. Received: {name} with {losses}."
            )


# Sizes of one variant are one game.
check_once = functools.cache(check)


def longest_turn(case):
    """Steps that there are pictures for, which memory holds as floats and copies."""
    pictures = min(40_000, MOST_NUMBERS // max(map(math.prod, case.shapes)))
    return pictures // case.pictures + 1


def prepare(one, case, effort):
    """Let a contender take its first step, and find how many a turn should have."""
    most = 1 if one.name == report.CEILING else longest_turn(case)
    first = one.ask("start", (1 + most + case.period) * case.pictures)
    few = min(most, 2 if one.ask("run", 1) > effort.seconds / 10 else 10)
    pace = one.ask("run", few) / few
    longest = 10_000 if one.name == report.CEILING else most
    steps = int(min(max(effort.seconds / pace, 2), longest))
    steps += -steps % case.period
    return {"contender": one.name, "first": first, "steps": steps, "rates": []}


def say(line):
    """Tell on the standard error what is going on."""
    print(line, file=sys.stderr, flush=True)


def run(chosen, measure, out=OUT, command=""):
    """Measure cases, keep each as a record, and write the report.

    Args:
        chosen: iterable of `games.Case`.
        measure: name of a measure, and a function of a case that returns its rows.
        out: path. Folder of records and report.
        command: str. What does it again.
    """
    kept = records.Records(pathlib.Path(out) / "results.jsonl")
    name, function = measure
    for case in chosen:
        start = time.perf_counter()
        rows = function(case)
        kept.append(
            {
                "command": command,
                "case": dataclasses.asdict(case),
                "measure": name,
                **environment.environment(),
                "seconds": time.perf_counter() - start,
                "rows": rows,
            }
        )
        report.write(out, kept.read(), __doc__.split("\n\n", 2)[2].strip())


def main(argv=None):
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--measure", choices=report.TABLES, default="steps", help="see above")
    add("--variants", default=",".join(VARIANTS), help="by commas")
    add("--sizes", help="like 28x1x32x64,64x3x64x64: side, channels, width, batch")
    add("--contenders", help="by semicolons; all, but torch.compile")
    add("--precision", default="float32")
    add("--rounds", type=int, default=Effort.rounds)
    add("--seconds", type=float, default=Effort.seconds, help="of a turn")
    add("--out", default=OUT, type=pathlib.Path)
    argv = sys.argv[1:] if argv is None else argv
    args = parser.parse_args(argv)
    names = args.contenders and args.contenders.split(";")
    if names:
        if unknown := set(names) - set(worker.PLAYERS | worker.OTHERS):
            known = list(worker.PLAYERS | worker.OTHERS)
            parser.error(f"there are {known}, not {unknown}")
        if not any("ganzoo" in name for name in set(names) & set(worker.PLAYERS)):
            parser.error("peers are held against ganzoo, which must be among them")
    variants = args.variants.split(",")
    if unknown := set(variants) - set(VARIANTS):
        parser.error(f"there are {VARIANTS}, not {unknown}")
    sizes = args.sizes and [
        tuple(map(int, size.split("x"))) for size in args.sizes.split(",")
    ]
    effort = Effort(args.rounds, args.seconds)
    measures = {
        "steps": lambda case: measure(
            case, names or contenders(case.variant), effort, "pace"
        ),
        "drawing": lambda case: measure(case, DRAWING, effort),
        "searching": lambda case: measure(case, SEARCHING, effort),
        "endings": measure_endings,
        "profile": measure_profile,
        # Of ten steps at a time nobody is told one by one.
        "tries": lambda case: measure(case, TRIES, effort),
    }
    run(
        cases(variants, sizes, args.precision),
        (args.measure, measures[args.measure]),
        args.out,
        records.command("benchmarks/throughput.py", argv),
    )


if __name__ == "__main__":
    main()
