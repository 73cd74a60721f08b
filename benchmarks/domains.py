"""How well images of two domains correspond that were learnt without pairs.

python benchmarks/domains.py --data-dir FOLDER [--seeds 3] [--epochs N]

CoGAN trains by the recipe cogan_mnist_edges: digits of one half of MNIST, and edges of
the other half, which are what a dilation of 3 x 3 pixels adds to a digit. The control
trains by the same recipe with `coupled = false`, so that its two generators have
nothing but the latents in common, and its two discriminators nothing.

10,000 pairs are drawn. Their agreement is the share of pixels that are bright in the
edges of the drawn digit and in the drawn edges, or in neither; bright is 128 or more.
Few pixels are bright, so images that do not correspond agree in many: beside it is the
agreement of digits with the edges of the next pair. FD is that of each domain alone,
against the test images, by the features of the digit classifier.

A run is a line of `results.jsonl` below `--out`, and is not trained again. `report.md`
there shows all of them, with a sheet of pairs of each game. TensorFlow is the fastest
on a CPU, by its transposed convolutions.
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
import tomlkit  # noqa: E402

import ganzoo  # noqa: E402
from benchmarks import reports  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.training import callbacks  # noqa: E402
from ganzoo.training import recipes  # noqa: E402
from ganzoo.visualization import grids  # noqa: E402

OUT = HERE / "results" / "domains"
RECIPE = "cogan_mnist_edges"
COUNT = 10_000
LOOK = 1_000  # pairs that are drawn after each epoch
BRIGHT = 128
SHOWN = (6, 8)  # rows and columns of pairs on a sheet
# Whether the domains share layers.
ARMS = {"CoGAN": True, "nothing shared": False}
HEAD = {
    "game": "---",
    "agreement": "--:",
    "with the next pair": "--:",
    "FD of digits": "--:",
    "FD of edges": "--:",
    "seconds": "--:",
    "runs": "--:",
}
DIGITS = {"agreement": 3, "apart": 3, "fd_first": 1, "fd_second": 1, "seconds": 0}


def agreement(digits, edges):
    """The share of pixels in which edges are those of the digits.

    Args:
        digits: uint8 array `(count, height, width, 1)`.
        edges: uint8 array of the same shape.
    """
    wanted = ganzoo.data.dilated_edges(digits) >= BRIGHT
    return float(np.mean(wanted == (edges >= BRIGHT)))


def recipe_of(arm, epochs=None):
    """The recipe of an arm."""
    recipe = recipes.load(RECIPE)
    document = tomlkit.parse(recipe.text)
    for player in ("generator", "discriminator"):
        document[player]["coupled"] = ARMS[arm]
    document["training"]["epochs"] = epochs or recipe.epochs
    return recipes.parse(RECIPE, tomlkit.dumps(document))


class Agreement(keras.callbacks.Callback):
    """Adds the agreement of some pairs to the logs of each epoch."""

    def on_epoch_end(self, epoch, logs=None):
        logs["agreement"] = agreement(*self.model.generate(LOOK, seed=0))


def train(arm, seed, epochs=None, data_dir=None, verbose=0):
    """Train one arm with one seed.

    Returns:
        The model, and a dict of its scores, of the agreement after each epoch, and of
        the seconds of training.
    """
    keras.backend.clear_session()
    recipe = recipe_of(arm, epochs)
    arrays, test = (recipe.load_data(split, data_dir) for split in ("train", "test"))
    gan = recipe.build(arrays, seed)
    found = gan.fit(
        *arrays,
        batch_size=recipe.batch_size,
        epochs=recipe.epochs,
        callbacks=[callbacks.Seconds(), Agreement()],
        verbose=verbose,
    ).history
    return gan, {
        **score(gan, test),
        "curve": [round(value, 4) for value in found["agreement"]],
        "seconds": round(sum(found["seconds"]), 1),
        "recipe_sha256": recipe.sha256,
    }


def score(gan, test):
    """Agreement of pairs, also of those that do not belong together, and FDs."""
    digits, edges = gan.generate(COUNT, seed=0)
    scores = {
        "agreement": agreement(digits, edges),
        "apart": agreement(digits, np.roll(edges, 1, axis=0)),
    }
    for domain in gan.domains:
        scorer = ganzoo.evaluation.Scorer(
            "mnist-classifier", ["fid"], COUNT, domain=domain
        )
        scores[f"fd_{domain}"] = scorer.score(gan, *test)["fd"]
    return scores


def sheet(gan):
    """A grid of pairs, a digit and its edges side by side."""
    rows, columns = SHOWN
    pairs = gan.generate(rows * columns, seed=1)
    return grids.grid(grids.side_by_side(pairs), columns)


def report(out, lines):
    """Write `report.md` into a folder."""
    table, arms = reports.table_of(ARMS, lines, HEAD, DIGITS)
    shown = [f"![Pairs of {arm}, seed 0]({reports.sheet_of(arm)})" for arm in arms]
    blocks = [
        table,
        *shown,
    ]
    reports.write(out, __doc__, blocks, lines)


def main(argv=None):
    """Read the command line, and train what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--data-dir", type=pathlib.Path)
    parser.add_argument("--out", default=OUT, type=pathlib.Path)
    args = parser.parse_args(argv)
    kept = records.Records(args.out / "results.jsonl")
    for seed in range(args.seeds):
        for arm in ARMS:
            if any((r["arm"], r["seed"]) == (arm, seed) for r in kept.read()):
                continue
            print(f"{arm}, seed {seed}", file=sys.stderr, flush=True)
            gan, scores = train(arm, seed, args.epochs, args.data_dir)
            kept.append(
                {"arm": arm, "seed": seed, **scores, **environment.environment()}
            )
            if seed == 0:
                grids.save_png(args.out / reports.sheet_of(arm), sheet(gan))
            report(args.out, kept.read())


if __name__ == "__main__":
    main()
