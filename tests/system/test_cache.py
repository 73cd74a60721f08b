"""The folder that ganzoo keeps things in, and files that are whole or not there."""

import errno
import os
import pathlib
import threading

import pytest

from ganzoo.system import cache


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


# === The folder ===


def test_folder_is_the_one_that_the_environment_names(folder):
    assert cache.folder() == folder
    assert not folder.exists()


def test_folder_may_be_relative_or_in_a_home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for named in ("kept", "~/kept"):
        monkeypatch.setenv("GANZOO_CACHE", named)
        assert cache.folder() == tmp_path / "kept"


@pytest.mark.parametrize("named", [None, ""])
def test_folder_is_else_the_usual_one_of_the_system(named, monkeypatch):
    monkeypatch.delenv("GANZOO_CACHE", raising=False)
    if named is not None:
        monkeypatch.setenv("GANZOO_CACHE", named)
    assert "ganzoo" in cache.folder().parts
    assert cache.folder().is_absolute()


# === Writing ===


def test_file_appears_whole_and_its_folders_with_it(folder):
    path = folder / "statistics" / "mnist.npz"
    with cache.atomic(path) as partial:
        partial.write_text("whole")
        assert partial.suffix == ".npz"
        assert not path.exists()
    assert path.read_text() == "whole"
    assert os.listdir(path.parent) == ["mnist.npz"]


def test_file_is_replaced(folder):
    for text in ("old", "new"):
        with cache.atomic(folder / "a.txt") as partial:
            partial.write_text(text)
    assert (folder / "a.txt").read_text() == "new"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_after_an_error_everything_is_as_it_was(folder, error):
    path = folder / "a.txt"
    with cache.atomic(path) as partial:
        partial.write_text("old")
    with pytest.raises(error):
        with cache.atomic(path) as partial:
            partial.write_text("ha")
            raise error
    assert path.read_text() == "old"
    assert os.listdir(folder) == ["a.txt"]


def test_full_disk_is_an_error_that_says_so(folder):
    with pytest.raises(ValueError, match="No space left.*GANZOO_CACHE.* Received: "):
        with cache.atomic(folder / "a.txt") as partial:
            partial.write_text("ha")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert os.listdir(folder) == []


def test_folder_that_cannot_be_made_is_an_error_that_says_so(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match=r"cannot be written.* Received: path=.*a\.b"):
        with cache.atomic(tmp_path / "file" / "a.b"):
            pytest.fail("there is nowhere to write to")


def test_nothing_written_is_an_error(folder):
    with pytest.raises(ValueError, match="cannot be written"):
        with cache.atomic(folder / "a.txt"):
            pass
    assert os.listdir(folder) == []


def test_many_writers_at_once_leave_one_whole_file(folder):
    path = folder / "a.txt"
    seen = []

    def write(letter):
        for _ in range(20):
            with cache.atomic(path) as partial:
                partial.write_text(letter * 10_000)
            seen.append(pathlib.Path(path).read_text())

    threads = [threading.Thread(target=write, args=letter) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 80
    assert {len(text) for text in seen} == {10_000}
    assert {len(set(text)) for text in seen} == {1}
    assert os.listdir(folder) == ["a.txt"]
