"""The kernel distance: the maximum mean discrepancy of two sets of features.

Reference:
    [Bińkowski et al., 2018](https://arxiv.org/abs/1801.01401), Section 4, as the kernel
    Inception distance (KID); the estimator is Lemma 6 of
    [Gretton et al., 2012](https://jmlr.org/papers/v13/gretton12a.html).
"""

import numpy as np

from ganzoo.metrics.checks import check_count
from ganzoo.metrics.checks import check_features
from ganzoo.metrics.checks import check_whole_number


def kernel_distance(reference, samples, subsets=100, subset_size=1000, seed=0):
    """Return the mean and the deviation of the unbiased `MMD²` over random subsets.

    The kernel is `k(x, y) = (x·y / dimension + 1)³`. Being unbiased, the distance does
    not depend on the counts, and it is negative about as often as positive between
    sets of one distribution: it is not clipped.

    The deviation is that of one subset's value. The mean is known better than that,
    but not `√subsets` times better, for the subsets overlap.

    Args:
        reference: real array of shape `(count, dimension)`. Features of the data.
        samples: real array of shape `(count, dimension)`. Features to be scored.
        subsets: int. How often a subset is drawn from each side.
        subset_size: int. Its size, drawn without replacement.
        seed: int. Seed of the draws.

    Returns:
        Two floats: the mean, and the standard deviation over `subsets` (not
        `subsets - 1`, as in torch-fidelity).

    Raises:
        ValueError: if a side has fewer feature vectors than a subset, or the features
            are not finite or of two dimensions.
    """
    check_whole_number(1, subsets=subsets)
    check_whole_number(2, subset_size=subset_size)
    reference, samples = check_features(reference=reference, samples=samples)
    check_count(
        subset_size,
        f"A subset of {subset_size} needs as many feature vectors on both sides: use "
        "more, or pass a smaller `subset_size`, which widens the deviation.",
        reference=reference,
        samples=samples,
    )
    draws = np.random.default_rng(seed)
    distances = [
        _unbiased_mmd2(
            _draw(reference, subset_size, draws), _draw(samples, subset_size, draws)
        )
        for _ in range(subsets)
    ]
    return float(np.mean(distances)), float(np.std(distances))


def _draw(features, size, draws):
    # In ascending order, as a disk reads them.
    rows = np.sort(draws.choice(len(features), size, replace=False))
    return features[rows].astype("float64")


def _unbiased_mmd2(x, y):
    between = _kernel(x, y).mean()
    return _mean_of_pairs(_kernel(x, x)) + _mean_of_pairs(_kernel(y, y)) - 2 * between


def _kernel(x, y):
    return (x @ y.T / x.shape[1] + 1) ** 3


def _mean_of_pairs(K):
    """The mean over pairs of two different vectors: without the diagonal."""
    return (K.sum() - np.trace(K)) / (len(K) * (len(K) - 1))
