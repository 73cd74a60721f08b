"""How near enlarged images come to the originals, and how real they look.

python benchmarks/super_resolution.py [--recipe NAME] [--seeds 1] [--data-dir FOLDER]

SRGAN is trained by a recipe, by default `srgan_openmoji_64`. Images that were held out
are made small by Pillow's bicubic filter, and enlarged again by three methods: the same
filter; SRResNet, which is the generator after its content stage; and SRGAN, the
generator after the game. Each result is compared with its original. "Y" is of the
luminance, without 4 pixels at each side, and RGB of all pixels. Pairs that are equal
have no PSNR, and are left out of its mean. "FD" is the Fréchet distance of all results
from all originals: the FID by Inception, unless `--features` names another network. A
mean of all images that are possible has a high PSNR and looks blurred, so SRResNet is
to have the highest PSNR, at least 1.5 dB (Y) above bicubic, and SRGAN a lower PSNR than
that and a lower FD.

Runs are kept in folders below `--runs`, and are resumed. A measured seed is three lines
of `results.jsonl` below `--out`, and is not repeated. `report.md` there shows all of
them, and `images.png` results of seed 0.
"""

import argparse
import os
import pathlib
import sys

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import keras  # noqa: E402
import numpy as np  # noqa: E402

from benchmarks import reports  # noqa: E402
from ganzoo import evaluation  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.data import downscaling  # noqa: E402
from ganzoo.metrics import paired  # noqa: E402
from ganzoo.training import recipes  # noqa: E402
from ganzoo.training import runs  # noqa: E402
from ganzoo.training.history import read_history  # noqa: E402
from ganzoo.visualization import grids  # noqa: E402
from ganzoo.visualization import sheets  # noqa: E402

OUT = HERE / "results" / "super_resolution"
RECIPE = "srgan_openmoji_64"
METHODS = ("bicubic", "SRResNet", "SRGAN")
CROP = 4  # pixels at each side
SHOWN = 16  # images on the sheet
SCORES = {
    "psnr_y": ("PSNR of Y, dB", 2),
    "ssim_y": ("SSIM of Y", 3),
    "psnr_rgb": ("PSNR of RGB, dB", 2),
    "ssim_rgb": ("SSIM of RGB", 3),
    "fd": ("FD", 1),
}
CREDIT = (
    "Emoji are designed by [OpenMoji](https://openmoji.org), the open-source emoji and "
    "icon project. They and all images that are made of them are under "
    "[CC BY-SA 4.0](https://creativecommons.org/licenses/by-sa/4.0/)."
)


def enlarge(small, run_dir, size):
    """Images that each method makes of small ones.

    Args:
        small: uint8 array `(n, height, width, channels)`.
        run_dir: path. A finished run.
        size: `(height, width)` of the results.

    Returns:
        Dict of uint8 arrays, by the names of the methods.
    """
    models = {
        "SRResNet": runs.load_file(run_dir / "model_content.keras"),
        "SRGAN": runs.load_model(run_dir),
    }
    bicubic = np.stack([downscaling.resized(image, size) for image in small])
    learned = {name: model.super_resolve(small) for name, model in models.items()}
    return {"bicubic": bicubic, **learned}


def score(images, originals, features):
    """How near images come to the originals, one by one and all together."""
    luminance = {"luminance": True, "crop": CROP}
    ratios = {
        "psnr_y": paired.psnr(originals, images, **luminance),
        "psnr_rgb": paired.psnr(originals, images),
    }
    similarities = {
        "ssim_y": paired.ssim(originals, images, **luminance),
        "ssim_rgb": paired.ssim(originals, images),
    }
    record = evaluation.evaluate(
        images, originals, features=features, scores=["fid"], verbose=1
    )
    return {
        **{name: float(v[np.isfinite(v)].mean()) for name, v in ratios.items()},
        **{name: float(v.mean()) for name, v in similarities.items()},
        "fd": record.get("fid", record.get("fd")),
    }


