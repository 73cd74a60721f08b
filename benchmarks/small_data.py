"""What augmentation and R1 give where there are a thousand pictures.

python benchmarks/small_data.py [--seeds 3] [--games GAN DCGAN StyleGAN2]

Three games train on the first 1,000 pictures of Fashion-MNIST, with and without
`augmentation` and `r1_weight`: GAN's perceptrons as the recipe gan_fashion_mnist_10k
has them, with the dropout of their paper in one arm, for 400 epochs; and DCGAN's
networks at half their width for 300, each at its recipe's learning rate; and StyleGAN2
as the recipe stylegan2_fashion_mnist_10k has it, for 150, with its R1 in both arms. Its
adaptive augmentation is by "blit" and "color". Augmentation elsewhere is by color,
translation and cutout together, unless an arm says less. Every 25 epochs, 10,000 of
their pictures are scored against the 10,000 of the test split by the features of the
fashion classifier. "By heart" is how often the discriminator takes a picture that it
was trained on for more real than one of the test split, of all such pairs at the end:
50 % where it knows none. R1 allows no batch normalisation in the discriminator, so
there is layer normalisation without R1 too, to tell what comes of which.

A run is a line of `results.jsonl` below `--out`; killed and started again, it goes on
after its last epoch. `report.md` there shows all of them.
"""

import argparse
import functools
import json
import os
import pathlib
import shutil
import sys
from statistics import mean

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import keras  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402
from scipy.stats import mannwhitneyu  # noqa: E402

import ganzoo  # noqa: E402
from benchmarks import reports  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.data import pixels  # noqa: E402
from ganzoo.system import files  # noqa: E402
from ganzoo.training import callbacks  # noqa: E402
from ganzoo.training.history import read_history  # noqa: E402

OUT = HERE / "results" / "small_data"
PICTURES = 1_000
EPOCHS = {"GAN": 400, "DCGAN": 300, "StyleGAN2": 150}
EVERY = 25
BATCH_SIZE = 64
LEARNING_RATE = 1e-3
# Zhao et al. (2020), their policy for the least data; Mescheder et al. (2018), their γ.
AUGMENTATION = ["color", "translation", "cutout"]
R1_WEIGHT = 10.0
ARMS = {
    "GAN": {},
    "GAN, dropout": {"dropout": 0.5},
    "GAN, augmentation": {"augmentation": AUGMENTATION},
    "GAN, augmentation by color": {"augmentation": ["color"]},
    "GAN, augmentation by translation": {"augmentation": ["translation"]},
    "GAN, R1": {"r1_weight": R1_WEIGHT},
    "GAN, R1, augmentation": {"r1_weight": R1_WEIGHT, "augmentation": AUGMENTATION},
    "DCGAN": {"normalization": "batch"},
    "DCGAN, augmentation": {"normalization": "batch", "augmentation": AUGMENTATION},
    "DCGAN, layer normalisation": {"normalization": "layer"},
    "DCGAN, layer normalisation, R1": {
        "normalization": "layer",
        "r1_weight": R1_WEIGHT,
    },
    "StyleGAN2": {},
    "StyleGAN2, adaptive augmentation": {
        "adaptive_augmentation": ["blit", "color"],
        # So that p can go from 0 to 1 in a third of the training.
        "augmentation_images": 50_000,
    },
}


def game_of(arm):
    """The name of the game that an arm plays."""
    return arm.split(",")[0]


def train(arm, seed, folder, epochs=None, every=EVERY, pictures=PICTURES, count=None):
    """Train one arm with one seed, in a folder where a killed run goes on.

    Returns:
        Dict of the scores by epoch, the seconds of training, and how much the
        discriminator knows by heart.
    """
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    x = ganzoo.data.load("fashion_mnist_10k").images[:pictures]
    test = ganzoo.data.load("fashion_mnist_10k", "test").images[:count]
    gan = build(arm, x.shape[1:], seed)
    if game_of(arm) == "StyleGAN2":
        gan.compile(averages=ganzoo.AveragedWeights(half_life=10_000))
    else:
        adam = functools.partial(keras.optimizers.Adam, LEARNING_RATE, beta_1=0.5)
        gan.compile(adam(), adam())
    scorer = ganzoo.evaluation.Scorer("fashion-classifier", scores=["fid"])
    history = folder / "history.csv"
    watch = [
        callbacks.Seconds(),
        callbacks.Score(scorer, test, every=every),
        callbacks.History(history),
        callbacks.BackupAndRestore(folder / "backup", delete_checkpoint=False),
    ]
    epochs = epochs or EPOCHS[game_of(arm)]
    gan.fit(x, batch_size=BATCH_SIZE, epochs=epochs, callbacks=watch, verbose=0)
    rows = read_history(history)
    scores = {
        int(row["epoch"]): float(row["val_fd"]) for row in rows if row.get("val_fd")
    }
    return {
        "scores": list(scores.items()),
        "seconds": round(sum(float(row["seconds"]) for row in rows), 1),
        "by_heart": by_heart(gan.discriminator, x, test),
    }


