"""What happens between epochs, in `fit` or where it is asked for."""

import contextlib
import csv
import pathlib
import re
import sys
import time
import warnings

import keras
import numpy as np
from keras import ops

from ganzoo.data import pixels
from ganzoo.inputs import checked_data
from ganzoo.metrics import neighbours
from ganzoo.system import files
from ganzoo.visualization import grids
from ganzoo.visualization import samples


class SampleSheet(keras.callbacks.Callback):
    """Writes a PNG of sample pictures after every epoch: `epoch_0001.png` and so on.

    Args:
        folder: path. Where to write; made if it is missing.
        draw: function of the model. Returns a uint8 sheet `(height, width, channels)`;
            drawn with a fixed seed it shows the same latents growing up.
    """

    def __init__(self, folder, draw):
        super().__init__()
        self.folder = pathlib.Path(folder)
        self.draw = draw

    def on_epoch_end(self, epoch, logs=None):
        path = self.folder / f"epoch_{epoch + 1:04d}.png"
        grids.save_png(path, self.draw(self.model))


class Seconds(keras.callbacks.Callback):
    """Adds `seconds` to the logs of an epoch: those of its training.

    Put it before callbacks that draw, score or write, which take their own time.
    """

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        logs["seconds"] = round(time.perf_counter() - self.start, 2)


