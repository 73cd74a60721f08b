"""Rows that are read when they are asked for, and no others."""

import numpy as np
import pytest
import toys

from ganzoo.data import lazy_arrays
from ganzoo.inputs import epochs
from ganzoo.system import resources

ARRAY = np.random.default_rng(0).integers(0, 256, (20, 3, 2, 1)).astype("uint8")


@pytest.fixture
def read():
    """Numbers of the rows that were read, and the rows that they are of."""
    numbers = []

    def look(wanted):
        numbers.extend(wanted.tolist())
        return list(ARRAY[wanted])

    return numbers, lazy_arrays.LazyArray(look, ARRAY.shape, "uint8")


@pytest.mark.parametrize(
    "key",
    [
        3,
        -1,
        [4, 0, 4],
        np.array([[1, 2], [3, -4]]),
        np.arange(20) % 3 == 0,
        slice(2, 15, 3),
        slice(None, None, -1),
        slice(30, None),
        np.array([], int),
        (slice(None), -1),
        (slice(2, 9), slice(None, -1)),
        ([3, 1], slice(1, None), 0),
        (2, 1),
    ],
)
def test_they_are_those_of_an_array(key, read):
    numbers, found = read
    np.testing.assert_array_equal(np.asarray(found[key]), ARRAY[key])
    assert found[key].shape == ARRAY[key].shape and found[key].dtype == "uint8"
    with pytest.raises(IndexError):
        found[20]


def test_a_slice_of_a_slice_reads_only_what_is_asked_of_it(read):
    numbers, found = read
    share = found[:18][1::2]
    assert len(share) == 9 and not numbers
    np.testing.assert_array_equal(share[[8, 2]], ARRAY[[17, 5]])
    assert numbers == [17, 5]


def test_each_batch_reads_its_rows_once(read):
    numbers, found = read
    half = epochs.Epochs([found[:10]], 4)
    half.shuffle([0])
    whole = np.concatenate([half[i] for i in range(len(half))])
    assert sorted(numbers) == list(range(10))
    np.testing.assert_array_equal(whole, ARRAY[numbers])


def test_repeated_labels_are_in_memory_and_repeated_images_are_not():
    labels, images = np.arange(3), np.zeros((3, 2, 2, 1), "uint8")
    assert lazy_arrays.repeated(labels, 2).tolist() == [0, 1, 2, 0, 1, 2]
    assert isinstance(lazy_arrays.repeated(images, 2), lazy_arrays.LazyArray)


def test_too_many_for_memory_are_refused_as_a_whole(read, monkeypatch):
    numbers, found = read
    usage = type("usage", (), {"available": 100})
    monkeypatch.setattr(resources.psutil, "virtual_memory", lambda: usage)
    with pytest.raises(ValueError, match=r"a part of them .* Received: rows of shape"):
        np.asarray(found)
    assert not numbers


def test_fit_takes_them_for_arrays():
    (x,) = toys.data("GAN", 12)
    fits = []
    for data in x, lazy_arrays.LazyArray(lambda numbers: x[numbers], x.shape, "uint8"):
        gan = toys.build("GAN")
        gan.compile(run_eagerly=True)
        told = gan.fit(data, batch_size=8, validation_split=0.25, verbose=0)
        held_out = np.array(told.history["val_generator_loss"])
        fits.append([*toys.copy_of(gan.weights), held_out])
    assert toys.same(*fits)
