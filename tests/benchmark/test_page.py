"""The page as its readers have it: in a browser, sorted, slid, narrow and dark."""

import dataclasses
import datetime
import re

import numpy as np
import pytest
from toy_results import lost
from toy_results import seeds

from ganzoo.benchmark import figures
from ganzoo.benchmark import page
from ganzoo.benchmark import suites
from ganzoo.benchmark import summary
from ganzoo.visualization import grids

SUITE = dataclasses.replace(suites.SUITES["fashion_mnist"], epochs=3)
EPOCHS = 3


@pytest.fixture
def html(tmp_path):
    runs = [
        *seeds("GAN", 9.0, 9.5),
        *seeds("LSGAN", 100.0, 101.0),
        lost("WGANGP"),
    ]
    for run in runs[:4]:
        folder = tmp_path / run["folder"]
        for epoch in range(EPOCHS):
            sheet = np.full((40, 40, 1), 80 * epoch, "uint8")
            grids.save_png(folder / "samples" / f"epoch_{epoch + 1:04d}.png", sheet)
        for name in "samples", "neighbours", "interpolations":
            grids.save_png(folder / "pictures" / f"{name}.png", sheet)
    text = page.render(SUITE, tmp_path, summary.tables(runs), [{"fid": 1.0}], [])
    (tmp_path / "index.html").write_text(text, "utf-8")
    return tmp_path / "index.html"


def test_it_says_who_wins_and_what_cannot_be_said(html):
    text = html.read_text("utf-8")
    assert "GAN ends with the lowest FID, 9.2, the mean over 2 training seeds" in text
    assert "Runs that diverged, and have no score: 1 of 1 WGANGP." in text
    assert "--suite fashion_mnist --seeds 2</code>" in text
    assert text.count("<code>made by GAN 1</code>") == 1
    assert "FID, the Fréchet Inception Distance, measures how far" in text
    samples, results = text.index('id="samples"'), text.index('id="results"')
    assert samples < results < text.index("<details")
    assert samples < text.index("<b>GAN</b> FID 9.2 ± 0.4") < results


def test_it_needs_no_network_and_runs_no_text(html):
    text = html.read_text("utf-8")
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text
    assert not re.search(r'(src|href)="(?!data:|#|https://)', text)
    assert not re.search(r'src="https://|@import|<link', text)


def test_every_picture_has_a_description(html):
    text = html.read_text("utf-8")
    assert text.count("<img") == text.count("alt=") == 2 * (EPOCHS + 3)
    assert text.count('<div role="img" aria-label="') == text.count("<svg") == 4


def test_of_many_epochs_some_are_shown():
    assert page._shown(0) == [] and page._shown(3) == [1, 2, 3]
    many = page._shown(100)
    assert (many[0], many[-1]) == (1, 100) and len(many) <= page.SHOWN


def test_a_page_of_nothing_but_lost_runs_is_a_page(tmp_path):
    tables = summary.tables([lost()])
    text = page.render(SUITE, tmp_path, tables, [{"fid": 1.0}], [])
    assert "No run has ended yet" in text and 'type="range"' not in text


@pytest.mark.parametrize("paper", [(255, 255, 255), (13, 17, 23)])
def test_colours_stand_out_from_the_page(paper):
    for colour in figures.PALETTE:
        rgb = tuple(bytes.fromhex(colour[1:]))
        light, dark = sorted((luminance(str(rgb)), luminance(str(paper))))[::-1]
        # Level AA of the Web Content Accessibility Guidelines 2.2, 1.4.11.
        assert (light + 0.05) / (dark + 0.05) >= 3


def test_it_works_in_a_browser(html, browser, tmp_path):
    tab = browser.new_page(viewport={"width": 390, "height": 800}, color_scheme="dark")
    problems = []
    tab.on("console", lambda message: problems.append(message.text))
    tab.on("pageerror", lambda error: problems.append(str(error)))
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(html.as_uri())
    assert [url for url in asked if not url.startswith("data:")] == [html.as_uri()]

    first = "#results table >> nth=0 >> tbody th"
    names = tab.locator(first)
    assert names.all_inner_texts() == ["GAN", "LSGAN", "WGANGP"]
    head = tab.locator("#results thead th").nth(1)
    assert head.inner_text().startswith("final")
    assert head.get_attribute("aria-sort") == "ascending"
    assert "sorted" in head.get_attribute("class")
    head.locator("button").focus()
    tab.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    # Numbers by their size, and what has none at the end.
    assert names.all_inner_texts() == ["LSGAN", "GAN", "WGANGP"]
    best = tab.locator("#results thead th").nth(3)
    best.locator("button").click()
    assert head.get_attribute("aria-sort") is None
    assert best.get_attribute("aria-sort") == "ascending", "the best first"
    assert names.all_inner_texts() == ["GAN", "LSGAN", "WGANGP"]
    assert set(tab.locator(".sorted").all_inner_texts()) >= {"8.2 ± 0.4", "99.5 ± 0.7"}

    slider = tab.locator("#epoch")
    shown = tab.locator(".growing img:visible")
    assert shown.count() == 2
    assert "epoch 3" in shown.first.get_attribute("alt")
    slider.focus()
    tab.keyboard.press("Home")
    assert tab.locator("#shown").inner_text() == "1"
    assert "epoch 1" in shown.first.get_attribute("alt")
    assert problems == []


def test_it_plays_to_the_last_epoch_and_then_from_the_first(html, browser):
    tab = browser.new_page()
    tab.clock.install()
    tab.goto(html.as_uri())
    tab.clock.pause_at(datetime.datetime.now() + datetime.timedelta(days=1))
    play, shown = tab.locator("#play"), tab.locator("#shown")
    play.click()
    assert (play.inner_text(), shown.inner_text()) == ("Pause", "1")
    tab.clock.run_for(500)
    play.click()
    tab.clock.run_for(5000)
    assert (play.inner_text(), shown.inner_text()) == ("Play", "2")
    play.click()
    tab.clock.run_for(5000)
    assert (play.inner_text(), shown.inner_text()) == ("Play", str(EPOCHS))


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_cut_and_the_slider_stays_in_sight(html, browser, width):
    tab = browser.new_page(viewport={"width": width, "height": 300})
    tab.goto(html.as_uri())
    assert tab.locator("details[open]").count() == 0
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    cut = (
        "[...document.querySelectorAll('body *:not(.skip)')].filter(e => "
        "e.getBoundingClientRect().right > innerWidth || "
        "(e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "
        "'visible')).map(e => e.outerHTML.slice(0, 80))"
    )
    assert tab.evaluate(cut) == []
    tab.evaluate("scrollTo(0, document.querySelector('.growing').offsetTop + 20)")
    box = tab.locator(".slider").bounding_box()
    assert box["y"] == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_the_page(html, browser, scheme):
    tab = browser.new_page(color_scheme=scheme)
    tab.goto(html.as_uri())
    for where in "body", "a[href]":
        colours = tab.evaluate(
            "w => [getComputedStyle(document.querySelector(w)).color,"
            " getComputedStyle(document.body).backgroundColor]",
            where,
        )
        light, dark = sorted(map(luminance, colours), reverse=True)
        # Level AA of the Web Content Accessibility Guidelines 2.2, 1.4.3.
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(colour):
    """Relative luminance of `rgb(r, g, b)`, as those guidelines define it."""
    parts = np.array([int(n) for n in re.findall(r"\d+", colour)[:3]]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
