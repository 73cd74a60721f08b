"""The page as its readers have it: in a browser, sorted, searched, narrow and dark."""

import dataclasses
import datetime
import pathlib
import re

import numpy as np
import pytest
from toy_results import lost
from toy_results import seeds

from ganzoo.benchmark import figures
from ganzoo.benchmark import page
from ganzoo.benchmark import suites
from ganzoo.benchmark import summary
from ganzoo.benchmark.page import charts
from ganzoo.benchmark.page import images
from ganzoo.benchmark.page import rendering
from ganzoo.training import recipes
from ganzoo.visualization import grids

SUITE = dataclasses.replace(suites.SUITES["fashion_mnist"], epochs=3)
EPOCHS = 3
ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("suite")
    runs = [
        *seeds("GAN", 9.0, 9.5),
        *seeds("LSGAN", 100.0, 101.0),
        *seeds("BiGAN", 50.0, 51.0),
        lost("WGANGP"),
    ]
    for run in runs[:-1]:
        draw(tmp_path / run["folder"])
    (tmp_path / "index.html").write_text(rendered(tmp_path, runs), "utf-8")
    return tmp_path / "index.html"


def draw(folder):
    """Write what a run has to look at: its last samples twice."""
    for i in range(EPOCHS):
        sheet = np.full((40, 40, 1), 80 * i, "uint8")
        grids.save_png(folder / "samples" / f"epoch_{i + 1:04d}.png", sheet)
    grids.save_png(folder / "pictures" / "samples.png", sheet)
    for i, name in enumerate(("neighbours", "interpolations")):
        sheet = np.full((40, 40, 1), 30 + i, "uint8")
        grids.save_png(folder / "pictures" / f"{name}.png", sheet)


def rendered(out, runs):
    return page.render(SUITE, out, summary.tables(runs), [{"fid": 1.0}], [])


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
    # The sheet of the last samples is that after the last epoch.
    assert text.count("<img") == text.count("alt=") == 3 * (EPOCHS + 2)
    assert text.count('loading="lazy"') == text.count("<img")
    # Two groups.
    assert text.count('<div role="img" aria-label="') == text.count("<svg") == 2 * 4


def test_variants_stand_in_their_groups(html):
    text = html.read_text("utf-8")
    titles = re.findall(r"<h3>(.*?)</h3>", text[: text.index('id="results"')])
    assert titles == ["Unconditional", "With an encoder"]
    first, second = text[text.index("<tbody") :].split("</tbody>")[:2]
    assert re.findall(
        r'scope="row"><a [^>]*>(.*?)</a>', first.replace("<wbr>", "")
    ) == [
        "GAN",
        "LSGAN",
        "WGANGP",
    ]
    assert "With an encoder" in second and "BiGAN" in second.replace("<wbr>", "")


def test_of_many_epochs_some_are_shown():
    assert images.shown(0, 8) == [] and images.shown(3, 8) == [1, 2, 3]
    many = images.shown(100, 8)
    assert (many[0], many[-1]) == (1, 100) and len(many) <= 8


@pytest.fixture
def thirty(tmp_path, monkeypatch):
    """Runs of thirty variants, with sheets of noise, and no curves."""
    monkeypatch.setattr(charts, "draw", lambda suite, rows: [])
    rng = np.random.default_rng(0)
    runs = [seeds(variant, 9.0)[0] for variant in recipes.variants()[:30]]
    for run in runs:
        for i in range(EPOCHS):
            sheet = rng.integers(0, 256, (40, 40, 1)).astype("uint8")
            path = tmp_path / run["folder"] / "samples" / f"epoch_{i + 1:04d}.png"
            grids.save_png(path, sheet)
    return tmp_path, runs


