"""A folder that is decoded once: what is in it, what is left out, and what is told."""

import json
import os
import shutil

import numpy as np
import pytest
from PIL import Image
from toy_folders import fill
from toy_folders import fill_classes
from toy_folders import fill_pairs
from toy_folders import order_of
from toy_folders import save

from ganzoo.data import from_folder
from ganzoo.data import pairs_from_folder
from ganzoo.data.disk import image_reading
from ganzoo.data.disk import store


@pytest.mark.parametrize("layout, held_out", [(1, [18, 19]), (2, [1, 10])])
def test_pictures_are_those_of_from_folder_in_an_order_drawn_once(
    tmp_path, layout, held_out
):
    fill(tmp_path)
    found = store.open_store(tmp_path, 6, verbose=0, layout=layout)
    wanted = from_folder(tmp_path, 6).images
    order = order_of(20, held_out)
    np.testing.assert_array_equal(found.images, wanted[order])
    train, test = found.split("train"), found.split("test")
    assert (len(train), len(test)) == (18, 2)
    np.testing.assert_array_equal(
        np.concatenate([train.images, test.images]), wanted[order]
    )
    assert isinstance(train.images, np.memmap)


def test_a_folder_is_decoded_once_until_it_changes(tmp_path, monkeypatch):
    fill(tmp_path)
    first = store.open_store(tmp_path, 6, verbose=0).images[:]
    with monkeypatch.context() as context:
        context.setattr(image_reading, "open_picture", None)
        again = store.open_store(tmp_path, 6, verbose=0).images[:]
    np.testing.assert_array_equal(first, again)
    save(tmp_path / "new.png", 99)
    assert len(store.open_store(tmp_path, 6, verbose=0).images) == 21
    assert store.open_store(tmp_path, 4, verbose=0).images.shape == (21, 4, 4, 3)


def test_padded_images_are_others_than_cropped_ones(tmp_path):
    fill(tmp_path / "images")
    fill_pairs(tmp_path / "pairs")
    for pad in (False, True, False):
        found = store.open_store(tmp_path / "images", 6, verbose=0, pad=pad)
        wanted = from_folder(tmp_path / "images", 6, pad=pad).images
        assert np.array_equal(found.images, wanted[order_of(20, [1, 10])])
        found = store.open_pairs(tmp_path / "pairs", 6, verbose=0, pad=pad)
        wanted = pairs_from_folder(tmp_path / "pairs", 6, pad=pad).target
        assert set(map(np.ndarray.tobytes, found.images)) == set(
            map(np.ndarray.tobytes, wanted)
        )


def test_content_that_is_replaced_behind_its_time_is_read_anew(tmp_path):
    for i in range(10):
        save(tmp_path / f"{i}.bmp", i)
    first = store.open_store(tmp_path, 6, verbose=0).images[:]
    file = tmp_path / "3.bmp"
    time = file.stat()
    Image.new("RGB", (12, 8), "red").save(file)
    os.utime(file, ns=(time.st_atime_ns, time.st_mtime_ns))
    assert file.stat().st_size == time.st_size
    again = store.open_store(tmp_path, 6, verbose=0).images[:]
    assert (first != again).any(axis=(1, 2, 3)).sum() == 1


def test_a_linked_class_folder_is_a_class_and_a_link_to_nothing_is_told(tmp_path):
    root = fill_classes(tmp_path / "set", a=10)
    fill(tmp_path / "elsewhere", 12)
    (root / "b").symlink_to(tmp_path / "elsewhere")
    (root / "c").symlink_to(tmp_path / "nowhere")
    (root / "a" / "gone.png").symlink_to("nowhere.png")
    found = store.open_store(root, 6, verbose=0)
    assert found.survey.class_names == ["a", "b"]
    assert found.survey.unreadable == [
        "a/gone.png (a link to nothing)",
        "c (a link to nothing)",
    ]
    old = store.open_store(root, 6, verbose=0, layout=1)
    assert old.survey.class_names == ["a"]


