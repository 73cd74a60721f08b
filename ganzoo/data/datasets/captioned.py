"""Data sets of images with captions, by their names."""

import dataclasses
import os

from ganzoo.data.datasets import class_captions
from ganzoo.data.datasets import named
from ganzoo.data.datasets import openmoji_captions


def load_captions(name, split="train", image_size=None, data_dir=None):
    """Load a data set of images with captions by its name.

    `"fashion_mnist_10k"` and `"fashion_mnist"` have captions that are made of the class
    of a garment and of how bright it is, like "dark t-shirt".

    `"openmoji"` is emoji of people and hands with their names, CC BY-SA 4.0, from a
    release: its folders `black` and `color`, and beside them its file
    `data/openmoji.json`. They are in `data_dir` or else in the folder that the
    environment variable `GANZOO_DATA_DIR` names, there or in a sub-folder `openmoji`.

    Args:
        name: string. `"fashion_mnist_10k"`, `"fashion_mnist"` or `"openmoji"`.
        split: string. `"train"` or `"test"`.
        image_size: integer or `None`. Pixels of a side of emoji, 64 by default. Others
            come in their size.
        data_dir: string or path, or `None`.

    Returns:
        `Pictures` with `captions`. Emoji are on disk.

    Raises:
        ValueError: If the name or the split is unknown, or as in `load` and
            `load_pairs`.
    """
    named.check_known("name", name, named.CAPTIONS)
    named.check_known("split", split, named.SPLITS)
    if name in class_captions.NAMES:
        found = named.load(name, split, data_dir)
        known = found.images, found.labels, found.class_names
        return dataclasses.replace(found, captions=class_captions.of_clothes(*known))
    root = data_dir if data_dir is not None else os.environ.get(named.DATA_DIR)
    place = openmoji_captions.find(root) if root else None
    if place:
        size = image_size or named.DEFAULT_SIZE
        return openmoji_captions.load(place, size, split)
    raise ValueError(
        "The data set is read from the folders `black` and `color` of a release of "
        "OpenMoji, and its file `data/openmoji.json` beside them: its package "
        "`openmoji` for Node.js has all of them. Pass `data_dir=`, or set the "
        f"environment variable {named.DATA_DIR}, to the folder that has them, or has "
        f"them in a sub-folder {name}/. Received: name={name!r}, "
        f"data_dir={data_dir!r}, {named.DATA_DIR}={os.environ.get(named.DATA_DIR)!r}."
    )
