"""The images of a page, each as text in it."""

import base64
import dataclasses
import io

import numpy as np
from PIL import Image

from ganzoo.inputs.parts import Frames
from ganzoo.inputs.parts import SmallImages


@dataclasses.dataclass(frozen=True)
class Level:
    """How much of a page its images may take.

    Args:
        quality: int. Of WebP, at most 100.
        epochs: int. Epochs of which there are images, at most.
    """

    quality: int
    epochs: int


# The first that lets a page be small enough. At 40 the checkerboards of 28-pixel images
# are still there, which a reader looks for.
LEVELS = (Level(50, 8), Level(40, 6), Level(30, 4), Level(20, 2))
TITLES = {
    "samples": "Samples at the end of training",
    "interpolations": "Straight lines between two latents, a line to each row",
    "reconstructions": "Test images, and below each row their reconstruction G(E(x))",
    "neighbours": "Samples, each followed by the training images nearest to it",
}
# What stands where on a sheet of samples, by what the generator is told.
ARRANGED = {
    "labels": "a class to each row",
    "attributes": "another attribute changed in each row below the first",
    "texts": "a text to each row",
    "codes": "a value of the first code to each column",
}


@dataclasses.dataclass(frozen=True)
class Embedded:
    """An image as text.

    Args:
        uri: str.
        width: int. Pixels, so that a browser keeps room for it.
        height: int.
    """

    uri: str
    width: int
    height: int


def growing(folder, epochs, level):
    """A run's samples after some epochs: a list of epochs and `Embedded`."""
    paths = [
        (epoch, folder / "samples" / f"epoch_{epoch:04d}.png")
        for epoch in shown(epochs, level.epochs)
    ]
    return [(n, embed(path, level.quality)) for n, path in paths if path.is_file()]


def sheets(folder, model_class, level, known):
    """What else there is to look at of a run: a list of titles and `Embedded`.

    Args:
        folder: path. Of the run.
        model_class: class of its model.
        level: `Level`.
        known: list of `Embedded`, which are not shown again.
    """
    what = "Test images" if model_class.translates else TITLES["samples"]
    titles = {**TITLES, "samples": ", ".join(filter(None, [what, order(model_class)]))}
    paths = {
        title: folder / "pictures" / f"{name}.png" for name, title in titles.items()
    }
    found = [
        (title, embed(path, level.quality))
        for title, path in paths.items()
        if path.is_file()
    ]
    return [(title, image) for title, image in found if image not in known]


def order(model_class):
    """What stands where on a sheet of a model's class, in words, or ""."""
    parts = model_class.parts.values()
    if any(isinstance(part, Frames) for part in parts):
        return "the past, the prediction and what followed"
    if any(isinstance(part, SmallImages) for part in parts):
        return "small image, result and original"
    if model_class.translates:
        third = "target" if model_class.paired else "the translation back"
        return f"source, translation and {third}"
    if len(model_class.domains) > 1:
        return "the domains of a latent side by side"
    found = (ARRANGED[n] for n in model_class.condition_names if n in ARRANGED)
    return next(found, "")


def shown(epochs, count):
    """The epochs to look at: the first ones all, then ever fewer, and the last."""
    if not epochs:
        return []
    found = np.geomspace(1, epochs, min(epochs, count)).round().astype(int)
    return sorted({int(epoch) for epoch in found})


def embed(path, quality):
    """An image as text, at its own size: sheets are written at twice of it."""
    with Image.open(path) as image:
        half = image.resize((image.width // 2, image.height // 2), Image.NEAREST)
    file = io.BytesIO()
    half.save(file, format="WEBP", quality=quality, method=5)
    text = base64.b64encode(file.getvalue()).decode()
    return Embedded(f"data:image/webp;base64,{text}", *half.size)
