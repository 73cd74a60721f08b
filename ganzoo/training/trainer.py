"""`ganzoo train`: a run that is watched, scored and stopped in time."""

import importlib.util
import pathlib

import click
import keras

from ganzoo import backend
from ganzoo.scoring.scorer import Scorer
from ganzoo.training import callbacks
from ganzoo.training import progress
from ganzoo.training import run_folder
from ganzoo.training import runs
from ganzoo.visualization import samples


def train(
    recipe,
    run_dir,
    seed=0,
    epochs=None,
    data_dir=None,
    features=None,
    every=5,
    patience=None,
    tensorboard=False,
    learning_rate=None,
    start=None,
):
    """As `runs.train`, with a live line, and what else is asked for.

    Args:
        recipe: `Recipe`.
        run_dir: path.
        seed: int.
        epochs: int or None.
        data_dir: path or None.
        features: string or None. Network to score held-out images by while it
            trains, a name of `ganzoo.features.NAMES`; the best epoch's model is kept
            beside the last.
        every: int. Score after every so many epochs.
        patience: int or None. Stop after so many scores without a better one.
        tensorboard: bool. Write losses, scores and samples for TensorBoard, into
            `tensorboard` in the folder.
        learning_rate: float or None. As in `runs.train`.
        start: `AdversarialModel` or None. As in `runs.train`.

    Raises:
        ValueError: If patience is asked for without a score, TensorBoard without
            TensorFlow, either of them with several workers, and as in `runs.train`.
    """
    place = backend.placement()
    check_options(features, patience)
    if place.workers > 1 and (patience or tensorboard):
        raise ValueError(
            "What the first of several workers reads or writes for itself, the others "
            "do not know of. Received: "
            f"patience={patience}, tensorboard={tensorboard}, {place.workers} workers."
        )
    run_dir = pathlib.Path(run_dir)
    run_folder.check_run(run_dir, recipe, seed)
    recipe = run_folder.bind_recipe(recipe, run_dir)
    score = None
    if features:
        # Others take seconds.
        verbose = int(features == "inception")
        scorer = Scorer(features, scores=["fid"], verbose=verbose)
        score = callbacks.Score(
            scorer, *recipe.load_data("test", data_dir), every=every
        )
    extras = [] if place.worker else [progress.Progress(recipe.batch_size)]
    if patience:
        extras.append(StopWhenStale(run_dir, score.monitor, patience * every))
    if tensorboard:
        arrays = recipe.load_data("train", data_dir)
        draw = lambda model: samples.sheet(recipe, model, arrays, seed)  # noqa: E731
        extras.append(TensorBoard(run_dir / "tensorboard", draw))
    how = score, extras, learning_rate, start
    runs.train(recipe, run_dir, seed, epochs, data_dir, 0, *how)


def check_options(features=None, patience=None):
    """Raise a ValueError for what cannot be scored or waited for, before any work.

    Args:
        features: As in `train`, like what follows.
        patience: int or None.
    """
    if patience and not features:
        raise ValueError(
            "Patience is with a score that does not improve: name the network that "
            "images are scored by, `--score inception`. "
            f"Received: patience={patience}."
        )
    if features:
        Scorer(features)


class StopWhenStale(keras.callbacks.Callback):
    """Ends a run whose score has not improved for some epochs.

    By the history in its folder, so that a run that goes on remembers.

    Args:
        run_dir: path.
        monitor: string. The score's name in the history.
        epochs: int. How many to wait for a better one.
    """

    def __init__(self, run_dir, monitor, epochs):
        super().__init__()
        self.run_dir = run_dir
        self.monitor = monitor
        self.epochs = epochs

    def on_epoch_end(self, epoch, logs=None):
        best, score = run_folder.best_epoch(self.run_dir, self.monitor)
        if best is not None and epoch + 1 - best >= self.epochs:
            self.model.stop_training = True
            name = self.monitor.removeprefix("val_")
            click.echo(
                f"\nStopped after epoch {epoch + 1}: {name} has not come below the "
                f"{score:.4g} of epoch {best}, whose model is kept: "
                f"{run_folder.best_path(self.run_dir, best)}"
            )


class TensorBoard(keras.callbacks.TensorBoard):
    """Keras's callback, with a sheet of samples after each epoch.

    Args:
        folder: path. Where to write.
        draw: function of the model that returns a uint8 sheet.

    Raises:
        ValueError: If TensorFlow and TensorBoard are not installed, which write the
            files.
    """

    def __init__(self, folder, draw):
        for name in ("tensorflow", "tensorboard"):
            if importlib.util.find_spec(name) is None:
                raise ValueError(
                    "TensorBoard's files are written by TensorFlow and TensorBoard: "
                    f"pip install {name}. Received: tensorboard=True, and {name} is "
                    "not installed."
                )
        super().__init__(folder, write_graph=False)
        self.draw = draw
        self.samples = self.summary.create_file_writer(str(folder / "samples"))

    def on_epoch_end(self, epoch, logs=None):
        super().on_epoch_end(epoch, logs)
        with self.samples.as_default():
            self.summary.image("samples", self.draw(self.model)[None], step=epoch)
        self.samples.flush()
