"""Progress as a log and as a terminal have it."""

import pathlib
import sys

import ganzoo
from ganzoo.system.terminal import progress


def test_a_log_has_plain_lines_and_few(monkeypatch, capsys):
    monkeypatch.setattr(progress, "PAUSE", 0.0)
    with progress.progress_bar("Files of products", 300) as advance:
        for _ in range(300):
            advance(1)
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert lines[0] == "Files of products: 300 to come"
    assert lines[1] == "Files of products: 30 of 300"
    assert lines[-1] == "Files of products: 300 of 300"
    assert len(lines) == 11 and out == ""


def test_what_is_short_has_a_beginning_and_an_end(capsys):
    with progress.progress_bar("Files of products", 1_200) as advance:
        for _ in range(4):
            advance(300)
    assert capsys.readouterr().err.splitlines() == [
        "Files of products: 1,200 to come",
        "Files of products: 1,200 of 1,200",
    ]


def test_a_terminal_has_a_bar(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress.progress_bar("Files of products", 3) as advance:
        advance(3)
    assert "3/3" in capsys.readouterr().err


def test_nothing_is_shown_where_nothing_is_asked_for(capsys):
    with progress.progress_bar("Files of products", 3, verbose=0) as advance:
        advance(3)
    assert capsys.readouterr() == ("", "")


def test_no_bar_is_of_keras():
    """That one writes ANSI codes and carriage returns into logs."""
    for path in pathlib.Path(*ganzoo.__path__).rglob("*.py"):
        assert "Progbar(" not in path.read_text("utf-8"), path
