"""Differentiable augmentation, of all that the discriminator sees.

Reference:
    [Zhao et al., 2020](https://arxiv.org/abs/2006.10738)
"""

import keras
from keras import ops

from ganzoo import backend

SHIFT = 1 / 8  # of the side, at most
HOLE = 1 / 2  # of the side


def augment(x, names, seed):
    """T(x) of Section 3.3: each image changed at random, by draws of its own.

    Each change is linear in the images but for the brightness, which is added, so
    gradients reach the generator through them.

    Args:
        x: float tensor `(batch, height, width, channels)` in [-1, 1].
        names: sequence of str. "color", "translation" and "cutout", in this order.
        seed: `keras.random.SeedGenerator`.

    Returns:
        Tensor of the same shape; colours may leave [-1, 1].
    """
    for name in names:
        for change in CHANGES[name]:
            x = change(x, seed)
    return x


def brightness(x, seed):
    """`x + b` with b ~ U[-0.5, 0.5]."""
    return x + _uniform(x, seed) - 0.5


def saturation(x, seed):
    """Colours drawn to their mean by s ~ U[0, 2]: grey at 0, twice as vivid at 2."""
    grey = ops.mean(x, axis=-1, keepdims=True)
    return grey + (x - grey) * 2 * _uniform(x, seed)


def contrast(x, seed):
    """All values drawn to the image's mean by c ~ U[0.5, 1.5]."""
    mean = ops.mean(x, axis=(1, 2, 3), keepdims=True)
    return mean + (x - mean) * (0.5 + _uniform(x, seed))


def translation(x, seed):
    """Shifted down and right by up to an eighth of the sides, in front of zeros."""
    batch, height, width, _ = ops.shape(x)
    down, right = int(height * SHIFT + 0.5), int(width * SHIFT + 0.5)
    padded = ops.pad(x, [[0, 0], [down, down], [right, right], [0, 0]])
    # An image shifted down begins higher in its padding.
    rows = ops.arange(height) + _integers(x, 2 * down + 1, seed)
    columns = ops.arange(width) + _integers(x, 2 * right + 1, seed)
    pictures = ops.reshape(ops.arange(batch), (-1, 1, 1)) * padded.shape[1]
    pixels = (pictures + rows[:, :, None]) * padded.shape[2] + columns[:, None, :]
    flat = ops.reshape(padded, (-1, x.shape[3]))
    return ops.reshape(ops.take(flat, pixels, axis=0), ops.shape(x))


def cutout(x, seed):
    """Zero in a square of half the sides, whose centre may be anywhere."""
    rows = _in_hole(x.shape[1], x, seed)
    columns = _in_hole(x.shape[2], x, seed)
    hole = ops.logical_and(rows[:, :, None], columns[:, None, :])
    return x * ops.cast(ops.logical_not(hole), x.dtype)[..., None]


CHANGES = {
    "color": (brightness, saturation, contrast),
    "translation": (translation,),
    "cutout": (cutout,),
}


def _uniform(x, seed):
    """One draw from U[0, 1] for each image."""
    return backend.per_example(
        lambda n: keras.random.uniform((n, 1, 1, 1), dtype=x.dtype, seed=seed), x
    )


def _integers(x, count, seed):
    """One of 0, 1... `count` - 1 for each image, `(batch, 1)`."""
    return backend.per_example(
        lambda n: keras.random.randint((n, 1), 0, count, seed=seed), x
    )


def _in_hole(side, x, seed):
    """Which lines of a side are in the hole, `(batch, side)`."""
    hole = int(side * HOLE + 0.5)
    # An even hole has its centre between two lines, one more of which there are.
    first = _integers(x, side + (1 - hole % 2), seed) - hole // 2
    lines = ops.arange(side)
    return ops.logical_and(lines >= first, lines < first + hole)
