"""A newcomer's mistakes: each is told with what to do, and loses nothing."""

import functools
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import types

import keras
import numpy as np
import psutil
import pytest
import toys
from click.testing import CliRunner
from PIL import Image

import ganzoo
from ganzoo import cli
from ganzoo.evaluation import Scorer
from ganzoo.presets import registry
from ganzoo.presets import weight_files
from ganzoo.system import cache
from ganzoo.system import resources
from ganzoo.training import folder_recipes
from ganzoo.training import recipes
from ganzoo.training import run_folder
from ganzoo.training import runs
from ganzoo.training.timing import estimates

RECIPE = (
    '[model]\nclass = "GAN"\n[generator]\nnetwork = "mlp_generator"\nunits = [8]\n'
    '[discriminator]\nnetwork = "maxout_discriminator"\nunits = [4]\n'
    '[data]\nname = "fashion_mnist_10k"\nkind = "images"\n'
    "[training]\nbatch_size = 500\nepochs = 1\n"
)


def save_noise(path, seed=0, size=(30, 20)):
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 256, (*size[::-1], 3))
    Image.fromarray(noise.astype("uint8")).save(path)
    return path


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """The current folder: images, and what is easily taken for a folder of them."""
    monkeypatch.chdir(tmp_path)
    for i in range(12):
        save_noise(tmp_path / "pictures" / f"{i:02d}.png", i)
        save_noise(tmp_path / "one_class" / "a" / f"{i:02d}.png", i)
    save_noise(tmp_path / "one" / "a.png")
    (tmp_path / "empty").mkdir()
    (tmp_path / "phone").mkdir()
    (tmp_path / "phone" / "a.HEIC").write_bytes(b"no image that is read")
    (tmp_path / "notes.txt").write_text("no folder")
    for key, wrong in (("units", "unit"), ("epochs", "epoch")):
        (tmp_path / f"{wrong}.toml").write_text(RECIPE.replace(key, wrong, 1))
    return tmp_path


def everything(folder):
    return sorted(path for path in folder.rglob("*"))


def ganzoo_command(line):
    return CliRunner().invoke(cli.main, line.split())


# A command, and what its message says.
COMMANDS = {
    "wrong folder": (
        "train --data picturse --run-dir run",
        ["must be an existing folder of images", "picturse' is not there"],
    ),
    "a file for a folder": ("train --data notes.txt --run-dir run", ["' is a file"]),
    "empty folder": (
        "train --data empty --run-dir run",
        ["at least one image", "which has none"],
    ),
    "files of other kinds": (
        "train --data phone --run-dir run",
        ["at least one image", ".png", "1 files of other kinds, like .heic"],
    ),
    "one picture": (
        "train --data one --run-dir run",
        ["to hold out, at least 10 different images are needed", "with 1"],
    ),
    "image size": (
        "train --data pictures --image-size 100 --run-dir run",
        ["one of 28, 32, 64, 128, 256", "--image-size 100"],
    ),
    "unknown model": (
        "train --data pictures --model dcgna --run-dir run",
        ["Did you mean 'dcgan'?"],
    ),
    "labels missing": (
        "train --data pictures --model cgan --run-dir run",
        ["a class for each image", "sub-folder of their own", "outside sub-folders"],
    ),
    "one class": (
        "train --data one_class --model cgan --run-dir run",
        ["two classes or more", "all in 'a'"],
    ),
    "run folder is a file": (
        "train --data pictures --run-dir notes.txt",
        ["The run folder is a file", "name another"],
    ),
    "run folder among the images": (
        "train --data pictures --run-dir pictures/run",
        ["The run folder is among the images", "choose one elsewhere"],
    ),
    "nothing to translate": (
        "translate pix2pix_fashion_mnist empty --out out",
        ["at least one image", "which has none"],
    ),
    "patience with no score": (
        "train --data pictures --patience 3 --run-dir run",
        ["`--score inception`", "--patience 3"],
    ),
    "unknown score": (
        "train --data pictures --score inceptoin --run-dir run",
        ["Features are inception, fashion-classifier"],
    ),
    "recipe key": (
        "train unit.toml --run-dir run",
        ["no key `generator.unit`", "Did you mean 'units'?"],
    ),
    "key of training": (
        "train epoch.toml --run-dir run",
        ["no key `training.epoch`", "Did you mean 'epochs'?"],
    ),
    "unknown recipe": (
        "train dcgan_fashion_mnst --run-dir run",
        ["Did you mean 'dcgan_fashion_mnist'?"],
    ),
    "a folder for a recipe": (
        "train pictures --run-dir run",
        ["`ganzoo train --data pictures`"],
    ),
    "unknown preset": (
        "generate dcgan_fashion_mnits",
        [
            "no preset, run folder or file",
            "Did you mean 'dcgan_fashion_mnist'?",
            "cgan_mnist",
        ],
    ),
}


