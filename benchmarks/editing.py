"""Whether IcGAN changes the attribute that it is asked to, and nothing else.

python benchmarks/editing.py RUN_DIR --data-dir FOLDER [--images 500] [--steps 200]

RUN_DIR is a run of a recipe of the avatars that `benchmarks/avatars.py` has written
into FOLDER, like

    ganzoo train icgan_avatars_64 --data-dir FOLDER --run-dir RUN_DIR

Each held-out image is edited once for each attribute: the attribute is changed to what
the image has not. A classifier of attributes, trained here on the real training images
for a number of epochs fixed beforehand, reads the results. "Asked for" is the share of
edits in which it reads the attribute as asked, and "kept" the share of the other
attributes in which it reads what the image had; "all kept" is the share of edits in
which that holds of all others. Avatars are drawn, so that the true edited drawing is
known: "PSNR" is the mean over edits of that to it, in dB. Beside the model stand the
image as it is, unedited, the mean training image, and the true drawing itself, which
shows what the classifier mistakes. "Rebuilt" is the mean PSNR of images drawn again
without a change to the images.

Latents are those of the encoder, or optimised from there by `--steps` steps of Adam on
the squared error of pixels, with the attributes that the encoder tells.

Results below `--out`, in a folder named like the recipe: `results.json` with every
figure, `report.md`, and `edits.png`. Avatars are of Open Peeps by Pablo Stanley, CC0
1.0.
"""

import argparse
import json
import os
import pathlib
import sys
import time

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402
from keras import ops  # noqa: E402

from benchmarks import avatars  # noqa: E402
from ganzoo import data  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.backend.prediction import predict  # noqa: E402
from ganzoo.data import pixels  # noqa: E402
from ganzoo.data.disk import folder  # noqa: E402
from ganzoo.metrics import paired  # noqa: E402
from ganzoo.system import files  # noqa: E402
from ganzoo.training import recipes  # noqa: E402
from ganzoo.training import runs  # noqa: E402
from ganzoo.training.callbacks import read_history  # noqa: E402
from ganzoo.visualization import grids  # noqa: E402

OUT = HERE / "results" / "editing"
LATENTS = ("encoder", "optimised")
SEED, EPOCHS = 0, 5  # of the classifier
SHOWN = 6  # images on the sheet
ROWS = ("true drawings", *LATENTS)


class Classifier:
    """Reads attributes of images; a small convolutional network.

    Args:
        images: uint8 array `(n, height, width, channels)`, to train on.
        attributes: int array `(n, count)` of 0 and 1.
        epochs: int.
    """

    def __init__(self, images, attributes, epochs=EPOCHS):
        keras.utils.set_random_seed(SEED)
        x = inputs = layers.Input(images.shape[1:])
        for filters in (16, 32, 64):
            x = layers.Conv2D(filters, 3, 2, "same", use_bias=False)(x)
            x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
        x = layers.Dense(64, "relu")(layers.Flatten()(x))
        self.network = keras.Model(inputs, layers.Dense(attributes.shape[1])(x))
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
        self.network.compile(keras.optimizers.Adam(1e-3), loss)
        target = attributes.astype("float32")
        self.network.fit(
            as_floats(images), target, batch_size=64, epochs=epochs, verbose=0
        )

    def __call__(self, images):
        """Whether images have each attribute, bool `(n, count)`."""
        return predict(self.network, as_floats(images), 128) > 0


def as_floats(images):
    """uint8 images as float32 in [-1, 1]."""
    return ops.convert_to_numpy(pixels.to_float(images))


def edits_of(model, z, y, had):
    """Images with each attribute in turn changed to what the image had not.

    Args:
        model: `AdversarialModel` that edits.
        z: array `(n, latent_dim)`.
        y: array `(n, count)` of 1 and -1, as the model tells them.
        had: bool array `(n, count)`, the truth.

    Returns:
        uint8 array `(count, n, height, width, channels)`.
    """
    results = []
    for place, name in enumerate(model.attributes):
        on, off = (model.set_attributes(y, {name: value}) for value in (True, False))
        asked = np.where(had[:, place : place + 1], off, on)
        results.append(model.decode(z, [asked]))
    return np.stack(results)


