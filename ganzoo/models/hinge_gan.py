"""HingeGAN: the hinge losses, with spectral normalisation of the discriminator.

Reference:
    [Miyato et al., 2018](https://arxiv.org/abs/1802.05957)
"""

import keras

from ganzoo import networks
from ganzoo.game.kinds.hinge import Hinge
from ganzoo.game.view.chain import packed_shape
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class HingeGAN(Hinge):
    """GAN whose discriminator stops learning where it is right by a margin of 1.

    The losses are those of Lim & Ye (2017) and Tran et al. (2017). The default
    discriminator divides each kernel by its largest singular value; one without that
    is allowed.

    Args:
        image_shape: tuple. `(height, width, channels)`, for DCGAN's networks with
            spectral normalisation in the discriminator.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. `D`, from images to `(batch, 1)`.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.
    """

    def __init__(
        self, image_shape=None, *, generator=None, discriminator=None, **kwargs
    ):
        if image_shape is not None:
            generator = generator or networks.dcgan_generator(image_shape, 128)
            discriminator = discriminator or networks.dcgan_discriminator(
                packed_shape(image_shape, **kwargs), normalization="spectral"
            )
        super().__init__(generator, discriminator, image_shape=image_shape, **kwargs)

    @classmethod
    def settings_for_folder(cls, image_size):
        sections = folder_settings.of_latents(image_size)
        if sections["discriminator"]["network"] == "dcgan_discriminator":
            sections["discriminator"]["normalization"] = "spectral"
        return folder_settings.with_adam(sections, beta_1=0.0, beta_2=0.9)
