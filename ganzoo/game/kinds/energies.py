"""Energies: what a discriminator says of images that it has to reconstruct."""

import abc

from keras import ops

from ganzoo.backend.prediction import predict
from ganzoo.data import pixels
from ganzoo.game import checks
from ganzoo.game import network_checks

NO_LOGIT = "its discriminator returns energies, and this is for logits"


class EnergyBased(abc.ABC):
    """What an `AdversarialModel` does whose discriminator is an autoencoder.

    `D` returns a dict with "reconstruction", images, and no logit. What it says of an
    image is its energy, how far the reconstruction is from it: a mean over the pixels,
    so that it does not depend on the size of the image. A variant defines `distance`.

    Raises:
        ValueError: If the discriminator has no such output, or mixes the examples of a
            batch, as batch normalisation does; for a penalty on a logit's slope, or
            images in packs.
    """

    reconstructs = True
    # Of data, as `D` is trained on them, and of samples, as `G` is.
    note_names = ("real_energy", "fake_energy")
    lacks = {
        **dict.fromkeys(("r1_weight", "r2_weight", "roth_weight"), NO_LOGIT),
        "packing": "its discriminator reconstructs images one by one",
    }

    @abc.abstractmethod
    def distance(self, x, reconstruction):
        """How far reconstructions are from images.

        Args:
            x: tensor `(batch, height, width, channels)`.
            reconstruction: tensor of the same shape.

        Returns:
            Tensor `(batch,)`, a mean over the pixels of each image.
        """

    def judge(self, x):
        """Energies `(batch,)` of what the discriminator sees, as it is."""
        return self.distance(x, self.judge_heads(x)["reconstruction"])

    def energy(self, images):
        """Energies of images, by `D` in inference mode: high where they are unusual.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.

        Returns:
            float32 array `(n,)`.

        Raises:
            ValueError: If the shape or the range is not that of the images.
        """
        x, reconstruction = self._autoencode(images)
        return ops.convert_to_numpy(self.distance(x, reconstruction))

    def reconstruct(self, images, **options):
        """What `D` makes of images, in inference mode.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.
            **options: None: those of other models are of a search.

        Returns:
            uint8 array `(n, height, width, channels)`.

        Raises:
            ValueError: If the shape or the range is not that of the images, or options
                are given.
        """
        checks.check_no_search(self, options)
        return pixels.to_uint8(self._autoencode(images)[1])

    def _autoencode(self, images):
        x = self.to_pixels(images)
        reconstruction = predict(self.discriminator, x, 128)["reconstruction"]
        return x, ops.convert_to_tensor(reconstruction, x.dtype)

    def check_discriminator(self):
        """Raise a ValueError unless the discriminator reconstructs image by image."""
        name, head = "discriminator", "reconstruction"
        network = self.discriminator
        network_checks.check_head_shape(name, network, head, self.image_shape)
        network_checks.check_range(name, network, head)
        network_checks.check_examples_apart(
            name, network, "the energy", "it has to be that of one image"
        )
