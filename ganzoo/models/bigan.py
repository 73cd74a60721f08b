"""BiGAN: adversarial feature learning.

Reference:
    [Donahue et al., 2017](https://arxiv.org/abs/1605.09782)
"""

import keras

from ganzoo import networks
from ganzoo.game.kinds.bidirectional import Bidirectional
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class BiGAN(Bidirectional):
    """GAN with an encoder `E`; `D` tells pairs `(x, E(x))` from pairs `(G(z), z)`.

    `E` and `G` are one player: each step trains them together, against `D`. The losses
    are those of `Bidirectional`.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the paper's networks.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. `D`, from images and latents to `(batch, 1)`.
        encoder: `keras.Model`. `E`, from images to latents `(batch, latent_dim)`.
        discriminator_steps: int. Updates of `D` for each update of `G` and `E`.
        seed: int or None. Seed of the game's draws.
    """

    latent_range = (-1.0, 1.0)

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

    def prior(self, shape, seed):
        """Latents z ~ U[−1, 1]^d, Section 4.1."""
        return keras.random.uniform(shape, -1.0, 1.0, seed=seed)

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.0002 and β₁ = 0.5, Section 4.1."""
        return keras.optimizers.Adam(2e-4, beta_1=0.5)

    @classmethod
    def settings_for_folder(cls, image_size):
        return folder_settings.with_encoder(
            "dcgan_encoder", "dcgan_joint_discriminator"
        )
