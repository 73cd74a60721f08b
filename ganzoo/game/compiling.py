"""An optimizer for each player, and averages of the generator's weights."""

import contextlib

import keras

from ganzoo.game.averages import Averages


class Compiling:
    """How an `AdversarialModel` is compiled."""

    def compile(
        self,
        discriminator_optimizer=None,
        generator_optimizer=None,
        *,
        run_eagerly=False,
        steps_per_execution=1,
        jit_compile="auto",
        auto_scale_loss=True,
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
            run_eagerly: bool. As in `keras.Model.compile`, like those that follow.
            steps_per_execution: int.
            jit_compile: bool or "auto".
            auto_scale_loss: bool. Scale both players' losses in `mixed_float16`.

        Raises:
            ValueError: If both players are given one optimizer.
        """
        if discriminator_optimizer is generator_optimizer and isinstance(
            generator_optimizer, keras.optimizers.Optimizer
        ):
            raise ValueError(
                "Each player needs an optimizer of its own, as it keeps moments of "
                "that player's weights. Received: the same instance twice, "
                f"generator_optimizer={generator_optimizer!r}."
            )
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
        inner = getattr(
            self.generator_optimizer, "inner_optimizer", self.generator_optimizer
        )
        self._averages = Averages(inner) if inner.use_ema else None
        self.optimizer = _Optimizers(
            self.discriminator_optimizer,
            self.generator_optimizer,
            others=[self._averages.origin] if self.averages else [],
        )

    def _prepare_optimizer(self, name, optimizer, variables, scale):
        """Build the optimizer now, so that a saved state finds its variables."""
        if optimizer is None:
            optimizer = self.default_optimizer()
        optimizer = keras.optimizers.get(optimizer)
        if scale and not isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        # What Keras's callbacks call its learning rate by.
        optimizer.name = name
        optimizer.build(variables)
        return optimizer

    # === Averaged weights ===

    @property
    def averages(self):
        """Whether the generator's optimizer averages its weights, by `use_ema`."""
        return getattr(self, "_averages", None) is not None

    @contextlib.contextmanager
    def averaged(self):
        """Have the averaged weights in the generator for a while, if there are any.

        Batch normalisation keeps the running statistics of the weights in training.
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
            "run_eagerly": self.run_eagerly,
            "steps_per_execution": self.steps_per_execution,
            "jit_compile": self.jit_compile,
            # The optimizers above scale already, or were asked not to.
            "auto_scale_loss": False,
        }

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))


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
