"""Noise: what in an image of styles differs from one draw to the next.

Reference:
    [Karras et al., 2019](https://arxiv.org/abs/1812.04948)
"""

import keras
import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.game import network_checks
from ganzoo.game.kinds.styles import Styled

NOISES = ("const", "random", "none")


class StyledWithNoise(Styled):
    """The game of GAN with a generator that has styles and noise.

    Its "synthesis" takes styles and all the noise of an image, which is drawn in
    training. `generate` takes `noise`: "const" for the same in all images, which is the
    default, "random" for that of training, "none", or an array.

    Args:
        *args: As of `Styled`.
        **kwargs: As of `Styled`.

    Raises:
        ValueError: As in `Styled`.
    """

    condition_names = (*Styled.condition_names, "noise")
    optional_conditions = condition_names
    synthesis_shapes = {"noise": (None,)}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.constant_noise = self.add_weight(
            (self.noise_size,),
            keras.initializers.RandomNormal(0.0, 1.0),
            trainable=False,
            name="constant_noise",
        )

    @property
    def noise_size(self):
        """How many numbers are the noise of an image."""
        return network_checks.input_shapes(self.synthesis)[1][0]

    def sample_details(self, x):
        """Noise for each example of `x`, a list of `(batch, noise_size)`."""
        return [self.sample_noise(x)]

    def sample_noise(self, x):
        """Noise for each example of `x`, `(batch, noise_size)`."""
        return backend.per_example(lambda n: self.draw_noise(n, self.noise), x)

    def draw_noise(self, count, seed):
        """Noise for so many images, N(0, I)."""
        return keras.random.normal((count, self.noise_size), seed=seed)

    def conditions(self, n, truncation, noise):
        """A truncation for each style and the noise, for each of `n` images."""
        return [*Styled.conditions(self, n, truncation), self._find_noise(n, noise)]

    def _find_noise(self, n, noise):
        noise = "const" if noise is None else noise
        array = np.asarray(noise)
        if array.dtype.kind in "fiu":
            return array.astype("float32")
        if not isinstance(noise, str) or noise not in NOISES:
            raise ValueError(
                f"`noise` must be one of {NOISES}, or an array of numbers. "
                f"Received: noise={noise!r}."
            )
        if noise == "random":
            draws = self.in_chunks(n, lambda count: self.draw_noise(count, self.noise))
            return np.concatenate([chunk for _, chunk in draws])
        constant = ops.convert_to_numpy(self.constant_noise)
        return constant if noise == "const" else np.zeros_like(constant)
