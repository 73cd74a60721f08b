"""Train the classifier of Fashion-MNIST whose features ganzoo scores pictures with.

python -m ganzoo.features.train_fashion_classifier --data-dir DIR

It sees the 60,000 training pictures for a number of epochs fixed beforehand; the 10,000
test pictures measure the result and choose nothing. Nothing needs to be trained anew to
use ganzoo: other weights make other, incomparable scores.
"""

import json
import os
import pathlib
import tempfile
from importlib import metadata

import click
import keras
import numpy as np

from ganzoo import data
from ganzoo.data import pixels
from ganzoo.features import classifier

EPOCHS = 10
BATCH_SIZE = 128
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 1e-3


@click.command()
@click.option(
    "--data-dir",
    type=click.Path(path_type=pathlib.Path),
    help="Folder with the four files of Fashion-MNIST, or for them.",
)
@click.option(
    "--out",
    type=click.Path(path_type=pathlib.Path, file_okay=False),
    default=classifier.FOLDER,
    show_default=True,
    help="Folder for the weights and their record.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
def main(data_dir, out, seed):
    """Train the classifier and write its weights and their record."""
    keras.utils.set_random_seed(seed)
    backend = keras.backend.backend()
    train = data.load("fashion_mnist", "train", data_dir=data_dir)
    test = data.load("fashion_mnist", "test", data_dir=data_dir)
    network = classifier.build_classifier(seed)
    optimizer = fit(network, train.images, train.labels, seed)
    record = {
        "classifier": network.name,
        "test_accuracy": accuracy(network, test.images, test.labels),
        "test_pictures": len(test.images),
        "train_set": "fashion_mnist train",
        "train_pictures": len(train.images),
        "epochs": EPOCHS,
        "batch_size": BATCH_SIZE,
        "optimizer": optimizer,
        "augmentation": "horizontal flips",
        "seed": seed,
        "parameters": network.count_params(),
        "dimension": network.get_layer("features").output.shape[-1],
        "backend": backend,
        "versions": {name: metadata.version(name) for name in ("keras", backend)},
    }
    write(network, record, out)
    click.echo(f"test accuracy {record['test_accuracy']:.4f}, written to {out}")


def fit(network, images, labels, seed):
    """Train `network` in place on flipped pictures; return its optimizer in words."""
    flip = keras.layers.RandomFlip(
        "horizontal", seed=seed, data_format="channels_last", dtype="float32"
    )
    student = keras.Sequential([keras.Input(classifier.IMAGE_SHAPE), flip, network])
    steps = EPOCHS * -(-len(images) // BATCH_SIZE)
    student.compile(
        keras.optimizers.AdamW(
            keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps),
            weight_decay=WEIGHT_DECAY,
        ),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    x = keras.ops.convert_to_numpy(pixels.to_float(images))
    student.fit(x, np.asarray(labels), batch_size=BATCH_SIZE, epochs=EPOCHS)
    return (
        f"AdamW, learning rate {LEARNING_RATE} decaying to 0 over a half cosine, "
        f"weight decay {WEIGHT_DECAY}"
    )


def accuracy(network, images, labels):
    """Return the share of pictures whose largest logit is that of their label."""
    x = keras.ops.convert_to_numpy(pixels.to_float(images))
    logits = network.predict(x, batch_size=250, verbose=0)
    return float(np.mean(np.argmax(logits, axis=-1) == labels))


def write(network, record, folder):
    """Write the weights, then their record with the hash; each is whole or absent."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        weights = pathlib.Path(scratch) / classifier.WEIGHTS_FILE
        network.save_weights(weights)
        record = record | {"sha256": classifier.sha256_of(weights)}
        described = pathlib.Path(scratch) / classifier.RECORD_FILE
        described.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        os.replace(weights, folder / classifier.WEIGHTS_FILE)
        os.replace(described, folder / classifier.RECORD_FILE)


if __name__ == "__main__":
    main()
