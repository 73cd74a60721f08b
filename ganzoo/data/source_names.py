"""Names of images to score, told from mistyped ones without reading them."""

import pathlib

from ganzoo.data.datasets.class_names import CLASS_NAMES
from ganzoo.system.suggestions import did_you_mean


def check(name, presets):
    """Raise a ValueError unless there is something of this name.

    Args:
        name: string or path. As of `ganzoo.evaluation.evaluate`.
        presets: list. Names of presets.
    """
    known = {*presets, *CLASS_NAMES}
    exists = str(name) and pathlib.Path(name).expanduser().exists()
    if not exists and str(name).partition(":")[0] not in known:
        raise unknown(name, known)


def unknown(name, known=CLASS_NAMES):
    """The error for a name of nothing that can be scored.

    Args:
        name: string or path.
        known: collection of strings. Names of which one may be meant.
    """
    return ValueError(
        "Images to score are a folder, a .npy or .npz file of uint8 images, a run "
        "folder, a preset, or a data set with its split, like 'cifar10:test'. There is "
        f"nothing of this name; data sets are {sorted(CLASS_NAMES)}."
        f"{did_you_mean(str(name), known)} "
        f"Received: {str(name)!r}."
    )
