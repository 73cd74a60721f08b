"""The benchmark from end to end, on a tiny budget."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys

import click
import keras
import numpy as np
import pytest
from PIL import Image

import ganzoo
from ganzoo import data
from ganzoo import evaluation
from ganzoo.benchmark import report
from ganzoo.benchmark import runner
from ganzoo.benchmark import scoring
from ganzoo.benchmark import single_run
from ganzoo.benchmark import suites
from ganzoo.evaluation import fingerprint
from ganzoo.scoring import scores
from ganzoo.training import recipes
from ganzoo.training import run_folder
from ganzoo.training import runs
from ganzoo.visualization import samples

pytestmark = pytest.mark.usefixtures("few_pictures", "untraced")


def results(folder):
    return report.read(folder)[0]


def folder_of(out, name="tiny_images", epochs=2, seed=0):
    return out / f"{name}-{epochs}epochs-seed{seed}"


@pytest.fixture(scope="module")
def once():
    """What is made once for all tests."""
    return {}


@pytest.fixture
def finished(tiny_suite, tmp_path, tmp_path_factory, once):
    """A folder in which the tiny suite has come to its end, a copy for each test."""
    if not once:
        once["out"] = tmp_path_factory.mktemp("finished")
        runner.run("tiny", out=once["out"], verbose=0)
    return shutil.copytree(once["out"], tmp_path / "finished")


def test_every_run_is_a_folder_a_line_and_a_row(finished, capsys):
    page = runner.run("tiny", out=finished, verbose=0)
    found = results(finished)
    assert {r["variant"] for r in found} == {"GAN", "CGAN", "Pix2Pix"}
    for result in found:
        folder = folder_of(finished, result["recipe"])
        assert json.loads((folder / "result.json").read_text()) == result
        assert result["score"] == "fd" and result["suite"] == "tiny"
        [final] = result["final"]
        assert final["fd"] > 0
        assert final["fingerprint"] == fingerprint(final["protocol"])
        reference = final["protocol"]["reference"]
        assert reference["data"] == "fashion_mnist_10k"
        assert (reference["split"], reference["count"]) == ("test", 200)
        assert final["protocol"]["samples"]["count"] == 200
        assert result["seed"] == 0 and result["seconds"] > 0
        assert result["epochs"] == len(result["history"]) == 2
        assert result["pictures"] == 2000 and result["generator_updates"] == 4
        assert sum(result["closer"]["classes"]) == 200
        assert result["trained_on"]["backend"] == result["scored_on"]["backend"]
        assert "finished" in (folder / "log.txt").read_text()
        for name in "samples", "neighbours":
            with Image.open(folder / "pictures" / f"{name}.png") as image:
                assert image.width > 100
        assert f"{final['fd']:.2f}" in page.read_text()
    with Image.open(finished / "overview.png") as image:
        # A white page, but for the sheets of all three.
        assert (np.asarray(image.convert("L")) < 200).mean() > 0.3
    printed = capsys.readouterr().out
    # Samples and translations are scored in different modes: a table for each.
    assert printed.count("| *real images* |") == 2
    assert "FD by fashion-classifier" in printed and "FID" not in printed


def test_the_best_epoch_is_kept_and_scored_beside_the_last(finished):
    [result] = [r for r in results(finished) if r["variant"] == "GAN"]
    curve = [epoch["val_fd"] for epoch in result["history"]]
    assert result["best_epoch"] == 1 + np.argmin(curve)
    folder = folder_of(finished)
    best = run_folder.best_epoch(folder, "val_fd")
    assert best == (result["best_epoch"], min(curve))
    kept = sorted(path.name for path in folder.glob("*.keras"))
    assert kept == [f"best_{result['best_epoch']:04d}.keras", "model.keras"]


def test_pictures_are_drawn_once_for_all_that_is_told_of_them(
    finished, tiny_suite, monkeypatch, tmp_path
):
    draw, drawn = samples.draw, []
    monkeypatch.setattr(samples, "draw", lambda *a: drawn.append(a) or draw(*a))
    for name, recipe in tiny_suite.load().items():
        folder = finished / run_folder.folder_name(recipe, seed=0)
        judge, model = scoring.Judge(tiny_suite, recipe), runs.load_model(folder)
        drawn.clear()
        compared = judge.compare(model)
        [record] = judge.score(compared, tmp_path)
        closer, _ = judge.look_closer(compared)
        assert len(drawn) == 1
        kept = single_run.load(folder)
        assert record == kept["final"][0] and closer == kept["closer"]
        scorer = evaluation.Scorer(tiny_suite.curve, ["fid"], count=200)
        [score] = scorer.score(model, *(part[:200] for part in judge.test)).values()
        assert score == record["fd"], name


def test_finished_runs_are_kept_and_missing_ones_added(finished, capsys):
    shutil.rmtree(folder_of(finished, "tiny_edges"))
    first = [r for r in results(finished) if r["variant"] != "Pix2Pix"]
    runner.run("tiny", ["gan"], seeds=2, out=finished, verbose=0)
    second = results(finished)
    assert len(first) == 2 and all(result in second for result in first)
    assert sorted((r["variant"], r["seed"]) for r in second) == [
        ("CGAN", 0),
        ("GAN", 0),
        ("GAN", 1),
    ]
    assert "finished before" in capsys.readouterr().out


def test_another_budget_is_another_run(finished):
    for budget, epochs in (0.1, 1), (1.0, 2):
        runner.run("tiny", ["GAN"], budget=budget, out=finished, verbose=0)
        [result] = [r for r in results(finished) if r["variant"] == "GAN"]
        assert result["epochs"] == epochs
        command = "--suite tiny --variants GAN --seeds 1"
        assert result["command"].endswith(f"{command} --budget 0.1") == (budget < 1)
        assert (folder_of(finished, epochs=epochs) / "result.json").is_file()


@pytest.mark.filterwarnings("ignore:.*nearly repeat one another:RuntimeWarning")
def test_a_run_of_a_suite_is_the_run_of_its_recipe(finished, tiny_suite, tmp_path):
    for name, recipe in tiny_suite.load().items():
        alone = runs.train(recipe, tmp_path / "alone" / name, verbose=0)
        model = runs.load_model(finished / run_folder.folder_name(recipe, seed=0))
        for a, b in zip(model.get_weights(), alone.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_recipe_of_the_data_of_a_suite_goes_before_an_adapted_one():
    adapted = suites.SUITES["mnist"].load()
    for name in "cgan_mnist", "bigan_mnist":
        recipe = recipes.load(name)
        assert adapted[recipe.variant.lower()] == recipe
    assert adapted["gan"].text not in [recipes.load(n).text for n in recipes.names()]
    assert adapted["gan"].config["data"]["name"] == "mnist"


def test_what_was_trained_elsewhere_is_scored_here_as_if_made_again(
    finished, tmp_path, capsys
):
    out = tmp_path / "elsewhere"
    assert runner.run("tiny", ["GAN"], out=out, train_only=True, verbose=0) is None
    assert "trained, not scored" in capsys.readouterr().out
    trained = (folder_of(out) / "model.keras").stat().st_mtime_ns
    runner.run("tiny", ["GAN"], out=out, verbose=0)
    assert (folder_of(out) / "model.keras").stat().st_mtime_ns == trained
    [a] = [r for r in results(finished) if r["variant"] == "GAN"]
    [b] = results(out)
    assert a["final"][0]["fd"] == b["final"][0]["fd"]
    for one, other in zip(a["history"], b["history"], strict=True):
        assert {**one, "seconds": 0} == {**other, "seconds": 0}


ELSEWHERE = """
import importlib.machinery
import sys

