"""Walks and arithmetic among the latents of a trained model, drawn into files."""

import fractions
import pathlib

import numpy as np
from PIL import Image

from ganzoo.system import files
from ganzoo.visualization import grids
from ganzoo.visualization import latents

FRAME = 80  # milliseconds


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
    curve = latents.arc if spherical else latents.line
    if out.suffix == ".png":
        z = model.latents(2 * pictures, seed=seed)
        z = curve(z[:pictures], z[pictures:], steps)
    else:
        z = model.latents(pictures, seed=seed)
        # Each way without its end, where the next begins.
        z = curve(z, np.roll(z, -1, axis=0), steps + 1)[:, :-1]
    shown = model.decode(z.reshape(-1, z.shape[-1]), conditions)
    if out.suffix == ".png":
        out.parent.mkdir(parents=True, exist_ok=True)
        grids.save_png(out, grids.grid(shown, steps))
    else:
        write(out, [_enlarged(grids.to_pillow(picture)) for picture in shown])


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
    if label is None and "labels" in model.condition_names:
        label = 0
    return model.find_conditions(count, labels=label)
