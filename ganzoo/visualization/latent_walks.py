"""Walks and arithmetic among the latents of a trained model, drawn into files."""

import pathlib

import numpy as np

from ganzoo.visualization import drawing
from ganzoo.visualization import films
from ganzoo.visualization import grids
from ganzoo.visualization import latents
from ganzoo.visualization import sheets

FRAME = 80  # milliseconds
SIDE = 128  # pixels that a frame is enlarged to at least


def interpolate(model, out, pictures=6, steps=10, spherical=False, seed=0, label=None):
    """Draw the ways between latents: rows of a sheet, or a film that comes back.

    Args:
        model: `AdversarialModel`.
        out: path. A `.png` sheet, whose rows go each from one latent to another, or a
            `.gif`, `.webp` or `.mp4` film, from one to the next and back to the first.
        pictures: int. Latents of a film, or rows of a sheet; at least 2.
        steps: int. Images on each way, at least 2.
        spherical: bool. Turn evenly instead of going straight.
        seed: int. Seed of the latents.
        label: int, string or None. Class to draw, for a conditional model: its number
            or its name.

    Raises:
        ValueError: If the ending is another, PyAV is missing, which writes `.mp4`, or
            the model draws nothing from latents.
    """
    out = pathlib.Path(out)
    write = None if out.suffix == ".png" else films.writer(out, more=".png, ")
    if pictures < 2 or steps < 2:
        raise ValueError(
            "A way has a beginning and an end, and so have its steps. "
            f"Received: pictures={pictures}, steps={steps}."
        )
    conditions = _of_one_class(model, pictures * steps, label)
    curve = latents.arc if spherical else latents.line
    if out.suffix == ".png":
        z = model.latents(2 * pictures, seed=seed)
        z = curve(z[:pictures], z[pictures:], steps)
    else:
        z = model.latents(pictures, seed=seed)
        # Each way without its end, where the next begins.
        z = curve(z, np.roll(z, -1, axis=0), steps + 1)[:, :-1]
    shown = grids.side_by_side(model.decode(z.reshape(-1, z.shape[-1]), conditions))
    if out.suffix == ".png":
        grids.save_png(out, grids.grid(shown, steps), scale=None)
    else:
        scale = grids.scale_to(shown.shape[2], SIDE)
        frames = [grids.enlarge(grids.to_pillow(image), scale) for image in shown]
        write(frames, FRAME)


def arithmetic(model, terms, out, count=64, seed=0, label=None):
    """Draw sums and differences of images, by those of their latents.

    As Radford et al. (2016), Figure 7: "3,17,22 - 5,9,11 + 2,8,30" draws the means of
    three latents each, and what they come to. The numbers are those of a sheet by
    `generate` with the same count and seed, from 0, row by row.

    Args:
        model: `AdversarialModel`.
        terms: string. As in `latents.arithmetic`.
        out: path. A `.png` sheet: the terms in a row with the signs between them, and
            what they come to at the end.
        count: int. Images to choose from.
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
    shown = grids.side_by_side(model.decode(z, _of_one_class(model, len(z), label)))
    signs, numbers = zip(*latents.parse_terms(terms))
    captions = [", ".join(map(str, row)) for row in numbers]
    grids.save(out, sheets.add_up(shown, [*signs, "="], [*captions, ""]))


def _of_one_class(model, count, label):
    """Inputs of the generator beside the latents, for one class if it has classes."""
    return model.find_conditions(count, labels=drawing.one_class(model, label))
