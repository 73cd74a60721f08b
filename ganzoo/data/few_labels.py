"""Labels taken away, to learn from few."""

import numpy as np


def keep_labels(labels, count, seed=0):
    """Keep the labels of some examples, equally many of each class.

    Args:
        labels: int array `(n,)`. Examples with -1 have none already.
        count: int. How many to keep, a multiple of the number of classes.
        seed: int. Which ones.

    Returns:
        int32 array `(n,)`, -1 where the label is not kept.

    Raises:
        ValueError: If there is no label, or the classes cannot have equally many.
    """
    labels = np.asarray(labels)
    classes, sizes = np.unique(labels[labels >= 0], return_counts=True)
    if len(classes) == 0:
        raise ValueError(
            "`labels` must have labels to keep, integers from 0 on. "
            f"Received: labels of shape {labels.shape} without any."
        )
    if not isinstance(count, int) or count < 1 or count % len(classes):
        raise ValueError(
            f"`count` must be a multiple of {len(classes)}, the number of classes, "
            f"which have equally many. Received: count={count!r}."
        )
    each = count // len(classes)
    if each > sizes.min():
        raise ValueError(
            f"`count` must be at most {sizes.min() * len(classes)}: one of the classes "
            f"has {sizes.min()} examples. Received: count={count}."
        )
    draws = np.random.default_rng(seed)
    kept = np.full(labels.shape, -1, "int32")
    for label in classes:
        of_class = draws.permutation(np.flatnonzero(labels == label))
        kept[of_class[:each]] = label
    return kept
