"""What a score costs: the time of a distance, pictures per second, and memory.

python benchmarks/evaluation.py [--only frechet,pipeline,memory] [--quick]

All figures are ratios of things measured in turn within one run. A run is a line of
`results.jsonl` below `--out`, and `report.md` there shows the last one.

The pictures are those of CIFAR-10 where `GANZOO_DATA_DIR` has them, the weights those
of Inception where they are at hand; else both are drawn, which the speed does not
depend on. torch-fidelity is measured where it is installed.
"""

import argparse
import copy
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import warnings

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import scipy.linalg  # noqa: E402
from PIL import Image  # noqa: E402

import ganzoo.evaluation  # noqa: E402
from ganzoo import data  # noqa: E402
from ganzoo import features as extractors  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.data.datasets import named  # noqa: E402
from ganzoo.features import inception  # noqa: E402
from ganzoo.features import inception_convolutions  # noqa: E402
from ganzoo.features import inception_network
from ganzoo.features import inception_weights  # noqa: E402
from ganzoo.metrics import frechet  # noqa: E402
from ganzoo.metrics.prdc import prdc  # noqa: E402
from ganzoo.scoring import folder_source
from ganzoo.scoring import measuring
from ganzoo.scoring import sources  # noqa: E402

HERE = pathlib.Path(__file__).resolve()
OUT = HERE.parent / "results" / "evaluation"
PEER = HERE.with_name("evaluation_torch_fidelity.py")
BATCH = 50  # pictures at a time, the default of `InceptionFeatures`
DISTURBED = 0.05  # share of the machine that others may take of an undisturbed span
LOOK = 1.0  # seconds in which others are looked for
MB = 2**20


@dataclasses.dataclass(frozen=True)
class Sizes:
    """How much is measured.

    Args:
        dimension: int. Of the features whose distance is timed.
        counts: tuple of ints. Their numbers: of full rank, and of less.
        rounds: int. How often each distance is computed.
        pictures: int. In the folder that passes through the network.
        passes: int. How often they do.
        classified: tuple of ints. Pictures scored in features of the classifier.
        projected: tuple of ints. Likewise, in 2048 random features.
        seen: tuple of ints. Likewise, in features of Inception.
        neighbours: int. Features on each side of precision and recall.
    """

    dimension: int = 2048
    counts: tuple = (5000, 1000)
    rounds: int = 3
    pictures: int = 250
    passes: int = 5
    classified: tuple = (5_000, 20_000, 50_000, 200_000)
    projected: tuple = (5_000, 20_000, 50_000)
    # Up to 1,000 the subsets of the KID grow too, and the peak varies by 10 MB anyway.
    seen: tuple = (1_200, 3_600)
    neighbours: int = 20_000


QUICK = Sizes(
    dimension=512,
    counts=(1500, 250),
    pictures=50,
    passes=2,
    classified=(5_000, 20_000),
    projected=(5_000, 20_000),
    seen=(),
    neighbours=5_000,
)


# === Time ===


