"""Who may train in a run folder, and what it tells."""

import filelock
import keras
import pytest

from ganzoo.training import recipes
from ganzoo.training import run_folder
from ganzoo.training import runs


@pytest.mark.usefixtures("untraced")
def test_a_folder_of_another_recipe_is_refused(tiny_recipe, few_pictures, tmp_path):
    run_dir = tmp_path / "run"
    runs.train(recipes.load(tiny_recipe()), run_dir, verbose=0)
    with pytest.raises(ValueError, match="a run of another recipe"):
        runs.train(recipes.load(tiny_recipe("labels")), run_dir, verbose=0)
    with pytest.raises(ValueError, match="a run of another seed"):
        runs.train(recipes.load(tiny_recipe()), run_dir, seed=1, verbose=0)
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="is a file"):
        runs.train(recipes.load(tiny_recipe()), tmp_path / "file", verbose=0)


def test_two_processes_do_not_train_in_one_folder(tiny_recipe, few_pictures, tmp_path):
    recipe, run_dir = recipes.load(tiny_recipe()), tmp_path / "run"
    held = filelock.FileLock(run_dir / "lock")
    run_dir.mkdir()
    with held, pytest.raises(run_folder.BusyError, match="Another process"):
        runs.train(recipe, run_dir, verbose=0)
    runs.train(recipe, run_dir, verbose=0)


def test_a_folder_that_cannot_be_written_is_refused(tiny_recipe, tmp_path):
    (tmp_path / "file").write_text("")
    recipe = recipes.load(tiny_recipe())
    for name in ("file", "file/run"):
        with pytest.raises(ValueError, match="is a file|cannot be written"):
            runs.train(recipe, tmp_path / name)


@pytest.mark.usefixtures("untraced")
def test_a_run_without_its_backup_does_not_begin_anew(
    tiny_recipe, few_pictures, tmp_path
):
    recipe, run_dir = recipes.load(tiny_recipe()), tmp_path / "run"
    runs.train(recipe, run_dir, epochs=2, verbose=0)
    before = (run_dir / "model.keras").read_bytes()
    for path in (run_dir / "backup").iterdir():
        path.unlink()
    with pytest.raises(ValueError, match="backup of the run is gone"):
        runs.train(recipe, run_dir, epochs=2, verbose=0)
    assert (run_dir / "model.keras").read_bytes() == before


def test_who_has_a_run_folder_may_ask_again(tmp_path):
    with run_folder.locked(tmp_path):
        with run_folder.locked(tmp_path):
            pass
        # As another process would.
        with pytest.raises(filelock.Timeout):
            filelock.FileLock(tmp_path / "lock", timeout=0).acquire()
    with filelock.FileLock(tmp_path / "lock", timeout=0):
        pass


@pytest.mark.filterwarnings("ignore:.*nearly repeat one another:RuntimeWarning")
@pytest.mark.usefixtures("untraced")
def test_an_epoch_that_is_trained_again_is_not_the_best_by_what_it_was(
    tiny_recipe, few_pictures, tmp_path, monkeypatch
):
    recipe, scores = recipes.load(tiny_recipe()), [5.0, 3.0]

    class Told(keras.callbacks.Callback):
        monitor = "val_fd"

        def on_epoch_end(self, epoch, logs=None):
            logs["val_fd"] = scores[epoch]

    back_up = runs.callbacks.BackupAndRestore.on_epoch_end

    def die(self, epoch, logs=None):
        if epoch == 1:
            raise KeyboardInterrupt
        back_up(self, epoch, logs)

    with monkeypatch.context() as patch:
        patch.setattr(runs.callbacks.BackupAndRestore, "on_epoch_end", die)
        with pytest.raises(KeyboardInterrupt):
            runs.train(recipe, tmp_path / "a", epochs=2, verbose=0, score=Told())
    # As on a device whose sums come out otherwise the second time.
    scores[:] = [5.0, 6.0]
    runs.train(recipe, tmp_path / "a", epochs=2, verbose=0, score=Told())
    assert run_folder.best_epoch(tmp_path / "a", "val_fd") == (1, 5.0)
    assert [p.name for p in (tmp_path / "a").glob("best*")] == ["best_0001.keras"]
