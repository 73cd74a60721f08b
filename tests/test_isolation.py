"""Tests give the same wherever they run."""

import json
import os
import pathlib
import re
import subprocess
import sys

import keras
import toy_environment
import toy_processes

from ganzoo.features import inception_weights

TESTS = pathlib.Path(__file__).parent
# Whatever looked, or might look, into the user's caches and variables.
SELECTION = [
    "test_isolation.py::test_what_keras_and_ganzoo_go_by_is_set_for_tests",
    "features/test_inception_weights.py::test_real_weights_are_the_known_ones",
    "features/test_published_fid.py",
    "features/test_classifier.py::test_accuracy_on_real_digits_is_the_recorded",
    "presets/test_weight_files.py::test_a_named_address_is_the_only_place",
    "data/datasets/test_named.py",
    "system/test_cache.py",
]
# Keras loads in half the time there.
QUICK = ["--backend", "jax", "--without-tensorflow"] * bool(toy_processes.QUICK)


def test_what_keras_and_ganzoo_go_by_is_set_for_tests(pytestconfig):
    assert keras.backend.backend() == pytestconfig.getoption("backend")
    assert keras.config.floatx() == "float32"
    assert keras.config.image_data_format() == "channels_last"
    # What processes of tests inherit.
    assert os.environ["KERAS_HOME"].startswith(toy_environment.KEPT.name)
    assert not {"GANZOO_INCEPTION", "GANZOO_DATA_DIR", "TF_CONFIG"} & {*os.environ}
    assert "--nothing" not in os.environ["XLA_FLAGS"]


def worn(folder):
    """Variables and caches of a machine on which ganzoo has been used and set up."""
    home = folder / "home"
    kept = home / ".cache" / "ganzoo"
    kept.mkdir(parents=True)
    (kept / inception_weights.FILE).write_bytes(b"not these")
    (home / ".keras").mkdir()
    settings = {"floatx": "float16", "backend": "torch"}
    settings["image_data_format"] = "channels_first"
    (home / ".keras" / "keras.json").write_text(json.dumps(settings))
    return {
        "HOME": str(home),
        "KERAS_HOME": str(home / ".keras"),
        "KERAS_BACKEND": "nothing",
        "GANZOO_CACHE": str(kept),
        "GANZOO_DATA_DIR": str(folder),
        "GANZOO_INCEPTION": str(kept / inception_weights.FILE),
        "GANZOO_WEIGHTS_URL": str(folder / "nowhere"),
        "TF_CONFIG": "{}",
        "TF_USE_LEGACY_KERAS": "1",
        "TF_NUM_INTRAOP_THREADS": "nothing",
        "TFDS_DATA_DIR": str(folder / "nowhere"),
        "JAX_ENABLE_X64": "1",
        "JAX_PLATFORMS": "nothing",
        "XLA_FLAGS": "--nothing",
        "CUDA_VISIBLE_DEVICES": "7",
        "MPLBACKEND": "nothing",
    }


def outcomes(started):
    """What pytest said of each test, and how often."""
    text, errors = started.communicate()
    assert started.returncode == 0, text + errors
    told = re.findall(r"^(?:PASSED|SKIPPED|XFAIL) .*$", text, re.MULTILINE)
    return sorted(line.split(" in ")[0] for line in told)


def test_what_a_user_has_set_and_kept_changes_no_test(tmp_path):
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider"]
    command += [*QUICK, *SELECTION]
    bare, used = (
        subprocess.Popen(
            command,
            cwd=TESTS,
            env={**os.environ, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for more in ({}, worn(tmp_path))
    )
    told = outcomes(bare)
    assert len(told) > 40
    assert outcomes(used) == told
