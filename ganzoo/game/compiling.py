"""An optimizer for each player, and averages of the generator's weights."""

import contextlib
import inspect

import keras
from keras import ops

from ganzoo.game import checks
from ganzoo.game.averages import AveragedWeights
from ganzoo.game.averages import OptimizerAverages
from ganzoo.game.averages import OwnAverages

# What to do instead of giving these arguments of `keras.Model.compile`.
NO_LOSS = (
    "Leave out `{}`: the model has a loss for each player, its paper's. Other losses "
    "are other models: see `discriminator_loss` and `generator_loss`."
)
NO_METRICS = (
    "Leave out `{}`: `fit` reports the losses, and `ganzoo.callbacks.Score` adds "
    "scores like the FID."
)
CURES = {
    "optimizer": "Pass an optimizer for each player, "
    "`compile(discriminator_optimizer=..., generator_optimizer=...)`, or none for "
    "those of the paper.",
    **{name: NO_LOSS.format(name) for name in ("loss", "loss_weights")},
    **{name: NO_METRICS.format(name) for name in ("metrics", "weighted_metrics")},
}


class Compiling:
    """How an `AdversarialModel` is compiled."""

    def compile(
        self,
        discriminator_optimizer=None,
        generator_optimizer=None,
        *,
        averages=None,
        stage_optimizers=None,
        run_eagerly=False,
        steps_per_execution=1,
        jit_compile="auto",
        auto_scale_loss=True,
        **others,
    ):
        """Set the players' optimizers; by default those of the paper.

        Args:
            discriminator_optimizer: `keras.optimizers.Optimizer` or its name or
                config. None for the paper's.
            generator_optimizer: The same for the generator. Not the same instance.
                With `use_ema=True` the images of `generate`, `translate` and
                `encode`, and so all scores, are those of its averaged weights. Their
                momentum grows from 0 to `ema_momentum`, so that they show from the
                first epoch on what was learnt.
            averages: `AveragedWeights` or None. Averages by images seen, or that begin
                after some steps, instead of the optimizer's. They begin at the weights
                of this moment.
            stage_optimizers: dict or None. Optimizers of the model's `stages`, by their
                names; by default those of the paper. Each another instance.
            run_eagerly: bool. As in `keras.Model.compile`, like those that follow.
            steps_per_execution: int.
            jit_compile: bool or "auto".
            auto_scale_loss: bool. Scale both players' losses in `mixed_float16`.
            **others: Nothing. Other arguments of `keras.Model.compile` are refused.

        Raises:
            ValueError: If two of the players and stages are given one optimizer, or one
                that has trained other weights; if there is one name for the
                discriminator alone, there is no stage of a name, weights are to be
                averaged twice, an optimizer, losses or metrics are given as for a model
                of one network, or the model has a metric as an attribute.
        """
        _refuse_others(others)
        if isinstance(discriminator_optimizer, str) and generator_optimizer is None:
            raise ValueError(
                "A game has two optimizers: `compile('adam', 'adam')`, or none for "
                "those of the paper; one alone would be the discriminator's. "
                f"Received: discriminator_optimizer={discriminator_optimizer!r}."
            )
        stage_optimizers = {} if stage_optimizers is None else stage_optimizers
        self.check_stage_names("stage_optimizers", stage_optimizers)
        _check_apart(
            {
                "discriminator_optimizer": discriminator_optimizer,
                "generator_optimizer": generator_optimizer,
                **{
                    f"stage_optimizers[{name!r}]": optimizer
                    for name, optimizer in stage_optimizers.items()
                },
            }
        )
        checks.check_no_metrics(self)
        super().compile(
            optimizer=None,
            run_eagerly=run_eagerly,
            steps_per_execution=steps_per_execution,
            jit_compile=jit_compile,
        )
        scale = auto_scale_loss and self.dtype_policy.name == "mixed_float16"
        self.discriminator_optimizer = self._prepare_optimizer(
            "discriminator",
            discriminator_optimizer,
            self.discriminator_variables,
            scale,
        )
        self.generator_optimizer = self._prepare_optimizer(
            "generator", generator_optimizer, self.generator_variables, scale
        )
        self.stage_optimizers = self._prepare_stages(stage_optimizers, scale)
        # What Keras has traced of each stage.
        self._traced = {}
        # How far the game has come is not a matter of its optimizers.
        self._counters = getattr(self, "_counters", None) or Counters(self.stages)
        self._check_schedules()
        self._averages = self._make_averages(averages)
        own = self._averages.variables if self._averages else []
        self.optimizer = _Optimizers(
            self.discriminator_optimizer,
            self.generator_optimizer,
            *self.stage_optimizers.values(),
            others=own,
        )

    def _prepare_stages(self, given, scale):
        return {
            name: self._prepare_optimizer(
                name,
                given.get(name) or stage.optimizer(),
                self.stage_variables(name),
                scale,
            )
            for name, stage in self.stages.items()
        }

    def _check_schedules(self):
        """Raise a ValueError for a schedule of what an optimizer does not have."""
        for player in ("discriminator", "generator"):
            optimizer = getattr(self, f"{player}_optimizer")
            inner = _inner(optimizer)
            for name in self.schedules(player):
                rate = getattr(inner, "_learning_rate", None)
                own = name == "learning_rate" and not isinstance(rate, keras.Variable)
                if own or not hasattr(inner, name):
                    raise ValueError(
                        f"`schedules` must name settings of the {player}'s optimizer, "
                        "and a learning rate that has no schedule of its own. "
                        f"Received: {name!r} of {type(inner).__name__}."
                    )

    def _make_averages(self, averages):
        inner = _inner(self.generator_optimizer)
        lazy_players = {lazy.player for lazy in self.lazy_losses()}
        if inner.use_ema and "generator" in lazy_players:
            raise ValueError(
                "Average the weights by `averages=ganzoo.AveragedWeights(...)`: "
                f"{type(self).__name__} updates its generator twice in some steps, "
                "and the optimizer would average them twice. Received: use_ema=True."
            )
        if averages is None:
            return OptimizerAverages(inner) if inner.use_ema else None
        if inner.use_ema:
            raise ValueError(
                "Either the optimizer averages weights, by `use_ema`, or the model "
                f"does. Received: averages={averages!r} and use_ema=True."
            )
        if isinstance(averages, dict):
            averages = AveragedWeights.from_config(averages)
        if not isinstance(averages, AveragedWeights):
            raise ValueError(
                "`averages` must be `ganzoo.AveragedWeights`. "
                f"Received: averages={averages!r}."
            )
        return OwnAverages(self, averages)

    def _prepare_optimizer(self, name, optimizer, variables, scale):
        """Build the optimizer now, so that a saved state finds its variables."""
        if optimizer is None:
            optimizer = self.new_optimizer(name)
        try:
            optimizer = keras.optimizers.get(optimizer)
        except ValueError:
            of_stage = name in self.stages
            argument = (
                f"stage_optimizers[{name!r}]" if of_stage else f"{name}_optimizer"
            )
            raise ValueError(
                f"`{argument}` must be a `keras.optimizers.Optimizer`, or the name or "
                "config of one; `compile` takes no loss, since both are the paper's. "
                f"Received: {argument}={optimizer!r}."
            ) from None
        if scale and not isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        # What Keras's callbacks call its learning rate by.
        optimizer.name = name
        optimizer.build(variables)
        _check_own(name, optimizer, variables)
        return optimizer

    @classmethod
    def new_optimizer(cls, player):
        """The paper's optimizer for a player, "discriminator" or "generator"."""
        takes_player = inspect.signature(cls.default_optimizer).parameters
        return cls.default_optimizer(*[player] * bool(takes_player))

    # === Averaged weights ===

    @property
    def averages(self):
        """Whether the generator's weights are averaged: the optimizer's or its own."""
        return getattr(self, "_averages", None) is not None

    @contextlib.contextmanager
    def averaged(self):
        """Have the averaged weights in the generator for a while, if there are any.

        Weights that were set since the last step, by whichever of Keras's ways, are
        their own averages.
        """
        with self._averages.in_place() if self.averages else contextlib.nullcontext():
            yield

    def get_compile_config(self):
        if not self.compiled:
            return {}
        return {
            "discriminator_optimizer": _portable(self.discriminator_optimizer),
            "generator_optimizer": _portable(self.generator_optimizer),
            **self._averages_config(),
            **self._stages_config(),
            "run_eagerly": self.run_eagerly,
            "steps_per_execution": self.steps_per_execution,
            "jit_compile": self.jit_compile,
            # The optimizers above scale already, or were asked not to.
            "auto_scale_loss": False,
        }

    def _averages_config(self):
        # As older releases have it where the model has none of its own.
        settings = getattr(self._averages, "settings", None)
        if settings is None:
            return {}
        return {"averages": keras.saving.serialize_keras_object(settings)}

    def _stages_config(self):
        optimizers = self.stage_optimizers.items()
        portable = {name: _portable(optimizer) for name, optimizer in optimizers}
        return {"stage_optimizers": portable} if portable else {}

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))


