"""What watches a game in every `fit`."""

import warnings

import keras
import numpy as np
from keras import ops

from ganzoo.inputs import checked_data
from ganzoo.system.errors import DivergedError as DivergedError


class TerminateOnNaN(keras.callbacks.Callback):
    """Ends training when a loss or a weight becomes NaN or infinite.

    Training cannot recover from that. `fit` has this callback by itself, before all
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
        # On JAX `self.model` would put values back into it, beside the next step.
        self.loss_names = self.model.loss_names

    def on_train_batch_end(self, batch, logs=None):
        self.losses = self.losses or _not_finite(logs, self.loss_names)
        self.on_train_batch_begin(batch)

    def on_train_batch_begin(self, batch, logs=None):
        if self.losses:
            # The step computes that of D first.
            raise self._error(f"the {next(iter(self.losses)).replace('_', ' ')}")

    def on_epoch_end(self, epoch, logs=None):
        self.on_train_batch_end(None, logs)
        # Running statistics among them, which no loss has seen.
        judges = self.model.judges.values()
        discriminators = [weight for judge in judges for weight in judge.weights]
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
            f"Training has diverged in epoch {self.epoch + 1}: {what} became NaN or "
            "infinite first. Checkpoints saved before are kept. Try a smaller learning "
            "rate, for this network first; `clipnorm=1.0` in its optimizer; or float32 "
            "instead of half precision. Received: "
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


class WarnOfSkippedStages(keras.callbacks.Callback):
    """Warns of a game that begins before the stages that come before it.

    `fit` has this callback by itself. When training begins, others may still load what
    has been trained.
    """

    async_safe = True

    def on_epoch_begin(self, epoch, logs=None):
        for name in self.model.skipped_stages():
            warnings.warn(
                f"Call `fit(..., stage={name!r})` first: the game of "
                f"{type(self.model).__name__} begins with what that has trained, and "
                "may not reach it by itself. Received: a new model.",
                stacklevel=2,
            )


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


def _not_finite(logs, losses):
    return {k: logs[k] for k in losses if k in logs and not np.isfinite(logs[k])}


def is_finite(variable):
    """Whether all numbers of a variable are finite."""
    return bool(ops.convert_to_numpy(ops.all(ops.isfinite(variable))))
