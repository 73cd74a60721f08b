"""BiGAN: adversarial feature learning.

Reference:
    [Donahue et al., 2017](https://arxiv.org/abs/1605.09782)
"""

import math

import keras
from keras import ops

from ganzoo import networks
from ganzoo.backend.prediction import predict
from ganzoo.game import network_checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.inputs.parts import Images
from ganzoo.networks import exporting
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class BiGAN(AdversarialModel):
    """GAN with an encoder `E`; `D` tells pairs `(x, E(x))` from pairs `(G(z), z)`.

    `E` and `G` are one player: each step trains them together, against `D`.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the paper's networks.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. `D`, from images and latents to `(batch, 1)`.
        encoder: `keras.Model`. `E`, from images to latents `(batch, latent_dim)`.
        discriminator_steps: int. Updates of `D` for each update of `G` and `E`.
        seed: int or None. Seed of the game's draws.
    """

    reconstructs = True
    network_names = ("generator", "discriminator", "encoder")
    # −2 log ½, as in Theorem 1 of Goodfellow et al.
    undecided_loss = 2 * math.log(2)

    def __init__(
        self,
        image_shape=None,
        *,
        generator=None,
        discriminator=None,
        encoder=None,
        **kwargs,
    ):
        if image_shape is not None:
            generator = generator or networks.bigan_generator(image_shape)
            discriminator = discriminator or networks.bigan_discriminator(image_shape)
            encoder = encoder or networks.bigan_encoder(image_shape)
        super().__init__(
            generator, discriminator, image_shape=image_shape, encoder=encoder, **kwargs
        )

    def discriminator_loss(self, x):
        """−E[log D(x, E(x))] − E[log(1 − D(G(z), z))], Equation 3."""
        z = self.sample_z(x)
        log_encoded = ops.log_sigmoid(self.D([x, self.E(x)]))
        log_generated = ops.log_sigmoid(-self.D([self.G(z), z]))
        return -ops.mean(log_encoded) - ops.mean(log_generated)

    def generator_loss(self, x):
        """−E[log(1 − D(x, E(x)))] − E[log D(G(z), z)], the inverse objective, 3.4."""
        z = self.sample_z(x)
        log_encoded = ops.log_sigmoid(-self.D([x, self.E(x)]))
        log_generated = ops.log_sigmoid(self.D([self.G(z), z]))
        return -ops.mean(log_encoded) - ops.mean(log_generated)

    def E(self, x):
        """Latents from the encoder, in the mode of the step at hand."""
        return self.play(self.encoder, x)

    def data_inputs(self, x):
        """The pair `(x, E(x))`."""
        return x, self.E(x)

    def sample_inputs(self, x):
        """The pair `(G(z), z)`."""
        z = self.sample_z(x)
        return self.G(z), z

    @property
    def generator_variables(self):
        return self.generator.trainable_variables + self.encoder.trainable_variables

    def prior(self, shape, seed):
        """Latents z ~ U[−1, 1]^d, Section 4.1."""
        return keras.random.uniform(shape, -1.0, 1.0, seed=seed)

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.0002 and β₁ = 0.5, Section 4.1."""
        return keras.optimizers.Adam(2e-4, beta_1=0.5)

    # === The way back ===

    def encode(self, images):
        """Latents of images, by the encoder in inference mode.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.

        Returns:
            float32 array `(n, latent_dim)`.

        Raises:
            ValueError: If the shape or the range is not that of the images.
        """
        part = Images(self.image_shape)
        part.check_values("images", images)
        with self.averaged():
            return predict(self.encoder, part.convert("images", images), 128)

    def reconstruct(self, images):
        """`G(E(x))`, both in inference mode.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.

        Returns:
            uint8 array `(n, height, width, channels)`.

        Raises:
            ValueError: If the shape or the range is not that of the images.
        """
        return self.decode(self.encode(images))

    def export(
        self, filepath, format="tf_saved_model", *, network="generator", **kwargs
    ):
        """Write the generator or the encoder: see `AdversarialModel.export`.

        Args:
            filepath: path. As in `AdversarialModel.export`, like what follows.
            format: str.
            network: str. "generator", or "encoder" for the way from float32 images
                in [-1, 1] to latents.
            **kwargs: Other arguments of `keras.Model.export`.

        Raises:
            ImportError: If a package is missing that converts to this format.
            ValueError: If `network` is neither, and as in `AdversarialModel.export`.
        """
        players = {"generator": self.generator, "encoder": self.encoder}
        if network not in players:
            raise ValueError(
                "`network` must be 'generator' or 'encoder'. "
                f"Received: network={network!r}."
            )
        with self.averaged():
            exporting.export(players[network], filepath, format, **kwargs)

    @classmethod
    def settings_for_folder(cls, image_size):
        sections = folder_settings.of_networks(
            "dcgan_generator", "dcgan_joint_discriminator"
        )
        encoder = {"network": "dcgan_encoder", **folder_settings.WIDTH}
        return {**sections, "encoder": encoder}

    def check_players(self):
        network_checks.check_latents(self.generator)
        network_checks.check_inputs(
            "discriminator",
            self.discriminator,
            {"the images": self.image_shape, "latents": (self.latent_dim,)},
        )
        network_checks.check_inputs(
            "encoder", self.encoder, {"the images": self.image_shape}
        )
        network_checks.check_output(
            "encoder", self.encoder, "latents", (self.latent_dim,)
        )
