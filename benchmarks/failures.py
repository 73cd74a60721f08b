"""Draw what goes wrong with each variant, and above it the same as it should be.

python benchmarks/failures.py
python benchmarks/failures.py gan wgan_gp

Each is a picture in docs/failures, which the documentation shows, and a file of what it
shows and how that scores: the FD of 10,000 pictures by the shipped classifier against
the test split.
"""

import json
import os
import pathlib
import sys

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import numpy as np  # noqa: E402

import ganzoo  # noqa: E402
from ganzoo import evaluation  # noqa: E402
from ganzoo.system import files  # noqa: E402
from ganzoo.training import recipes  # noqa: E402
from ganzoo.visualization import grids  # noqa: E402

OUT = pathlib.Path(__file__).resolve().parents[1] / "docs" / "failures"
COUNT = 10_000  # pictures that are scored
SHOWN = 20  # of them
COLUMNS = 10
GAP = 12  # pixels between what is right and what is wrong


def main(names):
    """Draw the failures of these names, or all."""
    for name in names or FAILURES:
        draw(name, *FAILURES[name]())


def draw(name, right, wrong):
    """Write the picture of a failure, and what is in it, each as words and pictures."""
    facts = []
    for words, pictures in (right, wrong):
        record = evaluation.evaluate(
            pictures,
            "fashion_mnist_10k:test",
            features="fashion-classifier",
            scores=["fid"],
        )
        facts.append({"words": words, "fd": record["fd"]})
        print(f"{name}: {words}, FD {record['fd']:.1f}", flush=True)
    above, below = (grids.grid(p[:SHOWN], COLUMNS) for _, p in (right, wrong))
    space = np.full((GAP, *above.shape[1:]), 255, "uint8")
    OUT.mkdir(exist_ok=True)
    grids.save_png(OUT / f"{name}.png", np.concatenate([above, space, below]))
    with files.atomic(OUT / f"{name}.json") as partial:
        partial.write_text(json.dumps(facts, indent=1) + "\n", "utf-8")


def train(recipe, change=None):
    """Pictures of a recipe, trained after a change of its data."""
    arrays = recipe.load_data()
    if change is not None:
        arrays = change(*arrays)
    gan = recipe.build(arrays, seed=0)
    gan.fit(*arrays, batch_size=recipe.batch_size, epochs=recipe.epochs, verbose=2)
    return gan.generate(COUNT, seed=0)


def altered(recipe, old, new):
    """A recipe with other settings."""
    return recipes.parse(recipe.name, recipe.text.replace(old, new, 1))


def preset(name):
    """A preset, and the pictures of the test split."""
    pictures = ganzoo.data.load("fashion_mnist_10k", "test")
    return ganzoo.from_preset(name), pictures


# === The failures ===


def collapse():
    """A generator that draws one thing: its steps were too large, and went on."""
    recipe = recipes.load("gan_fashion_mnist_10k")
    adam = "learning_rate = {}\nbeta_1 = {}"
    wrong = altered(recipe, adam.format("1e-3", 0.5), adam.format("2e-3", 0.9))
    return (
        ("learning rate 0.001, β₁ = 0.5", train(recipe)),
        ("learning rate 0.002, β₁ = 0.9", train(wrong)),
    )


def stale_statistics():
    """A generator whose running batch statistics are those of the beginning."""
    gan, _ = preset("dcgan_fashion_mnist")
    right = gan.generate(COUNT, seed=0)
    for layer in gan.generator.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.moving_mean.assign(np.zeros(layer.moving_mean.shape))
            layer.moving_variance.assign(np.ones(layer.moving_variance.shape))
    return (
        ("the preset", right),
        (
            "the same weights, running statistics as before training",
            gan.generate(COUNT, seed=0),
        ),
    )


def too_large_a_step():
    """A least-squares discriminator that was thrown too far."""
    recipe = recipes.load("lsgan_fashion_mnist_10k")
    return (
        ("learning rate 0.001", train(recipe)),
        ("learning rate 0.02", train(altered(recipe, "= 1e-3", "= 2e-2"))),
    )


def no_penalty():
    """A critic whose slope nothing bounds."""
    recipe, line = recipes.load("wgan_gp_fashion_mnist_10k"), 'class = "WGANGP"'
    wrong = altered(recipe, line, line + "\npenalty_weight = 1e-6")
    return (
        ("penalty of weight 10", train(recipe)),
        ("penalty of weight 0.000001", train(wrong)),
    )


def shuffled_labels():
    """Labels that have lost their pictures."""
    recipe = recipes.load("cgan_fashion_mnist").adapt("fashion_mnist_10k", epochs=4)

    def shuffle(images, labels):
        return images, np.random.default_rng(0).permutation(labels)

    return (
        ("correct labels, one class in each column", train(recipe)),
        ("shuffled labels", train(recipe, shuffle)),
    )


def other_batches():
    """A translator by the statistics of other batches than it was trained with."""
    gan, pictures = preset("pix2pix_fashion_mnist")
    sources = ganzoo.data.edges_to_images(pictures).source
    return (
        ("batches of 50", gan.translate(sources, seed=0, batch_size=50)),
        ("one image at a time", gan.translate(sources, seed=0)),
    )


def other_pictures():
    """Reconstructions that are no copies."""
    gan, _ = preset("bigan_fashion_mnist")
    images = ganzoo.data.load("fashion_mnist_10k").images
    return (
        ("real images", images),
        ("their reconstructions G(E(x))", gan.reconstruct(images)),
    )


FAILURES = {
    "gan": collapse,
    "dcgan": stale_statistics,
    "lsgan": too_large_a_step,
    "wgan_gp": no_penalty,
    "cgan": shuffled_labels,
    "pix2pix": other_batches,
    "bigan": other_pictures,
}


if __name__ == "__main__":
    main(sys.argv[1:])
