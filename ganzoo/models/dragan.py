"""DRAGAN: on convergence and stability of GANs.

Reference:
    [Kodali et al., 2017](https://arxiv.org/abs/1705.07215)
"""

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.view.chain import packed_shape
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class DRAGAN(AdversarialModel):
    """GAN whose discriminator has a gradient of norm 1 around the data.

    As the penalty is for each example alone, the discriminator must not use batch
    normalisation. For layer normalisation there is `ganzoo.layers.LayerNormalization`.

    Args:
        image_shape: tuple. `(height, width, channels)`, for DCGAN's networks without
            normalisation in the discriminator.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. `D`, from images to logits `(batch, 1)`.
        penalty_weight: float. `λ`, positive.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If the discriminator has a batch normalisation; in `fit` on
            TensorFlow, if it has Keras's layer or group normalisation, whose second
            derivative is wrong there.
    """

    smooths_labels = True
    # The penalty is one.
    penalizes_slope = True

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
            generator = generator or networks.dcgan_generator(image_shape)
            discriminator = discriminator or networks.dcgan_discriminator(
                packed_shape(image_shape, **kwargs), normalization=None
            )
        super().__init__(generator, discriminator, image_shape=image_shape, **kwargs)
        checks.check_weight("penalty_weight", penalty_weight)
        self.penalty_weight = penalty_weight

    def discriminator_loss(self, x):
        """−E[log D(x)] − E[log(1 − D(G(z)))] + λ E[(‖∇D(x̂)‖ − 1)²]."""
        x_fake = self.G(self.sample_z(x))
        log_fake = ops.log_sigmoid(-self.D(x_fake))
        loss = -ops.mean(self.log_real(self.D(x))) - ops.mean(log_fake)
        penalty = self.unit_slope_penalty(self.around_data(x))
        return loss + self.current(self.penalty_weight) * penalty

    def generator_loss(self, x):
        """−E[log D(G(z))], as for GAN."""
        x_fake = self.G(self.sample_z(x))
        return -ops.mean(ops.log_sigmoid(self.D(x_fake)))

    def around_data(self, x):
        """Points x̂ = x + α δ, δ = ½ std(x) U[0, 1) for each pixel, one α ~ U[0, 1].

        As in the authors' code, which adds to all pixels and subtracts from none; the
        paper has δ ~ N(0, c I).
        """
        delta = ops.std(x) / 2 * self.sample_uniform(x, x.shape[1:])
        return x + self.sample_uniform(x) * delta

    @staticmethod
    def default_optimizer():
        """Adam with α = 0.0001, β₁ = 0.5 and β₂ = 0.9, as in the authors' code."""
        return keras.optimizers.Adam(1e-4, beta_1=0.5, beta_2=0.9)

    @classmethod
    def settings_for_folder(cls, image_size):
        sections = folder_settings.of_latents(image_size, r1_weight=None)
        if sections["discriminator"]["network"] == "dcgan_discriminator":
            sections["discriminator"]["normalization"] = "layer"
        return sections

    def get_config(self):
        weight = keras.saving.serialize_keras_object(self.penalty_weight)
        return {**super().get_config(), "penalty_weight": weight}
