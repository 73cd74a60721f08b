"""An FID that was published, through the door that everyone uses.

It takes the real weights and CIFAR-10, neither of which comes with the package, and a
minute or two. Nothing is downloaded here: see `weights_file` and `pictures`.
"""

import os

import numpy as np
import pytest

from ganzoo import data
from ganzoo import evaluation
from ganzoo.features import inception_weights

# 256 training pictures against 256 test pictures of CIFAR-10.
FID = 110.28082617
# Looked up before any test begins, as each has a cache of its own.
FETCHED = inception_weights.cached()


def weights_file():
    """The real weights, or a skip that says how to get them."""
    named = os.environ.get(inception_weights.PATH)
    if not named and not FETCHED.exists():
        pytest.skip(
            "AN FID WAS NOT CHECKED: no Inception weights. Run `ganzoo fetch "
            f"inception` once, or set {inception_weights.PATH} to a file of them."
        )
    return named or FETCHED


def pictures(count):
    """`count` pictures of each split of CIFAR-10, or a skip that says how to get it."""
    folder = os.environ.get("GANZOO_DATA_DIR", "")
    try:
        # Told a folder, even none, `load` downloads nothing.
        splits = [data.load("cifar10", x, data_dir=folder) for x in ("train", "test")]
    except ValueError as error:
        pytest.skip(
            "AN FID WAS NOT CHECKED: no CIFAR-10. Unpack cifar-10-binary.tar.gz and "
            f"set GANZOO_DATA_DIR to the folder of its files. {error}"
        )
    return [
        split.images[
            np.random.RandomState(2020).choice(len(split), count, replace=False)
        ]
        for split in splits
    ]


def test_the_fid_of_cifar10_is_the_published_one(monkeypatch):
    monkeypatch.setenv(inception_weights.PATH, str(weights_file()))
    train, test = pictures(256)
    with pytest.warns(UserWarning, match="Fréchet distance"):
        record = evaluation.evaluate(train, test, scores=["fid"])
    assert record["fid"] == pytest.approx(FID, abs=1e-3)