def cores():
    """The number of cores of this process, where the system tells."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count()


def busy_seconds():
    """CPU seconds that all processes of the machine have taken, or None."""
    try:
        line = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0]
    except OSError:
        return None
    user, nice, system, _, _, irq, softirq, *_ = map(int, line.split()[1:])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def timed(run):
    """Time a function, which returns the CPU seconds of its other processes or None.

    Returns:
        Dict of floats: "wall" and "cpu" in seconds, and "others": the share of the
        machine that processes not of this script took meanwhile.
    """
    before, cpu, start = busy_seconds(), time.process_time(), time.perf_counter()
    elsewhere = run() or 0.0
    wall = time.perf_counter() - start
    cpu = time.process_time() - cpu + elsewhere
    others = 0.0 if before is None else busy_seconds() - before - cpu
    # The system counts in hundredths of a second.
    share = max(others - 0.05, 0.0) / (wall * cores())
    return {"wall": wall, "cpu": cpu, "others": share}


def wait_for_quiet(patience=20):
    """Wait until the machine has nothing else to do, but not for ever."""
    for _ in range(patience):
        if timed(lambda: time.sleep(LOOK))["others"] < DISTURBED:
            return


def compete(contenders, rounds):
    """Time functions in turn, A B C A B C, each so often undisturbed if it can be had.

    Args:
        contenders: dict of functions by name, as `timed` takes them.
        rounds: int. Undisturbed spans wanted; twice as many are tried.

    Returns:
        Dict of lists of what `timed` returns.
    """
    spans = {name: [] for name in contenders}
    for attempt in range(2 * rounds):
        for name, run in contenders.items():
            if len(undisturbed(spans[name])) < rounds:
                wait_for_quiet()
                spans[name].append(timed(run))
                span = spans[name][-1]
                say(
                    f"  {attempt + 1}. {name}: {span['wall']:.2f} s, CPU "
                    f"{span['cpu']:.2f} s, others {span['others']:.0%}"
                )
    return spans


def undisturbed(spans):
    """Those spans in which other processes took next to nothing."""
    return [span for span in spans if span["others"] < DISTURBED]


def settle(spans, rounds):
    """Which clock to compare by, and the seconds of each contender by it.

    That is the clock on the wall if all had their undisturbed spans. If not, a span
    tells more of the neighbours, and it is the CPU's.

    Returns:
        "wall" or "cpu", and a dict of lists of seconds.
    """
    kept = {name: undisturbed(those) for name, those in spans.items()}
    if all(len(those) >= rounds for those in kept.values()):
        return "wall", {n: [s["wall"] for s in those] for n, those in kept.items()}
    return "cpu", {n: [s["cpu"] for s in those] for n, those in spans.items()}


def say(line):
    """Show progress on the standard error, at once."""
    print(line, file=sys.stderr, flush=True)


def target(what, bound, measured, met):
    """A target with its verdict, as records have it."""
    return {"target": what, "bound": bound, "measured": measured, "met": bool(met)}


# === The distance ===


def measure_frechet(sizes):
    """Fréchet distances by our route and by those of others."""
    rows, targets = [], []
    for count in sizes.counts:
        say(f"Fréchet distance, d = {sizes.dimension}, {count} vectors")
        case = f"d = {sizes.dimension}, n = {count}"
        a, b = (draw_features(count, sizes.dimension, seed) for seed in (0, 1))
        those = distances(a, b, case, sizes.rounds)
        rows += those
        route = {row["route"]: row for row in those}
        plain, cached = route["ours"], route["ours, root of the reference cached"]
        error = max(abs(plain["error"]), abs(cached["error"]))
        targets += [
            target(
                f"faster than sqrtm, {case}", 8, plain["faster"], plain["faster"] >= 8
            ),
            target(
                f"the same with the root cached, {case}",
                15,
                cached["faster"],
                cached["faster"] >= 15,
            ),
            target(f"error of the distance, {case}", 1e-6, error, error < 1e-6),
        ]
    return rows, targets


def draw_features(count, dimension, seed):
    """Features like Inception's: none below 0, and of a spectrum that falls like 1/i.

    Both sets are mixed by one rotation, and the second is shifted.
    """
    mix = np.random.default_rng(7).normal(size=(dimension, dimension))
    rotation = np.linalg.qr(mix)[0]
    deviations = np.sqrt(50 / np.arange(1, dimension + 1))
    draws = np.random.default_rng(seed).normal(size=(count, dimension))
    return np.maximum((draws * deviations) @ rotation + 0.2 + 0.02 * seed, 0.0)


def distances(a, b, case, rounds):
    """Time all routes between two sets of features; return a row for each."""
    values = {}
    first, second = frechet.Moments.of(a), frechet.Moments.of(b)
    pair = [(m.mean, m.covariance) for m in (first, second)]
    with_root = copy.copy(first)
    _ = with_root.cholesky

    def keep(name, route, *args):
        def run():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                values[name] = float(route(*args))

        return run

    routes = {
        "sqrtm, as pytorch-fid": (by_sqrtm, *pair),
        "ours": (by_moments, first, second),
        "ours, root of the reference cached": (
            frechet.frechet_distance,
            with_root,
            second,
        ),
        "eigvals, as torch-fidelity": (by_eigvals, *pair),
    }
    spans = compete(
        {name: keep(name, *route) for name, route in routes.items()}, rounds
    )
    clock, seconds = settle(spans, rounds)
    truth = nuclear_norm_distance(a, b)
    baseline = np.median(seconds["sqrtm, as pytorch-fid"])
    return [
        {
            "case": case,
            "route": name,
            "clock": clock,
            "seconds": float(np.median(those)),
            "spread": [min(those), max(those)],
            "faster": float(baseline / np.median(those)),
            "distance": values[name],
            "error": values[name] - truth,
            "from_sqrtm": values[name] - values["sqrtm, as pytorch-fid"],
            "spans": spans[name],
        }
        for name, those in seconds.items()
    ]


def by_moments(first, second):
    """Our distance, from moments of which no root is known yet."""
    return frechet.frechet_distance(copy.copy(first), second)


def by_sqrtm(first, second):
    """The distance by the root of a matrix, as pytorch-fid computes it."""
    (mean_1, S1), (mean_2, S2) = first, second
    root = scipy.linalg.sqrtm(S1 @ S2)
    if not np.isfinite(root).all():
        ridge = 1e-6 * np.eye(len(S1))
        root = scipy.linalg.sqrtm((S1 + ridge) @ (S2 + ridge))
    shift = mean_1 - mean_2
    return shift @ shift + np.trace(S1) + np.trace(S2) - 2 * np.trace(root.real)


def by_eigvals(first, second):
    """The distance by the eigenvalues of the product, as torch-fidelity does."""
    (mean_1, S1), (mean_2, S2) = first, second
    trace = np.sqrt(scipy.linalg.eigvals(S1 @ S2) + 0j).real.sum()
    shift = mean_1 - mean_2
    return shift @ shift + np.trace(S1) + np.trace(S2) - 2 * trace


def nuclear_norm_distance(a, b):
    """The distance without any covariance: the oracle of tests/metrics/test_frechet.py.

    `Tr (Σ₁Σ₂)^½ = ‖A₁ᵀ A₂‖` in the nuclear norm, with the centred features as roots;
    of each only the triangle of its QR counts.
    """
    roots = [(x - x.mean(axis=0)) / np.sqrt(len(x) - 1) for x in (a, b)]
    triangles = [np.linalg.qr(root, mode="r") for root in roots]
    cross = scipy.linalg.svdvals(triangles[0] @ triangles[1].T).sum()
    shift = a.mean(axis=0) - b.mean(axis=0)
    return shift @ shift + sum(np.sum(root**2) for root in roots) - 2 * cross


# === The pipeline ===


def measure_pipeline(sizes):
    """Pictures per second: a folder to its moments, and the network by itself."""
    say(f"Pipeline: {sizes.pictures} pictures of 32 x 32 as PNG")
    weights, kind = find_weights()
    extractor = inception.InceptionFeatures(weights)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        origin = write_pictures(scratch / "pictures", sizes.pictures)
        batch = resized(scratch / "pictures")
        measured = []

        def pipeline():
            source = folder_source.Folder(scratch / "pictures")
            measured.append(measuring.measure(source, extractor))

        def network():
            # The same floats again and again: nothing is read, copied or resized.
            for _ in range(0, sizes.pictures, len(batch)):
                extractor.network.predict_on_batch(batch)

        contenders = {"pipeline": pipeline, "network": network}
        with Peer(weights, scratch) as peer:
            if peer.installed:
                contenders["torch-fidelity"] = peer.run
            else:
                say("  torch-fidelity is not installed: left out")
            for run in contenders.values():
                run()  # Compiled, and every file in the system's cache.
            spans = compete(contenders, sizes.passes)
        ours = float(measured[-1].moments.mean.mean())
        agreement = peer.mean and abs(peer.mean / ours - 1)
    rows, targets = rates(spans, sizes)
    note = {"weights": kind, "pictures": origin, "agreement": agreement}
    return [row | note for row in rows], targets


def rates(spans, sizes):
    """Rows and targets of the pictures per second."""
    clock, seconds = settle(spans, sizes.passes)
    ours = np.median(seconds["pipeline"])
    rows = [
        {
            "contender": name,
            "clock": clock,
            "per_second": float(sizes.pictures / np.median(those)),
            "spread": [sizes.pictures / max(those), sizes.pictures / min(those)],
            "pipeline": float(np.median(those) / ours),
            "spans": spans[name],
        }
        for name, those in seconds.items()
    ]
    bounds = {"network": 0.95, "torch-fidelity": 1.0}
    targets = [
        target(
            f"rate of the whole pipeline over that of {row['contender']}",
            bounds[row["contender"]],
            row["pipeline"],
            row["pipeline"] >= bounds[row["contender"]],
        )
        for row in rows
        if row["contender"] in bounds
    ]
    return rows, targets


def find_weights():
    """Weights of Inception and what they are: the real ones, or drawn."""
    try:
        return inception_weights.load(), "2015-12-05"
    except ValueError:
        say("  no Inception weights at hand: drawn ones are as fast")
    draws = np.random.default_rng(0)
    weights = {}
    for name, (
        filters,
        inputs,
        height,
        width,
    ) in inception_convolutions.CONVOLUTIONS.items():
        shape = (height, width, inputs, filters)
        scale = np.sqrt(2 / (height * width * inputs))
        weights[f"{name}/kernel"] = draws.normal(0, scale, shape).astype("float32")
        weights[f"{name}/beta"] = np.zeros(filters, "float32")
        weights[f"{name}/mean"] = np.zeros(filters, "float32")
        weights[f"{name}/var"] = np.ones(filters, "float32")
    return weights, "drawn"


def write_pictures(folder, count):
    """Fill a folder with PNG files; return what they show."""
    folder.mkdir()
    if os.environ.get(named.DATA_DIR):
        pictures, origin = data.load("cifar10", "test").images[:count], "cifar10:test"
    else:
        draws = np.random.default_rng(0)
        pictures = draws.integers(0, 256, (count, 32, 32, 3), dtype="uint8")
        origin = "drawn"
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(folder / f"{number:06}.png")
    return origin


def resized(folder):
    """A batch of pictures as floats of 299 x 299, where the backend has its arrays."""
    pictures = next(sources.in_batches(folder_source.Folder(folder), BATCH))
    resize = inception.TF1Resize(inception_network.SIZE)
    return keras.ops.convert_to_tensor(resize(pictures.astype("float32")))


class Peer:
    """torch-fidelity in a process of its own, which computes when it is told to."""

    def __init__(self, weights, scratch):
        np.savez(scratch / "weights.npz", **weights)
        command = [sys.executable, PEER, scratch / "weights.npz", scratch / "pictures"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.installed = json.loads(self.process.stdout.readline())["installed"]
        self.mean = None

    def run(self):
        """Compute the statistics of the folder; return the CPU seconds that it took."""
        print(file=self.process.stdin, flush=True)
        reply = json.loads(self.process.stdout.readline())
        self.mean = reply["mean"]
        return reply["cpu"]

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


# === Memory ===


def measure_memory(sizes):
    """Peaks of whole evaluations, each in a process of its own."""
    if not pathlib.Path("/proc/self/status").exists():
        say("Memory: only Linux tells how much is used. Left out.")
        return [], []
    rows, targets = [], []
    dimensions = {"classified": 96, "projected": 2048, "seen": 2048}
    for kind, dimension in dimensions.items():
        those = [in_own_process(kind, count) for count in getattr(sizes, kind)]
        rows += those
        if len(those) > 1:
            kept = 4 * dimension
            slope = growth(those)
            for row in those:
                row |= {"slope": slope, "kept": kept}
            targets.append(
                target(
                    f"growth of an evaluation's memory, {those[0]['what']}, over the "
                    "size of a picture's features",
                    0.1,
                    slope / kept,
                    slope < 0.1 * kept,
                )
            )
    rows.append(in_own_process("neighbours", sizes.neighbours))
    return rows, targets


def growth(rows):
    """Bytes per picture, from the straight line through the peaks."""
    pictures, peaks = zip(*((row["pictures"], row["peak"]) for row in rows))
    return float(np.polyfit(pictures, peaks, 1)[0] * MB)


def in_own_process(kind, count):
    """Run one evaluation in a fresh process; return its row."""
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(
            [sys.executable, HERE, "--measure-memory", kind, str(count), scratch],
            env={**os.environ, "GANZOO_CACHE": scratch, **weights_path()},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    row = json.loads(done.stdout)
    say(
        f"Memory: {row['what']}, {count:,}: {row['peak']:.0f} MB at most, "
        f"{row['before']:.0f} before, {row['seconds']:.0f} s"
    )
    return row


def weights_path():
    """Where an own cache would hide the weights in the user's, a name for those."""
    path = inception_weights.cached()
    if os.environ.get(inception_weights.PATH) or not path.exists():
        return {}
    return {inception_weights.PATH: str(path)}


