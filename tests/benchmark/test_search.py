"""The search for settings: drawn by number, trained on training images alone."""

import numpy as np
import pytest

from benchmarks import search
from ganzoo.benchmark import records
from ganzoo.training import recipes

RECIPE = "gan_fashion_mnist_10k"


def test_a_trial_is_drawn_by_its_number_and_builds():
    base, nothing = search.draw(RECIPE, 0, epochs=3)
    assert base.epochs == 3 and nothing == {}
    drawn = [search.draw(RECIPE, number, epochs=3) for number in (1, 2, 3, 1)]
    assert drawn[0] == drawn[3]
    assert len({recipe.sha256 for recipe, _ in drawn}) == 3
    for recipe, settings in drawn:
        assert 1 <= len(settings) <= search.MOST_CHANGES
        for name, value in settings.items():
            section, _, key = name.partition(".")
            found = recipe.config.get(section)
            assert (found.get(key) if key else found) == value


@pytest.mark.parametrize("name", [RECIPE, "wgan_gp_fashion_mnist_10k"])
def test_updates_share_a_batch_that_is_as_much_larger(name):
    recipe, shares = recipes.load(name), []
    for seed in range(99):
        text, settings = search.change(recipe, np.random.default_rng(seed))
        if set(settings) == {"model.discriminator_steps", "training.batch_size"}:
            steps = settings["model.discriminator_steps"]
            share = recipe.batch_size / recipe.model_class.default_discriminator_steps
            shares.append(recipes.parse(name, text).batch_size / steps / share)
    # Where the batch is changed too, it is to a half or to twice as much.
    assert 1 in shares and set(shares) <= {0.5, 1, 2}


@pytest.mark.usefixtures("untraced")
def test_trials_are_kept_and_go_on_and_read_no_test_images(tmp_path, monkeypatch):
    load, asked = recipes.Recipe.load_data, []

    def load_few(self, split="train", data_dir=None):
        asked.append(split)
        return tuple(array[:240] for array in load(self, split, data_dir))

    monkeypatch.setattr(recipes.Recipe, "load_data", load_few)
    monkeypatch.setattr(search, "VALIDATION", 1 / 2)
    monkeypatch.chdir(tmp_path)
    options = [RECIPE, "--epochs", "1", "--out", str(tmp_path / "out")]
    for trials in "1", "2":
        assert search.main([*options, "--trials", trials]) == 0
    lines = records.Records(tmp_path / "out" / "results.jsonl").read()
    assert [line["trial"] for line in lines] == [0, 1]
    assert all(line["fd"] > 1 for line in lines)
    assert set(asked) == {"train"}
    text = (tmp_path / "out" / "report.md").read_text()
    assert "| as the recipe stands |" in text and "+0 %" in text


def test_a_trial_that_fails_is_told_and_the_others_go_on(tmp_path, monkeypatch, capsys):
    def train(one, *args):
        if one.number == 0:
            raise OSError("no space")
        return {"fd": None, "seconds": 1.0}

    monkeypatch.setattr(search, "train", train)
    options = ["--trials", "2", "--epochs", "1", "--out", str(tmp_path)]
    assert search.main([RECIPE, *options]) == 1
    assert "failed: OSError: no space" in capsys.readouterr().out
    assert "| lost |" in (tmp_path / "report.md").read_text()


@pytest.mark.parametrize("name", ["trials", "epochs", "seeds"])
@pytest.mark.parametrize("number", ["0", "-3"])
def test_numbers_below_1_are_refused(name, number, capsys):
    with pytest.raises(SystemExit):
        search.main([RECIPE, f"--{name}", number])
    assert f"--{name} must be 1 or more, received {number}" in capsys.readouterr().err
