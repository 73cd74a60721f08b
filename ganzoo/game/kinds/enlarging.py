"""Small images to large ones, of any size once the weights are trained."""

import math
import weakref

import numpy as np
from keras import ops

from ganzoo.backend.prediction import predict
from ganzoo.data import pixels
from ganzoo.game import checks
from ganzoo.game import network_checks
from ganzoo.game.kinds.translating import Translating
from ganzoo.inputs.parts import Images
from ganzoo.inputs.parts import SmallImages
from ganzoo.networks import exporting
from ganzoo.networks import sizes
from ganzoo.networks.any_size import for_any_size
from ganzoo.system import resources

# By model, beside the models: Keras would save what is an attribute.
_any_size = weakref.WeakKeyDictionary()


class Enlarging(Translating):
    """What an `AdversarialModel` has whose generator enlarges images.

    Its discriminator sees large images alone, so that only these count for options
    like `r1_weight`.
    """

    parts = {"x": SmallImages("source_shape"), "y": Images("image_shape")}
    network_parts = {"discriminator": ("y",)}
    enlarges = True
    image_method = "super_resolve"
    image_command = "upscale {} FOLDER enlarged"

    def super_resolve(self, images, batch_size=16):
        """Enlarge images, of whichever size they are.

        The generator is in inference mode, so that an image does not depend on others.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.
            batch_size: int. How many are enlarged at a time.

        Returns:
            uint8 array `(n, scale * height, scale * width, channels)`.

        Raises:
            ValueError: If the channels or the range are not those of the sources, there
                is no image, the memory has no room for so many at a time, or the sides
                are others than in training and the generator is not of convolutions
                alone.
        """
        if not hasattr(images, "shape"):
            images = np.asarray(images)
        if 0 in images.shape:
            raise ValueError(
                "There must be one image or more, of one pixel or more. "
                f"Received: images of shape {tuple(images.shape)}."
            )
        checks.check_count("batch_size", batch_size)
        part = Images((None, None, self.source_shape[-1]))
        part.check("images", images)
        self._check_memory(min(len(images), batch_size), images.shape)
        part.check_values("images", images)
        images = np.asarray(ops.convert_to_numpy(part.convert("images", images)))
        fits = images.shape[1:] == self.source_shape
        with self.averaged():
            network = self.generator if fits else self._for_any_size()
            return pixels.to_uint8(predict(network, images, batch_size))

    def translate(self, images, *, seed=None, batch_size=16):
        """As `super_resolve`, by the name that all models of images have it.

        Args:
            images: As in `super_resolve`.
            seed: Not used: there is no draw.
            batch_size: As in `super_resolve`.

        Returns:
            As `super_resolve`.
        """
        return self.super_resolve(images, batch_size)

    def _for_any_size(self):
        """A copy of the generator for images of any size, with the weights of now."""
        if self not in _any_size:
            _any_size[self] = for_any_size(self.generator)
        _any_size[self].set_weights(self.generator.get_weights())
        return _any_size[self]

    def _check_memory(self, count, shape):
        """Raise a ValueError unless the largest layer has room three times."""
        outputs = (
            layer.output.shape[1:] for layer in self.generator.layers if layer.weights
        )
        largest = max(map(math.prod, outputs)) / math.prod(self.source_shape[:2])
        resources.check_memory(
            int(3 * 4 * count * math.prod(shape[1:3]) * largest),
            f"To enlarge {count:,} images of {shape[2]}×{shape[1]} pixels takes about",
            "enlarge fewer at a time, by `batch_size`, or parts of them",
            f"images of shape {shape}",
        )

    def export(self, filepath, format="tf_saved_model", **kwargs):
        """Write the generator, for images of any size: see `AdversarialModel.export`.

        A file of the format "litert" is for images of the size in training.

        Args:
            filepath: path. As in `AdversarialModel.export`, like what follows.
            format: str.
            **kwargs: Other arguments of `keras.Model.export`.

        Raises:
            ImportError: If a package is missing that converts to this format.
            ValueError: If the generator is not of convolutions alone, and as in
                `AdversarialModel.export`.
        """
        with self.averaged():
            network = self.generator if format == "litert" else self._for_any_size()
            exporting.export(network, filepath, format, **kwargs)

    @property
    def scale(self):
        """How many times as long the sides of large images are, 2 or 4."""
        return sizes.find_scale(self.source_shape, self.image_shape)

    @classmethod
    def given(cls):
        return super().given() | {"scale"}

    def data_inputs(self, batch):
        _, y = batch
        return (y,)

    def sample_inputs(self, batch):
        x, _ = batch
        return (self.G(x),)

    def check_players(self):
        super().check_players()
        if sizes.find_scale(self.source_shape, self.image_shape) is None:
            raise ValueError(
                "`generator` must return images with the channels of those that it "
                "takes, and with sides 2 or 4 times as long, all of a known size. "
                f"Received: generator from {self.source_shape} to {self.image_shape}."
            )
        network_checks.check_inputs(
            "discriminator", self.discriminator, self._wanted_images()
        )
