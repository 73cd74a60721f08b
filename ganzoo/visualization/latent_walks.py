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


def interpolate(
    model,
    out,
    pictures=6,
    steps=10,
    spherical=False,
    space="z",
    seed=0,
    label=None,
    attributes=None,
    codes=None,
    texts=None,
):
    """Draw the ways between latents: rows of a sheet, or a film that comes back.

    Args:
        model: `AdversarialModel`.
        out: path. A `.png` sheet, whose rows go each from one latent to another, or a
            `.gif`, `.webp` or `.mp4` film, from one to the next and back to the first.
        pictures: int. Latents of a film, or rows of a sheet; at least 2.
        steps: int. Images on each way, at least 2.
        spherical: bool. Turn evenly instead of going straight.
        space: str. Where to go, as in `AdversarialModel.decode`.
        seed: int. Seed of the latents.
        label: int, string or None. Class to draw, for a conditional model: its number
            or its name.
        attributes: dict or None. As in `AdversarialModel.generate`, like what follows.
        codes: dict or None.
        texts: string or None. Of all images.

    Raises:
        ValueError: If the ending is another, PyAV is missing, which writes `.mp4`, or
            the model draws nothing from latents or has no such space.
    """
    out = pathlib.Path(out)
    write = None if out.suffix == ".png" else films.writer(out, more=".png, ")
    if pictures < 2 or steps < 2:
        raise ValueError(
            "A way has a beginning and an end, and so have its steps. "
            f"Received: pictures={pictures}, steps={steps}."
        )
    given = {"attributes": attributes, "codes": codes, "texts": texts}
    conditions = drawing.conditions_alike(model, pictures * steps, label, seed, **given)
    curve = latents.arc if spherical else latents.line
    count = 2 * pictures if out.suffix == ".png" else pictures
    z = model.latents(count, seed=seed)
    with model.averaged():
        of_latents = model.find_space(space).of_latents
        z = of_latents(z, [condition[:count] for condition in conditions])
    if out.suffix == ".png":
        z = curve(z[:pictures], z[pictures:], steps)
    else:
        # Each way without its end, where the next begins.
        z = curve(z, np.roll(z, -1, axis=0), steps + 1)[:, :-1]
    z = z.reshape(-1, z.shape[-1])
    shown = grids.side_by_side(model.decode(z, conditions, space=space))
    if out.suffix == ".png":
        grids.save_png(out, grids.grid(shown, steps), scale=None)
    else:
        scale = grids.scale_to(shown.shape[2], SIDE)
        frames = [grids.enlarge(grids.to_pillow(image), scale) for image in shown]
        write(frames, FRAME)


def arithmetic(
    model,
    terms,
    out,
    count=64,
    seed=0,
    label=None,
    attributes=None,
    codes=None,
    texts=None,
):
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
        attributes: dict or None. As in `AdversarialModel.generate`, like what follows.
        codes: dict or None.
        texts: string or None. Of all images.

    Raises:
        ValueError: If the terms cannot be read, or the model draws nothing from
            latents.
    """
    out = pathlib.Path(out)
    if out.suffix != ".png":
        raise ValueError(f"The sums are drawn as .png. Received: out={str(out)!r}.")
    given = {"attributes": attributes, "codes": codes, "texts": texts}
    drawing.conditions_alike(model, 1, label, seed, **given)
    means, total = latents.arithmetic(terms, model.latents(count, seed=seed))
    z = np.concatenate([means, total[None]])
    alike = drawing.conditions_alike(model, len(z), label, seed, **given)
    shown = grids.side_by_side(model.decode(z, alike))
    signs, numbers = zip(*latents.parse_terms(terms))
    captions = [", ".join(map(str, row)) for row in numbers]
    grids.save(out, sheets.add_up(shown, [*signs, "="], [*captions, ""]))


def traverse(model, out, code=None, steps=10, rows=8, seed=0):
    """Draw what the codes of a model mean: a row for each latent, a value a column.

    Args:
        model: `AdversarialModel`.
        out: path. A `.png` sheet, on which the codes are one below another.
        code: str or None. One of the model's `code_names`; None for all of them.
        steps: int. How many values of a continuous code.
        rows: int. How many latents for each code.
        seed: int. Seed of the latents and of the other codes of each row.

    Raises:
        ValueError: If the ending is another, or the model has no such code.
    """
    out = pathlib.Path(out)
    if out.suffix != ".png":
        raise ValueError(f"Codes are drawn as .png. Received: out={str(out)!r}.")
    if not model.code_names:
        raise ValueError(
            "Only a model with codes, such as InfoGAN, has something to traverse; "
            "`ganzoo interpolate` goes between latents of others. "
            f"Received: a model of {type(model).__name__}."
        )
    names = [code] if code else model.code_names
    values = {name: model.code_values(name, steps) for name in names}
    columns = max(map(len, values.values()))
    images, captions = [], []
    for name in names:
        shown = model.traverse(name, steps, rows, seed=seed)
        missing = columns - shown.shape[1]
        white = np.full((rows, missing, *model.image_shape), 255, "uint8")
        images.append(np.concatenate([shown, white], axis=1))
        captions += [f"{name} = {value:g}" for value in values[name].round(2)]
        captions += [""] * (rows * columns - shown.shape[1])
    images = np.concatenate(images).reshape(-1, *model.image_shape)
    grids.save(out, sheets.draw(images, captions, columns))