@pytest.mark.parametrize("mistake", COMMANDS)
def test_a_command_is_met_with_what_to_do(mistake, desk):
    line, words = COMMANDS[mistake]
    before = everything(desk)
    done = ganzoo_command(line)
    assert done.exit_code == 1 and "Received: " in done.output
    assert not [word for word in words if word not in done.output], done.output
    # No run folder is made, and nothing half decoded is kept.
    assert everything(desk) == before
    assert not [path for path in everything(cache.folder()) if path.is_file()]


def uint8(*shape):
    return np.random.default_rng(0).integers(0, 256, shape).astype("uint8")


def fit(variant, *data):
    toys.compiled(variant).fit(*data, verbose=0)


def with_nan(row):
    x = toys.pictures(2000).astype("float32") / 255 - 0.5
    x[row, 1, 2] = np.nan
    return x


def ending_in(activation):
    player = toys.networks("GAN")["generator"]
    return keras.Model(player.input, keras.layers.Activation(activation)(player.output))


def share_optimizer(variant, *stages, **options):
    gan = toys.build(variant)
    gan.compile(stage_optimizers=dict.fromkeys(stages, ADAM), **options)


X, Y = toys.pictures(), toys.labels()
Z = np.zeros((3, toys.LATENT_DIM), "float32")
ADAM = keras.optimizers.Adam()
# What is done, and what its message says.
CALLS = {
    "floats in 0..255": (
        lambda: fit("GAN", X.astype("float32")),
        ["floats in [-1, 1]", "x.astype('uint8')", "from 0.0 to 255.0"],
    ),
    "floats in 0..255, in batches": (
        lambda: fit("GAN", Batches(X.astype("float32"))),
        ["floats in [-1, 1]", "x.astype('uint8')"],
    ),
    "other integers": (
        lambda: fit("GAN", X.astype("int64")),
        ["must be uint8", "`x.astype('uint8')`, if the values are in 0..255", "int64"],
    ),
    "booleans": (lambda: fit("GAN", X > 127), ["`x.astype('uint8') * 255`"]),
    "floats in 0..1": (
        lambda: fit("GAN", X.astype("float32") / 255),
        ["`x = 2 * x - 1`", "from 0.0 to 1.0"],
    ),
    "floats in 0..1, in batches": (
        lambda: fit("GAN", Batches(X.astype("float32") / 255)),
        ["`x = 2 * x - 1`"],
    ),
    "floats in 0..1, to evaluate": (
        lambda: toys.untraced("GAN").evaluate(X.astype("float32") / 255),
        ["`x = 2 * x - 1`"],
    ),
    "NaN": (lambda: fit("GAN", with_nan(0)), ["np.isnan(x)", "x with NaN"]),
    "NaN far behind": (lambda: fit("GAN", with_nan(1999)), ["x with NaN"]),
    "no channels": (lambda: fit("GAN", X[..., 0]), ["`x[..., None]`", "shape (4, 4)"]),
    "channels first": (
        lambda: fit("GAN", np.moveaxis(X, -1, 1)),
        ["`np.moveaxis(x, 1, -1)`"],
    ),
    "unequal pictures": (
        lambda: fit("GAN", np.array([X[0], X[1, :2]], dtype=object)),
        ["bring them to one size"],
    ),
    "no pictures": (lambda: fit("GAN", X[:0]), ["needs images to learn from"]),
    "a list": (lambda: fit("GAN", list(X)), ["`np.stack(x)`", "x of type list"]),
    "a list of batches": (
        lambda: fit("GAN", [X[:8], X[8:12]]),
        ["`np.concatenate(x)`"],
    ),
    "a list of unequal images": (
        lambda: fit("GAN", [X[0], X[1, :2]]),
        ["of one size", "`ganzoo.data.from_folder`"],
    ),
    "a list of images and labels": (
        lambda: fit("CGAN", [X, Y]),
        ["one by one", "`fit(*x, ...)`"],
    ),
    "a list to hold out": (
        lambda: toys.untraced("GAN").fit(X, validation_data=list(X)),
        ["In `validation_data`: ", "`np.stack(x)`"],
    ),
    "weights to hold out": (
        lambda: toys.untraced("GAN").fit(X, validation_data=(X, None, Y)),
        ["no weights of examples"],
    ),
    "one image": (lambda: fit("GAN", X[0]), ["`x[None]` makes a batch"]),
    "one image and its label": (lambda: fit("CGAN", X[0], Y[0]), ["`x[None]`"]),
    "one image to step on": (
        lambda: toys.untraced("GAN").train_on_batch(X[0]),
        ["`x[None]`"],
    ),
    "one image to evaluate": (
        lambda: toys.untraced("GAN").evaluate(X[0]),
        ["`x[None]`"],
    ),
    "no batches": (
        lambda: fit("GAN", toys.dataset(X)),
        ["end the dataset with `.batch(64)`", "shape (4, 4, 1)"],
    ),
    "no batches of labels": (
        lambda: fit("CGAN", toys.dataset((X, Y))),
        ["end the dataset with `.batch(64)`"],
    ),
    "a generator of images": (
        lambda: toys.untraced("GAN").fit(iter(list(X)), shuffle=False),
        ["let each batch have an axis of examples"],
    ),
    "a generator function": (
        lambda: fit("GAN", lambda: iter([X])),
        ["Call the function", "`x()`", "x of type function"],
    ),
    "a dataset to step on": (
        lambda: toys.untraced("GAN").train_on_batch(Batches(X)),
        ["`x = next(iter(dataset))`"],
    ),
    "a generator to test on": (
        lambda: toys.untraced("GAN").test_on_batch(iter([X])),
        ["`x = next(iter(dataset))`"],
    ),
    "a table": (
        lambda: fit("GAN", Table(X.reshape(24, 16))),
        ["`x = x.to_numpy().astype('uint8').reshape(-1, 4, 4, 1)`", "type Table"],
    ),
    "a table of labels": (
        lambda: fit("CGAN", X, Table(Y[:, None])),
        ["`y.to_numpy().ravel()`"],
    ),
    "a path": (
        lambda: fit("GAN", "images"),
        ["`ganzoo.data.from_folder(x, image_size)`", "`ganzoo.data.load(x)`"],
    ),
    "a path to test on": (
        lambda: toys.untraced("GAN").test_on_batch(pathlib.Path("images")),
        ["`ganzoo.data.from_folder(x, image_size)`", "Path"],
    ),
    "labels that are not wanted": (
        lambda: fit("GAN", X, Y),
        ["Leave out `y`: GAN trains on x alone"],
    ),
    "labels that are not wanted, in batches": (
        lambda: fit("GAN", toys.dataset((X, Y)).batch(8)),
        ["`dataset.map(lambda x, y: x)`"],
    ),
    "pairs where no targets are wanted": (
        lambda: fit("GAN", ganzoo.data.Pairs(X, X)),
        ["Pass `x` as arrays", "['Pairs']"],
    ),
    "grey images": (
        lambda: in_colour().fit(X),
        ["`np.repeat(x, 3, axis=-1)` makes grey images RGB", "shape (4, 4, 1)"],
    ),
    "images in colour": (
        lambda: fit("GAN", X.repeat(3, -1)),
        ["`(x @ [0.299, 0.587, 0.114])[..., None].astype(x.dtype)`", "(4, 4, 3)"],
    ),
    "transparent images": (
        lambda: in_colour().fit(X.repeat(4, -1)),
        ["`x[..., :3]` drops the transparency"],
    ),
    "images of another size": (
        lambda: fit("GAN", X[:, :2, :2]),
        ["networks for images of shape (2, 2, 1), or images of 4 x 4 pixels"],
    ),
    "one optimizer": (
        lambda: toys.build("GAN").compile(optimizer="adam"),
        ["Pass an optimizer for each player", "optimizer='adam'"],
    ),
    "a loss": (
        lambda: toys.build("GAN").compile(loss="mse"),
        ["Leave out `loss`", "loss='mse'"],
    ),
    "a loss by its place": (
        lambda: toys.build("GAN").compile("adam", "mse"),
        ["`compile` takes no loss", "generator_optimizer='mse'"],
    ),
    "metrics": (
        lambda: toys.build("GAN").compile(metrics=["accuracy"]),
        ["Leave out `metrics`", "`ganzoo.callbacks.Score`"],
    ),
    "labels as text": (
        lambda: fit("CGAN", X, Y.astype(str)),
        ["`classes, y = np.unique(y, return_inverse=True)`", "text"],
    ),
    "labels one-hot": (
        lambda: fit("CGAN", X, np.eye(5, dtype="int32")[Y]),
        ["`y.argmax(axis=-1)`"],
    ),
    "labels from one": (lambda: fit("CGAN", X, Y + 1), ["from 0 to 4", "from 1 to 5"]),
    "labels missing": (lambda: fit("CGAN", X), ["`fit(x, y, ...)`"]),
    "more targets": (lambda: fit("Pix2Pix", X[:9], X), ["lengths [9, 24]"]),
    "targets of another size": (
        lambda: fit("Pix2Pix", X, X[:, :2, :2]),
        ["`y` must have the shape (4, 4, 1)", "shape (2, 2, 1)"],
    ),
    "sources alone": (lambda: fit("Pix2Pix", X), ["`fit(x, y, ...)`"]),
    "latents of another size": (
        lambda: toys.build("BiGAN", encoder=toys.network([(4, 4, 1)], (2,))),
        ["encoder", "(3,)", "(2,)"],
    ),
    "an optimizer for two stages": (
        lambda: share_optimizer("IcGAN", "latent", "attributes"),
        ["an optimizer of its own", "stage_optimizers['latent'] and stage_opt"],
    ),
    "an optimizer for a stage and the game": (
        lambda: share_optimizer("FAnoGAN", "encoder", generator_optimizer=ADAM),
        ["an optimizer of its own", "generator_optimizer and stage_optimizers['enc"],
    ),
    "an optimizer of another model": (
        lambda: [toys.build("GAN").compile(ADAM, "adam") for _ in range(2)],
        ["Pass a new optimizer for the discriminator", "another model"],
    ),
    "a list of optimizers of stages": (
        lambda: toys.build("FAnoGAN").compile(stage_optimizers=["adam"]),
        ["`stage_optimizers` must be a dict", "['encoder']", "stage_optimizers=['adam"],
    ),
    "a misspelt stage": (
        lambda: toys.build("FAnoGAN").compile(stage_optimizers={"encodr": "adam"}),
        ["`stage_optimizers`", "the stages ['encoder']. Did you mean 'encoder'?"],
    ),
    "the game for a stage": (
        lambda: toys.build("GAN").compile(stage_optimizers={"game": "adam"}),
        ["`stage_optimizers`", "no stages"],
    ),
    "no optimizer for a stage": (
        lambda: toys.build("FAnoGAN").compile(stage_optimizers={"encoder": 3}),
        ["`stage_optimizers['encoder']` must be a `keras.optimizers.Optimizer`"],
    ),
    "a word for a truth": (
        lambda: toys.build("SRGAN", relativistic="no"),
        ["`relativistic` must be True or False", "relativistic='no'"],
    ),
    "a word for a truth of a network": (
        lambda: ganzoo.networks.dcgan_encoder((28, 28, 1), stochastic="no"),
        ["`stochastic` must be True or False"],
    ),
    "a number for a truth of a layer": (
        lambda: ganzoo.layers.MinibatchDiscrimination(include_self=0),
        ["`include_self` must be True or False"],
    ),
    "a scale with a point": (
        lambda: ganzoo.SRGAN((16, 16, 1), scale=2.0),
        ["`scale` must be 2 or 4, an int", "scale=2.0"],
    ),
    "latents alone to decode": (
        lambda: toys.build("CGAN").decode(Z),
        ["`model.decode(z, model.find_conditions(len(z), labels=labels))`"],
    ),
    "latents alone to decode with styles": (
        lambda: toys.build("StyleGAN2").decode(Z),
        ["`model.decode(z, model.find_conditions(len(z)))`"],
    ),
    "conditions that there are not": (
        lambda: toys.build("GAN").decode(Z, [Z]),
        ["Pass no `conditions`", "1 conditions instead of 0"],
    ),
    "an option of a search for an encoder": (
        lambda: toys.build("BiGAN").reconstruct(X, steps=3),
        ["Leave out `steps`", "one pass of its networks", "steps=3"],
    ),
    "an option of a search for an autoencoder": (
        lambda: toys.build("EBGAN").reconstruct(X, steps=3),
        ["Leave out `steps`", "one pass of its networks"],
    ),
    "a misspelt option": (
        lambda: toys.build("GAN").anomaly_score(X, stps=3),
        ["GAN has no option `stps`. Did you mean 'steps'?"],
    ),
    "a misspelt condition": (
        lambda: toys.build("CGAN").generate(3, label=3),
        ["CGAN has no option `label`. Did you mean 'labels'?"],
    ),
    "an attribute by its name alone": (
        lambda: toys.build("IcGAN").generate(3, attributes="glasses"),
        ["Give a dict of attributes, like {'glasses': True}", "attributes='glasses'"],
    ),
    "a path to score": (
        lambda: toys.build("GAN").anomaly_score("images"),
        ["`ganzoo.data.from_folder(path, image_size).images`", "images='images'"],
    ),
    "nothing to score": (
        lambda: toys.build("GAN").anomaly_score(None),
        ["`images` must be an array of images", "images=None"],
    ),
    "a path to encode": (
        lambda: toys.build("BiGAN").encode("images"),
        ["`ganzoo.data.from_folder(path, image_size).images`", "images='images'"],
    ),
    "nothing to translate": (
        lambda: toys.build("Pix2Pix").translate(None),
        ["`images` must be an array of images", "images=None"],
    ),
    "one image to encode": (
        lambda: toys.build("BiGAN").encode(X[0]),
        ["`images` must be a batch", "`images[None]` makes a batch"],
    ),
    "one image to project": (
        lambda: toys.build("StyleGAN2").project(X[0]),
        ["`images` must be a batch", "`images[None]` makes a batch"],
    ),
    "one image of another size": (
        lambda: toys.build("StyleGAN2").project(np.zeros((9, 9, 3), "uint8")),
        ["`images[None]` makes a batch of one image", "4 x 4 pixels"],
    ),
    "NaN where nothing trains": (
        lambda: toys.build("BiGAN").encode(with_nan(0)),
        ["without NaN: leave out", "np.isnan(images)"],
    ),
    "discriminator with a sigmoid": (
        lambda: toys.build(
            "GAN",
            discriminator=keras.Sequential(
                [
                    keras.Input((4, 4, 1)),
                    keras.layers.Flatten(),
                    keras.layers.Dense(1, activation="sigmoid"),
                ]
            ),
        ),
        ["must return logits", "Remove the activation"],
    ),
    "generator with a sigmoid": (
        lambda: toys.build("GAN", generator=ending_in("sigmoid")),
        ["images in [-1, 1]", "activation='tanh'"],
    ),
    "a size that does not halve": (
        lambda: ganzoo.DCGAN(image_shape=(100, 100, 3)),
        ["28, 32, 64 and 128", "(100, 100, 3)"],
    ),
    "unknown preset": (
        lambda: ganzoo.from_preset("dcgan_fashon_mnist"),
        ["Did you mean 'dcgan_fashion_mnist'?"],
    ),
    "more images than memory": (
        lambda: toys.build("GAN").generate(10**12),
        ["1,000,000,000,000 images take 16,000.0 GB of memory", "`ganzoo generate`"],
    ),
}


