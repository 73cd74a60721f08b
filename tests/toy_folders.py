"""Folders of images of noise, as they lie on disk."""

import numpy as np
from PIL import Image


def save(path, seed=0, size=(12, 8), mode="RGB"):
    """An image of noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    channels = () if mode == "L" else (3,)
    noise = np.random.default_rng(seed).integers(0, 256, (*size[::-1], *channels))
    Image.fromarray(noise.astype("uint8")).save(path)
    return path


def fill(root, count=20, **options):
    for i in range(count):
        save(root / f"{i:03d}.png", i, **options)
    return root


def order_of(count, held_out):
    """The order drawn once of so many items, those at these places held out."""
    order = np.random.RandomState(0).permutation(count)
    return np.concatenate([np.delete(order, held_out), order[held_out]])


def fill_classes(root, **counts):
    """Images of noise, so many of each class."""
    for seed, (name, count) in enumerate(counts.items(), 1):
        for i in range(count):
            save(root / name / f"{i:03d}.png", 1000 * seed + i)
    return root


def counts_of(split):
    """How many images of a split are of each class, by its name."""
    counts = np.bincount(split.labels, minlength=len(split.class_names))
    return dict(zip(split.class_names, counts.tolist()))


def fill_pairs(root, count=20):
    """Grey sources and coloured targets twice their size, in two folders."""
    for i in range(count):
        save(root / "a" / f"{i:03d}.png", i, mode="L")
        save(root / "b" / f"{i:03d}.png", 100 + i, size=(24, 16))
    return root
