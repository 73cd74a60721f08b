"""What classifiers learn of games: from few labels, and of samples with labels.

python benchmarks/classification.py labels [RECIPE ...] [--draws 5] [--runs DIR]
python benchmarks/classification.py samples SOURCE ...

`labels` trains each recipe once for each draw of the labels that it keeps, and counts
which images of the test split the discriminator tells wrong. The seed of a run chooses
the labels, the initial weights and all else. A run that was stopped goes on in its
folder below `--runs`.

`samples` draws 1,000 images of each class from a model, which is a run folder or a
preset, and has the classifier of its data tell their classes: that of `ganzoo.features`
that was trained on real images. Beside it is the mean distance between the pixels of
two samples of a class, divided by that of two images of the test split of that class. A
game whose samples of a class are all alike may be told right every time; its spread is
near 0.

A result is a line of `results.jsonl` below `--out`, and `report.md` there shows all.
"""

import argparse
import os
import pathlib
import sys
from statistics import mean

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import numpy as np  # noqa: E402

from benchmarks import reports  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.evaluation.model_source import ModelSource  # noqa: E402
from ganzoo.features import ClassifierFeatures  # noqa: E402
from ganzoo.training import recipes  # noqa: E402
from ganzoo.training import run_folder  # noqa: E402
from ganzoo.training import runs  # noqa: E402
from ganzoo.training.history import read_history  # noqa: E402

OUT = HERE / "results" / "classification"
RECIPES = ["semi_supervised_gan_mnist"]
EACH = 1_000  # samples of a class, and images of the test split at most
# Test errors in percent where a paper has one, by data and labels.
PUBLISHED = {("mnist", 100): "0.93 ± 0.07 (Salimans et al., 2016)"}
LABELS = {
    "recipe": "---",
    "data": "---",
    "labels": "--:",
    "draws": "--:",
    "test error, %": "--:",
    "every draw": "---",
    "published": "---",
    "epochs": "--:",
    "seconds of a run": "--:",
}
SAMPLES = {
    "model": "---",
    "data": "---",
    "told right, %": "--:",
    "the same of the test split, %": "--:",
    "worst class": "---",
    "spread": "--:",
    "least spread": "---",
    "epochs": "--:",
}


# === Few labels ===


def train(recipe, seed, run_dir, data_dir=None):
    """Train a recipe, and count what the model tells wrong of the test split.

    Returns:
        Dict of the share of errors, and the seconds of training.
    """
    model = runs.train(recipe, run_dir, seed, data_dir=data_dir, verbose=2)
    images, labels = recipe.load_data("test", data_dir)
    wrong = model.classify(images).argmax(axis=1) != labels
    rows = read_history(run_dir / "history.csv")
    seconds = sum(float(row["seconds"]) for row in rows)
    return {"error": float(wrong.mean()), "seconds": round(seconds, 1)}


def run_missing(kept, recipe, seed, where, data_dir):
    """Train and record a run, unless its record is there."""
    run = {"recipe": recipe.name, "recipe_sha256": recipe.sha256, "seed": seed}
    if any(run.items() <= line.items() for line in kept.read()):
        return
    print(f"{recipe.name}, seed {seed}", file=sys.stderr, flush=True)
    run_dir = where / run_folder.folder_name(recipe, seed)
    found = train(recipe, seed, run_dir, data_dir)
    about = {
        "data": recipe.data,
        "labels": recipe.config["data"]["labels"],
        "epochs": recipe.epochs,
    }
    kept.append({**run, **about, **found, **environment.environment()})


def table_of_labels(lines):
    """Rows of the report, one for each recipe."""
    for key in dict.fromkeys((line["recipe"], line["recipe_sha256"]) for line in lines):
        of_recipe = [r for r in lines if (r["recipe"], r["recipe_sha256"]) == key]
        errors = [100 * line["error"] for line in of_recipe]
        first = of_recipe[0]
        yield [
            first["recipe"],
            first["data"],
            first["labels"],
            len(errors),
            reports.mean_and_sd(errors, 2),
            ", ".join(f"{error:.2f}" for error in errors),
            PUBLISHED.get((first["data"], first["labels"]), ""),
            first["epochs"],
            round(mean(line["seconds"] for line in of_recipe)),
        ]


# === Samples with labels ===


