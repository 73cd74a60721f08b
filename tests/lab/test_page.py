"""The page of the laboratory as its readers have it: in a browser, moved and played."""

import datetime
import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from ganzoo import cli
from ganzoo.benchmark import figures
from ganzoo.lab import page
from ganzoo.lab import records

MEGABYTE = 2**20
RECORDED = [name for name in page.PANELS if records.load(name)]


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    return page.write(tmp_path_factory.mktemp("lab"))


def test_it_is_one_small_file_that_needs_no_network(html):
    text = html.read_text("utf-8")
    assert len(text) < 4 * MEGABYTE
    files = [path.stat().st_size for path in records.FOLDER.glob("*.json")]
    assert sum(files) < 2 * MEGABYTE
    assert not re.search(r'(src|href)="(?!data:|#|https://|\$)', text)
    assert not re.search(r'src="|@import|<link', text)


def test_every_panel_says_how_to_make_it_again(html):
    text = html.read_text("utf-8")
    for name in RECORDED:
        assert f"ganzoo lab --panels {name} --budget 1</pre>" in text


def test_the_command_writes_it_without_a_framework(tmp_path):
    code = (
        "import sys, ganzoo_command; ganzoo_command.main("
        f"['lab', '--out', {str(tmp_path)!r}, '--panels', 'orbits, fits'], "
        "standalone_mode=False); "
        "assert not {'keras', 'tensorflow', 'jax', 'torch'} & {*sys.modules}"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "index.html").read_text("utf-8")
    assert re.findall(r'<section class="panel" id="(\w+)"', text) == ["orbits", "fits"]


def test_with_a_budget_it_shows_trainings_of_its_own(tmp_path):
    arguments = ["lab", "--out", str(tmp_path), "--panels", "orbits", "--budget", "0.5"]
    result = CliRunner().invoke(cli.main, arguments)
    assert result.exit_code == 0, result.output
    assert "orbits:" in result.output and "done in" in result.output
    record = json.loads((tmp_path / "records" / "orbits.json").read_text("utf-8"))
    assert record["made"]["budget"] == 0.5
    text = (tmp_path / "index.html").read_text("utf-8")
    assert "--panels orbits --budget 0.5" in text
    assert "0.5 times the steps" in text


def test_an_unknown_panel_is_refused_before_anything_is_done(tmp_path):
    out = tmp_path / "lab"
    result = CliRunner().invoke(
        cli.main, ["lab", "--out", str(out), "--panels", "ring"]
    )
    assert result.exit_code == 1 and not out.exists()
    assert f"Choose from {', '.join(RECORDED)}." in result.output
    assert "Received: --panels ['ring']" in result.output


def test_a_panel_without_a_record_is_refused_if_it_is_asked_for(tmp_path):
    with pytest.raises(
        ValueError, match=r"--panels orbits --budget 1`.*panels=\['orbits'\]"
    ):
        page.write(tmp_path, ["orbits"], tmp_path / "records")
    assert not (tmp_path / "index.html").exists()


def test_colours_are_those_of_the_house():
    css = (records.FOLDER.parent / "templates" / "lab.css").read_text("utf-8")
    assert {*re.findall(r"--c\d: (#\w+)", css)} <= {*figures.PALETTE}


def open_page(browser, html, **options):
    """A tab with the page, and the list of what its console says."""
    tab = browser.new_page(**options)
    problems = []
    tab.on("console", lambda message: problems.append(message.text))
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.goto(html.as_uri())
    return tab, problems


def test_every_slider_moves_its_drawings_and_says_so(html, browser):
    tab, problems = open_page(browser, html)
    for name in RECORDED:
        panel = tab.locator(f"#{name}")
        slider, state = panel.locator("input"), panel.locator(".state")
        drawings = panel.locator(".plots")
        slider.focus()
        tab.keyboard.press("Home")
        first = drawings.inner_html(), state.inner_text()
        tab.keyboard.press("End")
        last = drawings.inner_html(), state.inner_text()
        assert first[0] != last[0] and first[1] != last[1], name
        tab.keyboard.press("ArrowLeft")
        assert drawings.inner_html() != last[0], name
        shown = panel.locator("output").inner_text()
        assert slider.get_attribute("aria-valuetext") == shown
        labels = panel.locator("svg").evaluate_all(
            "all => all.map(svg => svg.getAttribute('aria-label'))"
        )
        assert all(labels) and any(": " in label for label in labels), name
    assert problems == []


def test_space_plays_and_pauses_and_the_button_does(html, browser):
    tab, problems = open_page(browser, html)
    panel = tab.locator("#orbits")
    slider, button = panel.locator("input"), panel.locator("button")
    state = panel.locator(".state")
    slider.focus()
    tab.keyboard.press("Home")
    assert button.inner_text() == "Play"
    tab.clock.install()
    tab.reload()
    tab.clock.pause_at(datetime.datetime.now() + datetime.timedelta(days=1))
    slider.focus()
    tab.keyboard.press("Space")
    assert (button.inner_text(), slider.input_value()) == ("Pause", "0")
    assert state.get_attribute("aria-live") == "off"
    tab.clock.run_for(350)
    assert slider.input_value() == "2"
    tab.keyboard.press("Space")
    tab.clock.run_for(1000)
    assert (button.inner_text(), slider.input_value()) == ("Play", "2")
    assert state.get_attribute("aria-live") == "polite"
    button.click()
    tab.clock.run_for(60_000)
    assert slider.input_value() == slider.get_attribute("max")
    assert button.inner_text() == "Play" and problems == []


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_cut(html, browser, width):
    tab, _ = open_page(browser, html, viewport={"width": width, "height": 800})
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    cut = (
        "[...document.querySelectorAll('body *:not(.skip):not(svg *), svg text')]"
        ".filter(e => { const box = e.getBoundingClientRect();"
        " return box.right > innerWidth + 0.5 || box.left < -0.5 && box.width; })"
        ".filter(e => !e.closest('.skip')).map(e => e.outerHTML.slice(0, 80))"
    )
    assert tab.evaluate(cut) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_an_image_and_its_change_are_one_above_the_other(html, browser, width):
    tab, _ = open_page(browser, html, viewport={"width": width, "height": 800})
    boxes = tab.locator("#adversary figure svg").evaluate_all(
        "all => all.map(svg => svg.getBoundingClientRect())"
        ".map(box => [box.left, box.top])"
    )
    for real, change, sample in zip(boxes[:4], boxes[4:8], boxes[8:]):
        assert real[0] == change[0] == sample[0]
        column = sorted(box for box in boxes if box[0] == real[0])
        first = column.index(real)
        assert column[first : first + 3] == [real, change, sample]


@pytest.mark.parametrize("width", [390, 1280])
def test_labels_can_be_read(html, browser, width):
    tab, _ = open_page(browser, html, viewport={"width": width, "height": 800})
    small = tab.evaluate(
        "[...document.querySelectorAll('.plots text')].map(text => {"
        " const svg = text.ownerSVGElement;"
        " const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;"
        " const size = parseFloat(getComputedStyle(text).fontSize) * scale;"
        " return [text.textContent, size];"
        "}).filter(([, size]) => size < 9)"
    )
    assert small == []
