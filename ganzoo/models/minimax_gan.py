"""MinimaxGAN: generative adversarial nets, with the minimax loss of Equation 1.

Reference:
    [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661)
"""

import math

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.view.chain import packed_shape
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class MinimaxGAN(AdversarialModel):
    """The original game, whose generator minimises the minimax loss of Equation 1.

    `G` minimises the same value that `D` maximises. Where `D` is sure of a sample, this
    loss is flat and `G` learns next to nothing, which is why Section 3 replaces it: the
    replacement is `GAN`.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the paper's networks.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. `D`, from images to logits `(batch, 1)`.
        discriminator_steps: int. `k` in Algorithm 1.
        seed: int or None. Seed of the game's draws.
    """

    # −2 log ½, as in Theorem 1 of Goodfellow et al.
    undecided_loss = 2 * math.log(2)
    smooths_labels = True

    def __init__(
        self, image_shape=None, *, generator=None, discriminator=None, **kwargs
    ):
        if image_shape is not None:
            generator = generator or networks.mlp_generator(image_shape)
            discriminator = discriminator or networks.maxout_discriminator(
                packed_shape(image_shape, **kwargs)
            )
        super().__init__(generator, discriminator, image_shape=image_shape, **kwargs)

    def discriminator_loss(self, x):
        """−E[log D(x)] − E[log(1 − D(G(z)))], Equation 1."""
        x_fake = self.G(self.sample_z(x))
        log_fake = ops.log_sigmoid(-self.D(x_fake))
        return -ops.mean(self.log_real(self.D(x))) - ops.mean(log_fake)

    def generator_loss(self, x):
        """E[log(1 − D(G(z)))], Equation 1."""
        x_fake = self.G(self.sample_z(x))
        return ops.mean(ops.log_sigmoid(-self.D(x_fake)))

    @classmethod
    def settings_for_folder(cls, image_size):
        return folder_settings.of_latents(image_size)

    @staticmethod
    def default_optimizer():
        """SGD with momentum, as in the authors' published configuration."""
        return keras.optimizers.SGD(0.1, momentum=0.5)
