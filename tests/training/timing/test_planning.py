"""Settings that end in a given time, on a machine whose steps take a known one."""

import numpy as np
import pytest
import toy_folders
import toys
from PIL import Image

import ganzoo
from ganzoo.system import durations
from ganzoo.training import folder_recipes
from ganzoo.training.timing import estimates
from ganzoo.training.timing import planning
from ganzoo.training.timing import summary

HOUR = 3600.0


@pytest.fixture(scope="module")
def draft(tmp_path_factory):
    """A recipe for a folder of forty grey images, four of them held out."""
    folder = tmp_path_factory.mktemp("grey")
    for i in range(40):
        noise = np.random.default_rng(i).integers(0, 256, (28, 28), "uint8")
        Image.fromarray(noise).save(folder / f"{i}.png")
    return folder_recipes.recipe(folder, image_size=28)[0]


def seconds_of(plan):
    """How long the recipe of a plan trains."""
    return plan.recipe.epochs * plan.estimate.seconds_of_epoch(plan.recipe.passes)


@pytest.fixture
def pace(monkeypatch):
    """Sets how many seconds an image takes networks of the usual width."""

    def set_pace(usual, between=0.0):
        def estimate(recipe, data_dir=None):
            share = planning.filters_of(recipe) / 64
            return estimates.Estimate(usual * share**1.5, between, 1e9, 36)

        monkeypatch.setattr(estimates, "estimate", estimate)

    return set_pace


@pytest.mark.parametrize("seconds", [300.0, 1200.0, 2 * HOUR, 24 * HOUR])
@pytest.mark.parametrize("usual", [1e-4, 0.01, 0.13])
def test_a_training_ends_in_time(draft, pace, seconds, usual):
    pace(usual, between=1.0)
    plan = folder_recipes.plan(draft, seconds)
    one = plan.estimate.seconds_of_epoch(plan.recipe.passes)
    assert seconds - one < seconds_of(plan) <= seconds


@pytest.mark.parametrize("usual", [1e-4, 0.01, 0.13, 0.3])
def test_without_a_time_it_is_over_in_the_morning_with_an_early_sheet(
    draft, pace, usual
):
    pace(usual, between=1.0)
    plan = folder_recipes.plan(draft)
    assert seconds_of(plan) <= 8 * HOUR
    assert plan.estimate.seconds_of_epoch(plan.recipe.passes) < 120
    shown = plan.recipe.epochs * plan.recipe.passes * 36
    images = folder_recipes.IMAGES_SHOWN[False]
    assert shown < images + plan.recipe.passes * 36
    assert shown >= min(images, 0.9 * 8 * HOUR / plan.estimate.seconds_per_image)


@pytest.mark.parametrize(
    "usual, seconds, filters",
    # 75 steps of 64 images in 90 seconds, or in a tenth of the time.
    [
        (0.018, 8 * HOUR, 64),
        (0.13, 8 * HOUR, 16),
        (0.018, 600.0, 48),
        (0.018, 60.0, 8),
        (9.0, 8 * HOUR, 8),
    ],
)
def test_networks_are_as_wide_as_there_is_time_for(
    draft, pace, usual, seconds, filters
):
    pace(usual)
    plan = folder_recipes.plan(draft, seconds)
    assert planning.filters_of(plan.recipe) == filters
    fixed = folder_recipes.plan(draft, seconds, any_width=False)
    assert planning.filters_of(fixed.recipe) == 64


def test_an_epoch_is_at_least_one_pass(draft, pace):
    assert draft.passes > 1
    pace(100.0)
    plan = folder_recipes.plan(draft)
    assert plan.recipe.passes == 1
    assert plan.estimate.seconds_of_epoch(1) > planning.FIRST_SHEET


def test_a_width_is_that_of_all_networks(draft):
    small = planning.with_filters(draft, "small")
    for player in ("generator", "discriminator"):
        assert draft.config[player]["filters"] == 64
        assert small.config[player]["filters"] == 16


def test_a_score_takes_as_long_as_all_that_is_held_out(draft, monkeypatch):
    monkeypatch.setattr(estimates, "TIMED_IMAGES", 2)
    clock = iter([10.0, 18.0])
    monkeypatch.setattr(estimates.time, "perf_counter", lambda: next(clock))
    # Two of four in eight seconds.
    assert estimates.seconds_of_score(draft, "fashion-classifier") == 16.0


