"""UnrolledGAN: unrolled generative adversarial networks.

Reference:
    [Metz et al., 2017](https://arxiv.org/abs/1611.02163)
"""

import math

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game import network_checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.view.chain import packed_shape


@keras.saving.register_keras_serializable("ganzoo")
class UnrolledGAN(AdversarialModel):
    """GAN whose generator looks `K` steps of the discriminator ahead.

    `G` minimises the value that `D` would have after `K` steps of gradient ascent on
    the same images and latents, and the gradient goes through these steps. `D` itself
    takes one ordinary step. With `K = 0` it is `MinimaxGAN`.

    Args:
        image_shape: tuple. `(height, width, channels)`, for GAN's networks.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. `D`, from images to logits `(batch, 1)`.
        unrolling_steps: int. `K`. Time and memory of an update of `G` grow with it.
        unrolling_rate: float. `η` of the steps ahead, positive: 0.1 for points of a
            plane, far less for images.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If the steps or their rate are out of range; for a penalty on `D`,
            which the steps ahead would not have; in half precision; in `fit` on
            TensorFlow, on several devices, or if `D` has a normalisation whose second
            derivative is wrong there.
    """

    # −2 log ½, as in Theorem 1 of Goodfellow et al.
    undecided_loss = 2 * math.log(2)
    smooths_labels = True

    def __init__(
        self,
        image_shape=None,
        *,
        generator=None,
        discriminator=None,
        unrolling_steps=5,
        unrolling_rate=0.1,
        **kwargs,
    ):
        if image_shape is not None:
            generator = generator or networks.mlp_generator(image_shape)
            discriminator = discriminator or networks.maxout_discriminator(
                packed_shape(image_shape, **kwargs)
            )
        super().__init__(generator, discriminator, image_shape=image_shape, **kwargs)
        if not isinstance(unrolling_steps, int) or unrolling_steps < 0:
            raise ValueError(
                "`unrolling_steps` must be an int of at least 0. "
                f"Received: unrolling_steps={unrolling_steps!r}."
            )
        checks.check_positive("unrolling_rate", unrolling_rate)
        checks.check_no_penalties(self)
        self.unrolling_steps = unrolling_steps
        self.unrolling_rate = unrolling_rate

    def discriminator_loss(self, x):
        """−f(θ_G, θ_D), Equation 11."""
        return -self.value(x, self.G(self.sample_z(x)))

    def generator_loss(self, x):
        """Value f(θ_G, θ_D^K(θ_G, θ_D)), Equations 9 and 10."""
        x_fake = self.G(self.sample_z(x))
        theta = self.unrolled(x, x_fake)
        with self.substituted(self.discriminator_variables, theta):
            return self.value(x, x_fake)

    def value(self, x, x_fake):
        """The value f = E[log D(x)] + E[log(1 − D(G(z)))], Equation 4."""
        log_real = self.log_real(self.D(x))
        log_fake = ops.log_sigmoid(-self.D(x_fake))
        return ops.mean(log_real) + ops.mean(log_fake)

    def unrolled(self, x, x_fake):
        """Weights θ^K, by θ^0 = θ_D and θ^{k+1} = θ^k + η ∂f/∂θ^k: Equations 6, 7."""
        variables = self.discriminator_variables

        def value(*theta):
            with self.substituted(variables, theta):
                return self.value(x, x_fake)

        theta = [variable.value for variable in variables]
        for _ in range(self.unrolling_steps):
            slopes = self.gradient(value, theta)
            theta = [t + self.unrolling_rate * s for t, s in zip(theta, slopes)]
        return theta

    @staticmethod
    def default_optimizer(player):
        """Adam with β₁ = 0.5 at the rates of the authors' code, 0.0001 and 0.001."""
        rate = 1e-4 if player == "discriminator" else 1e-3
        return keras.optimizers.Adam(rate, beta_1=0.5)

    def check_trains(self):
        super().check_trains()
        if self.unrolling_steps:
            checks.check_whole_batch(self, "looks ahead on")
            network_checks.check_second_derivative(
                "discriminator", self.discriminator, fused=True
            )

    def get_config(self):
        return {
            **super().get_config(),
            "unrolling_steps": self.unrolling_steps,
            "unrolling_rate": self.unrolling_rate,
        }
