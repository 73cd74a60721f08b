"""`fit` and `evaluate` of Keras, after a look at the data."""

import inspect
import math

import keras
import numpy as np

from ganzoo import backend
from ganzoo.data.images import Pairs
from ganzoo.data.images import Pictures
from ganzoo.data.images import Sequences
from ganzoo.data.images import Unpaired
from ganzoo.game import callbacks
from ganzoo.game.stages import GAME
from ganzoo.inputs import batches
from ganzoo.inputs import checked_data
from ganzoo.inputs import epochs
from ganzoo.inputs.parts import Images


class Fitting:
    """What comes into an `AdversarialModel`: checked, shuffled and in batches."""

    def to_batch(self, data):
        """The batch that the losses see, from what `fit` hands to a step."""
        return batches.to_batch(data, self.batch_parts, type(self).__name__)

    def to_pixels(self, images):
        """Images of the model's shape as the networks take them, after a look at them.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.

        Returns:
            float32 tensor in [-1, 1].

        Raises:
            ValueError: If they are no such array, or the range is another.
        """
        return Images(self.image_shape).take("images", images)

    def check_data(self, x, y=None):
        """Raise a ValueError for data that a step would refuse, or cannot mean.

        Of data in batches the values are checked when a batch comes: `check_batch`.
        """
        found = batches.check_data(x, y, self.batch_parts, type(self).__name__)
        for name, array in found:
            self.check_values(name, array)

    def check_all_data(self, x, y=None, trains=True):
        """As `check_data`, for arrays of all that is trained on, or evaluated."""
        self.check_data(x, y)
        if epochs.is_array(x):
            self._check_together((x, y), trains)

    def _check_together(self, arrays, trains):
        """Raise a ValueError for what all examples together cannot be."""
        for (name, part), array in zip(self.batch_parts.items(), arrays):
            batches.check_count(array, name)
            part.check_all(name, array, trains)

    def check_batch(self, batch, is_first=True):
        """Raise a ValueError for a batch that a step would refuse, or cannot mean."""
        found = batches.check_structure(batch, self.batch_parts, type(self).__name__)
        count = len(found[0][1])
        batches.check_packs(count, self._count_pack(), self._count_shares())
        for name, tensor in found:
            self.check_values(name, tensor, is_first)

    def _check_training_batch(self, batch, is_first=True):
        """As `check_batch`; the first one must also be large enough for the losses."""
        self.check_batch(batch, is_first)
        least = self._least()
        # The last of an epoch may be smaller, as that of arrays.
        if is_first and least > 1:
            count = len(keras.tree.flatten(batch)[0])
            batches.check_batch_size(count, self._count_shares(), least=least)

    def check_values(self, name, part, is_first=True):
        """Raise a ValueError for values of a part that cannot be meant."""
        self.batch_parts[name].check_values(name, part, is_first)

    def fit(self, x=None, y=None, batch_size=None, *args, stage=GAME, **kwargs):
        """Train as `keras.Model.fit` does, after a look at the data.

        With a `stage` it trains some of the networks without the game: a variant that
        has such says which, in its `stages`.

        Arrays come in batches of 32 for each discriminator step unless `batch_size`
        says otherwise, and with `steps_per_epoch` an epoch has so many of them. Where
        labels may be missing, each has as many labelled examples beside. Their
        order is drawn anew for each epoch from the state of the game, so that a saved
        model goes on as if it had never been stopped; that of other data is theirs.
        Several devices, of a scope of `tf.distribute` or of `keras.distribution` that
        the model was built in, share a batch equally: an epoch ends with the last that
        they all have a part of.

        Raises:
            callbacks.DivergedError: If a loss becomes NaN or infinite.
            ValueError: If images are not uint8 or in [-1, 1], parts are missing or
                superfluous, weights are given, `batch_size` is smaller than
                `discriminator_steps`, data have no end or no batch, a network is
                frozen, a penalty cannot be trained by here, or there is no such stage.
                Of data in batches, each batch is checked when it comes.
        """
        with self.in_stage(stage):
            return self._fit(x, y, batch_size, *args, **kwargs)

    def _fit(self, x, y, batch_size, *args, **kwargs):
        x, y = self._unpack(x, y)
        call = inspect.signature(super().fit).bind(x, y, batch_size, *args, **kwargs)
        call.apply_defaults()
        arguments = call.arguments
        arguments["validation_data"] = self._held_out(arguments["validation_data"])
        self._check_fit(arguments)
        self._split(arguments)
        if batch_size is None and hasattr(x, "shape"):
            size = epochs.multiple(32, self._count_groups()) * self._count_shares()
            arguments["batch_size"] = size
        arguments["callbacks"] = self._watched(arguments["callbacks"])
        x = arguments["x"]
        check = checked_data.BatchCheck(self._check_training_batch)
        if epochs.is_array(x):
            self._feed(arguments)
        else:
            arguments["x"] = checked_data.checked(x, check)
            # Keras warns where it is not: by default it is asked to.
            arguments["shuffle"] &= checked_data.can_be_shuffled(x)
        held_out = arguments["validation_data"]
        held_out_check = checked_data.BatchCheck(self.check_batch)
        arguments["validation_data"] = checked_data.checked(held_out, held_out_check)
        backend.synchronize(self)
        if self.averages:
            self._averages.follow_weights()
        # Keras keeps that of a state that an earlier `fit` has gone on from.
        self._initial_epoch = None
        with check, held_out_check:
            return super().fit(*call.args, **call.kwargs)

    def _unpack(self, x, y):
        """The arrays of what `ganzoo.data` returns; lists and columns of labels too."""
        x, y = batches.unpack(x, y, self.batch_parts, self.paired)
        is_column = hasattr(y, "to_numpy") and not hasattr(y, "columns")
        return x, np.asarray(y) if is_column or isinstance(y, (list, tuple)) else y

    def _held_out(self, data):
        """Validation data as `(x, y)` if they are arrays; else as they are."""
        if isinstance(data, (tuple, list)) and len(data) <= 3:
            x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(tuple(data))
            batches.check_no_weights({"sample_weight": sample_weight})
            return self._unpack(x, y)
        is_unpacked = isinstance(data, (Pairs, Pictures, Sequences, Unpaired))
        return self._unpack(data, None) if is_unpacked else data

    def _check_fit(self, arguments):
        """Raise a ValueError for arguments of `fit` that cannot be meant."""
        x, held_out = arguments["x"], arguments["validation_data"]
        steps = arguments["steps_per_epoch"]
        self._check_batch_size(arguments["batch_size"])
        if self._stage is None:
            self.check_trains()
        else:
            self.check_stage_trains()
        batches.check_no_weights(arguments)
        checked_data.check_end("x", x, steps, "steps_per_epoch")
        self.check_all_data(x, arguments["y"])
        checked_data.check_read_once(x, arguments["epochs"], steps)
        batches.warn_of_one(x)
        batches.check_shared(x, self._count_parts())
        if held_out is not None:
            steps = arguments["validation_steps"]
            checked_data.check_end(
                "validation_data", held_out, steps, "validation_steps"
            )
            try:
                self.check_all_data(*_as_arguments(held_out), trains=False)
            except ValueError as error:
                raise ValueError(f"In `validation_data`: {error}") from None
            batches.check_shared(held_out, self._count_groups())

    def _split(self, arguments):
        """Take the end of arrays as validation data, where there are no others."""
        x, share = arguments["x"], arguments["validation_split"]
        if not share or not epochs.is_array(x):
            return
        arguments["validation_split"] = 0.0
        if arguments["validation_data"] is not None:
            return
        if not 0 < share < 1:
            raise ValueError(
                "`validation_split` must be a share of the data, from 0 up to, but not "
                f"including, 1. Received: validation_split={share!r}."
            )
        arrays = epochs.as_arrays(x, arguments["y"])
        sizes = [int(len(array) * (1 - share)) for array in arrays]
        kept = [array[:n] for array, n in zip(arrays, sizes)]
        held_out = [array[n:] for array, n in zip(arrays, sizes)]
        for what, part, trains in (
            ("left to train on", kept, True),
            ("held out", held_out, False),
        ):
            try:
                self._check_together(part, trains)
            except ValueError as error:
                raise ValueError(
                    f"`validation_split={share}` holds out the last examples. In those "
                    f"{what}: {error}"
                ) from None
        arguments.update(zip("xy", kept), validation_data=tuple(held_out))

    def _check_batch_size(self, batch_size):
        batches.check_batch_size(
            batch_size, self._count_shares(), self._count_pack(), self._least()
        )

    def _least(self):
        """How many examples an update needs at least."""
        return (self if self._stage is None else self._now).min_examples

    def _watched(self, given):
        """The callbacks given to `fit`, between those that every `fit` has."""
        first = [
            callbacks.TerminateOnNaN(),
            callbacks.TerminateWithoutData(),
            callbacks.WarnOfSkippedStages(),
        ]
        if not isinstance(given, keras.callbacks.CallbackList):
            given = keras.tree.flatten(given or [])
            return [*first, *given, callbacks.ForgetNaN(given)]
        last = callbacks.ForgetNaN(given.callbacks)
        for callback in (*first, last):
            callback.set_model(self)
        given.callbacks[:] = [*first, *given.callbacks, last]
        return given

    def _feed(self, arguments):
        """Replace arrays among the arguments of `fit` by batches in our order."""
        arrays = epochs.as_arrays(arguments["x"], arguments["y"])
        batch_size = arguments["batch_size"]
        held_out = arguments["validation_data"]
        if isinstance(held_out, tuple):
            size = arguments["validation_batch_size"] or batch_size
            steps = arguments["validation_steps"]
            held_out = epochs.as_arrays(*held_out)
            held_out = self._in_batches(held_out, size, self._count_groups(), steps)
            arguments["validation_data"] = backend.feed(held_out, self)
            arguments["validation_steps"] = None
        steps = arguments["steps_per_epoch"]
        labelled = batches.find_labelled(arrays, self.batch_parts)
        data = self._in_batches(
            arrays, batch_size, self._count_parts(), steps, labelled
        )
        if arguments["shuffle"]:
            self._shuffle(data, arguments["callbacks"])
        data = backend.feed(data, self)
        arguments.update(
            x=data, y=None, batch_size=None, shuffle=False, steps_per_epoch=None
        )

    def _in_batches(self, arrays, batch_size, parts, steps=None, labelled=None):
        return epochs.Epochs(arrays, batch_size, parts, steps, self.paired, labelled)

    def _count_parts(self):
        """How many equal parts a batch must have: each device shares its own again."""
        groups = self._count_groups()
        return groups * self._count_shares() if groups > 1 else 1

    def _count_groups(self):
        """How many equal parts the batch of one update must have, of whole packs."""
        return backend.placement(self).devices * self._count_pack()

    def _count_shares(self):
        """How many updates share a batch, each with a part of its own."""
        return self.discriminator_steps if self._stage is None else 1

    def _count_pack(self):
        """How many images are judged together: a pack, or a group of packs."""
        return self.packing * self.group_size if self._stage is None else 1

    @property
    def group_size(self):
        """How many examples the discriminator compares, which divides a batch."""
        networks = self.judges.values()
        layers = [layer for n in networks for layer in n._flatten_layers()]
        return math.lcm(*(getattr(layer, "group_size", 1) for layer in layers))

    def _shuffle(self, data, others):
        """Let an order be drawn after all else that happens before an epoch."""
        shuffle = epochs.Shuffle(data)
        shuffle.set_model(self)
        getattr(others, "callbacks", others).append(shuffle)

    def evaluate(
        self,
        x=None,
        y=None,
        batch_size=None,
        *args,
        scorer=None,
        stage=None,
        **kwargs,
    ):
        """Both losses, as `keras.Model.evaluate` does, after a look at the data.

        Args:
            x: Held-out data, as in `keras.Model.evaluate`, like those that follow.
            y: Labels or targets, where the model has them.
            batch_size: int or None. None for 32.
            *args: Other arguments of `keras.Model.evaluate`.
            scorer: `ganzoo.evaluation.Scorer` or None. Adds its scores, like the FID,
                of images drawn as its protocol says.
            stage: str or None. A stage, whose loss is then computed; None for the game.
            **kwargs: Other arguments of `keras.Model.evaluate`.

        Raises:
            ValueError: As in `fit`, or if a score does not apply.
        """
        # `fit` evaluates what it trains.
        now = self._stage if kwargs.get("_use_cached_eval_dataset") else None
        with self.in_stage(stage or now or GAME):
            return self._evaluate(x, y, batch_size, *args, scorer=scorer, **kwargs)

    def _evaluate(self, x, y, batch_size, *args, scorer, **kwargs):
        # Of Keras's arguments it is the second after these.
        weights = kwargs.get("sample_weight", *args[1:2])
        batches.check_no_weights({"sample_weight": weights})
        x, y = self._unpack(x, y)
        given = x, y, batch_size
        check = checked_data.BatchCheck(self.check_batch)
        # `fit` calls this too, with data that it has checked.
        if x is not None and not kwargs.get("_use_cached_eval_dataset"):
            checked_data.check_end("x", x, kwargs.get("steps"), "steps")
            self.check_all_data(x, y, trains=False)
            given = checked_data.checked(x, check), y, batch_size
            batches.check_shared(x, self._count_groups())
            # Keras would not take arrays of unequal lengths.
            steps = kwargs.get("steps")
            if epochs.is_array(x) and (steps is None or not self.paired):
                groups = self._count_groups()
                size = batch_size or epochs.multiple(32, groups)
                arrays = epochs.as_arrays(x, y)
                data = self._in_batches(arrays, size, groups, steps)
                given = backend.feed(data, self), None, None
        if scorer is None:
            with check:
                return super().evaluate(*given, *args, **kwargs)
        if kwargs.get("steps") is not None:
            raise ValueError(
                "A score is of all the held-out data, not of some steps. "
                f"Received: scorer and steps={kwargs['steps']}."
            )
        prepared = scorer.prepare(self, x, y)
        with check:
            losses = super().evaluate(*given, *args, **kwargs)
        scores = prepared.score()
        if isinstance(losses, dict):
            return {**losses, **scores}
        return [*losses, *scores.values()]

    def train_on_batch(
        self, x, y=None, sample_weight=None, class_weight=None, return_dict=False
    ):
        """One step, as `keras.Model.train_on_batch` does, after a look at the batch.

        Raises:
            ValueError: As in `fit`.
        """
        self.check_trains()
        batches.check_no_weights(
            {"sample_weight": sample_weight, "class_weight": class_weight}
        )
        x, y = self._unpack(x, y)
        batches.check_one_batch(x)
        self.check_data(x, y)
        self._check_batch_size(len(x))
        return super().train_on_batch(x, y, return_dict=return_dict)

    def test_on_batch(self, x, y=None, sample_weight=None, return_dict=False):
        """Both losses, as `keras.Model.test_on_batch`, after a look at the batch.

        Raises:
            ValueError: As in `fit`.
        """
        batches.check_no_weights({"sample_weight": sample_weight})
        x, y = self._unpack(x, y)
        batches.check_one_batch(x)
        self.check_data(x, y)
        batches.check_packs(len(x), self._count_pack())
        return super().test_on_batch(x, y, return_dict=return_dict)


def _as_arguments(data):
    """Validation data as the first arguments of `evaluate`."""
    return data if isinstance(data, tuple) else (data,)
