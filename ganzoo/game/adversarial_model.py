"""The two-player game that every model in the zoo plays."""

import abc
import contextlib
import inspect
import math

import keras
import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.backend import AdversarialTrainer
from ganzoo.backend.prediction import predict
from ganzoo.data import pixels
from ganzoo.game import augmentation
from ganzoo.game import callbacks
from ganzoo.game import checks
from ganzoo.game.lifecycle import Lifecycle
from ganzoo.inputs import batches
from ganzoo.inputs import checked_data
from ganzoo.inputs import epochs
from ganzoo.system import resources

# Pictures that `generate` draws at a time; part of the meaning of its seed.
CHUNK = 1024


class AdversarialModel(AdversarialTrainer, Lifecycle, keras.Model, abc.ABC):
    """A generator `G` and a discriminator `D`, trained against each other.

    A variant says what each player minimises, in `discriminator_loss` and
    `generator_loss`. The rest of the game is Algorithm 1 of
    [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661) for all of them, and
    is here. `fit` takes pictures as uint8 in 0..255 or as floats in [-1, 1]; the
    networks see float32 in [-1, 1].

    `D` returns logits. Where a paper writes `log D(x)` and `log(1 − D(x))`, a variant
    writes `log_sigmoid(D(x))` and `log_sigmoid(−D(x))`, which are the same and stable.

    Args:
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to pictures
            `(batch, height, width, channels)` in [-1, 1].
        discriminator: `keras.Model`. `D`, from pictures to logits `(batch, 1)`.
        image_shape: tuple or None. What a variant was given beside the networks, which
            they must not contradict.
        discriminator_steps: int. Updates of `D` for each update of `G`, `k` in the
            paper. `fit` splits each batch into as many shares, so that every update
            sees fresh data: with 5 steps on 64 pictures each, `batch_size=320`.
        augmentation: sequence of str or None. "color", "translation" and "cutout", or
            some of them: `D` sees all pictures changed so at random, in
            training ([Zhao et al., 2020](https://arxiv.org/abs/2006.10738)).
        r1_weight: float or None. `γ` of the penalty `γ/2 E[‖∇D(x)‖²]` on data, which
            `D` minimises too
            ([Mescheder et al., 2018](https://arxiv.org/abs/1801.04406)).
        seed: int or None. Seed of the latents and other draws of the game. The
            networks' initial weights follow `keras.utils.set_random_seed`.

    Raises:
        ValueError: If the networks do not fit together, return no logits or no images
            in [-1, 1], are frozen or not those of `image_shape`, or an option is none,
            or none for such networks.
    """

    def __init__(
        self,
        generator,
        discriminator,
        *,
        image_shape=None,
        discriminator_steps=1,
        augmentation=None,
        r1_weight=None,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not isinstance(discriminator_steps, int) or discriminator_steps < 1:
            raise ValueError(
                "`discriminator_steps` must be an int of at least 1, or the "
                "discriminator would never learn. "
                f"Received: discriminator_steps={discriminator_steps}."
            )
        checks.check_network("generator", generator)
        checks.check_range("generator", generator)
        checks.check_network("discriminator", discriminator)
        checks.check_logits("discriminator", discriminator)
        checks.check_augmentation(augmentation)
        if r1_weight is not None:
            checks.check_weight("r1_weight", r1_weight)
        self.generator = generator
        self.discriminator = discriminator
        self.discriminator_steps = discriminator_steps
        self.augmentation = tuple(augmentation or ())
        self.r1_weight = r1_weight
        self.seed = seed
        checks.check_image_shape("image_shape", image_shape, self.image_shape)
        self.check_players()
        checks.check_trains("generator", generator)
        checks.check_trains("discriminator", discriminator)
        if self.penalizes_slope:
            checks.check_no_batch_normalization("discriminator", discriminator)
        self.seed_generator = keras.random.SeedGenerator(seed)
        # Drawn from outside training, which it must not disturb.
        self.evaluation_seed_generator = keras.random.SeedGenerator(seed)
        self.discriminator_loss_tracker = keras.metrics.Mean(name="discriminator_loss")
        self.generator_loss_tracker = keras.metrics.Mean(name="generator_loss")
        self._is_training = True
        self.built = True

    # === What a variant defines ===

    @abc.abstractmethod
    def discriminator_loss(self, batch):
        """Scalar that the discriminator minimises."""

    @abc.abstractmethod
    def generator_loss(self, batch):
        """Scalar that the generator minimises."""

    @staticmethod
    @abc.abstractmethod
    def default_optimizer():
        """A new optimizer as the paper sets it, for either player."""

    # === What a variant may define, where its paper says otherwise ===

    # The discriminator's loss where it cannot tell data from samples. None if its loss
    # has no least value, so that it says nothing of who is winning.
    undecided_loss = None

    @property
    def penalizes_slope(self):
        """Whether the discriminator's loss has its gradient in the pictures."""
        return self.r1_weight is not None

    def prior(self, shape, seed):
        """Latents `z ~ N(0, I)` of the given shape."""
        return keras.random.normal(shape, seed=seed)

    def data_inputs(self, batch):
        """What `D` sees of data, a tuple whose first is the pictures."""
        return batch if isinstance(batch, tuple) else (batch,)

    def check_players(self):
        """Raise a ValueError unless the networks fit together."""
        checks.check_latents(self.generator)
        checks.check_inputs(
            "discriminator", self.discriminator, {"the pictures": self.image_shape}
        )

    @property
    def batch_shapes(self):
        """What a batch consists of: names and shapes, `()` for an integer label."""
        return {"x": self.image_shape}

    @property
    def players(self):
        """The networks that are trained, by the names of their arguments."""
        return {"generator": self.generator, "discriminator": self.discriminator}

    @property
    def discriminator_variables(self):
        return self.discriminator.trainable_variables

    @property
    def generator_variables(self):
        return self.generator.trainable_variables

    # === What its formulas are made of ===

    def G(self, inputs):
        """Pictures from the generator, in the mode of the step at hand."""
        return self.play(self.generator, inputs)

    def D(self, inputs):
        """Logits from the discriminator, in the mode of the step at hand.

        Of augmented pictures, if there is an augmentation: wherever a paper writes
        `D(x)`, Zhao et al. (2020), Equations 2 and 3, have `D(T(x))`.
        """
        if isinstance(inputs, list):
            return self.judge([self.augment(inputs[0]), *inputs[1:]])
        return self.judge(self.augment(inputs))

    def judge(self, inputs):
        """Logits of pictures as they are."""
        return self.play(self.discriminator, inputs)

    def augment(self, x):
        """Pictures as the discriminator sees them in the step at hand."""
        if not self._is_training:
            return x
        return augmentation.augment(x, self.augmentation, self.noise)

    def play(self, network, inputs):
        """Run a player's network: in training mode inside `fit`."""
        outputs = network(inputs, training=self._is_training)
        # A network in half precision still has its loss computed in full.
        return ops.cast(outputs, self.variable_dtype)

    def sample_z(self, x):
        """One latent for each example of `x`."""
        return backend.per_example(
            lambda count: self.prior((count, self.latent_dim), self.noise), x
        )

    @property
    def noise(self):
        """The seed generator of the step at hand."""
        if self._is_training:
            return self.seed_generator
        return self.evaluation_seed_generator

    @property
    def image_shape(self):
        """Shape of a generated picture, `(height, width, channels)`."""
        return checks.output_shape(self.generator)

    @property
    def latent_dim(self):
        """Size of one latent."""
        return checks.input_shapes(self.generator)[0][-1]

    # === The game ===

    def adversarial_step(self, data):
        """Update `D` once on each share of the batch, then `G` once."""
        batch = self.to_batch(data)
        for i in range(self.discriminator_steps):
            share = batches.share(batch, i, self.discriminator_steps)
            d_loss = self.minimize(
                self.penalized_loss,
                share,
                self.discriminator_variables,
                self.discriminator_optimizer,
            )
            self._track(self.discriminator_loss_tracker, d_loss, share)
        with self._averages.updated() if self.averages else contextlib.nullcontext():
            g_loss = self.minimize(
                self.generator_loss,
                share,
                self.generator_variables,
                self.generator_optimizer,
            )
        self._track(self.generator_loss_tracker, g_loss, share)
        return self.get_metrics_result()

    def penalized_loss(self, batch):
        """What the discriminator minimises, with the penalty on its slope if asked."""
        loss = self.discriminator_loss(batch)
        if self.r1_weight is None:
            return loss
        return loss + self.r1_weight * self.r1_penalty(batch)

    def r1_penalty(self, batch):
        """½ E[‖∇D(x)‖²] on data, Equation 9 of Mescheder et al. (2018).

        As far as it depends on `D`: what else `D` sees, like labels, is held fixed.
        """
        x, *others = self.data_inputs(batch)
        gradient = self.input_gradient(
            lambda x: self.judge([x, *others] if others else x), self.augment(x)
        )
        return ops.mean(ops.sum(gradient**2, axis=tuple(range(1, len(x.shape))))) / 2

    def evaluation_step(self, data):
        """Compute both losses with the networks in inference mode."""
        batch = self.to_batch(data)
        self._is_training = False
        try:
            d_loss = self.penalized_loss(batch)
            g_loss = self.generator_loss(batch)
        finally:
            self._is_training = True
        self._track(self.discriminator_loss_tracker, d_loss, batch)
        self._track(self.generator_loss_tracker, g_loss, batch)
        return self.get_metrics_result()

    def _track(self, tracker, loss, batch):
        tracker.update_state(loss, sample_weight=batches.count(batch))

    # === What comes in at the door ===

    def to_batch(self, data):
        """The batch that the losses see, from what `fit` hands to a step."""
        return batches.to_batch(data, self.batch_shapes, type(self).__name__)

    def check_data(self, x, y=None):
        """Raise a ValueError for data that a step would refuse, or cannot mean.

        Of data in batches the values are checked when a batch comes: `check_batch`.
        """
        shapes = self.batch_shapes
        arrays = batches.check_data(x, y, shapes, type(self).__name__)
        for name, array in zip(shapes, arrays):
            self.check_values(name, array)

    def check_batch(self, batch, is_first=True):
        """Raise a ValueError for a batch that a step would refuse, or cannot mean."""
        shapes = self.batch_shapes
        parts = batches.check_structure(batch, shapes, type(self).__name__)
        for name, part in zip(shapes, parts):
            self.check_values(name, part, is_first)

    def check_values(self, name, part, is_first=True):
        """Raise a ValueError for images whose range cannot be meant."""
        batches.check_range(name, part, is_first)

    def check_trains(self):
        """Raise a ValueError for networks that a step could not train, or not right."""
        for name, network in self.players.items():
            checks.check_trains(name, network)
        if self.penalizes_slope:
            checks.check_second_derivative("discriminator", self.discriminator)
        checks.warn_of_linear_end("generator", self.generator)

    # === The Keras model ===

    def call(self, inputs, training=False):
        return self.generator(inputs, training=training)

    def fit(self, x=None, y=None, batch_size=None, *args, **kwargs):
        """Train as `keras.Model.fit` does, after a look at the data.

        Arrays come in batches of 32 for each discriminator step unless `batch_size`
        says otherwise, and with `steps_per_epoch` an epoch has so many of them. Their
        order is drawn anew for each epoch from the state of the game, so that a saved
        model goes on as if it had never been stopped; that of other data is theirs.
        Several devices, of a scope of `tf.distribute` or of `keras.distribution` that
        the model was built in, share a batch equally: an epoch ends with the last that
        they all have a part of.

        Raises:
            callbacks.DivergedError: If a loss is no finite number any more.
            ValueError: If images are not uint8 or in [-1, 1], parts are missing or
                superfluous, weights are given, `batch_size` is smaller than
                `discriminator_steps`, data have no end or no batch, a network is
                frozen, or a penalty cannot be trained by here. Of data in batches,
                each batch is checked when it comes.
        """
        y = np.asarray(y) if isinstance(y, (list, tuple)) else y
        call = inspect.signature(super().fit).bind(x, y, batch_size, *args, **kwargs)
        call.apply_defaults()
        arguments = call.arguments
        self._check_fit(arguments)
        if batch_size is None and hasattr(x, "shape"):
            devices = backend.placement(self).devices
            size = epochs.multiple(32, devices) * self.discriminator_steps
            arguments["batch_size"] = size
        arguments["callbacks"] = self._watched(arguments["callbacks"])
        check = checked_data.BatchCheck(self.check_batch)
        if epochs.is_array(x):
            self._feed(arguments)
        else:
            arguments["x"] = checked_data.checked(x, check)
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

    def _check_fit(self, arguments):
        """Raise a ValueError for arguments of `fit` that cannot be meant."""
        x, held_out = arguments["x"], arguments["validation_data"]
        steps = arguments["steps_per_epoch"]
        batches.check_batch_size(arguments["batch_size"], self.discriminator_steps)
        self.check_trains()
        batches.check_no_weights(arguments)
        checked_data.check_end("x", x, steps, "steps_per_epoch")
        self.check_data(x, arguments["y"])
        checked_data.check_read_once(x, arguments["epochs"], steps)
        batches.warn_of_one(x)
        batches.check_shared(x, self._count_parts())
        if held_out is not None:
            steps = arguments["validation_steps"]
            checked_data.check_end(
                "validation_data", held_out, steps, "validation_steps"
            )
            self.check_data(*_as_arguments(held_out))
            batches.check_shared(held_out, backend.placement(self).devices)

    def _watched(self, given):
        """The callbacks given to `fit`, between those that every `fit` has."""
        first = [callbacks.TerminateOnNaN(), callbacks.TerminateWithoutData()]
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
        devices = backend.placement(self).devices
        if arguments["validation_split"]:
            split = int(len(arrays[0]) * (1 - arguments["validation_split"]))
            arguments["validation_data"] = tuple(array[split:] for array in arrays)
            arguments["validation_split"] = 0.0
            arrays = [array[:split] for array in arrays]
        held_out = arguments["validation_data"]
        if isinstance(held_out, tuple):
            size = arguments["validation_batch_size"] or batch_size
            steps = arguments["validation_steps"]
            held_out = epochs.as_arrays(*held_out)
            held_out = epochs.Epochs(held_out, size, devices, steps)
            arguments["validation_data"] = backend.feed(held_out, self)
            arguments["validation_steps"] = None
        steps = arguments["steps_per_epoch"]
        data = epochs.Epochs(arrays, batch_size, self._count_parts(), steps)
        if arguments["shuffle"]:
            self._shuffle(data, arguments["callbacks"])
        data = backend.feed(data, self)
        arguments.update(
            x=data, y=None, batch_size=None, shuffle=False, steps_per_epoch=None
        )

    def _count_parts(self):
        """How many equal parts a batch must have: each device shares its own again."""
        devices = backend.placement(self).devices
        return devices * self.discriminator_steps if devices > 1 else 1

    def _shuffle(self, data, others):
        """Let an order be drawn after all else that happens before an epoch."""
        shuffle = epochs.Shuffle(data)
        shuffle.set_model(self)
        getattr(others, "callbacks", others).append(shuffle)

    def evaluate(self, x=None, y=None, batch_size=None, *args, scorer=None, **kwargs):
        """Both losses, as `keras.Model.evaluate` does, after a look at the data.

        Args:
            x: Held-out data, as in `keras.Model.evaluate`, like those that follow.
            y: Labels or targets, where the model has them.
            batch_size: int or None. None for 32.
            *args: Other arguments of `keras.Model.evaluate`.
            scorer: `ganzoo.evaluation.Scorer` or None. Adds its scores, like the FID,
                of pictures drawn as its protocol says.
            **kwargs: Other arguments of `keras.Model.evaluate`.

        Raises:
            ValueError: As in `fit`, or if a score does not apply.
        """
        given = x, y, batch_size
        check = checked_data.BatchCheck(self.check_batch)
        # `fit` calls this too, with data that it has checked.
        if x is not None and not kwargs.get("_use_cached_eval_dataset"):
            checked_data.check_end("x", x, kwargs.get("steps"), "steps")
            self.check_data(x, y)
            given = checked_data.checked(x, check), y, batch_size
            batches.check_shared(x, backend.placement(self).devices)
            if epochs.is_array(x) and kwargs.get("steps") is None:
                devices = backend.placement(self).devices
                size = batch_size or epochs.multiple(32, devices)
                data = epochs.Epochs(epochs.as_arrays(x, y), size, devices)
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
        self.check_data(x, y)
        batches.check_batch_size(len(x), self.discriminator_steps)
        return super().train_on_batch(x, y, return_dict=return_dict)

    def test_on_batch(self, x, y=None, sample_weight=None, return_dict=False):
        """Both losses, as `keras.Model.test_on_batch`, after a look at the batch.

        Raises:
            ValueError: As in `fit`.
        """
        batches.check_no_weights({"sample_weight": sample_weight})
        self.check_data(x, y)
        return super().test_on_batch(x, y, return_dict=return_dict)

    @property
    def metrics(self):
        return [self.discriminator_loss_tracker, self.generator_loss_tracker]

    # === Pictures ===

    def generate(self, n, *, seed=None, labels=None):
        """Draw pictures from the generator in inference mode.

        Args:
            n: int. How many, at least 1.
            seed: int or None. The same seed gives the same pictures, and those of a
                smaller `n` are the first of a larger. None draws new ones each time.
            labels: None. Only a conditional variant takes labels.

        Returns:
            uint8 array `(n, height, width, channels)`.

        Raises:
            ValueError: If `n` is not positive, labels are given in vain, or memory has
                no room for so many.
        """
        chunks = self.draw(n, seed=seed, labels=labels)
        resources.check_memory(
            n * math.prod(self.image_shape),
            f"{n:,} pictures take",
            "draw them in chunks with `draw`, or into a file with `ganzoo generate`",
            f"n={n}",
        )
        pictures = np.empty((n, *self.image_shape), "uint8")
        for i, chunk in enumerate(chunks):
            pictures[i * CHUNK : i * CHUNK + len(chunk)] = chunk
        return pictures

    def draw(self, n, *, seed=None, labels=None):
        """The pictures of `generate`, in chunks, for more than fit in memory.

        Args:
            n: int. As in `generate`, like those that follow.
            seed: int or None.
            labels: None. Only a conditional variant takes labels.

        Returns:
            An iterator of uint8 arrays `(count, height, width, channels)`.

        Raises:
            ValueError: As in `generate`, before the first chunk.
        """
        if not isinstance(n, (int, np.integer)) or n < 1:
            raise ValueError(f"`n` must be an int of at least 1. Received: n={n!r}.")
        return self._draw_chunks(n, self.conditions(n, labels), seed)

    def latents(self, n, *, seed=None):
        """The latents of the pictures that `generate` draws.

        Args:
            n: int. As in `generate`.
            seed: int or None.

        Returns:
            float32 array `(n, latent_dim)`.
        """
        return np.concatenate([z for _, z in self._draw_latents(n, seed)])

    def _draw_chunks(self, n, conditions, seed):
        for start, z in self._draw_latents(n, seed):
            rows = slice(start, start + len(z))
            yield self.decode(z, [condition[rows] for condition in conditions])

    def _draw_latents(self, n, seed):
        seeds = self.evaluation_seed_generator
        if seed is not None:
            seeds = keras.random.SeedGenerator(seed)
        for start in range(0, n, CHUNK):
            # A chunk is drawn whole, so that the first do not depend on `n`.
            z = self.prior((CHUNK, self.latent_dim), seeds)
            yield start, ops.convert_to_numpy(z)[: n - start]

    def decode(self, z, conditions=()):
        """Pictures of given latents, by the generator in inference mode.

        Args:
            z: float32 array `(n, latent_dim)`.
            conditions: list of arrays `(n, ...)`, as of `conditions`.

        Returns:
            uint8 array `(n, height, width, channels)`.
        """
        inputs = [z, *conditions] if len(conditions) else z
        with self.averaged():
            floats = predict(self.generator, inputs, batch_size=128)
        return pixels.to_uint8(floats)

    def conditions(self, n, labels):
        """Inputs of the generator beside the latents, `(n, ...)` each."""
        if labels is not None:
            raise ValueError(
                f"{type(self).__name__} is not conditional: it draws from all classes "
                f"alike. `CGAN` takes labels. Received: labels={labels!r}."
            )
        return []


def _as_arguments(data):
    """Validation data as the first arguments of `evaluate`."""
    return data if isinstance(data, tuple) else (data,)
