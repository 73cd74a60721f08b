"""Averaged weights of a generator, which its samples and scores are of."""

import abc
import contextlib
import warnings

import keras
from keras import ops

from ganzoo.backend import values
from ganzoo.game import checks

# Share of the steps so far over which an average forgets half, until that is more than
# `ema_momentum` says: `ema_rampup` of the code of Karras et al. (2020).
RAMP_UP = 0.05
BATCH_STATISTICS = ("running", "averaged", "standing")
PREFIX = "average_"  # of the names of averages in a file
# In the place of a hash, which is odd: that of weights nobody knows, and of none.
UNKNOWN, NONE = 0, 2


@keras.saving.register_keras_serializable("ganzoo")
class AveragedWeights:
    """How a model averages its generator's weights, by `compile(averages=...)`.

    Either with a half-life in images of data, as in the code of StyleGAN2
    ([Karras et al., 2020](https://arxiv.org/abs/1912.04958)): after each step of `B`
    images the momentum is `0.5^(B / min(half_life, ramp_up * images_seen))`. Or with
    a constant decay that begins after some steps, as in that of BigGAN
    ([Brock et al., 2019](https://arxiv.org/abs/1809.11096)), before which the averages
    are the weights.

    Args:
        half_life: float or None. Images of data, positive.
        ramp_up: float or None. Share of the images seen that the half-life is at most;
            None for no such limit.
        decay: float or None. In [0, 1).
        start: int. Steps after which the decay begins; only with that.
        batch_statistics: "running", "averaged" or "standing". What batch normalisation
            of averaged weights goes by: the running statistics of the weights in
            training, their averages, or the mean statistics of several batches of
            latents, which the averaged weights are run on for it.

    Raises:
        ValueError: Unless there is one of `half_life` and `decay`, in its range.
    """

    def __init__(
        self,
        half_life=None,
        ramp_up=RAMP_UP,
        *,
        decay=None,
        start=0,
        batch_statistics="running",
    ):
        if (half_life is None) == (decay is None):
            raise ValueError(
                "Averages have either a `half_life` in images or a `decay` for each "
                f"step. Received: half_life={half_life}, decay={decay}."
            )
        for name, value in (("half_life", half_life), ("ramp_up", ramp_up)):
            if value is not None:
                checks.check_positive(name, value)
        if decay is not None and not (
            isinstance(decay, (int, float)) and 0 <= decay < 1
        ):
            raise ValueError(f"`decay` must be in [0, 1). Received: decay={decay!r}.")
        if not isinstance(start, int) or start < 0:
            raise ValueError(
                f"`start` must be an int of at least 0. Received: start={start!r}."
            )
        if start and half_life is not None:
            raise ValueError(
                "`start` is of a `decay`: a half-life begins short, by `ramp_up`. "
                f"Received: half_life={half_life}, start={start}."
            )
        if batch_statistics not in BATCH_STATISTICS:
            raise ValueError(
                f"`batch_statistics` must be one of {BATCH_STATISTICS}. "
                f"Received: batch_statistics={batch_statistics!r}."
            )
        self.half_life = half_life
        self.ramp_up = ramp_up
        self.decay = decay
        self.start = start
        self.batch_statistics = batch_statistics

    def momentum(self, steps, images_seen, batch):
        """The momentum of a step.

        Args:
            steps: int tensor. Steps before this one.
            images_seen: int tensor. Images of data before this step.
            batch: int tensor. Those of this step.

        Returns:
            float32 scalar in [0, 1].
        """
        if self.decay is not None:
            return ops.where(steps < self.start, 0.0, self.decay)
        half_life = self.half_life
        if self.ramp_up is not None:
            seen = ops.cast(images_seen, "float32")
            half_life = ops.minimum(half_life, self.ramp_up * seen)
        return ops.power(0.5, ops.cast(batch, "float32") / ops.maximum(half_life, 1e-8))

    def get_config(self):
        return {
            "half_life": self.half_life,
            "ramp_up": self.ramp_up,
            "decay": self.decay,
            "start": self.start,
            "batch_statistics": self.batch_statistics,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**config)


class Averages(abc.ABC):
    """Averages that belong to the weights that the last step left.

    Those are remembered by a hash. Weights that were set since, like those of a better
    epoch, are their own averages.
    """

    def __init__(self):
        # Not known of a file of an older version.
        self.origin = _variable(UNKNOWN, "origin_of_averages", "int32")

    @property
    @abc.abstractmethod
    def weights(self):
        """The variables that are averaged, whatever has been frozen since."""

    @property
    @abc.abstractmethod
    def values(self):
        """The variables that hold the averages."""

    @abc.abstractmethod
    def updated(self, batch):
        """A context whose step updates the averages of the weights that there are.

        Args:
            batch: int tensor. How many images of data the step is of.
        """

    @property
    @abc.abstractmethod
    def have_begun(self):
        """Whether there has been a step: before, the averages are of nothing."""

    @property
    def variables(self):
        """What belongs to the state of training beside the optimizers."""
        return [self.origin]

    def find_saved(self, names):
        """Those of `variables` that a file has.

        Averages that it does not have begin at its weights.

        Args:
            names: set of str. Of the variables in the file.

        Raises:
            ValueError: If it has some of the averages only.
        """
        return [v for v in self.variables if v.name in names]

    def follow_weights(self):
        """Let weights that were set from outside be their own averages."""
        if not bool(ops.convert_to_numpy(self._are_of_weights())):
            values.assign(self.values, values.copies(self.weights))
            self.origin.assign(self._hash())

    @contextlib.contextmanager
    def in_place(self):
        """Have the averages in the place of the weights for a while."""
        if not self.have_begun:
            yield
            return
        self.follow_weights()
        weights = values.copies(self.weights)
        # Copies, as JAX takes the array of a variable back when it is assigned anew.
        values.assign(self.weights, values.copies(self.values))
        try:
            yield
        finally:
            values.assign(self.weights, weights)

    def _begin_anew_if_set(self):
        known = self._are_of_weights()
        for weight, average in zip(self.weights, self.values):
            average.assign(ops.where(known, average.value, weight.value))

    def _are_of_weights(self):
        known = ops.equal(self.origin, self._hash())
        return ops.logical_or(ops.equal(self.origin, UNKNOWN), known)

    def _hash(self):
        """An odd integer that other weights hardly share."""
        return values.hash_of(self.weights)