def scores(edited, true, had, classify):
    """What edits are worth.

    Args:
        edited: uint8 array `(count, n, height, width, channels)`, as of `edits_of`.
        true: uint8 array of the same shape. The true edited drawings.
        had: bool array `(n, count)`. What the images had before.
        classify: function of uint8 images `(n, height, width, channels)`, `Classifier`.

    Returns:
        Dict of shares and of a PSNR, and "each", a dict of these by attributes' places.
    """
    count = len(edited)
    each = []
    for place in range(count):
        read = classify(edited[place])
        others = np.arange(count) != place
        kept = read[:, others] == had[:, others]
        each.append(
            {
                "asked_for": float(np.mean(read[:, place] != had[:, place])),
                "kept": float(kept.mean()),
                "all_kept": float(kept.all(axis=1).mean()),
                "psnr": float(paired.psnr(true[place], edited[place]).mean()),
            }
        )
    means = {key: float(np.mean([one[key] for one in each])) for key in each[0]}
    return {**means, "each": each}


def measure(model, images, had, true, mean, classify, steps):
    """Edit held-out images in both ways, and score what is beside them.

    Args:
        model: `AdversarialModel` that edits.
        images: uint8 array `(n, height, width, channels)`.
        had: bool array `(n, count)`.
        true: uint8 array `(count, n, height, width, channels)`.
        mean: uint8 array `(height, width, channels)`. The mean training image.
        classify: `Classifier`.
        steps: int. Of the search.

    Returns:
        Dict by names of `scores`, and the rows of the sheet, a list of uint8 arrays
        `(1 + count, shown, height, width, channels)`.
    """
    count = len(true)
    found = {
        "true drawing": scores(true, true, had, classify),
        "image as it is": scores(np.stack([images] * count), true, had, classify),
        "mean image": scores(
            np.broadcast_to(mean, true.shape).copy(), true, had, classify
        ),
    }
    of_mean = paired.psnr(images, np.broadcast_to(mean, images.shape).copy())
    found["mean image"]["rebuilt"] = float(of_mean.mean())
    rows = [np.concatenate([images[None, :SHOWN], true[:, :SHOWN]])]
    for latents in LATENTS:
        options = {"steps": steps} if latents == "optimised" else {}
        start = time.perf_counter()
        z, y = model.encode(images, latents=latents, **options)
        seconds = time.perf_counter() - start
        rebuilt, edited = model.decode(z, [y]), edits_of(model, z, y, had)
        found[latents] = {
            **scores(edited, true, had, classify),
            "rebuilt": float(paired.psnr(images, rebuilt).mean()),
            "encoder_accuracy": float(np.mean((y > 0) == had)),
            "latent_squared": float(np.mean(z**2)),
            "seconds_of_latents": seconds,
        }
        rows.append(np.concatenate([rebuilt[None, :SHOWN], edited[:, :SHOWN]]))
    # A true drawing has no error at all.
    for one in [found["true drawing"], *found["true drawing"]["each"]]:
        one["psnr"] = None
    return found, rows


def read(place, names, size):
    """Held-out images, what they have, and their true edited drawings.

    Args:
        place: `pathlib.Path`. The folder of avatars.
        names: sequence of strings. The attributes, in the model's order.
        size: `(height, width)`.

    Returns:
        `Pictures` to train on, `Pictures` held out, and a uint8 array
        `(count, n, height, width, channels)`.

    Raises:
        ValueError: If drawings are missing.
    """
    train, test = (
        data.attributes_from_folder(place, size, split=split)
        for split in ("train", "test")
    )
    drawn = [
        folder.read_with_names(avatars.edited_folder(place) / name, size, 3)[0]
        for name in names
    ]
    if any(len(images) != len(test) for images in drawn):
        raise ValueError(
            "There must be a true edited drawing of each held-out image for each "
            f"attribute. Received: {[len(images) for images in drawn]} drawings for "
            f"{len(test)} images."
        )
    return train, test, np.stack(drawn)


def sheet(rows):
    """The rows of some images below one another: true drawings, and both latents."""
    columns, shown = rows[0].shape[:2]
    together = np.stack(rows, axis=1)  # columns, rows, images
    ordered = np.moveaxis(together, 0, 2)  # rows, images, columns
    ordered = np.swapaxes(ordered, 0, 1)  # images, rows, columns
    images = ordered.reshape(shown * len(rows) * columns, *rows[0].shape[2:])
    return grids.grid(images, columns=columns)


