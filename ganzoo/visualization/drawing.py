"""What a trained model draws, written to files: any number of images."""

import math
import pathlib
import re
import zipfile

import numpy as np

from ganzoo.system import files
from ganzoo.system import suggestions
from ganzoo.system.terminal.progress import progress_bar
from ganzoo.visualization import grids
from ganzoo.visualization import sheets

PROGRESS_FROM = 2_000  # images, from which on progress is shown
SWITCH = {"on": True, "off": False}


def read_label(model, text):
    """What a label on the command line means: a class by its name, or else by number.

    Names are found in upper and lower case.

    Args:
        model: `AdversarialModel`.
        text: string or None. A number that is also the name of a class is that class.

    Returns:
        int; a string that is no class, for `AdversarialModel.generate` to refuse; None
        for None.
    """
    named = suggestions.find_name(text or "", model.class_names or ())
    if named is not None:
        return named
    return int(text) if re.fullmatch("[+-]?[0-9]+", text or "") else text


def read_codes(texts):
    """What codes on the command line mean, like "c1=3": a dict, by their names.

    Raises:
        ValueError: If one is no name and number, or comes twice.
    """
    codes = {}
    for text in texts:
        name, _, number = text.partition("=")
        try:
            value = float(number)
        except ValueError:
            value = None
        if value is None or name in codes:
            raise ValueError(
                "A code is its name and a number, like c1=3, and is given once. "
                f"Received: {text!r}."
            )
        codes[name] = int(value) if re.fullmatch("[+-]?[0-9]+", number) else value
    return codes


def format_class(model, label):
    """Name and number of a class, to follow what was drawn of it; empty for none."""
    if label is None:
        return ""
    names = model.class_names
    return (
        f" of class {names[label]!r} (label {label})" if names else f" of label {label}"
    )


def read_attributes(texts):
    """What attributes on the command line mean: `name=on` and `name=off`.

    Args:
        texts: sequence of strings.

    Returns:
        dict of bool by names, or None for no texts.

    Raises:
        ValueError: If one is of another form, or sets a name again.
    """
    found = {}
    for text in texts:
        name, _, value = text.rpartition("=")
        if not name or value not in SWITCH or name in found:
            raise ValueError(
                "Set each attribute once, as NAME=on or NAME=off. "
                f"Received: --set {text}."
            )
        found[name] = SWITCH[value]
    return found or None


def generate(
    model,
    count,
    out,
    seed=None,
    label=None,
    codes=None,
    numbers=False,
    domain=None,
    attributes=None,
    texts=None,
    truncation=None,
    noise=None,
    statistics="running",
    verbose=1,
):
    """Draw images into a file or a folder, in constant memory but for a sheet.

    Args:
        model: `AdversarialModel`.
        count: int. How many images.
        out: path. A `.png` sheet; `.npy` or `.npz` (as `images`) of the uint8 array; a
            `.zip` of PNG files, or a new folder of them.
        seed: int or None. Seed of the latents.
        label: int, string or None. Class to draw, for a conditional model: its number
            or its name.
        codes: dict or None. Of a model with codes, as in `AdversarialModel.generate`.
        numbers: bool. Whether each image on a sheet has its number above it, from 0,
            as `latent_walks.arithmetic` counts them: by default of its seed and class,
            which are 0, and with the codes of the first for all.
        domain: int, string or None. Which of the model's domains; None for all of
            them, side by side on a sheet.
        attributes: dict or None. As in `AdversarialModel.generate`, for a model of
            images with attributes, like what follows.
        texts: string or None.
        truncation: float or None.
        noise: string or None.
        statistics: "running" or "standing".
        verbose: 0 or 1. 1 shows progress where there are thousands.

    Raises:
        ValueError: If the ending is another, the folder is there, the sheet would be
            huge, numbers are asked for where there is no sheet, or as in
            `AdversarialModel.generate`.
    """
    out = pathlib.Path(out)
    write = _writer(out, count)
    if len(model.find_domains(domain)) > 1 and out.suffix != ".png":
        raise ValueError(
            "Choose one `domain` for a file or folder of images, or write a .png "
            "sheet of pairs. The same seed gives the images of the other domain. "
            f"Received: domain=None, out={str(out)!r}, domains={model.domains}."
        )
    if numbers:
        check_sheet(out)
        asked = {"truncation": truncation, "noise": noise}
        asked = {key: value for key, value in asked.items() if value is not None}
        if asked or statistics != "running":
            raise ValueError(
                "`numbers` are those of `ganzoo arithmetic`, which truncates nothing "
                "and has running statistics: ask for nothing else. "
                f"Received: statistics={statistics!r}, {asked}."
            )
        write = _write_numbered_sheet
        seed, label = seed or 0, one_class(model, label)
        given = {"attributes": attributes, "codes": codes, "texts": texts}
        alike = conditions_alike(model, count, label, seed, **given)
        z = model.latents(count, seed=seed)
        chunks = iter([model.decode(z, alike, domain=domain)])
    else:
        given = {"labels": label, "codes": codes, "attributes": attributes}
        given |= {"texts": texts, "truncation": truncation, "noise": noise}
        options = {"domain": domain, "statistics": statistics}
        chunks = model.draw(count, seed=seed, **options, **given)
    number, *_ = model.find_domains(domain)
    shape = (count, *model.image_shapes[number])
    is_long = verbose and count > PROGRESS_FROM
    with progress_bar("Images drawn", count, is_long) as advance:
        write(out, shape, _counted(chunks, advance))


