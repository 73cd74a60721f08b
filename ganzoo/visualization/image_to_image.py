"""Images changed by a trained model: translated, enlarged or reconstructed."""

import pathlib

import numpy as np

from ganzoo.data.disk import folder
from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import image_reading
from ganzoo.data.disk import pairs
from ganzoo.system.terminal.progress import progress_bar
from ganzoo.visualization import drawing
from ganzoo.visualization import grids
from ganzoo.visualization import sheets

CHUNK_SIZE = 256  # images of a folder in memory
COMPARED = 32  # images on the sheet beside the folder of results


def translate(
    model, source, out, seed=None, batch_size=1, edges=False, verbose=1, to=None
):
    """Translate a folder of images into a new folder, under the same names.

    A sheet with the first sources beside their translations is written to
    `comparison_path(out)`.

    Args:
        model: `AdversarialModel` that translates.
        source: path. The folder; its images are fitted to the model's size.
        out: path. The new folder, of PNG files.
        seed: int or None. Seed of the dropout.
        batch_size: int. Images that share their statistics, one after the other by
            name.
        edges: bool. Whether the folder holds photographs, of which a model of outlines
            is to be given the edges, drawn by `data.edges_to_images`.
        verbose: 0 or 1. 1 shows progress on the standard error.
        to: string, int or None. Of a model that translates both ways, the domain of
            the results, by its name or its number.

    Returns:
        int. How many images were written.

    Raises:
        ValueError: If the model does not translate, `to` is missing or no domain, or
            the model has one direction only; if edges are to be drawn and it takes no
            grey sources or has two directions; or if the folder holds no image that can
            be read, or the new folder is there or is called like a file.
    """
    if not model.translates or model.enlarges:
        instead = ": enlarge images by `ganzoo upscale`" if model.enlarges else ""
        raise ValueError(
            f"Only a model of images of two kinds translates{instead}. "
            f"Received: a model of {type(model).__name__}."
        )
    shape, options = model.source_shape, {"seed": seed, "batch_size": batch_size}
    both_ways = len(model.domains) > 1
    if both_ways:
        options["to"] = number = model.find_target(to)
        shape = model.image_shapes[1 - number]
    elif to is not None:
        raise ValueError(
            "Leave out `to`, which is for a model that translates both ways: this one "
            f"has one direction. Received: to={to!r}, a model of "
            f"{type(model).__name__}."
        )
    if edges and (both_ways or shape[-1] != 1):
        takes = "images of both domains" if both_ways else "colours"
        raise ValueError(
            "Translate the images as they are: edges are grey, and this model takes "
            f"{takes}. Received: edges={edges}, a model of sources of the shape "
            f"{shape}."
        )

    def change(images):
        found = {"image": images} if edges else {}
        found["source"] = pairs.edges_to_images(images).source if edges else images
        return {**found, "translation": model.translate(found["source"], **options)}

    read_shape = model.image_shape if edges else shape
    return _change_all(change, read_shape, source, out, verbose)


def upscale(model, source, out, verbose=1):
    """Enlarge the images of a folder, or of one file, each at its own size.

    Args:
        model: `AdversarialModel` that enlarges.
        source: path. The folder, or the file.
        out: path. The new folder, of PNG files under the same names; of one file a
            `.png` file.
        verbose: 0 or 1. 1 shows progress on the standard error.

    Returns:
        int. How many images were written.

    Raises:
        ValueError: If the model does not enlarge, there is no image that can be read,
            the new folder is there or is called like a file, a file to write ends in
            another way, or as in `super_resolve`.
    """
    if not model.enlarges:
        raise ValueError(
            "Only a model of small and large images enlarges, like that of "
            "`ganzoo train --model srgan`. "
            f"Received: a model of {type(model).__name__}."
        )
    source, out = pathlib.Path(source).expanduser(), pathlib.Path(out)
    if source.is_file():
        if out.suffix != ".png":
            raise ValueError(
                "`out` must end in .png, as one image is enlarged. "
                f"Received: out={str(out)!r}, source={str(source)!r}."
            )
        root, found = source.parent, [source]
        save = lambda image, _: grids.save(out, grids.to_pillow(image))  # noqa: E731
    else:
        drawing.check_new_folder(out)
        root, _ = folder.checked_arguments(source, 1, channels=3)
        found = image_files.find_pictures(root)
        image_files.check_found(root, found)
        image_files.warn_of_dangling(root)
        save = lambda image, name: _save(image, out, name)  # noqa: E731
    mode, reading = "L" if model.image_shape[-1] == 1 else "RGB", folder.Reading()
    with progress_bar(f"Files of {root.name}", len(found), verbose) as advance:
        for i, file in enumerate(found):
            # Pillow's decoders raise almost anything on a broken file.
            try:
                picture = image_reading.open_picture(file)
            except Exception as error:
                reading.failures.append(f"{file} ({error})")
            else:
                reading.kept.append(i)
                reading.found[str(file)] = (image_info.inspect_pixels(picture),)
                image = np.atleast_3d(np.asarray(picture.convert(mode)))
                save(model.super_resolve(image[None])[0], file.relative_to(root))
            advance(1)
    folder.report(reading, len(found), root)
    return len(reading.kept)


