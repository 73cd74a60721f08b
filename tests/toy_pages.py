"""Pages of Markdown whose code is run, in a moment, on a few images."""

import itertools
import pathlib
import re
import shlex

import numpy as np
import toy_released
import toys
from PIL import Image

import ganzoo
from ganzoo import cli
from ganzoo import features
from ganzoo.data.datasets import named
from ganzoo.features import inception_weights
from ganzoo.game.inversion import search
from ganzoo.training import recipes

ROOT = pathlib.Path(__file__).parents[1]
FEW = 96  # images: as many as a classifier has features
FEWER = 16  # of them to train on
# A fence and what is in it; inside a note both are indented.
FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


def blocks(path, language):
    """Contents of a page's fenced blocks of a language, `""` for none."""
    found = FENCED.findall(path.read_text("utf-8"))
    return [text for _, name, text in found if name == language]


def run(code, names):
    """Run a block of Python among names, which it adds to."""
    exec(compile(code, "<block>", "exec"), names)


def commands(path, language):
    """The words of each `ganzoo` command of a page, without redirections."""
    lines = "\n".join(blocks(path, language)).splitlines()
    found = [line for line in lines if line.startswith("ganzoo ")]
    words = [shlex.split(line, comments=True)[1:] for line in found]
    return [list(itertools.takewhile(lambda w: w != ">", line)) for line in words]


def parse(words):
    """Have `ganzoo` take its words, without doing what they say."""
    name, *others = words
    cli.main.commands[name].make_context(name, others)


def set_up_files(folder):
    """Make what the commands of pages suppose in the folder of their reader."""
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (60, 28, 28, 1)).astype("uint8")
    counts = {"clothes": 12, "sketches": 12, "real_pictures": 60, "my_samples": 60}
    counts |= {"normal_images": 60, "other_images": 12}
    for name, count in counts.items():
        (folder / name).mkdir(parents=True)
        for i in range(count):
            Image.fromarray(pixels[i, ..., 0]).save(folder / name / f"{i}.png")
    for name, table, head, line in (
        ("faces", "attributes", "glasses,beard", "{glasses},{beard}"),
        ("portraits", "captions", "caption", "a face of {glasses} and {beard}"),
    ):
        lines = [f"file,{head}"]
        (folder / name).mkdir()
        for i in range(60):
            Image.fromarray(pixels[i, ..., 0]).save(folder / name / f"{i}.png")
            says = line.format(glasses=i % 2, beard=i // 2 % 2)
            lines.append(f"{i}.png,{says}")
        (folder / name / f"{table}.csv").write_text("\n".join(lines))
    np.save(folder / "samples.npy", pixels)
    for name in "part1.npz", "part2.npz":
        cli.main(["statistics", "pictures", name], standalone_mode=False)
    recipe = recipes.load("dcgan_fashion_mnist_10k")
    Image.fromarray(pixels[0, ..., 0]).save(folder / "shirt.png")
    strokes = np.zeros((28, 28, 4), "uint8")
    strokes[4:12, 2:7] = [220, 220, 220, 255]
    Image.fromarray(strokes, "RGBA").save(folder / "strokes.png")
    (folder / "my_recipe.toml").write_text(recipe.text)


def set_scene(folder, monkeypatch):
    """Be where pages suppose their reader to be, and let training be short.

    In `folder` with images, pairs and a score; with a few images of Fashion-MNIST
    for those of any data set, a toy for Inception, one epoch and no compilation.
    """
    monkeypatch.chdir(folder)
    rng = np.random.default_rng(0)
    domains = [(f"domains/{name}", 32) for name in ("photos", "sketches")]
    for name, width in [("pictures", 32), ("facades/train", 64), *domains]:
        (folder / name).mkdir(parents=True)
        for i in range(60):
            pixels = rng.integers(0, 256, (32, width, 3)).astype("uint8")
            Image.fromarray(pixels).save(folder / name / f"{i}.png")
    (folder / "fid.json").write_text("{}")
    toy_released.write(folder)
    first, *others = (
        Image.fromarray(rng.integers(0, 256, (32, 32), "uint8")) for _ in range(24)
    )
    (folder / "clips").mkdir()
    for name in "walk.gif", "clips/a.gif", "clips/b.gif":
        first.save(folder / name, save_all=True, append_images=others)
    load, fit = named.load, ganzoo.AdversarialModel.fit

    def load_few(name, split="train", data_dir=None):
        assert name in named.DATA_SETS
        found = load("fashion_mnist_10k", split)
        names = found.class_names
        return ganzoo.data.Pictures(
            found.images[:FEW], found.labels[:FEW], names, name, split
        )

    def fit_briefly(self, x, y=None, **kwargs):
        y = None if y is None else y[:FEWER]
        return fit(self, x[:FEWER], y, **{**kwargs, "epochs": 1, "verbose": 0})

    def keep_most(labels, count, seed=0):
        return np.where(np.arange(len(labels)) % 4, labels, -1).astype("int32")

    run = search.Search._run

    def search_briefly(self, z, rows, settings, steps, advance):
        return run(self, z, rows, settings, 2, advance)

    monkeypatch.setattr(search.Search, "_run", search_briefly)
    monkeypatch.setattr(ganzoo.data, "load", load_few)
    monkeypatch.setattr(ganzoo.data, "keep_labels", keep_most)
    monkeypatch.setitem(features.NAMES, "inception", toys.Features)
    monkeypatch.setattr(inception_weights, "is_at_hand", lambda: True)
    monkeypatch.setattr(ganzoo.AdversarialModel, "fit", fit_briefly)
    toys.trace_nothing(monkeypatch)
