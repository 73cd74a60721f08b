"""EQ-T: whether images of a generator move as they are told to.

Reference:
    [Karras et al., 2021](https://arxiv.org/abs/2106.12423), Section 2 and Appendix E.1
"""

import math

import numpy as np

RANGE = 2.0  # of pixels in [-1, 1]


def eq_t(moved):
    """`10 log₁₀(I² / E[(g(t(z)) − t(g(z)))²])` in dB, with `I = 2`, Equation 3.

    The mean is over the pixels that are in an image before and after it is moved.

    Args:
        moved: iterable. Images `(count, height, width, channels)` in [-1, 1], the same
            as the generator moves them, and by how many pixels it was told to: a pair
            of ints, to the right and down.

    Returns:
        float; infinite if they are equal.
    """
    squares, count = 0.0, 0
    for images, others, (right, down) in moved:
        rows, rows_moved = _overlap(images.shape[1], int(down))
        columns, columns_moved = _overlap(images.shape[2], int(right))
        error = others[:, rows_moved, columns_moved] - images[:, rows, columns]
        squares += float(np.sum(np.square(error, dtype="float64")))
        count += error.size
    mean = squares / count
    return 10 * math.log10(RANGE**2 / mean) if mean else math.inf


def _overlap(size, shift):
    """Pixels of an axis that stay inside, where they were and where they are then."""
    if shift < 0:
        return _overlap(size, -shift)[::-1]
    return slice(0, size - shift), slice(shift, size)
