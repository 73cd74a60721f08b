"""What a trained model shows: pictures to score, and a sheet to look at."""

import numpy as np

from ganzoo import grids

# Pictures that share their batch statistics when pix2pix is scored or shown.
TRANSLATION_BATCH = 50


def draw(model, arrays, count, seed):
    """Pictures to score, as the model's own door makes them, in chunks.

    Args:
        model: `AdversarialModel`.
        arrays: tuple of NumPy arrays, as `fit` takes them: where the model translates,
            the first holds what.
        count: int. How many pictures.
        seed: int. Seed of the latents, or of the dropout.

    Returns:
        An iterator of uint8 arrays `(count, height, width, channels)`.

    Raises:
        ValueError: If there are fewer pictures to translate than asked for.
    """
    if not translates(model):
        return model.draw(count, seed=seed)
    sources = arrays[0][:count]
    check_sources(sources, count)
    batch_size = min(count, TRANSLATION_BATCH)
    return iter([model.translate(sources, seed=seed, batch_size=batch_size)])


def check_sources(sources, count):
    """Raise a ValueError unless there are as many sources to translate."""
    if len(sources) < count:
        raise ValueError(
            "A translation needs a source of its own for each picture. "
            f"Received: count={count}, {len(sources)} sources."
        )


def translates(model):
    """Whether a model, or a class of models, makes its pictures from pictures."""
    return hasattr(model, "translate")


def mode(model):
    """How `draw` runs the generator of a model or a class, in words for a protocol."""
    if translates(model):
        return f"training mode, statistics of batches of {TRANSLATION_BATCH}"
    return "inference mode, running batch statistics"


def sheet(recipe, model, arrays, seed=0, rows=8):
    """A grid to look at: samples, or source, translation and target side by side.

    A conditional model's columns are its first classes.

    Returns:
        uint8 array `(height, width, channels)`.
    """
    if recipe.kind == "edges":
        count = min(rows * 3, len(arrays[0]))
        pictures = np.concatenate(list(draw(model, arrays, count, seed)))
        triplets = np.stack([arrays[0][:count], pictures, arrays[1][:count]], axis=1)
        return grids.grid(triplets.reshape(-1, *pictures.shape[1:]), columns=9)
    columns = model.num_classes if recipe.kind == "labels" else 10
    columns = min(columns, 10)
    if recipe.kind == "labels":
        labels = np.tile(np.arange(columns), rows)
        pictures = model.generate(len(labels), seed=seed, labels=labels)
    else:
        pictures = model.generate(rows * columns, seed=seed)
    return grids.grid(pictures, columns)
