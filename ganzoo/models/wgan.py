"""WGAN: Wasserstein GAN.

Reference:
    [Arjovsky et al., 2017](https://arxiv.org/abs/1701.07875)
"""

import warnings

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.view.chain import packed_shape
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class WGAN(AdversarialModel):
    """GAN whose critic estimates the Wasserstein distance, by weights in a box.

    After each of its updates all weights of the critic, gains and biases too, are
    clipped to `[−c, c]`, which bounds its gradient. For the estimate alone the critic
    should be trained to its optimum; the paper updates it 5 times for each update of
    `G`, by an optimizer without momentum (Section 4.2).

    Args:
        image_shape: tuple. `(height, width, channels)`, for DCGAN's networks.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. The critic `D`, from images to `(batch, 1)`.
        discriminator_steps: int. Critic updates for each update of `G`, `n_critic`;
            5 by default.
        clip_value: float. `c`, positive.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If the clip value is not positive, or as in `AdversarialModel`.
    """

    def __init__(
        self,
        image_shape=None,
        *,
        generator=None,
        discriminator=None,
        clip_value=0.01,
        **kwargs,
    ):
        if image_shape is not None:
            generator = generator or networks.dcgan_generator(image_shape)
            discriminator = discriminator or networks.dcgan_discriminator(
                packed_shape(image_shape, **kwargs)
            )
        super().__init__(generator, discriminator, image_shape=image_shape, **kwargs)
        checks.check_positive("clip_value", clip_value)
        self.clip_value = clip_value

    default_discriminator_steps = 5

    def discriminator_loss(self, x):
        """E[D(G(z))] − E[D(x)], Algorithm 1, line 5, as a minimum."""
        x_fake = self.G(self.sample_z(x))
        return ops.mean(self.D(x_fake)) - ops.mean(self.D(x))

    def generator_loss(self, x):
        """−E[D(G(z))], Algorithm 1, line 10."""
        return -ops.mean(self.D(self.G(self.sample_z(x))))

    def after_discriminator_update(self):
        """Clip the weights, w ← clip(w, −c, c): Algorithm 1, line 7."""
        c = self.clip_value
        for w in self.discriminator_variables:
            w.assign(ops.clip(w, -c, c))

    @staticmethod
    def default_optimizer():
        """RMSProp with α = 0.00005, Algorithm 1; ρ and ε as in the authors' code."""
        return keras.optimizers.RMSprop(5e-5, rho=0.99, epsilon=1e-8)

    @classmethod
    def settings_for_folder(cls, image_size):
        sections = folder_settings.of_latents(image_size, r1_weight=None)
        average = folder_settings.AVERAGED
        rmsprop = {"name": "RMSprop", "learning_rate": 5e-5, "rho": 0.99, **average}
        return {**sections, "optimizer": rmsprop}

    def check_trains(self):
        super().check_trains()
        optimizer = self.discriminator_optimizer
        inner = getattr(optimizer, "inner_optimizer", optimizer)
        for name in ("beta_1", "momentum"):
            if getattr(inner, name, 0):
                warnings.warn(
                    "A critic with clipped weights may become unstable by momentum "
                    "(Arjovsky et al., 2017, Section 4.2): use RMSprop without, the "
                    f"default. Received: an optimizer {type(inner).__name__} with "
                    f"{name}={getattr(inner, name)}.",
                    stacklevel=4,
                )

    def get_config(self):
        return {**super().get_config(), "clip_value": self.clip_value}
