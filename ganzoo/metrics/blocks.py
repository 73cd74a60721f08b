"""Sets of features too large for the memory, a block of rows at a time."""

import numpy as np

BLOCK = 2048


def spans(count, block=BLOCK):
    """Slices of `block` rows, the last one shorter, that cover `count` rows."""
    return [slice(start, min(start + block, count)) for start in range(0, count, block)]


def squared_distances(a, b):
    """Return `‖aᵢ − bⱼ‖²` for every pair of rows, as `‖aᵢ‖² + ‖bⱼ‖² − 2 aᵢ·bⱼ`.

    The sum cancels for near vectors. What its rounding could have made of 0 is
    returned as 0, so that equal vectors have no distance: at the dimension 2048 these
    are vectors closer than a millionth of their length.

    Args:
        a: real array of shape `(rows, dimension)`. It is copied to float64.
        b: real array of shape `(columns, dimension)`. Likewise.

    Returns:
        float64 array of shape `(rows, columns)`, at least 0.
    """
    a, b = np.asarray(a, "float64"), np.asarray(b, "float64")
    lengths = np.add.outer(np.einsum("nd,nd->n", a, a), np.einsum("nd,nd->n", b, b))
    squares = a @ b.T
    squares *= -2
    squares += lengths
    # The bound on the rounding of three sums of `dimension` products.
    lengths *= (a.shape[1] + 2) * np.finfo("float64").eps
    squares[squares <= lengths] = 0.0
    return squares
