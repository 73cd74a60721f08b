"""How well pix2pix colours OpenMoji's line art, beside leaving it as it is.

python benchmarks/openmoji.py RUN_DIR --data-dir FOLDER [--out FOLDER]

RUN_DIR is a run of a recipe of OpenMoji, like

    ganzoo train pix2pix_openmoji_64 --data-dir FOLDER --run-dir RUN_DIR

Its translations of the held-out emoji are scored against their targets, and so is the
line art itself. How near any held-out target comes to one that was trained on is
measured too: emoji have variants, and nearly the same drawing under two names, which
`ganzoo.data.datasets.openmoji` keeps on one side.

Results below `--out`, in a folder named like the recipe: `results.json` with every
score and its protocol, `report.md`, and `translations.png`. Pictures are of OpenMoji or
made of it, and so under CC BY-SA 4.0.
"""

import argparse
import json
import os
import pathlib
import sys

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import numpy as np  # noqa: E402

from ganzoo import evaluation  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.data.datasets import openmoji  # noqa: E402
from ganzoo.metrics import paired  # noqa: E402
from ganzoo.system import files  # noqa: E402
from ganzoo.system.terminal.progress import progress_bar  # noqa: E402
from ganzoo.training import recipes  # noqa: E402
from ganzoo.training import runs  # noqa: E402
from ganzoo.training.callbacks import read_history  # noqa: E402
from ganzoo.visualization import grids  # noqa: E402
from ganzoo.visualization import samples  # noqa: E402

OUT = HERE / "results" / "openmoji"
SCORES = ("l1", "psnr", "ssim", "kid")
SEED = 0
ROWS, COLUMNS = 8, 4  # triples on the sheet
LOOKED_AT = 32  # pixels at which drawings are compared
NEAR = 5.0  # of 255, root mean square: the same but for a line
CREDIT = (
    "All emoji are designed by [OpenMoji](https://openmoji.org), the open-source emoji "
    "and icon project; they, and what the model makes of their line art, are under "
    "[CC BY-SA 4.0](https://creativecommons.org/licenses/by-sa/4.0/)."
)


def main():
    """Score a run, and write what came of it."""
    arguments = parse()
    recipe = find_recipe(arguments.run_dir)
    out = arguments.out / recipe.name
    sources, targets = recipe.load_data("test", arguments.data_dir)
    model = runs.load_model(arguments.run_dir)
    batch = samples.translation_batch(recipe)
    drawn = samples.draw(model, (sources, targets), len(sources), SEED, batch)
    outputs = np.concatenate(list(drawn))
    untouched = np.broadcast_to(sources, targets.shape)
    scores = {
        "model": evaluation.evaluate(
            arguments.run_dir,
            scores=SCORES,
            seed=SEED,
            data_dir=arguments.data_dir,
            verbose=1,
        ),
        "line art": evaluation.evaluate(
            np.ascontiguousarray(untouched),
            np.asarray(targets),
            scores=[s for s in SCORES if s != "psnr"],
            verbose=1,
        ),
    }
    # The run folder may be anywhere.
    scores["model"]["protocol"]["samples"]["name"] = recipe.name
    # Where there is nothing to colour, line art has an infinite ratio.
    coloured = (untouched != targets).any(axis=(1, 2, 3))
    for name, pictures in ("model", outputs), ("line art", untouched):
        ratios = paired.psnr(targets[coloured], pictures[coloured])
        scores[name]["psnr_of_coloured"] = float(ratios.mean())
    history = read_history(arguments.run_dir / "history.csv")
    results = {
        "recipe": recipe.name,
        "recipe_sha256": recipe.sha256,
        "training_seed": runs.load_seed(arguments.run_dir),
        "epochs": len(history),
        "seconds": round(sum(float(row["seconds"]) for row in history)),
        "pairs": {
            "train": len(recipe.load_data("train", arguments.data_dir)[0]),
            "test": len(sources),
            "test_coloured": int(coloured.sum()),
        },
        "scores": scores,
        "nearest": nearest(arguments.data_dir),
        "trained_on": json.loads(
            (arguments.run_dir / "environment.json").read_text("utf-8")
        ),
        "scored_on": environment.environment(),
        "credit": CREDIT,
    }
    text = json.dumps(results, indent=1, allow_nan=False)
    files.write_text(out / "results.json", f"{text}\n")
    files.write_text(out / "report.md", report(results))
    sheet = triples(sources, outputs, targets)
    grids.save_png(out / "translations.png", sheet, scale=1)
    print(report(results))


