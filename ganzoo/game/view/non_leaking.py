"""Augmentation that does not leak: each change is made with a probability.

A change that is left out often enough can be told from what it is made of, so that
samples need not look augmented (Section 2.2).

Reference:
    [Karras et al., 2020](https://arxiv.org/abs/2006.06676), the changes "blit",
    "geometric" and "color" as in the authors' code
"""

import math

import keras
import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.game.view import matrices
from ganzoo.layers.style.resampling import upfirdn2d

CHANGES = ("blit", "geometric", "color")
# Draws for an image, whatever is changed: of U[0, 1) and of N(0, 1).
UNIFORM, NORMAL = 21, 7
SHIFT = 1 / 8  # of a side, at most, by whole pixels
# The filter of Daubechies' least asymmetric wavelet of 6 vanishing moments, of sum 1.
SYM6 = np.array(
    [
        *(0.015404109327027373, 0.0034907120842174702, -0.11799011114819057),
        *(-0.048311742585633, 0.4910559419267466, 0.787641141030194),
        *(0.3379294217276218, -0.07263752278646252, -0.021060292512300564),
        *(0.04472490177066578, 0.0017677118642428036, -0.007800708325034148),
    ]
) / math.sqrt(2)
REST = len(SYM6) // 4  # pixels beyond each side that the filter reaches


def augment(x, names, p, seed):
    """T(x) of Appendix B: each change of each image at random, by draws of its own.

    Args:
        x: float tensor `(batch, height, width, channels)` in [-1, 1], of 1 or 3
            channels.
        names: sequence of str. "blit" for flips, quarter turns and shifts by whole
            pixels; "geometric" for scales, turns and shifts by any number; "color".
        p: scalar tensor. With what probability each change is made.
        seed: `keras.random.SeedGenerator`.

    Returns:
        Tensor of the same shape; colours may leave [-1, 1].
    """
    draw = _Draws(x, p, seed)
    places = _blits(draw, x.shape[1:3]) if "blit" in names else []
    if "geometric" in names:
        places += _geometry(draw, x.shape[1:3])
    if places:
        change = resample if "geometric" in names else move
        x = change(x, matrices.product(places))
    if "color" in names:
        # The first is the rightmost, as colours are columns.
        x = recolor(x, matrices.product(_colors(draw, x.shape[-1])[::-1]))
    return x


class _Draws:
    """What is drawn for each image, `(batch,)` by `(batch,)`."""

    def __init__(self, x, p, seed):
        def uniform(n):
            return keras.random.uniform((n, UNIFORM), dtype=x.dtype, seed=seed)

        def normal(n):
            return keras.random.normal((n, NORMAL), dtype=x.dtype, seed=seed)

        self.p = ops.cast(p, x.dtype)
        self._uniform = iter(ops.unstack(backend.per_example(uniform, x), UNIFORM, 1))
        self._normal = iter(ops.unstack(backend.per_example(normal, x), NORMAL, 1))

    def uniform(self):
        return next(self._uniform)

    def normal(self, deviation):
        return deviation * next(self._normal)

    def whole(self, count):
        """One of 0, 1... `count` - 1."""
        return ops.floor(self.uniform() * count)

    def angle(self):
        """From -π to π."""
        return (self.uniform() * 2 - 1) * math.pi

    def maybe(self, value, otherwise=0.0, p=None):
        """What is drawn, with the probability, and else what changes nothing."""
        p = self.p if p is None else p
        return ops.where(self.uniform() < p, value, otherwise)


# === From a pixel of the result to its place in the image ===


def _blits(draw, shape):
    height, width = shape
    flip = draw.maybe(draw.whole(2))
    turns = draw.maybe(draw.whole(4))
    makes = draw.uniform() < draw.p
    right, down = (
        ops.where(makes, ops.round((draw.uniform() * 2 - 1) * SHIFT * side), 0.0)
        for side in (width, height)
    )
    return [
        matrices.scale(1 - 2 * flip, 1.0),
        matrices.turn(turns * (math.pi / 2)),
        matrices.shift(-right, -down),
    ]


def _geometry(draw, shape):
    height, width = shape
    # Two turns, so that one is made with the probability p.
    p_turn = 1 - ops.sqrt(ops.clip(1 - draw.p, 0.0, 1.0))
    larger = draw.maybe(2 ** draw.normal(0.2), 1.0)
    before = draw.maybe(draw.angle(), p=p_turn)
    wider = draw.maybe(2 ** draw.normal(0.2), 1.0)
    after = draw.maybe(draw.angle(), p=p_turn)
    makes = draw.uniform() < draw.p
    right, down = (
        ops.where(makes, draw.normal(0.125) * side, 0.0) for side in (width, height)
    )
    return [
        matrices.scale(1 / larger, 1 / larger),
        matrices.turn(before),
        matrices.scale(1 / wider, wider),
        matrices.turn(after),
        matrices.shift(-right, -down),
    ]


