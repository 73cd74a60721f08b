"""RpGAN: the relativistic discriminator, in pairs.

Reference:
    [Jolicoeur-Martineau, 2019](https://arxiv.org/abs/1807.00734)
"""

import keras

from ganzoo import networks
from ganzoo.game.kinds.relativistic import Relativistic
from ganzoo.game.view.chain import packed_shape
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class RpGAN(Relativistic):
    """GAN whose discriminator says which of two images is the real one.

    Each image of data is paired with a sample, and only the difference of their logits
    counts, so the data are in the generator's loss too. The losses are those of
    `Relativistic`. With `r1_weight` and `r2_weight` it is the game of `R3GAN`.

    Args:
        image_shape: tuple. `(height, width, channels)`, for DCGAN's networks without
            normalisation in the discriminator.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. `D`, from images to logits `(batch, 1)`.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.
    """

    def __init__(
        self, image_shape=None, *, generator=None, discriminator=None, **kwargs
    ):
        if image_shape is not None:
            generator = generator or networks.dcgan_generator(image_shape)
            discriminator = discriminator or networks.dcgan_discriminator(
                packed_shape(image_shape, **kwargs), normalization=None
            )
        super().__init__(generator, discriminator, image_shape=image_shape, **kwargs)

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.0002, β₁ = 0.5 and β₂ = 0.999, as for DCGAN."""
        return keras.optimizers.Adam(2e-4, beta_1=0.5)

    @classmethod
    def settings_for_folder(cls, image_size):
        sections = folder_settings.of_latents(image_size)
        weight = sections.get("model", {"r1_weight": 0.05})["r1_weight"]
        sections["model"] = {"r1_weight": weight, "r2_weight": weight}
        if sections["discriminator"]["network"] == "dcgan_discriminator":
            sections["discriminator"]["normalization"] = "layer"
        return sections
