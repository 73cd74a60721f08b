"""Whether images show the skin tone that their texts ask for, with CLS and without.

python benchmarks/captions.py --data-dir FOLDER [--seeds 1] [--epochs N]

GAN-CLS is trained by the recipe gan_cls_openmoji: emoji of people and hands, and their
names. The control trains by the same recipe with `mismatch_weight = 0`, so that its
discriminator sees no wrong pairs, and has the weight of them on samples instead. Both
have the same networks, text stage, images and updates.

A classifier, trained here on the real training images for a number of epochs fixed
beforehand, reads the skin tone of images: none, or one of five. "Seen" is the share of
images in which it reads the tone of the text, for texts to train on, and "held out" the
same for texts of the test split. Their tone and their emoji are both trained on, but
not together. Texts of two tones are left out. Chance is the share of the most frequent
tone among the texts. Real images, which the classifier has not seen, show what it
mistakes.

A run is kept in a folder below `--runs`, and is resumed. A measured one is a line of
`results.jsonl` below `--out`, and is not repeated. `report.md` there shows all of them,
with a sheet of held-out texts of each game.
"""

import argparse
import os
import pathlib
import re
import sys

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tomlkit  # noqa: E402
from keras import layers  # noqa: E402
from keras import ops  # noqa: E402

from benchmarks import reports  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.backend.prediction import predict  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.data import pixels  # noqa: E402
from ganzoo.data.datasets.openmoji_captions import TONES  # noqa: E402
from ganzoo.training import recipes  # noqa: E402
from ganzoo.training import runs  # noqa: E402
from ganzoo.training.history import read_history  # noqa: E402
from ganzoo.visualization import grids  # noqa: E402

OUT = HERE / "results" / "captions"
RECIPE = "gan_cls_openmoji"
# The weight of wrong pairs in the discriminator's loss.
ARMS = {"CLS": 0.5, "CLS off": 0.0}
SEED, EPOCHS = 0, 15  # of the classifier
SEEN = 300  # texts to train on that are drawn, at most
PER_TEXT = 4  # images
SHOWN = (8, 8)  # texts, and images of each, on a sheet
TONE = re.compile(rf"({'|'.join(TONES)}) skin tone")
HEAD = {
    "game": "---",
    "seen": "--:",
    "held out": "--:",
    "chance, seen": "--:",
    "chance, held out": "--:",
    "real images": "--:",
    "seconds": "--:",
    "runs": "--:",
}
DIGITS = {
    **dict.fromkeys(("seen", "held_out", "chance_seen", "chance_held_out", "real"), 3),
    "seconds": 0,
}
CREDIT = (
    "Emoji are designed by [OpenMoji](https://openmoji.org), the open-source emoji and "
    "icon project. They and all images that are made of them are under "
    "[CC BY-SA 4.0](https://creativecommons.org/licenses/by-sa/4.0/)."
)


def tone_of(caption):
    """The skin tone of a caption: 1 to 5, 0 for none, and -1 for several."""
    found = TONE.findall(caption)
    return -1 if len(found) > 1 else 1 + TONES.index(found[0]) if found else 0


class Classifier:
    """Reads the skin tone of images; a small convolutional network.

    Args:
        images: uint8 array `(n, height, width, channels)`, to train on.
        tones: int array `(n,)` of 0 to 5.
        epochs: int.
    """

    def __init__(self, images, tones, epochs=EPOCHS):
        keras.utils.set_random_seed(SEED)
        x = inputs = layers.Input(images.shape[1:])
        for filters in (16, 32, 64):
            x = layers.Conv2D(filters, 3, 2, "same", use_bias=False)(x)
            x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
        x = layers.Dense(64, "relu")(layers.Flatten()(x))
        self.network = keras.Model(inputs, layers.Dense(1 + len(TONES))(x))
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.network.compile(keras.optimizers.Adam(1e-3), loss)
        self.network.fit(
            as_floats(images), tones, batch_size=64, epochs=epochs, verbose=0
        )

    def __call__(self, images):
        """The tone of images, int `(n,)`."""
        return predict(self.network, as_floats(images), 128).argmax(axis=1)


def as_floats(images):
    """uint8 images as float32 in [-1, 1]."""
    return ops.convert_to_numpy(pixels.to_float(images))


def one_tone(images, captions):
    """Images and captions without those of several tones, and the tones."""
    tones = np.array([tone_of(caption) for caption in captions])
    rows = np.flatnonzero(tones >= 0)
    return np.asarray(images)[rows], np.asarray(captions)[rows], tones[rows]


