"""The README's Python runs, and its commands and tables are those that there are."""

import re
import runpy
import subprocess
import sys

import pytest
import toy_pages

import ganzoo
from ganzoo.training import recipes

ROOT = toy_pages.ROOT
PATH = ROOT / "README.md"
README = PATH.read_text("utf-8")
PYTHON = toy_pages.blocks(PATH, "python")


def first_with(words):
    """The first block of Python that has some words."""
    return next(code for code in PYTHON if words in code)


FIRST = first_with("gan.fit")
OTHERS = [code for code in PYTHON if code != FIRST]


@pytest.fixture
def names(tmp_path, monkeypatch):
    """What a block of the README supposes, in a folder of its own."""
    toy_pages.set_scene(tmp_path, monkeypatch)
    return {"ganzoo": ganzoo}


@pytest.mark.parametrize("code", OTHERS, ids=range(len(OTHERS)))
def test_each_other_block_of_python_runs(code, names):
    toy_pages.run(code, names)


def test_the_first_lines_of_python_draw_pictures(names):
    toy_pages.run(FIRST, names)
    assert names["images"].shape == (64, 28, 28, 1)
    assert names["images"].dtype == "uint8"


def test_commands_are_those_that_there_are(names):
    for words in toy_pages.commands(PATH, ""):
        toy_pages.parse(words)


def test_tables_are_those_that_the_script_writes():
    script = runpy.run_path(str(ROOT / "benchmarks" / "readme.py"))
    assert script["results"]()
    for path, page in script["PAGES"].items():
        assert path.read_text("utf-8") == page(), path
    for paragraph in ("\n".join(script["by_kind"]()), *script["times"]()):
        assert paragraph in README


def test_the_page_of_all_results_leads_somewhere():
    folder = ROOT / "benchmarks" / "results"
    text = (folder / "index.html").read_text("utf-8")
    links = re.findall(r'(?:href|src)="([^"]+)"', text)
    assert "quick/index.html" in links and "modes/report.md" in links
    for link in links:
        assert (folder / link).is_file(), link


def test_every_public_model_is_in_the_table():
    for name in recipes.variants():
        assert f"[`{name}`](docs/variants/" in README


def test_it_is_short_and_its_links_lead_somewhere():
    assert len(README.splitlines()) < 150
    for link in re.findall(r"\]\((?!http)([^)#]+)", README):
        assert (ROOT / link).exists(), link


def test_every_name_in_the_tree_exists():
    blocks = toy_pages.blocks(ROOT / "CONTRIBUTING.md", "")
    tree = next(block for block in blocks if "ganzoo_command.py" in block)
    for line in tree.splitlines():
        folder = ROOT / "ganzoo" if line.startswith("  ") else ROOT
        assert (folder / line.split()[0]).exists(), line


def test_ci_runs_the_readmes_test_command():
    command = re.compile("^python3 -m venv .* pytest", flags=re.MULTILINE)
    assert len(command.findall(README)) == 1
    assert "README.md" in (ROOT / ".ci" / "run").read_text()


def test_the_code_is_formatted_and_clean():
    for verb in (["format", "--check"], ["check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *verb, ROOT], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout
