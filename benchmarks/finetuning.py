"""What it gives to begin with a trained model, where there are 500 images.

python benchmarks/finetuning.py [--seeds 3]

CGAN, with the networks and the optimizer of the preset cgan_mnist, trains on the first
500 images of Fashion-MNIST: from new weights, from those that the preset learned of
digits, and from those with the lowest one or two layers of the discriminator frozen
(FreezeD, Mo et al., 2020). All have as many steps, and the seconds that these took are
in the table. After every 40 steps, 2,000 images are scored against the test split by
the features of the fashion classifier.

A run is a line of `results.jsonl` below `--out`, and is not trained again. `report.md`
there shows all of them.
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

import ganzoo  # noqa: E402
from benchmarks import reports  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.presets import registry  # noqa: E402
from ganzoo.training import callbacks  # noqa: E402
from ganzoo.training import run_models  # noqa: E402

OUT = HERE / "results" / "finetuning"
PRESET = "cgan_mnist"
DATA = "fashion_mnist_10k"
IMAGES = 500
BATCH_SIZE = 64
PASSES = 5  # of 8 steps, between two scores
EPOCHS = 12
COUNT = 2_000
# How many layers are frozen; None begins with new weights.
ARMS = {
    "from new weights": None,
    "from trained weights": 0,
    "1 layer frozen": 1,
    "2 layers frozen": 2,
}


def train(arm, seed, epochs=EPOCHS, images=IMAGES, count=COUNT):
    """Train one arm with one seed.

    Returns:
        Dict of the scores by steps, and the seconds of training.
    """
    keras.backend.clear_session()
    recipe = registry.recipe_of(registry.record(PRESET)).adapt(DATA)
    frozen = ARMS[arm]
    if frozen is not None:
        recipe = recipe.begin_with(PRESET, frozen)
    train_set, test = (ganzoo.data.load(DATA, split) for split in ("train", "test"))
    arrays = train_set.images[:images], train_set.labels[:images]
    gan = recipe.build(arrays, seed)
    if frozen is not None:
        run_models.begin_with(gan, ganzoo.from_preset(PRESET))
    scorer = ganzoo.evaluation.Scorer("fashion-classifier", scores=["fid"])
    held_out = test.images[:count], test.labels[:count]
    watch = [callbacks.Seconds(), callbacks.Score(scorer, *held_out)]
    steps = PASSES * -(-images // BATCH_SIZE)
    found = gan.fit(
        *arrays,
        batch_size=BATCH_SIZE,
        steps_per_epoch=steps,
        epochs=epochs,
        callbacks=watch,
        verbose=0,
    ).history
    scores = [(steps * (i + 1), fd) for i, fd in enumerate(found["val_fd"])]
    return {"scores": scores, "seconds": round(sum(found["seconds"]), 1)}


def report(out, lines):
    """Write `report.md` into a folder."""
    steps = [step for step, _ in lines[0]["scores"]]
    shown = sorted({steps[0], steps[len(steps) // 2], steps[-1]})
    head = ["", *(f"after {step} steps" for step in shown), "best", "seconds", "runs"]
    table = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for arm in ARMS:
        found = [line for line in lines if line["arm"] == arm]
        if found:
            cells = [
                *(
                    reports.mean_and_sd([dict(r["scores"])[step] for r in found])
                    for step in shown
                ),
                reports.mean_and_sd([min(fd for _, fd in r["scores"]) for r in found]),
                reports.mean_and_sd([run["seconds"] for run in found]),
            ]
            table.append(f"| {arm} | {' | '.join(cells)} | {len(found)} |")
    blocks = [
        "FD by fashion-classifier, lower is better:",
        "\n".join(table),
    ]
    reports.write(out, __doc__, blocks, lines)


def main(argv=None):
    """Read the command line, and train what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", default=OUT, type=pathlib.Path)
    args = parser.parse_args(argv)
    kept = records.Records(args.out / "results.jsonl")
    for seed in range(args.seeds):
        for arm in ARMS:
            if any((r["arm"], r["seed"]) == (arm, seed) for r in kept.read()):
                continue
            print(f"{arm}, seed {seed}", file=sys.stderr, flush=True)
            run = {"arm": arm, "seed": seed, "images": IMAGES, **train(arm, seed)}
            kept.append({**run, **environment.environment()})
            report(args.out, kept.read())


if __name__ == "__main__":
    main()
