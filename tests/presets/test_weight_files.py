"""The right file or none, from any place."""

import configparser
import errno
import os
import subprocess
import sys
import threading
from importlib import resources

import pytest
import toy_processes
import toy_server
from toy_presets import CONTENT
from toy_presets import NAME
from toy_presets import put

from ganzoo.presets import registry
from ganzoo.presets import weight_files
from ganzoo.system import downloads


def download():
    return registry.download(NAME, progress=False)


@pytest.fixture
def server(shipped, monkeypatch):
    """A web server on this machine, with the preset at several addresses."""
    answers = toy_server.answers(CONTENT)
    monkeypatch.setattr(weight_files, "TIMEOUT", (30, 30))
    with toy_server.serve({at_page(name): answers[name] for name in answers}) as web:
        yield web


def at_page(page):
    return f"/{page}/{NAME}.keras"


def at(page, server, monkeypatch):
    monkeypatch.setattr(weight_files, "BASE_URL", f"{server.url}/{page}/")


@pytest.mark.parametrize("page", ["right", "moved"])
def test_a_preset_is_downloaded_once_and_kept(shipped, server, monkeypatch, page):
    at(page, server, monkeypatch)
    path = download()
    assert path == weight_files.cached(NAME) and path.read_bytes() == CONTENT
    assert os.listdir(shipped.cache) == [path.name]
    before = len(server.paths)
    assert download() == path
    assert len(server.paths) == before


@pytest.mark.parametrize(
    "page, reason, attempts",
    [
        ("404", "404", 1),
        ("500", "500", 2),
        ("wrong", "hash", 2),
        ("page", "hash", 2),
        ("empty", "hash", 2),
        ("short", "IncompleteRead", 2),
        ("cut", "hash", 2),
        ("long", "more than the 5,120 bytes", 1),
        ("endless", "more than the 5,120 bytes", 1),
        ("away", "file", 2),
        ("stall", "timed out", 2),
    ],
)
def test_what_does_not_come_is_an_error_and_leaves_nothing(
    shipped, server, monkeypatch, page, reason, attempts
):
    at(page, server, monkeypatch)
    monkeypatch.setattr(weight_files, "RETRIES", 1)
    monkeypatch.setattr(weight_files, "TIMEOUT", (30, 0.1 if page == "stall" else 30))
    message = f"(?s)^Call again.*GANZOO_WEIGHTS_URL.*Received:.*{reason}"
    with pytest.raises(ValueError, match=message):
        download()
    assert len(server.paths) == attempts
    assert os.listdir(shipped.cache) == []


def test_redirects_in_a_circle_end(server, monkeypatch):
    at("circle", server, monkeypatch)
    with pytest.raises(ValueError, match="redirects"):
        download()


@pytest.mark.parametrize("page", ["flaky", "busy"])
def test_a_failure_that_passes_is_waited_out(server, monkeypatch, page):
    at(page, server, monkeypatch)
    monkeypatch.setattr(weight_files, "RETRIES", 2)
    waits = []
    monkeypatch.setattr("pooch.core.time.sleep", waits.append)
    assert download().read_bytes() == CONTENT
    assert waits == [1]


def test_mirrors_are_tried_in_turn(server, monkeypatch):
    at("404", server, monkeypatch)
    pages = ("wrong", "right", "500")
    monkeypatch.setattr(weight_files, "MIRRORS", [f"{server.url}/{p}" for p in pages])
    assert download().read_bytes() == CONTENT
    assert [path.split("/")[1] for path in server.paths] == ["404", "wrong", "right"]


def test_progress_is_shown_on_stderr(server, monkeypatch, capfd):
    at("right", server, monkeypatch)
    registry.download(NAME)
    shown = capfd.readouterr()
    assert "100%" in shown.err and not shown.out