def _refuse_others(arguments):
    """Raise an error for arguments of `compile` that a game does not have."""
    for name, value in arguments.items():
        if name not in CURES:
            raise TypeError(f"`compile` has no argument {name!r}.")
        raise ValueError(f"{CURES[name]} Received: {name}={value!r}.")


def _check_apart(optimizers):
    """Raise a ValueError if an instance is there twice.

    Args:
        optimizers: dict. What `compile` is given for each player and stage, by names.
    """
    names = {}
    for name, optimizer in optimizers.items():
        if isinstance(optimizer, keras.optimizers.Optimizer):
            names.setdefault(id(_inner(optimizer)), []).append(name)
    for shared in names.values():
        if len(shared) > 1:
            raise ValueError(
                "Each player and each stage needs an optimizer of its own, as it keeps "
                "moments of the weights that it trains. "
                f"Received: the same instance as {' and '.join(shared)}."
            )


def _check_own(name, optimizer, variables):
    """Raise a ValueError if an optimizer was built for other weights, and stays so."""
    known = {id(variable) for variable in _inner(optimizer)._trainable_variables}
    if not known.issuperset(map(id, variables)):
        raise ValueError(
            f"Pass a new optimizer for the {name}: this one keeps moments of other "
            "weights, those of another model, or of layers that were frozen then. "
            f"Received: {name}_optimizer={optimizer!r}."
        )


