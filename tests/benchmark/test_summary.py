"""Means, spreads, intervals and ranks over training seeds."""

import numpy as np
import pytest
import scipy.stats
from toy_results import lost
from toy_results import result

from ganzoo.benchmark import suites
from ganzoo.benchmark import summary
from ganzoo.benchmark import table

SUITE = suites.SUITES["fashion_mnist"]


def seeds(variant, *fids, **protocol):
    return [result(variant, i, fid, **protocol) for i, fid in enumerate(fids)]


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
    assert "| 13.0 ± 3.6 | 12.0 | 4.0 to 22.0 |" in text
    assert (
        "| 12.0 ± 3.6 | 3 | 0 | 2 | 1,000 | 26.5 ± 1.6 (Lucic et al., 2018) |" in text
    )
    assert "| *real pictures* |  | 2.00 |" in text
    assert "FID of 5 pictures against the 5 of the test split" in text


def test_runs_that_diverge_or_collapse_are_counted():
    collapsed = {**result("GAN", 2, 90.0), "collapsed": True}
    [text] = markdown([result("GAN", 0, 10.0), lost("GAN", 1), collapsed])
    assert "| 50.0 ± 56.6 |" in text and "| 3 | 2 |" in text
    [text] = markdown([result(), lost("LSGAN")])
    assert "| LSGAN |" in text and "| none |" in text
    [text] = markdown([lost()])
    assert "No run ended" in text and "| 1 | 1 |" in text


def test_unequal_protocols_never_share_a_table():
    runs = [result(), result("Pix2Pix", mode="training mode")]
    assert len(summary.tables(runs)) == 2
    with pytest.raises(ValueError, match="no common column"):
        summary.tables([*seeds("GAN", 1.0), result("GAN", 1, count=7)])
    with pytest.raises(ValueError, match="cannot be compared"):
        summary.tables([*runs, result("LSGAN", count=7)])


def test_published_figures_have_their_source():
    figure = summary.published("fashion_mnist", "WGANGP")
    assert (figure["fid"], figure["sd"]) == (24.5, 2.1)
    assert figure["name"] == "Lucic et al., 2018" and "test split" in figure["protocol"]
    assert summary.published("fashion_mnist_10k", "WGANGP") is None
