"""Means, spreads, intervals and ranks over training seeds."""

import numpy as np
import pytest
import scipy.stats
from toy_results import lost
from toy_results import result
from toy_results import seeds

from ganzoo.benchmark import analysis
from ganzoo.benchmark import suites
from ganzoo.benchmark import summary
from ganzoo.benchmark import table
from ganzoo.training import recipes

SUITE = suites.SUITES["fashion_mnist"]


def markdown(runs):
    floor = [{"fid": 2.0}]
    return [table.markdown(SUITE, one, floor) for one in summary.tables(runs)]


def test_spread_is_that_of_samples():
    values = (10.0, 12.0, 17.0)
    spread = summary.Spread(values)
    assert spread.mean == np.mean(values) and spread.median == 12.0
    assert spread.sd == pytest.approx(np.std(values, ddof=1))
    expected = scipy.stats.t.interval(
        0.95, 2, loc=np.mean(values), scale=scipy.stats.sem(values)
    )
    assert spread.interval == pytest.approx(expected)
    alone = summary.Spread((3.0,))
    assert (alone.mean, alone.sd, alone.interval) == (3.0, None, None)
    none = summary.Spread(())
    assert (none.mean, none.median, none.sd, none.interval) == (None,) * 4


def test_only_intervals_that_lie_apart_are_ranked():
    runs = [
        *seeds("GAN", 10.0, 10.1, 10.2),
        *seeds("DCGAN", 20.0, 20.5, 21.0),
        *seeds("LSGAN", 20.2, 20.6, 21.1),
        *seeds("WGANGP", 30.0, 30.1, 30.2),
        result("BiGAN", 0, 25.0),
    ]
    [one] = summary.tables(runs)
    ranks = {row.variant: one.rank(row) for row in one.rows}
    assert ranks == {
        "GAN": "1",
        "DCGAN": "2–3",
        "LSGAN": "2–3",
        "WGANGP": "4",
        "BiGAN": "",
    }
    assert [row.variant for row in one.rows] == [
        "GAN",
        "DCGAN",
        "LSGAN",
        "BiGAN",
        "WGANGP",
    ]


def test_a_row_has_every_figure():
    [text] = markdown(seeds("GAN", 10.0, 12.0, 17.0))
    # Variant, final, interval, no rank, best and median.
    assert "| GAN | 13.0 ± 3.6 | 4.0 to 22.0 |  | 12.0 ± 3.6 | 12.0 |" in text
    # n, diverged, collapsed; the other network's; seconds and images/s.
    assert "| 3 | 0 | 0 | 1.3 ± 0.4 | 2 | 1,000 |" in text
    assert "| 26.5 ± 1.6 (Lucic et al., 2018) | 10.00, 12.00, 17.00 |" in text
    assert "| *real images* | 2.00 |" in text
    assert "FID of 5 images against the 5 of the test split" in text
    header, line, *rows = [row for row in text.split("\n") if row.startswith("|")]
    assert {row.count("|") for row in (header, line, *rows)} == {header.count("|")}


def test_runs_that_diverge_or_collapse_are_counted():
    collapsed = {**result("GAN", 2, 90.0), "collapsed": True}
    [text] = markdown([result("GAN", 0, 10.0), lost("GAN", 1), collapsed])
    assert "| 50.0 ± 56.6 |" in text and "| 2 | 1 | 1 |" in text
    [text] = markdown([result(), lost("LSGAN")])
    assert "| LSGAN |" in text and "| none |" in text
    [text] = markdown([lost()])
    assert "No run ended" in text and "| 0 | 1 | 0 |" in text


def test_unequal_protocols_never_share_a_table():
    runs = [result(), result("Pix2Pix", mode="training mode")]
    assert len(summary.tables(runs)) == 2
    for other in result("GAN", 1, count=7), result("LSGAN", count=7):
        with pytest.raises(ValueError, match="no common table.*samples.count: 5 and 7"):
            summary.tables([*runs, other])
    worse = result("LSGAN")
    worse["best"] = result("LSGAN", count=7)["best"]
    with pytest.raises(ValueError, match="no common table"):
        summary.tables([*runs, worse])


