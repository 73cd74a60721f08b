"""What of a folder can be used."""

import shutil

import numpy as np
import pytest
from toy_folders import fill
from toy_folders import fill_pairs
from toy_folders import save

from ganzoo.data.disk import store
from ganzoo.system import cache


def test_grey_pictures_have_one_channel_unless_told_otherwise(tmp_path):
    fill(tmp_path, mode="L")
    grey = store.open_store(tmp_path, 6, verbose=0)
    assert grey.survey.channels == 1
    np.testing.assert_array_equal(
        grey.images, store.open_store(tmp_path, 6, 1, verbose=0).images
    )
    colours = store.open_store(tmp_path, 6, 3, verbose=0).images
    np.testing.assert_array_equal(colours, np.repeat(grey.images, 3, axis=-1))
    save(tmp_path / "colour.png", 99)
    assert store.open_store(tmp_path, 6, verbose=0).survey.channels == 3


def test_broken_pairs_copies_and_pairs_of_two_shapes_are_left_out(tmp_path):
    fill_pairs(tmp_path)
    for side in "ab":
        shutil.copy(tmp_path / side / "003.png", tmp_path / side / "copy.png")
        shutil.copy(tmp_path / side / "004.png", tmp_path / side / "text.png")
        save(tmp_path / side / "odd.png", 50 + ord(side), size=(12, ord(side)))
    # The same source with another target is no copy.
    shutil.copy(tmp_path / "a" / "005.png", tmp_path / "a" / "other.png")
    save(tmp_path / "b" / "other.png", 98, size=(24, 16))
    save(tmp_path / "b" / "odd.png", 99, size=(12, 12))
    (tmp_path / "b" / "text.png").write_text("no picture")
    survey = store.open_pairs(tmp_path, 6, verbose=0).survey
    assert survey.count == 21
    assert [name.split(" (")[0] for name in sorted(survey.unreadable)] == [
        "a/odd.png",
        "a/text.png",
    ]
    assert "shapes of its images differ" in sorted(survey.unreadable)[0]
    assert len(survey.duplicates) == 1 and "copy.png" in survey.duplicates[0]


def test_too_few_pairs_are_refused(tmp_path):
    with pytest.raises(ValueError, match="at least 10 different pairs are needed"):
        store.open_pairs(fill_pairs(tmp_path, 9), 6, verbose=0)


def test_too_few_pictures_are_refused(tmp_path):
    save(tmp_path / "a.png")
    (tmp_path / "b.png").write_text("no picture")
    with pytest.raises(ValueError, match=r"at least 10 .* Not usable: b.png.* 1\.$"):
        store.open_store(tmp_path, 6, verbose=0)
    assert not list(cache.folder().rglob("*pixels*"))