def measure(source, judge, each=EACH, seed=0):
    """What a classifier says of samples of each class, and how they differ.

    Args:
        source: `ModelSource`, of a model that takes labels.
        judge: `ClassifierFeatures` of its data.
        each: int. Samples of a class.
        seed: int. Seed of the samples.

    Returns:
        Dict by class of the share that is told right of samples and of the test split,
        and of the spread.
    """
    images, labels = source.test
    found = {"accuracy": [], "test_accuracy": [], "spread": []}
    for label in range(judge.classes):
        samples = source.model.generate(each, labels=label, seed=seed)
        real = images[labels == label][:each]
        found["accuracy"].append(share_told_right(judge, samples, label))
        found["test_accuracy"].append(share_told_right(judge, real, label))
        found["spread"].append(mean_distance(samples) / mean_distance(real))
    return found


def share_told_right(judge, images, label):
    """Share of images, all of one class, that a classifier tells that of."""
    return float((judge.classify(judge(images)) == label).mean())


def mean_distance(images):
    """Mean Euclidean distance of two images, `(count, ...)`, in pixels of 0 to 1."""
    x = np.asarray(images).reshape(len(images), -1) / 255.0
    squares = (x**2).sum(axis=1)
    squared = np.maximum(squares[:, None] + squares - 2 * x @ x.T, 0)
    # From oneself it is 0, but for rounding.
    np.fill_diagonal(squared, 0)
    return float(np.sqrt(squared).sum() / (len(x) * (len(x) - 1)))


def record_samples(kept, name, data_dir):
    """Measure the samples of a run folder or preset, and record that."""
    source = ModelSource.find(name, data_dir)
    if source is None:
        raise SystemExit(f"{name} is no run folder and no preset")
    judge = ClassifierFeatures(source.data.removesuffix("_10k"))
    run = {
        # A run folder has a recipe of its own, which has no name.
        "model": source.recipe.config["model"]["class"],
        "recipe_sha256": source.recipe.sha256,
        "data": source.data,
        "seed": source.seed,
        "epochs": source.epochs,
        "classifier_sha256": judge.sha256,
    }
    kept.append({**run, **measure(source, judge), **environment.environment()})


def table_of_samples(lines):
    """Rows of the report, one for each model; its last record counts."""
    last = {(r["model"], r["recipe_sha256"], r["seed"], r["epochs"]): r for r in lines}
    for line in last.values():
        yield [
            line["model"],
            line["data"],
            f"{100 * mean(line['accuracy']):.2f}",
            f"{100 * mean(line['test_accuracy']):.2f}",
            _least(line["accuracy"], 100),
            f"{mean(line['spread']):.2f}",
            _least(line["spread"], 1),
            line["epochs"],
        ]


def _least(values, scale):
    label = int(np.argmin(values))
    return f"{scale * values[label]:.2f} (class {label})"


# === Both ===


def report(out, lines):
    """Write `report.md` into a folder."""
    blocks = []
    of_labels = [line for line in lines if "error" in line]
    of_samples = [line for line in lines if "spread" in line]
    if of_labels:
        blocks += ["## Few labels", _table(LABELS, table_of_labels(of_labels))]
    if of_samples:
        blocks += ["## Samples", _table(SAMPLES, table_of_samples(of_samples))]
    reports.write(out, __doc__, blocks, lines)


def _table(head, rows):
    cells = [head, head.values(), *rows]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in cells)


def main(argv=None):
    """Read the command line, and measure what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["labels", "samples"])
    parser.add_argument(
        "names", nargs="*", help="recipes, or run folders and presets of models"
    )
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--runs", type=pathlib.Path, default=pathlib.Path("runs"))
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    parser.add_argument("--data-dir", type=pathlib.Path, help="raw files of the data")
    args = parser.parse_args(argv)
    kept = records.Records(args.out / "results.jsonl")
    if args.what == "samples":
        if not args.names:
            parser.error("name run folders or presets of models")
        for name in args.names:
            record_samples(kept, name, args.data_dir)
    else:
        for name in args.names or RECIPES:
            recipe = recipes.load(name)
            for seed in range(args.draws):
                run_missing(kept, recipe, seed, args.runs, args.data_dir)
    report(args.out, kept.read())


if __name__ == "__main__":
    main()
