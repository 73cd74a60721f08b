"""Images changed by a trained model: translated, enlarged or reconstructed."""

import pathlib

import numpy as np

from ganzoo.data.disk import folder
from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import image_reading
from ganzoo.data.disk import pairs
from ganzoo.system.terminal.progress import progress_bar
from ganzoo.visualization import conditions
from ganzoo.visualization import drawing
from ganzoo.visualization import grids
from ganzoo.visualization import sheets

CHUNK_SIZE = 256  # images of a folder in memory
COMPARED = 32  # images on the sheet beside the folder of results


def translate(
    model, source, out, seed=None, batch_size=1, edges=False, verbose=1, to=None
):
    """Translate a folder of images into a new folder, under the same names, or one.

    A sheet with the first sources beside their translations is written to
    `comparison_path(out)`.

    Args:
        model: `AdversarialModel` that translates.
        source: path. The folder, or the file; images are fitted to the model's size.
        out: path. The new folder, of PNG files; of one file a `.png` file.
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
            grey sources or has two directions; if the folder holds no image that can
            be read, or the new folder is there or is called like a file; or if a file
            to write ends in another way.
    """
    command, *_ = model.image_command.split()
    if command != "translate":
        instead = f": use `ganzoo {command}`" if model.translates else ""
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
    root, found, save = _find(source, out)
    mode, reading = "L" if model.image_shape[-1] == 1 else "RGB", folder.Reading()
    with _progress(root, found, verbose) as advance:
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
                save(model.super_resolve(image[None])[0], file)
            advance(1)
    folder.report(reading, len(found), root)
    return len(reading.kept)


def reconstruct(
    model,
    source,
    out,
    label=None,
    attributes=None,
    codes=None,
    texts=None,
    verbose=1,
):
    """Write reconstructions of a folder of images, as they are named, or of one image.

    A sheet with the first images beside their reconstructions is written to
    `comparison_path(out)`.

    Args:
        model: `AdversarialModel` that reconstructs.
        source: path. As in `translate`, like what follows.
        out: path.
        label: int, string or None. Class of the images, for a search.
        attributes: dict or None. Of the images, as in `conditions.of_images`.
        codes: dict or None. The same.
        texts: string or None. Of all of them.
        verbose: 0 or 1. 1 shows progress on the standard error.

    Returns:
        int. How many images were written.

    Raises:
        ValueError: If the model has no latents, a class is missing or given to a model
            that takes none, or as in `translate`.
    """
    given = conditions.given(label, attributes, codes, texts)

    def change(images):
        searches = not model.reconstructs
        known = model.conditions_of(images, **given) if searches else given
        return {"image": images, "reconstruction": model.reconstruct(images, **known)}

    return _change_all(change, model.image_shape, source, out, verbose)


def edit(model, source, out, changes, verbose=1, **options):
    """Change attributes of a folder of images, or of one, into files of their names.

    A sheet with the first images, each beside its reconstruction and its result, is
    written to `comparison_path(out)`.

    Args:
        model: `AdversarialModel` that edits.
        source: path. As in `translate`, like what follows.
        out: path.
        changes: dict. By names of attributes, True or False.
        verbose: 0 or 1. 1 shows progress on the standard error.
        **options: Arguments of the model's `encode`, for a search that improves what
            it tells.

    Returns:
        int. How many images were written.

    Raises:
        ValueError: If the model edits no attributes or nothing is to be changed, or as
            in its `edit` and in `translate`.
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
    """Where the sheet of results is: beside their folder, or beside the only one."""
    out = pathlib.Path(out)
    name = out.stem if out.suffix == ".png" else out.name
    return out.with_name(f"{name}_comparison.png")


def _find(source, out):
    """The images of a folder, or the one of a file, and where they go.

    Returns:
        The folder, a list of files, and a function that writes the result of a file.
    """
    source, out = pathlib.Path(source).expanduser(), pathlib.Path(out)
    if source.is_file():
        if out.suffix != ".png":
            raise ValueError(
                "`out` must end in .png, as the result of one image is one image. "
                f"Received: out={str(out)!r}, source={str(source)!r}."
            )
        return (
            source.parent,
            [source],
            lambda image, _: grids.save(out, grids.to_pillow(image)),
        )
    root, _ = folder.checked_arguments(source, 1, channels=3)
    drawing.check_new_folder(out)
    found = image_files.find_pictures(root)
    image_files.check_found(root, found)
    image_files.warn_of_dangling(root)
    return root, found, lambda image, file: _save_in(out, image, file.relative_to(root))


def _progress(root, found, verbose):
    return progress_bar(f"Files of {root.name}", len(found), verbose and len(found) > 1)


def _change_all(change, shape, source, out, verbose):
    """Write what `change` makes of the images of a folder, or one; returns how many.

    `change` returns what belongs side by side, by its name, the results last.
    """
    root, found, save = _find(source, out)
    total, compared = folder.Reading(), []
    with _progress(root, found, verbose) as advance:
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
                    save(image, items[i])
                if len(total.kept) < COMPARED:
                    compared.append(changed)
            total.add(reading, start)
            advance(len(items))
    folder.report(total, len(found), root)
    _save_comparison(compared, comparison_path(out))
    return len(total.kept)


def _save_in(folder, image, name):
    path = folder / name.with_suffix(".png")
    if path.exists():  # a.jpg beside a.png
        path = folder / f"{name}.png"
    grids.save(path, grids.to_pillow(image))


def _save_comparison(chunks, path):
    columns = [
        np.concatenate([chunk[head] for chunk in chunks])[:COMPARED]
        for head in chunks[0]
    ]
    grids.save(path, sheets.compare(columns, list(chunks[0])))
