"""The `ganzoo` command where its package is not whole."""

import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

import ganzoo
import ganzoo_command
from ganzoo import cli

COMMAND = pathlib.Path(ganzoo_command.__file__)
THEIRS = '__version__ = "0.0.1"\n'
OURS = f"{ganzoo_command.OWN_NAME} = None\n"
CURE = "pip install --force-reinstall --no-deps keras-ganzoo"


@pytest.fixture
def site(tmp_path):
    """A folder of installed packages, with the command and nothing else."""
    shutil.copy(COMMAND, tmp_path)
    return tmp_path


def install(site, name, init=None):
    """Write what pip does of a distribution, and overwrite the package's first file."""
    about = site / f"{name.replace('-', '_')}-0.0.1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\n")
    (about / "RECORD").write_text("ganzoo/__init__.py,,\n")
    (about / "top_level.txt").write_text("ganzoo\n")
    (site / "ganzoo").mkdir(exist_ok=True)
    (site / "ganzoo" / "cli.py").write_text("def main(*args):\n    print(*args)\n")
    if init:
        (site / "ganzoo" / "__init__.py").write_text(init)


def run(site):
    """Run the command where no other packages are seen."""
    code = "import sys; sys.path[0] = '.'; import ganzoo_command as c; c.main('went')"
    return subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=site,
        capture_output=True,
        text=True,
        env={},
    )


def assert_told(done, *words):
    """Assert that a message came, and no lines of code."""
    assert done.returncode == 1 and not done.stdout
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_the_command_runs_where_the_package_is_whole(site):
    install(site, "keras-ganzoo", OURS)
    assert run(site).stdout == "went\n"


def test_other_packages_that_were_installed_over_it_are_named(site):
    install(site, "keras-ganzoo", OURS)
    install(site, "pytorch-gan-zoo", THEIRS)
    install(site, "ganzoo", THEIRS)
    told = run(site)
    assert_told(told, "Run `pip uninstall ganzoo pytorch-gan-zoo`, then", CURE)


def test_the_command_runs_where_it_was_installed_over_others(site):
    install(site, "ganzoo", THEIRS)
    install(site, "keras-ganzoo", OURS)
    assert run(site).stdout == "went\n"


def test_what_the_removal_of_another_package_took_is_told(site):
    install(site, "keras-ganzoo")
    assert_told(run(site), f"Error: Run `{CURE}`", "Files of this package are missing")


def test_a_package_that_is_not_there_is_told(site):
    assert_told(run(site), f"Error: Run `{CURE}`", "no whole package `ganzoo`")


def test_the_package_is_told_by_a_name_of_its_first_file():
    assert ganzoo_command.OWN_NAME in pathlib.Path(ganzoo.__file__).read_text("utf-8")


def test_python_runs_the_package_as_the_command():
    code = [sys.executable, "-X", "importtime", "-m", "ganzoo", "list"]
    done = subprocess.run(code, capture_output=True, text=True, check=True)
    assert "dcgan_fashion_mnist" in done.stdout
    assert "keras" not in re.findall(r"\| +(\w+)$", done.stderr, re.MULTILINE)


def test_options_are_named_where_arguments_are():
    message = "Pass `feature_weight=0`, not `steps`. Received: feature_weight=2."
    told = cli._name_options(message, cli.main.commands["anomalies"])
    wanted = "Pass `--feature-weight 0`, not `steps`. Received: --feature-weight 2."
    assert told == wanted


def test_the_version_is_that_of_the_package_whether_installed_or_not():
    told = CliRunner().invoke(cli.main, ["--version"])
    assert told.output == f"ganzoo, version {ganzoo.__version__}\n"
