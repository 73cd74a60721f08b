"""Keras is imported only where a verb needs it, and its framework says nothing."""

import os
import subprocess
import sys

import keras
import pytest
import toys

from ganzoo import layers
from ganzoo.cli import loading
from ganzoo.system import shipped

FRAMEWORKS = {"keras", "tensorflow", "jax", "torch", "numpy"}
# Calls the command once for each line, as often as it may in one process.
QUICK = """
import sys
import ganzoo_command
for line in sys.stdin.read().splitlines():
    try:
        ganzoo_command.main(line.split("|"))
    except SystemExit as end:
        print("exit", end.code)
    found = {frameworks} & set(sys.modules)
    assert not found, (line, found)
""".replace("{frameworks}", repr(FRAMEWORKS))
LINES = (
    *("--help", "--version", "list", "info|dcgan_fashion_mnist", "train|--help"),
    *("evaluate|--help", "trian", "train|--run-dirr|x", "info|dcgan_fashion_mist"),
    *("train|dcgan_fashion_mist|--run-dir|x", "generate|dcgan_fashion_mist"),
    *("evaluate|dcgan_fashion_mist", "download|dcgan_fashion_mist"),
)
HINTS = ("Did you mean 'dcgan_fashion_mnist'", "--run-dirr")


def run(*arguments, lines=(), **variables):
    """A process of a Python without the tests' own level of TensorFlow's log."""
    kept = {k: v for k, v in os.environ.items() if k != loading.LOG_LEVEL}
    return subprocess.run(
        [sys.executable, *arguments],
        env=kept | variables,
        input="\n".join(lines),
        capture_output=True,
        text=True,
    )


def test_help_lists_cards_and_typos_import_no_framework():
    done = run("-c", QUICK, lines=LINES)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("exit ") == len(LINES)
    for hint in HINTS:
        assert hint in done.stderr
    for name in shipped.recipe_names():
        assert f"\n{name} " in done.stdout
    assert "Traceback" not in done.stderr


def test_a_verb_and_its_error_write_no_line_of_a_framework(tmp_path):
    toys.compiled("DCGAN").save(tmp_path / "model.keras")
    verb = ["generate", str(tmp_path), "--out", str(tmp_path / "a.npy")]
    code = "import sys, ganzoo_command; ganzoo_command.main(sys.argv[1:])"
    done = run("-c", code, *verb)
    assert done.returncode == 0 and not done.stderr, done.stderr
    done = run("-c", code, *verb, KERAS_BACKEND="numpy")
    [line] = done.stderr.splitlines()
    assert line.startswith("Error: ganzoo trains on the 'tensorflow', 'jax'")


@pytest.mark.parametrize(
    "line",
    [
        "WARNING: All log messages before absl::InitializeLog() is called are written "
        "to STDERR",
        "I0000 00:00:1795949869.414535   23301 port.cc:153] oneDNN custom operations",
        "E0000 00:00:1795949869.414535   23301 cuda_dnn.cc:8579] Unable to register",
    ],
)
def test_only_the_log_of_the_framework_is_held_back(line, capfd):
    with pytest.raises(ImportError), loading._without_noise():
        os.write(2, f"{line}\nlibcudart.so is broken\n".encode())
        raise ImportError
    assert capfd.readouterr().err == "libcudart.so is broken\n"


def test_the_whole_log_comes_if_the_user_asks_for_it(monkeypatch):
    monkeypatch.setenv(loading.LOG_LEVEL, "0")
    loading.load_keras()
    assert os.environ[loading.LOG_LEVEL] == "0"


def test_a_level_inherited_from_a_process_that_imports_jax_brings_no_log(monkeypatch):
    monkeypatch.setenv(loading.LOG_LEVEL, "1")
    monkeypatch.delitem(sys.modules, "keras")
    monkeypatch.setattr(loading, "_check_keras", lambda: None)
    loading.load_keras()
    assert os.environ[loading.LOG_LEVEL] == loading.NONE


def test_import_ganzoo_is_all_that_a_file_of_a_model_or_layer_needs(tmp_path):
    toys.compiled("DCGAN").save(tmp_path / "gan.keras")
    layer = layers.SubpixelConv2DTranspose(2, 4, 2, padding="same")
    keras.Sequential([keras.Input((4, 4, 1)), layer]).save(tmp_path / "layer.keras")
    root = shipped.MODELS.parents[0]
    registered = {
        ".".join(path.relative_to(root.parent).with_suffix("").parts)
        for path in root.rglob("*.py")
        if "\n@keras.saving.register" in path.read_text("utf-8")
    }
    # That is of the Inception of scores, which no file of a model has.
    registered.remove("ganzoo.features.inception")
    code = f"""
import pickle, sys, ganzoo, keras
assert {registered!r} <= set(sys.modules)
assert "ganzoo.presets.registry" not in sys.modules
gan, layer = (keras.models.load_model(path) for path in sys.argv[1:])
assert type(gan) is ganzoo.DCGAN
assert pickle.loads(pickle.dumps(ganzoo.DCGAN)) is ganzoo.DCGAN
"""
    paths = [tmp_path / "gan.keras", tmp_path / "layer.keras"]
    done = run("-c", code, *map(str, paths))
    assert done.returncode == 0, done.stderr