def _counted(chunks, advance):
    for chunk in map(grids.side_by_side, chunks):
        yield chunk
        advance(len(chunk))


def _writer(out, count):
    """The function that writes what `out` says, after a look whether it can."""
    if out.suffix == "":
        check_new_folder(out)
        return _write_folder
    if out.suffix not in WRITERS:
        raise ValueError(
            f"Images are written as {', '.join(WRITERS)} or into a folder, whose "
            f"name has no ending. Received: out={str(out)!r}."
        )
    if out.suffix == ".png" and count > sheets.MAX_IMAGES:
        raise ValueError(
            f"A sheet has at most {sheets.MAX_IMAGES:,} images: write more as .npz, "
            f".zip or into a folder. Received: {count} images, out={str(out)!r}."
        )
    return WRITERS[out.suffix]


def check_sheet(out):
    """Raise a ValueError if the images of a file to write to would have no numbers."""
    if pathlib.Path(out).suffix != ".png":
        raise ValueError(
            "Write a .png sheet: the images of other files have no numbers. "
            f"Received: out={str(out)!r}."
        )


def read_domain(model, text):
    """What a domain on the command line means: a name, or else a number."""
    if text in model.domains or not re.fullmatch("[0-9]+", text or ""):
        return text
    return int(text)


def one_class(model, label):
    """The class to draw where all images are of one: by default the first, if any."""
    return 0 if label is None and "labels" in model.condition_names else label


def conditions_alike(model, count, label, seed, **given):
    """Inputs of the generator beside the latents, the same for so many images.

    Of a class, by default the first, if there are classes; what is drawn, like codes,
    is that of the first image of a seed.
    """
    label = one_class(model, label)
    found = model.find_conditions(1, seed=seed, labels=label, **given)
    return [np.repeat(condition, count, axis=0) for condition in found]


def check_new_folder(out):
    """Raise a ValueError if a folder to write to is there, or is called like a file."""
    files.check_folder_name(out)
    if out.exists():
        raise ValueError(
            "Choose another output folder: it must be new. "
            f"Received: out={str(out)!r}, which exists."
        )


def _write_sheet(out, shape, chunks):
    images = np.concatenate(list(chunks))
    sheet = grids.grid(images, columns=math.isqrt(shape[0] - 1) + 1)
    grids.save_png(out, sheet, scale=None)


def _write_numbered_sheet(out, shape, chunks):
    images = np.concatenate(list(chunks))
    grids.save(out, sheets.draw(images, [str(i) for i in range(len(images))]))


def _write_array(out, shape, chunks):
    with files.atomic(out) as partial, open(partial, "wb") as file:
        _write_npy(file, shape, chunks)


def _write_npz(out, shape, chunks):
    with files.atomic(out) as partial, zipfile.ZipFile(partial, "w") as archive:
        with archive.open("images.npy", "w", force_zip64=True) as file:
            _write_npy(file, shape, chunks)


def _write_npy(file, shape, chunks):
    header = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    for chunk in chunks:
        file.write(chunk.tobytes())


def _write_zip(out, shape, chunks):
    with files.atomic(out) as partial, zipfile.ZipFile(partial, "w") as archive:
        for name, picture in _numbered(shape, chunks):
            with archive.open(name, "w") as file:
                grids.to_pillow(picture).save(file, format="PNG")


def _write_folder(out, shape, chunks):
    out.mkdir(parents=True)
    for name, picture in _numbered(shape, chunks):
        grids.to_pillow(picture).save(out / name)


WRITERS = {
    ".png": _write_sheet,
    ".npy": _write_array,
    ".npz": _write_npz,
    ".zip": _write_zip,
}


def _numbered(shape, chunks):
    """Names `00000.png`, `00001.png`... and the images of some chunks."""
    digits = max(5, len(str(shape[0] - 1)))
    number = 0
    for chunk in chunks:
        for picture in chunk:
            yield f"{number:0{digits}d}.png", picture
            number += 1
