"""How near a model comes to images by a search for their latents.

python benchmarks/projection.py [SOURCE ...] [--images 16] [--steps 800] [--space z]

SOURCE is a run folder or a preset. "Own samples" are images that the model drew itself,
for which there is a perfect latent; "test images" are the first of the test split.
PSNR is of bytes, in dB, the median and the worst of the images. "|z|²" is the mean
square of the numbers of the latents that were found, beside that of the prior's: far
above it a latent is one that the model was never trained on. "Encoder" is the PSNR of
what a model with an encoder reconstructs of the same images. Seconds are those of an
image, with all that is compiled. With `--space w` all this is of the styles that
StyleGAN2 makes of latents.

A source is a line of `results.jsonl` below `--out`, and `report.md` there shows all of
them. `NAME.png` are images and their projections.
"""

import argparse
import os
import pathlib
import sys
import time

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import numpy as np  # noqa: E402

from benchmarks import reports  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.evaluation.model_source import ModelSource  # noqa: E402
from ganzoo.metrics import paired  # noqa: E402
from ganzoo.visualization import grids  # noqa: E402
from ganzoo.visualization import sheets  # noqa: E402

OUT = HERE / "results" / "projection"
KINDS = {"own": "own samples", "test": "test images"}


def images_of(source, count):
    """Own samples and test images of a model, and their labels where it has any.

    Args:
        source: `ModelSource`.
        count: int. Of each.

    Returns:
        Dict of pairs of a uint8 array and of options of `project`.
    """
    model = source.model
    arrays = [array[:count] for array in source.test]
    if "labels" not in model.condition_names:
        return {"own": (model.generate(count, seed=1), {}), "test": (arrays[0], {})}
    labels = np.arange(count) % model.num_classes
    own = model.generate(count, labels=labels, seed=1), {"labels": labels}
    return {"own": own, "test": (arrays[0], {"labels": arrays[1]})}


def measure(source, count, starts, steps, space):
    """Project own samples and test images of a model.

    Returns:
        Dict of dicts of figures, and the sheet of images and projections.
    """
    model, found, shown = source.model, {}, []
    for kind, (x, given) in images_of(source, count).items():
        begin = time.perf_counter()
        z = model.project(x, space=space, starts=starts, steps=steps, **given)
        seconds = (time.perf_counter() - begin) / count
        drawn = model.decode(z, model.find_conditions(count, **given), space=space)
        decibels = paired.psnr(x, drawn)
        found[kind] = {
            "psnr": float(np.median(decibels)),
            "worst": float(decibels.min()),
            "square": float((z**2).mean()),
            "prior_square": float((points_of_prior(model, space) ** 2).mean()),
            "seconds": seconds,
        }
        if model.reconstructs:
            rebuilt = paired.psnr(x, model.reconstruct(x))
            found[kind]["encoder"] = float(np.median(rebuilt))
        shown.append((x, drawn))
    columns = [np.concatenate(part) for part in zip(*shown)]
    return found, sheets.compare(columns, ["image", "projection"])


def points_of_prior(model, space, count=1000):
    """Points of random latents, and of all classes in turn if there are any."""
    z = model.latents(count, seed=0)
    if space == "z":
        return z
    with model.averaged():
        return model.find_space(space).of_latents(z, model.find_conditions(count))


def report(out, lines):
    """Write `report.md` into a folder."""
    table = [
        "| model | images | starts x steps | PSNR | worst | encoder | \\|z\\|² "
        "| of the prior | seconds |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    settings = ("source", "starts", "steps", "space")
    last = {tuple(line.get(name) for name in settings): line for line in lines}
    for line in last.values():
        of_space = f", {line['space']}" if line.get("space", "z") != "z" else ""
        for kind, name in KINDS.items():
            found = line[kind]
            rebuilt = f"{found['encoder']:.1f}" if "encoder" in found else ""
            cells = [
                line["source"] + of_space,
                f"{line['images']} {name}",
                f"{line['starts']} x {line['steps']}",
                f"{found['psnr']:.1f}",
                f"{found['worst']:.1f}",
                rebuilt,
                f"{found['square']:.2f}",
                f"{found['prior_square']:.2f}",
                f"{found['seconds']:.2g}",
            ]
            table.append(f"| {' | '.join(cells)} |")
    names = dict.fromkeys(line.get("sheet", line["source"]) for line in lines)
    shown = [f"![{name}: images and projections]({name}.png)" for name in names]
    reports.write(out, __doc__, ["\n".join(table), *shown], lines)


def main(argv=None):
    """Read the command line, and measure each source."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", nargs="*", default=["dcgan_fashion_mnist"])
    parser.add_argument("--images", type=int, default=16, help="of each kind")
    parser.add_argument("--starts", type=int, default=4)
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--space", default="z", help="z, or w of StyleGAN2")
    parser.add_argument("--data-dir", metavar="FOLDER", help="raw files of the images")
    parser.add_argument("--out", default=OUT, type=pathlib.Path)
    args = parser.parse_args(argv)
    kept = records.Records(args.out / "results.jsonl")
    for name in args.sources:
        source = ModelSource.find(name, args.data_dir)
        if source is None:
            parser.error(f"{name} is no run folder and no preset")
        options = {k: getattr(args, k) for k in ("starts", "steps", "space")}
        found, image = measure(source, args.images, **options)
        name = pathlib.Path(name).name
        sheet = name if args.space == "z" else f"{name}_{args.space}"
        grids.save(args.out / f"{sheet}.png", image)
        facts = {"source": name, "sheet": sheet, "images": args.images, **options}
        kept.append({**facts, **found, **environment.environment()})
        report(args.out, kept.read())


if __name__ == "__main__":
    main()