def run_and_watch(kind, count, scratch):
    """Print as JSON the peak of one evaluation, in MB."""
    what, run = PREPARED[kind](int(count), pathlib.Path(scratch))
    start = time.perf_counter()
    with Watch() as watch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run()
    row = {
        "what": what,
        # Reference and samples are of equal counts, and both have features.
        "pictures": 2 * int(count),
        "peak": watch.peak / MB,
        "before": watch.before / MB,
        "maximum": watch.maximum() / MB,
        "seconds": time.perf_counter() - start,
    }
    print(json.dumps(row))


class Watch:
    """The most anonymous memory of this process, looked at 200 times a second.

    Pages of files that are mapped are not in it, for the system takes them back when
    memory is wanted; `maximum()` has them.
    """

    def __enter__(self):
        self.before = self.peak = read_status("RssAnon")
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def _look(self):
        while not self._done.wait(0.005):
            self.peak = max(self.peak, read_status("RssAnon"))

    def __exit__(self, *error):
        self._done.set()
        self._thread.join()

    @staticmethod
    def maximum():
        """The most memory of the process ever, with files: `ru_maxrss`."""
        return read_status("VmHWM")


def read_status(entry):
    """Bytes of an entry of this process's status."""
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return next(int(x.split()[1]) for x in lines if x.startswith(entry)) * 1024


