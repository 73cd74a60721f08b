"""Which images of a folder are strange to a model."""

import csv
import pathlib

import numpy as np

from ganzoo.data.disk import folder
from ganzoo.metrics.auroc import auroc
from ganzoo.system import files
from ganzoo.visualization import conditions
from ganzoo.visualization import grids
from ganzoo.visualization import sheets

SHOWN = 16  # images on the sheet


def find(
    model,
    source,
    out,
    sheet=None,
    label=None,
    attributes=None,
    codes=None,
    texts=None,
    normal=None,
    **options,
):
    """Write the anomaly scores of images of a folder, the strangest first.

    Args:
        model: `AdversarialModel` with latents.
        source: path. The folder; its images are fitted to the model's size.
        out: path. A `.csv` file with "file" and "score", and with "anomaly", 0 or 1, if
            `normal` is given.
        sheet: path or None. A `.png` sheet of the strangest images, each beside the
            nearest one that the model draws and the difference.
        label: int, string or None. Class of the images, for a conditional model.
        attributes: dict or None. Of the images, as in `conditions.of_images`.
        codes: dict or None. The same.
        texts: string or None. Of all of them.
        normal: str or None. The sub-folder of images that are no anomalies.
        **options: Other arguments of `AdversarialModel.anomaly_score`.

    Returns:
        float32 array `(n,)`, the scores, and the AUROC, or None without `normal`.

    Raises:
        ValueError: If a file to write ends in another way, there are not both normal
            images and others, or as in `AdversarialModel.anomaly_score`.
    """
    for name, path, ending in (("out", out, ".csv"), ("sheet", sheet, ".png")):
        if path is not None and pathlib.Path(path).suffix != ending:
            raise ValueError(
                f"`{name}` must end in {ending}. Received: {name}={str(path)!r}."
            )
    *size, channels = model.image_shape
    x, names = folder.read_with_names(source, tuple(size), channels)
    strange = None if normal is None else _find_strange(names, normal)
    known = conditions.of_images(model, x, label, attributes, codes, texts)
    scores, z = model.anomaly_score(x, return_latents=True, **known, **options)
    order = np.argsort(-scores, kind="stable")
    _write(out, names, scores, strange, order)
    if sheet is not None:
        first = order[:SHOWN]
        found = model.find_conditions(len(z), **known)
        drawn = model.decode(z[first], [one[first] for one in found])
        grids.save(sheet, _compare(x[first], drawn, scores[first]))
    return scores, None if strange is None else auroc(scores, strange)


def _find_strange(names, normal):
    """Whether each file is outside the sub-folder of normal images, as an array."""
    strange = np.array([pathlib.PurePath(name).parts[0] != normal for name in names])
    if strange.all() or not strange.any():
        raise ValueError(
            "`normal` must be the name of a sub-folder with normal images, beside "
            f"others. Received: normal={normal!r}, and {np.sum(~strange)} of "
            f"{len(names)} images are in it."
        )
    return strange


def _write(out, names, scores, strange, order):
    with files.atomic(out) as partial:
        with open(partial, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            heads = ["file", "score"]
            writer.writerow(heads if strange is None else [*heads, "anomaly"])
            for i in order:
                row = [names[i], f"{scores[i]:.6g}"]
                writer.writerow(row if strange is None else [*row, int(strange[i])])


def _compare(images, drawn, scores):
    """Three columns for each image: itself, the nearest sample, and the difference."""
    off = abs(images.astype(int) - drawn).astype("uint8")
    together = np.stack([images, drawn, off], axis=1).reshape(-1, *images.shape[1:])
    captions = [text for s in scores for text in (f"{s:.1f}", "nearest", "difference")]
    return sheets.draw(together, captions, columns=min(12, len(together)), group=3)
