"""The rules of the house that a linter cannot see."""

import ast
import configparser
import inspect
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
# From the top down: each knows only those after it.
ROOMS = [
    *("cli", "lab", "benchmark", "evaluation", "presets", "training", "scoring"),
    *("visualization", "models", "game", "inputs", "features", "networks"),
    *("layers", "metrics", "data", "backend", "system"),
]
SHARED = {"AdversarialModel", "AveragedWeights"}
READING_DECLARATIONS = {"ganzoo.inputs.parts", "ganzoo.training.history"}
# What variants of one kind share, which is theirs though it is not in their files.
SHARED_BY_VARIANTS = (
    *("ganzoo.models", "ganzoo.networks", "ganzoo.game.conditions"),
    "ganzoo.game.kinds",
)
# Scores of what an encoder has learned are kept under this name, and searches begin or
# end with what it tells.
ALLOWED = {
    "ganzoo.game.kinds.encoding": {"encoder"},
    "ganzoo.cli.projecting": {"encoder"},
    "ganzoo.game.inversion.projection": {"encoder"},
    "ganzoo.game.inversion.anomalies": {"encoder"},
    "ganzoo.evaluation.evaluate": {"encoder"},
    "ganzoo.evaluation.model_source": {"encoder"},
}
FRAMEWORKS = {"tensorflow", "tensorflow_datasets", "jax", "torch"}
SOURCES = sorted(PACKAGE.rglob("*.py"))


def name_of(path):
    """The dotted name of a module or package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in SOURCES}


def imports(path):
    """Modules that a file imports anywhere, also in functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively"
            names = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            found |= {m if m in MODULES else node.module for m in names.values()}
    return found


def graph():
    """The modules of ganzoo that each of them imports, by name."""
    return {
        name: {module for module in imports(path) if module in MODULES}
        for name, path in MODULES.items()
    }


def room(name):
    """The package that a module is in: `models` for ganzoo.models.gan."""
    return name.split(".")[1]


def test_the_package_holds_packages_only_which_are_listed_in_order():
    files = sorted(path.name for path in PACKAGE.glob("*.py"))
    assert files == ["__init__.py", "__main__.py"]
    packages = {p.parent.name for p in PACKAGE.glob("*/__init__.py")}
    assert packages == {*ROOMS} == {*ganzoo._PACKAGES}
    listed = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert re.findall(r"^  (\w+)/  ", listed, re.MULTILINE) == ROOMS


def test_each_package_has_a_sentence_of_purpose_and_about_ten_modules():
    for path in PACKAGE.rglob("__init__.py"):
        if path.parent.name == "fashion_mnist_10k":
            continue
        assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), path
        modules = [p for p in path.parent.glob("*.py") if p != path]
        # Those of papers and architectures have one for each.
        assert len(modules) <= 13 or path.parent.name in ("models", "networks"), path


def test_each_package_knows_only_those_below_it():
    for name, reached in graph().items():
        if name == "ganzoo":
            continue
        for module in reached:
            assert module != "ganzoo", f"{name} imports the whole package"
            here, there = ROOMS.index(room(name)), ROOMS.index(room(module))
            assert here <= there, f"{name} imports {module}, which stands above it"


def test_modules_import_one_another_in_no_circle():
    remaining = graph()
    while remaining:
        ends = {name for name, reached in remaining.items() if not reached - {name}}
        assert ends, f"a circle is among {sorted(remaining)}"
        remaining = {
            name: reached - ends
            for name, reached in remaining.items()
            if name not in ends
        }


def test_no_import_is_hidden_in_a_string():
    for name, path in MODULES.items():
        if name not in ("ganzoo", "ganzoo.system.lazy"):
            text = path.read_text("utf-8")
            assert not re.search(r"import_module\(|__import__\(", text), path


def test_only_backend_and_the_tensorflow_data_source_import_a_framework():
    for name, path in MODULES.items():
        if not name.startswith("ganzoo.backend") and path.name != "tfds.py":
            roots = {module.split(".")[0] for module in imports(path)}
            assert not roots & FRAMEWORKS, path


def test_metrics_need_no_framework():
    for path in (PACKAGE / "metrics").glob("*.py"):
        assert "keras" not in imports(path), path


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


def test_a_wheel_has_every_file_that_is_no_module():
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    named = dict(settings["options.package_data"])
    left_out = []
    for path in (*PACKAGE.rglob("*"), *(ROOT / "zoo_configs").rglob("*")):
        if path.is_dir() or path.suffix in (".py", ".pyc"):
            continue
        # The nearest folder that is a package has it.
        package = next(p for p in path.parents if (p / "__init__.py").is_file())
        name = ".".join(package.relative_to(ROOT).parts)
        patterns = map(str.strip, named.get(name, "").split(","))
        if not any(path in package.glob(pattern) for pattern in patterns if pattern):
            left_out.append(str(path.relative_to(ROOT)))
    assert left_out == []


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
    public = {name for name in dir(ganzoo) if name[0].isupper()}
    files = {p.stem for p in (PACKAGE / "models").glob("[!_]*.py")}
    variants = public - {"AdversarialModel", "AveragedWeights"}
    assert {getattr(ganzoo, name).__module__ for name in variants} == {
        f"ganzoo.models.{file}" for file in files
    }


def test_no_code_outside_of_the_models_names_a_variant_or_its_arguments():
    """Prose may: an error that tells what to try, and help with its examples."""
    files = {p.stem for p in (PACKAGE / "models").glob("[!_]*.py")}
    variants = {n for n in dir(ganzoo) if n[0].isupper() and n not in SHARED}
    arguments = set()
    for name in variants:
        model_class = getattr(ganzoo, name)
        arguments |= model_class.options() | model_class.given()
    # What all models have, if only to say that they have none, and what `fit` takes.
    game = ganzoo.AdversarialModel
    arguments -= {*dir(game), *game.given(), *game.options()}
    arguments -= {*inspect.signature(keras.Model.fit).parameters}
    for name, path in MODULES.items():
        if name.startswith(SHARED_BY_VARIANTS):
            continue
        named = [n for n in named_in(path) if n in variants | files | arguments]
        assert set(named) <= ALLOWED.get(name, set()), (name, named)
        asked = re.findall(
            r"(?:has|get)attr\((?:model|gan)\b.*", path.read_text("utf-8")
        )
        # A part resolves its own declaration, and a history looks for optimizers.
        assert not asked or name in READING_DECLARATIONS, (name, asked)


def named_in(path):
    """What code names or has as a whole string, but for annotations of prose."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.alias):
            yield node.name.rpartition(".")[2]


@pytest.mark.parametrize("old, new", sorted(ganzoo._MODULES.items()))
def test_modules_of_earlier_releases_have_their_names(old, new):
    code = f"import ganzoo.{old} as old, {new} as new; assert old is new"
    exec(code, {})
    assert getattr(ganzoo, old).__spec__.name == new
