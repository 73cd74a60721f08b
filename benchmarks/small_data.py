"""What differentiable augmentation and R1 give where there are a thousand pictures.

python benchmarks/small_data.py [--seeds 3]

DCGAN's networks at half their width train on the first 1,000 pictures of Fashion-MNIST
for 300 epochs, at the learning rate of the recipe for all of them, with and without
`augmentation` and `r1_weight`. Every 25 epochs, 10,000 of their pictures are scored
against the 10,000 of the test split by the features of the fashion classifier. R1 allows no batch normalisation in the discriminator, so there is
layer normalisation without R1 too, to tell what comes of which.

A run is a line of `results.jsonl` below `--out`; killed and started again, it goes on
after its last epoch. `report.md` there shows all of them.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import sys

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import keras  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

import ganzoo  # noqa: E402
from ganzoo import callbacks  # noqa: E402
from ganzoo import environment  # noqa: E402
from ganzoo import files  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402

OUT = HERE / "results" / "small_data"
PICTURES = 1_000
EPOCHS = 300
EVERY = 25
BATCH_SIZE = 64
FILTERS = 32
LEARNING_RATE = 1e-3
# Zhao et al. (2020), their policy for the least data; Mescheder et al. (2018), their γ.
AUGMENTATION = ["color", "translation", "cutout"]
R1_WEIGHT = 10.0
ARMS = {
    "batch normalisation": {"normalization": "batch"},
    "batch normalisation, augmentation": {
        "normalization": "batch",
        "augmentation": AUGMENTATION,
    },
    "layer normalisation": {"normalization": "layer"},
    "layer normalisation, R1": {"normalization": "layer", "r1_weight": R1_WEIGHT},
    "layer normalisation, R1, augmentation": {
        "normalization": "layer",
        "r1_weight": R1_WEIGHT,
        "augmentation": AUGMENTATION,
    },
}


def train(arm, seed, folder, epochs=EPOCHS, every=EVERY, pictures=PICTURES, count=None):
    """Train one arm with one seed, in a folder where a killed run goes on.

    Returns:
        Tuple of the scores by epoch, a dict, and the seconds of training.
    """
    options = dict(ARMS[arm])
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    x = ganzoo.data.load("fashion_mnist_10k").images[:pictures]
    test = ganzoo.data.load("fashion_mnist_10k", "test").images[:count]
    gan = ganzoo.DCGAN(
        generator=ganzoo.networks.dcgan_generator(x.shape[1:], filters=FILTERS),
        discriminator=ganzoo.networks.dcgan_discriminator(
            x.shape[1:], FILTERS, options.pop("normalization")
        ),
        seed=seed,
        **options,
    )
    gan.compile(*(keras.optimizers.Adam(LEARNING_RATE, beta_1=0.5) for _ in range(2)))
    scorer = ganzoo.evaluation.Scorer("fashion-classifier", scores=["fid"])
    history = folder / "history.csv"
    watch = [
        callbacks.Seconds(),
        callbacks.Score(scorer, test, every=every),
        callbacks.History(history),
        callbacks.BackupAndRestore(folder / "backup", delete_checkpoint=False),
    ]
    gan.fit(x, batch_size=BATCH_SIZE, epochs=epochs, callbacks=watch, verbose=0)
    rows = callbacks.read_history(history)
    scores = {
        int(row["epoch"]) + 1: float(row["val_fd"]) for row in rows if row.get("val_fd")
    }
    return scores, sum(float(row["seconds"]) for row in rows)


def report(out, lines):
    """Write `report.md` and `curves.png` into a folder."""
    rows = {arm: [line for line in lines if line["arm"] == arm] for arm in ARMS}
    rows = {arm: found for arm, found in rows.items() if found}
    head = "| discriminator | FD at the end | at the best epoch | seeds |"
    table = [head, "|---|--:|--:|--:|"]
    for arm, found in rows.items():
        curves = [[score for _, score in line["scores"]] for line in found]
        ends, bests = [curve[-1] for curve in curves], [min(curve) for curve in curves]
        table.append(
            f"| {arm} | {_mean_and_sd(ends)} | {_mean_and_sd(bests)} | {len(found)} |"
        )
    title, usage, about = __doc__.split("\n\n", 2)
    environments = {f"{line['machine']}, commit {line['commit']}" for line in lines}
    blocks = [
        f"# {title}",
        f"`{usage}`. {about.strip()}",
        "\n".join(table),
        "![FD by epoch](curves.png)",
        "; ".join(sorted(environments)),
    ]
    files.write_text(pathlib.Path(out) / "report.md", "\n\n".join(blocks) + "\n")
    _chart(rows, pathlib.Path(out) / "curves.png")


def _mean_and_sd(values):
    if len(values) == 1:
        return f"{values[0]:.1f}"
    return f"{statistics.mean(values):.1f} ± {statistics.stdev(values):.1f}"


def _chart(rows, path):
    figure = Figure(figsize=(7, 4.2), layout="constrained", dpi=120)
    axes = figure.add_subplot()
    for i, (arm, found) in enumerate(rows.items()):
        epochs = [epoch for epoch, _ in found[0]["scores"]]
        curves = list(zip(*([score for _, score in line["scores"]] for line in found)))
        style = {"color": f"C{i}", "marker": "osv^D"[i % 5], "label": arm}
        axes.plot(epochs, [statistics.mean(scores) for scores in curves], **style)
        low, high = map(min, curves), map(max, curves)
        axes.fill_between(epochs, list(low), list(high), color=f"C{i}", alpha=0.15)
    axes.set(xlabel="epochs", ylabel="FD by fashion-classifier", yscale="log")
    axes.grid(True, which="both", alpha=0.2)
    axes.legend(frameon=False, fontsize=8)
    with files.atomic(path) as partial:
        figure.savefig(partial, format="png", metadata={"Software": None})


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
            folder = args.out / f"{arm}-seed{seed}"
            scores, seconds = train(arm, seed, folder)
            print(f"  {json.dumps(scores)}", file=sys.stderr, flush=True)
            kept.append(
                {
                    "arm": arm,
                    "seed": seed,
                    "options": ARMS[arm],
                    "epochs": EPOCHS,
                    "pictures": PICTURES,
                    "scores": list(scores.items()),
                    "seconds": round(seconds, 1),
                    **environment.environment(),
                }
            )
            report(args.out, kept.read())
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
