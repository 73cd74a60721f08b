"""What happens between epochs: no model ever draws a picture by itself."""

import pathlib

import keras

from ganzoo import grids


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


class SaveModel(keras.callbacks.Callback):
    """Saves the whole model after every epoch; a kill leaves the last whole file.

    Args:
        path: path. A `.keras` file.
    """

    def __init__(self, path):
        super().__init__()
        self.path = pathlib.Path(path)

    def on_epoch_end(self, epoch, logs=None):
        partial = self.path.with_name(f".partial-{self.path.name}")
        self.model.save(partial)
        partial.replace(self.path)


class Score(keras.callbacks.Callback):
    """Scores the model on held-out pictures: `val_fid` and so on, in the history.

    Put it before callbacks that read its scores, like `TensorBoard` or
    `ModelCheckpoint(monitor="val_fid", mode="min")`. Epochs that are not scored have
    none, as with `validation_freq` of `fit`; `CSVLogger` writes the columns of the
    first epoch only, and has the scores where every epoch is scored.

    Args:
        scorer: `ganzoo.evaluation.Scorer`.
        x: held-out data, as `fit` takes them.
        y: labels or targets, where the model has them.
        every: int. Score after every so many epochs.

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
        self.x = x
        self.y = y
        self.every = every

    def on_train_begin(self, logs=None):
        self.prepared = self.scorer.prepare(self.model, self.x, self.y)

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every == 0:
            scores = self.prepared.score()
            logs.update({f"val_{name}": score for name, score in scores.items()})
