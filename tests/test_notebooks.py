"""The notebooks for a lecture, run from start to end on a fiftieth of the pictures."""

import pathlib
import runpy

import jupytext
import nbformat
import pytest
import toys
from matplotlib import pyplot

FOLDER = pathlib.Path(__file__).parents[1] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.py"))
OF_FEW_STEPS = "02_seven_side_by_side", "05_reading_a_score"


@pytest.fixture
def figures():
    """How many figures were drawn, without a screen; they are closed afterwards."""
    before = pyplot.get_backend()
    pyplot.switch_backend("agg")
    yield pyplot.get_fignums
    pyplot.close("all")
    pyplot.switch_backend(before)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_start_to_end(path, figures, monkeypatch):
    monkeypatch.setenv("BUDGET", "0.02")
    if path.stem in OF_FEW_STEPS:
        toys.trace_nothing(monkeypatch)
    runpy.run_path(path, run_name="__main__")
    assert figures()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_converts_to_ipynb(path):
    notebook = nbformat.reads(jupytext.writes(jupytext.read(path), "ipynb"), 4)
    nbformat.validate(notebook)
    assert notebook.cells[0].source.startswith("# ")
    assert {cell.cell_type for cell in notebook.cells} == {"code", "markdown"}


def test_the_page_of_the_lecture_lists_every_notebook():
    page = (FOLDER.parent / "lecture.md").read_text()
    assert all(f"notebooks/{path.name}" in page for path in NOTEBOOKS)
