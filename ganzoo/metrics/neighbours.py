"""Nearest neighbours: has a generator memorised, and does an encoder tell classes?

References:
    [Yoon et al., 2023](https://openreview.net/forum?id=shciCbSk9h): the rate of
        memorised samples.
    [Donahue et al., 2017](https://arxiv.org/abs/1605.09782), Section 4.2: the accuracy
        of one nearest neighbour in BiGAN's latents.
"""

import numpy as np

from ganzoo.metrics.blocks import BLOCK
from ganzoo.metrics.blocks import spans
from ganzoo.metrics.blocks import squared_distances
from ganzoo.metrics.checks import check_count
from ganzoo.metrics.checks import check_features
from ganzoo.metrics.checks import check_labels
from ganzoo.metrics.checks import check_whole_number

# The fast distances rank neighbours only up to their rounding: a few more are kept,
# and ranked by their exact distances.
SPARE = 4


def nearest_neighbours(samples, reference, k=1, block=BLOCK):
    """Return the `k` vectors of `reference` nearest to each sample, the nearest first.

    The distances are Euclidean and computed from differences, so that a copy is at
    exactly 0. Of two equally distant vectors the earlier comes first, but among more
    than four at the place where the list ends any may be listed.

    Args:
        samples: real array of shape `(count, dimension)`.
        reference: real array of shape `(reference_count, dimension)`.
        k: int. How many neighbours to return.
        block: int. Rows that are compared at a time.

    Returns:
        int64 array and float64 array, both of shape `(count, k)`: the neighbours' rows
        in `reference`, and their distances in the features' unit.

    Raises:
        ValueError: if `reference` has fewer than `k` vectors, or the features are not
            finite or of two dimensions.
    """
    check_whole_number(1, k=k, block=block)
    samples, reference = check_features(samples=samples, reference=reference)
    check_count(
        k,
        f"There are no {k} neighbours in a smaller set: use more, or a smaller `k`.",
        reference=reference,
    )
    indices = np.empty((len(samples), k), "int64")
    distances = np.empty((len(samples), k))
    for rows in spans(len(samples), block):
        x = samples[rows].astype("float64")
        candidates = _candidates(x, reference, min(k + SPARE, len(reference)), block)
        exact = _exact_distances(x, reference, candidates)
        order = np.lexsort([candidates, exact], axis=1)[:, :k]
        indices[rows] = np.take_along_axis(candidates, order, axis=1)
        distances[rows] = np.take_along_axis(exact, order, axis=1)
    return indices, distances


def memorisation_rate(samples, train):
    """Return the share of samples that are nearly or exactly images of `train`.

    A sample counts as memorised if its nearest training image is closer than a third
    of the distance to the second nearest, or at no distance at all.

    Images that the training set holds twice hide near copies of themselves, since
    then the second is as near as the first: remove duplicates for a true rate.

    Args:
        samples: real array of shape `(count, dimension)`. Pixels or features.
        train: real array of shape `(train_count, dimension)`. The same of every image
            that was trained on.

    Returns:
        A float between 0 and 1.

    Raises:
        ValueError: if `train` has fewer than two images, or the features are not
            finite or of two dimensions.
    """
    samples, train = check_features(samples=samples, train=train)
    check_count(2, "A second nearest image needs 2 images or more.", train=train)
    _, distances = nearest_neighbours(samples, train, k=2)
    first, second = distances.T
    return float(np.mean((first == 0) | (first < second / 3)))


def duplicate_rate(samples, real):
    """Return the share of samples that nearly repeat another sample.

    A sample counts if it is closer to another one than a quarter of what is usual among
    as many real images: of the median of their distances to the nearest other.

    Args:
        samples: real array of shape `(count, dimension)`. Pixels or features.
        real: real array of shape `(real_count, dimension)`. The first `count` are used.

    Returns:
        A float between 0 and 1.

    Raises:
        ValueError: if there are fewer than two samples, or fewer real ones than those,
            or the features are not finite or of two dimensions.
    """
    samples, real = check_features(samples=samples, real=real)
    check_count(2, "Another sample needs 2 samples or more.", samples=samples)
    check_count(len(samples), "Nearness depends on how many there are.", real=real)
    usual = np.median(_nearest_other(real[: len(samples)]))
    return float(np.mean(_nearest_other(samples) <= usual / 4))


def _nearest_other(x):
    squares = squared_distances(x, x)
    np.fill_diagonal(squares, np.inf)
    return np.sqrt(squares.min(axis=1))


def one_nearest_neighbour_accuracy(train, train_labels, test, test_labels):
    """Return the share of `test` whose nearest vector of `train` has the same label.

    BiGAN's protocol: the features are those of the encoder, trained without labels, on
    MNIST's training and test set.

    Args:
        train: real array of shape `(train_count, dimension)`.
        train_labels: array of shape `(train_count,)`.
        test: real array of shape `(test_count, dimension)`.
        test_labels: array of shape `(test_count,)`.

    Returns:
        A float between 0 and 1.

    Raises:
        ValueError: if labels and features differ in number, or the features are not
            finite or of two dimensions.
    """
    train, test = check_features(train=train, test=test)
    train_labels = check_labels("train", train, train_labels)
    test_labels = check_labels("test", test, test_labels)
    indices, _ = nearest_neighbours(test, train)
    return float(np.mean(train_labels[indices[:, 0]] == test_labels))


def _candidates(x, reference, wanted, block):
    """Rows of the `wanted` nearest vectors, up to rounding: `(count, wanted)`."""
    nearest = np.empty((len(x), 0))
    candidates = np.empty((len(x), 0), "int64")
    for columns in spans(len(reference), block):
        found = np.broadcast_to(
            np.arange(columns.start, columns.stop),
            (len(x), columns.stop - columns.start),
        )
        squares = squared_distances(x, reference[columns])
        nearest = np.concatenate([nearest, squares], axis=1)
        candidates = np.concatenate([candidates, found], axis=1)
        if nearest.shape[1] > wanted:
            kept = np.argpartition(nearest, wanted - 1, axis=1)[:, :wanted]
            nearest = np.take_along_axis(nearest, kept, axis=1)
            candidates = np.take_along_axis(candidates, kept, axis=1)
    return candidates


def _exact_distances(x, reference, candidates):
    """Euclidean distances from differences, which cancel nothing: as `candidates`."""
    distances = np.empty(candidates.shape)
    for place, rows in enumerate(candidates.T):
        difference = reference[rows].astype("float64") - x
        distances[:, place] = np.linalg.norm(difference, axis=1)
    return distances
