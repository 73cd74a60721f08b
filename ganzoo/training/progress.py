"""A line that tells how a training is going."""

import math
import sys
import time

import keras

from ganzoo import backend
from ganzoo.system.durations import format_duration as format_duration


class Progress(keras.callbacks.Callback):
    """Shows losses, images/s, the time left and the latest score.

    The time left is by the pace of the steps, and by how long it took so far between
    two epochs, where a run is scored and saved.

    On a terminal the line is written anew twice a second. Elsewhere there is one for
    each epoch, and with several workers, who could look at losses only together. It
    stands for Keras's own bar: `fit(..., verbose=0)`.

    Args:
        batch_size: int. Images in a batch.
        out: file. Where to write; None for the standard output.
    """

    # Keras need not wait for it: it looks at what has come so far.
    async_safe = True
    EVERY = 0.5  # seconds

    def __init__(self, batch_size, out=None):
        super().__init__()
        self.batch_size = batch_size
        self.out = out or sys.stdout
        self.is_live = self.out.isatty() and backend.placement().workers == 1
        self.scores = ""
        self.pace = None
        self.between = []  # seconds

    def on_train_begin(self, logs=None):
        self.last = None

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        self.loss_names = self.model.loss_names
        self.start = self.shown = time.perf_counter()
        if self.last:
            self.between.append(self.start - self.last)

    def on_train_batch_end(self, batch, logs=None):
        now = self.last = time.perf_counter()
        if self.is_live and now - self.shown > self.EVERY:
            self.shown = now
            self.pace = (now - self.start) / (batch + 1)
            # On JAX `self.model` would put values back into it, beside the next step.
            self._write(batch + 1, logs or {})

    def on_epoch_end(self, epoch, logs=None):
        scores = {
            name.removeprefix("val_"): value
            for name, value in (logs or {}).items()
            if name.startswith("val_") and not name.endswith("_loss")
            # Not in an epoch that is not scored.
            if math.isfinite(value)
        }
        if scores:
            parts = (f"{name} {value:.4g}" for name, value in scores.items())
            self.scores = f"{', '.join(parts)} at epoch {epoch + 1}"
        seconds = (logs or {}).get("seconds", time.perf_counter() - self.start)
        self.pace = seconds / self._steps
        self._write(self._steps, logs or {})
        if not self.is_live:
            self.out.write("\n")
            self.out.flush()

    def on_train_end(self, logs=None):
        if self.is_live:
            self.out.write("\n")
            self.out.flush()

    @property
    def _steps(self):
        return self.params["steps"] or 1

    def _write(self, step, logs):
        epochs = self.params["epochs"] - self.epoch - step / self._steps
        between = sum(self.between) / max(1, len(self.between))
        left = epochs * (self._steps * self.pace + between)
        losses = (
            f"{name.replace('_', ' ')} {float(logs[name]):.3f}"
            for name in self.loss_names
            if name in logs
        )
        parts = [
            f"epoch {self.epoch + 1}/{self.params['epochs']}",
            f"{step / self._steps:.0%}",
            *losses,
            f"{self.batch_size / self.pace:,.0f} images/s",
            f"{format_duration(left)} left",
        ]
        line = " · ".join([*parts, *([self.scores] if self.scores else [])])
        # Back to the front, and what was longer before is wiped.
        self.out.write(f"\r\x1b[K{line}" if self.is_live else line)
        self.out.flush()
