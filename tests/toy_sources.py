"""Images for sources: in arrays, in files, and read from a source."""

import numpy as np
from PIL import Image

from ganzoo.scoring import sources


def pictures(count=7, shape=(6, 5, 3), seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, *shape)).astype("uint8")


def write(folder, images, ending=".png"):
    folder.mkdir(exist_ok=True)
    for i, image in enumerate(images):
        Image.fromarray(image.squeeze()).save(folder / f"{i:05}{ending}")
    return folder


def read(source, size=sources.BATCH):
    return np.concatenate(list(sources.in_batches(source, size)))
