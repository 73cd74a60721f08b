"""Presets: the right file or none, from any place; and never code out of a file."""

import base64
import errno
import hashlib
import io
import json
import marshal
import os
import pickle
import re
import stat
import subprocess
import sys
import threading
import types
import zipfile

import h5py
import keras
import numpy as np
import pytest
import toy_processes
import toy_server
import toys
from keras.src.saving.serialization_lib import SafeModeScope

import ganzoo
from ganzoo.presets import cards
from ganzoo.presets import keras_files
from ganzoo.presets import publishing
from ganzoo.presets import registry
from ganzoo.scoring import protocols
from ganzoo.system import downloads
from ganzoo.training import recipes

CONTENT = bytes(range(256)) * 20
NAME = "toy_preset"


def facts_of(content, **more):
    sha256 = hashlib.sha256(content).hexdigest()
    return {"class": "GAN", "sha256": sha256, "size": len(content), **more}


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """An index of one preset, which is nowhere to be had, and an empty cache."""
    index = tmp_path / "presets.json"
    index.write_text(json.dumps({NAME: facts_of(CONTENT)}))
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("GANZOO_WEIGHTS_URL", raising=False)
    toy_server.without_proxies(monkeypatch)
    monkeypatch.setattr(registry, "INDEX", index)
    monkeypatch.setattr(registry, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(registry, "BASE_URL", "http://127.0.0.1:1/")
    monkeypatch.setattr(registry, "MIRRORS", ())
    monkeypatch.setattr(registry, "RETRIES", 0)
    monkeypatch.setattr("pooch.core.time.sleep", lambda seconds: None)
    return types.SimpleNamespace(
        index=index, weights=tmp_path / "weights", cache=tmp_path / "cache" / "presets"
    )


def put(folder, content=CONTENT):
    """A file of the preset in a folder of weights."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{NAME}.keras"
    path.write_bytes(content)
    return path


def download():
    return registry.download(NAME, progress=False)


# === A server that misbehaves ===


@pytest.fixture
def server(shipped, monkeypatch):
    """A web server on this machine, with the preset at several addresses."""
    answers = toy_server.answers(CONTENT)
    monkeypatch.setattr(registry, "TIMEOUT", (5, 5))
    with toy_server.serve({at_page(name): answers[name] for name in answers}) as web:
        yield web


def at_page(page):
    return f"/{page}/{NAME}.keras"


def at(page, server, monkeypatch):
    monkeypatch.setattr(registry, "BASE_URL", f"{server.url}/{page}/")


@pytest.mark.parametrize("page", ["right", "moved"])
def test_a_preset_is_downloaded_once_and_kept(shipped, server, monkeypatch, page):
    at(page, server, monkeypatch)
    path = download()
    assert path == registry.cached(NAME) and path.read_bytes() == CONTENT
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
    monkeypatch.setattr(registry, "RETRIES", 1)
    monkeypatch.setattr(registry, "TIMEOUT", (5, 0.1 if page == "stall" else 5))
    message = f"(?s)could not be fetched here.*GANZOO_WEIGHTS_URL.*Received:.*{reason}"
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
    monkeypatch.setattr(registry, "RETRIES", 2)
    waits = []
    monkeypatch.setattr("pooch.core.time.sleep", waits.append)
    assert download().read_bytes() == CONTENT
    assert waits == [1]


def test_mirrors_are_tried_in_turn(server, monkeypatch):
    at("404", server, monkeypatch)
    pages = ("wrong", "right", "500")
    monkeypatch.setattr(registry, "MIRRORS", [f"{server.url}/{p}" for p in pages])
    assert download().read_bytes() == CONTENT
    assert [path.split("/")[1] for path in server.paths] == ["404", "wrong", "right"]


def test_progress_is_shown_on_stderr(server, monkeypatch, capfd):
    at("right", server, monkeypatch)
    registry.download(NAME)
    shown = capfd.readouterr()
    assert "100%" in shown.err and not shown.out


def test_without_a_network_the_error_says_what_to_do(shipped, monkeypatch):
    url = toy_server.closed_url().replace("//", "//me:secret@")
    monkeypatch.setattr(registry, "BASE_URL", f"{url}/")
    with pytest.raises(ValueError, match="get toy_preset.keras from .*refused") as info:
        download()
    assert "secret" not in str(info.value).partition("Received")[2]


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
    assert paths == [registry.cached(NAME)] * 4
    assert paths[0].read_bytes() == CONTENT
    assert os.listdir(shipped.cache) == [paths[0].name]


def test_two_processes_at_once_both_succeed(shipped, server, monkeypatch):
    """The server answers neither before both have asked."""
    both = threading.Barrier(2)

    def together(handler):
        both.wait(60)
        toy_server.send(handler, CONTENT)

    server.pages[at_page("together")] = together
    monkeypatch.setattr(registry, "TIMEOUT", (60, 60))
    at("together", server, monkeypatch)
    code = (
        "import pathlib, sys\n"
        "from ganzoo.presets import registry as presets\n"
        "presets.INDEX = pathlib.Path(sys.argv[1])\n"
        "print(presets.download(sys.argv[2], progress=False))"
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


# === Folders, and the cache ===


def test_the_weights_of_a_checkout_go_before_the_network(shipped, server):
    path = put(shipped.weights)
    assert download() == path
    assert not shipped.cache.exists() and not server.paths


def test_a_wrong_file_in_a_folder_gives_way_to_the_next_place(
    shipped, server, monkeypatch
):
    put(shipped.weights, b"version https://git-lfs.github.com/spec/v1")
    at("right", server, monkeypatch)
    assert download() == registry.cached(NAME)


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
    assert download() == registry.cached(NAME)
    monkeypatch.setenv("GANZOO_WEIGHTS_URL", f"{server.url}/404")
    registry.cached(NAME).unlink()
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
    registry.cached(NAME).write_bytes(CONTENT)
    assert download() == registry.cached(NAME)


def test_a_full_disk_is_an_error_at_once(shipped, server, monkeypatch):
    def fill(self, data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    at("right", server, monkeypatch)
    monkeypatch.setattr(registry, "MIRRORS", [registry.BASE_URL])
    monkeypatch.setattr(downloads._Bounded, "write", fill)
    with pytest.raises(ValueError, match="^A file cannot be.*No space.*make room"):
        download()
    assert len(server.paths) == 1
    assert os.listdir(shipped.cache) == []


def test_a_place_that_cannot_be_taken_is_an_error(shipped, server, monkeypatch):
    at("right", server, monkeypatch)
    registry.cached(NAME).mkdir(parents=True)
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
    assert left == {".fetch-new", registry.cached(NAME).name}


# === Names ===


def test_the_index_in_the_package_is_whole():
    for name in registry.names():
        facts = registry.record(name)
        assert facts["class"] in recipes.variants()
        assert len(facts["sha256"]) == 64 and 0 < facts["size"] <= publishing.LIMIT
        assert facts["licence"] and facts["command"] and facts["scores"]
        assert facts["recipe"]["text"] and facts["paper"]["url"]
        for score in facts["scores"]:
            assert protocols.fingerprint(score["protocol"]) == score["fingerprint"]


def test_an_unknown_name_is_an_error_that_lists_the_known(shipped):
    with pytest.raises(ValueError, match="Did you mean 'toy_preset'.*Received: name="):
        ganzoo.from_preset("toy_presett")
    with pytest.raises(ValueError, match="Only a preset that comes with the zoo"):
        registry.download("elsewhere")


def test_a_preset_of_another_class_is_refused_before_it_is_fetched(shipped):
    message = "The preset is a GAN and no CGAN.*`GAN.from_preset`.*toy_preset"
    with pytest.raises(ValueError, match=message):
        ganzoo.CGAN.from_preset(NAME)


# === Saved and loaded ===


def trained(variant):
    """A toy game after a step, so that all of its state is its own."""
    gan = toys.build(variant)
    optimizers = (keras.optimizers.Adam(1e-2, beta_1=0.5) for _ in range(2))
    gan.compile(*optimizers, run_eagerly=True)
    gan.fit(*toys.data(variant, 8), batch_size=8, epochs=1, verbose=0)
    return gan


def state(gan):
    return toys.copy_of([*gan.variables, *gan.optimizer.variables])


@pytest.mark.parametrize("variant", ["WGANGP", "CGAN", "Pix2Pix", "BiGAN"])
def test_a_preset_comes_back_to_the_bit_and_trains_on(tmp_path, variant):
    gan = trained(variant)
    gan.save_preset(tmp_path / "mine", seed=2)
    again = getattr(ganzoo, variant).from_preset(tmp_path / "mine")
    assert type(again) is type(gan) and again.compiled
    assert toys.same(state(again), state(gan))
    for model in (gan, again):
        model.fit(*toys.data(variant, 8), batch_size=8, epochs=1, verbose=0)
    assert toys.same(state(again), state(gan))
    assert sorted(os.listdir(tmp_path / "mine")) == ["model.keras", "preset.json"]


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    """The folder of a preset of a DCGAN."""
    folder = tmp_path_factory.mktemp("presets") / "mine"
    toys.compiled("DCGAN").save_preset(
        folder, recipes.load("dcgan_fashion_mnist_10k"), epochs=4, seconds=61.5
    )
    return folder


def test_a_shipped_preset_is_loaded_by_its_name(shipped, preset):
    content = (preset / "model.keras").read_bytes()
    put(shipped.weights, content)
    shipped.index.write_text(
        json.dumps({NAME: facts_of(content, **{"class": "DCGAN"})})
    )
    for gan in ganzoo.from_preset(NAME), ganzoo.DCGAN.from_preset(NAME):
        assert isinstance(gan, ganzoo.DCGAN)
    # A DCGAN is a GAN.
    assert isinstance(ganzoo.GAN.from_preset(NAME), ganzoo.DCGAN)
    with pytest.raises(ValueError, match="is a DCGAN and no WGANGP"):
        ganzoo.WGANGP.from_preset(NAME)
    shipped.index.write_text(json.dumps({NAME: facts_of(content)}))
    with pytest.raises(ValueError, match="The record is of another model: of a GAN"):
        ganzoo.from_preset(NAME)


def test_a_folder_of_another_class_is_refused_with_both_names(preset):
    with pytest.raises(ValueError, match="is a DCGAN and no BiGAN.*mine"):
        ganzoo.BiGAN.from_preset(preset)


@keras.saving.register_keras_serializable("mine")
class MyGAN(ganzoo.LSGAN):
    """A variant that the zoo does not know."""


def test_a_variant_of_ones_own_is_shared_too(tmp_path):
    gan = MyGAN(**toys.networks("LSGAN"))
    gan.save_preset(tmp_path / "mine", licence="CC0-1.0")
    assert isinstance(MyGAN.from_preset(tmp_path / "mine"), MyGAN)
    with pytest.raises(ValueError, match="is a MyGAN and no CGAN"):
        ganzoo.CGAN.from_preset(tmp_path / "mine")
    assert "CC0-1.0" in cards.render("mine", registry.record(tmp_path / "mine"))


def test_a_preset_without_optimizers_comes_back_with_those_of_the_paper(tmp_path):
    gan = toys.build("WGANGP")
    gan.save_preset(tmp_path / "mine")
    again = ganzoo.from_preset(tmp_path / "mine")
    assert again.compiled
    wanted = ganzoo.WGANGP.default_optimizer().get_config()
    for optimizer in again.discriminator_optimizer, again.generator_optimizer:
        assert optimizer.get_config() == wanted | {"name": optimizer.name}
    before = toys.copy_of(gan.variables)
    assert toys.same(toys.copy_of(again.variables), before)
    again.fit(*toys.data("WGANGP", 8), batch_size=8, epochs=1, verbose=0)
    assert not toys.same(toys.copy_of(again.variables), before)


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "must be JSON"),
        ("[" * 100_000, "must be JSON"),
        ("[]", "must have"),
        ('{"class": "GAN", "sha256": 1, "size": 1}', "without 'sha256' of type str"),
        ('{"class": "GAN", "sha256": "0", "size": 1}', "or is damaged"),
        ('{"class": "callbacks", "sha256": "0", "size": 1}', "or is damaged"),
    ],
)
def test_a_folder_whose_record_is_wrong_is_refused(tmp_path, preset, text, message):
    (tmp_path / "model.keras").write_bytes((preset / "model.keras").read_bytes())
    (tmp_path / "preset.json").write_text(text)
    with pytest.raises(ValueError, match=f"(?s){message}") as info:
        ganzoo.from_preset(tmp_path)
    assert "Received: path=" in str(info.value)


def test_a_folder_without_its_file_is_refused(tmp_path, preset):
    (tmp_path / "preset.json").write_bytes((preset / "preset.json").read_bytes())
    with pytest.raises(ValueError, match="There is no file of the preset to read"):
        ganzoo.from_preset(tmp_path)


# === Shown and drawn from ===


def test_a_card_shows_nothing_that_a_terminal_would_obey():
    hostile = "\x1b[2J\x07x\ny"
    facts = facts_of(
        b"",
        recipe={"name": hostile, "text": hostile},
        paper=[hostile],
        data={"name": hostile},
        seconds=10**400,
        scores=[7, {"fid": 10**400, "protocol": hostile}, {"protocol": {"samples": 1}}],
    )
    card = cards.render(hostile, facts)
    assert all(c.isprintable() or c == "\n" for c in card)
    assert "not known" in card


def test_a_card_shows_scores_with_their_protocol_and_where_they_come_from():
    protocol = {
        "features": "inception",
        "features_sha256": "877a",
        "samples": {"count": 10_000, "name": "runs/a", "mode": "inference", "seed": 0},
        "reference": {"count": 500, "name": "mnist:test"},
    }
    score = {"fid": 12.5, "kid": 0.25, "kid_sd": 0.125, "modes": 3, "lonely_sd": 1.5}
    facts = facts_of(
        CONTENT,
        hardware="x86_64, 2 cores; cpu; tensorflow 2.21.0",
        commit="39f2279-dirty",
        epochs=20,
        seconds=61.5,
        scores=[{**score, "protocol": protocol, "fingerprint": "8ce1"}],
    )
    lines = cards.render("mine", facts).splitlines()
    place = "x86_64, 2 cores; cpu; tensorflow 2.21.0; ganzoo 39f2279-dirty"
    assert f"on          {place}" in lines
    assert "for         20 epochs, 61.5 seconds" in lines
    assert [line.split() for line in lines[lines.index("") + 14 :]] == [
        ["scores", "protocol", "8ce1"],
        ["fid", "12.5"],
        ["kid", "0.25", "±", "0.125"],
        ["modes", "3"],
        ["lonely_sd", "1.5"],
        ["samples", "10000,", "runs/a,", "inference,", "seed", "0"],
        ["reference", "500,", "mnist:test"],
        ["features", "inception,", "877a"],
    ]


def deep():
    value = []
    for _ in range(100_000):
        value = [value]
    return value


def test_a_card_shows_nothing_of_what_is_of_another_type():
    parts = ("recipe", "paper", "data", "epochs", "seconds", "hardware", "commit")
    parts += ("seed", "command", "licence", "versions", "scores")
    for value in (None, [], {}, [{}], deep(), {"name": deep()}, 10**400, True, ""):
        facts = facts_of(b"", **dict.fromkeys(parts, value))
        card = cards.render("mine", facts)
        assert facts["sha256"] in card and len(card) < 4_000
        facts["scores"] = [{"fid": value, "fid_sd": value, "protocol": value}]
        facts["scores"].append({"fingerprint": value, "protocol": {"samples": value}})
        assert "scores      protocol" in cards.render("mine", facts)


def test_pictures_are_drawn_from_presets_and_run_folders(preset, shipped, tmp_path):
    run_dir = tmp_path / "run"
    run_dir.mkdir()
    (run_dir / "model.keras").write_bytes((preset / "model.keras").read_bytes())
    pictures = [
        registry.open_model(name).generate(2, seed=0) for name in (preset, run_dir)
    ]
    assert np.array_equal(*pictures)
    best = (run_dir / "model.keras").rename(run_dir / "best_0003.keras")
    of_best = registry.open_model(str(best)).generate(2, seed=0)
    assert np.array_equal(of_best, pictures[0])
    with pytest.raises(ValueError, match="has a `model.keras`"):
        registry.open_model("nowhere")


def test_a_file_that_is_no_model_of_the_zoo_is_told(tmp_path):
    path = tmp_path / "best_0003.keras"
    path.write_bytes(b"half a file")
    with pytest.raises(ValueError, match="no model that can be read .*Received: path="):
        registry.open_model(path)
    toys.networks("GAN")["generator"].save(path)
    with pytest.raises(ValueError, match="a generative adversarial model"):
        registry.open_model(path)


# === Files that are more than a model ===


@pytest.fixture
def tampered(preset, tmp_path):
    """A function that writes the preset with its archive changed, record and all."""
    with zipfile.ZipFile(preset / "model.keras") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    facts = registry.record(preset)

    def write(change=None, more=(), **options):
        config = json.loads(members["config.json"])
        changed = dict(members)
        if change:
            change(config)
            changed["config.json"] = json.dumps(config).encode()
        changed.update(options.pop("replaced", {}))
        folder = tmp_path / "tampered"
        folder.mkdir(exist_ok=True)
        with zipfile.ZipFile(folder / "model.keras", "w", **options) as archive:
            for name, content in [*changed.items(), *more]:
                if content is not None:
                    archive.writestr(name, content)
        content = (folder / "model.keras").read_bytes()
        (folder / "preset.json").write_text(
            json.dumps(facts | facts_of(content, **{"class": "DCGAN"}))
        )
        return folder

    return write


def refuse(folder, match, monkeypatch):
    """Assert that the preset is refused before Keras sees it."""

    def load_model(*args, **kwargs):
        pytest.fail("Keras was given the file")

    with monkeypatch.context() as patch:
        patch.setattr(keras.saving, "load_model", load_model)
        patch.setattr(keras.saving, "deserialize_keras_object", load_model)
        with pytest.raises(ValueError, match=f"(?s){match}.*Received: path=") as info:
            ganzoo.from_preset(folder)
    return str(info.value)


def entry(name, config=None, module="keras.layers", **more):
    config = {"module": module, "class_name": name, "config": config or {}, **more}
    return {"registered_name": None, **config}


def function(name, module="builtins"):
    return entry("function", name, module)


def python_lambda():
    code = marshal.dumps((lambda x: os.system("touch ran")).__code__)
    value = {"code": base64.b64encode(code).decode(), "defaults": None, "closure": None}
    return {"class_name": "__lambda__", "config": value}


def dense(**config):
    return entry("Dense", {"units": 3, **config})


@keras.saving.register_keras_serializable("somebody")
class Somebody(keras.layers.Layer):
    """A layer that some other package registered."""


HOSTILE = {
    "a lambda": (entry("Lambda", {"function": python_lambda()}), "layers.Lambda"),
    "an older lambda": ({"class_name": "Lambda", "config": {}}, "None.Lambda"),
    "a Lambda of Keras's own": (
        entry("Lambda", {"function": function("load_data", "keras.datasets.mnist")}),
        "keras.layers.Lambda",
    ),
    "a raw lambda": (dense(activation=python_lambda()), "None.__lambda__"),
    "a private path to Lambda": (
        entry("Lambda", module="keras.src.layers.core.lambda_layer"),
        "lambda_layer.Lambda",
    ),
    "a SavedModel": (entry("TFSMLayer", {"filepath": "x"}), "keras.layers.TFSMLayer"),
    "a pickled module": (
        entry("TorchModuleWrapper", {"module": "x"}),
        "keras.layers.TorchModuleWrapper",
    ),
    "a JAX function": (entry("JaxLayer", {"call_fn": "x"}), "keras.layers.JaxLayer"),
    "a file to read": (
        entry("StringLookup", {"vocabulary": "/etc/passwd"}),
        "keras.layers.StringLookup",
    ),
    "a command": (entry("system", {"command": "touch ran"}, "os"), "os.system"),
    "a process": (entry("Popen", {"args": "touch ran"}, "subprocess"), "Popen"),
    "a module to import": (entry("X", module="antigravity"), "antigravity.X"),
    "a command as activation": (
        dense(activation=function("system", "os")),
        "os.system",
    ),
    "eval": (dense(activation=function("eval")), "builtins.eval"),
    "a download": (
        dense(activation=function("get_file", "keras.utils")),
        "keras.utils.get_file",
    ),
    "safe mode off": (
        entry("enable_unsafe_deserialization", module="keras.config"),
        "keras.config.enable_unsafe_deserialization",
    ),
    "a setting": (entry("set_floatx", {}, "keras.config"), "keras.config.set_floatx"),
    "what makes objects": (
        dense(activation=function("deserialize", "keras.activations")),
        "keras.activations.deserialize",
    ),
    "a type of TensorFlow": (
        {**entry("__typespec__", [], "os"), "spec_name": "system"},
        "os.__typespec__",
    ),
    "a callback": (
        entry("CSVLogger", {"filename": "ran"}, "keras.callbacks"),
        "keras.callbacks.CSVLogger",
    ),
    "what somebody registered": (
        entry("Dense", registered_name="somebody>Somebody"),
        "registered as somebody>Somebody",
    ),
    "a layer of ours that no variant has": (
        entry("X", registered_name="ganzoo>TF1Resize"),
        "registered as ganzoo>TF1Resize",
    ),
    "a class without a name": (entry(None), "keras.layers.None"),
    "a class of no module": (entry("Dense", module=None), "None.Dense"),
    "a class deep in a list": (
        entry("Wrapper", {"x": [[{"y": entry("system", {}, "os")}]]}),
        "x\\[0\\]\\[0\\].y names os.system",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_entry_that_could_run_is_refused_by_its_name(tampered, monkeypatch, name):
    hostile, named = HOSTILE[name]

    def change(config):
        config["config"]["generator"]["config"]["layers"][2] = hostile

    message = refuse(tampered(change), "nothing in it could run", monkeypatch)
    assert "config.json.config.generator.config.layers[2]" in message
    assert re.search(named, message)
    assert not os.path.exists("ran") and "antigravity" not in sys.modules


@pytest.mark.parametrize(
    "change, where",
    [
        (lambda c: c["compile_config"].update(x=entry("system", {}, "os")), "compile"),
        (lambda c: c.update(build_config=entry("system", {}, "os")), "build_config"),
        (lambda c: c.update(module="os", registered_name=None), "names os.DCGAN"),
        (lambda c: c.update(entry("Dense")), "not of one of its classes"),
        (lambda c: c.clear(), "not of one of its classes"),
    ],
)
def test_every_part_of_the_config_is_looked_at(tampered, monkeypatch, change, where):
    refuse(tampered(change), where, monkeypatch)


def test_safe_mode_switched_off_changes_nothing(tampered, monkeypatch):
    def change(config):
        config["config"]["generator"]["config"]["layers"][2] = HOSTILE["a lambda"][0]

    with SafeModeScope(False):
        refuse(tampered(change), "keras.layers.Lambda", monkeypatch)


class Command:
    """Unpickled, it makes a file."""

    def __reduce__(self):
        return os.system, ("touch ran",)


@pytest.mark.parametrize(
    "name",
    [
        "../../evil.py",
        "/evil.py",
        "assets/../../evil.py",
        "assets/layers/vocabulary.txt",
        "C:\\evil.py",
        "model.weights.npz",
        "evil.pkl",
    ],
)
def test_an_archive_that_holds_more_is_refused(tampered, monkeypatch, name):
    folder = tampered(more=[(name, pickle.dumps(Command()))])
    refuse(folder, "the archive must hold", monkeypatch)
    assert os.listdir(folder.parent) == ["tampered"]


def test_an_archive_that_lacks_something_is_refused(tampered, monkeypatch):
    for name in "config.json", "model.weights.h5", "metadata.json":
        folder = tampered(replaced={name: None})
        refuse(folder, f"must hold .* not .*{name}", monkeypatch)


# Writing it warns; reading it is the point.
@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_an_archive_that_holds_two_of_a_name_is_refused(tampered, monkeypatch):
    folder = tampered(more=[("config.json", b"{}")])
    refuse(folder, "once each", monkeypatch)


def test_a_link_in_an_archive_is_refused(tampered, monkeypatch):
    link = zipfile.ZipInfo("model.weights.h5")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    folder = tampered(replaced={"model.weights.h5": None}, more=[(link, "/etc/passwd")])
    refuse(folder, "model.weights.h5 in the archive is a link", monkeypatch)


def test_an_archive_that_unpacks_to_more_is_refused(tampered, monkeypatch):
    folder = tampered(
        replaced={"model.weights.h5": bytes(10**7)}, compression=zipfile.ZIP_DEFLATED
    )
    assert (folder / "model.keras").stat().st_size < 100_000
    refuse(folder, "in the archive is compressed", monkeypatch)


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"\x80\x04\x95", pickle.dumps(Command()), b"<html></html>"],
)
def test_a_file_of_another_kind_is_refused(tampered, monkeypatch, content):
    folder = tampered()
    (folder / "model.keras").write_bytes(content)
    (folder / "preset.json").write_text(json.dumps(facts_of(content)))
    refuse(folder, "must be a whole `.keras` file", monkeypatch)
    assert not os.path.exists("ran")


@pytest.mark.parametrize(
    "config", [b"", b"{", b"[" * 100_000, pickle.dumps(Command()), b"\xff\xfe"]
)
def test_a_config_that_is_no_json_is_refused(tampered, monkeypatch, config):
    folder = tampered(replaced={"config.json": config})
    refuse(folder, "must be a whole `.keras` file", monkeypatch)


def weights(write):
    """Bytes of an HDF5 file."""
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        write(file)
    return content.getvalue()


@pytest.mark.parametrize(
    "write, what",
    [
        (lambda f: f.update(x=h5py.SoftLink("/y")), "x in .* is a link"),
        (lambda f: f.update(x=h5py.ExternalLink("/etc/passwd", "/")), "is a link"),
        (
            lambda f: f.create_dataset(
                "x", (4,), "u1", external=[("/etc/passwd", 0, 4)]
            ),
            "x in .* is in another file",
        ),
        (
            lambda f: f.create_dataset("x", data=["text"], dtype=h5py.string_dtype()),
            "values of type object",
        ),
        (lambda f: f.create_dataset("a/x", (10**12,), "f4"), "a/x in .* unpacks to"),
        (
            lambda f: f.create_dataset(
                "x", data=np.zeros(10**6), compression="gzip", chunks=(10**6,)
            ),
            "unpacks to more",
        ),
    ],
)
def test_weights_that_are_more_than_numbers_are_refused(
    tampered, monkeypatch, write, what
):
    folder = tampered(replaced={"model.weights.h5": weights(write)})
    refuse(folder, what, monkeypatch)


def test_weights_that_are_none_are_refused(tampered, monkeypatch):
    folder = tampered(replaced={"model.weights.h5": pickle.dumps(Command())})
    refuse(folder, "must be a whole `.keras` file", monkeypatch)


def test_parts_that_do_not_fit_are_a_clear_error(tampered):
    def change(config):
        config["config"]["generator"]["config"]["layers"][2]["config"]["units"] = "x"

    with pytest.raises(ValueError, match="parts that do not make a model.*Received"):
        ganzoo.from_preset(tampered(change))
    folder = tampered(replaced={"model.weights.h5": weights(lambda f: None)})
    with pytest.raises(ValueError, match="parts that do not make a model.*Received"):
        ganzoo.from_preset(folder)


def test_a_file_that_was_not_tampered_with_is_loaded(tampered):
    assert isinstance(ganzoo.from_preset(tampered()), ganzoo.DCGAN)


@pytest.mark.parametrize("name", recipes.names())
def test_the_models_of_all_recipes_may_be_shared(tmp_path, name):
    text = re.sub(r"filters = \d+", "filters = 4", recipes.load(name).text)
    recipe = recipes.parse(name, text)
    side = recipe.config["data"].get("image_size", 28)
    x = np.zeros((10, side, side, 1), "uint8")
    arrays = {"images": (x,), "labels": (x, np.arange(10)), "edges": (x, x)}
    arrays["pairs"] = (x, x)
    recipe.build(arrays[recipe.kind], seed=0).save(tmp_path / "model.keras")
    keras_files.check(tmp_path / "model.keras")


def test_a_file_cut_or_changed_anywhere_is_refused(preset, tmp_path):
    content = (preset / "model.keras").read_bytes()
    (tmp_path / "preset.json").write_bytes((preset / "preset.json").read_bytes())
    path = tmp_path / "model.keras"
    for where in range(0, len(content), len(content) // 20):
        damaged = bytearray(content)
        damaged[where] ^= 0xFF
        for bad in (content[:where], bytes(damaged)):
            path.write_bytes(bad)
            with pytest.raises(ValueError, match="or is damaged"):
                ganzoo.from_preset(tmp_path)
