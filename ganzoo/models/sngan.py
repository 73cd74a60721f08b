"""SNGAN: spectral normalization for generative adversarial networks.

Reference:
    [Miyato et al., 2018](https://arxiv.org/abs/1802.05957)
"""

import keras

from ganzoo import networks
from ganzoo.game.kinds.hinge import Hinge
from ganzoo.game.view.chain import packed_shape
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class SNGAN(Hinge):
    """The hinge game of residual networks, spectrally normalised in `D`.

    The losses are those of `HingeGAN`. The networks are the authors' for CIFAR-10, in
    `ganzoo/networks/sn_resnet.py`. A discriminator without spectral normalisation is
    allowed.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the paper's networks. They
            are wide: for a CPU make narrower ones, with `filters=32`.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. `D`, from images to `(batch, 1)`.
        discriminator_steps: int. Updates of `D` for each update of `G`, 5 by default.
        seed: int or None. Seed of the game's draws.
    """

    default_discriminator_steps = 5

    def __init__(
        self, image_shape=None, *, generator=None, discriminator=None, **kwargs
    ):
        if image_shape is not None:
            generator = generator or networks.sn_resnet_generator(image_shape)
            discriminator = discriminator or networks.sn_resnet_discriminator(
                packed_shape(image_shape, **kwargs)
            )
        super().__init__(generator, discriminator, image_shape=image_shape, **kwargs)

    @classmethod
    def settings_for_folder(cls, image_size):
        sections = folder_settings.of_networks(
            "sn_resnet_generator", "sn_resnet_discriminator"
        )
        return folder_settings.with_adam(sections, beta_1=0.0, beta_2=0.9)
