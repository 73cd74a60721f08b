"""Which files of a folder are images."""

import pytest
from toy_folders import save

from ganzoo.data import from_folder
from ganzoo.data.disk import image_files


def test_hidden_and_other_files_are_ignored(tmp_path):
    save(tmp_path / "a.png")
    for name in (".b.png", ".cache/c.png", "d/.e/f.png", "notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"no picture")
    assert len(from_folder(tmp_path, 4)) == 1


def test_linked_folders_are_followed_and_may_lead_to_one_place_twice(tmp_path):
    save(tmp_path / "elsewhere" / "deep" / "1.png")
    save(tmp_path / "set" / "plain" / "1.png")
    for name in ("linked", "twice"):
        (tmp_path / "set" / name).symlink_to(tmp_path / "elsewhere")
    (tmp_path / "set" / "plain" / "2.png").symlink_to(tmp_path / "elsewhere/deep/1.png")
    (tmp_path / "set" / ".hidden").symlink_to(tmp_path / "elsewhere")
    pictures = from_folder(tmp_path / "set", 4)
    assert pictures.class_names == ("linked", "plain", "twice")
    assert pictures.labels.tolist() == [0, 1, 1, 2]
    old = image_files.find_pictures(tmp_path / "set", layout=1)
    assert [file.parent.name for file in old] == ["plain", "plain"]


def test_links_that_lead_back_are_cut(tmp_path):
    save(tmp_path / "beside.png")
    root = tmp_path / "set"
    for name in "ab":
        save(root / name / "1.png")
    (root / "a" / "itself").symlink_to(root / "a")
    (root / "a" / "up").symlink_to(root)
    (root / "b" / "out").symlink_to(tmp_path)
    (root / "a" / "other").symlink_to(root / "b")
    (root / "b" / "other").symlink_to(root / "a")
    (root / "round").symlink_to("round")
    names = [f.relative_to(root).as_posix() for f in image_files.find_pictures(root)]
    assert names == ["a/1.png", "a/other/1.png", "b/1.png", "b/other/1.png"]


def test_links_to_nothing_are_told_and_change_no_class(tmp_path):
    for name in "ab":
        save(tmp_path / name / "1.png")
    (tmp_path / "c").symlink_to(tmp_path / "nowhere")
    (tmp_path / "a" / "2.png").symlink_to("gone.png")
    with pytest.warns(UserWarning, match="2 links whose files are missing: a/2.png; c"):
        pictures = from_folder(tmp_path, 4)
    assert pictures.class_names == ("a", "b")
    assert image_files.find_skipped(tmp_path) == []
