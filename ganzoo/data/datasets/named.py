"""Data sets by name, from whichever source has them."""

import dataclasses
import importlib.resources
import os
import pathlib
from collections.abc import Callable

from ganzoo.data import tfds
from ganzoo.data.datasets import class_attributes
from ganzoo.data.datasets import class_captions
from ganzoo.data.datasets import class_names
from ganzoo.data.datasets import openmoji
from ganzoo.data.datasets import raw_files
from ganzoo.data.datasets import stacked_mnist
from ganzoo.data.images import Pictures
from ganzoo.data.tables import attribute_table
from ganzoo.data.tables import folders
from ganzoo.system.suggestions import did_you_mean

DATA_DIR = "GANZOO_DATA_DIR"
DEBIAN_FOLDER = pathlib.Path("/usr/share/datasets/fashion-mnist")
SPLITS = ("train", "test")
DEFAULT_SIZE = 64  # pixels of a side of what is drawn


@dataclasses.dataclass(frozen=True)
class DataSet:
    """What is known of a data set before it is read.

    A set without files of its own is made of another, its `source`: `make` turns
    images, labels and split of that set into images and labels of this one.
    """

    files: raw_files.IdxFiles | raw_files.Cifar10Files | None
    class_names: tuple
    source: str | None = None
    make: Callable | None = None


CLOTHES = DataSet(raw_files.IdxFiles(), class_names.CLOTHES)
DIGITS = DataSet(raw_files.IdxFiles(), class_names.DIGITS)
OBJECTS = DataSet(raw_files.Cifar10Files(), class_names.OBJECTS)
NUMBERS = DataSet(None, class_names.NUMBERS, source="mnist", make=stacked_mnist.make)
DATA_SETS = {
    "fashion_mnist_10k": CLOTHES,
    "fashion_mnist": CLOTHES,
    "mnist": DIGITS,
    "stacked_mnist": NUMBERS,
    "cifar10": OBJECTS,
}
PAIRS = {"openmoji": openmoji}
# Folders of images with `attributes.csv`, as `benchmarks/avatars.py` writes them.
FOLDERS = ("avatars",)
ATTRIBUTES = tuple(class_attributes.NAMES)
CAPTIONS = (*class_captions.NAMES, *PAIRS)
# Names by what recipes want of a set, if that is not what all the others have.
OF_KINDS = {
    "attributes": ATTRIBUTES,
    "captions": CAPTIONS,
    "pairs": tuple(PAIRS),
    "unpaired": tuple(PAIRS),
    "downscaled": (*PAIRS, *DATA_SETS),
}
DRAWN = (*PAIRS, *FOLDERS)


def load(name, split="train", data_dir=None):
    """Load a data set by its name.

    `"fashion_mnist_10k"` comes with the package: the first 10,000 training images
    of Fashion-MNIST and its 10,000 test images. The others are looked for

    1. as the published raw files, plain or gzip, in `data_dir` or else in the folder
       that the environment variable `GANZOO_DATA_DIR` names, there or in a
       sub-folder named like the set;
    2. for `"fashion_mnist"`, where Debian's package dataset-fashion-mnist puts them;
    3. in tensorflow-datasets, which downloads them where there is a network. Its
       order of the images is not that of the raw files.

    A sub-folder is tried first, and a folder named like another set is not searched:
    MNIST and Fashion-MNIST give their files the same names.

    `"stacked_mnist"` is made from `"mnist"`, wherever that is found: 128,000 training
    and 26,000 test images `(28, 28, 3)` of the numbers 000 to 999. The draw is
    fixed, but other images come of it where tensorflow-datasets orders MNIST.

    Args:
        name: string. `"fashion_mnist_10k"`, `"fashion_mnist"`, `"mnist"`,
            `"stacked_mnist"` or `"cifar10"`.
        split: string. `"train"` or `"test"`.
        data_dir: string or path, or `None`. A folder with the set's raw files. Not
            used for `"fashion_mnist_10k"`.

    Returns:
        `Pictures`, with labels and class names.

    Raises:
        ValueError: If the name or the split is unknown, a file is broken,
            `data_dir` lacks the files, or no source has them.
    """
    check_known("name", name, DATA_SETS)
    check_known("split", split, SPLITS)
    data_set = DATA_SETS[name]
    images, labels = _read(name, split, data_dir)
    if data_set.make is not None:
        images, labels = data_set.make(images, labels, split)
    return Pictures(images, labels, data_set.class_names, name, split)


def load_pairs(name, image_size, split="train", data_dir=None):
    """Load a data set of pairs by its name.

    `"openmoji"` is emoji as line art and in colour, CC BY-SA 4.0, from the folders
    `black` and `color` of a release: in `data_dir` or else in the folder that the
    environment variable `GANZOO_DATA_DIR` names, there or in a sub-folder `openmoji`.
    The project's releases have them, and so has its package `openmoji` for Node.js.

    Args:
        name: string. `"openmoji"`.
        image_size: integer. Pixels of a side, at which its drawings are drawn.
        split: string. `"train"` or `"test"`, which share no emoji and no variants of
            one.
        data_dir: string or path, or `None`.

    Returns:
        `Pairs`, on disk.

    Raises:
        ValueError: If the name or the split is unknown, the files are not found, or
            resvg-py is missing, which draws them.
    """
    check_known("name", name, PAIRS)
    check_known("split", split, SPLITS)
    root = data_dir if data_dir is not None else os.environ.get(DATA_DIR)
    found = PAIRS[name].find(root) if root else None
    if found:
        return PAIRS[name].load(found, image_size, split)
    raise ValueError(
        f"The data set is read from the folders `black` and `color` of a release of "
        "OpenMoji: get them from the project's releases or from its package `openmoji` "
        f"for Node.js, and pass `data_dir=`, or set the environment variable "
        f"{DATA_DIR}, to the folder that has them, or has them in a sub-folder {name}/."
        f" Received: name={name!r}, data_dir={data_dir!r}, "
        f"{DATA_DIR}={os.environ.get(DATA_DIR)!r}."
    )


