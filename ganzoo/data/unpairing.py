"""Pairs of images as two domains without pairs."""

import hashlib

import numpy as np

from ganzoo.data.images import Unpaired


def unpaired(pairs):
    """Make two domains of pairs, to learn a translation without them.

    Either the source of a pair is in the first domain, or its target is in the second.
    A hash of the source decides, so that pairs of the same source are all in one: like
    emoji in several skin tones, whose line art is the same.

    Args:
        pairs: `Pairs`. Of a split "test", from which nothing is learnt, both domains
            have all images, in the order of the pairs.

    Returns:
        `Unpaired`, about half of the images in each domain, in memory.

    Raises:
        ValueError: If no image is left for a domain.
    """
    if pairs.split == "test":
        return Unpaired(pairs.source, pairs.target, pairs.name, pairs.split)
    is_target = np.array([_hash(source) % 2 for source in pairs.source], bool)
    if is_target.all() or not is_target.any():
        raise ValueError(
            "There must be pairs of two different sources or more: each has images in "
            f"one domain only. Received: {len(pairs)} pairs of {pairs.name!r}, with "
            "images left in one domain."
        )
    first, second = pairs.source[~is_target], pairs.target[is_target]
    return Unpaired(first, second, pairs.name, pairs.split)


def _hash(image):
    return hashlib.sha256(np.ascontiguousarray(image)).digest()[0]
