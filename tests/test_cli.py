"""The command: every verb, its help, and errors without a traceback."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from ganzoo import cli
from ganzoo import data
from ganzoo import recipes
from ganzoo.benchmark import suites


def ganzoo(*args):
    return CliRunner().invoke(cli.main, [str(arg) for arg in args])


@pytest.mark.parametrize("verb", sorted(cli.main.commands))
def test_every_verb_has_help_with_an_example(verb):
    result = ganzoo(verb, "--help")
    assert result.exit_code == 0
    assert f"ganzoo {verb}" in result.output.split("Example", 1)[1]


def test_list_shows_every_recipe_with_its_paper():
    result = ganzoo("list")
    assert result.exit_code == 0
    for name in recipes.names():
        assert name in result.output
    assert result.output.count("https://arxiv.org/abs/") == len(recipes.names())


def test_a_recipe_is_trained_and_drawn_from(tiny_recipe, few_pictures, tmp_path):
    run_dir = tmp_path / "run"
    result = ganzoo("train", tiny_recipe(), "--run-dir", run_dir, "--epochs", 1)
    assert result.exit_code == 0, result.output
    assert (run_dir / "model.keras").exists()
    out = tmp_path / "samples.png"
    result = ganzoo("generate", run_dir, "-n", 4, "--seed", 0, "--out", out)
    assert result.exit_code == 0, result.output
    assert out.exists()
    result = ganzoo("generate", run_dir, "--label", 1, "--out", out)
    assert result.exit_code == 1
    assert "`CGAN` takes labels" in result.output


def test_the_benchmark_reports(tiny_recipe, few_pictures, tmp_path, monkeypatch):
    suite = suites.Suite(recipes=(str(tiny_recipe()),), count=200)
    monkeypatch.setitem(suites.SUITES, "quick", suite)
    result = ganzoo("benchmark", "--variants", "GAN", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "report.md").exists()
    assert "| GAN |" in result.output


@pytest.fixture
def two_sets(tmp_path):
    """Two sets of Fashion-MNIST's pictures, in files."""
    images = data.load("fashion_mnist_10k", "train").images
    for i, name in enumerate("ab"):
        np.save(tmp_path / f"{name}.npy", images[i * 200 : i * 200 + 200])
    return tmp_path / "a.npy", tmp_path / "b.npy"


def test_any_two_sets_of_pictures_are_scored(two_sets):
    result = ganzoo("evaluate", *two_sets, "--features", "fashion-classifier")
    assert result.exit_code == 0, result.output
    assert "Fréchet distance" in result.stdout and "recall" in result.stdout
    assert "Features of" in result.stderr


def test_machines_read_one_object(two_sets):
    result = ganzoo("evaluate", *two_sets, "--features", "fashion-classifier", "--json")
    record = json.loads(result.stdout)
    assert record["fd"] > 0 and record["kd_sd"] > 0
    assert record["fingerprint"] and record["protocol"]["samples"]["count"] == 200


def test_statistics_stand_for_pictures(two_sets, tmp_path):
    a, b = two_sets
    features = ("--features", "fashion-classifier")
    result = ganzoo("statistics", b, tmp_path / "b.npz", *features)
    assert result.exit_code == 0, result.output
    records = [
        json.loads(
            ganzoo("evaluate", a, x, *features, "--scores", "fid", "--json").stdout
        )
        for x in (b, tmp_path / "b.npz")
    ]
    assert records[0]["fd"] == records[1]["fd"]


@pytest.mark.parametrize(
    "args, message",
    [
        (("evaluate", "nowhere", "nowhere"), "There is nothing of this name"),
        (("evaluate", "fashion_mnist_10k:test"), "only a run folder brings its own"),
        (("evaluate", "a", "b", "--scores", "fed"), "Received: 'fed'"),
        (("evaluate", "fashion_mnist_10k:test", "mnist"), "'mnist:test'"),
        (("train", "dcgan_fashion", "--run-dir", "x"), "Did you mean 'dcgan_fashion_m"),
        (("generate", "nowhere"), "has a `model.keras`"),
        (("benchmark", "--variants", "STYLEGAN"), "has the variants"),
        (("benchmark", "--budget", "0"), "not in the range"),
    ],
)
def test_errors_are_messages(args, message):
    result = ganzoo(*args)
    assert result.exit_code != 0
    assert message in result.output
    assert "Traceback" not in result.output
