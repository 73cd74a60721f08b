"""A folder of images changed by a trained model: translated, or reconstructed."""

import pathlib

import keras

from ganzoo.data.disk import folder
from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_reading
from ganzoo.visualization import drawing
from ganzoo.visualization import grids

CHUNK_SIZE = 256  # pictures of a folder in memory


def translate(model, source, out, seed=None, batch_size=1, verbose=1):
    """Translate a folder of pictures into a new folder, under the same names.

    Args:
        model: `AdversarialModel` that translates.
        source: path. The folder; its pictures are fitted to the model's size.
        out: path. The new folder, of PNG files.
        seed: int or None. Seed of the dropout.
        batch_size: int. Pictures that share their statistics, one after the other by
            name.
        verbose: 0 or 1. 1 shows a progress bar.

    Returns:
        int. How many pictures were written.

    Raises:
        ValueError: If the model does not translate, the folder holds no picture that
            can be read, or the new folder is there.
    """
    if not model.translates:
        raise ValueError(
            "Only a model of pairs of images translates. "
            f"Received: a model of {type(model).__name__}."
        )

    def change(images):
        return model.translate(images, seed=seed, batch_size=batch_size)

    return _change_all(change, model.source_shape, source, out, verbose)


def reconstruct(model, source, out, verbose=1):
    """Write `G(E(x))` of a folder of pictures into a new folder, under the same names.

    Args:
        model: `AdversarialModel` that reconstructs.
        source: path. The folder; its pictures are fitted to the model's size.
        out: path. The new folder, of PNG files.
        verbose: 0 or 1. 1 shows a progress bar.

    Returns:
        int. How many pictures were written.

    Raises:
        ValueError: If the model has no encoder, the folder holds no picture that can
            be read, or the new folder is there.
    """
    if not model.reconstructs:
        raise ValueError(
            "Only a model with an encoder reconstructs images. "
            f"Received: a model of {type(model).__name__}."
        )
    return _change_all(model.reconstruct, model.image_shape, source, out, verbose)


def _change_all(change, shape, source, out, verbose):
    """Write what `change` makes of the pictures of a folder; returns how many."""
    out = pathlib.Path(out)
    drawing.check_new_folder(out)
    root, _ = folder.checked_arguments(source, shape[:2], shape[2])
    found = image_files.find_pictures(root)
    image_files.check_found(root, found)
    image_files.warn_of_dangling(root)
    bar = keras.utils.Progbar(len(found), verbose=verbose)
    written = 0
    for start in range(0, len(found), CHUNK_SIZE):
        items = found[start : start + CHUNK_SIZE]
        images, kept = folder.read_all(
            items,
            lambda file: [image_reading.open_picture(file)],
            (1, *shape),
            root,
        )
        for i, picture in zip(kept, change(images[:, 0])):
            name = items[i].relative_to(root)
            path = out / name.with_suffix(".png")
            if path.exists():  # a.jpg beside a.png
                path = out / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            grids.to_pillow(picture).save(path)
            written += 1
        bar.add(len(items))
    return written
