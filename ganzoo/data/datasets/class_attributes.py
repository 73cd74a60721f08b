"""Attributes of the data sets, known before anything is read.

Clothes have those of their class, whatever the image shows: a shirt with short sleeves
has those of one with long ones.
"""

import numpy as np

# By its name, the classes that have it, in the order of Fashion-MNIST's labels.
CLOTHES = {
    "footwear": (5, 7, 9),  # sandal, sneaker, ankle boot
    "covers_chest": (0, 2, 3, 4, 6),  # T-shirt/top, pullover, dress, coat, shirt
    "covers_legs": (1, 3),  # trouser, dress
    "long_sleeves": (2, 4, 6),  # pullover, coat, shirt
}
OF_CLASSES = {"fashion_mnist_10k": CLOTHES, "fashion_mnist": CLOTHES}
AVATARS = ("glasses", "beard", "long_hair", "grey_hair", "dark_skin")
NAMES = {
    **{name: tuple(known) for name, known in OF_CLASSES.items()},
    "avatars": AVATARS,
}


def of_labels(name, labels):
    """Attributes of images by their classes.

    Args:
        name: string. One of `OF_CLASSES`.
        labels: int array `(count,)`.

    Returns:
        int8 array `(count, number)` of 0 and 1, and a tuple of names.
    """
    known = OF_CLASSES[name]
    columns = [np.isin(labels, classes) for classes in known.values()]
    return np.stack(columns, axis=1).astype("int8"), tuple(known)
