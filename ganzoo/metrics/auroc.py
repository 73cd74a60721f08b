"""The area under the receiver operating characteristic, by ranks."""

import numpy as np


def auroc(scores, labels):
    """Probability that a positive example has a higher score than a negative one.

    An equal score counts ½: it is the Mann-Whitney statistic, by ranks of which ties
    have the mean.

    Args:
        scores: array `(n,)`. High for what is thought to be positive.
        labels: array `(n,)` of bools, or of 0 and 1.

    Returns:
        Float in [0, 1]; ½ for scores that tell nothing.

    Raises:
        ValueError: If the arrays do not fit together, a score is NaN, or the labels are
            of one class only.
    """
    scores, labels = np.asarray(scores), np.asarray(labels)
    if (
        scores.ndim != 1
        or scores.shape != labels.shape
        or scores.dtype.kind not in "fiu"
    ):
        raise ValueError(
            "`scores` must be numbers, and `labels` one for each. Received: scores of "
            f"shape {scores.shape}, labels of shape {labels.shape}."
        )
    if np.isnan(scores).any():
        raise ValueError("`scores` must be numbers. Received: scores with NaN.")
    classes = np.unique(labels)
    if not np.isin(classes, (0, 1)).all() or len(classes) < 2:
        raise ValueError(
            "`labels` must be of both classes, 0 and 1, or there is nothing to tell "
            f"apart. Received: labels with {classes.tolist()} only."
        )
    positive = labels.astype(bool)
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n = int(positive.sum())
    above = ranks[positive].sum() - n * (n + 1) / 2
    return float(above / (n * (len(scores) - n)))
