"""Precision, recall, density and coverage against loops over pairs."""

import math
import tracemalloc

import numpy as np
import pytest

from ganzoo.metrics.prdc import prdc


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def looped_prdc(reference, samples, k):
    """The four definitions, one ball and one vector after another."""

    def balls(features):
        found = []
        for i, centre in enumerate(features):
            others = [math.dist(centre, x) for j, x in enumerate(features) if j != i]
            found.append((centre, sorted(others)[k - 1]))
        return found

    def hits(balls, x):
        return sum(math.dist(centre, x) < radius for centre, radius in balls)

    reference, samples = reference.tolist(), samples.tolist()
    of_data, of_samples = balls(reference), balls(samples)
    inside = [hits(of_data, x) for x in samples]
    return {
        "precision": np.mean([n > 0 for n in inside]),
        "recall": np.mean([hits(of_samples, x) > 0 for x in reference]),
        "density": sum(inside) / k / len(samples),
        "coverage": np.mean(
            [any(math.dist(c, x) < r for x in samples) for c, r in of_data]
        ),
    }


def cases():
    x = random(60, 3)
    return {
        "one distribution": (x, random(50, 3, seed=1)),
        "shifted": (x, random(70, 3, seed=1) + 1),
        "narrow": (x, random(50, 3, seed=1) * 0.3),
        "identical": (x, x.copy()),
        "identical in another order": (x, x[::-1].copy()),
        "copies among the samples": (x, np.repeat(x[:10], 6, axis=0)),
        "copies among the data": (np.repeat(x[:15], 4, axis=0), x),
        "collapsed": (x, np.repeat(x[:1], 50, axis=0)),
        "a lattice full of ties": (np.round(x), np.round(random(50, 3, seed=1))),
        "far from the origin": (x + 100, random(50, 3, seed=1) + 100),
    }


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("name", cases())
def test_values_equal_those_of_loops_over_pairs(name, k):
    reference, samples = cases()[name]
    expected = looped_prdc(reference, samples, k)
    assert prdc(reference, samples, k) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("block", [1, 7, 50, 59, 60, 61, 1000])
@pytest.mark.parametrize("name", cases())
def test_size_of_the_blocks_changes_nothing(name, block):
    assert prdc(*cases()[name], block=block) == prdc(*cases()[name])


def test_line_of_points_in_closed_form():
    # Every ball has the radius 1 and an open border; 0.5 lies in those of 0 and 1.
    scores = prdc(np.array([[0.0], [1.0], [2.0]]), np.array([[0.5], [9.0]]), k=1)
    assert scores == {
        "precision": 0.5,
        "recall": 1.0,  # The samples' balls have the radius 8.5.
        "density": 1.0,
        "coverage": pytest.approx(2 / 3),
    }


def test_identical_sets_score_one_each():
    x = random(300, 8)
    assert prdc(x, x.copy()) == {
        "precision": 1.0,
        "recall": 1.0,
        "density": 1.0,
        "coverage": 1.0,
    }


@pytest.mark.parametrize("k", [1, 2, 5])
def test_one_distribution_has_density_1_and_the_coverage_of_its_k(k):
    scores = prdc(random(2000, 4), random(2000, 4, seed=1), k)
    assert scores["density"] == pytest.approx(1.0, abs=0.06)
    assert scores["coverage"] == pytest.approx(1 - 0.5**k, abs=0.04)


def test_sets_far_apart_score_zero():
    assert set(prdc(random(50, 3), random(50, 3) + 100).values()) == {0.0}


def test_balls_of_many_copies_are_empty():
    copies = np.repeat(random(10, 300), 6, axis=0) * 1000
    assert set(prdc(copies, copies.copy(), k=5).values()) == {0.0}
    assert prdc(copies, copies.copy(), k=6)["coverage"] == 1.0


def test_progress_counts_every_pair_of_blocks():
    reported = []
    x, y = random(25, 2), random(11, 2)
    prdc(x, y, block=10, progress=lambda *step: reported.append(step))
    assert reported == [(done, 19) for done in range(1, 20)]  # 3² + 2² + 3 · 2


def test_features_on_the_disk_are_read_a_block_at_a_time(tmp_path):
    x, y = (
        np.memmap(tmp_path / name, "float32", "w+", shape=(1500, 512)) for name in "xy"
    )
    x[:], y[:] = random(1500, 512), random(1500, 512, seed=1)
    expected = prdc(np.array(x), np.array(y), block=700)
    tracemalloc.start()
    scores = prdc(x, y, block=100)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert scores == expected
    # What the blocks take by the docstring. One float32 copy of x takes 3.1 MB.
    assert peak < 1.3 * (32 * 100 + 16 * 512) * 100 < 1_500_000


@pytest.mark.parametrize("counts", [(5, 6), (6, 5)])
def test_sets_without_a_kth_neighbour_are_refused(counts):
    message = r"smaller `k`. Received: len\(\w+\)=5"
    with pytest.raises(ValueError, match=message):
        prdc(random(counts[0], 2), random(counts[1], 2), k=5)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="Received: k=0"):
        prdc(random(9, 2), random(9, 2), k=0)
    with pytest.raises(ValueError, match="Received: block=0"):
        prdc(random(9, 2), random(9, 2), block=0)
    with pytest.raises(ValueError, match="samples with 18 of 18 numbers not finite"):
        prdc(random(9, 2), random(9, 2) * np.nan)
    with pytest.raises(ValueError, match="samples of dimension 3"):
        prdc(random(9, 2), random(9, 3))
