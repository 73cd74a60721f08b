"""Sources by name: a folder, a file of an array, or a data set and its split."""

import pathlib

from ganzoo import data
from ganzoo.data import source_names
from ganzoo.data.datasets import named
from ganzoo.scoring import folder_source
from ganzoo.scoring import sources


def find(name, data_dir=None, alpha="white"):
    """Find the images that a name means.

    Args:
        name: string or path. A folder of images; a `.npy` or `.npz` file of a uint8
            array; a data set and its split, like "cifar10:test".
        data_dir: path or None. Where the raw files of data sets are.
        alpha: "white" or "drop". How transparent images of a folder are read.

    Returns:
        `Source`.

    Raises:
        ValueError: If there is nothing of that name, or no scorable images.
    """
    path = pathlib.Path(name).expanduser()
    ending = path.suffix.lower()
    if str(name) and path.is_dir():
        return folder_source.Folder(path.resolve(), alpha)
    if ending == ".npy" and path.is_file():
        return sources.Array(sources.read_npy(path), str(path))
    if ending == ".npz" and path.is_file():
        return sources.ZippedArray(path, sources.npz_member(path))
    data_name, _, split = str(name).partition(":")
    if data_name in named.DATA_SETS:
        if not split:
            raise ValueError(
                f"A data set needs its split: '{name}:train' or '{name}:test'. "
                f"Received: {str(name)!r}."
            )
        images = data.load(data_name, split, data_dir).images
        return sources.Array(images, str(name), {"data": data_name, "split": split})
    raise source_names.unknown(name)