def told(*runs):
    return " ".join(analysis.paragraphs(summary.tables([*runs])))


def test_it_is_told_who_wins_only_where_intervals_lie_apart():
    near = seeds("LSGAN", 20.0, 20.4, 20.8), seeds("GAN", 20.1, 20.5, 20.9)
    text = told(*near[0], *near[1])
    assert "LSGAN ends with the lowest FID, 20.4, the mean over 3 training" in text
    assert "GAN follows with 20.5 (0% more)." in text and "last" not in text
    assert "LSGAN is not a clear winner" in text and "overlaps GAN's." in text
    text = told(*near[0], *near[1], *seeds("DCGAN", 9.0, 9.1, 9.2))
    assert "DCGAN wins: its 95 % interval over seeds lies below all others'." in text
    assert "GAN is last with 20.5" in text and "lies above" not in text
    assert "All have seen equally many images" in text
    assert "None of the 9 runs diverged or collapsed." in text


def test_it_is_told_who_is_behind_by_their_intervals():
    near = *seeds("GAN", 20.0, 20.4, 20.8), *seeds("BiGAN", 20.5, 20.9, 21.3)
    later = *seeds("LSGAN", 21.6, 21.7, 21.8), *seeds("WGANGP", 30.0, 30.1, 30.2)
    text = told(*near, *later)
    assert "GAN is not a clear winner" in text and "overlaps BiGAN's." in text
    # 19.4 to 21.4, 19.9 to 21.9, 21.5 to 21.9.
    assert "LSGAN's interval lies above GAN's." in text
    assert "WGANGP's interval lies above all others'." in text
    text = told(*seeds("DCGAN", 9.0, 9.1, 9.2), *near, *later)
    assert (
        "DCGAN wins" in text and "LSGAN's interval lies above DCGAN and GAN's" in text
    )
    assert "BiGAN's interval" not in text


def test_of_many_variants_it_is_told_in_few_words():
    names = recipes.variants()[:20]
    alike = [run for i, name in enumerate(names) for run in seeds(name, i, i + 40)]
    text = told(*alike)
    others = ", ".join(names[1:8])
    assert f"overlaps those of {others} and 12 others." in text
    assert "interval lies above" not in text and "The rank of each" in text
    alone = told(*(result(name) for name in names))
    assert "and 13 others were trained with one seed only" in alone


def test_one_seed_is_given_no_place():
    ranked = *seeds("LSGAN", 20.0, 20.1), *seeds("WGANGP", 90.0, 90.1)
    text = told(*ranked, result("BiGAN", fid=5.0))
    assert "BiGAN ends with the lowest FID, 5.0;" in text
    assert "BiGAN was trained with one seed only, which is too few for a rank." in text
    assert "LSGAN wins: its 95 % interval over seeds lies below those of" in text
    text = told(*seeds("GAN", 9.0, 9.1, 9.2))
    assert "wins" not in text and "says nothing" not in text


def test_failures_and_limits_are_told():
    collapsed = {**result("GAN", 1, 90.0), "collapsed": True}
    text = told(result(), collapsed, lost("WGANGP"), result("DCGAN"))
    assert "Runs that diverged, and have no score: 1 of 1 WGANGP." in text
    assert "Runs that collapsed, and are in the means: 1 of 2 GAN." in text
    assert "GAN and DCGAN are one game, here on networks of one size" in text
    text = told(result(), {**result("DCGAN", parameters=7), "pictures": 1})
    assert "one game" not in text and "this compares recipes, not games" in text
    assert told(lost()) == "No run has ended yet with images to score."


def test_published_figures_have_their_source():
    figure = summary.published("fashion_mnist", "WGANGP")
    assert (figure["fid"], figure["sd"]) == (24.5, 2.1)
    assert figure["name"] == "Lucic et al., 2018" and "test split" in figure["protocol"]
    assert summary.published("fashion_mnist_10k", "WGANGP") is None