class History(keras.callbacks.Callback):
    """Writes a CSV file with a line for each epoch: number, logs and learning rates.

    Keras's `CSVLogger` keeps the columns of the first epoch, and has a line twice where
    a killed run trained an epoch again. Here the last time counts.

    Args:
        path: path. A `.csv` file, which is gone on with if it is there.
    """

    def __init__(self, path):
        super().__init__()
        self.path = pathlib.Path(path)

    def on_epoch_end(self, epoch, logs=None):
        rows = [row for row in read_history(self.path) if int(row["epoch"]) < epoch]
        logs = {name: _shown(value) for name, value in logs.items()}
        rows.append({"epoch": epoch, **logs, **_learning_rates(self.model)})
        columns = list(dict.fromkeys(key for row in rows for key in row))
        with (
            files.atomic(self.path) as partial,
            partial.open("w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)


def _shown(value):
    """A log as a history has it, where what was not measured is empty."""
    return "" if np.isnan(value) else value


def _learning_rates(model):
    """Those of both players, by their columns."""
    rates = {}
    for player in ("discriminator", "generator"):
        # There is none outside of `fit`.
        optimizer = getattr(model, f"{player}_optimizer", None)
        if optimizer:
            rate = ops.convert_to_numpy(optimizer.learning_rate)
            rates[f"learning_rate_{player}"] = in_single_precision(rate)
    return rates


def in_single_precision(number):
    """A number in the fewest digits that tell it from others in float32."""
    return str(np.float32(number))


def read_history(path):
    """The lines that `History` has written to a file so far, as a list of dicts.

    Raises:
        ValueError: If it was changed, so that a line is not of an epoch.
    """
    path = pathlib.Path(path)
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if not (row.get("epoch") or "").isdecimal():
            raise ValueError(
                "A history has the number of an epoch in each line, as `ganzoo train` "
                f"writes it. Received: path={str(path)!r} with {row}."
            )
    return rows


class BackupAndRestore(keras.callbacks.Callback):
    """Lets a killed `fit` go on after its last epoch, whenever the kill came.

    Keras's callback of this name writes the weights and the number of the epoch into
    two files, one after the other; a kill between them lets it train an epoch twice.
    Here a state is one file, whose name has the number.

    Args:
        backup_dir: path. Folder of its own for the states.
        delete_checkpoint: bool. Whether to remove them when training has ended.
    """

    def __init__(self, backup_dir, delete_checkpoint=True):
        super().__init__()
        self.backup_dir = pathlib.Path(backup_dir)
        self.delete_checkpoint = delete_checkpoint

    def on_train_begin(self, logs=None):
        files.remove_partial(self.backup_dir)
        states = self.states()
        if states:
            epoch = max(states)
            self.model.load_weights(states[epoch])
            # Where Keras's own callback leaves it for `fit`.
            self.model._initial_epoch = epoch

    def on_epoch_end(self, epoch, logs=None):
        older = self.states()
        self.model.save_weights(self.backup_dir / f"epoch_{epoch + 1:04d}.weights.h5")
        for number, path in older.items():
            if number <= epoch:
                path.unlink()

    def on_train_end(self, logs=None):
        if self.delete_checkpoint:
            for path in self.states().values():
                path.unlink()
            # Unless somebody else has put something there.
            with contextlib.suppress(OSError):
                self.backup_dir.rmdir()

    def states(self):
        """Paths of the states by how many epochs they are of, a dict."""
        names = {
            path: re.fullmatch(r"epoch_(\d+)\.weights\.h5", path.name)
            for path in self.backup_dir.glob("epoch_*")
        }
        return {int(name[1]): path for path, name in names.items() if name}


class DivergedError(RuntimeError):
    """A loss or a weight is not a finite number any more."""


class TerminateOnNaN(keras.callbacks.Callback):
    """Ends training when a player's loss or weights are no finite numbers any more.

    A game does not come back from there. `fit` has this callback by itself, before all
    others, so that none of them saves such weights. (Keras's looks for a `loss`, which
    a game of two does not have.)

    Raises:
        DivergedError: At the batch that shows it. Keras may have begun the next.
    """

    # Keras may go on with the next step while another thread looks at this one's logs,
    # unless a callback after this one has to be called in time.
    async_safe = True

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        self.losses = {}

    def on_train_batch_end(self, batch, logs=None):
        self.losses = self.losses or _not_finite(logs)
        self.on_train_batch_begin(batch)

    def on_train_batch_begin(self, batch, logs=None):
        if self.losses:
            # The step computes that of D first.
            raise self._error(f"the {next(iter(self.losses)).replace('_', ' ')}")

    def on_epoch_end(self, epoch, logs=None):
        self.on_train_batch_end(None, logs)
        # Running statistics among them, which no loss has seen.
        discriminators = self.model.discriminator.weights
        known = {id(weight) for weight in discriminators}
        others = [weight for weight in self.model.weights if id(weight) not in known]
        for player, weights in (
            ("discriminator", discriminators),
            ("generator", others),
        ):
            if not all(map(is_finite, weights)):
                raise self._error(f"a weight of the {player}")

    def _error(self, what):
        return DivergedError(
            f"Training has diverged in epoch {self.epoch + 1}: first {what} was no "
            "finite number any more, and a game does not come back from there. What "
            "was saved before is untouched. Try smaller learning rates, that player's "
            "first; gradients that are clipped (`clipnorm=1.0` in the optimizer); or "
            "float32 instead of half precision. Received: "
            f"{self.losses or 'weights that are not finite'}."
        )


class TerminateWithoutData(keras.callbacks.Callback):
    """Ends training at an epoch that had no step, which would look like a trained one.

    `fit` has this callback by itself. Of data that do not tell how many batches they
    have, nobody knows before.

    Raises:
        ValueError: At the end of that epoch. What was trained before is in the model.
    """

    async_safe = True

    def on_epoch_begin(self, epoch, logs=None):
        self.steps = 0

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1

    def on_epoch_end(self, epoch, logs=None):
        if not self.steps:
            raise ValueError(checked_data.NO_BATCH.format(epoch=epoch + 1))


class ForgetNaN(keras.callbacks.Callback):
    """Lets no callback take the NaN of an epoch that is not scored for the best score.

    `EarlyStopping`, `ModelCheckpoint` and `ReduceLROnPlateau` take the first value for
    the best, and no number is less than NaN. `fit` has this callback after all others.

    Args:
        others: list of callbacks.
    """

    def __init__(self, others):
        super().__init__()
        self.others = others

    def on_epoch_end(self, epoch, logs=None):
        for callback in self.others:
            best = getattr(callback, "best", None)
            if isinstance(best, float) and np.isnan(best):
                callback.best = None


def _not_finite(logs):
    losses = ("discriminator_loss", "generator_loss")
    return {k: logs[k] for k in losses if k in logs and not np.isfinite(logs[k])}


def is_finite(variable):
    """Whether all numbers of a variable are finite."""
    return bool(ops.convert_to_numpy(ops.all(ops.isfinite(variable))))


class CollapseMonitor(keras.callbacks.Callback):
    """Warns, while it happens, of a game that only one player plays.

    After each epoch, of images that are flat or all alike for two epochs; of images
    that have come to repeat one another, or do so for three epochs and a thousand
    batches, by their share `duplicates`, which it adds to the history; of a score like
    `val_fid` that jumps, where `Score` stands before it; and of a discriminator that is
    always right, by its loss. Training goes on. What it remembers of earlier epochs is
    of the same call of `fit`.

    Args:
        x: array. Pictures as the model trains on.
        y: array or None. Labels or targets, where the model has them.
        count: int. Pictures that are drawn, and compared with as many real ones.

    Raises:
        ValueError: If there are fewer than two pictures, or they are no array.
    """

    # Where a warning is due: shares, and a factor over the best score so far.
    DUPLICATES = 0.25
    SATURATED = 0.01
    JUMP = 2.0
    # Of the contrast of real images.
    FLAT = 0.05
    # Epochs and batches that a new generator may take to begin: to show anything, and
    # to show different things.
    BLANK = (2, 200)
    REPEATING = (3, 1_000)
    SCORES = ("val_fid", "val_fd")

    def __init__(self, x, y=None, count=128):
        super().__init__()
        if not hasattr(x, "shape"):
            raise ValueError(
                "Pictures to compare with are an array: pass the first of those in a "
                f"data set. Received: x of type {type(x).__name__}."
            )
        if min(count, len(x)) < 2:
            raise ValueError(
                "Whether pictures repeat one another, two or more can tell. "
                f"Received: {len(x)} pictures, count={count}."
            )
        self.arrays = (x,) if y is None else (x, y)
        self.count = min(count, len(x))

    def on_train_begin(self, logs=None):
        real = self.arrays[-1 if samples.translates(self.model) else 0]
        self.real = _thumbnails(np.asarray(real[: self.count]))
        self.best = {}
        self.blank = 0
        self.repeating = 0
        self.batches = 0
        self.has_begun = False

    def on_epoch_end(self, epoch, logs=None):
        drawn = samples.draw(self.model, self.arrays, self.count, seed=0)
        images = _thumbnails(np.concatenate(list(drawn)))
        logs["duplicates"] = neighbours.duplicate_rate(images, self.real)
        is_flat = _contrast(images) < self.FLAT * _contrast(self.real)
        # Data that do not say how many batches they have are taken for large.
        self.batches += self.params.get("steps") or self.REPEATING[1]
        for message in self._messages(logs, is_flat):
            warnings.warn(f"Epoch {epoch + 1}: {message}", RuntimeWarning, stacklevel=2)

    def _messages(self, logs, is_flat=False):
        blank = is_flat or logs["duplicates"] == 1
        repeats = logs["duplicates"] > self.DUPLICATES
        self.blank = self.blank + 1 if blank else 0
        self.repeating = self.repeating + 1 if repeats else 0
        self.has_begun |= not repeats
        if blank and self._is_late(self.blank, *self.BLANK):
            yield (
                f"the {self.count} samples are {'flat' if is_flat else 'all alike'}: "
                "the generator has not begun to learn, or has collapsed. If it stays "
                "so, start again with other learning rates; where weights are "
                "averaged, `ema_momentum` may be too near to 1 for so few steps."
            )
        elif repeats and (
            self.has_begun or self._is_late(self.repeating, *self.REPEATING)
        ):
            yield (
                f"{logs['duplicates']:.0%} of {self.count} pictures nearly repeat one "
                "another: the generator has collapsed. If it stays so, start again "
                "with smaller learning rates, or with WGAN-GP (`WGANGP`, or "
                "`--model wgan_gp`)."
            )
        for name in self.SCORES:
            if np.isfinite(logs.get(name, np.nan)):
                best = self.best[name] = min(logs[name], self.best.get(name, np.inf))
                if logs[name] > self.JUMP * best:
                    yield (
                        f"{name} has jumped to {logs[name]:.4g}, from {best:.4g} at "
                        "its best: the game may have collapsed. An earlier checkpoint "
                        "is better than this one."
                    )
        loss, undecided = logs["discriminator_loss"], self.model.undecided_loss
        if undecided and loss < self.SATURATED * undecided:
            yield (
                f"the discriminator's loss is {loss:.2g}, where {undecided:.2g} is "
                "that of one that cannot tell: it is always right, and the generator "
                "learns little from it. Try a smaller learning rate for it, or more "
                "dropout."
            )

    def _is_late(self, epochs, most_epochs, most_batches):
        return epochs >= most_epochs and self.batches >= most_batches


def _contrast(images):
    """Mean deviation of the pixels of an image from one another."""
    return images.std(axis=1).mean()


def _thumbnails(pictures, side=64):
    """Pictures as vectors, of at most so many pixels a side."""
    if pictures.dtype != "uint8":
        pictures = pixels.to_uint8(pictures)
    step = -(-max(pictures.shape[1:3]) // side)
    return pictures[:, ::step, ::step].reshape(len(pictures), -1).astype("float32")


class Score(keras.callbacks.Callback):
    """Scores the model on held-out pictures: `val_fid` and so on, in the history.

    Put it before callbacks that read its scores, like `TensorBoard` or
    `ModelCheckpoint(monitor="val_fid", mode="min")`. Epochs that are not scored have
    NaN under the same names, so that `CSVLogger` has their columns; `History` leaves
    them empty. The patience of `EarlyStopping` counts them as epochs without a better
    score: it must be more than `every`.

    Args:
        scorer: `ganzoo.evaluation.Scorer`.
        x: held-out data, as `fit` takes them.
        y: labels or targets, where the model has them.
        every: int. Score after every so many epochs.

    Attributes:
        monitor: string. What its first score is in the history, like "val_fid".

    Raises:
        ValueError: If `every` is not positive; when training begins, if the pictures
            cannot be scored.
    """

    def __init__(self, scorer, x, y=None, every=1):
        super().__init__()
        if not isinstance(every, int) or every < 1:
            raise ValueError(
                f"`every` must be an int of at least 1. Received: every={every!r}."
            )
        self.scorer = scorer
        self.monitor = f"val_{scorer.names[0]}"
        self.x = x
        self.y = y
        self.every = every

    def on_train_begin(self, logs=None):
        self.prepared = self.scorer.prepare(self.model, self.x, self.y)

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every == 0:
            if self.scorer.verbose and sys.stderr.isatty():
                # What tells of the epoch has not ended its line.
                print(file=sys.stderr)
            scores = self.prepared.score()
        else:
            scores = dict.fromkeys(self.scorer.names, float("nan"))
        logs.update({f"val_{name}": score for name, score in scores.items()})
