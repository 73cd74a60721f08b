"""EBGAN: energy-based generative adversarial network.

Reference:
    [Zhao et al., 2017](https://arxiv.org/abs/1609.03126)
"""

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game import network_checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.kinds.energies import EnergyBased
from ganzoo.networks import folder_settings

# What the mean squared difference of two images in [-1, 1] is below.
MOST = 4


@keras.saving.register_keras_serializable("ganzoo")
class EBGAN(EnergyBased, AdversarialModel):
    """GAN whose discriminator is an autoencoder, and gives images energies.

    `D` reconstructs data well, and samples badly: until their energy is that of the
    margin, each for itself. `G` wants low energies, and, by the pulling-away term,
    samples whose codes point in directions as different as possible.

    Args:
        image_shape: tuple. `(height, width, channels)`, for DCGAN's generator and an
            autoencoder of such layers.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. The autoencoder, from images to a dict:
            "reconstruction", images, and "code", `(batch, d)`.
        margin: float. `m`, positive: the energy of a sample that `D` is content with.
            Energies are a mean over the pixels, and less than 4.
        pulling_weight: float. Weight of the pulling-away term; 0 for none. With it, a
            batch must have two images or more.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If the margin or the weight is out of range, the discriminator has
            no code for the pulling-away term, or as in `EnergyBased`; in `fit`, with
            that term, for batches of one image, and on several devices on TensorFlow.
    """

    def __init__(
        self,
        image_shape=None,
        *,
        generator=None,
        discriminator=None,
        margin=1.0,
        pulling_weight=0.1,
        **kwargs,
    ):
        checks.check_positive("margin", margin)
        if margin >= MOST:
            raise ValueError(
                f"`margin` must be less than {MOST}, the most that an energy can be: "
                f"no sample would be far enough for `D`. Received: margin={margin}."
            )
        if pulling_weight != 0:
            checks.check_positive("pulling_weight", pulling_weight)
        if image_shape is not None:
            generator = generator or networks.dcgan_generator(image_shape)
            discriminator = discriminator or networks.ebgan_discriminator(image_shape)
        super().__init__(generator, discriminator, image_shape=image_shape, **kwargs)
        if pulling_weight:
            network_checks.check_head_shape(
                "discriminator", self.discriminator, "code", (None,)
            )
        self.margin = margin
        self.pulling_weight = pulling_weight

    def discriminator_loss(self, x):
        """E[D(x)] + E[max(0, m − D(G(z)))], Equation 1."""
        on_data = ops.mean(self.D(x))
        self.note("real_energy", on_data)
        on_samples = self.D(self.G(self.sample_z(x)))
        return on_data + ops.mean(ops.relu(self.margin - on_samples))

    def generator_loss(self, x):
        """E[D(G(z))] + w f(S), Equation 2 and the pulling-away term of codes S."""
        x_fake = self.see(self.G(self.sample_z(x)))
        heads = self.judge_heads(x_fake)
        energy = ops.mean(self.distance(x_fake, heads["reconstruction"]))
        self.note("fake_energy", energy)
        if not self.pulling_weight:
            return energy
        return energy + self.pulling_weight * self.pulling_away(heads["code"])

    def distance(self, x, reconstruction):
        """‖Dec(Enc(x)) − x‖² / n of images of n pixels."""
        return ops.mean(ops.square(reconstruction - x), axis=(1, 2, 3))

    def pulling_away(self, codes):
        """Mean of cos²(Sᵢ, Sⱼ) over pairs of different codes; 0 of one code alone.

        f(S) = 1 / (N (N − 1)) Σᵢ Σ_{j ≠ i} (SᵢᵀSⱼ / ‖Sᵢ‖‖Sⱼ‖)².

        Args:
            codes: tensor `(N, d)`.
        """
        squared_norm = ops.sum(ops.square(codes), axis=1, keepdims=True)
        directions = codes * ops.rsqrt(ops.maximum(squared_norm, 1e-12))
        cosines = ops.matmul(directions, ops.transpose(directions))
        own = ops.sum(ops.square(ops.diagonal(cosines)))
        n = ops.cast(ops.shape(codes)[0], codes.dtype)
        pairs = ops.maximum(n * (n - 1), 1)
        return (ops.sum(ops.square(cosines)) - own) / pairs

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.001, as the paper has it for digits."""
        return keras.optimizers.Adam(1e-3)

    @property
    def min_examples(self):
        return 2 if self.pulling_weight else 1

    def check_trains(self):
        super().check_trains()
        if self.pulling_weight:
            checks.check_whole_batch(self, "compares the codes of")

    @classmethod
    def settings_for_folder(cls, image_size):
        return folder_settings.of_networks("dcgan_generator", "ebgan_discriminator")

    def get_config(self):
        return {
            **super().get_config(),
            "margin": self.margin,
            "pulling_weight": self.pulling_weight,
        }
