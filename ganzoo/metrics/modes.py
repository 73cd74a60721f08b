"""How many of the data's modes a generator hits, and how evenly.

References:
    [Srivastava et al., 2017](https://arxiv.org/abs/1705.07761): VEEGAN's experiments on
        1000 stacked digits.
    [Lin et al., 2018](https://arxiv.org/abs/1712.04086): the same for PacGAN.
"""

import numpy as np

from ganzoo.metrics.checks import check_whole_number


def mode_coverage(predictions, classes, minimum=1, prior=None):
    """Return the number of modes that samples cover and their reverse divergence.

    With `q` the share of the samples in each mode and `p` that of the data, the
    divergence is `KL(q ‖ p) = Σ q log (q / p)`: 0 if they agree, `log classes` if all
    samples are in one of equal modes. Half of equal modes missed cost but `log 2`, so
    read it beside their number.

    A finite count biases it upwards by about `(classes - 1) / (2 * count)`.

    Args:
        predictions: integer array of shape `(count,)`. The mode of each sample, from 0
            to `classes - 1`, as a classifier tells it.
        classes: int. Number of modes.
        minimum: int. How many samples a mode needs to count as covered.
        prior: real array of shape `(classes,)`, or None. The data's positive share of
            each mode, or a multiple such as the counts. Defaults to equal shares.

    Returns:
        An int, the modes covered, and a float, the divergence in nats.

    Raises:
        ValueError: if the predictions are empty, no integers or out of range, or the
            prior is not positive for every mode.
    """
    check_whole_number(1, classes=classes, minimum=minimum)
    counts = np.bincount(_checked(predictions, classes), minlength=classes)
    p = _shares(prior, classes)
    q = counts / counts.sum()
    hit = q > 0
    divergence = np.sum(q[hit] * np.log(q[hit] / p[hit]))
    return int(np.sum(counts >= minimum)), float(divergence)


def _checked(predictions, classes):
    predictions = np.asarray(predictions)
    if predictions.ndim != 1 or predictions.dtype.kind not in "iu":
        raise ValueError(
            "`predictions` must be integers of the shape `(count,)`: take the argmax "
            f"of logits first. Received: predictions of shape {predictions.shape} and "
            f"type {predictions.dtype}."
        )
    if not len(predictions):
        raise ValueError("`predictions` must not be empty. Received: predictions=[].")
    low, high = predictions.min(), predictions.max()
    if low < 0 or high >= classes:
        raise ValueError(
            f"`predictions` must lie between 0 and `classes - 1`, {classes - 1}. "
            f"Received: predictions from {low} to {high}."
        )
    return predictions.astype("int64")


def _shares(prior, classes):
    p = np.ones(classes) if prior is None else np.asarray(prior, "float64")
    if p.shape != (classes,) or not np.all((p > 0) & np.isfinite(p)):
        raise ValueError(
            "`prior` must be a positive number for each class: samples of a mode that "
            "the data lack diverge infinitely. "
            f"Received: prior={prior!r}, classes={classes}."
        )
    return p / p.sum()
