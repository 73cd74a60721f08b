"""DCGAN: deep convolutional generative adversarial networks.

Reference:
    [Radford et al., 2016](https://arxiv.org/abs/1511.06434)
"""

import keras

from ganzoo import networks
from ganzoo.game.view.chain import packed_shape
from ganzoo.models.gan import GAN


@keras.saving.register_keras_serializable("ganzoo")
class DCGAN(GAN):
    """The game of GAN, played by all-convolutional networks (Section 3).

    The paper is about the networks, in `ganzoo/networks/dcgan.py`; the losses are
    those of Goodfellow et al.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the paper's networks: sides
            of 28, 32, 64, 128 or others that halve so.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. `D`, from images to logits `(batch, 1)`.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.
    """

    latent_range = (-1.0, 1.0)

    def __init__(
        self, image_shape=None, *, generator=None, discriminator=None, **kwargs
    ):
        if image_shape is not None:
            generator = generator or networks.dcgan_generator(image_shape)
            discriminator = discriminator or networks.dcgan_discriminator(
                packed_shape(image_shape, **kwargs)
            )
        super().__init__(
            image_shape, generator=generator, discriminator=discriminator, **kwargs
        )

    def prior(self, shape, seed):
        """Latents z ~ U[−1, 1]^d: a 100-dimensional uniform distribution, Figure 1."""
        return keras.random.uniform(shape, -1.0, 1.0, seed=seed)

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.0002 and β₁ = 0.5, Section 4."""
        return keras.optimizers.Adam(2e-4, beta_1=0.5)
