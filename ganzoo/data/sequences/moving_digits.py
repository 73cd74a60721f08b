"""Sequences of images that move, two of them on each: moving digits, if they are such.

In the manner of the moving digits of
[Srivastava et al., 2015](https://arxiv.org/abs/1502.04681).
"""

import numpy as np

from ganzoo.data.lazy_arrays import LazyArray

MOVING = 2  # images on each
SPEED = 3.6 / 64  # of the side of a sequence's images, in each step


def moving_digits(images, frames, size, seed=0):
    """Make sequences of two images each that move over black, and bounce at the walls.

    There is a sequence for each image, with another one that is drawn. Each begins
    somewhere and moves in some direction, both drawn, at 3.6 pixels a step where `size`
    is 64. Where images overlap, the brighter pixel is seen. Let images to train on and
    images to test with make sequences of their own.

    Args:
        images: uint8 array `(count, height, width, channels)`, such as digits, bright
            on black.
        frames: int. Images in a sequence.
        size: int. Height and width of the images of a sequence.
        seed: int. Of all draws.

    Returns:
        uint8 array `(count, frames, size, size, channels)`, whose sequences are drawn
        when they are asked for, as by `sequences[:100]`; `np.asarray` draws all of
        them.

    Raises:
        ValueError: If the images are no such array or larger than `size`, or one of the
            numbers is none.
    """
    shape, dtype = np.shape(images), getattr(images, "dtype", None)
    if dtype != "uint8" or len(shape) != 4 or not len(images):
        raise ValueError(
            "`images` must be a uint8 array `(count, height, width, channels)` of one "
            f"or more. Received: images of shape {shape} and type {dtype}."
        )
    for name, number in {"frames": frames, "size": size}.items():
        if not isinstance(number, (int, np.integer)) or number < 1:
            raise ValueError(
                f"`{name}` must be an int of at least 1. Received: {name}={number!r}."
            )
    count, height, width, channels = shape
    if max(height, width) > size:
        raise ValueError(
            f"The images must fit into {size} x {size} pixels, in which they move. "
            "Make `size` larger, or them smaller, by `ganzoo.data.downscaled`. "
            f"Received: size={size}, images of shape {shape}."
        )
    draws = np.random.RandomState(seed)
    others = draws.permutation(count)
    room = np.array([size - height, size - width])
    starts = draws.uniform(size=(count, MOVING, 2)) * room
    angles = draws.uniform(0, 2 * np.pi, (count, MOVING, 1))
    steps = SPEED * size * np.concatenate([np.sin(angles), np.cos(angles)], axis=-1)

    def draw(numbers):
        times = np.arange(frames)[:, None, None]
        places = reflected(starts[numbers, None] + times * steps[numbers, None], room)
        places = np.round(places).astype("int64")
        black = np.zeros((len(numbers), frames, size, size, channels), "uint8")
        for sequence, number, paths in zip(black, numbers, places):
            for moving, path in zip((number, others[number]), paths.swapaxes(0, 1)):
                _move(sequence, np.asarray(images[moving]), path)
        return black

    return LazyArray(draw, (count, frames, size, size, channels), "uint8")


def reflected(places, room):
    """Places between walls at 0 and at `room`, where what goes beyond comes back.

    Args:
        places: float array `(..., 2)`, of a motion without walls.
        room: int array `(2,)`.
    """
    # Where there is no room at all, nothing moves.
    return room - np.abs(places % np.maximum(2 * room, 1) - room) * (room > 0)


def _move(sequence, image, path):
    """Draw an image into each of a sequence, with its top left corner on a path."""
    height, width, _ = image.shape
    for canvas, (y, x) in zip(sequence, path):
        place = canvas[y : y + height, x : x + width]
        np.maximum(place, image, out=place)
