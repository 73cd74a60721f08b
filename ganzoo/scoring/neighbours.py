"""An image to tell copies by: samples, each beside the nearest training images."""

import numpy as np

from ganzoo.metrics.neighbours import nearest_neighbours
from ganzoo.scoring import sources
from ganzoo.visualization import grids

NUM_SAMPLES = 10
NUM_NEAREST = 6


def sheet(comparison):
    """A row for each of the first samples: itself, then its nearest, nearest first.

    Nearest are the training images whose features are, by the Euclidean distance.

    Args:
        comparison: `Comparison` with `train`, of images of one shape.

    Returns:
        uint8 array `(height, width, channels)`.

    Raises:
        ValueError: If there are no training images, or they are of another shape.
    """
    samples, train = comparison.samples, comparison.train
    if train is None or samples.source is None or train.source is None:
        raise ValueError(
            "Nearest neighbours are looked for among training images: name them as "
            "`train`, and images rather than statistics as samples. Received: "
            f"train={train and train.name}, samples={samples.name}."
        )
    if train.source.image_shape != samples.source.image_shape:
        raise ValueError(
            "Samples and training images side by side must be of one shape. "
            f"Received: {samples.source.image_shape} and {train.source.image_shape}."
        )
    rows = min(NUM_SAMPLES, samples.count)
    nearest, _ = nearest_neighbours(
        samples.features[:rows], train.features, k=min(NUM_NEAREST, train.count)
    )
    drawn = _pick(samples.source, np.arange(rows)[:, None])
    found = _pick(train.source, nearest)
    pictures = np.concatenate([drawn, found], axis=1)
    columns = pictures.shape[1]
    return grids.grid(pictures.reshape(-1, *samples.source.image_shape), columns)


def _pick(source, indices):
    """The images of these indices, in one pass over the source as far as the last."""
    picked = np.empty((*indices.shape, *source.image_shape), "uint8")
    start = 0
    for batch in sources.in_batches(source):
        in_batch = (start <= indices) & (indices < start + len(batch))
        picked[in_batch] = batch[indices[in_batch] - start]
        start += len(batch)
        if start > indices.max():
            break
    return picked