def accuracy(model, texts, tones, classify, seed=0):
    """The share of images that show the tone of their text.

    Args:
        model: `AdversarialModel` that draws images of texts.
        texts: array of strings `(n,)`.
        tones: int array `(n,)`.
        classify: function of uint8 images, `Classifier`.
        seed: int. Of the latents.
    """
    asked = np.repeat(texts, PER_TEXT)
    images = model.generate(len(asked), texts=asked, seed=seed)
    return float(np.mean(classify(images) == np.repeat(tones, PER_TEXT)))


def chance(tones):
    """The share of the most frequent tone."""
    return float(np.bincount(tones).max() / len(tones))


def recipe_of(arm, epochs=None):
    """The recipe of an arm."""
    recipe = recipes.load(RECIPE)
    document = tomlkit.parse(recipe.text)
    document["model"]["mismatch_weight"] = ARMS[arm]
    document["training"]["epochs"] = epochs or recipe.epochs
    return recipes.parse(RECIPE, tomlkit.dumps(document))


def measure(arm, seed, run_dir, epochs=None, data_dir=None):
    """Train one arm with one seed, and score it.

    Returns:
        Dict of scores, and a sheet of held-out texts.
    """
    keras.backend.clear_session()
    recipe = recipe_of(arm, epochs)
    train, test = (
        one_tone(*recipe.load_data(split, data_dir)) for split in ("train", "test")
    )
    model = runs.train(recipe, run_dir, seed, data_dir=data_dir, verbose=2)
    # The same for each arm and seed.
    classify = Classifier(train[0], train[2])
    few = np.random.RandomState(SEED).permutation(len(train[1]))[:SEEN]
    seen, held_out = (train[1][few], train[2][few]), test[1:]
    names = "history_text.csv", "history.csv"
    rows = [row for name in names for row in read_history(run_dir / name)]
    return {
        "seen": accuracy(model, *seen, classify),
        "held_out": accuracy(model, *held_out, classify),
        "chance_seen": chance(seen[1]),
        "chance_held_out": chance(held_out[1]),
        "real": float(np.mean(classify(test[0]) == test[2])),
        "texts": [len(seen[0]), len(held_out[0])],
        "seconds": round(sum(float(row["seconds"]) for row in rows)),
        "recipe_sha256": recipe.sha256,
        "shown": test[1][few_of(test[1])].tolist(),
    }, sheet(model, *test[:2])


def sheet(model, images, texts):
    """Real images of some texts in the first column, and drawn ones beside them."""
    columns, few = SHOWN[1], few_of(texts)
    drawn = [model.generate(columns, texts=str(text), seed=1) for text in texts[few]]
    together = np.concatenate([images[few][:, None], np.stack(drawn)], axis=1)
    return grids.grid(together.reshape(-1, *together.shape[2:]), columns + 1)


def few_of(texts):
    """Places of the texts of a sheet, from the top down."""
    return np.linspace(0, len(texts) - 1, SHOWN[0]).astype(int)


def report(out, lines):
    """Write `report.md` into a folder."""
    table, arms = reports.table_of(ARMS, lines, HEAD, DIGITS)
    shown = [
        f"![Held-out texts, {arm}, seed 0]({reports.sheet_of(arm)})" for arm in arms
    ]
    texts = "; ".join(lines[0]["shown"])
    rows = f"A real image and drawn ones, from the top: {texts}."
    blocks = [table, *shown, rows, CREDIT]
    reports.write(out, __doc__, blocks, lines)


def main(argv=None):
    """Read the command line, and train and measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--data-dir", type=pathlib.Path)
    parser.add_argument("--out", default=OUT, type=pathlib.Path)
    parser.add_argument(
        "--runs", default="runs/captions", type=pathlib.Path, metavar="FOLDER"
    )
    args = parser.parse_args(argv)
    kept = records.Records(args.out / "results.jsonl")
    for seed in range(args.seeds):
        for arm in ARMS:
            if any((r["arm"], r["seed"]) == (arm, seed) for r in kept.read()):
                continue
            print(f"{arm}, seed {seed}", file=sys.stderr, flush=True)
            folder = args.runs / f"{reports.sheet_of(arm).partition('.')[0]}-seed{seed}"
            scores, shown = measure(arm, seed, folder, args.epochs, args.data_dir)
            kept.append(
                {"arm": arm, "seed": seed, **scores, **environment.environment()}
            )
            if seed == 0:
                grids.save_png(args.out / reports.sheet_of(arm), shown)
            report(args.out, kept.read())


if __name__ == "__main__":
    main()
