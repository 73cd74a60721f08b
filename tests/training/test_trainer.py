"""`ganzoo train`: told, scored, stopped in time, and shown to TensorBoard."""

import importlib.util

import pytest

from ganzoo.training import callbacks
from ganzoo.training import recipes
from ganzoo.training import run_folder
from ganzoo.training import trainer


@pytest.fixture
def recipe(tiny_recipe, few_pictures, untraced):
    return recipes.load(tiny_recipe())


def test_a_run_is_told_line_by_line_and_scored(recipe, tmp_path, capsys):
    trainer.train(recipe, tmp_path, epochs=2, features="fashion-classifier", every=2)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" · ")[0] for line in lines] == ["epoch 1/2", "epoch 2/2"]
    assert " · fd " in lines[1] and lines[1].endswith(" at epoch 2")
    assert run_folder.best_epoch(tmp_path, "val_fd")[0] == 2
    assert (tmp_path / "best_0002.keras").is_file()


@pytest.mark.filterwarnings("ignore:Epoch .* images nearly repeat")
def test_a_run_stops_when_its_score_is_stale_and_remembers(
    recipe, tmp_path, capsys, monkeypatch
):
    scores = iter([5.0, 3.0, 4.0, 6.0, 7.0, 8.0])

    def score(self, epoch, logs=None):
        logs["val_fd"] = next(scores)

    monkeypatch.setattr(callbacks.Score, "on_epoch_end", score)
    options = {"features": "fashion-classifier", "every": 1}
    trainer.train(recipe, tmp_path, epochs=3, **options)
    trainer.train(recipe, tmp_path, epochs=9, patience=3, **options)
    assert run_folder.count_epochs(tmp_path) == 5
    told = capsys.readouterr().out
    assert "Stopped after epoch 5: fd has not come below the 3 of epoch 2" in told
    assert (tmp_path / "best_0002.keras").is_file()


def test_patience_needs_a_score(recipe, tmp_path):
    with pytest.raises(ValueError, match="Patience is with a score"):
        trainer.train(recipe, tmp_path / "run", patience=3)


def test_tensorboard_that_is_missing_is_told_before_training(
    recipe, tmp_path, monkeypatch
):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "tensorboard" else find(name, *rest),
    )
    with pytest.raises(ValueError, match="pip install tensorboard"):
        trainer.train(recipe, tmp_path / "run", tensorboard=True)
    assert not (tmp_path / "run").exists()


def test_tensorboard_has_losses_and_pictures(recipe, tmp_path):
    event_accumulator = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator"
    )
    trainer.train(recipe, tmp_path, tensorboard=True)

    def read(name):
        found = event_accumulator.EventAccumulator(str(tmp_path / "tensorboard" / name))
        return found.Reload()

    losses = read("train").Tags()["tensors"]
    assert {"epoch_discriminator_loss", "epoch_generator_loss"} <= set(losses)
    assert read("samples").Tags()["tensors"] == ["samples"]
