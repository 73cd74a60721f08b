"""Films, in files: GIF, WebP and MP4."""

import fractions
import pathlib

import numpy as np
from PIL import Image

from ganzoo.system import files

ENDINGS = (".gif", ".webp", ".mp4")
# What a film of training has at most, for memory: the frames, and pixels a side.
FRAMES = 200
SIDE = 1024


def writer(out, more=""):
    """The function that writes a film to a path, after checking that it can.

    Args:
        out: path. A `.gif`, `.webp` or `.mp4` file.
        more: string. Other endings that the caller takes, for the message.

    Returns:
        Function of a list of Pillow images, all of one size, and of the milliseconds
        that each is shown.

    Raises:
        ValueError: If the ending is another, or PyAV is missing, which writes `.mp4`.
    """
    out = pathlib.Path(out)
    if out.suffix not in ENDINGS:
        raise ValueError(
            f"Write a {more}.gif, .webp or .mp4 file. Received: out={str(out)!r}."
        )
    write = _mp4_writer(out) if out.suffix == ".mp4" else _write_with_pillow
    return lambda frames, duration: write(out, frames, duration)


def of_training(folder, out, fps=5.0):
    """Make a film of the sheets that a training run wrote, one after each epoch.

    Of more than 200 sheets it shows 200, evenly over the epochs, the first and the
    last included. The last one is held for two seconds. Sheets of more than 1,024
    pixels a side are shrunk.

    Args:
        folder: path. Holds `epoch_0001.png` and so on, as `callbacks.SampleSheet`
            writes them.
        out: path. A `.gif`, `.webp` or `.mp4` file.
        fps: float. Sheets per second, more than 0.

    Returns:
        int. How many of the sheets the film shows.

    Raises:
        ValueError: If the ending is another, PyAV is missing for `.mp4`, or the folder
            holds no sheets, or sheets of different sizes.
    """
    write = writer(out)
    folder = pathlib.Path(folder)
    paths = sorted(folder.glob("epoch_*.png"), key=lambda path: (len(path.name), path))
    if not paths:
        raise ValueError(
            "A film shows the sheets of samples that training writes after each epoch, "
            f"and this folder holds none. Received: {str(folder)!r}."
        )
    shown = np.linspace(0, len(paths) - 1, min(FRAMES, len(paths))).round().astype(int)
    frames = [_read(paths[i]) for i in shown]
    for i, frame in zip(shown, frames):
        if frame.size != frames[0].size:
            raise ValueError(
                "The sheets of a film must be of one size. Received: "
                f"{paths[0].name} of {frames[0].size} and {paths[i].name} of "
                f"{frame.size} pixels."
            )
    write(frames + frames[-1:] * round(2 * fps), 1000 / fps)
    return len(shown)


def _read(path):
    with Image.open(path) as sheet:
        sheet = sheet.convert("L" if sheet.mode == "L" else "RGB")
    sheet.thumbnail((SIDE, SIDE))
    return sheet


def _write_with_pillow(out, frames, duration):
    first, *others = frames
    with files.atomic(out) as partial:
        first.save(
            partial,
            save_all=True,
            append_images=others,
            duration=round(duration),
            loop=0,
        )


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

    def write(out, frames, duration):
        rate = fractions.Fraction(1000 / duration).limit_denominator(1000)
        with files.atomic(out) as partial, av.open(str(partial), "w") as film:
            stream = film.add_stream("libx264", rate=rate, options={"crf": "18"})
            # H.264 halves the resolution of colours, and so wants even sides.
            width, height = (side - side % 2 for side in frames[0].size)
            stream.width, stream.height = width, height
            stream.pix_fmt = "yuv420p"
            for frame in frames:
                frame = frame.convert("RGB").crop((0, 0, width, height))
                film.mux(stream.encode(av.VideoFrame.from_image(frame)))
            film.mux(stream.encode(None))

    return write
