"""VAEGAN: autoencoding beyond pixels using a learned similarity metric.

Reference:
    [Larsen et al., 2016](https://arxiv.org/abs/1512.09300)
"""

import math

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game import network_checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.kinds.encoding import GaussianEncoding
from ganzoo.networks import folder_settings

LATENTS = 128  # of the authors' code


@keras.saving.register_keras_serializable("ganzoo")
class VAEGAN(GaussianEncoding, AdversarialModel):
    """Variational autoencoder that is trained by features of a discriminator.

    The decoder of the autoencoder is the generator `G`. How far a reconstruction is
    from its image is measured in a layer of `D`, and not in pixels. Encoder, decoder
    and discriminator each minimise a loss of their own.

    Args:
        image_shape: tuple. `(height, width, channels)`, for DCGAN's networks.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. `D`, from images to a dict: "logit", `(batch, 1)`,
            and "features", `(batch, ...)`, the layer `D_l` on the way to it.
        encoder: `keras.Model`. `E`, from images to means and logarithms of the standard
            deviations, `[μ, log σ]`, of shape `(batch, 2 * latent_dim)`.
        reconstruction_weight: float. `γ` of the reconstruction in the decoder's loss,
            beside the game. The sum over features grows with their number.
        discriminator_steps: int. Updates of `D` for each update of the other two.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If the discriminator has no such "features", the encoder returns
            no two numbers for each latent, the weight is not positive, or as in
            `AdversarialModel`.
    """

    # KL divergence, and squared distance in the layer of `D`.
    note_names = (*GaussianEncoding.note_names, "prior_loss", "reconstruction_loss")
    # −3 log ½: data, reconstructions and samples.
    undecided_loss = 3 * math.log(2)
    smooths_labels = True

    def __init__(
        self,
        image_shape=None,
        *,
        generator=None,
        discriminator=None,
        encoder=None,
        reconstruction_weight=0.01,
        **kwargs,
    ):
        checks.check_positive("reconstruction_weight", reconstruction_weight)
        if image_shape is not None:
            shape = image_shape, LATENTS
            generator = generator or networks.dcgan_generator(*shape)
            discriminator = discriminator or networks.vaegan_discriminator(image_shape)
            encoder = encoder or networks.dcgan_encoder(*shape, stochastic=True)
        super().__init__(
            generator, discriminator, image_shape=image_shape, encoder=encoder, **kwargs
        )
        self.reconstruction_weight = reconstruction_weight

    def discriminator_loss(self, x):
        """L_GAN = −E[log D(x)] − E[log(1 − D(G(z̃)))] − E[log(1 − D(G(z)))].

        With z̃ ~ q(z | x) of the encoder, and z of the prior.
        """
        on_data = -ops.mean(self.log_real(self.D(x)))
        return on_data - self.log_fake(self.G(self.E(x)), self.G(self.sample_z(x)))

    def generator_loss(self, x):
        """The encoder's loss and the decoder's, each for its own weights alone."""
        return self.apart(x, encoder=self.encoder_loss, generator=self.decoder_loss)

    def encoder_loss(self, x):
        """L_prior + L_like."""
        mu, log_sigma = self.moments(x)
        prior_loss = self.prior_loss(mu, log_sigma)
        x_tilde = self.G(self.sample_code(mu, log_sigma))
        reconstruction_loss = self.reconstruction_loss(x, x_tilde)
        self.note("prior_loss", prior_loss)
        self.note("reconstruction_loss", reconstruction_loss)
        return prior_loss + reconstruction_loss

    def decoder_loss(self, x):
        """γ L_like − L_GAN, but for the term of data, which has no gradient in G."""
        x_tilde = self.G(self.E(x))
        reconstruction_loss = self.reconstruction_loss(x, x_tilde)
        game = self.log_fake(x_tilde, self.G(self.sample_z(x)))
        return self.reconstruction_weight * reconstruction_loss + game

    def prior_loss(self, mu, log_sigma):
        """L_prior = KL(q(z | x) ‖ N(0, I)) = E[Σ ½ (μ² + σ² − 1) − log σ]."""
        of_latents = (mu**2 + ops.exp(2 * log_sigma) - 1) / 2 - log_sigma
        return ops.mean(ops.sum(of_latents, axis=-1))

    def reconstruction_loss(self, x, x_tilde):
        """L_like = E[½ ‖D_l(x) − D_l(x̃)‖²], −log N(D_l(x) | D_l(x̃), I) but a constant.

        By the images as they are, also where `D` is trained on changed ones.
        """
        features = (self.judge_heads(images)["features"] for images in (x, x_tilde))
        squares = ops.square(ops.subtract(*features))
        return ops.mean(ops.sum(squares, axis=tuple(range(1, len(squares.shape))))) / 2

    def log_fake(self, x_tilde, x_p):
        """E[log(1 − D(x̃))] + E[log(1 − D(x_p))], of reconstructions and samples."""
        on_both = (ops.log_sigmoid(-self.D(images)) for images in (x_tilde, x_p))
        return ops.add(*map(ops.mean, on_both))

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.0002 and β₁ = 0.5, as DCGAN has it."""
        return keras.optimizers.Adam(2e-4, beta_1=0.5)

    @property
    def generator_variables(self):
        return self.generator.trainable_variables + self.encoder.trainable_variables

    def check_discriminator(self):
        super().check_discriminator()
        network_checks.check_on_the_way("discriminator", self.discriminator, "features")

    def check_players(self):
        super().check_players()
        self.check_encoder()

    @classmethod
    def settings_for_folder(cls, image_size):
        return folder_settings.with_encoder(
            "dcgan_encoder", "vaegan_discriminator", stochastic=True
        )

    def get_config(self):
        return {
            **super().get_config(),
            "reconstruction_weight": self.reconstruction_weight,
        }