def test_without_a_network_the_error_says_what_to_do(shipped, monkeypatch):
    url = toy_server.closed_url().replace("//", "//me:secret@")
    monkeypatch.setattr(weight_files, "BASE_URL", f"{url}/")
    monkeypatch.setattr(weight_files, "MIRRORS", (f"{url}/mirror/",))
    monkeypatch.setattr(weight_files, "is_packaged", lambda name: True)
    with pytest.raises(ValueError) as info:
        download()
    cure, place, received = str(info.value).split("\n")
    assert cure.startswith("Call again where there is a network; or get the file")
    assert place.endswith("/toy_preset.keras. `toy_preset` needs no network.")
    # Said once, though neither place could be reached.
    assert received.startswith("Received: name='toy_preset'; ")
    assert received.count("refused") == 1 and received.count("/mirror") == 1
    assert "secret" not in received


# === In the package ===


def test_a_packaged_preset_is_the_one_of_its_record_and_needs_no_network(monkeypatch):
    name = "dcgan_fashion_mnist"
    assert [n for n in registry.names() if registry.is_packaged(n)] == [name]
    assert not registry.is_packaged("nothing")
    monkeypatch.setenv("GANZOO_WEIGHTS_URL", "http://127.0.0.1:1/")
    with resources.as_file(resources.files("ganzoo.presets")) as package:
        path = registry.download(name, progress=False)
        assert path == package / f"{name}.keras"
    assert downloads.sha256_of(path) == registry.record(name)["sha256"]


def test_a_wheel_has_the_files_of_packaged_presets():
    settings = configparser.ConfigParser()
    settings.read(weight_files.CHECKOUT / "setup.cfg")
    patterns = settings["options.package_data"]["ganzoo.presets"].split(", ")
    found = {path.name for glob in patterns for path in weight_files.PACKAGE.glob(glob)}
    assert found == {"presets.json", "dcgan_fashion_mnist.keras"}


def test_a_damaged_file_in_the_package_gives_way(shipped, monkeypatch, tmp_path):
    monkeypatch.setattr(weight_files, "PACKAGE", tmp_path / "package")
    put(tmp_path / "package", CONTENT[:-1])
    assert registry.is_packaged(NAME)
    path = put(shipped.weights)
    assert download() == path
    put(tmp_path / "package")
    assert download() == tmp_path / "package" / path.name


