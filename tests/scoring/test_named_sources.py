"""What a name means as a source."""

import numpy as np
import pytest
from toy_sources import pictures

from ganzoo.scoring import named_sources


def test_data_sets_go_by_name_and_split():
    source = named_sources.find("fashion_mnist_10k:test")
    assert source.count == 10_000
    assert source.details == {"data": "fashion_mnist_10k", "split": "test"}


@pytest.mark.parametrize(
    "name, message",
    [
        ("fashion_mnist_10k", "'fashion_mnist_10k:train' or 'fashion_mnist_10k:test'"),
        ("fashion_mnist_10k:all", "Received: split='all'"),
        ("", "There is nothing of this name"),
        ("no such folder", "There is nothing of this name.*Received: 'no such folder'"),
    ],
)
def test_names_that_mean_nothing_are_refused(name, message):
    with pytest.raises(ValueError, match=message):
        named_sources.find(name)


def test_an_npz_must_say_which_array_are_the_pictures(tmp_path):
    np.savez(tmp_path / "x.npz", a=pictures(), b=pictures())
    with pytest.raises(ValueError, match=r"one named `images`.*a\.npy.*b\.npy"):
        named_sources.find(tmp_path / "x.npz")
