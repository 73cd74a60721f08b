"""Images of a user's own as a model can draw them, and changed there by strokes."""

import pathlib

import numpy as np

from ganzoo.data.disk import folder
from ganzoo.data.disk import image_reading
from ganzoo.metrics import paired
from ganzoo.system import files
from ganzoo.visualization import conditions
from ganzoo.visualization import grids
from ganzoo.visualization import sheets

COMPARED = 32  # images on the sheet


def project(
    model,
    source,
    out,
    images=None,
    label=None,
    attributes=None,
    codes=None,
    texts=None,
    space="z",
    verbose=1,
    **options,
):
    """Write the latents of images of a folder, or of one file.

    Args:
        model: `AdversarialModel` with latents.
        source: path. The folder or the file; images are fitted to the model's size.
        out: path. A `.npz` file: "latents" `(n, latent_dim)`, "errors" `(n,)`, "files",
            their names, and what the model draws by beside latents, like "labels". Of
            styles they are "styles" instead.
        images: path or None. A `.png` sheet of the first images beside what the model
            draws of their latents.
        label: int, string or None. Class of the images, for a conditional model.
        attributes: dict or None. Of the images, as in `conditions.of_images`.
        codes: dict or None. The same.
        texts: string or None. Of all of them.
        space: str. As in `AdversarialModel.project`.
        verbose: 0 or 1. 1 shows progress on the standard error.
        **options: Other arguments of `AdversarialModel.project`.

    Returns:
        float64 array `(n,)`, how near each projection is: its PSNR in dB.

    Raises:
        ValueError: If a file to write ends in another way, or as in
            `AdversarialModel.project`.
    """
    _check_ending("out", out, ".npz")
    if images is not None:
        _check_ending("images", images, ".png")
    *size, channels = model.image_shape
    x, names = folder.read_with_names(source, tuple(size), channels)
    known = conditions.of_images(model, x, label, attributes, codes, texts)
    options |= {"space": space, "verbose": verbose, "return_errors": True}
    z, errors = model.project(x, **known, **options)
    found = model.find_conditions(len(z), **known)
    drawn = model.decode(z, found, space=space)
    by_name = dict(zip(model.condition_names, found))
    told = {n: by_name[n] for n in by_name if n not in model.optional_conditions}
    with files.atomic(out) as partial:
        told[model.find_space(space).points] = z
        np.savez(partial, errors=errors, files=np.array(names), **told)
    if images is not None:
        shown = [x[:COMPARED], drawn[:COMPARED]]
        grids.save(images, sheets.compare(shown, ["image", "projection"]))
    return paired.psnr(x, drawn)


def paint(
    model,
    image,
    strokes,
    out,
    label=None,
    attributes=None,
    codes=None,
    texts=None,
    starts=4,
    steps=800,
    seed=0,
    prior_weight=1.0,
    verbose=1,
):
    """Change an image by strokes, as far as the model can draw that.

    The image is projected; then its latent follows the strokes. A sheet of the image,
    its projection, the strokes on it and the result is written beside the result.

    Args:
        model: `AdversarialModel` with latents.
        image: path. An image file.
        strokes: path. An image of the same shape that is transparent where nothing is
            painted.
        out: path. A `.png` file, of the model's size.
        label: int, string or None. Class of the image, for a conditional model.
        attributes: dict or None. Of the image, as in `conditions.of_images`.
        codes: dict or None. The same.
        texts: string or None. Of all of them.
        starts: int. As in `AdversarialModel.project`.
        steps: int. As in `AdversarialModel.project`.
        seed: int. As in `AdversarialModel.project`.
        prior_weight: float. As in `AdversarialModel.edit_latents`.
        verbose: 0 or 1. 1 shows progress on the standard error.

    Returns:
        Path of the sheet.

    Raises:
        ValueError: If the result ends in another way, `image` is no file, or as in
            `image_reading.read_strokes` and `AdversarialModel.project`.
    """
    _check_ending("out", out, ".png")
    if not pathlib.Path(image).is_file():
        raise ValueError(
            f"`image` must be an image file. Received: image={str(image)!r}."
        )
    *size, channels = model.image_shape
    painted, mask = image_reading.read_strokes(strokes, image, size, channels)
    x, _ = folder.read_with_names(image, tuple(size), channels)
    known = conditions.of_images(model, x, label, attributes, codes, texts)
    z = model.project(
        x, starts=starts, steps=steps, seed=seed, verbose=verbose, **known
    )
    edited = model.edit_latents(
        z, painted[None], mask, prior_weight=prior_weight, verbose=verbose, **known
    )
    found = model.find_conditions(1, **known)
    (projection,), (result,) = model.decode(z, found), model.decode(edited, found)
    over = mask[..., None] * painted + (1 - mask[..., None]) * projection
    shown = [x[0], projection, over.round().astype("uint8"), result]
    grids.save(out, grids.to_pillow(result))
    sheet = comparison_path(out)
    heads = ["image", "projection", "strokes", "result"]
    grids.save(sheet, sheets.compare([one[None] for one in shown], heads))
    return sheet


def comparison_path(out):
    """Where the sheet of a painted image is: beside it."""
    out = pathlib.Path(out)
    return out.with_name(f"{out.stem}_comparison.png")


def _check_ending(name, path, wanted):
    if pathlib.Path(path).suffix != wanted:
        raise ValueError(
            f"`{name}` must end in {wanted}. Received: {name}={str(path)!r}."
        )
