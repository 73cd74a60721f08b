"""Nearest neighbours against sorted loops, and what is counted by them."""

import math
import tracemalloc

import numpy as np
import pytest

from ganzoo.metrics.neighbours import duplicate_rate
from ganzoo.metrics.neighbours import memorisation_rate
from ganzoo.metrics.neighbours import nearest_neighbours
from ganzoo.metrics.neighbours import one_nearest_neighbour_accuracy


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def sorted_neighbours(samples, reference, k):
    """Distances of all pairs, sorted; the earlier vector first where they are equal."""
    found = [
        sorted((math.dist(x, y), i) for i, y in enumerate(reference.tolist()))[:k]
        for x in samples.tolist()
    ]
    indices = [[i for _, i in row] for row in found]
    return np.array(indices), np.array([[d for d, _ in row] for row in found])


# === Neighbours ===


@pytest.mark.parametrize("k", [1, 2, 30])
@pytest.mark.parametrize("block", [1, 7, 30, 1000])
def test_neighbours_equal_those_of_sorted_loops_for_any_block(k, block):
    samples, reference = random(20, 4), random(30, 4, seed=1).astype("float32")
    indices, distances = nearest_neighbours(samples, reference, k, block)
    expected_indices, expected_distances = sorted_neighbours(samples, reference, k)
    np.testing.assert_array_equal(indices, expected_indices)
    np.testing.assert_allclose(distances, expected_distances, rtol=1e-13)


def test_copy_is_at_no_distance_at_all():
    reference = (random(200, 300) + 50).astype("float32")
    indices, distances = nearest_neighbours(reference[::-1], reference)
    np.testing.assert_array_equal(indices[:, 0], np.arange(200)[::-1])
    np.testing.assert_array_equal(distances, 0.0)


def test_copy_is_found_among_vectors_that_rounding_cannot_tell_from_it():
    reference = np.repeat(random(1, 500), 5, axis=0) * 1000
    reference[:4] += 1e-8 * random(4, 500, seed=1)
    for block in (1, 5):
        indices, distances = nearest_neighbours(reference[4:], reference, block=block)
        assert (indices.item(), distances.item()) == (4, 0.0)


def test_earlier_of_two_copies_comes_first():
    reference = random(10, 3)[[4, 0, 1, 4, 2]]
    indices, _ = nearest_neighbours(random(10, 3)[[4]], reference, k=2)
    np.testing.assert_array_equal(indices, [[0, 3]])


def test_types_and_shapes_are_those_of_the_docstring():
    indices, distances = nearest_neighbours(np.eye(3, dtype="uint8"), np.eye(3), k=2)
    assert (indices.dtype, distances.dtype) == ("int64", "float64")
    assert indices.shape == distances.shape == (3, 2)


def test_reference_on_the_disk_is_read_a_block_at_a_time(tmp_path):
    reference = np.memmap(tmp_path / "x", "float32", "w+", shape=(5000, 256))
    reference[:] = random(5000, 256)
    tracemalloc.start()
    indices, _ = nearest_neighbours(reference[4000:4100], reference, block=100)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    np.testing.assert_array_equal(indices[:, 0], np.arange(4000, 4100))
    assert peak < 1_500_000  # Of the 5.1 MB that a copy in float32 takes.


def test_fewer_vectors_than_neighbours_are_refused():
    with pytest.raises(ValueError, match=r"no 4 neighbours.*len\(reference\)=3"):
        nearest_neighbours(random(9, 2), random(3, 2), k=4)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="Received: k=0"):
        nearest_neighbours(random(9, 2), random(9, 2), k=0)
    with pytest.raises(ValueError, match="Received: block=0"):
        nearest_neighbours(random(9, 2), random(9, 2), block=0)
    with pytest.raises(ValueError, match="reference of dimension 3"):
        nearest_neighbours(random(9, 2), random(9, 3))


# === Memorisation ===


def test_sample_is_memorised_below_a_third_of_the_second_distance():
    train = np.array([[0.0], [4.0]])
    # Between 0 and 4 the ratio is x / (4 - x): a third at 1, where it is not below.
    for x, rate in [(0.0, 1.0), (0.99, 1.0), (1.0, 0.0), (2.0, 0.0), (3.01, 1.0)]:
        assert memorisation_rate(np.array([[x]]), train) == rate


def test_rate_is_the_share_of_memorised_samples():
    train = random(100, 16)
    fresh = random(30, 16, seed=1)
    near = train[:10] + 1e-3 * random(10, 16, seed=2)
    assert memorisation_rate(fresh, train) == 0.0
    assert memorisation_rate(np.concatenate([fresh, near]), train) == 0.25


def test_copy_counts_even_where_the_training_set_holds_it_twice():
    train = np.repeat(random(20, 300), 2, axis=0).astype("float32")
    assert memorisation_rate(train[:6], train) == 1.0
    # What the docstring warns of: a near copy hides behind the duplicate.
    near = train[:6] + 1e-3 * random(6, 300, seed=1)
    assert memorisation_rate(near, train) == 0.0
    assert memorisation_rate(near, train[::2]) == 1.0


def test_one_training_picture_is_refused():
    with pytest.raises(ValueError, match=r"2 images or more. Received: len\(train\)=1"):
        memorisation_rate(random(9, 2), random(1, 2))


# === Accuracy ===


def test_accuracy_is_the_share_of_neighbours_with_the_same_label():
    train, test = np.array([[0.0], [10.0]]), np.array([[1.0], [2.0], [9.0], [8.0]])
    assert one_nearest_neighbour_accuracy(train, [3, 7], test, [3, 7, 7, 7]) == 0.75


def test_accuracy_equals_that_of_sorted_loops():
    train, test = random(50, 3), random(40, 3, seed=1)
    train_labels, test_labels = np.arange(50) % 3, np.arange(40) % 3
    nearest = sorted_neighbours(test, train, 1)[0][:, 0]
    expected = np.mean(
        [train_labels[i] == test_labels[j] for j, i in enumerate(nearest)]
    )
    accuracy = one_nearest_neighbour_accuracy(train, train_labels, test, test_labels)
    assert accuracy == expected


def test_labels_of_another_number_are_refused():
    x = random(9, 2)
    with pytest.raises(
        ValueError, match=r"train_labels of shape \(8,\), len\(train\)=9"
    ):
        one_nearest_neighbour_accuracy(x, np.zeros(8), x, np.zeros(9))
    with pytest.raises(ValueError, match=r"Received: test_labels of shape \(9, 1\)"):
        one_nearest_neighbour_accuracy(x, np.zeros(9), x, np.zeros((9, 1)))


def test_the_duplicate_rate_counts_what_is_nearer_than_a_quarter_of_the_usual():
    # Real images are 4 apart, so that less than 1 is near.
    real = 4.0 * np.arange(6)[:, None]
    samples = np.array([[0.0], [1.0], [10.0], [11.5], [20.0], [20.0]])
    assert duplicate_rate(samples, real) == 4 / 6
    assert duplicate_rate(real, real) == 0
    assert duplicate_rate(np.ones((4, 1)), real) == 1


def test_the_duplicate_rate_compares_equally_many():
    real = np.array([[0.0], [4.0], [8.0], [8.0], [8.0], [8.0], [8.0]])
    assert duplicate_rate(np.array([[0.0], [0.9], [5.0]]), real) == 2 / 3
    with pytest.raises(ValueError, match="Nearness depends"):
        duplicate_rate(np.zeros((8, 1)), real)
    with pytest.raises(ValueError, match="2 samples or more"):
        duplicate_rate(np.zeros((1, 1)), real)
