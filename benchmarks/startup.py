"""What a command costs before it does its work: seconds and memory, beside a peer.

python benchmarks/startup.py [--peer-python PATH --peer-commit HASH] [--repeats 5]

PATH is the Python of an environment in which another build of ganzoo is installed. Each
row is a process of its own; the environments take turns, and a row shows the median
over the repeats. One run of each that is not counted writes Python's bytecode, and the
statistics that `evaluate` finds again. `results.jsonl` below `--out` gets a line for
each run of this script, `report.md` shows the last one.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np

from ganzoo.backend import environment
from ganzoo.benchmark import records

HERE = pathlib.Path(__file__).resolve()
OUT = HERE.parent / "results" / "startup"
MB = 1e6
KERAS = "import keras"
PRESET = "dcgan_fashion_mnist"
IMAGES = 200  # of a folder that is scored
FEATURES = ("--features", "fashion-classifier", "--scores", "fid")
# Names of rows, and what the command is called with. The typos end with an error.
VERBS = {
    "--help": ["--help"],
    "--version": ["--version"],
    "list": ["list"],
    "info": ["info", PRESET],
    "train --help": ["train", "--help"],
    "mistyped verb": ["trian"],
    "mistyped option": ["train", "--run-dirr", "x"],
    "mistyped recipe": ["train", "dcgan_fashion_mist", "--run-dir", "x"],
    "mistyped preset": ["generate", "dcgan_fashion_mist"],
    "generate": ["generate", PRESET, "--seed", "0", "--out", "sheet.png"],
    "evaluate": ["evaluate", "samples.npy", "real.npz", *FEATURES],
}
# Rows whose time is looked at above that of importing Keras.
ABOVE_KERAS = ("import ganzoo", "generate", "evaluate")
# Starts a process from a small one, for its peak counts what its parent had in memory.
LAUNCHER = """
import json, os, sys, time
silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
start = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=silent)
_, _, used = os.wait4(pid, 0)
found = {
    "seconds": time.perf_counter() - start,
    "processor_seconds": used.ru_utime + used.ru_stime,
    "bytes": used.ru_maxrss * 1024,
}
print(json.dumps(found))
"""
COMMAND = "import sys, ganzoo_command; sys.exit(ganzoo_command.main(sys.argv[1:]))"


def main():
    """Measure, and write the record and the report."""
    args = parse_arguments()
    pythons = {"here": sys.executable}
    if args.peer_python:
        pythons["peer"] = args.peer_python
    programs = {
        KERAS: ["-c", KERAS],
        "import ganzoo": ["-c", "import ganzoo"],
        **{name: ["-c", COMMAND, *verb] for name, verb in VERBS.items()},
    }
    if args.only:
        chosen = [KERAS, *args.only.split(",")]
        programs = {name: programs[name] for name in chosen}
    with tempfile.TemporaryDirectory() as folder:
        runs = measure_all(pythons, programs, pathlib.Path(folder), args.repeats)
    record = {
        "command": f"python benchmarks/startup.py --repeats {args.repeats}"
        + f" --only={args.only}" * bool(args.only)
        + " --peer-python PATH" * bool(args.peer_python),
        "peer_commit": args.peer_commit,
        "repeats": args.repeats,
        **environment.environment(),
        "rows": {name: summarize(found) for name, found in runs.items()},
    }
    records.Records(args.out / "results.jsonl").append(record)
    report = render(record)
    (args.out / "report.md").write_text(report, "utf-8")
    print(report)


def parse_arguments():
    """What the script was told."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-python", help="Python with another build of ganzoo")
    parser.add_argument("--peer-commit", help="what that build is, for the record")
    parser.add_argument("--only", help="these rows, like --help,generate")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    return parser.parse_args()