def prepare_classified(count, scratch):
    """Small grey pictures, in the features of the shipped classifier."""
    files = draw_files(count, (28, 28, 1), scratch)
    extractor = extractors.find("fashion-classifier")
    return "fashion-classifier, d = 96", evaluation(files, extractor)


def prepare_projected(count, scratch):
    """The same in as many features as Inception's, which cost nothing."""
    files = draw_files(count, (28, 28, 1), scratch)
    return "random features, d = 2048", evaluation(files, Projection())


def prepare_seen(count, scratch):
    """Small colour pictures, in the features of Inception."""
    files = draw_files(count, (32, 32, 3), scratch)
    extractor = inception.InceptionFeatures(find_weights()[0])
    return "Inception, d = 2048", evaluation(files, extractor)


def prepare_neighbours(count, scratch):
    """Precision and recall, from features in files, after a first few."""
    sides = []
    for seed in (0, 1):
        path = scratch / f"features_{seed}.npy"
        draws = np.random.default_rng(seed).normal(size=(count, 96))
        np.save(path, draws.astype("float32"))
        sides.append(np.load(path, mmap_mode="r"))
    prdc(*(side[:100] for side in sides))
    return "prdc, d = 96", lambda: prdc(*sides)


def evaluation(files, extractor):
    """An evaluation of two files, after the network has seen a first batch."""
    extractor(np.load(files[0], mmap_mode="r")[: sources.BATCH])
    return lambda: ganzoo.evaluation.evaluate(
        *files, features=extractor, scores=("fid", "kid")
    )