def test_scores_are_part_of_the_time(draft, pace, monkeypatch):
    pace(0.01)
    monkeypatch.setattr(estimates, "seconds_of_score", lambda *args: 60.0)
    plan = folder_recipes.plan(draft, HOUR, True, "fashion-classifier", 2)
    scoring = plan.estimate.seconds_of_scores(plan.recipe.epochs, 2)
    # Before the first one, what is held out is looked at.
    assert scoring == (1 + plan.recipe.epochs // 2) * 60.0
    one = plan.estimate.seconds_of_epoch(plan.recipe.passes) + 30
    assert HOUR - 2 * one < seconds_of(plan) + scoring <= HOUR + 30


def test_what_it_will_take_is_told(draft):
    recipe = planning.with_filters(draft, 4)
    found = estimates.Estimate(1 / 36, 0.0, 1.5e9, 36, 600.0)
    plan = planning.Plan(recipe, found)
    *_, length, told = summary.lines(plan, 12, 5)
    assert length == (
        "12 epochs in batches of 64: an epoch shows each of 36 training images 125 "
        "times"
    )
    # Of 25 minutes of training.
    assert told == (
        "about 55 min on this machine, 30 min of it for 2 scores, and 1.5 GB of "
        "memory; a sheet of samples every 2 min"
    )


def test_a_step_is_timed(draft, untraced):
    recipe = planning.with_filters(draft, 1)
    found = estimates.estimate(recipe)
    assert found.count == 36
    assert 0 < found.seconds_per_image < 60 and found.seconds_between > 0
    assert found.memory > 10**8


def test_stages_are_timed_in_their_order(tmp_path, narrow, monkeypatch):
    folder = toy_folders.fill(tmp_path / "images", 12, size=(32, 32))
    recipe = folder_recipes.recipe(folder, "srgan", 32)[0]
    told = []

    def seconds_of_step(model, arrays, count, stage):
        told.append(stage)
        return 1.0

    monkeypatch.setattr(estimates, "_seconds_of_step", seconds_of_step)
    found = estimates.estimate(recipe)
    assert told == ["content", "game"]
    assert found.seconds_per_image == 2 / 11
    plan = planning.with_epochs(planning.Plan(recipe, found), 3)
    assert plan.recipe.epochs == 3 and plan.recipe.stages == {"content": 3}
    assert plan.recipe.passes == recipe.passes


def test_a_step_of_domains_of_different_sizes_is_timed(tmp_path, narrow, untraced):
    for name, count in {"first": 30, "second": 12}.items():
        (tmp_path / name).mkdir()
        for i in range(count):
            image = np.full((28, 28), 8 * i, "uint8")
            Image.fromarray(image).save(tmp_path / name / f"{i}.png")
    recipe = folder_recipes.recipe(tmp_path, "cogan", 28)[0]
    assert estimates.estimate(recipe).count == len(recipe.load_data()[0])


@pytest.mark.parametrize(
    "text, seconds",
    [("20m", 1200), ("2h", 7200), ("1h30m", 5400), ("45s", 45), (" 1H ", 3600)],
)
def test_a_time_is_read(text, seconds):
    assert durations.parse(text) == seconds


@pytest.mark.parametrize("text", ["", "20", "m", "0m", "1.5h", "30m1h", "-2h"])
def test_what_is_no_time_is_told(text):
    with pytest.raises(ValueError, match="like 2h, 20m or 1h30m. Received"):
        durations.parse(text)


def test_a_stage_is_timed_before_the_game_which_else_would_warn(monkeypatch):
    class Recipe:
        model_class, batch_size = ganzoo.GANCLS, 12
        stages, epochs = {"text": 4}, 8

        def load_data(self, split, data_dir):
            return toys.pictures(), toys.texts()

        def build(self, arrays, seed):
            return toys.compiled("GANCLS")

    timed = []

    def seconds_of_step(model, arrays, batch_size, stage):
        timed.append(stage)
        return 1.0

    monkeypatch.setattr(estimates, "_seconds_of_step", seconds_of_step)
    found = estimates.estimate(Recipe())
    assert timed == ["text", estimates.GAME]
    # An epoch of the game has half an epoch of the stage.
    assert found.seconds_per_image == pytest.approx(1.5 / 12)
