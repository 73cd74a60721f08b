"""Whether VAEGAN's reconstructions are sharper than those of a VAE of its networks.

python benchmarks/reconstructions.py [--full] [--seeds 3] [--data-dir FOLDER]

VAEGAN is trained by its recipe on 10,000 images, or on all 60,000 with `--full`. The
VAE beside it has the same encoder and decoder, with the same initial weights, the same
optimizer and as many epochs: it minimises the KL divergence plus half the squared error
of the pixels in [-1, 1], summed over an image. Both reconstruct the test images from
the means of their latents. "FD" is the Fréchet distance of the reconstructions from the
test images themselves, by the features of the fashion classifier, and "MSE" the mean
squared error of pixels in [0, 1]. Blurred images have a small MSE and a large FD.
VAEGAN is to have the smaller FD at no more than 1.5 times the MSE. FD of samples is of
as many images from random latents.

Runs of VAEGAN are kept in folders below `--runs`, and are resumed. A measured seed is
two lines of `results.jsonl` below `--out`, and is not repeated. `report.md` there shows
all of them, and `images.png` test images, reconstructions and samples of seed 0.
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
from keras import ops  # noqa: E402

from benchmarks import reports  # noqa: E402
from ganzoo import evaluation  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.backend.prediction import predict  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.data import pixels  # noqa: E402
from ganzoo.training import recipes  # noqa: E402
from ganzoo.training import runs  # noqa: E402
from ganzoo.visualization import grids  # noqa: E402

OUT = HERE / "results" / "reconstructions"
RECIPE, FULL = "vaegan_fashion_mnist_10k", "vaegan_fashion_mnist"
SHOWN = 16  # images in a row


class VAE(keras.Model):
    """A variational autoencoder of an encoder `[μ, log σ]` and a decoder."""

    def __init__(self, encoder, decoder, seed):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.seeds = keras.random.SeedGenerator(seed)

    def call(self, x, training=False):
        """Reconstructions of draws; the KL divergence is an added loss."""
        mu, log_sigma = ops.split(self.encoder(x, training=training), 2, axis=-1)
        divergence = (mu**2 + ops.exp(2 * log_sigma) - 1) / 2 - log_sigma
        self.add_loss(ops.mean(ops.sum(divergence, axis=-1)))
        epsilon = keras.random.normal(ops.shape(mu), seed=self.seeds)
        z = mu + ops.exp(log_sigma) * epsilon
        return self.decoder(z, training=training)

    def reconstruct(self, images):
        """uint8 images of the means of latents."""
        x = ops.convert_to_numpy(pixels.to_float(images))
        mu, _ = np.split(predict(self.encoder, x, 128), 2, axis=1)
        return pixels.to_uint8(predict(self.decoder, mu, 128))

    def generate(self, n, seed):
        """uint8 images of random latents."""
        shape = n, self.decoder.input_shape[-1]
        z = np.random.default_rng(seed).normal(size=shape).astype("float32")
        return pixels.to_uint8(predict(self.decoder, z, 128))


def half_squared_error(x, x_tilde):
    """½ ‖x − x̃‖² of each image."""
    return ops.sum(ops.square(x - x_tilde), axis=(1, 2, 3)) / 2


def train_vae(recipe, images, seed, epochs):
    """A VAE of the networks that a recipe begins with, and of its training."""
    gan = recipe.build((images,), seed)
    vae = VAE(gan.encoder, gan.generator, seed)
    optimizer = gan.generator_optimizer
    vae.compile(type(optimizer).from_config(optimizer.get_config()), half_squared_error)
    x = ops.convert_to_numpy(pixels.to_float(images))
    vae.fit(x, x, batch_size=recipe.batch_size, epochs=epochs, verbose=0)
    return vae


def measure(recipe, seed, run_dir, epochs=None, data_dir=None):
    """Train both models with one seed, and score what they reconstruct and draw.

    Returns:
        Dict by the name of the model of its scores, and the array of what it shows.
    """
    keras.backend.clear_session()
    (images,) = recipe.load_data("train", data_dir)
    test = recipe.load_pictures("test", data_dir).images
    models = {
        "VAE": train_vae(recipe, images, seed, epochs or recipe.epochs),
        "VAEGAN": runs.train(recipe, run_dir, seed, epochs, data_dir, verbose=0),
    }
    found, shown = {}, [test[:SHOWN]]
    for name, model in models.items():
        rebuilt = model.reconstruct(test)
        drawn = model.generate(len(test), seed=seed)
        found[name] = {
            "fd": distance(rebuilt, test),
            "mse": float(np.mean((rebuilt / 255.0 - test / 255.0) ** 2)),
            "fd_of_samples": distance(drawn, test),
        }
        shown += [rebuilt[:SHOWN], drawn[:SHOWN]]
    return found, np.concatenate(shown)


def distance(images, test):
    """Their Fréchet distance by the fashion classifier."""
    record = evaluation.evaluate(
        images, test, features="fashion-classifier", scores=["fid"]
    )
    return record["fd"]


def report(out, lines):
    """Write `report.md` into a folder."""
    table = [
        "| model | recipe | FD | MSE | times the VAE's | FD of samples | seeds |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for recipe, epochs in dict.fromkeys((r["recipe"], r["epochs"]) for r in lines):
        of_recipe = [r for r in lines if (r["recipe"], r["epochs"]) == (recipe, epochs)]
        blurred = {r["seed"]: r["mse"] for r in of_recipe if r["model"] == "VAE"}
        for model in ("VAE", "VAEGAN"):
            found = [line for line in of_recipe if line["model"] == model]
            ratios = [line["mse"] / blurred[line["seed"]] for line in found]
            cells = [
                f"{recipe}, {epochs} epochs",
                reports.mean_and_sd([line["fd"] for line in found], 1),
                reports.mean_and_sd([line["mse"] for line in found], 4),
                reports.mean_and_sd(ratios, 2),
                reports.mean_and_sd([line["fd_of_samples"] for line in found], 1),
                str(len(found)),
            ]
            table.append(f"| {model} | {' | '.join(cells)} |")
    blocks = [
        "\n".join(table),
        "![Test images; reconstructions and samples of both](images.png)",
    ]
    reports.write(out, __doc__, blocks, lines)


def main(argv=None):
    """Read the command line, and train and measure what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="train on 60,000 images")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, help="default: those of the recipe")
    parser.add_argument("--data-dir", metavar="FOLDER", help="raw files of the images")
    parser.add_argument("--out", default=OUT, type=pathlib.Path)
    parser.add_argument(
        "--runs", default="runs/reconstructions", type=pathlib.Path, metavar="FOLDER"
    )
    args = parser.parse_args(argv)
    kept = records.Records(args.out / "results.jsonl")
    recipe = recipes.load(FULL if args.full else RECIPE)
    for seed in range(args.seeds):
        run = {
            "recipe": recipe.name,
            "recipe_sha256": recipe.sha256,
            "seed": seed,
            "epochs": args.epochs or recipe.epochs,
        }
        wanted = {**run, "model": "VAEGAN"}
        if any(wanted.items() <= line.items() for line in kept.read()):
            continue
        print(f"{recipe.name}, seed {seed}", file=sys.stderr, flush=True)
        folder = args.runs / f"{recipe.name}-seed{seed}"
        found, shown = measure(recipe, seed, folder, args.epochs, args.data_dir)
        if seed == 0:
            grids.save_png(args.out / "images.png", grids.grid(shown, SHOWN), scale=2)
        for model, scores in found.items():
            line = {**run, "model": model, **scores}
            kept.append({**line, **environment.environment()})
        report(args.out, kept.read())


if __name__ == "__main__":
    main()
