"""Labels taken away: so many are kept, equally many of each class."""

import numpy as np
import pytest

from ganzoo import data

LABELS = np.repeat(np.arange(4), [5, 8, 20, 7])


def test_equally_many_of_each_class_are_kept_by_the_seed():
    kept = data.keep_labels(LABELS, 12, seed=1)
    assert kept.dtype == "int32"
    np.testing.assert_array_equal(np.bincount(kept[kept >= 0]), [3, 3, 3, 3])
    np.testing.assert_array_equal(kept[kept >= 0], LABELS[kept >= 0])
    np.testing.assert_array_equal(kept, data.keep_labels(LABELS, 12, seed=1))
    assert (kept != data.keep_labels(LABELS, 12, seed=2)).any()
    assert (data.keep_labels(LABELS, 20)[:5] == 0).all()


def test_examples_without_a_label_are_of_no_class():
    few = np.where(np.arange(len(LABELS)) % 2, LABELS, -1)
    kept = data.keep_labels(few, 8, seed=1)
    np.testing.assert_array_equal(np.bincount(kept[kept >= 0]), [2, 2, 2, 2])
    assert (few[kept >= 0] == kept[kept >= 0]).all()
    with pytest.raises(ValueError, match="must have labels to keep"):
        data.keep_labels(np.full(5, -1), 1)


@pytest.mark.parametrize(
    "count, message",
    [
        (10, "must be a multiple of 4, the number of classes"),
        (0, "must be a multiple of 4"),
        (4.0, "must be a multiple of 4"),
        (24, "must be at most 20: one of the classes has 5 examples"),
    ],
)
def test_numbers_that_classes_cannot_share_are_refused(count, message):
    with pytest.raises(ValueError, match=message):
        data.keep_labels(LABELS, count)
