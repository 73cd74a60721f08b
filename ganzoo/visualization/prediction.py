"""A sequence of a user's own, and how a model goes on with it, as a film."""

import numpy as np

from ganzoo.data.sequences import clips
from ganzoo.visualization import films
from ganzoo.visualization import grids

FRAME = 100  # milliseconds
SIDE = 128  # pixels that a frame is enlarged to at least


def predict(model, source, out, count=10):
    """Write the last images of a sequence that a model sees, and what it predicts next.

    Args:
        model: `AdversarialModel` that predicts.
        source: path. An animated image, or a folder of numbered images; they are fitted
            to the model's size.
        out: path. A `.gif`, `.webp` or `.mp4` film.
        count: int. How many images to predict, each from those before it.

    Returns:
        uint8 array `(frames + count, height, width, channels)`, the film.

    Raises:
        ValueError: If the model does not predict, the ending is another, the order of
            the images is not known or they are too few, or as in the model's method.
    """
    if model.frames is None:
        raise ValueError(
            "Only a model of sequences predicts the next image, like that of "
            "`ganzoo train --model predictive_gan`. "
            f"Received: a model of {type(model).__name__}."
        )
    write = films.writer(out)
    *size, channels = model.image_shape
    clip = clips.find_clip(source)
    if clip.count < model.frames:
        raise ValueError(
            f"Pass a sequence of {model.frames} images or more, by which this model "
            f"predicts the next one. Received: source={str(source)!r} with "
            f"{clip.count}."
        )
    seen = clip.read(tuple(size), channels)[-model.frames :]
    film = np.concatenate([seen, model.predict_next(seen[None], count)[0]])
    scale = grids.scale_to(size[1], SIDE)
    write([grids.enlarge(grids.to_pillow(image), scale) for image in film], FRAME)
    return film
