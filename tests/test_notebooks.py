"""The notebooks for a lecture, run from start to end on a few of the images."""

import pathlib
import runpy

import jupytext
import nbformat
import pytest
import toys
from matplotlib import pyplot

from ganzoo.lab.trainings import ring
from ganzoo.lab.trainings import supports

FOLDER = pathlib.Path(__file__).parents[1] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.py"))
# The least for which its code runs, where that is not a fiftieth.
BUDGETS = {
    "01_the_game": 0.01,
    "02_seven_side_by_side": 0.01,
    "03_slopes_and_distances": 0.015,
}
OF_FEW_STEPS = (
    "02_seven_side_by_side",
    "04_conditions_and_inverses",
    "05_reading_a_score",
    "07_remedies",
    "08_modes",
    "09_labels_codes_domains",
)


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
    monkeypatch.setenv("BUDGET", str(BUDGETS.get(path.stem, 0.02)))
    if path.stem in OF_FEW_STEPS:
        toys.trace_nothing(monkeypatch)
    for module in (ring, supports):
        # A fiftieth of a training of the laboratory is hundreds of steps.
        monkeypatch.setattr(module, "STEPS", 2)
    runpy.run_path(str(path), run_name="__main__")
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
