"""How near predicted images come to what followed, and how sharp they are.

python benchmarks/prediction.py [--seeds 1] [--epochs N] [--data-dir FOLDER]

PredictiveGAN is trained by the recipe `predictive_moving_digits`, or by that of
`--recipe`, on sequences of digits that move. Each next image of sequences of held-out
digits is then predicted in four ways: the last image again; the mean of the past ones;
by the generator after its stage that minimises the squared error (MSE); and by the
generator after the game. The MSE is of pixels in [0, 1]. Sharpness is the mean over
pixels of the gradient's length, √((x_{i+1,j} − x_{i,j})² + (x_{i,j+1} − x_{i,j})²), and
"real" is that of the images that followed. Where there are several futures, the least
MSE is that of their mean, which is blurred. So the stage is to have the least MSE, less
than half of that of the last image. The game is to have a sharpness within 10 % of the
real one, at no more than 1.5 times the MSE of the stage.

Runs are kept in folders below `--runs`, and are resumed. A measured seed is a line for
each way in `results.jsonl` below `--out`, and is not repeated. `report.md` there shows
all of them, and `images.png` sequences of seed 0.
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
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.training import recipes  # noqa: E402
from ganzoo.training import runs  # noqa: E402
from ganzoo.training.history import read_history  # noqa: E402
from ganzoo.visualization import grids  # noqa: E402
from ganzoo.visualization import sheets  # noqa: E402

OUT = HERE / "results" / "prediction"
RECIPE = "predictive_moving_digits"
METHODS = ("last image", "mean image", "MSE stage", "game")
REAL = "real"
COUNT = 2_000  # sequences that are predicted
SHOWN = 12  # sequences on the sheet
PAST = 3  # images of the past that it shows of each


def sharpness(images):
    """The mean length of the gradient of images, with pixels in [0, 1].

    Args:
        images: uint8 array `(n, height, width, channels)`.
    """
    x = images / np.float32(255)
    down, right = x[:, 1:, :-1] - x[:, :-1, :-1], x[:, :-1, 1:] - x[:, :-1, :-1]
    return float(np.hypot(down, right).mean())


def squared_error(images, originals):
    """The mean squared difference of images, with pixels in [0, 1]."""
    difference = (images / np.float32(255) - originals / np.float32(255)) ** 2
    return float(difference.mean())


def predict(past, run_dir):
    """The image after past ones, in each way.

    Args:
        past: uint8 array `(n, frames, height, width, channels)`.
        run_dir: path. A finished run.

    Returns:
        Dict of uint8 arrays `(n, height, width, channels)`, by the names of the ways.
    """
    models = {
        "MSE stage": runs.load_file(run_dir / "model_mse.keras"),
        "game": runs.load_model(run_dir),
    }
    found = {
        "last image": past[:, -1],
        "mean image": past.mean(axis=1).round().astype("uint8"),
    }
    return found | {name: m.predict_next(past)[:, 0] for name, m in models.items()}


def measure(recipe, seed, run_dir, data_dir=None):
    """Train with one seed, and score all ways on sequences of held-out digits.

    Returns:
        Dict by the name of the way of its scores; seconds of the training; and a Pillow
        image that compares some predictions.
    """
    keras.backend.clear_session()
    runs.train(recipe, run_dir, seed, data_dir=data_dir, verbose=2)
    (sequences,) = recipe.load_data("test", data_dir)
    sequences = np.asarray(sequences[:COUNT])
    past, originals = sequences[:, :-1], sequences[:, -1]
    predicted = {**predict(past, run_dir), REAL: originals}
    found = {
        name: {"mse": squared_error(images, originals), "sharpness": sharpness(images)}
        for name, images in predicted.items()
    }
    names = "history_mse.csv", "history.csv"
    rows = [row for name in names for row in read_history(run_dir / name)]
    seconds = sum(float(row["seconds"]) for row in rows)
    shown = min(PAST, past.shape[1])
    columns = [*np.moveaxis(past[:SHOWN, -shown:], 1, 0)]
    columns += [images[:SHOWN] for images in predicted.values()]
    heads = [*(f"t − {i}" for i in reversed(range(shown))), *predicted]
    return found, seconds, sheets.compare(columns, heads, groups=1)


def report(out, lines):
    """Write `report.md` into a folder."""
    table = [
        "| prediction | recipe | MSE | sharpness | seeds |",
        "|---|---|--:|--:|--:|",
    ]
    for recipe in dict.fromkeys(line["recipe"] for line in lines):
        for method in (*METHODS, REAL):
            wanted = {"recipe": recipe, "method": method}
            found = [line for line in lines if wanted.items() <= line.items()]
            cells = [
                reports.mean_and_sd([line[name] for line in found], 4)
                for name in ("mse", "sharpness")
            ]
            cells = [method, recipe, *cells, str(len(found))]
            table.append(f"| {' | '.join(cells)} |")
    minutes = {line["recipe"]: line["seconds"] / 60 for line in lines}
    times = (f"{name} in {time:.0f} minutes" for name, time in minutes.items())
    blocks = [
        "\n".join(table),
        f"Trained: {', '.join(times)}.",
        "![Past images, predictions, and what followed](images.png)",
    ]
    reports.write(out, __doc__, blocks, lines)


def main(argv=None):
    """Read the command line, and train and measure what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipe", default=RECIPE, metavar="NAME")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--epochs", type=int, help="of the game, as the recipe says")
    parser.add_argument("--data-dir", metavar="FOLDER", help="files of the data set")
    parser.add_argument("--out", default=OUT, type=pathlib.Path)
    parser.add_argument(
        "--runs", default="runs/prediction", type=pathlib.Path, metavar="FOLDER"
    )
    args = parser.parse_args(argv)
    kept = records.Records(args.out / "results.jsonl")
    recipe = recipes.load(args.recipe)
    if args.epochs:
        recipe = recipe.adapt(epochs=args.epochs)
    for seed in range(args.seeds):
        run = {"recipe": recipe.name, "recipe_sha256": recipe.sha256, "seed": seed}
        if any({**run, "method": REAL}.items() <= r.items() for r in kept.read()):
            continue
        print(f"{recipe.name}, seed {seed}", file=sys.stderr, flush=True)
        folder = args.runs / f"{recipe.name}-seed{seed}"
        found, seconds, sheet = measure(recipe, seed, folder, args.data_dir)
        if seed == 0:
            grids.save(args.out / "images.png", sheet)
        for method, scores in found.items():
            line = {**run, "method": method, "seconds": round(seconds), **scores}
            kept.append({**line, **environment.environment()})
        report(args.out, kept.read())


if __name__ == "__main__":
    main()