def test_sub_folders_are_classes(tmp_path):
    for name in "ab":
        fill(tmp_path / name, 10, mode="L" if name == "a" else "RGB")
    found = store.open_store(tmp_path, 6, verbose=0)
    plain = from_folder(tmp_path, 6)
    order = order_of(20, [2, 3])
    assert found.survey.class_names == ["a", "b"]
    assert "2 classes, by sub-folder: 0 a: 10, 1 b: 10" in list(
        found.survey.summary_lines()
    )
    np.testing.assert_array_equal(found.labels, plain.labels[order])
    assert found.split("test").labels.shape == (2,)


def test_splits_as_classes_are_told_and_refused_for_a_conditional_model(tmp_path):
    fill_classes(tmp_path, test=5, train=10)
    with pytest.warns(UserWarning, match="of one split alone, like '.*/train'.*mixed"):
        survey = store.open_store(tmp_path, 6, verbose=0).survey
    assert any(
        "splits of a data set are mixed" in line for line in survey.summary_lines()
    )
    with pytest.warns(UserWarning, match="splits of a data set are mixed"):
        from_folder(tmp_path, 6)
    with pytest.raises(
        ValueError, match="Pass the folder of one split, like '.*train'"
    ):
        store.check_classes(tmp_path)
    # Under the layout that an old run has nothing changes.
    assert store.open_store(tmp_path, 6, verbose=0, layout=1).survey.notes == []


def test_pairs_are_those_of_pairs_from_folder_each_side_with_its_colours(tmp_path):
    found = store.open_pairs(fill_pairs(tmp_path), 6, verbose=0)
    wanted = pairs_from_folder(tmp_path, 6)
    order = order_of(20, [1, 10])
    train, test = found.split("train"), found.split("test")
    assert (len(train), len(test)) == (18, 2)
    for split, rows in (train, order[:18]), (test, order[18:]):
        np.testing.assert_array_equal(split.source, wanted.source[rows][..., :1])
        np.testing.assert_array_equal(split.target, wanted.target[rows])
    assert isinstance(train.source, np.memmap) and isinstance(train.target, np.memmap)
    assert list(found.survey.summary_lines()) == [
        f"20 pairs of images, sources grey, targets in colour: {tmp_path}",
        "sizes from 24×16 to 24×16, median 24×16",
        "pairs by name: a/018.png -> b/018.png",
    ]


def test_the_same_files_are_pictures_or_pairs_as_one_asks(tmp_path):
    fill(tmp_path)
    assert store.open_store(tmp_path, 6, verbose=0).split("train").images.shape[0] == 18
    halves = store.open_pairs(tmp_path, 6, verbose=0).split("train")
    assert halves.source.shape == halves.target.shape == (18, 6, 6, 3)


def test_a_picture_without_a_partner_is_refused(tmp_path):
    fill_pairs(tmp_path)
    (tmp_path / "b" / "004.png").unlink()
    with pytest.raises(ValueError, match="Received: 1 without a partner: 004"):
        store.open_pairs(tmp_path, 6)


def test_a_folder_without_pictures_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one image .* Received: path="):
        store.open_store(tmp_path, 6)
    with pytest.raises(ValueError, match="must be an existing folder"):
        store.open_store(tmp_path / "nowhere", 6)


def test_a_full_disk_is_told_before_the_work(tmp_path, monkeypatch):
    fill(tmp_path)
    usage = type("usage", (), {"free": 100})
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(ValueError, match="has 0 MB left: make room for 0 MB more"):
        store.open_store(tmp_path, 6, verbose=0)


def test_a_kill_while_decoding_leaves_nothing_to_trust(tmp_path, monkeypatch):
    fill(tmp_path)

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr(
            json,
            "dumps",
            lambda facts, dumps=json.dumps: (
                killed() if isinstance(facts, dict) else dumps(facts)
            ),
        )
        with pytest.raises(KeyboardInterrupt):
            store.open_store(tmp_path, 6, verbose=0)
    assert len(store.open_store(tmp_path, 6, verbose=0).images) == 20