def parse():
    """The arguments of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run_dir", type=pathlib.Path, metavar="RUN_DIR")
    parser.add_argument("--data-dir", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    return parser.parse_args()


def find_recipe(run_dir):
    """The recipe of a run folder, under the name that it has in the package."""
    text = runs.load_recipe(run_dir).text
    return next(r for r in map(recipes.load, recipes.names()) if r.text == text)


def nearest(data_dir):
    """How near held-out emoji come to those that are trained on.

    Returns:
        Dict: of the held-out emoji, how many have one to train on whose target is
        within `NEAR`, and whose source is; the same where as many are held out at
        random; the five nearest targets with their names; and the pairs of two groups
        whose targets are within `NEAR`, to be added to `openmoji.ALIKE`.
    """
    splits = openmoji.splits(openmoji.find(data_dir))
    items = [item for split in splits for item in split]
    names = [source.stem for source, _ in items]
    print(f"Drawing {len(items)} emoji at {LOOKED_AT} pixels")
    sources, targets = draw(items)
    distances = all_distances(targets)
    groups = np.array([openmoji.group(name) for name in names])
    test = np.arange(len(items)) >= len(splits[0])
    at_random = np.random.RandomState(SEED).permutation(test)
    between = distances[np.ix_(test, ~test)]
    order = np.argsort(between.min(axis=1))[:5]
    near, same_lines = distances < NEAR, all_distances(sources) < NEAR
    apart = np.argwhere(np.triu(near & (groups[:, None] != groups)))
    return {
        "pixels": LOOKED_AT,
        "near": NEAR,
        "held_out": int(test.sum()),
        "near_targets": count_near(near, test),
        "near_targets_at_random": count_near(near, at_random),
        "near_sources": count_near(same_lines, test),
        "near_sources_at_random": count_near(same_lines, at_random),
        "nearest": [
            {
                "held_out": names[len(splits[0]) + i],
                "trained_on": names[between[i].argmin()],
                "distance": round(float(between[i].min()), 2),
            }
            for i in order
        ],
        "alike_in_two_groups": [[names[i], names[j]] for i, j in apart],
    }


def draw(items):
    """Sources and targets of pairs of files, float32 `(count, pixels)` each."""
    size = (LOOKED_AT, LOOKED_AT)
    drawn = [], []
    with progress_bar("Pairs drawn", len(items)) as advance:
        for item in items:
            for pictures, picture in zip(drawn, openmoji.draw(item, size)):
                pictures.append(np.asarray(picture, "float32").reshape(-1))
            advance(1)
    return np.stack(drawn[0]), np.stack(drawn[1])


def all_distances(x):
    """Root mean squares of the differences of all rows, infinite to themselves."""
    squares = (x**2).sum(axis=1)
    distances = squares[:, None] + squares - 2 * x @ x.T
    distances = np.sqrt(np.maximum(distances, 0) / x.shape[1])
    np.fill_diagonal(distances, np.inf)
    return distances


def count_near(near, test):
    """How many of `test` have one near that is not."""
    return int(near[np.ix_(test, ~test)].any(axis=1).sum())


def triples(sources, outputs, targets):
    """A sheet of source, output and target, of held-out pairs drawn at random."""
    count = min(ROWS * COLUMNS, len(sources))
    rows = np.sort(np.random.RandomState(SEED).permutation(len(sources))[:count])
    pictures = [np.broadcast_to(sources[rows], targets[rows].shape)]
    pictures += [outputs[rows], targets[rows]]
    stacked = np.stack(pictures, axis=1)
    return grids.grid(stacked.reshape(-1, *targets.shape[1:]), columns=3 * COLUMNS)


def report(results):
    """The page of a run, in Markdown."""
    pairs, near = results["pairs"], results["nearest"]
    copies = near["held_out"] - pairs["test"]
    machine = results["trained_on"]
    lines = [
        f"# pix2pix on OpenMoji: `{results['recipe']}`",
        "",
        f"{pairs['train']:,} pairs of line art and colour to train on, {pairs['test']} "
        f"held out; {results['epochs']} epochs in {results['seconds'] / 60:.0f} "
        f"minutes on {machine['machine']}, {machine['backend']}, seed "
        f"{results['training_seed']}.",
        "",
        "| outputs | L1 | SSIM | KID × 1000 | PSNR, dB | PSNR of the coloured, dB |",
        "|---|--:|--:|--:|--:|--:|",
        *(row(name, scores) for name, scores in results["scores"].items()),
        "",
        "*Line art* is the source as it is, for comparison. L1 as a share of the "
        "range; KID by Inception of 2015-12-05, against the held-out targets. In "
        f"{pairs['test'] - pairs['test_coloured']} held-out pairs there is nothing to "
        "colour, and line art has an infinite PSNR: the last column is of the other "
        f"{pairs['test_coloured']}. Protocols are in `results.json`.",
        "",
        "![Held-out emoji: source, output, target](translations.png)",
        "",
        "Held-out emoji, drawn at random: source, output and target, four times in a "
        "row.",
        "",
        "## The split",
        "",
        "Variants of an emoji are on one side, by `openmoji.group`. At "
        f"{near['pixels']} pixels, {near['near_targets']} of {near['held_out']} "
        f"held-out targets have one to train on within {near['near']:g} of 255 (root "
        "mean square); of as many that are held out at random, "
        f"{near['near_targets_at_random']} would. {near['near_sources']} held-out "
        "sources have one to train on that is as near, as flags, circles and hearts "
        "do, whose line art is that of others; at random, "
        f"{near['near_sources_at_random']} would. "
        f"{copies} of the held-out emoji are byte for byte others, and left out. The "
        "nearest targets: "
        + "; ".join(
            f"{n['held_out']} to {n['trained_on']}, {n['distance']}"
            for n in near["nearest"]
        )
        + ".",
        "",
        results["credit"],
        "",
    ]
    return "\n".join(lines)


def row(name, scores):
    """A line of the table."""
    ratio = f"{scores['psnr']:.2f}" if "psnr" in scores else "∞"
    return (
        f"| {name} | {scores['l1']:.4f} | {scores['ssim']:.3f} | "
        f"{1000 * scores['kid']:.1f} ± {1000 * scores['kid_sd']:.1f} | {ratio} | "
        f"{scores['psnr_of_coloured']:.2f} |"
    )


if __name__ == "__main__":
    main()