def report(results):
    """The report, as Markdown."""
    title, usage, rest = __doc__.split("\n\n", 2)
    found = results["scores"]
    table = [
        "| | asked for | kept | all kept | PSNR | rebuilt |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, line in found.items():
        table.append(f"| {name} | {' | '.join(cells(line))} |")
    by_attribute = [
        "| attribute | classifier | "
        + " | ".join(f"{name}: asked for, kept, PSNR" for name in LATENTS)
        + " |",
        "|---|--:|" + "--:|" * len(LATENTS),
    ]
    for place, name in enumerate(results["attributes"]):
        lines = [found[latents]["each"][place] for latents in LATENTS]
        told = [
            f"{line['asked_for']:.1%}, {line['kept']:.1%}, {line['psnr']:.1f}"
            for line in lines
        ]
        accuracy = f"{results['classifier'][name]:.1%}"
        by_attribute.append(f"| {name} | {accuracy} | {' | '.join(told)} |")
    encoder, optimised = (found[latents] for latents in LATENTS)
    seconds = results["seconds"]
    notes = [
        f"{results['recipe']}, seed {results['training_seed']}: {seconds['game']:,} s "
        "for the game"
        + "".join(
            f", {seconds[name]:,} s for the stage {name}" for name in seconds
        ).replace(f", {seconds['game']:,} s for the stage game", "")
        + f". {results['images']} held-out images, {len(results['attributes'])} edits "
        f"of each. The model's own encoder tells {encoder['encoder_accuracy']:.1%} of "
        "the attributes right. Mean of the squared latents, 1 by the prior: "
        f"{encoder['latent_squared']:.2f} by the encoder, "
        f"{optimised['latent_squared']:.2f} optimised, which takes "
        f"{optimised['seconds_of_latents'] / results['images']:.2g} s an image for "
        f"{results['steps']} steps.",
        "![Edits of held-out images](edits.png)",
        "Held-out images, three rows of each. First the image and its true edited "
        f"drawings ({', '.join(results['attributes'])}); then what the model draws of "
        "the encoder's latents, and of optimised ones.",
    ]
    machine = results["scored_on"]
    whole = [
        f"# {title}",
        f"`{usage}`. {rest.strip()}",
        "\n".join(table),
        "\n".join(by_attribute),
        *notes,
        f"{machine['machine']}, {machine['backend']}, commit {machine['commit']}",
    ]
    return "\n\n".join(whole) + "\n"


def cells(line):
    """A line of the table."""
    for key in ("asked_for", "kept", "all_kept"):
        yield f"{line[key]:.1%}"
    for key in ("psnr", "rebuilt"):
        yield f"{line[key]:.2f}" if line.get(key) is not None else ""


def main(argv=None):
    """Score a run, and write what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run_dir", type=pathlib.Path, metavar="RUN_DIR")
    parser.add_argument("--data-dir", type=pathlib.Path, required=True)
    parser.add_argument("--images", type=int, default=500, help="held-out images")
    parser.add_argument("--steps", type=int, default=200, help="of the search")
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    args = parser.parse_args(argv)
    recipe = find_recipe(args.run_dir)
    model = runs.load_model(args.run_dir)
    place, size = args.data_dir / recipe.data, model.image_shape[:2]
    train, test, true = read(place, model.attributes, size)
    images, had = test.images[: args.images], test.attributes[: args.images] == 1
    true = true[:, : args.images]
    print("Training the classifier", file=sys.stderr, flush=True)
    classify = Classifier(train.images, train.attributes)
    accuracy = (classify(test.images) == (test.attributes == 1)).mean(axis=0)
    mean = train.images.mean(axis=0).round().astype("uint8")
    found, rows = measure(model, images, had, true, mean, classify, args.steps)
    results = {
        "recipe": recipe.name,
        "recipe_sha256": recipe.sha256,
        "training_seed": runs.load_seed(args.run_dir),
        "seconds": seconds_of(args.run_dir, recipe),
        "images": len(images),
        "steps": args.steps,
        "attributes": list(model.attributes),
        "classifier": dict(zip(model.attributes, map(float, accuracy))),
        "scores": found,
        "trained_on": json.loads(
            (args.run_dir / "environment.json").read_text("utf-8")
        ),
        "scored_on": environment.environment(),
    }
    out = args.out / recipe.name
    text = json.dumps(results, indent=1, allow_nan=False)
    files.write_text(out / "results.json", f"{text}\n")
    files.write_text(out / "report.md", report(results))
    grids.save_png(out / "edits.png", sheet(rows), scale=1)
    print(report(results))


def find_recipe(run_dir):
    """The recipe of a run folder, under the name that it has in the package if any."""
    found = runs.load_recipe(run_dir)
    known = (recipes.load(name) for name in recipes.names())
    return next((recipe for recipe in known if recipe.text == found.text), found)


def seconds_of(run_dir, recipe):
    """How long the game and each stage took."""
    names = {"game": "history.csv"}
    names |= {stage: f"history_{stage}.csv" for stage in recipe.stages}
    return {
        name: round(sum(float(row["seconds"]) for row in read_history(run_dir / file)))
        for name, file in names.items()
    }


if __name__ == "__main__":
    main()
