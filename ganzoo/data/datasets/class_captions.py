"""Captions made of what is known of images: how bright they are, and their class."""

import numpy as np

NAMES = ("fashion_mnist_10k", "fashion_mnist")
BRIGHT = 144  # mean of the pixels of a garment, from which on it is called bright


def of_clothes(images, labels, class_names):
    """Captions of Fashion-MNIST, like "dark t-shirt" or "bright ankle boot".

    Args:
        images: uint8 array `(count, height, width, 1)`, whose background is 0.
        labels: int array `(count,)`.
        class_names: tuple of strings.

    Returns:
        Array of strings `(count,)`.
    """
    axes = (1, 2, 3)
    pixels = np.maximum(np.count_nonzero(images, axis=axes), 1)
    is_bright = images.sum(axis=axes, dtype="int64") / pixels >= BRIGHT
    # "T-shirt/top" is one word of them.
    nouns = [name.lower().partition("/")[0] for name in class_names]
    captions = [
        f"{'bright' if bright else 'dark'} {nouns[label]}"
        for bright, label in zip(is_bright, labels)
    ]
    return np.array(captions)
