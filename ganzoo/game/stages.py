"""Stages: trainings of some networks without the game, before it or after it."""

import contextlib
import dataclasses
import typing

from keras import ops

from ganzoo.game import network_checks
from ganzoo.system import suggestions

GAME = "game"


@dataclasses.dataclass(frozen=True)
class Stage:
    """What a stage of a variant is.

    Args:
        loss: str. Name of the method that computes what is minimised, of a batch.
        networks: tuple of str. The networks that are trained, by the names of their
            arguments. All others are in inference mode, and stay as they are.
        optimizer: function without arguments. The optimizer by default.
        before: bool. Whether it comes before the game, which then begins with what it
            has trained.
        min_examples: int. Examples that an update needs at least.
    """

    loss: str
    networks: tuple
    optimizer: typing.Callable
    before: bool = False
    min_examples: int = 1


class Stages:
    """How an `AdversarialModel` trains some of its networks without the game.

    A variant declares its `stages`. `fit(stage=NAME)` then minimises that loss alone.
    Its history has `NAME_loss`.
    """

    # A `Stage` by its name, in the order in which they are trained.
    stages = {}
    # The one that is trained or evaluated now; None for the game.
    _stage = None

    def find_stage(self, name):
        """The `Stage` of a name; None for "game".

        Raises:
            ValueError: If there is none of this name.
        """
        if name == GAME:
            return None
        if name not in self.stages:
            known = [*self.stages, GAME]
            raise ValueError(
                f"`stage` must be one of {known}."
                f"{suggestions.did_you_mean(str(name), known)} "
                f"Received: stage={name!r}."
            )
        return self.stages[name]

    def check_stage_names(self, name, by_stage):
        """Raise a ValueError unless it is a dict by names of stages.

        Args:
            name: str. What it is called, for the message.
            by_stage: anything.
        """
        known = list(self.stages)
        names = by_stage if isinstance(by_stage, dict) else [by_stage]
        wrong = [stage for stage in names if stage not in known]
        if wrong:
            has = f"the stages {known}" if known else "no stages"
            raise ValueError(
                f"`{name}` must be a dict by names of stages, and this model has {has}."
                f"{suggestions.did_you_mean(str(wrong[0]), known)} "
                f"Received: {name}={by_stage!r}, a model of {type(self).__name__}."
            )

    @contextlib.contextmanager
    def in_stage(self, name):
        """Have training and evaluation be of a stage, or of the game, for a while.

        What Keras has traced of one is kept apart from that of the others.
        """
        self.find_stage(name)
        name = None if name == GAME else name
        if name == self._stage:
            yield
            return
        outer = self._stage, self.train_function, self.test_function
        self._stage = name
        traced = self._traced.get(name, (None, None))
        self.train_function, self.test_function = traced
        try:
            yield
        finally:
            self._traced[name] = self.train_function, self.test_function
            self._stage, self.train_function, self.test_function = outer

    @property
    def _now(self):
        return self.stages[self._stage]

    @property
    def loss_names(self):
        """Names of the losses that the history has now."""
        if self._stage is None:
            return ["discriminator_loss", "generator_loss"]
        return [f"{self._stage}_loss"]

    def current_optimizers(self):
        """Optimizers that are at work now, by name; none before `compile`.

        Not a property, which Keras would save.
        """
        if not self.compiled:
            return {}
        if self._stage is not None:
            return {self._stage: self.stage_optimizers[self._stage]}
        return {
            "discriminator": self.discriminator_optimizer,
            "generator": self.generator_optimizer,
        }

    def is_trained(self, network):
        """Whether the game or the stage at hand trains a network."""
        if self._stage is None:
            played = {id(v) for v in self.discriminator_variables}
            played |= {id(v) for v in self.generator_variables}
            return all(id(v) in played for v in network.trainable_variables)
        return any(getattr(self, name) is network for name in self._now.networks)

    def training_step(self, data):
        """A step of the game, or of the stage at hand."""
        game = self._stage is None
        return self.adversarial_step(data) if game else self.stage_step(data)

    def testing_step(self, data):
        """The losses of a batch, of the game or of the stage at hand."""
        game = self._stage is None
        return self.evaluation_step(data) if game else self.stage_evaluation_step(data)

    def stage_step(self, data):
        """Update the networks of the stage at hand once."""
        batch = self.to_batch(data)
        self.refresh()
        loss = self.minimize(
            self._stage_loss,
            batch,
            self.stage_variables(self._stage),
            self.stage_optimizers[self._stage],
        )
        self._counters.add_stage(self._stage)
        return self._tell(loss, batch)

    def stage_evaluation_step(self, data):
        """Compute the loss of the stage at hand with all networks in inference mode."""
        batch = self.to_batch(data)
        with self.inference():
            loss = self._stage_loss(batch)
        return self._tell(loss, batch)

    def _tell(self, loss, batch):
        self._track({f"{self._stage}_loss": loss}, {}, batch)
        return self.get_metrics_result()

    def _stage_loss(self, batch):
        loss = getattr(self, self._now.loss)(batch)
        return self.regularized(loss, self.stage_variables(self._stage))

    def stage_variables(self, name):
        """The weights that a stage trains."""
        networks = [getattr(self, network) for network in self.stages[name].networks]
        return [v for network in networks for v in network.trainable_variables]

    def has_trained(self, name):
        """Whether a stage has trained its networks, so far as is known.

        Of a model that is not compiled it is not known, and taken to be so.
        """
        return not self.compiled or _number(self._counters.stages[name]) > 0

    def untrained_stages(self, network):
        """Names of the stages that train a network and have not done so yet."""
        return [
            name
            for name, stage in self.stages.items()
            if network in stage.networks and not self.has_trained(name)
        ]

    def check_trained(self, network):
        """Raise a ValueError if a stage has yet to train a network."""
        for name in self.untrained_stages(network):
            arguments = ", ".join(self.parts)
            raise ValueError(
                f"Train `{network}` before: `fit({arguments}, stage={name!r})`. A run "
                "of `ganzoo train` does it by itself. "
                f"Received: a model whose stage {name!r} has not run."
            )

    def skipped_stages(self):
        """Names of the stages before the game that it would now begin without."""
        if self._stage is not None or _number(self.steps):
            return []
        return [
            name
            for name, stage in self.stages.items()
            if stage.before and not self.has_trained(name)
        ]

    def check_stage_trains(self):
        """Raise a ValueError for networks that the stage at hand could not train."""
        for name in self._now.networks:
            network_checks.check_trains(name, getattr(self, name))


def _number(tensor):
    return int(ops.convert_to_numpy(tensor))