def _inner(optimizer):
    """The optimizer itself, of one that scales losses."""
    return getattr(optimizer, "inner_optimizer", optimizer)


def _portable(optimizer):
    """An optimizer's config that names Keras's class, not that of the backend at hand.

    On PyTorch Keras has classes of its own, which another backend cannot load.
    """
    config = keras.saving.serialize_keras_object(optimizer)
    if config["module"].startswith("keras.src.backend."):
        config |= {"module": "keras.optimizers", "registered_name": None}
    inner = getattr(optimizer, "inner_optimizer", None)
    if inner is not None:
        config["config"]["inner_optimizer"] = _portable(inner)
    return config


class _Optimizers:
    """Both optimizers, in the one slot where Keras looks for the training state.

    Args:
        *optimizers: `keras.optimizers.Optimizer`.
        others: list of variables that a step updates beside theirs.
    """

    built = True

    def __init__(self, *optimizers, others):
        self.optimizers = optimizers
        self.others = others

    @property
    def variables(self):
        return [v for o in self.optimizers for v in o.variables] + self.others


class Counters:
    """How far a game has come, as part of its training state.

    Args:
        stages: sequence of strings. Names of what is trained without the game.
    """

    def __init__(self, stages=()):
        self.steps = _counter("steps")
        self.images_seen = _counter("images_seen")
        self.stages = {name: _counter(f"{name}_steps") for name in stages}

    @property
    def variables(self):
        return [self.steps, self.images_seen, *self.stages.values()]

    def add(self, images):
        """Count a step on so many images of data."""
        self.steps.assign_add(1)
        self.images_seen.assign_add(ops.cast(images, "int32"))

    def add_stage(self, name):
        """Count a step of a stage."""
        self.stages[name].assign_add(1)


def _counter(name):
    return keras.Variable(
        0, dtype="int32", trainable=False, aggregation="only_first_replica", name=name
    )
