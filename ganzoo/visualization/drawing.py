"""What a trained model shows, written to files: any number of pictures, and ways."""

import fractions
import math
import pathlib
import re
import zipfile

import keras
import numpy as np
from PIL import Image

from ganzoo.data.disk import folder
from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_reading
from ganzoo.system import files
from ganzoo.visualization import grids
from ganzoo.visualization import latents
from ganzoo.visualization import samples

MOST_ON_A_SHEET = 10_000
AT_ONCE = 256  # pictures of a folder in memory
FRAME = 80  # milliseconds


# === Classes ===


def read_label(model, text):
    """What a label on the command line means: a class by its name, or else by number.

    Args:
        model: `AdversarialModel`.
        text: string or None. A number that is also the name of a class is that class.

    Returns:
        int; a string that is no class, for `AdversarialModel.generate` to refuse; None
        for None.
    """
    names = getattr(model, "class_names", None) or ()
    if text in names:
        return names.index(text)
    return int(text) if re.fullmatch("[+-]?[0-9]+", text or "") else text


def class_in_words(model, label):
    """Name and number of a class, to follow what was drawn of it; empty for none."""
    if label is None:
        return ""
    names = getattr(model, "class_names", None)
    return (
        f" of class {names[label]!r} (label {label})" if names else f" of label {label}"
    )


# === Images ===


def generate(model, count, out, seed=None, label=None, verbose=1):
    """Draw pictures into a file or a folder, in constant memory but for a sheet.

    Args:
        model: `AdversarialModel`.
        count: int. How many pictures.
        out: path. A `.png` sheet; `.npy` or `.npz` (as `images`) of the uint8 array; a
            `.zip` of PNG files, or a new folder of them.
        seed: int or None. Seed of the latents.
        label: int, string or None. Class to draw, for a conditional model: its number
            or its name.
        verbose: 0 or 1. 1 shows a progress bar where there are thousands.

    Raises:
        ValueError: If the ending is another, the folder is there, the sheet would be
            huge, or as in `AdversarialModel.generate`.
    """
    out = pathlib.Path(out)
    write = _writer(out, count)
    chunks = model.draw(count, seed=seed, labels=label)
    bar = keras.utils.Progbar(count, verbose=verbose if count > 2_000 else 0)
    write(out, (count, *model.image_shape), _watched(chunks, bar))


def _watched(chunks, bar):
    for chunk in chunks:
        yield chunk
        bar.add(len(chunk))


def _writer(out, count):
    """The function that writes what `out` says, after a look whether it can."""
    if out.suffix == "":
        _check_new(out)
        return _write_folder
    if out.suffix not in WRITERS:
        raise ValueError(
            f"Pictures are written as {', '.join(WRITERS)} or into a folder, whose "
            f"name has no ending. Received: out={str(out)!r}."
        )
    if out.suffix == ".png" and count > MOST_ON_A_SHEET:
        raise ValueError(
            f"A sheet has at most {MOST_ON_A_SHEET:,} pictures: write more as .npz, "
            f".zip or into a folder. Received: {count} pictures, out={str(out)!r}."
        )
    return WRITERS[out.suffix]


def _check_new(out):
    """Raise a ValueError if a folder to write to is there already."""
    if out.exists():
        raise ValueError(
            "Pictures are written into a new folder, lest they mix with others. "
            f"Received: out={str(out)!r}, which is there."
        )


def _write_sheet(out, shape, chunks):
    pictures = np.concatenate(list(chunks))
    out.parent.mkdir(parents=True, exist_ok=True)
    grids.save_png(out, grids.grid(pictures, columns=math.isqrt(shape[0] - 1) + 1))


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
        for name, picture in _named(shape, chunks):
            with archive.open(name, "w") as file:
                _image(picture).save(file, format="PNG")


def _write_folder(out, shape, chunks):
    out.mkdir(parents=True)
    for name, picture in _named(shape, chunks):
        _image(picture).save(out / name)


WRITERS = {
    ".png": _write_sheet,
    ".npy": _write_array,
    ".npz": _write_npz,
    ".zip": _write_zip,
}


def _named(shape, chunks):
    """Names `00000.png`, `00001.png`... and the pictures of some chunks."""
    digits = max(5, len(str(shape[0] - 1)))
    number = 0
    for chunk in chunks:
        for picture in chunk:
            yield f"{number:0{digits}d}.png", picture
            number += 1


def _image(picture):
    return Image.fromarray(picture[..., 0] if picture.shape[-1] == 1 else picture)


# === Ways through the latents ===


def interpolate(model, out, pictures=6, steps=10, spherical=False, seed=0, label=None):
    """Draw the ways between latents: rows of a sheet, or a film that comes back.

    Args:
        model: `AdversarialModel`.
        out: path. A `.png` sheet, whose rows go each from one latent to another, or a
            `.gif`, `.webp` or `.mp4` film, from one to the next and back to the first.
        pictures: int. Latents of a film, or rows of a sheet; at least 2.
        steps: int. Pictures on each way, at least 2.
        spherical: bool. Turn evenly instead of going straight.
        seed: int. Seed of the latents.
        label: int, string or None. Class to draw, for a conditional model: its number
            or its name.

    Raises:
        ValueError: If the ending is another, PyAV is missing, which writes `.mp4`, or
            the model draws nothing from latents.
    """
    out = pathlib.Path(out)
    if out.suffix not in (".png", ".gif", ".webp", ".mp4"):
        raise ValueError(
            f"Ways are drawn as .png, .gif, .webp or .mp4. Received: out={str(out)!r}."
        )
    write = _write_film if out.suffix != ".mp4" else _mp4_writer(out)
    if pictures < 2 or steps < 2:
        raise ValueError(
            "A way has a beginning and an end, and so have its steps. "
            f"Received: pictures={pictures}, steps={steps}."
        )
    conditions = _of_one_class(model, pictures * steps, label)
    way = latents.arc if spherical else latents.line
    if out.suffix == ".png":
        z = model.latents(2 * pictures, seed=seed)
        z = way(z[:pictures], z[pictures:], steps)
    else:
        z = model.latents(pictures, seed=seed)
        # Each way without its end, where the next begins.
        z = way(z, np.roll(z, -1, axis=0), steps + 1)[:, :-1]
    shown = model.decode(z.reshape(-1, z.shape[-1]), conditions)
    if out.suffix == ".png":
        out.parent.mkdir(parents=True, exist_ok=True)
        grids.save_png(out, grids.grid(shown, steps))
    else:
        write(out, [_enlarged(_image(picture)) for picture in shown])


