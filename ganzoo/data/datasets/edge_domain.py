"""Images and their edges as two domains without pairs.

Reference:
    [Liu & Tuzel, 2016](https://arxiv.org/abs/1606.07536), with the edges of its
    authors' code: a dilation of 3 × 3 pixels less the image
"""

import numpy as np
import scipy

from ganzoo.data.images import Unpaired

SIZE = 3  # pixels of a side that a dilation looks at
CHUNK = 1_024  # images that are dilated together


def dilated_edges(images):
    """What a dilation by a square of 3 × 3 pixels adds to images.

    Args:
        images: uint8 array `(count, height, width, channels)`.

    Returns:
        uint8 array of the same shape, bright where an image has an edge.
    """
    edges = np.empty(images.shape, "uint8")
    for start in range(0, len(images), CHUNK):
        chunk = np.asarray(images[start : start + CHUNK])
        dilated = scipy.ndimage.grey_dilation(chunk, (1, SIZE, SIZE, 1))
        edges[start : start + len(chunk)] = dilated - chunk
    return edges


def images_and_edges(pictures):
    """Images, and edges of others: no image is in both domains.

    Args:
        pictures: `Pictures`. Of a split "test", from which nothing is learnt, both
            domains have all images; else each has a half.

    Returns:
        `Unpaired`.
    """
    images, half = pictures.images, len(pictures) // 2
    is_test = pictures.split == "test"
    first, others = (images, images) if is_test else (images[:half], images[half:])
    return Unpaired(first, dilated_edges(others), pictures.name, pictures.split)
