"""What a model does with its encoder: latents of images, and images of those."""

import keras
import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.backend import seeds
from ganzoo.backend.prediction import predict
from ganzoo.game import checks
from ganzoo.game import network_checks
from ganzoo.networks import exporting


class WithEncoder:
    """What an `AdversarialModel` has that has an encoder `E` of latents too."""

    encodes = True
    network_names = ("generator", "discriminator", "encoder")
    # Numbers that the encoder returns for each latent.
    numbers_of_latent = 1

    def E(self, x):
        """Latents from the encoder, in the mode of the step at hand."""
        return self.play(self.encoder, x)

    def encoded_latents(self, images):
        """Latents of images, whatever else `encode` tells of them.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.

        Returns:
            float32 array `(n, latent_dim)`.

        Raises:
            ValueError: If the shape or the range is not that of the images, or a stage
                has yet to train the encoder.
        """
        return self.encode(images)

    def run_encoder(self, images):
        """What the encoder returns for images, in inference mode, `(n, size)`."""
        self.check_trained("encoder")
        with self.averaged():
            return predict(self.encoder, self.to_pixels(images), 128)

    def export(
        self, filepath, format="tf_saved_model", *, network="generator", **kwargs
    ):
        """Write the generator or an encoder: see `AdversarialModel.export`.

        Args:
            filepath: path. As in `AdversarialModel.export`, like what follows.
            format: str.
            network: str. "generator", or "encoder" for the way from float32 images
                in [-1, 1] to what the encoder returns; of several encoders the name of
                one.
            **kwargs: Other arguments of `keras.Model.export`.

        Raises:
            ImportError: If a package is missing that converts to this format.
            ValueError: If `network` is neither, and as in `AdversarialModel.export`.
        """
        known = [name for name in self.network_names if name != "discriminator"]
        if network not in known:
            raise ValueError(
                f"`network` must be {' or '.join(map(repr, known))}. "
                f"Received: network={network!r}."
            )
        with self.averaged():
            exporting.export(self.players[network], filepath, format, **kwargs)

    def check_encoder(self):
        """Raise a ValueError unless the encoder maps images to latents."""
        images = {"the images": self.image_shape}
        network_checks.check_inputs("encoder", self.encoder, images)
        what = ("latents", "mean and log σ of latents")[self.numbers_of_latent - 1]
        size = self.numbers_of_latent * self.latent_dim
        network_checks.check_output("encoder", self.encoder, what, (size,))


class Encoding(WithEncoder):
    """What one does whose encoder tells all that the generator is told."""

    @property
    def reconstructs(self):
        """Whether no stage has yet to train the encoder."""
        return not self.untrained_stages("encoder")

    def encode(self, images):
        """Latents of images, by the encoder in inference mode.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.

        Returns:
            float32 array `(n, latent_dim)`.

        Raises:
            ValueError: If the shape or the range is not that of the images, or a stage
                has yet to train the encoder.
        """
        return self.run_encoder(images)

    def reconstruct(self, images, **options):
        """`G(E(x))`, both in inference mode.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.
            **options: None: those of other models are of a search.

        Returns:
            uint8 array `(n, height, width, channels)`.

        Raises:
            ValueError: If the shape or the range is not that of the images, a stage has
                yet to train the encoder, or options are given.
        """
        checks.check_no_search(self, options)
        return self.decode(self.encode(images))

    def attribute_vector(self, images_with, images_without):
        """The direction of an attribute: the mean latent with it, less that without.

        As in [Larsen et al., 2016](https://arxiv.org/abs/1512.09300).

        Args:
            images_with: images as `encode` takes them, one or more.
            images_without: The same.

        Returns:
            float32 array `(latent_dim,)`.

        Raises:
            ValueError: As in `encode`.
        """
        on, off = self.encode(images_with), self.encode(images_without)
        return on.mean(axis=0) - off.mean(axis=0)

    def add_attribute(self, images, vector, strength=1.0):
        """`G(E(x) + strength * vector)`: reconstructions with more of an attribute.

        Args:
            images: images as `encode` takes them.
            vector: array `(latent_dim,)`, as of `attribute_vector`.
            strength: float. How often it is added; below 0 it is taken away.

        Returns:
            uint8 array `(n, height, width, channels)`.

        Raises:
            ValueError: If the vector is of another shape, the strength no finite
                number, or as in `encode`.
        """
        number = np.asarray(strength)
        if number.shape or number.dtype.kind not in "iuf" or not np.isfinite(number):
            raise ValueError(
                f"`strength` must be a finite number. Received: strength={strength!r}."
            )
        vector = np.asarray(vector, "float32")
        if vector.shape != (self.latent_dim,):
            raise ValueError(
                "`vector` must be a direction of latents, of shape "
                f"{(self.latent_dim,)}. Received: vector of shape {vector.shape}."
            )
        return self.decode(self.encode(images) + np.float32(strength) * vector)


class GaussianEncoding(Encoding):
    """What one does whose encoder is stochastic: z = μ(x) + σ(x) ε, with ε ~ N(0, I).

    The encoder returns `[μ, log σ]`, `(batch, 2 * latent_dim)`.
    """

    numbers_of_latent = 2
    # The mean of log σ: 0 for that of N(0, I), and −∞ for an encoder without noise.
    note_names = ("log_sigma",)

    def E(self, x):
        """A draw z = μ(x) + σ(x) ε for each example, in the mode of the step."""
        return self.sample_code(*self.moments(x))

    def moments(self, x):
        """Means μ(x) and log σ(x) of the latents, in the mode of the step at hand."""
        return ops.split(self.play(self.encoder, x), 2, axis=-1)

    def sample_code(self, mu, log_sigma):
        """A draw z = μ + σ ε for each example; what log σ is goes into the history."""
        self.note("log_sigma", ops.mean(log_sigma))
        return mu + ops.exp(log_sigma) * self.sample_normal(mu)

    def sample_normal(self, x):
        """ε ~ N(0, I), one of the size of a latent for each example of `x`."""

        def draw(count):
            return keras.random.normal((count, self.latent_dim), seed=self.noise)

        return backend.per_example(draw, x)

    def encode(self, images, sample=False, seed=None):
        """Latents of images, by the encoder in inference mode.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.
            sample: bool. Whether to draw `μ + σ ε`, and not to return the mean `μ`.
            seed: int or None. Of the draws: the same seed gives the same. None draws
                new ones each time.

        Returns:
            float32 array `(n, latent_dim)`.

        Raises:
            ValueError: If the shape or the range is not that of the images, `sample` is
                no bool, or there is a seed and nothing to draw.
        """
        checks.check_bool("sample", sample)
        if seed is not None and not sample:
            raise ValueError(
                "`seed` is of draws: call `encode(images, sample=True, seed=...)`, or "
                f"leave it out. Received: sample={sample}, seed={seed}."
            )
        mu, log_sigma = np.split(self.run_encoder(images), 2, axis=1)
        if not sample:
            return mu
        numbers = self.evaluation_seed_generator
        if seed is not None:
            numbers = seeds.generator(seed)
        epsilon = keras.random.normal(mu.shape, seed=numbers)
        return mu + np.exp(log_sigma) * ops.convert_to_numpy(epsilon)