class Batches(keras.utils.PyDataset):
    """Images in batches of eight."""

    def __init__(self, x):
        super().__init__()
        self.x = x

    def __len__(self):
        return len(self.x) // 8

    def __getitem__(self, index):
        return self.x[8 * index :][:8]


class Table:
    """As a table of pandas or Polars."""

    def __init__(self, rows):
        self.rows = rows
        self.shape = rows.shape
        self.columns = range(rows.shape[1])

    def to_numpy(self):
        return self.rows


def in_colour():
    """A game of RGB images that has to be told apart by its shapes alone."""
    networks = {
        "generator": toys.network([(3,)], (4, 4, 3), activation="tanh"),
        "discriminator": toys.network([(4, 4, 3)], (1,)),
    }
    gan = ganzoo.GAN(**networks)
    gan.compile()
    return gan


@pytest.mark.parametrize("mistake", CALLS)
def test_a_call_is_met_with_what_to_do(mistake):
    call, words = CALLS[mistake]
    with pytest.raises(ValueError, match="Received: ") as error:
        call()
    assert not [word for word in words if word not in str(error.value)], error.value


def test_the_cure_of_a_call_is_taken():
    tables = Table(X.reshape(24, 16)), Table(Y[:, None])
    x = tables[0].to_numpy().astype("uint8").reshape(-1, 4, 4, 1)
    y = tables[1].to_numpy().ravel()
    rgb = X.repeat(3, -1)
    grey = (rgb @ [0.299, 0.587, 0.114])[..., None].astype(rgb.dtype)
    assert np.abs(grey.astype(int) - X).max() <= 1
    whites = X.astype("float32") / 255
    gan = toys.untraced("CGAN")
    for images in (x, np.stack(list(X)), grey, 2 * whites - 1):
        gan.fit(images, y, verbose=0)
    gan.train_on_batch(X[0][None], Y[0][None])
    with pytest.raises(TypeError, match="no argument 'optimiser'"):
        gan.compile(optimiser="adam")


