"""LSGAN: least squares generative adversarial networks.

Reference:
    [Mao et al., 2017](https://arxiv.org/abs/1611.04076)
"""

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.view.chain import packed_shape
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class LSGAN(AdversarialModel):
    """GAN whose discriminator regresses to 1 on data and to 0 on samples.

    The 0-1 coding of Section 3.2.2: a = 0, b = c = 1.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the paper's networks.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. `D`, from images to `(batch, 1)`.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.
    """

    # Of D(x) = ½, halfway between 0 and 1.
    undecided_loss = 1 / 4

    def __init__(
        self, image_shape=None, *, generator=None, discriminator=None, **kwargs
    ):
        if image_shape is not None:
            generator = generator or networks.lsgan_generator(image_shape)
            discriminator = discriminator or networks.dcgan_discriminator(
                packed_shape(image_shape, **kwargs)
            )
        super().__init__(generator, discriminator, image_shape=image_shape, **kwargs)

    def discriminator_loss(self, x):
        """½ E[(D(x) − 1)²] + ½ E[D(G(z))²], Equation 9."""
        x_fake = self.G(self.sample_z(x))
        return ops.mean((self.D(x) - 1) ** 2) / 2 + ops.mean(self.D(x_fake) ** 2) / 2

    def generator_loss(self, x):
        """½ E[(D(G(z)) − 1)²], Equation 9."""
        x_fake = self.G(self.sample_z(x))
        return ops.mean((self.D(x_fake) - 1) ** 2) / 2

    @classmethod
    def settings_for_folder(cls, image_size):
        return folder_settings.of_latents(image_size)

    @staticmethod
    def default_optimizer():
        """Adam with β₁ = 0.5, Section 4.1; its smaller learning rate."""
        return keras.optimizers.Adam(2e-4, beta_1=0.5)