def reconstruct(model, source, out, verbose=1):
    """Write reconstructions of a folder of images into a new folder, as they are named.

    A sheet with the first images beside their reconstructions is written to
    `comparison_path(out)`.

    Args:
        model: `AdversarialModel` that reconstructs.
        source: path. The folder; its images are fitted to the model's size.
        out: path. The new folder, of PNG files.
        verbose: 0 or 1. 1 shows progress on the standard error.

    Returns:
        int. How many images were written.

    Raises:
        ValueError: If the model has no latents, or takes labels, the folder holds no
            image that can be read, or the new folder is there or is called like a file.
    """

    def change(images):
        return {"image": images, "reconstruction": model.reconstruct(images)}

    return _change_all(change, model.image_shape, source, out, verbose)


def edit(model, source, out, changes, verbose=1, **options):
    """Change attributes of a folder of images, and write the results as they are named.

    A sheet with the first images, each beside its reconstruction and its result, is
    written to `comparison_path(out)`.

    Args:
        model: `AdversarialModel` that edits.
        source: path. The folder; its images are fitted to the model's size.
        out: path. The new folder, of PNG files.
        changes: dict. By names of attributes, True or False.
        verbose: 0 or 1. 1 shows progress on the standard error.
        **options: Arguments of the model's `encode`, for a search that improves what
            it tells.

    Returns:
        int. How many images were written.

    Raises:
        ValueError: If the model edits no attributes or nothing is to be changed, as in
            its `edit`, the folder holds no image that can be read, or the new folder is
            there or is called like a file.
    """
    if not model.edits:
        raise ValueError(
            "Only a model of images with attributes edits them, like IcGAN. "
            f"Received: a model of {type(model).__name__}."
        )
    if not changes:
        raise ValueError(
            "Set an attribute or more, as NAME=on or NAME=off: the model knows "
            f"{', '.join(model.attributes)}. Received: no --set."
        )
    if options:
        # The search shows its own progress.
        options["verbose"], verbose = verbose, 0

    def change(images):
        z, y = model.encode(images, **options)
        found = {"image": images, "reconstruction": model.decode(z, [y])}
        return {**found, "edited": model.decode(z, [model.set_attributes(y, changes)])}

    # Before anything is read or written.
    model.find_conditions(1, attributes=changes)
    return _change_all(change, model.image_shape, source, out, verbose)


def comparison_path(out):
    """Where the sheet of a folder of results is: beside it, so that it is none."""
    out = pathlib.Path(out)
    return out.with_name(f"{out.name}_comparison.png")


def _change_all(change, shape, source, out, verbose):
    """Write what `change` makes of the images of a folder; returns how many.

    `change` returns what belongs side by side, by its name, the results last.
    """
    out = pathlib.Path(out)
    drawing.check_new_folder(out)
    root, _ = folder.checked_arguments(source, shape[:2], shape[2])
    found = image_files.find_pictures(root)
    image_files.check_found(root, found)
    image_files.warn_of_dangling(root)
    total, compared = folder.Reading(), []
    with progress_bar(f"Files of {root.name}", len(found), verbose) as advance:
        for start in range(0, len(found), CHUNK_SIZE):
            items = found[start : start + CHUNK_SIZE]
            images, reading = folder.read_some(
                items, lambda file: [image_reading.open_picture(file)], (1, *shape)
            )
            # Masks of 0 and 1 are refused before anything is written.
            image_info.notes(reading.found, image_info.BITS, f"path={str(root)!r}")
            if reading.kept:
                changed = change(images[:, 0])
                *_, results = changed.values()
                for i, image in zip(reading.kept, results):
                    _save(image, out, items[i].relative_to(root))
                if len(total.kept) < COMPARED:
                    compared.append(changed)
            total.add(reading, start)
            advance(len(items))
    folder.report(total, len(found), root)
    _save_comparison(compared, comparison_path(out))
    return len(total.kept)


def _save(image, out, name):
    path = out / name.with_suffix(".png")
    if path.exists():  # a.jpg beside a.png
        path = out / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    grids.to_pillow(image).save(path)


def _save_comparison(chunks, path):
    columns = [
        np.concatenate([chunk[head] for chunk in chunks])[:COMPARED]
        for head in chunks[0]
    ]
    grids.save(path, sheets.compare(columns, list(chunks[0])))
