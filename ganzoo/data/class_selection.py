"""One class of a data set, to find the others by."""

import numpy as np

from ganzoo.system import suggestions
from ganzoo.system.terminal.counts import format_class


def one_class(images, labels, normal, class_names=None):
    """Keep the images of one class, to train on; the others are its anomalies.

    As Ruff et al. (2018) compare methods: one class is normal, and
    `labels != normal` tells the anomalies among the images held out.

    Args:
        images: array `(n, ...)`.
        labels: int array `(n,)`.
        normal: int or string. The class, by its number; or by its name if there are
            `class_names`.
        class_names: sequence of strings or None. In the order of the labels.

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
    number = normal
    if isinstance(normal, str):
        number = suggestions.find_name(normal, class_names or ())
    is_number = np.ndim(number) == 0 and not isinstance(number, (bool, np.bool_))
    if not is_number or number not in classes or len(classes) < 2:
        names = dict(enumerate(class_names or ()))
        shown = ", ".join(format_class(c, names.get(c, str(c))) for c in classes)
        hint = suggestions.did_you_mean(str(normal), names.values())
        if isinstance(normal, str) and class_names is None:
            hint = " Their names are known by `class_names=`, as of `ganzoo.data.load`."
        raise ValueError(
            f"`normal` must be one of several classes, which are {shown}.{hint} "
            f"Received: normal={normal!r}."
        )
    return images[np.flatnonzero(labels == number)]