# === What `ganzoo.data` returns ===


@pytest.mark.parametrize("variant", ["GAN", "CGAN", "Pix2Pix"])
def test_what_data_functions_return_is_taken_as_it_is(variant):
    arrays = toys.data(variant)
    is_pairs = variant == "Pix2Pix"
    given = ganzoo.data.Pairs(*arrays) if is_pairs else ganzoo.data.Pictures(X, Y)
    games = [toys.untraced(variant) for _ in range(2)]
    for gan, data in zip(games, [arrays, (given,)]):
        held_out = data if len(data) > 1 else data[0]
        gan.fit(*data, validation_data=held_out, verbose=0)
        gan.train_on_batch(*data)
    assert toys.same(*(toys.copy_of(gan.variables) for gan in games))
    losses = [
        [gan.test_on_batch(*data), gan.evaluate(*data, verbose=0)]
        for gan, data in zip(games, [arrays, (given,)])
    ]
    assert losses[0] == losses[1]
    scorer = Scorer(toys.Features(), scores=["fid"])
    assert scorer.score(games[0], *arrays) == scorer.score(games[1], given)


def test_images_without_labels_do_not_train_a_model_that_takes_them():
    with pytest.raises(ValueError, match="Pass `x` and `y` as arrays"):
        fit("CGAN", ganzoo.data.Pictures(X))


