"""Train a classifier whose features ganzoo scores images with.

python -m ganzoo.features.train_classifier mnist --data-dir DIR

It sees the 60,000 training images for a number of epochs fixed beforehand; the 10,000
test images measure the result and choose nothing. Nothing needs to be trained anew to
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
from ganzoo.features import classifier_network

EPOCHS = 10
BATCH_SIZE = 128
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 1e-3
IN_FLOAT32 = {"data_format": "channels_last", "dtype": "float32"}


def flips(seed):
    """Return a layer that mirrors images or not."""
    return keras.layers.RandomFlip("horizontal", seed=seed, **IN_FLOAT32)


def shifts(seed):
    """Return a layer that moves images by up to two pixels, black coming in."""
    share = 2 / classifier_network.IMAGE_SHAPE[0]
    return keras.layers.RandomTranslation(
        share, share, fill_mode="constant", fill_value=-1.0, seed=seed, **IN_FLOAT32
    )


# Mirrored, a garment is a garment, but a digit is none. Of the last 10,000 training
# images of MNIST, kept back for this choice, 51 were mistaken with shifts and 79
# without.
AUGMENTATIONS = {
    "fashion_mnist": ("horizontal flips", flips),
    "mnist": ("shifts by up to 2 pixels", shifts),
}


@click.command()
@click.argument("data_set", type=click.Choice(list(classifier_network.NETWORKS)))
@click.option(
    "--data-dir",
    type=click.Path(path_type=pathlib.Path),
    help="Folder with the four files of the data set, or for them.",
)
@click.option(
    "--out",
    type=click.Path(path_type=pathlib.Path, file_okay=False),
    default=classifier_network.FOLDER,
    show_default=True,
    help="Folder for the weights and their record.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
def main(data_set, data_dir, out, seed):
    """Train the classifier of DATA_SET and write its weights and their record."""
    keras.utils.set_random_seed(seed)
    backend = keras.backend.backend()
    train = data.load(data_set, "train", data_dir=data_dir)
    test = data.load(data_set, "test", data_dir=data_dir)
    network = classifier_network.build_classifier(data_set, seed)
    augmentation, augment = AUGMENTATIONS[data_set]
    optimizer = fit(network, augment(seed), train.images, train.labels)
    record = {
        "classifier": network.name,
        "test_accuracy": accuracy(network, test.images, test.labels),
        "test_pictures": len(test.images),
        "train_set": f"{data_set} train",
        "train_pictures": len(train.images),
        "epochs": EPOCHS,
        "batch_size": BATCH_SIZE,
        "optimizer": optimizer,
        "augmentation": augmentation,
        "seed": seed,
        "parameters": network.count_params(),
        "dimension": network.get_layer("features").output.shape[-1],
        "backend": backend,
        "versions": {name: metadata.version(name) for name in ("keras", backend)},
    }
    write(network, record, data_set, out)
    click.echo(f"test accuracy {record['test_accuracy']:.4f}, written to {out}")


def fit(network, augment, images, labels):
    """Train `network` in place on augmented images; return its optimizer in words."""
    student = keras.Sequential(
        [keras.Input(classifier_network.IMAGE_SHAPE), augment, network]
    )
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
    """Return the share of images whose largest logit is that of their label."""
    x = keras.ops.convert_to_numpy(pixels.to_float(images))
    logits = network.predict(x, batch_size=250, verbose=0)
    return float(np.mean(np.argmax(logits, axis=-1) == labels))


def write(network, record, data_set, folder):
    """Write the weights, then their record with the hash; each is whole or absent."""
    folder.mkdir(parents=True, exist_ok=True)
    weights_file = classifier_network.weights_file(data_set)
    record_file = classifier_network.record_file(data_set)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        weights = pathlib.Path(scratch) / weights_file
        network.save_weights(weights)
        record = record | {"sha256": classifier_network.sha256_of(weights)}
        described = pathlib.Path(scratch) / record_file
        described.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        os.replace(weights, folder / weights_file)
        os.replace(described, folder / record_file)


if __name__ == "__main__":
    main()