def measure(recipe, seed, run_dir, features, data_dir=None):
    """Train SRGAN with one seed, and score all methods on what was held out.

    Returns:
        Dict by the name of the method of its scores; seconds of the training; and a
        Pillow image that compares some results.
    """
    keras.backend.clear_session()
    runs.train(recipe, run_dir, seed, data_dir=data_dir, verbose=2)
    small, originals = map(np.asarray, recipe.load_data("test", data_dir))
    enlarged = enlarge(small, run_dir, originals.shape[1:3])
    found = {m: score(enlarged[m], originals, features) for m in METHODS}
    names = "history_content.csv", "history.csv"
    rows = [row for name in names for row in read_history(run_dir / name)]
    seconds = sum(float(row["seconds"]) for row in rows)
    few = np.random.RandomState(0).permutation(len(small))[:SHOWN]
    shown = grids.repeat_pixels(small[few], recipe.config["data"]["scale"])
    columns = [shown, *(enlarged[m][few] for m in METHODS), originals[few]]
    sheet = sheets.compare(columns, ["small", *METHODS, "original"], groups=2)
    return found, seconds, sheet


def report(out, lines):
    """Write `report.md` into a folder."""
    head = ["method", "recipe", *(name for name, _ in SCORES.values()), "seeds"]
    table = [f"| {' | '.join(head)} |", f"|---|---|{'--:|' * (len(SCORES) + 1)}"]
    for recipe, features in dict.fromkeys((r["recipe"], r["features"]) for r in lines):
        for method in METHODS:
            wanted = {"recipe": recipe, "features": features, "method": method}
            found = [line for line in lines if wanted.items() <= line.items()]
            cells = [
                reports.mean_and_sd([line[name] for line in found], digits)
                for name, (_, digits) in SCORES.items()
            ]
            by = "" if features == "inception" else f", features {features}"
            cells = [f"{recipe}{by}", *cells, str(len(found))]
            table.append(f"| {method} | {' | '.join(cells)} |")
    minutes = {line["recipe"]: line["seconds"] / 60 for line in lines}
    times = (f"{name} in {time:.0f} minutes" for name, time in minutes.items())
    blocks = [
        "\n".join(table),
        f"Trained: {', '.join(times)}.",
        "![Small images, what each method makes of them, and originals](images.png)",
    ]
    if any("openmoji" in line["recipe"] for line in lines):
        blocks.append(CREDIT)
    reports.write(out, __doc__, blocks, lines)


def main(argv=None):
    """Read the command line, and train and measure what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipe", default=RECIPE, metavar="NAME")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--features", default="inception")
    parser.add_argument("--data-dir", metavar="FOLDER", help="files of the data set")
    parser.add_argument("--out", default=OUT, type=pathlib.Path)
    parser.add_argument(
        "--runs", default="runs/super_resolution", type=pathlib.Path, metavar="FOLDER"
    )
    args = parser.parse_args(argv)
    kept = records.Records(args.out / "results.jsonl")
    recipe = recipes.load(args.recipe)
    for seed in range(args.seeds):
        run = {
            "recipe": recipe.name,
            "recipe_sha256": recipe.sha256,
            "features": args.features,
            "seed": seed,
        }
        if any(
            {**run, "method": METHODS[-1]}.items() <= r.items() for r in kept.read()
        ):
            continue
        print(f"{recipe.name}, seed {seed}", file=sys.stderr, flush=True)
        folder = args.runs / f"{recipe.name}-seed{seed}"
        found, seconds, sheet = measure(
            recipe, seed, folder, args.features, args.data_dir
        )
        if seed == 0:
            grids.save(args.out / "images.png", sheet)
        for method, scores in found.items():
            line = {**run, "method": method, "seconds": round(seconds), **scores}
            kept.append({**line, **environment.environment()})
        report(args.out, kept.read())


if __name__ == "__main__":
    main()
