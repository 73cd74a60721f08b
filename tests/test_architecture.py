"""The rules of the house that a linter cannot see."""

import ast
import os
import pathlib
import re
import subprocess
import sys

import keras
import pytest

import ganzoo

ROOT = pathlib.Path(__file__).parents[1]
PACKAGE = ROOT / "ganzoo"
FRAMEWORKS = {"tensorflow", "tensorflow_datasets", "jax", "torch"}
SOURCES = sorted(PACKAGE.rglob("*.py"))


def imports(path):
    """Modules that a file imports anywhere; `ganzoo.a` for `from ganzoo import a`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    return found


def room(path):
    """The first name below the package: `models` for ganzoo/models/gan.py."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def test_only_backend_and_the_tensorflow_data_source_import_a_framework():
    for path in SOURCES:
        if room(path) != "backend" and path.name != "tfds.py":
            roots = {name.split(".")[0] for name in imports(path)}
            assert not roots & FRAMEWORKS, path


# What each room must not reach, as arrows run one way.
@pytest.mark.parametrize(
    "name, forbidden",
    [
        ("backend", {"ganzoo"}),
        ("adversarial_model", {"ganzoo.models", "ganzoo.networks", "ganzoo.metrics"}),
        ("lifecycle", {"ganzoo.models", "ganzoo.networks", "ganzoo.metrics"}),
        ("networks", {"ganzoo.models", "ganzoo.adversarial_model", "ganzoo.data"}),
        ("models", {"ganzoo.metrics", "ganzoo.features", "ganzoo.recipes"}),
        ("data", {"ganzoo.models", "ganzoo.networks", "ganzoo.features"}),
        ("features", {"ganzoo.models", "ganzoo.networks", "ganzoo.metrics"}),
        ("metrics", {"ganzoo.models", "ganzoo.features", "ganzoo.data", "keras"}),
        ("recipes", {"ganzoo.benchmark", "ganzoo.features", "ganzoo.metrics"}),
        ("runs", {"ganzoo.benchmark", "ganzoo.cli"}),
        ("presets", {"ganzoo.publishing", "ganzoo.benchmark", "ganzoo.cli"}),
        ("publishing", {"ganzoo.benchmark", "ganzoo.cli"}),
        ("evaluation", {"ganzoo.benchmark", "ganzoo.cli"}),
        ("benchmark", {"ganzoo.cli"}),
    ],
)
def test_arrows_run_one_way(name, forbidden):
    paths = [path for path in SOURCES if room(path) == name]
    assert paths
    for path in paths:
        for module in imports(path):
            reached = {
                f for f in forbidden if module == f or module.startswith(f + ".")
            }
            if name == "backend" and module.startswith("ganzoo.backend"):
                continue
            assert not reached, f"{path} imports {module}"


def test_the_range_of_pixels_is_known_in_one_place():
    knowing = [path.name for path in SOURCES if "127.5" in path.read_text()]
    assert knowing == ["pixels.py"]


def test_every_variant_file_cites_its_paper_and_its_losses_their_equations():
    for path in sorted((PACKAGE / "models").glob("*.py")):
        tree = ast.parse(path.read_text())
        if path.name == "__init__.py":
            continue
        assert "Reference:\n    [" in ast.get_docstring(tree), path
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.endswith("_loss"):
                assert ast.get_docstring(node), (path, node.name)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "findings").glob("*")), ids=lambda p: p.stem
)
def test_a_finding_stands_by_itself_and_tells_what_it_shows(path):
    assert path.suffix == ".sh" and os.access(path, os.X_OK)
    text = path.read_text("utf-8")
    head, _, body = text.partition("set -euo pipefail\n")
    assert head.startswith("#!/usr/bin/env bash\n# ")
    for said in ("Versions:", "Behaviour:", "Output:", "For GANs:"):
        assert f"# {said}" in head
    installed = re.findall(r"[\w-]+==[\d.]+", body)
    assert installed and "mktemp -d" in body and "ganzoo" not in text


def test_no_committed_file_names_a_folder_of_a_machine():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True)
    if listed.returncode:
        pytest.skip("this is no checkout")
    place = re.compile(rb"(?<![\w.~-])/(tmp|root|home|work|Users|mnt|scratch|var)/")
    for name in listed.stdout.decode().splitlines():
        content = (ROOT / name).read_bytes()
        assert b"\0" in content or not place.search(content), name


def test_every_test_file_is_collected():
    for path in (ROOT / "tests").rglob("*.py"):
        assert path.name.startswith(("test_", "toy")) or path.name == "conftest.py"


@pytest.mark.skipif(
    keras.backend.backend() == "tensorflow", reason="TensorFlow is the backend here"
)
def test_importing_on_another_backend_leaves_tensorflow_alone():
    code = (
        "import sys, ganzoo; "
        "assert 'tensorflow' not in sys.modules, 'TensorFlow was imported'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ))


@pytest.mark.parametrize("name", ["numpy", "pytorch"])
def test_unknown_backends_are_refused(name):
    code = "import ganzoo"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "KERAS_BACKEND": name},
        capture_output=True,
        text=True,
    )
    assert "set the environment variable KERAS_BACKEND to one of them" in done.stderr
    assert f"Received: KERAS_BACKEND='{name}'" in done.stderr


def test_the_public_names_are_these():
    public = {name for name in vars(ganzoo) if name[0].isupper()}
    assert public == {
        "AdversarialModel",
        "BiGAN",
        "CGAN",
        "DCGAN",
        "GAN",
        "LSGAN",
        "Pix2Pix",
        "WGANGP",
    }