def test_downloads_at_once_all_succeed(shipped, server, monkeypatch):
    at("right", server, monkeypatch)
    paths = []
    threads = [
        threading.Thread(target=lambda: paths.append(download())) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert paths == [weight_files.cached(NAME)] * 4
    assert paths[0].read_bytes() == CONTENT
    assert os.listdir(shipped.cache) == [paths[0].name]


def test_two_processes_at_once_both_succeed(shipped, server, monkeypatch):
    """The server answers neither before both have asked."""
    both = threading.Barrier(2)

    def together(handler):
        both.wait(60)
        toy_server.send(handler, CONTENT)

    server.pages[at_page("together")] = together
    monkeypatch.setattr(weight_files, "TIMEOUT", (60, 60))
    at("together", server, monkeypatch)
    code = (
        "import pathlib, sys\n"
        "from ganzoo.presets import records, weight_files\n"
        "records.INDEX = pathlib.Path(sys.argv[1])\n"
        "print(weight_files.download(sys.argv[2], progress=False))"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, shipped.index, NAME],
        env={
            **os.environ,
            **toy_processes.QUICK,
            "GANZOO_WEIGHTS_URL": f"{server.url}/together",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    path = download()
    assert other.communicate()[0].strip() == str(path)
    assert path.read_bytes() == CONTENT
    assert os.listdir(shipped.cache) == [path.name]


def test_the_weights_of_a_checkout_go_before_the_network(shipped, server):
    path = put(shipped.weights)
    assert download() == path
    assert not shipped.cache.exists() and not server.paths


def test_a_wrong_file_in_a_folder_gives_way_to_the_next_place(
    shipped, server, monkeypatch
):
    put(shipped.weights, b"version https://git-lfs.github.com/spec/v1")
    at("right", server, monkeypatch)
    assert download() == weight_files.cached(NAME)


@pytest.mark.parametrize("form", ["{}", "{}/", "file://{}"])
def test_a_named_folder_is_the_only_place(shipped, server, monkeypatch, tmp_path, form):
    folder = tmp_path / "mine"
    monkeypatch.setenv("GANZOO_WEIGHTS_URL", form.format(folder))
    put(shipped.weights)
    at("right", server, monkeypatch)
    with pytest.raises(ValueError, match="no file of the preset"):
        download()
    assert not server.paths
    path = put(folder)
    assert download() == path
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(ValueError, match="not the one of its record, or is damaged"):
        download()


def test_a_named_address_is_the_only_place(shipped, server, monkeypatch):
    put(shipped.weights)
    monkeypatch.setenv("GANZOO_WEIGHTS_URL", f"{server.url}/right")
    assert download() == weight_files.cached(NAME)
    monkeypatch.setenv("GANZOO_WEIGHTS_URL", f"{server.url}/404")
    weight_files.cached(NAME).unlink()
    with pytest.raises(ValueError, match="404"):
        download()
    monkeypatch.setenv("GANZOO_WEIGHTS_URL", "ftp://127.0.0.1/")
    with pytest.raises(ValueError, match="must begin with http"):
        download()


@pytest.mark.parametrize("content", [b"", CONTENT[:-1], bytes(len(CONTENT))])
def test_a_damaged_cache_is_replaced(shipped, server, monkeypatch, content):
    at("right", server, monkeypatch)
    path = download()
    path.write_bytes(content)
    assert download().read_bytes() == CONTENT
    path.write_bytes(content)
    at("404", server, monkeypatch)
    with pytest.raises(ValueError, match="404"):
        registry.from_preset(NAME, progress=False)


def test_a_cache_that_cannot_be_made_is_an_error_before_the_download(
    shipped, server, monkeypatch
):
    at("right", server, monkeypatch)
    shipped.cache.parent.touch()
    with pytest.raises(ValueError, match="cannot be written.*GANZOO_CACHE to a folder"):
        download()
    assert not server.paths
    put(shipped.weights)
    assert download().parent == shipped.weights


def test_a_read_only_cache_is_an_error_before_the_download(
    shipped, server, monkeypatch
):
    def refuse(**kwargs):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    at("right", server, monkeypatch)
    monkeypatch.setattr(downloads.tempfile, "TemporaryDirectory", refuse)
    with pytest.raises(ValueError, match="Permission denied.*GANZOO_CACHE to a folder"):
        download()
    assert not server.paths
    weight_files.cached(NAME).write_bytes(CONTENT)
    assert download() == weight_files.cached(NAME)


def test_a_full_disk_is_an_error_at_once(shipped, server, monkeypatch):
    def fill(self, data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    at("right", server, monkeypatch)
    monkeypatch.setattr(weight_files, "MIRRORS", [weight_files.BASE_URL])
    monkeypatch.setattr(downloads._Bounded, "write", fill)
    with pytest.raises(ValueError, match="^A file cannot be.*No space.*make room"):
        download()
    assert len(server.paths) == 1
    assert os.listdir(shipped.cache) == []


def test_a_place_that_cannot_be_taken_is_an_error(shipped, server, monkeypatch):
    at("right", server, monkeypatch)
    weight_files.cached(NAME).mkdir(parents=True)
    with pytest.raises(ValueError, match="cannot be written"):
        download()


def test_what_killed_downloads_left_is_removed_after_a_day(
    shipped, server, monkeypatch
):
    at("right", server, monkeypatch)
    for name, age in ("old", 2 * downloads.STALE), ("new", 0):
        folder = shipped.cache / f".fetch-{name}"
        folder.mkdir(parents=True)
        (folder / "part").touch()
        os.utime(folder, (folder.stat().st_mtime - age,) * 2)
    download()
    left = {path.name for path in shipped.cache.iterdir()}
    assert left == {".fetch-new", weight_files.cached(NAME).name}
