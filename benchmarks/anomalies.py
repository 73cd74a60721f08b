"""How well anomaly scores tell one class from the others: MNIST, a class at a time.

python benchmarks/anomalies.py [--recipe bigan_mnist] [--digits 0 1 ...] [--images 500]
python benchmarks/anomalies.py --recipe dcgan_fashion_mnist --epochs 60

A model is trained on the training images of one class alone. The first `--images`
images of the test split are scored, of all classes, and the AUROC tells how well high
scores are those of other classes. "Search" is AnoGAN's score, 500 steps from one
start; "encoder" that of a model with `encode`, which needs no steps. "PCA" is the
length of what the first 30 principal components of the same training images leave of a
test image, a linear method; it stands beside them for the same images, and for the
whole test split. A score is worth its time where it beats that. Seconds are those of an
image, in one call for all of them, after a first call of the same shapes.

Runs are kept in folders below `--runs`, and are resumed. A measured class is a line of
`results.jsonl` below `--out`, and is not repeated. `report.md` there shows all.
"""

import argparse
import os
import pathlib
import sys
import time
from statistics import mean

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tomlkit  # noqa: E402

from benchmarks import reports  # noqa: E402
from ganzoo import data  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.metrics.auroc import auroc  # noqa: E402
from ganzoo.training import recipes  # noqa: E402
from ganzoo.training import runs  # noqa: E402

OUT = HERE / "results" / "anomalies"
RECIPE = "bigan_mnist"
EPOCHS = 60  # of a tenth of the images
COMPONENTS = 30
AREAS = {
    "search": "search",
    "encoder": "encoder",
    "pca": f"PCA, {COMPONENTS}",
    "pca_of_all": "PCA, whole test split",
}


def of_one_class(name, normal, epochs):
    """A recipe for one class of the images of another.

    Args:
        name: str. The other's, whose data are images.
        normal: int. The class.
        epochs: int.
    """
    document = tomlkit.parse(recipes.load(name).text)
    document["data"].update({"kind": "one_class", "normal": normal})
    document["training"]["epochs"] = epochs
    return recipes.parse(f"{name}_only_{normal}", tomlkit.dumps(document))


def principal_residuals(train, test, components=COMPONENTS):
    """What the principal components of images leave of others: its length.

    Args:
        train: uint8 array `(n, height, width, channels)`.
        test: The same, of any number.
        components: int.

    Returns:
        Array of one number for each of `test`.
    """
    x, y = (a.reshape(len(a), -1) / 255.0 for a in (train, test))
    centre = x.mean(axis=0)
    _, vectors = np.linalg.eigh(np.cov(x - centre, rowvar=False))
    basis = vectors[:, -components:]
    off = (y - centre) - (y - centre) @ basis @ basis.T
    return np.linalg.norm(off, axis=1)


def measure(model, train, test, labels, normal, count):
    """AUROC of each score, and the seconds of an image.

    Args:
        model: `AdversarialModel`, trained on `train`.
        train: uint8 array. Images of the class.
        test: uint8 array. Images of all classes.
        labels: int array. Theirs.
        normal: int. The class.
        count: int. How many of `test` are searched.

    Returns:
        Dict.
    """
    strange = labels != normal
    residuals = principal_residuals(train, test)
    found = {
        "pca": auroc(residuals[:count], strange[:count]),
        "pca_of_all": auroc(residuals, strange),
    }
    few = test[:count]
    for by in ("search", "encoder") if model.encodes else ("search",):
        # What is traced or compiled then is not timed.
        model.anomaly_score(few, by=by, steps=1, verbose=0)
        start = time.perf_counter()
        scores = model.anomaly_score(few, by=by)
        found[f"{by}_seconds"] = (time.perf_counter() - start) / count
        found[by] = auroc(scores, strange[:count])
    return found


def report(out, lines):
    """Write `report.md` into a folder."""
    blocks = []
    keys = dict.fromkeys((r["recipe"], r["epochs"], r["images"]) for r in lines)
    for recipe, epochs, images in keys:
        wanted = {"recipe": recipe, "epochs": epochs, "images": images}
        found = [line for line in lines if wanted.items() <= line.items()]
        found.sort(key=lambda line: (line["normal"], line["seed"]))
        known = [area for area in AREAS if area in found[0]]
        table = [
            f"| normal | {' | '.join(AREAS[area] for area in known)} |",
            f"|--:{'|--:' * len(known)}|",
        ]
        for line in found:
            cells = (f"{100 * line[area]:.1f}" for area in known)
            table.append(f"| {line['normal']} | {' | '.join(cells)} |")
        means = (f"{100 * mean(line[area] for line in found):.1f}" for area in known)
        table.append(f"| mean | {' | '.join(means)} |")
        seconds = ", ".join(
            f"{by} {mean(line[f'{by}_seconds'] for line in found):.2g}"
            for by in ("search", "encoder")
            if by in known
        )
        head = f"## {recipe}, {epochs} epochs, {images} test images"
        blocks += [head, "\n".join(table), f"AUROC in %. Seconds an image: {seconds}."]
    reports.write(out, __doc__, blocks, lines)


def main(argv=None):
    """Read the command line, and train and measure what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipe", default=RECIPE)
    parser.add_argument("--digits", type=int, nargs="+", default=list(range(10)))
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--images", type=int, default=500, help="of the test split")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data-dir", metavar="FOLDER", help="raw files of the images")
    parser.add_argument("--out", default=OUT, type=pathlib.Path)
    parser.add_argument(
        "--runs", default="runs/anomalies", type=pathlib.Path, metavar="FOLDER"
    )
    args = parser.parse_args(argv)
    kept = records.Records(args.out / "results.jsonl")
    for normal in args.digits:
        run = {
            "recipe": args.recipe,
            "recipe_sha256": recipes.load(args.recipe).sha256,
            "normal": normal,
            "seed": args.seed,
            "epochs": args.epochs,
            "images": args.images,
        }
        if any(run.items() <= line.items() for line in kept.read()):
            continue
        print(f"{args.recipe}, {normal} is normal", file=sys.stderr, flush=True)
        keras.backend.clear_session()
        recipe = of_one_class(args.recipe, normal, args.epochs)
        folder = args.runs / f"{recipe.name}-{args.epochs}-seed{args.seed}"
        model = runs.train(recipe, folder, args.seed, data_dir=args.data_dir, verbose=0)
        (train,) = recipe.load_data("train", args.data_dir)
        test = data.load(recipe.data, "test", data_dir=args.data_dir)
        found = measure(model, train, test.images, test.labels, normal, args.images)
        kept.append({**run, **found, **environment.environment()})
        report(args.out, kept.read())


if __name__ == "__main__":
    main()
