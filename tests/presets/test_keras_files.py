"""Files that are more than a model: never code out of a file."""

import base64
import io
import json
import marshal
import os
import pickle
import re
import stat
import sys
import zipfile

import h5py
import keras
import numpy as np
import pytest
from keras.src.saving.serialization_lib import SafeModeScope
from toy_presets import facts_of

import ganzoo
from ganzoo.presets import keras_files
from ganzoo.presets import registry
from ganzoo.training import recipes


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


REGISTERED = "tests>somebody_s"
keras.saving.register_keras_serializable("tests", "somebody_s")(lambda x: x)


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
    "a function that somebody registered": (
        dense(activation=function(REGISTERED)),
        REGISTERED,
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
    kinds = ("edges", "pairs", "unpaired_edges", "unpaired")
    arrays = {kind: (x, x) for kind in kinds}
    arrays |= {"images": (x,), "one_class": (x,), "labels": (x, np.arange(10))}
    arrays["downscaled"] = (x[:, ::4, ::4], x)
    frames = recipe.config["data"].get("frames", 0)
    arrays["sequences"] = (np.zeros((2, frames + 1, side, side, 1), "uint8"),)
    arrays["captions"] = x, np.array(["dark coat", "bright bag"] * 5)
    arrays["attributes"] = x, np.zeros((10, len(recipe.find_names() or ())), "int8")
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
