"""The Inception score: are samples clear, each alone, and varied, all together?

Reference:
    [Salimans et al., 2016](https://arxiv.org/abs/1606.03498), Section 4.
"""

import numpy as np
import scipy

from ganzoo.metrics.blocks import spans
from ganzoo.metrics.checks import check_count
from ganzoo.metrics.checks import check_features
from ganzoo.metrics.checks import check_whole_number


def inception_score(logits, splits=10, seed=0):
    """Return the mean and the deviation over splits of `exp E KL(p(y|x) ‖ p(y))`.

    It lies between 1, for samples that a classifier cannot tell apart, and the number
    of classes. The data themselves play no part in it.

    The samples are shuffled first: sorted by class, each split would hold few classes
    and score too low.

    Args:
        logits: real array of shape `(count, classes)`, or what gives its rows by their
            indexes and has a `shape`. The classifier's outputs before the softmax. For
            the customary score those of the 2015 Inception network without its bias.
        splits: int. Number of parts that are scored apart.
        seed: int. Seed of the shuffle.

    Returns:
        Two floats: the mean, and the standard deviation over `splits` (not
        `splits - 1`). The deviation tells nothing about another training run.

    Raises:
        ValueError: if there are fewer samples than splits, or a logit is not finite.
    """
    check_whole_number(1, splits=splits)
    if isinstance(logits, (np.ndarray, list, tuple)):
        (logits,) = check_features(logits=logits)
    check_count(
        splits,
        f"Each of {splits} splits needs a sample, and thousands for a score: use more "
        "samples, or pass fewer `splits`.",
        logits=logits,
    )
    order = np.random.default_rng(seed).permutation(len(logits))
    bounds = np.arange(1, splits) * len(logits) // splits
    scores = [_score(logits, rows) for rows in np.split(order, bounds)]
    return float(np.mean(scores)), float(np.std(scores))


def _score(logits, rows):
    """The score of some rows, from sums over blocks of them.

    `E KL(p(y|x) ‖ p(y)) = E[Σ p(y|x) log p(y|x)] − Σ p(y) log p(y)`.
    """
    classes = logits.shape[1]
    q, negative_entropy = np.zeros(classes), 0.0
    for block in spans(len(rows)):
        x = np.asarray(logits[rows[block]], "float64")
        log_p = scipy.special.log_softmax(x, axis=1)
        p = np.exp(log_p)
        q += p.sum(axis=0) / len(rows)
        negative_entropy += np.sum(p * log_p) / len(rows)
    return np.exp(negative_entropy - scipy.special.xlogy(q, q).sum())
