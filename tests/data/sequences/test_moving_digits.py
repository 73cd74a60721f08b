"""Moving digits: where they are in each frame, and what is refused."""

import numpy as np
import pytest

import ganzoo
from ganzoo.data.sequences import moving_digits


def digits(count=4, height=3, width=2, channels=1):
    """Images of one brightness each, different ones."""
    values = 50 + 10 * np.arange(count, dtype="uint8")
    shape = count, height, width, channels
    return np.broadcast_to(values[:, None, None, None], shape)


def places(sequence, brightness):
    """Where the image of this brightness begins in each frame, `(frames, 2)`."""
    return np.array([np.argwhere(f[..., 0] == brightness)[0] for f in sequence])


def test_there_is_a_sequence_for_each_image_with_another_beside():
    found = ganzoo.data.moving_digits(digits(), frames=5, size=40)
    assert found.shape == (4, 5, 40, 40, 1) and found.dtype == np.uint8
    partners = []
    for i, sequence in enumerate(np.asarray(found)):
        seen = set(np.unique(sequence)) - {0, 50 + 10 * i}
        assert len(seen) <= 1
        partners += seen or [50 + 10 * i]
        for frame in sequence:
            # Each is whole, but for what the brighter one hides.
            assert 3 * 2 <= (frame > 0).sum() <= 2 * 3 * 2
    # Every image is the second one of a sequence, too.
    assert sorted(partners) == [50, 60, 70, 80]


def test_draws_are_those_of_the_seed_whatever_is_read():
    x = digits()
    found = np.asarray(ganzoo.data.moving_digits(x, 3, 16, seed=1))
    again = ganzoo.data.moving_digits(x, 3, 16, seed=1)
    np.testing.assert_array_equal(again[[2, 0]], found[[2, 0]])
    np.testing.assert_array_equal(again[1:, -1], found[1:, -1])
    # A longer sequence goes on from a shorter one.
    longer = np.asarray(ganzoo.data.moving_digits(x, 7, 16, seed=1))
    np.testing.assert_array_equal(longer[:, :3], found)
    assert (np.asarray(ganzoo.data.moving_digits(x, 3, 16, seed=2)) != found).any()


def test_images_move_evenly_and_bounce():
    frames, size = 400, 64
    x = np.full((1, 2, 4, 1), 200, "uint8")
    # One image beside itself, and another that hides nothing of it.
    x = np.concatenate([x, np.full_like(x, 1)])
    sequence = ganzoo.data.moving_digits(x, frames, size, seed=3)[0]
    path = places(sequence, 200)
    # From wall to wall.
    assert (0 <= path.min(axis=0)).all() and (path.min(axis=0) <= 2).all()
    room = np.array([size - 2, size - 4])
    assert (path.max(axis=0) <= room).all() and (path.max(axis=0) >= room - 2).all()
    steps = np.diff(path, axis=0)
    # As fast in either direction, to rounding; slower only where it bounces.
    across = np.abs(steps[:, 1])
    speed = np.median(across)
    assert (across <= speed + 1).all() and (across < speed - 1).mean() < 0.1
    assert {*np.sign(steps[:, 1])} >= {-1, 1}


@pytest.mark.parametrize("size", [320, 640])
def test_the_speed_is_that_of_the_canvas(size):
    """3.6 pixels a frame at 64, in whatever direction, but where it bounces."""
    found = ganzoo.data.moving_digits(digits(2, 1, 1), 20, size, seed=0)
    for sequence, brightness in ((found[0], 50), (found[1], 60)):
        steps = np.diff(places(sequence, brightness), axis=0)
        lengths = np.hypot(*steps.T.astype(float))
        assert np.median(lengths) == pytest.approx(3.6 * size / 64, abs=0.7)


def test_a_motion_between_walls_is_a_reflected_one():
    found = moving_digits.reflected(
        np.array([[-1.0, 0.5], [3.5, 3.5], [8.0, 6.5]]), np.array([4, 3])
    )
    np.testing.assert_allclose(found, [[1, 0.5], [3.5, 2.5], [0, 0.5]])
    # Where an image fills the canvas, it has nowhere to go.
    np.testing.assert_array_equal(
        moving_digits.reflected(np.array([[-7.3, 2.0]]), np.array([0, 5])), [[0, 2]]
    )
    full = ganzoo.data.moving_digits(digits(2, 8, 8), 3, 8)
    assert np.asarray(full).min() >= 50


def test_overlaps_are_as_bright_as_the_brighter_one():
    left = np.zeros((1, 6, 6, 3), "uint8")
    left[..., :3, 0], right = 90, left[..., ::-1, ::-1] // 2
    found = np.asarray(
        ganzoo.data.moving_digits(np.concatenate([left, right]), 2, 6, seed=0)
    )
    np.testing.assert_array_equal(found[0, 0], np.maximum(left, right)[0])
    assert found.shape == (2, 2, 6, 6, 3)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"size": 2}, r"must fit into 2 x 2 pixels.*size=2, images of shape \(4, 3"),
        ({"size": 8.0}, "`size` must be an int of at least 1"),
        ({"frames": 0}, "`frames` must be an int of at least 1"),
        ({"images": digits()[0]}, "must be a uint8 array"),
        ({"images": digits().astype("float32")}, "type float32"),
        ({"images": digits()[:0]}, "of one or more"),
    ],
)
def test_what_cannot_move_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        ganzoo.data.moving_digits(
            **{"images": digits(), "frames": 3, "size": 8} | options
        )
