"""Warnings of a game that only one player plays."""

import itertools
import warnings

import keras
import numpy as np

from ganzoo.data import pixels
from ganzoo.metrics import neighbours
from ganzoo.visualization import samples


class CollapseMonitor(keras.callbacks.Callback):
    """Warns, while it happens, of a game that only one player plays.

    After each epoch, of images that are flat or all alike for two epochs; of images
    that have come to repeat one another, or do so for three epochs and a thousand
    batches, by their share `duplicates`, which it adds to the history; of a score like
    `val_fid` that jumps, where `Score` stands before it; and of a discriminator that is
    always right, by its loss. Of several domains the worst counts. Training goes on.
    What it remembers of earlier epochs is of the same call of `fit`.

    Args:
        x: array. Images as the model trains on.
        y: array or None. Labels or targets, where the model has them.
        count: int. Images that are drawn, and compared with as many real ones.

    Raises:
        ValueError: If there are fewer than two images, or they are no array.
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
                "Images to compare with are an array: pass the first of those in a "
                f"data set. Received: x of type {type(x).__name__}."
            )
        self.arrays = (x,) if y is None else (x, y)
        self.count = min(count, *map(len, self.arrays))
        if self.count < 2:
            raise ValueError(
                "Whether images repeat one another, two or more can tell. "
                f"Received: {self.count} images, count={count}."
            )

    def on_train_begin(self, logs=None):
        domains = self.model.find_domains()
        found = [samples.real(self.model, self.arrays, i) for i in domains]
        self.real = [_thumbnails(np.asarray(array[: self.count])) for array in found]
        self.best = {}
        self.blank = 0
        self.repeating = 0
        self.batches = 0
        self.has_begun = False

    def on_epoch_end(self, epoch, logs=None):
        drawn = [self._draw(domain) for domain in self.model.find_domains()]
        pairs = list(zip(drawn, self.real))
        logs["duplicates"] = max(itertools.starmap(_duplicates, pairs))
        is_flat = any(_contrast(a) < self.FLAT * _contrast(b) for a, b in pairs)
        # Data that do not say how many batches they have are taken for large.
        self.batches += self.params.get("steps") or self.REPEATING[1]
        for message in self._messages(logs, is_flat):
            warnings.warn(f"Epoch {epoch + 1}: {message}", RuntimeWarning, stacklevel=2)

    def _draw(self, domain):
        drawn = samples.draw(self.model, self.arrays, self.count, seed=0, domain=domain)
        return _thumbnails(np.concatenate(list(drawn)))

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
                f"so, start again with other learning rates{self._or_averages()}."
            )
        elif repeats and (
            self.has_begun or self._is_late(self.repeating, *self.REPEATING)
        ):
            yield (
                f"{logs['duplicates']:.0%} of {self.count} images nearly repeat one "
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

    def _or_averages(self):
        """Samples of averaged weights may also show less than there is."""
        if not self.model.averages:
            return ""
        return ", or without averaged weights, which may lag behind"

    def _is_late(self, epochs, most_epochs, most_batches):
        return epochs >= most_epochs and self.batches >= most_batches


def _duplicates(images, real):
    """Share of images that nearly repeat one another, by the distances of real ones."""
    return neighbours.duplicate_rate(*(x.reshape(len(x), -1) for x in (images, real)))


def _contrast(images):
    """Mean deviation of the pixels of an image from one another, in each channel."""
    return images.std(axis=(1, 2)).mean()


def _thumbnails(images, side=64):
    """Images as float32 0..255, of at most so many pixels a side."""
    if images.dtype != "uint8":
        images = pixels.to_uint8(images)
    step = -(-max(images.shape[1:3]) // side)
    return images[:, ::step, ::step].astype("float32")