class NoTensorFlow:
    def find_spec(self, name, *args):
        if name == "tensorflow":
            return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec):
        raise ModuleNotFoundError(name=spec.name)

    def exec_module(self, module):
        raise AssertionError

sys.meta_path.insert(0, NoTensorFlow())
from ganzoo.benchmark import runner, suites
suite = suites.Suite(**eval(sys.argv[1]))
suites.SUITES["tiny"] = suite
runner.run("tiny", ["GAN"], out=sys.argv[2], train_only=True, verbose=0)
"""


def test_what_pytorch_trained_is_scored_by_this_backend(tiny_suite, tmp_path):
    suite = dataclasses.asdict(tiny_suite)
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    command = [sys.executable, "-c", ELSEWHERE, repr(suite), tmp_path]
    subprocess.run(command, env=environment, check=True, timeout=300)
    runner.run("tiny", ["GAN"], out=tmp_path, verbose=0)
    [result] = results(tmp_path)
    assert result["trained_on"]["backend"] == "torch"
    assert result["scored_on"]["backend"] == keras.backend.backend()
    assert result["final"][0]["fd"] > 0 and result["pictures"] == 2000


def test_a_run_that_another_process_does_is_left_to_it(finished, capsys):
    folder = folder_of(finished)
    shutil.rmtree(folder)
    folder.mkdir()
    hold = (
        "import filelock, sys, time\n"
        "lock = filelock.FileLock(sys.argv[1])\n"
        "lock.acquire()\n"
        "print('held', flush=True)\n"
        "time.sleep(600)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", hold, folder / "lock"], stdout=subprocess.PIPE
    )
    try:
        other.stdout.readline()
        page = runner.run("tiny", out=finished, verbose=0)
    finally:
        other.kill()
        other.communicate()
    assert "GAN, 2 epochs, seed 0: another process is at it" in capsys.readouterr().out
    assert len(results(finished)) == 2
    assert "Not run" in page.read_text()
    runner.run("tiny", out=finished, verbose=0)
    assert len(results(finished)) == 3


@pytest.mark.parametrize(
    "kwargs, message",
    [
        ({"suite": "large"}, "There is no suite of this name"),
        ({"variants": ["VAE"]}, "has the variants"),
        ({"seeds": 0}, "`seeds` must be at least 1"),
        ({"budget": -1.0}, "`budget` must be positive"),
    ],
)
def test_wrong_wishes_are_refused_before_any_training(kwargs, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        runner.run(**{"suite": "quick", "out": tmp_path / "out", **kwargs})
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", suites.SUITES)
def test_every_suite_has_each_variant_on_one_data_set(name):
    chosen = suites.SUITES[name].load()
    variants = sorted(recipe.variant for recipe in chosen.values())
    of = "fashion_mnist_10k" if name == "quick" else "fashion_mnist"
    trained = [recipes.load(n) for n in recipes.names() if n.endswith(f"_{of}")]
    assert variants == sorted(recipe.variant for recipe in trained)
    if name == "quick":
        assert variants == recipes.variants()
    assert {r.config["data"]["name"] for r in chosen.values()} == {
        suites.SUITES[name].data
    }
    if suites.SUITES[name].epochs:
        assert {r.epochs for r in chosen.values()} == {suites.SUITES[name].epochs}


def test_a_suite_trains_its_default_variants_or_all(tiny_suite, tmp_path, monkeypatch):
    few = dataclasses.replace(tiny_suite, default=("GAN",))
    monkeypatch.setitem(suites.SUITES, "tiny", few)
    chosen = []
    monkeypatch.setattr(runner, "work", lambda todo, **how: chosen.append(todo) or [])
    for variants in (None, ["all"], ["CGAN", "gan"]):
        runner.run("tiny", variants, out=tmp_path, train_only=True)
    trained = [[one.recipe.variant for one in todo] for todo in chosen]
    assert trained == [["GAN"], list(variants_of(few)), ["CGAN", "GAN"]]


def variants_of(suite):
    """All variants that a suite has recipes of."""
    return (recipe.variant for recipe in suite.load().values())


def test_a_finished_folder_is_reported_without_networks_and_data(finished, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("Nothing is left to score.")

    monkeypatch.setattr(scoring, "extractors", refuse)
    monkeypatch.setattr(data, "load", refuse)
    assert runner.run("tiny", out=finished, verbose=0).is_file()


def test_the_default_variants_of_a_suite_are_some_that_it_has():
    for suite in suites.SUITES.values():
        assert set(suite.default or ()) <= set(variants_of(suite))


@pytest.mark.parametrize("name", suites.SUITES)
def test_every_recipe_of_a_suite_builds_for_its_pictures(name):
    shape = (32, 32, 3) if "cifar10" in name else (28, 28, 1)
    images = np.zeros((10, *shape), "uint8")
    pairs = data.edges_to_images(images)
    arrays = {
        "images": (images,),
        "labels": (images, np.arange(10)),
        "edges": (pairs.source, pairs.target),
        "unpaired_edges": (images, images),
        "downscaled": (images[:, ::4, ::4], images),
        "attributes": (images, np.zeros((10, 4), "int8")),
        "captions": (images, np.array(["dark coat", "bright bag"] * 5)),
    }
    for recipe in suites.SUITES[name].load().values():
        frames = 1 + recipe.config["data"].get("frames", 0)
        arrays["sequences"] = (np.stack([images] * frames, axis=1),)
        model = recipe.build(arrays[recipe.kind], seed=0)
        assert model.image_shape == shape


def test_a_run_that_diverges_is_a_result_and_the_suite_goes_on(
    tiny_suite, tmp_path, monkeypatch
):
    fit = ganzoo.GAN.fit

    def lose(self, *args, **kwargs):
        self.discriminator.set_weights(
            [np.full_like(w, np.nan) for w in self.discriminator.get_weights()]
        )
        return fit(self, *args, **kwargs)

    monkeypatch.setattr(ganzoo.GAN, "fit", lose)
    page = runner.run("tiny", ["GAN", "CGAN"], out=tmp_path, verbose=0)
    found = {r["variant"]: r for r in results(tmp_path)}
    assert "has diverged" in found["GAN"]["diverged"]
    assert found["GAN"]["pictures"] == 0 and "final" not in found["GAN"]
    assert not found["CGAN"]["diverged"] and found["CGAN"]["final"][0]["fd"] > 0
    assert "1 of 1 GAN" in page.read_text()


def test_a_run_that_fails_is_told_and_the_suite_goes_on(finished, monkeypatch, capsys):
    shutil.rmtree(folder_of(finished))

    def fail(self, *args, **kwargs):
        raise MemoryError("no memory is left")

    with monkeypatch.context() as patch:
        patch.setattr(ganzoo.GAN, "fit", fail)
        with pytest.raises(click.ClickException, match="1 of 2 runs have failed"):
            runner.run("tiny", ["GAN", "CGAN"], out=finished, verbose=0)
    _, others = capsys.readouterr().out.split("failed: MemoryError: no memory is left")
    assert "CGAN, 2 epochs, seed 0: finished before" in others
    assert "MemoryError" in (folder_of(finished) / "log.txt").read_text()
    assert {r["variant"] for r in results(finished)} == {"CGAN", "Pix2Pix"}
    assert "Not run" in (finished / "index.html").read_text()
    runner.run("tiny", ["GAN"], out=finished, verbose=0)
    # And a part of a suite leaves the rest in its report.
    assert {r["variant"] for r in results(finished)} == {"CGAN", "GAN", "Pix2Pix"}


def test_a_score_is_kept_until_all_of_a_run_is_there(
    finished, tiny_suite, monkeypatch, tmp_path
):
    folder = folder_of(finished)
    assert not list(folder.glob("score-*"))
    recipe = tiny_suite.load()["gan"]
    judge, model = scoring.Judge(tiny_suite, recipe), runs.load_model(folder)
    found = judge.score(judge.compare(model), tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(scores, "compute", None)
        assert judge.score(judge.compare(model), tmp_path) == found
        # Other images have a score of their own.
        model.generator.set_weights([0 * w for w in model.generator.get_weights()])
        with pytest.raises(TypeError):
            judge.score(judge.compare(model), tmp_path)
    judge.forget(tmp_path)
    assert not list(tmp_path.glob("score-*"))


def test_a_copy_of_a_run_is_no_other_run(finished):
    shutil.copytree(folder_of(finished), finished / "a copy")
    runner.run("tiny", ["GAN"], out=finished, verbose=0)
    assert len(results(finished)) == 3


def test_the_floor_is_that_of_the_tables_protocol(finished):
    _, [floor] = report.read(finished)
    text = (finished / "floor.json").read_text()
    sha256 = floor["protocol"]["reference"]["sha256"]
    (finished / "floor.json").write_text(text.replace(sha256, "0" * 64))
    runner.run("tiny", ["GAN"], out=finished, verbose=0)
    _, [again] = report.read(finished)
    assert again["fd"] == floor["fd"]
    assert again["protocol"]["reference"]["sha256"] == sha256


@pytest.mark.parametrize(
    "duplicates, scores, collapsed",
    [
        (0.1, [9.0, 5.0, 6.0], False),
        (0.3, [9.0, 5.0, 4.0], True),
        (0.1, [9.0, 5.0, 10.1], True),
    ],
)
def test_collapse_is_repetition_or_a_score_that_doubled(duplicates, scores, collapsed):
    history = [{"duplicates": 0.9, "val_fd": score} for score in scores]
    history[-1]["duplicates"] = duplicates
    assert single_run.has_collapsed(history, "val_fd") == collapsed
