"""A step of the game: Algorithm 1 of Goodfellow et al. (2014)."""

import contextlib
import contextvars
import dataclasses
import functools
import typing
from contextlib import nullcontext

import keras
from keras import ops

from ganzoo.inputs import batches

# The notes of the loss that is computed now, in this thread: devices have their own.
_notes = contextvars.ContextVar("notes", default=None)


@dataclasses.dataclass(frozen=True)
class Lazy:
    """A loss that a player minimises by an update of its own, in every n-th step.

    That is lazy regularization of
    [Karras et al., 2020](https://arxiv.org/abs/1912.04958).

    Args:
        player: str. "discriminator" or "generator".
        interval: int. How many steps it is from one to the next, the first of all being
            one. The loss is multiplied by it, so that its weight is that of a step.
        loss: function of the player's share of a batch. It notes nothing.
    """

    player: str
    interval: int
    loss: typing.Callable


class NoteMean(keras.metrics.Mean):
    """The mean of a note; NaN where it is of no example, and so tells nothing."""

    def result(self):
        return self.total / ops.cast(self.count, self.dtype)


@contextlib.contextmanager
def without_notes():
    """Let what is computed inside note nothing: it is not the loss itself."""
    token = _notes.set(None)
    try:
        yield
    finally:
        _notes.reset(token)


