"""BEGAN: boundary equilibrium generative adversarial networks.

Reference:
    [Berthelot et al., 2017](https://arxiv.org/abs/1703.10717)
"""

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.kinds.energies import EnergyBased
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class BEGAN(EnergyBased, AdversarialModel):
    """GAN of an autoencoder `D`, whose energies of samples are kept `γ` of the data's.

    Samples have the weight `k` in the loss of `D`. It is a weight of the model, starts
    at 0, and after each step follows the balance `E[L(G(z))] = γ E[L(x)]`.

    Args:
        image_shape: tuple. `(height, width, channels)`, for networks as the paper's.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. The autoencoder, from images to a dict with
            "reconstruction", images.
        diversity: float. `γ` in (0, 1]: samples are the more different the higher it
            is, and the better the lower.
        k_rate: float. `λ_k`, positive: how fast `k` follows the balance.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If `diversity` or `k_rate` is out of range, or as in `EnergyBased`.
    """

    latent_range = (-1.0, 1.0)
    # M, how far the game has converged, and k.
    note_names = (*EnergyBased.note_names, "convergence", "k")

    def __init__(
        self,
        image_shape=None,
        *,
        generator=None,
        discriminator=None,
        diversity=0.5,
        k_rate=1e-3,
        **kwargs,
    ):
        checks.check_positive("diversity", diversity)
        if diversity > 1:
            raise ValueError(
                "`diversity` must be 1 at most, where samples would be reconstructed "
                f"no better than data. Received: diversity={diversity}."
            )
        checks.check_positive("k_rate", k_rate)
        if image_shape is not None:
            generator = generator or networks.began_generator(image_shape)
            discriminator = discriminator or networks.began_discriminator(image_shape)
        super().__init__(generator, discriminator, image_shape=image_shape, **kwargs)
        self.diversity = diversity
        self.k_rate = k_rate
        self.k = self.add_weight((), "zeros", trainable=False, name="k")

    def discriminator_loss(self, x):
        """E[L(x)] − k E[L(G(z))], with L the energy."""
        on_data = ops.mean(self.D(x))
        on_samples = ops.mean(self.D(self.G(self.sample_z(x))))
        self.note("real_energy", on_data)
        self.note("convergence", on_data + ops.abs(self.balance(on_data, on_samples)))
        self.note("k", self.k)
        return on_data - self.k * on_samples

    def generator_loss(self, x):
        """E[L(G(z))]."""
        on_samples = ops.mean(self.D(self.G(self.sample_z(x))))
        self.note("fake_energy", on_samples)
        return on_samples

    def distance(self, x, reconstruction):
        """L = |D(x) − x| / n of images of n pixels."""
        return ops.mean(ops.abs(reconstruction - x), axis=(1, 2, 3))

    def balance(self, on_data, on_samples):
        """What is missing to the balance, γ E[L(x)] − E[L(G(z))]."""
        return self.diversity * on_data - on_samples

    def after_step(self, notes):
        """Update k ← k + λ_k (γ E[L(x)] − E[L(G(z))]), clipped to [0, 1]."""
        missing = self.balance(notes["real_energy"], notes["fake_energy"])
        self.k.assign(ops.clip(self.k + self.k_rate * missing, 0.0, 1.0))

    def prior(self, shape, seed):
        """Latents z ~ U[−1, 1]^d, as in the code of Kim (carpedm20)."""
        return keras.random.uniform(shape, -1.0, 1.0, seed=seed)

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.0001."""
        return keras.optimizers.Adam(1e-4)

    @classmethod
    def settings_for_folder(cls, image_size):
        return folder_settings.of_networks("dcgan_generator", "ebgan_discriminator")

    def get_config(self):
        return {
            **super().get_config(),
            "diversity": self.diversity,
            "k_rate": self.k_rate,
        }
