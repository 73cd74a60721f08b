"""WGAN-GP: improved training of Wasserstein GANs.

Reference:
    [Gulrajani et al., 2017](https://arxiv.org/abs/1704.00028)
"""

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.view.chain import packed_shape
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class WGANGP(AdversarialModel):
    """GAN whose critic estimates the Wasserstein distance of samples from data.

    The estimate holds while the critic is 1-Lipschitz. A penalty keeps it so, drawing
    the norm of its gradient to 1 on segments between real and generated examples. As
    the penalty is for each example alone, the critic must not use batch normalisation.
    For layer normalisation there is `ganzoo.layers.LayerNormalization`.

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
            **kwargs,
        )
        checks.check_weight("penalty_weight", penalty_weight)
        self.penalty_weight = penalty_weight

    default_discriminator_steps = 5
    # The penalty is one.
    penalizes_slope = True

    def discriminator_loss(self, x):
        """E[D(x̃)] − E[D(x)] + λ E[(‖∇D(x̂)‖ − 1)²], Equation 3."""
        x_tilde = self.G(self.sample_z(x))
        wasserstein = ops.mean(self.D(x_tilde)) - ops.mean(self.D(x))
        return wasserstein + self.penalty_weight * self.gradient_penalty(x, x_tilde)

    def generator_loss(self, x):
        """−E[D(G(z))], Algorithm 1, line 12."""
        return -ops.mean(self.D(self.G(self.sample_z(x))))

    def gradient_penalty(self, x, x_tilde):
        """E[(‖∇D(x̂)‖ − 1)²] at x̂ = ε x + (1 − ε) x̃, one ε ~ U[0, 1] per example."""
        epsilon = self.sample_uniform(x)
        return self.unit_slope_penalty(epsilon * x + (1 - epsilon) * x_tilde)

    @staticmethod
    def default_optimizer():
        """Adam with α = 0.0001, β₁ = 0 and β₂ = 0.9, Algorithm 1."""
        return keras.optimizers.Adam(1e-4, beta_1=0.0, beta_2=0.9)

    @classmethod
    def settings_for_folder(cls, image_size):
        sections = folder_settings.of_latents(image_size, r1_weight=None)
        if sections["discriminator"]["network"] == "dcgan_discriminator":
            sections["discriminator"]["normalization"] = "layer"
        return folder_settings.with_adam(
            sections, learning_rate=1e-4, beta_1=0.0, beta_2=0.9
        )

    def get_config(self):
        return {**super().get_config(), "penalty_weight": self.penalty_weight}