def draw_files(count, shape, scratch):
    """Two files of random pictures, written a few at a time."""
    paths = []
    for seed in (0, 1):
        paths.append(scratch / f"pictures_{seed}.npy")
        draws = np.random.default_rng(seed)
        file = np.lib.format.open_memmap(
            paths[-1], mode="w+", dtype="uint8", shape=(count, *shape)
        )
        for start in range(0, count, 1000):
            part = file[start : start + 1000]
            part[:] = draws.integers(0, 256, part.shape, dtype="uint8")
        file.flush()
    return paths


class Projection:
    """An extractor of as many features as Inception's, and a thousand times faster."""

    name, sha256, resize, classes = "projection", "0" * 64, None, None
    dimension = inception.DIMENSION

    def __init__(self):
        draws = np.random.default_rng(0)
        self.matrix = draws.normal(size=(28 * 28, self.dimension)).astype("float32")

    def __call__(self, images):
        x = images.reshape(len(images), -1).astype("float32") / 255 - 0.5
        return np.maximum(x @ self.matrix / 28, 0.0)


PREPARED = {
    "classified": prepare_classified,
    "projected": prepare_projected,
    "seen": prepare_seen,
    "neighbours": prepare_neighbours,
}


# === The report ===

PARTS = {
    "frechet": measure_frechet,
    "pipeline": measure_pipeline,
    "memory": measure_memory,
}
CLOCKS = {
    "wall": "seconds on the wall, in spans that no other process disturbed",
    "cpu": "CPU seconds, as other processes disturbed the spans",
}


def report(record):
    """A record as Markdown."""
    tables = {"frechet": frechet_table, "pipeline": rate_table, "memory": memory_table}
    blocks = [
        "# What a score costs",
        f"{record['machine']} ({', '.join(record['devices'])}), {record['backend']}; "
        f"commit {record['commit']}; {record['seconds'] / 60:.0f} minutes; "
        f"`{record['command']}`.",
        table(
            ["target", "bound", "measured", "verdict"],
            [
                [t["target"], f"{t['bound']:.4g}", f"{t['measured']:.4g}", verdict(t)]
                for t in record["targets"]
            ],
        ),
    ]
    for part, rows in record["parts"].items():
        if rows:
            blocks += tables[part](rows)
    return "\n\n".join(blocks) + "\n"


