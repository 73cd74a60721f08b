"""What `ganzoo info` says of a run folder."""

import pathlib

import pytest

from ganzoo.presets import run_card

OLD = pathlib.Path(__file__).parents[1] / "release_0_1" / "run"


@pytest.fixture
def run_dir(tmp_path):
    """A run of an earlier release that was scored, and was stopped."""
    for name in ("recipe.toml", "seed", "environment.json"):
        (tmp_path / name).write_bytes((OLD / name).read_bytes())
    (tmp_path / "history.csv").write_text(
        "epoch,discriminator_loss,seconds,val_fd,val_generator_loss\n"
        "0,1.5,30,20.0,1.0\n1,1.25,45,,1.0\n"
    )
    (tmp_path / "best_0001.keras").write_bytes(b"")
    return tmp_path


def test_how_far_a_run_is_and_its_best_epoch(run_dir):
    known = run_card.facts(run_dir)
    assert (known["class"], known["epochs"], known["seconds"]) == ("CGAN", 2, 75.0)
    best = {"epoch": 1, "score": 20.0, "file": "best_0001.keras"}
    assert known["best"] == {"val_fd": best}
    assert known["last"] == {"discriminator_loss": 1.25, "val_generator_loss": 1.0}
    card = run_card.render(run_dir, known)
    of_recipe = known["epochs_of_recipe"]
    assert known["epochs_wanted"] == of_recipe
    for line in (
        f"epochs      2 of {of_recipe} in 1 min",
        "best fd     20 at epoch 1, best_0001.keras",
        "on          x86_64, 2 cores; cpu",
        "model       not known",
    ):
        assert f"\n{line}\n" in card


def test_an_unfinished_run_says_how_to_go_on(run_dir):
    (run_dir / "epochs").write_text("3\n")
    known = run_card.facts(run_dir)
    assert known["epochs_wanted"] == 3
    card = run_card.render(run_dir, known)
    assert f"Not finished. To go on: ganzoo train --run-dir {run_dir}\n" in card


def test_a_run_of_a_class_of_ones_own_says_what_to_import(run_dir):
    known = run_card.facts(run_dir) | {"class": "my_module:MyGAN", "epochs_wanted": 3}
    go_on = f"To go on: ganzoo --import my_module train --run-dir {run_dir}\n"
    assert go_on in run_card.render(run_dir, known)


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(ValueError, match="recipe"):
        run_card.facts(tmp_path)


def test_a_class_that_cites_no_paper_says_so(run_dir):
    known = run_card.facts(run_dir) | {"paper": {"authors": "", "url": ""}}
    assert "\npaper       not known\n" in run_card.render(run_dir, known)
