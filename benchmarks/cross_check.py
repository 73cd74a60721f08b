"""The FID of presets by three programs, on the same files.

python benchmarks/cross_check.py [PRESET ...] [--count 10000] [--python PYTHON]

A preset, or the folder of a run, draws so many images into a folder of PNG files;
another folder has as many of its test split, the first ones. ganzoo, torch-fidelity and
clean-fid score the one folder against the other, each with its own reading, resizing,
statistics and distance. clean-fid does it in its mode `legacy_tensorflow`.

All have the same weights of Inception: those of ganzoo. torch-fidelity has its own
network, which reads them from a file. The network of clean-fid comes with its weights
inside, so clean-fid gets that of torch-fidelity, as its feature extractor of choice.

Both run in the Python of `--python`, where `pip install torch-fidelity clean-fid` has
been run: the versions of PyTorch that they need may not be those of ganzoo. A FID of
few images is higher than one of many; here it only matters that all three agree.

A model is a line of `results.jsonl` below `--out`, and `report.md` there shows all.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

from benchmarks import reports  # noqa: E402
from ganzoo import evaluation  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.evaluation.model_source import ModelSource  # noqa: E402
from ganzoo.features import inception_weights  # noqa: E402

OUT = HERE / "results" / "cross_check"
PRESETS = ("dcgan_fashion_mnist", "wgan_gp_fashion_mnist", "cgan_mnist")
BOUND = 1e-2  # between the largest and the smallest FID of a model
PROGRAMS = ("ganzoo", "torch-fidelity", "clean-fid")


def measure(name, count, python, data_dir=None):
    """The FID of a model by each program, and the versions of the other two.

    Raises:
        ValueError: If no model goes by that name, or another's FID did not come.
    """
    source = ModelSource.find(name, data_dir)
    if source is None:
        raise ValueError(f"There is no preset or run folder of that name: {name!r}.")
    with tempfile.TemporaryDirectory() as scratch:
        folders = [pathlib.Path(scratch, part) for part in ("samples", "reference")]
        write_images(folders[0], source.source(count, seed=0).batches())
        write_images(folders[1], [source.test[0][:count]])
        weights = pathlib.Path(scratch, "weights.npz")
        np.savez(weights, **inception_weights.load())
        others = by_others(python, weights, *folders)
        ours = evaluation.evaluate(
            *map(str, folders), features="inception", scores=["fid"], verbose=1
        )
    return {"fid": {"ganzoo": ours["fid"], **others["fid"]}, "peers": others["peers"]}


def write_images(folder, batches):
    """Write uint8 arrays of images as PNG files, numbered, into a new folder."""
    folder.mkdir()
    images = (image for batch in batches for image in batch)
    for number, image in enumerate(images):
        # Grey images have no axis of channels in a PNG file.
        pixels = image[..., 0] if image.shape[-1] == 1 else image
        Image.fromarray(pixels).save(folder / f"{number:05d}.png")


def by_others(python, *paths):
    """What `cross_check_others.py` says in another Python."""
    script = HERE / "cross_check_others.py"
    done = subprocess.run(
        [python, script, *paths], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ValueError(
            "torch-fidelity and clean-fid gave no FID; they are needed in the Python "
            f"of `--python`. Received: {python}, which said:\n{done.stderr[-2000:]}"
        )
    return json.loads(done.stdout.splitlines()[-1])


def table(lines):
    """A row for each model: its FID by each program, and how far they are apart."""
    rows = [f"| model | images | {' | '.join(PROGRAMS)} | apart | within {BOUND} |"]
    rows.append(f"|---|--:|{'--:|' * len(PROGRAMS)}--:|---|")
    for line in lines:
        found = [line["fid"][program] for program in PROGRAMS]
        apart = max(found) - min(found)
        cells = [line["model"], f"{line['count']:,}"]
        cells += [f"{fid:.5f}" for fid in found]
        cells += [f"{apart:.1e}", "yes" if apart <= BOUND else "no"]
        rows.append(f"| {' | '.join(cells)} |")
    peers = {f"{name} {v}" for line in lines for name, v in line["peers"].items()}
    return "\n".join(rows) + f"\n\nWith {', '.join(sorted(peers))}."


def main(arguments=None):
    """Measure what is missing, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("models", nargs="*", default=PRESETS, metavar="PRESET")
    add("--count", type=int, default=10_000, help="images of each folder")
    add("--python", default=sys.executable, help="which has the other programs")
    add("--data-dir", type=pathlib.Path, help="raw files of the data")
    add("--out", type=pathlib.Path, default=OUT)
    options = parser.parse_args(arguments)
    kept = records.Records(options.out / "results.jsonl")
    for name in options.models:
        run = {"model": name, "count": options.count}
        if any(run.items() <= line.items() for line in kept.read()):
            continue
        print(f"== {name}", file=sys.stderr, flush=True)
        found = measure(name, options.count, options.python, options.data_dir)
        print(found["fid"], file=sys.stderr, flush=True)
        kept.append({**run, **found, **environment.environment()})
    lines = kept.read()
    reports.write(options.out, __doc__, [table(lines)], lines)


if __name__ == "__main__":
    main()
