"""Matrices of places `(right, down, 1)` and of colours `(red, green, blue, 1)`.

A number may be one for each image, `(batch,)`, and then a matrix is too.
"""

import functools
import math

import numpy as np
from keras import ops

GREY = np.full((3, 3), 1 / 3)  # what a colour has of the grey axis


def product(matrices):
    """The product of matrices `(..., n, n)`, from the left to the right."""
    return functools.reduce(ops.matmul, matrices)


def scale(*factors):
    """Each coordinate times a factor."""
    size = len(factors) + 1
    rows = [[0.0] * size for _ in range(size)]
    for i, factor in enumerate([*factors, 1.0]):
        rows[i][i] = factor
    return _matrix(rows)


def shift(right, down):
    """Places moved."""
    return _matrix([[1.0, 0.0, right], [0.0, 1.0, down], [0.0, 0.0, 1.0]])


def turn(angle):
    """Places turned about the centre, from the right to below for a positive angle."""
    cos, sin = ops.cos(angle), ops.sin(angle)
    return _matrix([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])


def brighten(added):
    """The same added to red, green and blue."""
    rows = [[float(i == j) for j in range(3)] + [added] for i in range(3)]
    return _matrix([*rows, [0.0, 0.0, 0.0, 1.0]])


def along_grey(factor, other):
    """Colours' part along the grey axis times a factor, and the rest times another."""
    return _on_colors(
        [
            [factor * GREY[i, j] + other * ((i == j) - GREY[i, j]) for j in range(3)]
            for i in range(3)
        ]
    )


def turn_hue(angle):
    """Colours turned about the grey axis."""
    cos, sin = ops.cos(angle), ops.sin(angle) / math.sqrt(3)
    # Rodrigues' formula, with the cross product by (1, 1, 1).
    cross = [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]
    return _on_colors(
        [
            [
                GREY[i, j] * (1 - cos) + (i == j) * cos + cross[i][j] * sin
                for j in range(3)
            ]
            for i in range(3)
        ]
    )


def _on_colors(rows):
    return _matrix([*([*row, 0.0] for row in rows), [0.0, 0.0, 0.0, 1.0]])


def _matrix(rows):
    """A matrix of rows of numbers, `(batch, n, n)` if there is one for each image."""
    flat = [ops.convert_to_tensor(value, "float32") for row in rows for value in row]
    shapes = [value for value in flat if len(value.shape)]
    flat = [value + ops.zeros_like(shapes[0]) for value in flat] if shapes else flat
    stacked = ops.stack(flat, axis=-1)
    return ops.reshape(stacked, (*ops.shape(stacked)[:-1], len(rows), len(rows[0])))
