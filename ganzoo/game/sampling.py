"""Images out of a generator in inference mode."""

import contextlib
import math

import keras
import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.backend import seeds
from ganzoo.backend import values
from ganzoo.backend.prediction import predict
from ganzoo.data import pixels
from ganzoo.game import checks
from ganzoo.game import conditions
from ganzoo.game import network_checks
from ganzoo.game.inversion import arguments
from ganzoo.system import resources

# Images that `generate` draws at a time; part of the meaning of its seed.
CHUNK = 1024
# Where numbers for conditions begin; those for latents of the same seed begin at 0.
OF_CONDITIONS = 2**30
# Of standing statistics: how many batches, of how many latents.
STANDING = (16, 128)


class Sampling:
    """What an `AdversarialModel` draws."""

    def generate(
        self,
        n,
        *,
        seed=None,
        as_float=False,
        domain=None,
        statistics="running",
        **conditions,
    ):
        """Draw images from the generator in inference mode.

        Args:
            n: int. How many, at least 1.
            seed: int or None. The same seed gives the same images, and those of a
                smaller `n` are the first of a larger. None draws new ones each time.
            as_float: bool. Whether to return what the generator does, floats in
                [-1, 1], and not images rounded to bytes.
            domain: int, string or None. Of several `domains` the one to draw, by its
                number from 0 or its name; None for all.
            statistics: "running" or "standing". What batch normalisation goes by: what
                training has kept, or the mean statistics of several batches of
                latents, which the generator is run on for it, as in the code of
                [Brock et al., 2019](https://arxiv.org/abs/1809.11096).
            **conditions: What the variant's `condition_names` tell, like `labels`.

        Returns:
            uint8 array `(n, height, width, channels)`, or float32. Of several domains
            a tuple of these, whose images are of the same latents.

        Raises:
            ValueError: If `n` is not positive, an option is out of its range, something
                is asked for that the variant does not take, or memory has no room for
                so many.
        """
        options = {
            "as_float": as_float,
            "domain": domain,
            "statistics": statistics,
        }
        chunks = self.draw(n, seed=seed, **options, **conditions)
        dtype = np.dtype("float32" if as_float else "uint8")
        shapes = [(n, *self.image_shapes[i]) for i in self.find_domains(domain)]
        resources.check_memory(
            sum(map(math.prod, shapes)) * dtype.itemsize,
            f"{n:,} images take",
            "draw them in chunks with `draw`, or into a file with `ganzoo generate`",
            f"n={n}",
        )
        images = [np.empty(shape, dtype) for shape in shapes]
        for i, chunk in enumerate(chunks):
            for array, part in zip(images, as_tuple(chunk)):
                array[i * CHUNK : i * CHUNK + len(part)] = part
        return _one_or_tuple(images)

    def draw(
        self,
        n,
        *,
        seed=None,
        as_float=False,
        domain=None,
        statistics="running",
        **conditions,
    ):
        """The images of `generate`, in chunks, for more than fit in memory.

        Args:
            n: int. As in `generate`, like those that follow.
            seed: int or None.
            as_float: bool.
            domain: int, string or None.
            statistics: "running" or "standing".
            **conditions: As of `condition_names`.

        Returns:
            An iterator of arrays `(count, height, width, channels)`, or of tuples.

        Raises:
            ValueError: As in `generate`, before the first chunk.
        """
        found = self.find_conditions(n, seed=seed, **conditions)
        self.find_domains(domain)
        checks.check_bool("as_float", as_float)
        _check_statistics(statistics)
        options = {"as_float": as_float, "domain": domain, "statistics": statistics}
        truncation = self.truncated_prior and conditions.get("truncation")
        return self._draw_chunks(n, found, seed, truncation, **options)

    def find_domains(self, domain=None):
        """Numbers of the domains that are asked for, a list.

        Args:
            domain: int, string or None. One, by its number or its name; None for all.

        Raises:
            ValueError: If there is no such domain.
        """
        count = len(self.domains)
        if domain is None:
            return list(range(count))
        if domain in self.domains:
            return [self.domains.index(domain)]
        is_number = isinstance(domain, (int, np.integer)) and 0 <= domain < count
        if not is_number or isinstance(domain, bool):
            named = ", ".join(f"{i} {name!r}" for i, name in enumerate(self.domains))
            raise ValueError(
                f"`domain` must be the number or the name of a domain: {named}. "
                f"Received: domain={domain!r}."
            )
        return [int(domain)]

    def find_conditions(self, n, *, seed=None, **given):
        """Inputs of the generator beside the latents, for what is asked for.

        Args:
            n: int. How many images.
            seed: int or None. Where the variant's choice is to draw, the same seed
                draws the same, those of a smaller `n` first. None draws new ones.
            **given: As of `condition_names`; by default the variant's choice.

        Returns:
            List of arrays `(n, ...)`.

        Raises:
            ValueError: If the variant does not take it, or there are no latents.
        """
        self._check_draws(f"n={n!r}")
        if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < 1:
            raise ValueError(f"`n` must be an int of at least 1. Received: n={n!r}.")
        for name, value in given.items():
            if value is not None and name not in self.condition_names:
                raise ValueError(
                    f"{conditions.cure_of_unknown(self, name)} "
                    f"Received: {name}={value!r}."
                )
        given = {name: given.get(name) for name in self.condition_names}
        with self._drawing_conditions(seed):
            found = self.conditions(n, **given)
        return self.check_conditions(n, found)

    def check_conditions(self, n, found):
        """Inputs of the generator beside the latents, after a look at them.

        Args:
            n: int. How many images.
            found: list of arrays. One for each image, or one for all.

        Returns:
            List of arrays `(n, ...)`.

        Raises:
            ValueError: If there are too few or too many, or one is of another shape, or
                no finite numbers.
        """
        conditions.check_conditions(self, found)
        shapes = network_checks.input_shapes(self.generator)[1:]
        names = self.condition_names
        if len(names) != len(found):
            names = [" or ".join(names)] * len(found)
        return [
            conditions.for_each(n, *condition)
            for condition in zip(names, found, shapes)
        ]

    def _check_draws(self, received):
        if not self.translates:
            return
        command, *_ = self.image_command.split()
        raise ValueError(
            f"{type(self).__name__} draws nothing from latents; it translates given "
            f"images: call `{self.image_method}(images)`, or `ganzoo {command}` for a "
            f"folder. Received: {received}."
        )

    def latents(self, n, *, seed=None, truncation=None):
        """The latents of the images that `generate` draws.

        Args:
            n: int. As in `generate`.
            seed: int or None.
            truncation: float or None. Of a variant with `truncated_prior`.

        Returns:
            float32 array `(n, latent_dim)`.

        Raises:
            ValueError: If the truncation is out of its range, or of no such variant.
        """
        check_truncation(self, truncation)
        return np.concatenate([z for _, z in self._draw_latents(n, seed, truncation)])

    # A variant may have `truncated_prior(shape, seed, truncation)`, latents of a prior
    # without its extremes, and "truncation" among its conditions.
    truncated_prior = None

    @contextlib.contextmanager
    def _drawing_conditions(self, seed):
        """Have `noise` be that of evaluation, from a seed if there is one."""
        state = self.evaluation_seed_generator.state
        before = np.array(ops.convert_to_numpy(state))
        if seed is not None:
            state.assign(seeds.generator(seed).state + [0, OF_CONDITIONS])
        self._is_training = False
        try:
            yield
        finally:
            self._is_training = True
            if seed is not None:
                state.assign(before)

    def _draw_chunks(self, n, conditions, seed, truncation, **options):
        for start, z in self._draw_latents(n, seed, truncation):
            rows = slice(start, start + len(z))
            of_rows = [condition[rows] for condition in conditions]
            yield self.decode(z, of_rows, **options)

    def _draw_latents(self, n, seed, truncation=None):
        numbers = self.evaluation_seed_generator
        if seed is not None:
            numbers = seeds.generator(seed)

        def draw(count):
            shape = count, self.latent_dim
            if truncation is None:
                return self.prior(shape, numbers)
            return self.truncated_prior(shape, numbers, truncation)

        return self.in_chunks(n, draw)

    def in_chunks(self, n, draw):
        """Draws for `n` images, of which those of a smaller `n` are the first.

        Args:
            n: int. How many images.
            draw: function of a count. Returns a tensor `(count, ...)`.

        Yields:
            Where a chunk begins, and the chunk, an array `(count, ...)`.
        """
        for start in range(0, n, CHUNK):
            # A chunk is drawn whole, so that the first do not depend on `n`.
            yield start, ops.convert_to_numpy(draw(CHUNK))[: n - start]

    def decode(
        self,
        z,
        conditions=(),
        *,
        space="z",
        as_float=False,
        domain=None,
        statistics="running",
    ):
        """Images of given latents, by the generator in inference mode.

        Args:
            z: float32 array `(n, latent_dim)`, or of another space.
            conditions: list of arrays `(n, ...)`, as `find_conditions` returns them.
            space: str. One of the model's `spaces`, which `z` are of.
            as_float: bool. As in `generate`, like what follows.
            domain: int, string or None.
            statistics: "running" or "standing".

        Returns:
            uint8 array `(n, height, width, channels)`, or float32. Of several domains
            a tuple.

        Raises:
            ValueError: If there is nothing drawn from latents, they are of another
                shape or no finite numbers, there is no such space, or conditions are
                not such.
        """
        self._check_draws(f"z of shape {np.shape(z)}")
        checks.check_bool("as_float", as_float)
        _check_statistics(statistics)
        space = self.find_space(space)
        z = arguments.as_latents("z", z, None, space.size, space.points)
        if not len(conditions):
            conditions = space.default_conditions(len(z))
        inputs = [z, *space.conditions(self.check_conditions(len(z), conditions))]
        inputs = inputs if len(inputs) > 1 else z
        standing = self.standing if statistics == "standing" else contextlib.nullcontext
        with self.averaged(), standing():
            outputs = predict(space.generator, inputs, batch_size=128)
        floats = [as_tuple(outputs)[i] for i in self.find_domains(domain)]
        if as_float:
            return _one_or_tuple([images.astype("float32") for images in floats])
        return _one_or_tuple([pixels.to_uint8(images) for images in floats])

    def conditions(self, n, **given):
        """What a variant makes of the conditions that `find_conditions` is given.

        Args:
            n: int. How many images.
            **given: What each of `condition_names` was given, or None.

        Returns:
            List of arrays `(n, ...)`.
        """
        return []

    def conditions_of(self, images, **given):
        """What a search for latents of images must be told, as arguments of `project`.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.
            **given: What is known of them, as of `condition_names`. A variant that
                tells some of it by a network, like attributes, adds the rest.

        Returns:
            dict.

        Raises:
            ValueError: If the variant does not take it, or as of its network.
        """
        return given

    def sample_conditions(self, x):
        """Inputs of the generator beside the latents, drawn by the game.

        Args:
            x: tensor. One for each example of it.

        Returns:
            List of tensors `(batch, ...)`.
        """
        return []

    def sample_uniform(self, x, shape=None):
        """Draws of U[0, 1) for examples of `x`, one each unless there is a shape.

        Args:
            x: tensor `(batch, ...)`.
            shape: tuple or None. Of the draws for an example. With None, images of a
                pack, which `D` sees as one, have one draw together.

        Returns:
            Tensor `(batch, *shape)`, or `(batch, 1, ...)` of as many axes as `x`.
        """
        together = self.packing if shape is None else 1
        shape = (1,) * (len(x.shape) - 1) if shape is None else shape

        def draw(count):
            draws = keras.random.uniform(
                (count // together, *shape), dtype=x.dtype, seed=self.noise
            )
            return ops.repeat(draws, together, axis=0) if together > 1 else draws

        return backend.per_example(draw, x)

    @contextlib.contextmanager
    def standing(self):
        """Have the generator normalise by standing statistics for a while.

        Those of the weights at hand, measured once for them.
        """
        statistics = self.generator.non_trainable_weights
        running = values.copies(statistics)
        key = int(ops.convert_to_numpy(values.hash_of(self.generator_variables)))
        if self._standing[0] != key:
            self.measure_statistics(*STANDING)
            self._standing = key, tuple(values.copies(statistics))
        try:
            values.assign(statistics, self._standing[1])
            yield
        finally:
            values.assign(statistics, running)

    # The hash of weights, and their standing statistics.
    _standing = None, ()

    def measure_statistics(self, count, batch_size):
        """Set batch normalisation in the generator to the mean of some batches.

        Standing statistics, as in the code of Brock et al. (2019): means and variances
        of batches of fixed latents, and of conditions as the game draws them, averaged.
        What else changes in training, like the draws of a dropout, stays as it was.

        Args:
            count: int. Batches.
            batch_size: int. Latents of a batch.
        """
        norms = [
            layer
            for layer in self.generator._flatten_layers()
            if isinstance(layer, keras.layers.BatchNormalization)
        ]
        momenta = [layer.momentum for layer in norms]
        own = {id(w) for layer in norms for w in layer.non_trainable_weights}
        others = [v for v in self.generator.non_trainable_variables if id(v) not in own]
        seed = self.evaluation_seed_generator.state
        others.append(seed)
        values = [np.array(ops.convert_to_numpy(v)) for v in others]
        examples = ops.zeros((batch_size, 1))
        seed.assign(seeds.generator(0).state)
        self._is_training = False
        try:
            for i in range(count):
                for layer in norms:
                    layer.momentum = i / (i + 1)
                z = self.sample_z(examples)
                # A variant may have none but those that a user asks for.
                drawn = self.sample_conditions(examples)
                given = drawn or self.find_conditions(batch_size)
                self.generator([z, *given] if given else z, training=True)
        finally:
            self._is_training = True
            for layer, momentum in zip(norms, momenta):
                layer.momentum = momentum
            for variable, value in zip(others, values):
                variable.assign(value)


def check_truncation(model, truncation):
    """Raise a ValueError for one that is not positive, or that the prior has not."""
    if truncation is None:
        return
    if model.truncated_prior is None:
        raise ValueError(
            f"{type(model).__name__} has no latents that are truncated. "
            f"Received: truncation={truncation!r}."
        )
    checks.check_positive("truncation", truncation)


def _check_statistics(statistics):
    if statistics not in ("running", "standing"):
        raise ValueError(
            "`statistics` must be 'running' or 'standing'. "
            f"Received: statistics={statistics!r}."
        )


def as_tuple(images):
    """What is drawn, an array or one for each domain, as a tuple of arrays."""
    return tuple(images) if isinstance(images, (tuple, list)) else (images,)


def _one_or_tuple(arrays):
    return tuple(arrays) if len(arrays) > 1 else arrays[0]
