"""BigBiGAN: large scale adversarial representation learning.

Reference:
    [Donahue & Simonyan, 2019](https://arxiv.org/abs/1907.02544)
"""

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game.kinds.bidirectional import OfPairs
from ganzoo.game.kinds.encoding import GaussianEncoding
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class BigBiGAN(GaussianEncoding, OfPairs):
    """The hinge game of pairs `(x, ẑ)` and `(G(z), z)`, with BigGAN's networks.

    `D` returns three scores: of the image `s_x`, of the latent `s_z`, and of the pair
    `s_xz`. Each of them plays a hinge game of its own. The encoder draws
    `ẑ = μ(x) + σ(x) ε` with `ε ~ N(0, I)`. Encoder and generator are one player.

    Args:
        image_shape: tuple. `(height, width, channels)`, for networks as wide as the
            authors of BigGAN have for CIFAR-10. For a CPU make narrower ones, with
            `filters=8`.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. `D`, from images and latents to `(batch, 3)`.
        encoder: `keras.Model`. From images to means and logarithms of the standard
            deviations, `[μ, log σ]`, of shape `(batch, 2 * latent_dim)`.
        discriminator_steps: int. Updates of `D` for each update of the other two, 2 by
            default.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If the discriminator returns no three scores, the encoder no two
            numbers for each latent, or as in `AdversarialModel`.
    """

    logit_count = 3
    # Three scores of 0, each 1 for data and 1 for samples.
    undecided_loss = 6.0
    default_discriminator_steps = 2
    lacks = {"roth_weight": "its scores are margins, and no log-odds of data"}

    def __init__(
        self,
        image_shape=None,
        *,
        generator=None,
        discriminator=None,
        encoder=None,
        **kwargs,
    ):
        if image_shape is not None:
            shape = image_shape, _count_latents(image_shape[0])
            generator = generator or networks.bigbigan_generator(*shape)
            discriminator = discriminator or networks.bigbigan_discriminator(*shape)
            encoder = encoder or networks.bigbigan_encoder(*shape)
        super().__init__(
            generator, discriminator, image_shape=image_shape, encoder=encoder, **kwargs
        )

    def discriminator_loss(self, x):
        """Σ_s E[max(0, 1 − s(x, ẑ))] + E[max(0, 1 + s(G(z), z))], s of s_x, s_z, s_xz.

        The hinge is that of each score, and not of their sum.
        """
        on_data = _total(ops.relu(1 - self.D(self.data_inputs(x))))
        return on_data + _total(ops.relu(1 + self.D(self.sample_inputs(x))))

    def generator_loss(self, x):
        """Σ_s E[s(x, ẑ)] − E[s(G(z), z)], of encoder and generator."""
        on_data = _total(self.D(self.data_inputs(x)))
        return on_data - _total(self.D(self.sample_inputs(x)))

    @staticmethod
    def default_optimizer():
        """Adam with α = 0.0002, β₁ = 0 and β₂ = 0.999, as BigGAN has for CIFAR-10."""
        return keras.optimizers.Adam(2e-4, beta_1=0.0, beta_2=0.999)

    @classmethod
    def settings_for_folder(cls, image_size):
        widths = {"filters": 8, "latent_dim": _count_latents(image_size)}
        names = "bigbigan_generator", "bigbigan_discriminator"
        sections = {
            **folder_settings.of_networks(*names, **widths),
            "encoder": {"network": "bigbigan_encoder", **widths},
        }
        return folder_settings.with_adam(sections, beta_1=0.0, beta_2=0.999)


def _total(scores):
    """The sum of the scores of an example, `(batch, 3)`, in the mean over examples."""
    return ops.mean(ops.sum(scores, axis=-1))


def _count_latents(height):
    """How many latents divide into parts for the blocks of `bigbigan_generator`."""
    return 140 if height >= 256 else 120
