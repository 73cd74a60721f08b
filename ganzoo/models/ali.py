"""ALI: adversarially learned inference.

Reference:
    [Dumoulin et al., 2017](https://arxiv.org/abs/1606.00704)
"""

import keras

from ganzoo import networks
from ganzoo.game import network_checks
from ganzoo.game.kinds.bidirectional import Bidirectional
from ganzoo.game.kinds.encoding import GaussianEncoding
from ganzoo.networks import folder_settings

LATENTS = 64  # of the paper's model of CIFAR-10


@keras.saving.register_keras_serializable("ganzoo")
class ALI(GaussianEncoding, Bidirectional):
    """GAN with a stochastic encoder; `D` tells `(x, ẑ)` from `(G(z), z)`.

    The encoder gives each image a distribution of latents, from which it draws:
    `ẑ = μ(x) + σ(x) ε` with `ε ~ N(0, I)`, Equation 2. Encoder and generator are one
    player. The losses are those of `Bidirectional`.

    Args:
        image_shape: tuple. `(height, width, channels)`, for DCGAN's networks.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. `D`, from images and latents to `(batch, 1)`.
        encoder: `keras.Model`. From images to means and logarithms of the standard
            deviations, `[μ, log σ]`, of shape `(batch, 2 * latent_dim)`.
        discriminator_steps: int. Updates of `D` for each update of the other two.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If the encoder returns no two numbers for each latent, or as in
            `AdversarialModel`.
    """

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
            shape = image_shape, LATENTS
            generator = generator or networks.dcgan_generator(*shape)
            discriminator = discriminator or networks.dcgan_joint_discriminator(*shape)
            encoder = encoder or networks.dcgan_encoder(*shape, stochastic=True)
        super().__init__(
            generator, discriminator, image_shape=image_shape, encoder=encoder, **kwargs
        )

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.0001 and β₁ = 0.5, the tables of the appendix."""
        return keras.optimizers.Adam(1e-4, beta_1=0.5)

    def check_encoder(self):
        if network_checks.output_shape(self.encoder) == (self.latent_dim,):
            raise ValueError(
                "The `encoder` of ALI is stochastic and returns two numbers for each "
                "latent, its mean and its log σ: BiGAN is the deterministic one. "
                f"Received: encoder with an output of shape {(self.latent_dim,)}, for "
                f"latents of that size."
            )
        super().check_encoder()

    @classmethod
    def settings_for_folder(cls, image_size):
        return folder_settings.with_encoder(
            "dcgan_encoder", "dcgan_joint_discriminator", stochastic=True
        )
