"""One class of a data set, to find the others by."""

import numpy as np


def one_class(images, labels, normal):
    """Keep the images of one class, to train on; the others are its anomalies.

    As Ruff et al. (2018) compare methods: one class is normal, and
    `labels != normal` tells the anomalies among the images held out.

    Args:
        images: array `(n, ...)`.
        labels: int array `(n,)`.
        normal: int. The class.

    Returns:
        Array `(count, ...)`, in their order.

    Raises:
        ValueError: If the labels are not one for each image, there is no image of the
            class, or none of another.
    """
    labels = np.asarray(labels)
    if labels.shape != np.shape(images)[:1]:
        raise ValueError(
            "`labels` must be one for each image. Received: labels of shape "
            f"{labels.shape} for {len(images)} images."
        )
    classes = np.unique(labels).tolist()
    is_number = np.ndim(normal) == 0 and not isinstance(normal, (bool, np.bool_))
    if not is_number or normal not in classes or len(classes) < 2:
        raise ValueError(
            f"`normal` must be one of several classes, which are {classes}. "
            f"Received: normal={normal!r}."
        )
    return images[np.flatnonzero(labels == normal)]
