"""The chain from images to what the discriminator sees of them."""

import keras
from keras import ops

from ganzoo import backend
from ganzoo.game.view import augmentation


class View:
    """What an `AdversarialModel` shows its discriminator, in training.

    It has `augmentation`, `instance_noise` and `packing`, and `noise` to draw with.
    """

    def see(self, x):
        """What the discriminator sees of images: augmented, noisy, and packed."""
        return self.pack(self.add_noise(self.augment(x)))

    def augment(self, x):
        """Images changed at random, in the step at hand."""
        if not self._is_training:
            return x
        return augmentation.augment(x, self.augmentation, self.noise)

    def add_noise(self, x):
        """Images x + ε with ε ~ N(0, σ²), instance noise of Sønderby et al. (2017)."""
        if self.instance_noise is None or not self._is_training:
            return x
        noise = backend.per_example(
            lambda count: keras.random.normal((count, *x.shape[1:]), seed=self.noise), x
        )
        return x + ops.cast(self.current(self.instance_noise) * noise, x.dtype)

    def pack(self, x):
        """Put `m` images one behind another as the channels of one, Lin et al. (2018).

        Args:
            x: tensor `(batch, height, width, channels)`.

        Returns:
            Tensor `(batch / m, height, width, m * channels)`.
        """
        return pack(x, self.packing)

    @property
    def seen_shape(self):
        """Shape of what the discriminator sees, `(height, width, channels)`."""
        return packed_shape(self.image_shape, self.packing)


def pack(x, packing):
    """Images `(batch, ...)` in packs `(batch / packing, ..., packing * channels)`."""
    if packing == 1:
        return x
    height, width, channels = x.shape[1:]
    x = ops.reshape(x, (-1, packing, height, width, channels))
    x = ops.transpose(x, (0, 2, 3, 1, 4))
    return ops.reshape(x, (-1, *packed_shape((height, width, channels), packing)))


def packed_shape(image_shape, packing=1, **others):
    """Shape of a pack of images, `(height, width, packing * channels)`.

    Args:
        image_shape: tuple. `(height, width, channels)`.
        packing: int. How many.
        **others: Other arguments of a model, which do not matter here.
    """
    if not isinstance(packing, int):
        return image_shape
    return (*image_shape[:-1], image_shape[-1] * packing)