def measure_all(pythons, programs, folder, repeats):
    """Seconds and bytes of each run, by row and by environment."""
    variables = prepare(folder)
    runs = {name: {key: [] for key in pythons} for name in programs}
    for repeat in range(repeats + 1):
        for name, program in programs.items():
            for key, python in pythons.items():
                found = measure([python, *program], folder, variables[key])
                if repeat:
                    runs[name][key].append(found)
        print(f"{repeat} of {repeats}", file=sys.stderr)
    return runs


def prepare(folder):
    """Write what `evaluate` reads, and return the variables of each environment."""
    rng = np.random.default_rng(0)
    shape = (2, IMAGES, 28, 28, 1)
    samples, real = rng.integers(0, 256, shape, dtype="uint8")
    np.save(folder / "samples.npy", samples)
    np.savez(folder / "real.npz", real)
    bytecode = os.environ.get("PYTHONPYCACHEPREFIX", str(folder / "bytecode"))
    kept = dict(os.environ)
    # The user's Python writes bytecode; whether this one does is no matter of ours. Nor
    # is the level that TensorFlow and JAX have set in this process, which loads them.
    for name in ("PYTHONDONTWRITEBYTECODE", "TF_CPP_MIN_LOG_LEVEL"):
        kept.pop(name, None)
    return {
        key: kept
        | {
            "PYTHONPYCACHEPREFIX": bytecode,
            "GANZOO_CACHE": str(folder / f"cache-{key}"),
        }
        for key in ("here", "peer")
    }


def measure(program, folder, variables):
    """Seconds, processor seconds and peak memory of a process, and lines of noise."""
    with tempfile.TemporaryFile() as errors:
        done = subprocess.run(
            [sys.executable, "-S", "-c", LAUNCHER, *program],
            cwd=folder,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=errors,
            check=True,
        )
        errors.seek(0)
        lines = errors.read().splitlines()
    return json.loads(done.stdout) | {"stderr_lines": len(lines)}


def summarize(by_environment):
    """The medians of each environment's runs."""
    return {
        key: {of: statistics.median(run[of] for run in found) for of in found[0]}
        for key, found in by_environment.items()
    }


def render(record):
    """The report: a table of all rows, and one of what comes above Keras."""
    rows = record["rows"]
    lines = [
        "# What a command costs before it does its work",
        "",
        f"{record['machine']}; commit {record['commit']}, the peer's is "
        f"{record['peer_commit']}; `{record['command']}`. Medians "
        f"of {record['repeats']} runs in turn; seconds are those of the processor, for "
        "others may work on the machine.",
        "",
        "| row | here, s | peer, s | times as fast | here, MB | peer, MB | lines on "
        "stderr, here | peer |",
        "| --- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for name, row in rows.items():
        here, peer = row["here"], row.get("peer")
        lines.append(table_row(name, here, peer))
    lines += [
        "",
        "Above importing Keras:",
        "",
        "| row | here, s | peer, s | share |",
        "| --- | --: | --: | --: |",
    ]
    for name in filter(rows.__contains__, ABOVE_KERAS):
        above = {
            key: found["processor_seconds"] - rows[KERAS][key]["processor_seconds"]
            for key, found in rows[name].items()
        }
        peer, share = "", ""
        if "peer" in above:
            peer, share = f"{above['peer']:.2f}", f"{above['here'] / above['peer']:.2f}"
        lines.append(f"| `{name}` | {above['here']:.2f} | {peer} | {share} |")
    return "\n".join(lines) + "\n"


def table_row(name, here, peer):
    """One line of the table; without a peer its cells are empty."""
    theirs = ["", "", "", ""]
    if peer:
        theirs = [
            f"{peer['processor_seconds']:.2f}",
            f"{peer['processor_seconds'] / here['processor_seconds']:.1f}",
            f"{peer['bytes'] / MB:.0f}",
            f"{peer['stderr_lines']:.0f}",
        ]
    cells = [
        f"`{name}`",
        f"{here['processor_seconds']:.2f}",
        *theirs[:2],
        f"{here['bytes'] / MB:.0f}",
        theirs[2],
        f"{here['stderr_lines']:.0f}",
        theirs[3],
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
