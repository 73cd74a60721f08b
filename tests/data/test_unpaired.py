"""Images of two domains without pairs: of a data set with its edges, and of folders."""

import numpy as np
import pytest
import toy_folders

from ganzoo import data
from ganzoo.data import two_folders
from ganzoo.data.disk import store


def test_edges_are_what_a_dilation_adds():
    image = np.zeros((5, 6), "uint8")
    image[2, 2:4] = 200, 100
    wanted = np.zeros((5, 6), "uint8")
    wanted[1:4, 1:4] = 200
    wanted[1:4, 4] = 100
    wanted[2, 2:4] = 0, 100
    images = np.stack([image, image.T[:5].repeat(2, 1)[:, :6]])[..., None]
    found = data.dilated_edges(images)
    assert found.dtype == np.uint8 and found.shape == images.shape
    np.testing.assert_array_equal(found[0, ..., 0], wanted)
    # A pixel at the border has neighbours inside only.
    full = data.dilated_edges(np.full((1, 3, 3, 3), 9, "uint8"))
    np.testing.assert_array_equal(full, np.zeros_like(full))


@pytest.mark.parametrize("split", ["train", None])
def test_no_image_is_in_both_domains(split):
    images = np.random.default_rng(0).integers(0, 256, (7, 5, 5, 1), "uint8")
    found = data.images_and_edges(data.Pictures(images, name="toys", split=split))
    np.testing.assert_array_equal(found.first, images[:3])
    np.testing.assert_array_equal(found.second, data.dilated_edges(images[3:]))
    assert (len(found), found.name, found.split) == (4, "toys", split)


def test_all_test_images_are_in_both_domains():
    images = np.random.default_rng(0).integers(0, 256, (7, 5, 5, 1), "uint8")
    found = data.images_and_edges(data.Pictures(images, split="test"))
    np.testing.assert_array_equal(found.first, images)
    np.testing.assert_array_equal(found.second, data.dilated_edges(images))


@pytest.mark.parametrize("bad", ["first", "second"])
def test_unpaired_images_are_uint8(bad):
    arrays = {name: np.zeros((2, 4, 4, 1), "uint8") for name in ("first", "second")}
    arrays[bad] = arrays[bad].astype("float32")
    with pytest.raises(ValueError, match=f"`{bad}` must be a uint8 array"):
        data.Unpaired(**arrays)


def test_two_folders_are_two_domains_of_any_numbers_and_channels(tmp_path):
    toy_folders.fill(tmp_path / "photos", 30)
    toy_folders.fill(tmp_path / "sketches" / "inner", 20, mode="L")
    found = two_folders.open_unpaired(tmp_path, 8)
    train, test = (found.split(name) for name in ("train", "test"))
    assert train.first.shape == (27, 8, 8, 3) and test.first.shape == (3, 8, 8, 3)
    assert train.second.shape == (18, 8, 8, 1) and test.second.shape == (2, 8, 8, 1)
    alone = store.open_store(tmp_path / "photos", 8).split("train")
    np.testing.assert_array_equal(train.first, alone.images)
    lines = list(found.survey.summary_lines())
    assert any(line.startswith("first domain: 30 images, in colour") for line in lines)
    assert any(line.startswith("second domain: 20 images, grey") for line in lines)
    assert found.survey.count == 30
    content = found.survey.content
    toy_folders.save(tmp_path / "sketches" / "new.png", 99, mode="L")
    assert two_folders.open_unpaired(tmp_path, 8).survey.content != content


@pytest.mark.parametrize(
    "folders, message",
    [
        (["a"], r"exactly two sub-folders.*sub-folders \['a'\]"),
        (["a", "b", "c"], "exactly two sub-folders"),
        (["a", "b", "."], "and images beside them"),
        (["trainA", "testB"], "these are splits of a data set"),
    ],
)
def test_folders_of_another_form_are_refused(folders, message, tmp_path):
    for name in folders:
        toy_folders.fill(tmp_path / name, 2)
    with pytest.raises(ValueError, match=message):
        two_folders.open_unpaired(tmp_path, 8)


# === Pairs that are taken apart ===


def pairs_of(sources, split="train"):
    """Pairs whose sources have these values, and whose targets have their places."""
    source = np.zeros((len(sources), 2, 2, 1), "uint8") + np.array(sources)[
        :, None, None, None
    ].astype("uint8")
    target = np.zeros((len(sources), 2, 2, 3), "uint8")
    target += np.arange(len(sources), dtype="uint8")[:, None, None, None]
    return data.Pairs(source, target, "toys", split)


def test_no_pair_is_in_both_domains_nor_one_of_the_same_source():
    sources = np.arange(60) // 3
    found = data.unpaired(pairs_of(sources))
    firsts = set(found.first[:, 0, 0, 0].tolist())
    seconds = {sources[place] for place in found.second[:, 0, 0, 0]}
    assert firsts.isdisjoint(seconds) and firsts | seconds == set(sources)
    # All of three that are alike are in one.
    assert len(found.first) == 3 * len(firsts) and len(found.second) == 3 * len(seconds)
    assert min(len(firsts), len(seconds)) > 5
    assert (found.name, found.split) == ("toys", "train")
    # It depends on a pair alone.
    again = data.unpaired(pairs_of(sources[::-1]))
    np.testing.assert_array_equal(np.sort(again.first, 0), np.sort(found.first, 0))


def test_pairs_to_test_by_stay_in_order():
    pairs = pairs_of(range(5), "test")
    found = data.unpaired(pairs)
    np.testing.assert_array_equal(found.first, pairs.source)
    np.testing.assert_array_equal(found.second, pairs.target)


def test_pairs_of_one_source_are_refused():
    with pytest.raises(ValueError, match="two different sources.*4 pairs of 'toys'"):
        data.unpaired(pairs_of([1, 1, 1, 1]))