def test_a_page_of_thirty_variants_is_as_small_as_it_must_be(thirty, monkeypatch):
    best = rendered(*thirty)
    assert best.count("<img") == 30 * EPOCHS
    monkeypatch.setattr(rendering, "MAX_BYTES", len(best.encode()) - 1)
    smaller = rendered(*thirty)
    assert len(smaller) < len(best) and smaller.count("<img") == 30 * EPOCHS
    # Half of the sheets are left out at the last level.
    monkeypatch.setattr(rendering, "MAX_BYTES", 0)
    with pytest.warns(UserWarning, match="suite 'fashion_mnist' has .* more than 0 MB"):
        least = rendered(*thirty)
    assert len(least) < len(smaller) and least.count("<img") == 30 * 2


def test_committed_pages_are_small_enough():
    pages = [*ROOT.glob("benchmarks/results/*/index.html")]
    assert pages
    for path in pages:
        assert path.stat().st_size <= rendering.MAX_BYTES, path


def test_a_page_of_nothing_but_lost_runs_is_a_page(tmp_path):
    tables = summary.tables([lost()])
    text = page.render(SUITE, tmp_path, tables, [{"fid": 1.0}], [])
    assert "No run has ended yet" in text and 'type="range"' not in text


def test_of_as_many_variants_as_a_group_may_have_no_two_look_alike():
    looks = [figures.look(i) for i in range(len(figures.PALETTE) ** 2)]
    assert len({*looks}) == len(looks)


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

    first = "#results table >> nth=0 >> tbody >> nth=0 >> th[scope=row]"
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
    assert shown.count() == 3
    assert "epoch 3" in shown.first.get_attribute("alt")
    slider.focus()
    tab.keyboard.press("Home")
    assert tab.locator("#shown").inner_text() == "1"
    assert "epoch 1" in shown.first.get_attribute("alt")
    assert problems == []


def test_a_search_leaves_the_models_that_have_its_words(html, browser):
    tab = browser.new_page()
    tab.goto(html.as_uri())
    found, models = tab.locator("#found"), tab.locator("#results tbody th[scope=row]")
    groups = tab.locator("#samples h3:visible")
    assert found.inner_text() == "4 models"
    tab.keyboard.press("/")
    tab.keyboard.type("ls g")
    assert tab.locator("#find").input_value() == "ls g"
    assert found.inner_text() == "1 of 4 models"
    assert models.locator("visible=true").all_inner_texts() == ["LSGAN"]
    assert groups.all_inner_texts() == ["Unconditional"]
    assert tab.locator("#contents [data-find]:visible").all_inner_texts() == ["LSGAN"]
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert tab.locator("#runs dl:visible").count() == 2
    assert tab.locator("#curves svg:visible").count() == 4
    assert tab.locator("#images h4:visible").all_inner_texts() == ["LSGAN"]
    # By the group, and by an author.
    tab.locator("#find").fill("Encoder")
    assert models.locator("visible=true").all_inner_texts() == ["BiGAN"]
    tab.locator("#find").fill("goodfellow")
    assert models.locator("visible=true").all_inner_texts() == ["GAN"]
    tab.locator("#find").fill("none has this")
    assert found.inner_text() == "0 of 4 models"
    assert groups.count() == 0
    tab.keyboard.press("Escape")
    assert found.inner_text() == "4 models" and groups.count() == 2


def test_contents_lead_to_each_group_and_model(html, browser):
    tab = browser.new_page()
    tab.goto(html.as_uri())
    targets = tab.locator("#contents a").evaluate_all("a => a.map(e => e.hash)")
    assert "#samples-BiGAN" in targets and "#result-WGANGP" in targets
    for target in targets:
        assert tab.locator(target).count() == 1, target
    twice = "[...document.querySelectorAll('[id]')].map(e => e.id).sort()"
    found = tab.evaluate(twice)
    assert len({*found}) == len(found)


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
    box = tab.locator(".tools").bounding_box()
    assert box["y"] == 0
    assert tab.locator(".slider").bounding_box()["y"] < box["height"]


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