def verdict(target):
    """A target's verdict in one word."""
    return "met" if target["met"] else "**missed**"


def frechet_table(rows):
    """The section on the distance."""
    body = [
        [
            row["case"],
            row["route"],
            f"{row['seconds']:.2f} ({row['spread'][0]:.2f}–{row['spread'][1]:.2f})",
            f"{row['faster']:.1f}",
            f"{row['distance']:.6f}",
            f"{row['error']:.1e}",
            f"{row['from_sqrtm']:.1e}",
        ]
        for row in rows
    ]
    head = ["case", "route", "median (from–to)", "times sqrtm's speed", "distance"]
    head += ["error", "from sqrtm's"]
    return [
        "## Fréchet distance",
        f"From two means and covariances. By {clocks(rows)}. The error is the "
        "difference from the nuclear norm of the features' cross product, which "
        "factors no covariance.",
        table(head, body),
    ]


def rate_table(rows):
    """The section on the pictures per second."""
    body = [
        [
            row["contender"],
            f"{row['per_second']:.2f} ({row['spread'][0]:.2f}–{row['spread'][1]:.2f})",
            f"{row['pipeline']:.3f}",
        ]
        for row in rows
    ]
    first = rows[0]
    agreement = (
        f" The means of all features agree to {first['agreement']:.0e}."
        if first["agreement"] is not None
        else " torch-fidelity was not installed."
    )
    return [
        "## Pictures per second",
        "`pipeline` is a folder of PNG files to its mean and covariance, by Inception; "
        "`network` the network alone, on a batch of floats that is resized already and "
        "lies where the network wants it; `torch-fidelity` the same folder to the same "
        f"statistics, with its own defaults. By {clocks(rows)}. Pictures: "
        f"{first['pictures']}; weights: {first['weights']}.{agreement}",
        table(["contender", "median (from–to)", "pipeline's rate over it"], body),
    ]


def memory_table(rows):
    """The section on memory."""
    body = [
        [
            row["what"],
            f"{row['pictures']:,}",
            f"{row['before']:.0f}",
            f"{row['peak']:.0f}",
            f"{row['maximum']:.0f}",
            f"{row['slope']:.1f}" if "slope" in row else "",
            f"{row['kept']}" if "kept" in row else "",
        ]
        for row in rows
    ]
    head = ["what", "pictures", "before, MB", "peak, MB", "with mapped files, MB"]
    head += ["growth, bytes per picture", "its features, bytes"]
    return [
        "## Memory",
        "Peaks of the anonymous memory of evaluations (FID and KID, of half of the "
        "pictures against the other half) in processes of their own. The growth is the "
        "slope of a straight line through the peaks; beside it stands what a picture "
        "would take if features were kept in memory.",
        table(head, body),
    ]


def clocks(rows):
    """What the rows were timed by, in words."""
    return "; or ".join(CLOCKS[clock] for clock in sorted({r["clock"] for r in rows}))


def table(head, body):
    """A table of Markdown."""
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def run(parts=tuple(PARTS), sizes=None, out=OUT, command=""):
    """Measure, append a record, write and return the report."""
    sizes = sizes or Sizes()
    start = time.perf_counter()
    measured = {part: PARTS[part](sizes) for part in parts}
    record = {
        "command": command,
        "sizes": dataclasses.asdict(sizes),
        **environment.environment(),
        "seconds": time.perf_counter() - start,
        "targets": [t for _, targets in measured.values() for t in targets],
        "parts": {part: rows for part, (rows, _) in measured.items()},
    }
    records.Records(pathlib.Path(out) / "results.jsonl").append(record)
    text = report(record)
    (pathlib.Path(out) / "report.md").write_text(text)
    return text


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(PARTS), help="parts, by commas")
    parser.add_argument("--quick", action="store_true", help="a few minutes, less sure")
    parser.add_argument("--out", default=OUT, type=pathlib.Path)
    parser.add_argument("--measure-memory", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure_memory:
        run_and_watch(*args.measure_memory)
        return
    parts = args.only.split(",")
    if unknown := set(parts) - PARTS.keys():
        parser.error(f"the parts are {', '.join(PARTS)}, not {', '.join(unknown)}")
    command = records.command("benchmarks/evaluation.py", sys.argv[1:])
    print(run(parts, QUICK if args.quick else None, args.out, command))


if __name__ == "__main__":
    main()
