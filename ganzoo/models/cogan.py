"""CoGAN: coupled generative adversarial networks.

Reference:
    [Liu & Tuzel, 2016](https://arxiv.org/abs/1606.07536)
"""

import math

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game import network_checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.inputs.parts import Images
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class CoGAN(AdversarialModel):
    """Two GANs that share layers, for pairs of images out of data without pairs.

    `fit(x, y)` takes images of two domains, of any numbers: which belong together is
    not known, and each domain has an order of its own. One latent gives an image of
    each domain. Nothing but the shared layers makes them correspond.

    Each player is one `keras.Model` of one graph: the generator has two outputs, and
    the discriminator two inputs and two outputs, a logit for each domain.

    Args:
        image_shape: tuple. `(height, width, channels)` of the first domain, for the
            paper's networks.
        second_shape: tuple or None. Of the second; None for the same.
        generator: `keras.Model`. `G₁` and `G₂`, from latents `(batch, latent_dim)` to a
            list of images of both domains.
        discriminator: `keras.Model`. `D₁` and `D₂`, from a list of images of both
            domains to a list of logits.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.
    """

    latent_range = (-1.0, 1.0)
    parts = {"x": Images("image_shape"), "y": Images("second_shape")}
    paired = False
    domains = ("first", "second")
    smooths_labels = True
    # −2 log ½ for each domain.
    undecided_loss = 4 * math.log(2)

    def __init__(
        self,
        image_shape=None,
        *,
        second_shape=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        if image_shape is not None:
            shapes = (image_shape, second_shape or image_shape)
            generator = generator or networks.cogan_generator(*shapes)
            discriminator = discriminator or networks.cogan_discriminator(*shapes)
        super().__init__(generator, discriminator, image_shape=image_shape, **kwargs)
        network_checks.check_image_shape(
            "second_shape", second_shape, self.second_shape
        )

    def discriminator_loss(self, batch):
        """Σᵢ −E[log Dᵢ(xᵢ)] − E[log(1 − Dᵢ(Gᵢ(z)))], i of both domains, one z."""
        x, y = batch
        real, fake = self.D([x, y]), self.D(self.G(self.sample_z(x)))
        log_real = sum(ops.mean(self.log_real(logit)) for logit in real)
        log_fake = sum(ops.mean(ops.log_sigmoid(-logit)) for logit in fake)
        return -log_real - log_fake

    def generator_loss(self, batch):
        """Σᵢ −E[log Dᵢ(Gᵢ(z))], i of both domains, one z; non-saturating."""
        x, _ = batch
        fake = self.D(self.G(self.sample_z(x)))
        return -sum(ops.mean(ops.log_sigmoid(logit)) for logit in fake)

    def prior(self, shape, seed):
        """Latents z ~ U[−1, 1]^d, as in the authors' code for digits."""
        return keras.random.uniform(shape, -1.0, 1.0, seed=seed)

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.0002 and β₁ = 0.5, as in the authors' code."""
        return keras.optimizers.Adam(2e-4, beta_1=0.5, beta_2=0.999)

    @property
    def second_shape(self):
        """Shape of an image of the second domain, `(height, width, channels)`."""
        return self.image_shapes[1]

    @classmethod
    def settings_for_folder(cls, image_size):
        sections = folder_settings.of_networks("cogan_generator", "cogan_discriminator")
        sections["discriminator"] = {"network": "cogan_discriminator"}
        return sections
