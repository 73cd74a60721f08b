"""An FID that was published, through the door that everyone uses.

It takes the real weights and CIFAR-10, neither of which comes with the package, and a
minute or two.
"""

import numpy as np
import pytest

from ganzoo import evaluation
from ganzoo.features import inception_weights

# 256 training images against 256 test images of CIFAR-10.
FID = 110.28082617


def pictures(load, count):
    """`count` images of each split of CIFAR-10."""
    return [
        split.images[
            np.random.RandomState(2020).choice(len(split), count, replace=False)
        ]
        for split in (load("cifar10", "train"), load("cifar10", "test"))
    ]


def test_the_fid_of_cifar10_is_the_published_one(
    real_inception, real_data, monkeypatch
):
    monkeypatch.setenv(inception_weights.PATH, real_inception)
    train, test = pictures(real_data, 256)
    with pytest.warns(UserWarning, match="Fréchet distance"):
        record = evaluation.evaluate(train, test, scores=["fid"])
    assert record["fid"] == pytest.approx(FID, abs=1e-3)
