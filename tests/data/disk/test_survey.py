"""What is told of a folder."""

import shutil

import pytest
from toy_folders import fill
from toy_folders import fill_classes
from toy_folders import save

from ganzoo.data.disk import store


def test_what_is_broken_or_a_copy_is_left_out_and_told(tmp_path):
    fill(tmp_path)
    shutil.copy(tmp_path / "003.png", tmp_path / "copy.png")
    (tmp_path / "text.png").write_text("no picture")
    whole = (tmp_path / "004.png").read_bytes()
    (tmp_path / "half.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "phone.heic").write_bytes(whole)
    survey = store.open_store(tmp_path, 6, verbose=0).survey
    assert survey.count == 20
    assert sorted(name.split(" ")[0] for name in survey.unreadable) == [
        "half.png",
        "text.png",
    ]
    assert len(survey.duplicates) == 1 and "copy.png" in survey.duplicates[0]
    lines = "\n".join(survey.summary_lines())
    assert "20 images, in colour" in lines
    assert "unusable: 2, " in lines and "duplicates: 1, " in lines
    assert "no image extension: 1, phone.heic" in lines


def test_sizes_are_told(tmp_path):
    fill(tmp_path)
    save(tmp_path / "narrow.png", 96, size=(5, 30))
    save(tmp_path / "small.png", 97, size=(9, 9))
    save(tmp_path / "long.png", 98, size=(70, 20))
    save(tmp_path / "large.png", 99, size=(60, 50))
    lines = list(store.open_store(tmp_path, 6, verbose=0).survey.summary_lines())
    assert lines[1] == "sizes from 9×9 to 60×50, median 12×8"


def test_classes_are_counted_and_small_ones_told(tmp_path):
    fill_classes(tmp_path, cat=40, dog=1)
    lines = list(store.open_store(tmp_path, 6, verbose=0).survey.summary_lines())
    assert "2 classes, by sub-folder: 0 cat: 40, 1 dog: 1" in lines
    assert "classes with fewer than 10 images, too few to learn: 1, dog 1" in lines


@pytest.mark.parametrize("names", ["train bus car", "test_a test_b", "trains tests"])
def test_classes_that_are_called_like_one_split_are_classes(tmp_path, names):
    fill_classes(tmp_path, **dict.fromkeys(names.split(), 5))
    assert store.open_store(tmp_path, 6, verbose=0).survey.notes == []


def test_splits_within_classes_are_told(tmp_path):
    for name in ("a", "b"):
        fill_classes(tmp_path / name, train=9, test=1)
    save(tmp_path / "c" / "1.png", 99)
    with pytest.warns(UserWarning, match="a/train/, b/train/, a/test/, b/test/"):
        store.open_store(tmp_path, 6, verbose=0)


def test_content_tells_images_apart_wherever_their_folder_lies(tmp_path):
    def content(path):
        return store.open_store(path, 6, verbose=0).survey.content

    root = fill(tmp_path / "a" / "set")
    known = content(root)
    (root / "notes.txt").write_text("not an image")
    assert content(root) == known
    shutil.copytree(root, tmp_path / "b")
    assert content(tmp_path / "b") == known
    (tmp_path / "b" / "007.png").rename(tmp_path / "b" / "renamed.png")
    assert content(tmp_path / "b") != known
    save(root / "007.png", 99)
    assert content(root) != known


def test_content_tells_what_is_held_out(tmp_path):
    """A broken file changes no image, but the order, and so what is held out."""
    fill(tmp_path)
    first = store.open_store(tmp_path, 6, verbose=0)
    (tmp_path / "003b.png").write_text("no image")
    second = store.open_store(tmp_path, 6, verbose=0)
    assert first.survey.count == second.survey.count
    assert (first.images[:] != second.images[:]).any()
    assert first.survey.content != second.survey.content