def _write_film(out, images):
    first, *others = images
    with files.atomic(out) as partial:
        first.save(partial, save_all=True, append_images=others, duration=FRAME, loop=0)


def _mp4_writer(out):
    """The function that writes `.mp4`, after a look whether it can."""
    try:
        import av
    except ImportError:
        raise ValueError(
            "Films in MP4 are written by PyAV, which is not installed: "
            "pip install 'keras-ganzoo[video]', or choose .gif or .webp. "
            f"Received: out={str(out)!r}."
        ) from None

    def write(out, images):
        rate = fractions.Fraction(1000, FRAME)
        with files.atomic(out) as partial, av.open(str(partial), "w") as film:
            stream = film.add_stream("libx264", rate=rate, options={"crf": "18"})
            # H.264 halves the resolution of colours, and so wants even sides.
            width, height = (side - side % 2 for side in images[0].size)
            stream.width, stream.height = width, height
            stream.pix_fmt = "yuv420p"
            for image in images:
                image = image.convert("RGB").crop((0, 0, width, height))
                film.mux(stream.encode(av.VideoFrame.from_image(image)))
            film.mux(stream.encode(None))

    return write


def _enlarged(image, side=128):
    """A picture at a multiple of its size, large enough to see."""
    scale = max(1, side // image.width)
    return image.resize((image.width * scale, image.height * scale), Image.NEAREST)


def arithmetic(model, terms, out, count=64, seed=0, label=None):
    """Draw sums and differences of pictures, by those of their latents.

    As Radford et al. (2016), Figure 7: "3,17,22 - 5,9,11 + 2,8,30" draws the means of
    three latents each, and what they come to. The numbers are those of a sheet by
    `generate` with the same count and seed, from 0, row by row.

    Args:
        model: `AdversarialModel`.
        terms: string. As in `latents.arithmetic`.
        out: path. A `.png` sheet: the terms in a row, and their sum last.
        count: int. Pictures to choose from.
        seed: int. Seed of their latents.
        label: int, string or None. Class to draw, for a conditional model: its number
            or its name.

    Raises:
        ValueError: If the terms cannot be read, or the model draws nothing from
            latents.
    """
    out = pathlib.Path(out)
    if out.suffix != ".png":
        raise ValueError(f"The sums are drawn as .png. Received: out={str(out)!r}.")
    _of_one_class(model, 1, label)
    means, total = latents.arithmetic(terms, model.latents(count, seed=seed))
    z = np.concatenate([means, total[None]])
    shown = model.decode(z, _of_one_class(model, len(z), label))
    out.parent.mkdir(parents=True, exist_ok=True)
    grids.save_png(out, grids.grid(shown, len(z)))


def _of_one_class(model, count, label):
    """Inputs of the generator beside the latents, for one class if it has classes."""
    if label is None and hasattr(model, "num_classes"):
        label = 0
    return model.conditions(count, label)


# === Pictures from pictures ===


def translate(model, source, out, seed=None, batch_size=1, verbose=1):
    """Translate a folder of pictures into a new folder, under the same names.

    Args:
        model: `Pix2Pix`.
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
    if not samples.translates(model):
        raise ValueError(
            "Only `Pix2Pix` translates pictures. "
            f"Received: a model of {type(model).__name__}."
        )

    def change(images):
        return model.translate(images, seed=seed, batch_size=batch_size)

    return _change_all(change, model.source_shape, source, out, verbose)


def reconstruct(model, source, out, verbose=1):
    """Write `G(E(x))` of a folder of pictures into a new folder, under the same names.

    Args:
        model: `BiGAN`.
        source: path. The folder; its pictures are fitted to the model's size.
        out: path. The new folder, of PNG files.
        verbose: 0 or 1. 1 shows a progress bar.

    Returns:
        int. How many pictures were written.

    Raises:
        ValueError: If the model has no encoder, the folder holds no picture that can
            be read, or the new folder is there.
    """
    if not hasattr(model, "reconstruct"):
        raise ValueError(
            "Only `BiGAN` has an encoder, which reconstructs pictures. "
            f"Received: a model of {type(model).__name__}."
        )
    return _change_all(model.reconstruct, model.image_shape, source, out, verbose)


def _change_all(change, shape, source, out, verbose):
    """Write what `change` makes of the pictures of a folder; returns how many."""
    out = pathlib.Path(out)
    _check_new(out)
    root, _ = folder.checked_arguments(source, shape[:2], shape[2])
    found = image_files.find_pictures(root)
    image_files.check_found(root, found)
    image_files.warn_of_dangling(root)
    bar = keras.utils.Progbar(len(found), verbose=verbose)
    written = 0
    for start in range(0, len(found), AT_ONCE):
        items = found[start : start + AT_ONCE]
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
            _image(picture).save(path)
            written += 1
        bar.add(len(items))
    return written
