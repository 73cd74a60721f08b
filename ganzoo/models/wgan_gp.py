"""WGAN-GP: improved training of Wasserstein GANs.

Reference:
    [Gulrajani et al., 2017](https://arxiv.org/abs/1704.00028)
"""

import keras

from ganzoo import networks
from ganzoo.game.kinds.wasserstein import GradientPenalized
from ganzoo.game.view.chain import packed_shape
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class WGANGP(GradientPenalized):
    """GAN whose critic estimates the Wasserstein distance of samples from data.

    The estimate holds while the critic is 1-Lipschitz. A penalty keeps it so, drawing
    the norm of its gradient to 1 on segments between real and generated examples. As
    the penalty is for each example alone, the critic must not use batch normalisation.
    For layer normalisation there is `ganzoo.layers.LayerNormalization`. The losses are
    those of `GradientPenalized`.

    Args:
        image_shape: tuple. `(height, width, channels)`, for DCGAN's networks without
            normalisation in the critic.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. The critic `D`, from images to `(batch, 1)`.
        discriminator_steps: int. Critic updates for each update of `G`, `n_critic`;
            5 by default.
        penalty_weight: float. `λ`, positive.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If the critic has a batch normalisation; in `fit` on TensorFlow, if
            it has Keras's layer or group normalisation, whose second derivative is
            wrong there.
    """

    def __init__(
        self,
        image_shape=None,
        *,
        generator=None,
        discriminator=None,
        penalty_weight=10.0,
        **kwargs,
    ):
        if image_shape is not None:
            generator = generator or networks.dcgan_generator(image_shape, 128)
            discriminator = discriminator or networks.dcgan_discriminator(
                packed_shape(image_shape, **kwargs), normalization=None
            )
        super().__init__(
            generator,
            discriminator,
            image_shape=image_shape,
            penalty_weight=penalty_weight,
            **kwargs,
        )

    @classmethod
    def settings_for_folder(cls, image_size):
        sections = folder_settings.of_latents(image_size, r1_weight=None)
        if sections["discriminator"]["network"] == "dcgan_discriminator":
            sections["discriminator"]["normalization"] = "layer"
        return folder_settings.with_adam(
            sections, learning_rate=1e-4, beta_1=0.0, beta_2=0.9
        )
