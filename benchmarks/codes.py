"""How well a categorical code finds the classes of a dataset that it is not told of.

python benchmarks/codes.py [--seeds 5] [--recipe info_gan_mnist]

A recipe of InfoGAN is trained with each seed in a run folder below `--runs`; a run that
was killed goes on, and one that has ended is not repeated. Then `Q` tells the code of
each test image, the most probable value of the first categorical code. Each value is
matched with a class so that as many images as possible agree, one class to each value,
by the labels of the test images themselves. The error is the share of the others. The
information is the mean of the last epoch, of generated images in training mode: `L_I`
of the categorical codes, which is log K at most, and of the continuous ones, 1/6 for
each at most.

A run is a line of `results.jsonl` below `--out`, beside a sheet that shows what each
code means. `report.md` there shows all of them.
"""

import argparse
import os
import pathlib
import sys
from statistics import median

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import keras  # noqa: E402
import numpy as np  # noqa: E402
from scipy.optimize import linear_sum_assignment  # noqa: E402

from benchmarks import reports  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.training import recipes  # noqa: E402
from ganzoo.training import run_folder  # noqa: E402
from ganzoo.training import runs  # noqa: E402
from ganzoo.training.history import read_history  # noqa: E402
from ganzoo.visualization import latent_walks  # noqa: E402

OUT = HERE / "results" / "codes"
KINDS = ("categorical", "continuous")


def match(values, labels):
    """The error of values of a code as classes, under the best matching.

    Args:
        values: int array `(n,)`. Of a code.
        labels: int array `(n,)`. Of a class.

    Returns:
        Dict of the "error", the class that each value is matched with, as "classes",
        None for a value without one, and the "counts" of the classes of each value.
    """
    counts = np.zeros((values.max() + 1, labels.max() + 1), int)
    np.add.at(counts, (values, labels), 1)
    rows, columns = linear_sum_assignment(counts, maximize=True)
    classes = dict(zip(rows.tolist(), columns.tolist()))
    return {
        "error": round(1 - counts[rows, columns].sum() / len(values), 4),
        "classes": [classes.get(value) for value in range(len(counts))],
        "counts": counts.tolist(),
    }


def measure(folder, recipe, data_dir=None):
    """What the model of a run folder tells of the test images.

    Returns:
        Dict of what `match` returns, the information by kind of code, and the seconds
        of training.
    """
    gan = runs.load_model(folder)
    test = recipe.load_pictures("test", data_dir)
    of_first = gan.codes(test.images)["categorical"][:, : gan.categorical[0]]
    history = read_history(folder / "history.csv")
    names = [f"{kind}_information" for kind in KINDS]
    return {
        **match(of_first.argmax(axis=1), np.asarray(test.labels)),
        **{n: float(history[-1][n]) for n in names if n in history[-1]},
        "epochs": len(history),
        "seconds": round(sum(float(row["seconds"]) for row in history), 1),
    }


def run(recipe, seed, folder, out, data_dir=None):
    """Train a recipe with a seed, measure it, and draw what its codes mean."""
    keras.backend.clear_session()
    gan = runs.train(recipe, folder, seed, data_dir=data_dir, verbose=2)
    latent_walks.traverse(gan, out / f"{folder.name}.png", seed=seed)
    return measure(folder, recipe, data_dir)


def report(out, lines):
    """Write `report.md` into a folder."""
    blocks = []
    for name, epochs in dict.fromkeys((r["recipe"], r["epochs"]) for r in lines):
        found = [r for r in lines if (r["recipe"], r["epochs"]) == (name, epochs)]
        blocks += [f"## {name}, {epochs} epochs", _table(found), _summary(found)]
    reports.write(out, __doc__, blocks, lines)


def _table(lines):
    kinds = [kind for kind in KINDS if f"{kind}_information" in lines[0]]
    head = ["seed", "error", *(f"{kind}, nats" for kind in kinds), "seconds", "class"]
    table = [f"| {' | '.join(head)} |", "|--:" * len(head) + "|"]
    for line in sorted(lines, key=lambda line: line["seed"]):
        cells = [
            str(line["seed"]),
            f"{100 * line['error']:.1f} %",
            *(f"{line[f'{kind}_information']:.3f}" for kind in kinds),
            f"{line['seconds']:.0f}",
            " ".join("-" if c is None else str(c) for c in line["classes"]),
        ]
        table.append(f"| {' | '.join(cells)} |")
    return "\n".join(table)


def _summary(lines):
    errors = [100 * line["error"] for line in lines]
    return (
        f"Median error of {len(errors)} seeds: {median(errors):.1f} %, from "
        f"{min(errors):.1f} to {max(errors):.1f} %. The last column is the class that "
        "each value of the code is matched with."
    )


def main(argv=None):
    """Read the command line, and train and measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recipe", default="info_gan_mnist")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--runs", default=pathlib.Path("runs/codes"), type=pathlib.Path)
    parser.add_argument("--out", default=OUT, type=pathlib.Path)
    parser.add_argument("--data-dir", type=pathlib.Path)
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    kept = records.Records(args.out / "results.jsonl")
    recipe = recipes.load(args.recipe)
    for seed in range(args.seeds):
        folder = args.runs / run_folder.folder_name(recipe, seed)
        key = recipe.name, recipe.epochs, seed
        if any((r["recipe"], r["epochs"], r["seed"]) == key for r in kept.read()):
            continue
        print(folder, file=sys.stderr, flush=True)
        found = run(recipe, seed, folder, args.out, args.data_dir)
        line = {"recipe": recipe.name, "seed": seed, **found}
        kept.append({**line, **environment.environment()})
        report(args.out, kept.read())


if __name__ == "__main__":
    main()