def load_attributes(name, split="train", image_size=None, data_dir=None):
    """Load a data set of images with attributes by its name.

    `"fashion_mnist_10k"` and `"fashion_mnist"` have those that follow from the class of
    a garment: whether it is footwear, covers the chest, covers the legs, and has long
    sleeves.

    `"avatars"` is drawn faces of [Open Peeps](https://www.openpeeps.com), CC0 1.0, as
    `benchmarks/avatars.py` writes them: in `data_dir` or else in the folder that the
    environment variable `GANZOO_DATA_DIR` names, in a sub-folder `avatars`.

    Args:
        name: string. `"fashion_mnist_10k"`, `"fashion_mnist"` or `"avatars"`.
        split: string. `"train"` or `"test"`.
        image_size: integer or `None`. Pixels of a side of avatars, 64 by default.
            Others come in their size.
        data_dir: string or path, or `None`.

    Returns:
        `Pictures` with `attributes` and `attribute_names`. Avatars are on disk.

    Raises:
        ValueError: If the name or the split is unknown, or as in `load` and
            `attributes_from_folder`.
    """
    check_known("name", name, ATTRIBUTES)
    check_known("split", split, SPLITS)
    if name not in FOLDERS:
        found = load(name, split, data_dir)
        has, names = class_attributes.of_labels(name, found.labels)
        return dataclasses.replace(found, attributes=has, attribute_names=names)
    root = data_dir if data_dir is not None else os.environ.get(DATA_DIR)
    place = pathlib.Path(root or "").expanduser() / name
    if root and (place / attribute_table.NAME).is_file():
        opened = folders.open_attributes(place, image_size or DEFAULT_SIZE)
        found = opened.split(split)
        if found.attribute_names != class_attributes.NAMES[name]:
            raise ValueError(
                f"The columns of {attribute_table.NAME} must be "
                f"{', '.join(class_attributes.NAMES[name])}. For other images choose "
                f"`attributes_from_folder`, or `ganzoo train --data {place}`. "
                f"Received: name={name!r} with {', '.join(found.attribute_names)}."
            )
        return found
    raise ValueError(
        f"The data set is a folder {name}/ with images and {attribute_table.NAME}, as "
        "`benchmarks/avatars.py` of the repository writes it: pass `data_dir=`, or set "
        f"the environment variable {DATA_DIR}, to the folder that it is in. "
        f"Received: name={name!r}, data_dir={data_dir!r}, "
        f"{DATA_DIR}={os.environ.get(DATA_DIR)!r}."
    )


def _read(name, split, data_dir):
    source = _source(name)
    found = _find(source, split, data_dir)
    if found is not None:
        return DATA_SETS[source].files.read(*found)
    if data_dir is not None:
        raise ValueError(
            f"`data_dir` must hold {_expected(source, split)}. "
            f"Received: data_dir={str(data_dir)!r}."
        )
    try:
        return tfds.load_arrays(source, split)
    # Whatever went wrong there, the ways out are the same.
    except Exception as error:
        raise ValueError(_ways_out(name, split, error)) from error


def _find(name, split, data_dir):
    names = DATA_SETS[name].files.names(split)
    for folder in _folders(name, data_dir):
        found = raw_files.find_files(folder, names)
        if found is not None:
            return found
    return None


def _folders(name, data_dir):
    if name == "fashion_mnist_10k":
        yield importlib.resources.files("ganzoo.data.fashion_mnist_10k")
        return
    root = data_dir if data_dir is not None else os.environ.get(DATA_DIR)
    if root:
        root = pathlib.Path(root).expanduser()
        yield from (root / name, root / name.replace("_", "-"))
        yield from (root / name / "cifar-10-batches-bin", root / "cifar-10-batches-bin")
        if root.name.replace("-", "_") not in _with_files() - {name}:
            yield root
    if data_dir is None and name == "fashion_mnist":
        yield DEBIAN_FOLDER


def _source(name):
    return DATA_SETS[name].source or name


def _with_files():
    return {name for name in DATA_SETS if _source(name) == name}


def _expected(name, split):
    names = DATA_SETS[name].files.names(split)
    listed = ", ".join(alternatives[0] for alternatives in names)
    return f"{listed} (each plain or .gz), there or in a sub-folder {name}/"


def _ways_out(name, split, error):
    ways = [
        "let tensorflow-datasets download it where there is a network, which failed "
        f"here ({_first_line(error)})",
        f"set the environment variable {DATA_DIR}, or pass `data_dir=`, to a folder "
        f"with {_expected(_source(name), split)}",
    ]
    if name == "fashion_mnist":
        ways.append("install the Debian package dataset-fashion-mnist")
    numbered = "; ".join(f"({i}) {way}" for i, way in enumerate(ways, 1))
    return (
        f"No source has the data set. Ways to get it: {numbered}. Received: "
        f"name={name!r}, split={split!r}, {DATA_DIR}={os.environ.get(DATA_DIR)!r}."
    )


def _first_line(error):
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else 'no message'}"


def check_known(argument, value, known):
    """Raise a ValueError for a value that is none of those known."""
    if value not in known:
        raise ValueError(
            f"`{argument}` must be one of {', '.join(map(repr, known))}."
            f"{did_you_mean(str(value), known)} "
            f"Received: {argument}={value!r}."
        )
