"""R3GAN: the GAN is dead; long live the GAN! A modern GAN baseline.

Reference:
    [Huang et al., 2024](https://arxiv.org/abs/2501.05441)
"""

import keras

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game.kinds.relativistic import Relativistic
from ganzoo.game.view.chain import packed_shape
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class R3GAN(Relativistic):
    """The relativistic game with R1 and R2, of residual networks without normalisation.

    The losses are those of `RpGAN`, with `γ/2 E[‖∇D‖²]` on data and on samples in each
    update of `D`. `γ` falls to a tenth and Adam's `β₂` rises from 0.9 to 0.99, as
    cosines over the first images.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the networks of the
            authors' setting for CIFAR-10. They are wide: for a CPU make narrower ones,
            with `filters=32`.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. `D`, from images to logits `(batch, 1)`.
        penalty_weight: float. `γ` at the beginning, positive, unless `r1_weight` and
            `r2_weight` say otherwise. That for CIFAR-10 is 0.05.
        burn_in: int. Over how many images of data `γ` and `β₂` change.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If `penalty_weight` or `burn_in` is not positive, or as in
            `AdversarialModel`.
    """

    ends_linear = True

    def __init__(
        self,
        image_shape=None,
        *,
        generator=None,
        discriminator=None,
        penalty_weight=0.05,
        burn_in=20_000_000,
        **kwargs,
    ):
        checks.check_positive("penalty_weight", penalty_weight)
        checks.check_count("burn_in", burn_in)
        if image_shape is not None:
            generator = generator or networks.r3gan_generator(image_shape)
            discriminator = discriminator or networks.r3gan_discriminator(
                packed_shape(image_shape, **kwargs)
            )
        weight = keras.optimizers.schedules.CosineDecay(
            penalty_weight, burn_in, alpha=0.1
        )
        kwargs = {"r1_weight": weight, "r2_weight": weight, **kwargs}
        super().__init__(generator, discriminator, image_shape=image_shape, **kwargs)
        self.penalty_weight = penalty_weight
        self.burn_in = burn_in

    def schedules(self, player):
        """`β₂` of both players, `1 − β₂` falling from 0.1 to 0.01 as a cosine."""
        optimizer = getattr(self, f"{player}_optimizer")
        if not hasattr(getattr(optimizer, "inner_optimizer", optimizer), "beta_2"):
            return {}
        falling = keras.optimizers.schedules.CosineDecay(0.1, self.burn_in, alpha=0.1)
        return {"beta_2": lambda images: 1 - falling(images)}

    @staticmethod
    def default_optimizer():
        """Adam with α = 0.0002, β₁ = 0 and β₂ = 0.9, which `schedules` changes."""
        return keras.optimizers.Adam(2e-4, beta_1=0.0, beta_2=0.9)

    @classmethod
    def settings_for_folder(cls, image_size):
        return cls.settings_of("r3gan_generator", "r3gan_discriminator")

    @staticmethod
    def settings_of(*networks):
        """Those of `settings_for_folder`, of two functions of `ganzoo.networks`."""
        sections = folder_settings.of_networks(*networks)
        return folder_settings.with_adam(sections, beta_1=0.0, beta_2=0.9)

    def get_config(self):
        return {
            **super().get_config(),
            "penalty_weight": self.penalty_weight,
            "burn_in": self.burn_in,
        }
