"""The command: every verb, its help, and errors without a traceback."""

import pytest
from click.testing import CliRunner

from ganzoo import cli
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


@pytest.mark.parametrize(
    "args, message",
    [
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