def test_one_picture_to_fit_is_warned_of():
    with pytest.warns(UserWarning, match="all that a game can learn .* is to repeat"):
        fit("GAN", X[:1])


# === Images of other kinds ===


def test_16_bits_are_scaled_and_cmyk_is_mixed(tmp_path):
    grey = np.random.default_rng(0).integers(0, 65536, (8, 8))
    inks = np.random.default_rng(0).integers(0, 256, (8, 8, 4))
    Image.fromarray(grey.astype("uint16")).save(tmp_path / "a.png")
    Image.fromarray(inks.astype("uint8"), "CMYK").save(tmp_path / "b.tif")
    scaled, mixed = ganzoo.data.from_folder(tmp_path, 8).images
    assert np.array_equal(scaled, np.round(grey * 255 / 65535)[..., None].repeat(3, -1))
    light = (255 - inks) / 255
    assert np.array_equal(mixed, np.round(255 * light[..., :3] * light[..., 3:]))


def test_a_broken_picture_among_good_ones_is_left_out_and_told(desk):
    whole = (desk / "pictures" / "00.png").read_bytes()
    (desk / "pictures" / "half.png").write_bytes(whole[: len(whole) // 2])
    _, survey = folder_recipes.recipe(desk / "pictures", image_size=28)
    assert survey.count == 12
    assert "unusable: 1, half.png" in "\n".join(survey.summary_lines())


def test_a_folder_that_may_not_be_read_is_told_of(desk, monkeypatch):
    def refuse(path, scandir=os.scandir):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    (desk / "pictures" / "closed").mkdir()
    monkeypatch.setattr(os, "scandir", refuse)
    done = ganzoo_command("train --data pictures --run-dir run")
    assert done.exit_code == 1
    assert "must be readable" in done.output and "Permission denied" in done.output


# === What there is no room for ===


@pytest.fixture
def little_memory(monkeypatch):
    free = types.SimpleNamespace(available=3_000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)


def test_too_little_memory_for_a_folder_is_told_before_it_is_read(desk, little_memory):
    with pytest.raises(ValueError, match="12 images .* take .* smaller `image_size`"):
        ganzoo.data.from_folder("pictures", 64)


def test_too_little_memory_to_train_is_told_before_a_step(
    desk, monkeypatch, little_memory
):
    built = toys.build("GAN")
    monkeypatch.setattr(recipes.Recipe, "build", lambda *args, **kwargs: built)
    done = ganzoo_command("train --data pictures --run-dir run --image-size 28")
    assert done.exit_code == 1 and not (desk / "run").exists()
    assert "A step takes about" in done.output
    assert "smaller --image-size or --batch-size" in done.output


def test_no_space_for_the_cache_is_told_before_decoding(desk, monkeypatch):
    usage = types.SimpleNamespace(free=100)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    done = ganzoo_command("train --data pictures --run-dir run")
    assert done.exit_code == 1 and not (desk / "run").exists()
    for words in ("make room for 0 MB more", "variable GANZOO_CACHE to a folder on an"):
        assert words in done.output


@pytest.mark.usefixtures("untraced", "few_pictures")
def test_a_disk_that_fills_up_leaves_the_last_epoch_whole(desk, monkeypatch):
    (desk / "a.toml").write_text(RECIPE)
    train = functools.partial(runs.train, recipes.load("a.toml"), desk / "run")
    # For the beginning, and both files of the first epoch.
    answers = iter([1e12] * 3)
    with monkeypatch.context() as context:
        context.setattr(resources, "free_disk", lambda path: next(answers, 0))
        with pytest.raises(ValueError, match="is full .* up to epoch 1, is whole"):
            train(epochs=3, verbose=0)
        with pytest.raises(ValueError, match="make room and start again, to go on"):
            train(epochs=3, verbose=0)
    assert run_folder.count_epochs(desk / "run") == 1
    assert runs.load_model(desk / "run").compiled
    assert not [path for path in everything(desk / "run") if path.name.startswith(".")]
    gone_on = train(epochs=2, verbose=0).get_weights()
    whole = runs.train(recipes.load("a.toml"), desk / "b", epochs=2, verbose=0)
    assert all(map(np.array_equal, gone_on, whole.get_weights()))


# === Runs, and what they are made with ===


def test_a_run_folder_of_another_recipe_is_told_before_the_work(desk, monkeypatch):
    monkeypatch.setattr(estimates, "estimate", None)
    (desk / "run").mkdir()
    (desk / "run" / "recipe.toml").write_text('[model]\nclass = "GAN"\n')
    done = ganzoo_command("train --data pictures --image-size 28 --run-dir run")
    assert done.exit_code == 1
    for words in (
        "a run of another recipe. Choose another folder",
        """says 'class = "GAN"' and not 'class = "DCGAN"'""",
    ):
        assert words in done.output
    assert [path.name for path in everything(desk / "run")] == ["recipe.toml"]


def test_a_wrong_address_of_weights_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("GANZOO_WEIGHTS_URL", str(tmp_path / "nowhere"))
    with pytest.raises(ValueError) as error:
        registry.download("cgan_mnist")
    assert "GANZOO_WEIGHTS_URL (now the only place to look in)" in str(error.value)
    assert str(tmp_path / "nowhere") in str(error.value)
    assert not cache.folder().exists() or not everything(cache.folder())


INSTALLATIONS = """
import os, sys, types

def attempt():
    try:
        import ganzoo
    except ImportError as error:
        print(error)
    for name in [n for n in sys.modules if n.split(".")[0] in ("keras", "ganzoo")]:
        del sys.modules[name]

for version in ("3.3.0", "2.15.0"):
    sys.modules["keras"] = types.ModuleType("keras")
    sys.modules["keras"].__version__ = version
    attempt()
sys.modules["tensorflow"] = sys.modules["tensorflow_datasets"] = None
attempt()
"""
WITHOUT_TENSORFLOW = """
os.environ["KERAS_BACKEND"] = "jax"
import ganzoo, toys
toys.compiled("GAN").fit(toys.pictures(), verbose=0)
print("trained without TensorFlow")
"""


@pytest.mark.skipif(not importlib.util.find_spec("jax"), reason="JAX is not installed")
def test_an_old_keras_and_a_missing_tensorflow_are_told(tmp_path):
    environment = {**os.environ, "KERAS_HOME": str(tmp_path)}
    environment.pop("KERAS_BACKEND", None)
    path = os.pathsep.join(["tests", "."])
    done = subprocess.run(
        [sys.executable, "-c", INSTALLATIONS + WITHOUT_TENSORFLOW],
        env={**environment, "PYTHONPATH": path},
        cwd=weight_files.CHECKOUT,
        capture_output=True,
        text=True,
    )
    for words in (
        "ganzoo needs Keras 3.15 or newer: pip install --upgrade 'keras>=3.15'. "
        "Received: keras 3.3.0",
        "Received: keras 2.15.0",
        "compute with tensorflow, which is not installed: pip install tensorflow, or "
        "set the environment variable KERAS_BACKEND to one that is installed here, jax",
        "trained without TensorFlow",
    ):
        assert words in done.stdout, done.stdout + done.stderr
