"""The benchmark from end to end, on a tiny budget."""

import json

import numpy as np
import pytest
from PIL import Image

import ganzoo
from ganzoo.benchmark import report
from ganzoo.benchmark import runner
from ganzoo.benchmark import suites
from ganzoo.evaluation import fingerprint


@pytest.fixture
def tiny_suite(tiny_recipe, few_pictures, monkeypatch):
    names = tuple(str(tiny_recipe(kind)) for kind in ("images", "labels", "edges"))
    suite = suites.Suite(recipes=names, count=200)
    monkeypatch.setitem(suites.SUITES, "tiny", suite)


def lines(folder):
    return [json.loads(x) for x in (folder / "results.jsonl").read_text().splitlines()]


def test_every_run_is_a_line_a_sheet_and_a_row(tiny_suite, tmp_path, capsys):
    path = runner.run("tiny", seeds=1, out=tmp_path, verbose=0)
    records = lines(tmp_path)
    assert [r["variant"] for r in records] == ["GAN", "CGAN", "Pix2Pix"]
    text = path.read_text()
    for record in records:
        assert record["trained"] > 0 and record["untrained"] > 0
        assert record["seed"] == 0 and record["seconds"] > 0
        assert record["pictures"] == 1000 and record["generator_updates"] == 2
        protocol = record["protocol"]
        assert record["score"] == "FD-fashion-classifier"
        assert record["fingerprint"] == fingerprint(protocol)
        assert len(protocol["features_sha256"]) == 64
        reference = protocol["reference"]
        assert reference["data"] == "fashion_mnist_10k"
        assert (reference["split"], reference["count"]) == ("test", 200)
        assert protocol["samples"]["count"] == 200
        with Image.open(tmp_path / record["samples"]) as image:
            assert image.width > 100
        assert record["samples"] in text
        assert f"{record['trained']:.1f}" in text
    # Samples and translations are scored in different modes: a table for each.
    assert text.count("| *real pictures* |") == 2
    assert "FID" not in text.replace("Not an FID", "")
    assert "FD-fashion-classifier" in capsys.readouterr().out


def test_finished_runs_are_kept_and_missing_ones_added(tiny_suite, tmp_path, capsys):
    runner.run("tiny", ["gan"], seeds=1, out=tmp_path, verbose=0)
    first = lines(tmp_path)
    runner.run("tiny", ["GAN", "cgan"], seeds=2, out=tmp_path, verbose=0)
    second = lines(tmp_path)
    assert second[:1] == first
    assert [(r["variant"], r["seed"]) for r in second] == [
        ("GAN", 0),
        ("GAN", 1),
        ("CGAN", 0),
        ("CGAN", 1),
    ]
    assert "finished before" in capsys.readouterr().out


def test_another_budget_is_another_run(tiny_suite, tmp_path):
    for budget in (0.5, 2.0):
        runner.run("tiny", ["GAN"], budget=budget, out=tmp_path, verbose=0)
    assert [r["pictures"] for r in lines(tmp_path)] == [500, 2000]


def test_a_run_can_be_made_again(tiny_suite, tmp_path):
    for folder in ("a", "b"):
        runner.run("tiny", ["GAN"], out=tmp_path / folder, verbose=0)
    a, b = (lines(tmp_path / folder)[0] for folder in ("a", "b"))
    assert a["trained"] == pytest.approx(b["trained"], rel=1e-5)
    assert a["losses"] == pytest.approx(b["losses"], rel=1e-5)


@pytest.mark.parametrize(
    "kwargs, message",
    [
        ({"suite": "large"}, "There is no suite of this name"),
        ({"variants": ["WGAN"]}, "has the variants"),
        ({"seeds": 0}, "`seeds` must be at least 1"),
        ({"budget": -1.0}, "`budget` positive"),
    ],
)
def test_wrong_wishes_are_refused_before_any_training(kwargs, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        runner.run(**{"suite": "quick", "out": tmp_path / "out", **kwargs})
    assert not (tmp_path / "out").exists()


def test_the_quick_suite_has_all_seven():
    variants = [recipe.variant for recipe in runner._choose("quick", None)]
    assert sorted(variants) == [
        "BiGAN",
        "CGAN",
        "DCGAN",
        "GAN",
        "LSGAN",
        "Pix2Pix",
        "WGANGP",
    ]


def record(variant="GAN", trained=10.0, **protocol):
    reference = {"data": "toys", "split": "test", "count": 5}
    drawn = {"count": 5, "mode": "inference mode", "seed": 0, **protocol}
    return {
        "variant": variant,
        "recipe": variant.lower(),
        "seed": 0,
        "score": "FD",
        "protocol": {"reference": reference, "samples": drawn},
        "fingerprint": fingerprint({"reference": reference, "samples": drawn}),
        "trained": trained,
        "untrained": 40.0,
        "floor": 0.5,
        "diverged": False,
        "seconds": 2.0,
        "images_per_second": 1000.0,
    }


def test_scores_of_several_seeds_are_mean_and_sample_deviation():
    table = report.table([record(trained=t) for t in (10.0, 12.0, 17.0)])
    scores = np.array([10.0, 12.0, 17.0])
    assert f"| {scores.mean():.1f} ± {scores.std(ddof=1):.1f} | 40.0 ± 0.0 |" in table
    assert f"| {np.mean(scores / 40):.3f} | 3 |" in table


def test_unequal_protocols_never_share_a_table():
    table = report.table([record(), record("LSGAN", count=7)])
    assert table.count("| variant |") == 2
    table = report.table([record(), record("LSGAN")])
    assert table.count("| variant |") == 1


def test_a_diverged_run_stands_in_the_table():
    lost = {**record(), "diverged": True, "trained": None, "samples": None}
    assert "GAN (1 of 1 diverged)" in report.table([lost])
    assert "| none |" in report.table([lost])
    text = report.table([record(), lost])
    assert "GAN (1 of 2 diverged)" in text
    assert f"| {record()['trained']:.1f} |" in text


def test_a_run_that_diverges_is_a_record_and_the_suite_goes_on(
    tiny_suite, tmp_path, monkeypatch
):
    fit = ganzoo.GAN.fit

    def lose(self, *args, **kwargs):
        self.discriminator.set_weights(
            [np.full_like(w, np.nan) for w in self.discriminator.get_weights()]
        )
        return fit(self, *args, **kwargs)

    monkeypatch.setattr(ganzoo.GAN, "fit", lose)
    path = runner.run("tiny", ["GAN", "CGAN"], out=tmp_path, verbose=0)
    first, second = lines(tmp_path)
    assert first["diverged"] and first["trained"] is None and first["pictures"] == 0
    assert not second["diverged"] and second["trained"] > 0
    assert "GAN (1 of 1 diverged)" in path.read_text()
