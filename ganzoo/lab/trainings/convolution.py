"""A convolution as a matrix, its transpose, and where checkerboards come from.

Reference:
    [Odena et al., 2016](https://distill.pub/2016/deconv-checkerboard)
"""

import numpy as np

# The numbers of the lecture.
INPUT = np.array([[4, 5, 8, 7], [1, 8, 8, 8], [3, 6, 6, 4], [6, 5, 7, 8]])
KERNEL = np.array([[1, 4, 1], [1, 4, 3], [3, 3, 1]])
LAYERS = {"kernel 3, stride 2": 3, "kernel 4, stride 2": 4}
SIZE = 7


def matrix(kernel, size):
    """The matrix of a convolution without padding.

    Args:
        kernel: array `(k, k)`.
        size: int. Height and width of its input.

    Returns:
        Array `(outputs, size²)`: a row for each output, row by row of the image.
    """
    k = len(kernel)
    places = range(size - k + 1)
    rows = []
    for i in places:
        for j in places:
            row = np.zeros((size, size), kernel.dtype)
            row[i : i + k, j : j + k] = kernel
            rows.append(row.ravel())
    return np.array(rows)


def transposed(x, kernel, stride):
    """A transposed convolution: each input stamps the kernel, and stamps add up."""
    k, size = len(kernel), len(x)
    out = np.zeros(((size - 1) * stride + k,) * 2, kernel.dtype)
    for i in range(size):
        for j in range(size):
            place = np.s_[i * stride : i * stride + k, j * stride : j * stride + k]
            out[place] += x[i, j] * kernel
    return out


def stamps(kernel_size, stride=2):
    """How often each output is stamped, after each row of the input, `(rows, n, n)`."""
    ones = np.ones((kernel_size, kernel_size), int)
    x = np.ones((SIZE, SIZE), int)
    shown = np.arange(SIZE)[:, None] < np.arange(SIZE + 1)[:, None, None]
    return np.array([transposed(x * rows, ones, stride) for rows in shown])


def record(budget, say):
    """The numbers of the panel; they take no time, at any budget."""
    say("a convolution of the lecture's numbers")
    weights = matrix(KERNEL, len(INPUT))
    output = weights @ INPUT.ravel()
    return {
        "input": INPUT,
        "kernel": KERNEL,
        "matrix": weights,
        "output": output,
        "back": weights.T @ output,
        "stamps": {name: stamps(k) for name, k in LAYERS.items()},
    }
