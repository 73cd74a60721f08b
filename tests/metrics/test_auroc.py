"""The AUROC, against closed forms and the count of pairs."""

import numpy as np
import pytest

from ganzoo.metrics.auroc import auroc


@pytest.mark.parametrize(
    "scores, labels, wanted",
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], 1.0),
        ([4, 3, 2, 1], [0, 0, 1, 1], 0.0),
        ([1, 1], [0, 1], 0.5),
        ([1, 3, 2, 4], [0, 0, 1, 1], 0.75),
        ([1, 2, 2, 3], [False, False, True, True], 0.875),
    ],
)
def test_it_is_the_share_of_pairs_in_order(scores, labels, wanted):
    assert auroc(scores, labels) == pytest.approx(wanted)


def test_it_counts_pairs():
    rng = np.random.default_rng(0)
    scores, labels = rng.integers(0, 9, 200), rng.integers(0, 2, 200)
    a, b = scores[labels == 1][:, None], scores[labels == 0]
    assert auroc(scores, labels) == pytest.approx(((a > b) + (a == b) / 2).mean())


@pytest.mark.parametrize(
    "scores, labels, message",
    [
        ([1, 2], [1, 1], r"of both classes.*\[1\] only"),
        ([1, 2], [0, 2], "of both classes"),
        ([1, np.nan], [0, 1], "scores with NaN"),
        ([1, 2], [0, 1, 1], "one for each"),
        (["a", "b"], [0, 1], "must be numbers"),
    ],
)
def test_what_has_no_area_is_refused(scores, labels, message):
    with pytest.raises(ValueError, match=message):
        auroc(scores, labels)