class Step:
    """What `fit` and `evaluate` do with a batch, for an `AdversarialModel`."""

    def adversarial_step(self, data):
        """Update `D` once on each share of the batch, then `G` once.

        After each of them come the lazy updates of that player that are due.
        """
        batch = self.to_batch(data)
        self.before_step(batch)
        notes = {}
        for i in range(self.discriminator_steps):
            share = batches.share(batch, i, self.discriminator_steps)
            notes |= self._update("discriminator", self.penalized_loss, share)
            self.after_discriminator_update()
        self._update_lazily("discriminator", share)
        count = batches.count(batch) * self.count_replicas()
        with self._averages.updated(count) if self.averages else nullcontext():
            notes |= self._update("generator", self.regularized_generator_loss, share)
            self._update_lazily("generator", share)
        self._counters.add(count)
        self._check_notes(notes)
        means = {k: self.mean_over_replicas(value) for k, value in notes.items()}
        self.after_step(means)
        return self.get_metrics_result()

    def before_step(self, batch):
        """What a variant does with a batch before both players' updates."""

    def after_discriminator_update(self):
        """What a variant does with the discriminator's weights after each update."""

    def after_step(self, notes):
        """What a variant does after both players' updates, with its own state.

        Args:
            notes: dict. What the last loss of each player has noted, by name; on
                several devices the mean of theirs.
        """

    def _update(self, player, loss, share):
        """One step of a player; returns what its loss has noted."""
        value, notes, counts = self._minimize(
            player, lambda batch: self._with_notes(loss, batch), share
        )
        self._track({f"{player}_loss": value, **notes}, counts, share)
        return notes

    def _update_lazily(self, player, share):
        """Minimise what a player does in some steps only, if this is one of them."""
        for lazy in self.lazy_losses():
            if lazy.player == player:
                due = ops.equal(self.steps % lazy.interval, 0)
                self.when(due, functools.partial(self._minimize_lazily, lazy, share))

    def _minimize_lazily(self, lazy, share):
        def loss(batch):
            return lazy.interval * lazy.loss(batch)

        with without_notes():
            # A penalty on a slope does not depend on the last bias.
            self._minimize(lazy.player, loss, share, partial=True)

    def _minimize(self, player, loss, share, partial=False):
        optimizer = getattr(self, f"{player}_optimizer")
        self.refresh()
        with self._scheduled(player, optimizer):
            variables = getattr(self, f"{player}_variables")
            return self.minimize(loss, share, variables, optimizer, partial)

    @contextlib.contextmanager
    def _scheduled(self, player, optimizer):
        """Have the optimizer's settings follow the images seen, where some do."""
        inner = getattr(optimizer, "inner_optimizer", optimizer)
        before = {}
        for name, schedule in self.schedules(player).items():
            value = schedule(ops.cast(self.images_seen, "float32"))
            if name == "learning_rate":
                inner.learning_rate.assign(value)
                continue
            before[name] = getattr(inner, name)
            # Eagerly computed ones are numbers, as an optimizer takes them.
            setattr(inner, name, float(value) if _is_number(value) else value)
        try:
            yield
        finally:
            for name, value in before.items():
                setattr(inner, name, value)

    def schedules(self, player):
        """Settings of a player's optimizer that follow the images seen.

        Args:
            player: str. "discriminator" or "generator".

        Returns:
            Dict. By the names of the optimizer's attributes, like "learning_rate" or
            "beta_2", functions of how many images have been seen, such as
            `keras.optimizers.schedules.LearningRateSchedule`.
        """
        return {}

    def current(self, weight):
        """The weight of a part of a loss now: a number, or a schedule's value.

        Args:
            weight: float, or function of how many images have been seen.
        """
        if not callable(weight):
            return weight
        return weight(ops.cast(self.images_seen, "float32"))

    @contextlib.contextmanager
    def inference(self):
        """Have all networks in inference mode for a while."""
        self._is_training = False
        try:
            yield
        finally:
            self._is_training = True

    def evaluation_step(self, data):
        """Compute both losses with the networks in inference mode."""
        batch = self.to_batch(data)
        with self.inference():
            d_loss, d_notes, d_counts = self._with_notes(self.penalized_loss, batch)
            g_loss, g_notes, g_counts = self._with_notes(
                self.regularized_generator_loss, batch
            )
        self._check_notes({**d_notes, **g_notes})
        self._track({"discriminator_loss": d_loss, **d_notes}, d_counts, batch)
        self._track({"generator_loss": g_loss, **g_notes}, g_counts, batch)
        return self.get_metrics_result()

    # === Notes ===

    def note(self, name, value, count=None):
        """Report a part of a loss, whose mean is then in the history.

        Not of what is differentiated inside of a loss, as by `gradient`.

        Args:
            name: str. One of the variant's `note_names`.
            value: scalar tensor.
            count: scalar tensor or None. How many examples it is the mean of, by which
                it counts in the history. None for those of the batch.

        Raises:
            ValueError: If the variant does not declare it, or it is no scalar.
        """
        if name not in self.note_names:
            raise ValueError(
                f"Name it in `note_names` of {type(self).__name__}, as the history has "
                f"its columns from the start. Received: note({name!r}, ...) and "
                f"note_names={self.note_names}."
            )
        value = ops.cast(value, self.variable_dtype)
        if len(value.shape):
            raise ValueError(
                f"Note a scalar, such as `self.note({name!r}, ops.mean(value))`. "
                f"Received: a value of shape {tuple(value.shape)}."
            )
        notes = _notes.get()
        # There is nobody to tell where a loss is called by itself.
        if notes is not None:
            notes[0][name] = value
            if count is not None:
                notes[1][name] = ops.cast(count, self.variable_dtype)

    def _check_notes(self, notes):
        """Raise a ValueError if nobody has told of a column of the history."""
        missing = [name for name in self.note_names if name not in notes]
        if missing:
            raise ValueError(
                f"The losses of {type(self).__name__} must `note` all of its "
                "`note_names`, or the history would have zeros. "
                f"Received: no {', '.join(missing)}."
            )

    def _with_notes(self, loss, batch):
        """The loss, what it has noted, and of how many examples where it says so."""
        notes, counts = {}, {}
        token = _notes.set((notes, counts))
        try:
            return loss(batch), notes, counts
        finally:
            _notes.reset(token)

    def _track(self, values, counts, batch):
        count = batches.count(batch)
        trackers = {tracker.name: tracker for tracker in self.metrics}
        for name, value in values.items():
            trackers[name].update_state(value, sample_weight=counts.get(name, count))

    @property
    def metrics(self):
        if self._stage is not None:
            return [self.stage_trackers[self._stage]]
        losses = self.discriminator_loss_tracker, self.generator_loss_tracker
        return [*losses, *self.note_trackers]

    # === What it counts ===

    @property
    def counters(self):
        """The variables that count; none before `compile`."""
        return self._counters.variables if self.compiled else []

    @property
    def steps(self):
        """How many steps there have been since the model was made, a tensor."""
        # A tensor of it, whatever a strategy makes of the variable.
        return self._counters.steps + 0 if self.compiled else 0

    @property
    def images_seen(self):
        """How many images of data the steps have been on, a tensor; 0 uncompiled."""
        return self._counters.images_seen + 0 if self.compiled else 0


def _is_number(value):
    return keras.backend.backend() == "torch" or isinstance(value, (int, float))
