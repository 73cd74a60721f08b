"""What a trained model shows: pictures to score, and a sheet to look at."""

import numpy as np

from ganzoo import grids

# Pictures that share their batch statistics when pix2pix is scored or shown.
TRANSLATION_BATCH = 50


def draw(recipe, model, arrays, count, seed):
    """Pictures as the model's own door makes them.

    Args:
        recipe: `Recipe`.
        model: `AdversarialModel` of that recipe.
        arrays: tuple of NumPy arrays, as of `recipe.load_data`: where the model
            translates, the first holds what.
        count: int. How many pictures.
        seed: int. Seed of the latents, or of the dropout.

    Returns:
        uint8 array `(count, height, width, channels)`.
    """
    if recipe.kind == "edges":
        return model.translate(
            arrays[0][:count], seed=seed, batch_size=min(count, TRANSLATION_BATCH)
        )
    return model.generate(count, seed=seed)


def mode(recipe):
    """How `draw` runs the generator, in words for a protocol."""
    if recipe.kind == "edges":
        return f"training mode, statistics of batches of {TRANSLATION_BATCH}"
    return "inference mode, running batch statistics"


def sheet(recipe, model, arrays, seed=0, rows=8):
    """A grid to look at: samples, or source, translation and target side by side.

    A conditional model's columns are its first classes.

    Returns:
        uint8 array `(height, width, channels)`.
    """
    if recipe.kind == "edges":
        count = rows * 3
        pictures = draw(recipe, model, arrays, count, seed)
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