class OptimizerAverages(Averages):
    """Those that an optimizer keeps by `use_ema`.

    Args:
        optimizer: `keras.optimizers.Optimizer`, built, with `use_ema=True`.
    """

    def __init__(self, optimizer):
        super().__init__()
        self.optimizer = optimizer
        # What the optimizer calls after each update, by a momentum that is constant.
        optimizer._update_model_variables_moving_average = self._update

    @property
    def weights(self):
        return self.optimizer._trainable_variables

    @property
    def values(self):
        return self.optimizer._model_variables_moving_average

    @property
    def have_begun(self):
        return int(ops.convert_to_numpy(self.optimizer.iterations)) > 0

    @contextlib.contextmanager
    def updated(self, batch):
        self._begin_anew_if_set()
        yield
        self.origin.assign(self._hash())

    def _update(self, weights):
        for weight, average in zip(weights, self.values):
            momentum = ops.cast(self._momentum(), weight.dtype)
            average.assign(momentum * average + (1 - momentum) * weight)

    def _momentum(self):
        """One that grows with the steps: 0 at the first, `ema_momentum` after many.

        An average of thousands of steps would show noise for as long.
        """
        steps = ops.cast(self.optimizer.iterations, "float32")
        ramp = ops.power(0.5, 1 / ops.maximum(RAMP_UP * steps, 1e-8))
        return ops.minimum(self.optimizer.ema_momentum, ramp)


class OwnAverages(Averages):
    """Those that a model keeps itself, as `AveragedWeights` say.

    Args:
        model: `AdversarialModel`, with its optimizers and counters.
        settings: `AveragedWeights`.
    """

    def __init__(self, model, settings):
        super().__init__()
        if settings.batch_statistics == "standing" and model.translates:
            raise ValueError(
                f"{type(model).__name__} has no latents to measure statistics by: "
                "choose 'running' or 'averaged'. "
                "Received: batch_statistics='standing'."
            )
        self.model = model
        self.settings = settings
        self._trained = list(model.generator_variables)
        judges = model.discriminator_names
        networks = [n for name, n in model.players.items() if name not in judges]
        self._statistics = [w for n in networks for w in n.non_trainable_weights]
        self._values = [
            _variable(ops.convert_to_numpy(w), f"{PREFIX}{i}", w.dtype)
            for i, w in enumerate(self.weights)
        ]
        self.origin.assign(self._hash())

    @property
    def weights(self):
        averaged = self.settings.batch_statistics == "averaged"
        return self._trained + self._statistics * averaged

    @property
    def values(self):
        return self._values

    @property
    def variables(self):
        return [*super().variables, *self._values]

    def find_saved(self, names):
        found = super().find_saved(names)
        if len(found) == len(self.variables):
            return found
        if any(v.name in names for v in self._values):
            raise ValueError(
                "Compile with `AveragedWeights(batch_statistics='running')`, or "
                "'standing', to load this file: it has averages of the weights, and "
                "none of the statistics of batch normalisation. "
                f"Received: batch_statistics={self.settings.batch_statistics!r}."
            )
        self.origin.assign(NONE)
        return []

    @property
    def have_begun(self):
        return int(ops.convert_to_numpy(self.model.steps)) > 0

    @contextlib.contextmanager
    def updated(self, batch):
        self._begin_anew_if_set()
        yield
        momentum = self.settings.momentum(
            self.model.steps, self.model.images_seen, batch
        )
        for weight, average in zip(self.weights, self._values):
            m = ops.cast(momentum, weight.dtype)
            average.assign(m * average + (1 - m) * weight)
        self.origin.assign(self._hash())

    @contextlib.contextmanager
    def in_place(self):
        with super().in_place():
            if self.settings.batch_statistics != "standing" or not self.have_begun:
                yield
                return
            with self.model.standing():
                yield

    def _hash(self):
        # Running statistics change with each step in training mode.
        return values.hash_of(self._trained)


def warn_of_unused(names, averages):
    """Warn if a file has averages of a model's own, and the model has none.

    Args:
        names: set of str. Of the variables in the file.
        averages: `Averages` or None. Those of the model.
    """
    saved = any(name.startswith(PREFIX) for name in names)
    if saved and not isinstance(averages, OwnAverages):
        warnings.warn(
            "Compile with `averages=ganzoo.AveragedWeights(...)` before loading to use "
            "the averaged weights of this file. Without them, images are those of the "
            "weights in training.",
            stacklevel=2,
        )


def _variable(value, name, dtype):
    return keras.Variable(
        value,
        dtype=dtype,
        trainable=False,
        aggregation="only_first_replica",
        name=name,
    )