def move(x, places):
    """Pixels taken from elsewhere in their image, which is reflected at its sides.

    Args:
        x: tensor `(batch, height, width, channels)`.
        places: tensor `(batch, 3, 3)`. From a place in the result to that in `x`, as
            `(right, down, 1)` from the centre; to whole pixels.
    """
    rows, columns = _places(places, x.shape[1:3], x.shape[1:3])
    rows, columns = ops.round(rows), ops.round(columns)
    return _take(x, _reflect(rows, x.shape[1]), _reflect(columns, x.shape[2]))


def resample(x, places):
    """Images moved by any matrices, at twice the size, filtered before and after.

    Args:
        x: tensor `(batch, height, width, channels)`.
        places: tensor `(batch, 3, 3)`, as in `move`.
    """
    _, height, width, _ = x.shape
    margins = ((0, 0), (height - 1, height - 1), (width - 1, width - 1), (0, 0))
    padded = ops.pad(x, margins, mode="reflect")
    length = len(SYM6)
    enlarged = upfirdn2d(
        padded, 2 * SYM6, up=2, pads=((length + 1) // 2, (length - 2) // 2)
    )
    size = 2 * (height + 2 * REST), 2 * (width + 2 * REST)
    # A pixel has its two halves a quarter of a pixel away.
    double = [matrices.shift(-0.5, -0.5), matrices.scale(2.0, 2.0)]
    half = [matrices.scale(0.5, 0.5), matrices.shift(0.5, 0.5)]
    places = matrices.product([*double, places, *half])
    moved = _interpolate(enlarged, *_places(places, size, enlarged.shape[1:3]))
    cut = 2 * REST
    # The same filter, as a correlation.
    pads = (length - 1) // 2 - cut, (length - 2) // 2 - cut
    return upfirdn2d(moved, SYM6[::-1], down=2, pads=pads)


def _places(places, shape, of_shape):
    """Rows and columns in images of `of_shape` of the pixels of a result of `shape`."""
    (height, width), (of_height, of_width) = shape, of_shape
    right, down = np.meshgrid(
        np.arange(width) - (width - 1) / 2, np.arange(height) - (height - 1) / 2
    )
    grid = np.stack([right, down, np.ones_like(right)]).reshape(3, -1)
    grid = ops.cast(ops.convert_to_tensor(grid), places.dtype)
    found = ops.reshape(ops.matmul(places, grid), (-1, 3, height, width))
    return found[:, 1] + (of_height - 1) / 2, found[:, 0] + (of_width - 1) / 2


def _reflect(places, side):
    """Places in an image that is reflected at its sides, again and again."""
    period = max(2 * (side - 1), 1)
    return (side - 1) - ops.abs(places % period - (side - 1))


def _interpolate(x, rows, columns):
    """Bilinear interpolation, of 0 beyond the sides."""
    _, height, width, _ = x.shape
    top, left = ops.floor(rows), ops.floor(columns)
    total = 0.0
    for i in (0, 1):
        for j in (0, 1):
            row, column = top + i, left + j
            inside = ops.logical_and(
                ops.logical_and(row >= 0, row < height),
                ops.logical_and(column >= 0, column < width),
            )
            share = (1 - ops.abs(rows - row)) * (1 - ops.abs(columns - column))
            share = ops.where(inside, share, 0.0)
            row, column = ops.clip(row, 0, height - 1), ops.clip(column, 0, width - 1)
            total = total + share[..., None] * _take(x, row, column)
    return total


def _take(x, rows, columns):
    """The pixels at whole places, `(batch, height, width, channels)`."""
    batch, height, width, channels = ops.shape(x)
    rows, columns = ops.cast(rows, "int32"), ops.cast(columns, "int32")
    first = ops.reshape(ops.arange(batch), (-1, 1, 1)) * height
    pixels = (first + rows) * width + columns
    return ops.take(ops.reshape(x, (-1, channels)), pixels, axis=0)


# === Colours ===


def _colors(draw, channels):
    """Changes of `(red, green, blue, 1)`, in the order they are made."""
    brighter = draw.maybe(draw.normal(0.2))
    contrast = draw.maybe(2 ** draw.normal(0.5), 1.0)
    flip = draw.maybe(draw.whole(2))
    changes = [
        matrices.brighten(brighter),
        matrices.scale(contrast, contrast, contrast),
        matrices.along_grey(1 - 2 * flip, 1.0),
    ]
    if channels > 1:
        changes.append(matrices.turn_hue(draw.maybe(draw.angle())))
        changes.append(matrices.along_grey(1.0, draw.maybe(2 ** draw.normal(1.0), 1.0)))
    return changes


def recolor(x, colors):
    """Pixels with their colours changed by a matrix.

    Args:
        x: tensor `(batch, height, width, channels)`. One channel is grey, whose result
            is the mean of the three.
        colors: tensor `(batch, 4, 4)`, of `(red, green, blue, 1)`.
    """
    _, height, width, channels = x.shape
    matrix, offset = colors[:, :3, :3], colors[:, :3, 3]
    if channels == 1:
        matrix = ops.mean(ops.sum(matrix, axis=2), axis=1)[:, None, None]
        offset = ops.mean(offset, axis=1)[:, None]
    flat = ops.reshape(x, (-1, height * width, channels))
    flat = ops.matmul(flat, ops.transpose(matrix, (0, 2, 1))) + offset[:, None]
    return ops.reshape(flat, (-1, height, width, channels))
