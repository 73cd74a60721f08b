"""Images to measure, and statistics to compare."""

import numpy as np

from ganzoo.scoring import sources


def source(count=600, seed=0):
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (count, 6, 5, 3)).astype("uint8")
    return sources.Array(images, "array")


def assert_same(a, b):
    np.testing.assert_array_equal(a.moments.mean, b.moments.mean)
    np.testing.assert_array_equal(a.moments.covariance, b.moments.covariance)
    for one, other in zip(a.moments.cholesky, b.moments.cholesky):
        np.testing.assert_array_equal(one, other)
    assert a.moments.count == b.moments.count
