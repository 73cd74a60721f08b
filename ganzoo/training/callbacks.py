"""What happens between epochs, in `fit` or where it is asked for."""

import contextlib
import pathlib
import re
import sys
import time

import keras
import numpy as np

from ganzoo.game.callbacks import DivergedError as DivergedError
from ganzoo.game.callbacks import TerminateOnNaN as TerminateOnNaN
from ganzoo.game.callbacks import TerminateWithoutData as TerminateWithoutData
from ganzoo.system import files
from ganzoo.training.collapse_monitor import CollapseMonitor as CollapseMonitor
from ganzoo.training.history import History as History
from ganzoo.training.history import read_history as read_history
from ganzoo.visualization import grids
from ganzoo.visualization import samples
from ganzoo.visualization import sheets


class SampleSheet(keras.callbacks.Callback):
    """Writes a PNG of sample images after every epoch: `epoch_0001.png` and so on.

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


class LiveSamples(keras.callbacks.Callback):
    """Shows a sheet of samples in a notebook, in one place, new after every epoch.

    ```python
    gan.fit(x, epochs=20, callbacks=[ganzoo.callbacks.LiveSamples()])
    ```

    Args:
        draw: function of the model, or None. Returns what `ganzoo.show` takes: images
            or a sheet of them. None draws 80 samples with a fixed seed, a row for each
            class of a conditional model, or a column for each value of a code.

    Raises:
        ValueError: If IPython is missing, which notebooks have; when training begins,
            if a model that translates images is given no `draw`.
    """

    def __init__(self, draw=None):
        super().__init__()
        try:
            from IPython import display
        except ImportError:
            raise ValueError(
                "Use `SampleSheet` outside a notebook, or install IPython, which shows "
                f"the sheet: pip install ipython. Received: draw={draw!r}."
            ) from None
        self.display = display.display
        self.draw = draw
        self.handle = None

    def on_train_begin(self, logs=None):
        self.handle = None
        if self.draw is None and self.model.translates:
            raise ValueError(
                "Pass a function that translates some images, as in "
                "`LiveSamples(lambda model: model.translate(x[:16], seed=0))`: this "
                "model draws nothing without them. "
                f"Received: draw=None, a model of {type(self.model).__name__}."
            )

    def on_epoch_end(self, epoch, logs=None):
        if self.draw:
            images = self.draw(self.model)
        else:
            images = samples.sheet(None, self.model, ())
        sheet = sheets.show(images)
        if self.handle:
            self.handle.update(sheet)
        else:
            self.handle = self.display(sheet, display_id=True)


class Seconds(keras.callbacks.Callback):
    """Adds `seconds` to the logs of an epoch: those of its training.

    Put it before callbacks that draw, score or write, which take their own time.
    """

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        logs["seconds"] = round(time.perf_counter() - self.start, 2)


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


class Score(keras.callbacks.Callback):
    """Scores the model on held-out images: `val_fid` and so on, in the history.

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
        ValueError: If `every` is not positive; when training begins, if the images
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


class SingularValues(keras.callbacks.Callback):
    """Writes the largest singular values of all kernels into the history.

    They are under the names `G/LAYER/sigma_0`, `G/LAYER/sigma_1` and so on, with `D`
    for the discriminator. A kernel is a matrix of as many columns as its last axis is
    long, and its values are exact. Those of the generator grow before some collapses
    ([Brock et al., 2019](https://arxiv.org/abs/1809.11096), Section 4.1). Put it
    before callbacks that read them. Epochs between have NaN.

    Args:
        every: int. Look after every so many epochs.
        count: int. How many values of each kernel, or all if it has fewer.

    Raises:
        ValueError: If `every` or `count` is not positive.
    """

    def __init__(self, every=1, count=3):
        super().__init__()
        for name, value in {"every": every, "count": count}.items():
            if not isinstance(value, int) or value < 1:
                message = f"`{name}` must be an int of at least 1."
                raise ValueError(f"{message} Received: {name}={value!r}.")
        self.every = every
        self.count = count

    def on_epoch_end(self, epoch, logs=None):
        found = self.values() if (epoch + 1) % self.every == 0 else {}
        for name, kernel in self.kernels().items():
            for i in range(min(self.count, *kernel.shape)):
                key = f"{name}/sigma_{i}"
                logs[key] = found.get(key, float("nan"))

    def values(self):
        """The largest singular values now, floats by their names."""
        values = {}
        for name, kernel in self.kernels().items():
            matrix = keras.ops.convert_to_numpy(kernel).astype("float64")
            sigmas = np.linalg.svd(matrix, compute_uv=False)[: self.count]
            values |= {f"{name}/sigma_{i}": float(s) for i, s in enumerate(sigmas)}
        return values

    def kernels(self):
        """Kernels as matrices, by the player's letter and the layer's name."""
        return {
            f"{player[0].upper()}/{layer.name}": _matrix(layer.kernel)
            for player, network in self.model.players.items()
            for layer in network._flatten_layers(include_self=False)
            if getattr(layer, "kernel", None) is not None
        }


def _matrix(kernel):
    return keras.ops.reshape(kernel, (-1, kernel.shape[-1]))
