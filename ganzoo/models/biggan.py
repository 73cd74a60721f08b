"""BigGAN: large scale GAN training for high fidelity natural image synthesis.

Reference:
    [Brock et al., 2019](https://arxiv.org/abs/1809.11096)
"""

import math

import keras
from keras import ops

from ganzoo.game.kinds.conditional_hinge import ConditionalHinge
from ganzoo.game.sampling import check_truncation
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class BigGAN(ConditionalHinge):
    """The hinge game of wide residual networks, spectrally normalised in both players.

    `D` projects features on the label, as in `ProjectionGAN`. The networks are in
    `ganzoo/networks/biggan.py`; others of labels are allowed. `generate(truncation=τ)`
    draws latents whose numbers are all in [-τ, τ].

    Args:
        image_shape: tuple. `(height, width, channels)`, for the networks of the
            authors' code for CIFAR-10. They are wide: for a CPU make narrower ones,
            with `filters=8`.
        num_classes: int. Labels are integers from 0 to `num_classes - 1`.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` and integer
            labels `(batch,)` to images.
        discriminator: `keras.Model`. `D`, from images and integer labels `(batch,)`
            to `(batch, 1)`.
        class_names: sequence of strings or None. A name for each class, in the order
            of the labels, which `generate` then takes as well.
        discriminator_steps: int. Updates of `D` for each update of `G`, 4 by default,
            as in the authors' script for CIFAR-10.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If a network takes no labels, or as in `AdversarialModel`.
    """

    default_discriminator_steps = 4
    condition_names = ("labels", "truncation")
    optional_conditions = ("truncation",)

    own_networks = ("biggan_generator", "biggan_discriminator")

    def conditions(self, n, labels, truncation):
        """A label for each of `n` images; the truncation is that of their latents."""
        check_truncation(self, truncation)
        return super().conditions(n, labels)

    def truncated_prior(self, shape, seed, truncation):
        """Latents of N(0, 1), of which those beyond `truncation` are drawn again.

        By the inverse of the distribution that this has.
        """
        within = math.erf(truncation / math.sqrt(2))
        u = keras.random.uniform(shape, -within, within, seed=seed)
        return ops.clip(math.sqrt(2) * ops.erfinv(u), -truncation, truncation)

    @staticmethod
    def default_optimizer():
        """Adam with α = 0.0002, β₁ = 0 and β₂ = 0.999, of the script for CIFAR-10."""
        return keras.optimizers.Adam(2e-4, beta_1=0.0, beta_2=0.999)

    @classmethod
    def settings_for_folder(cls, image_size):
        sections = folder_settings.of_networks(*cls.own_networks, filters=8)
        return folder_settings.with_adam(sections, beta_1=0.0, beta_2=0.999)