def build(arm, image_shape, seed):
    """The model of an arm, not yet compiled."""
    options, networks = dict(ARMS[arm]), ganzoo.networks
    if game_of(arm) == "GAN":
        dropout = options.pop("dropout", 0.0)
        players = {
            "generator": networks.mlp_generator(image_shape, units=(256, 512)),
            "discriminator": networks.maxout_discriminator(
                image_shape, dropout=dropout
            ),
        }
    elif game_of(arm) == "StyleGAN2":
        players = {
            "generator": networks.stylegan2_generator(
                image_shape, latent_dim=64, style_dim=64, filters=16, mapping_layers=2
            ),
            "discriminator": networks.stylegan2_discriminator(
                image_shape, filters=16, architecture="orig"
            ),
        }
    else:
        normalization = options.pop("normalization")
        players = {
            "generator": networks.dcgan_generator(image_shape, filters=32),
            "discriminator": networks.dcgan_discriminator(
                image_shape, 32, normalization
            ),
        }
    return getattr(ganzoo, game_of(arm))(**players, seed=seed, **options)


def by_heart(discriminator, known, unknown):
    """How often a known picture is taken for more real than an unknown one, of pairs.

    It is the area under the ROC curve of telling one from the other.
    """
    known, unknown = (
        discriminator.predict(pixels.to_float(images), verbose=0).ravel()
        for images in (known, unknown)
    )
    pairs = len(known) * len(unknown)
    return float(mannwhitneyu(known, unknown).statistic / pairs)


def report(out, lines):
    """Write `report.md` and `curves.png` into a folder."""
    rows = {arm: [line for line in lines if line["arm"] == arm] for arm in ARMS}
    rows = {arm: found for arm, found in rows.items() if found}
    head = "| game | FD at the end | at the best epoch | by heart | seeds |"
    table = [head, "|---|--:|--:|--:|--:|"]
    for arm, found in rows.items():
        curves = [[score for _, score in line["scores"]] for line in found]
        ends, bests = [curve[-1] for curve in curves], [min(curve) for curve in curves]
        # Runs of before it was measured have none.
        known = [
            f"{100 * line['by_heart']:.0f} %" for line in found if "by_heart" in line
        ]
        scores = map(reports.mean_and_sd, (ends, bests))
        cells = [arm, *scores, ", ".join(known) or "–"]
        table.append(f"| {' | '.join(cells)} | {len(found)} |")
    blocks = [
        "\n".join(table),
        "![FD by epoch](curves.png)",
    ]
    reports.write(out, __doc__, blocks, lines)
    _chart(rows, pathlib.Path(out) / "curves.png")


def _chart(rows, path):
    games = [game for game in EPOCHS if game in map(game_of, rows)]
    figure = Figure(figsize=(5 * len(games), 4.2), layout="constrained", dpi=120)
    panels = figure.subplots(1, len(games), squeeze=False)
    for axes, game in zip(panels.flat, games):
        of_game = {arm: found for arm, found in rows.items() if game_of(arm) == game}
        for i, (arm, found) in enumerate(of_game.items()):
            _curve(axes, f"C{i}", "osv^D<>"[i], arm, found)
        axes.set(xlabel="epochs", ylabel="FD by fashion-classifier", yscale="log")
        axes.grid(True, which="both", alpha=0.2)
        axes.legend(frameon=False, fontsize=8)
    with files.atomic(path) as partial:
        figure.savefig(partial, format="png", metadata={"Software": None})


def _curve(axes, color, marker, arm, found):
    """The mean over the seeds of an arm, and a band from the least to the most."""
    epochs = [epoch for epoch, _ in found[0]["scores"]]
    curves = list(zip(*([score for _, score in line["scores"]] for line in found)))
    means, low, high = ([f(scores) for scores in curves] for f in (mean, min, max))
    axes.plot(epochs, means, color=color, marker=marker, markersize=4, label=arm)
    axes.fill_between(epochs, low, high, color=color, alpha=0.15)


def main(argv=None):
    """Read the command line, and train what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--games", nargs="+", choices=EPOCHS, default=list(EPOCHS))
    parser.add_argument("--out", default=OUT, type=pathlib.Path)
    args = parser.parse_args(argv)
    kept = records.Records(args.out / "results.jsonl")
    wanted = [arm for arm in ARMS if game_of(arm) in args.games]
    for seed in range(args.seeds):
        for arm in wanted:
            if any((r["arm"], r["seed"]) == (arm, seed) for r in kept.read()):
                continue
            print(f"{arm}, seed {seed}", file=sys.stderr, flush=True)
            folder = args.out / f"{arm}-seed{seed}"
            found = train(arm, seed, folder)
            print(f"  {json.dumps(found)}", file=sys.stderr, flush=True)
            kept.append(
                {
                    "arm": arm,
                    "seed": seed,
                    "options": ARMS[arm],
                    "epochs": EPOCHS[game_of(arm)],
                    "pictures": PICTURES,
                    **found,
                    **environment.environment(),
                }
            )
            shutil.rmtree(folder, ignore_errors=True)
            report(args.out, kept.read())
    report(args.out, kept.read())


if __name__ == "__main__":
    main()
