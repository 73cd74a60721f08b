"""Descent on the latents of a model, from several starts, each image by itself."""

import keras
import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.backend import seeds
from ganzoo.system.terminal.progress import progress_bar

# Latents that descend together, of all images and starts: memory does not grow beyond.
CHUNK = 256
# Where numbers for starts begin. Those for latents and conditions that `generate` draws
# by the same seed are far below: a start there would be the answer itself.
OF_STARTS = 3 * 2**29
# Of Adam (Kingma & Ba, 2015), its defaults.
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8
EDGE = 1e-3  # how near to the ends of its range a latent may begin


def draw_starts(model, count, seed):
    """Latents of the prior to begin with, the first of which are those of a smaller n.

    Args:
        model: `AdversarialModel`.
        count: int. How many.
        seed: int or None. Not that of any image of `generate`, even if it is the same.

    Returns:
        float32 array `(count, latent_dim)`.
    """
    numbers = _numbers(seed)
    starts = [model.prior((1, model.latent_dim), numbers) for _ in range(count)]
    return np.concatenate([ops.convert_to_numpy(z) for z in starts])


def starts_around(z, count, seed):
    """Latents, and others near them, as in the code of Zhu et al. (2016).

    Args:
        z: array `(n, latent_dim)`.
        count: int. How many for each, the first of which is itself.
        seed: int or None. Of half a draw from U[−1, 1], the same for all of them.

    Returns:
        float32 array `(n, count, latent_dim)`.
    """
    numbers, shape = _numbers(seed), (1, z.shape[-1])
    away = [keras.random.uniform(shape, -0.5, 0.5, seed=numbers) for _ in range(count)]
    away = np.concatenate([ops.convert_to_numpy(one) for one in away])
    away[0] = 0.0
    return z[:, None] + away


def _numbers(seed):
    numbers = seeds.generator(seed)
    numbers.state.assign(numbers.state + [0, OF_STARTS])
    return numbers


class Search:
    """Finds latents, or points of another space, of images nearest to given ones.

    Each image has an Adam of its own, so that neither its neighbours nor their number
    change what is found. The generator is in inference mode. If the prior has a range,
    the descent is in `u` of `z = tanh(u)`, scaled to that range; else a weighted
    `mean(z²)` keeps latents near the prior, and points near the centre of their space.

    Args:
        model: `AdversarialModel` with latents.
        distance: function of the model, latents, their images, and a dict of what is
            known of each image. Returns `(rows,)`.
        space: `LatentSpace`.
    """

    def __init__(self, model, distance, space):
        self.model = model
        self.distance = distance
        self.space = space
        self._generator = space.generator
        self._step = backend.traced(self._descend, model)
        self._measure = backend.traced(self._losses, model)

    def __call__(
        self,
        known,
        starts,
        *,
        steps,
        rate,
        weight,
        centres=None,
        of_latents=False,
        verbose=0,
    ):
        """Find a latent for each image.

        Args:
            known: function of a slice of the images. Returns a dict of float arrays,
                with "conditions", a list of the generator's other inputs.
            starts: array `(n, count, size)`. Those of each image.
            steps: int. With 0 the best start is returned.
            rate: float. Learning rate.
            weight: float. Of `mean((z - centre)²)` beside the distance.
            centres: array `(n, size)` or None. None for the centre of the space, and
                for none at all if the prior has a range.
            of_latents: bool. Whether `starts` are latents, to begin with their points.
            verbose: 0 or 1. 1 shows progress on the standard error.

        Returns:
            Points `(n, size)`, and their distances `(n,)`, float32.

        Raises:
            ValueError: If a distance is no number.
        """
        if centres is None and self.space.limits is not None:
            weight = 0.0
        n, count, _ = starts.shape
        together = min(n, max(1, CHUNK // count))
        begins = range(0, n, together)
        settings = [np.array(value, "float32") for value in (weight, rate)]
        found = []
        with (
            self.model.averaged(),
            progress_bar(
                "Steps of the search", steps * len(begins), verbose and steps
            ) as advance,
        ):
            for begin in begins:
                # The last chunk is filled up with its last image: no other shape.
                chunk = np.minimum(np.arange(begin, begin + together), n - 1)
                z = starts[chunk].reshape(together * count, -1)
                rows = _repeated(known(chunk), count)
                if of_latents:
                    z = self.space.of_latents(z, rows["conditions"])
                if centres is None:
                    centre = np.broadcast_to(self.space.centre(), z.shape)
                else:
                    centre = np.repeat(centres[chunk], count, axis=0)
                rows["centre"] = centre
                if steps:
                    z = self._run(z, rows, settings, steps, advance)
                found.append(self._best(z, rows, settings[0], count, begin))
        z, distances = (np.concatenate(parts)[:n] for parts in zip(*found))
        return z, distances

    def _run(self, z, rows, settings, steps, advance):
        state = self._unbounded(z), np.zeros_like(z), np.zeros_like(z)
        for i in range(steps):
            state = self._step(state, np.array(i + 1, "float32"), rows, settings)
            advance(1)
        return self._bounded(state[0])

    def _descend(self, state, i, rows, settings):
        """A step of Adam for each row; its state, `u` and both moments, after that."""
        (u, m, v), (weight, rate) = state, settings

        def total(u):
            _, losses = self._losses(self._bounded(u), rows, weight)
            return losses

        slope = self.model.input_gradient(total, u)
        m = BETA_1 * m + (1 - BETA_1) * slope
        v = BETA_2 * v + (1 - BETA_2) * slope**2
        first, second = m / (1 - BETA_1**i), v / (1 - BETA_2**i)
        return u - rate * first / (ops.sqrt(second) + EPSILON), m, v

    def _losses(self, z, rows, weight):
        """The distance and the loss of each row of latents."""
        conditions = self.space.conditions(rows["conditions"])
        images = self._generator([z, *conditions] if conditions else z)
        images = ops.cast(images, self.model.variable_dtype)
        distances = self.distance(self.model, z, images, rows)
        away = ops.mean((z - rows["centre"]) ** 2, axis=-1)
        return distances, distances + weight * away

    def _best(self, z, rows, weight, count, begin):
        """Latents and distances of the best starts of a chunk."""
        found = (z, *self._measure(z, rows, weight))
        found = [ops.convert_to_numpy(array) for array in found]
        z, distances, losses = (a.reshape(-1, count, *a.shape[1:]) for a in found)
        losses = np.where(np.isfinite(losses), losses, np.inf)
        if not np.isfinite(losses.min(axis=1)).all():
            image = begin + int(np.isinf(losses.min(axis=1)).argmax())
            raise ValueError(
                f"The search for the latent of image {image} ended in NaN: the start, "
                "or a weight of the model, is no finite number, or the learning rate "
                f"is far too large. Received: images, of which number {image} has no "
                "latent."
            )
        best = np.arange(len(losses)), losses.argmin(axis=1)
        return z[best], distances[best]

    def _bounded(self, u):
        if self.space.limits is None:
            return u
        low, high = self.space.limits
        return low + (high - low) * (ops.tanh(u) + 1) / 2

    def _unbounded(self, z):
        if self.space.limits is None:
            return z
        low, high = self.space.limits
        inside = 2 * (z - low) / (high - low) - 1
        return np.arctanh(np.clip(inside, EDGE - 1, 1 - EDGE)).astype("float32")


def _repeated(known, count):
    return keras.tree.map_structure(lambda a: np.repeat(a, count, axis=0), known)
