"""What encoders learn of digits without labels: ALI and BigBiGAN beside BiGAN.

python benchmarks/representations.py [--seeds 3] [--recipes ...] [--data-dir FOLDER]

The recipes ali_mnist and bigan_mnist have networks of the same size, and the same
training. So have bigbigan_mnist and bigan_mnist_resnet, whose encoder is a residual
network. The encoder's latents of the 60,000 training images, `encode(images)`, are
given to two classifiers, and both are judged on the 10,000 test images: multinomial
logistic regression (`ganzoo.metrics.linear_probe`), and one nearest neighbour. "Hidden"
is the linear probe of the features before the encoder's last layer, which the authors
of BigBiGAN classify by. An encoder before its first step is measured beside each, as
random features already tell digits apart. "Reconstruction" is the mean squared error of
`reconstruct(images)` on the test images, of pixels in [0, 1].

Runs are kept in folders below `--runs`, and are resumed. A measured run is a line of
`results.jsonl` below `--out`, and is not repeated. `report.md` there shows all of them.
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
from ganzoo.evaluation import model_source  # noqa: E402
from ganzoo.metrics.linear_probe import linear_probe_accuracy  # noqa: E402
from ganzoo.metrics.neighbours import one_nearest_neighbour_accuracy  # noqa: E402
from ganzoo.training import recipes  # noqa: E402
from ganzoo.training import runs  # noqa: E402

OUT = HERE / "results" / "representations"
RECIPES = ("ali_mnist", "bigan_mnist", "bigbigan_mnist", "bigan_mnist_resnet")
# Of each error what is classified, and how.
ERRORS = {
    "linear": ("latents", linear_probe_accuracy),
    "hidden": ("hidden", linear_probe_accuracy),
    "neighbour": ("latents", one_nearest_neighbour_accuracy),
}
HEAD = {
    "recipe": "---",
    "linear probe, error %": "--:",
    "untrained": "--:",
    "hidden, error %": "--:",
    "untrained  ": "--:",
    "1-NN, error %": "--:",
    "untrained ": "--:",
    "reconstruction": "--:",
    "epochs": "--:",
    "seeds": "--:",
}


def measure(recipe, seed, run_dir, epochs=None, data_dir=None):
    """Train a recipe in its run folder, as far as it is not, and measure its encoder.

    Returns:
        Dict of the errors in percent, and of the reconstruction's.
    """
    keras.backend.clear_session()
    model = runs.train(recipe, run_dir, seed, epochs, data_dir, verbose=2)
    arrays = recipe.load_data("train", data_dir)
    train, test = (recipe.load_pictures(s, data_dir) for s in ("train", "test"))
    untrained = recipe.build(arrays, seed)
    errors = {
        **errors_of(model, train, test),
        **{f"{k}_untrained": e for k, e in errors_of(untrained, train, test).items()},
    }
    difference = model.reconstruct(test.images) / 255.0 - test.images / 255.0
    return {**errors, "reconstruction": float(np.mean(difference**2))}


def errors_of(model, train, test):
    """Errors in percent of all classifiers, by what an encoder tells of images."""
    encoders = {"latents": model.encode, "hidden": model_source.penultimate(model)}
    known = {
        name: [encode(part.images) for part in (train, test)]
        for name, encode in encoders.items()
    }

    def error(what, accuracy):
        x, x_test = known[what]
        return 100 * (1 - accuracy(x, train.labels, x_test, test.labels))

    return {name: error(*how) for name, how in ERRORS.items()}


def report(out, lines):
    """Write `report.md` into a folder."""
    table = [f"| {' | '.join(map(str.strip, HEAD))} |", f"|{'|'.join(HEAD.values())}|"]
    for name, epochs in dict.fromkeys((r["recipe"], r["epochs"]) for r in lines):
        found = [r for r in lines if (r["recipe"], r["epochs"]) == (name, epochs)]
        cells = [
            *(
                reports.mean_and_sd([run[key + suffix] for run in found], 2)
                for key in ERRORS
                for suffix in ("", "_untrained")
            ),
            reports.mean_and_sd([run["reconstruction"] for run in found], 4),
            str(epochs),
            str(len(found)),
        ]
        table.append(f"| {name} | {' | '.join(cells)} |")
    blocks = [
        "\n".join(table),
    ]
    reports.write(out, __doc__, blocks, lines)


def main(argv=None):
    """Read the command line, and train and measure what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipes", nargs="+", default=RECIPES, metavar="RECIPE")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, help="default: those of the recipe")
    parser.add_argument("--data-dir", metavar="FOLDER", help="raw files of MNIST")
    parser.add_argument("--out", default=OUT, type=pathlib.Path)
    parser.add_argument(
        "--runs", default="runs/representations", type=pathlib.Path, metavar="FOLDER"
    )
    args = parser.parse_args(argv)
    kept = records.Records(args.out / "results.jsonl")
    for seed in range(args.seeds):
        for name in args.recipes:
            recipe = recipes.load(name)
            run = {
                "recipe": name,
                "recipe_sha256": recipe.sha256,
                "seed": seed,
                "epochs": args.epochs or recipe.epochs,
            }
            if any(run.items() <= line.items() for line in kept.read()):
                continue
            print(f"{name}, seed {seed}", file=sys.stderr, flush=True)
            folder = args.runs / f"{name}-seed{seed}"
            found = measure(recipe, seed, folder, args.epochs, args.data_dir)
            kept.append({**run, **found, **environment.environment()})
            report(args.out, kept.read())


if __name__ == "__main__":
    main()
