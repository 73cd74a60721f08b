"""FAnoGAN: f-AnoGAN, fast unsupervised anomaly detection by a GAN and an encoder.

Reference:
    [Schlegl et al., 2019](https://doi.org/10.1016/j.media.2019.01.010)
"""

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game.inversion.distances import Squared
from ganzoo.game.kinds.encoding import Encoding
from ganzoo.game.kinds.wasserstein import GradientPenalized
from ganzoo.game.stages import Stage
from ganzoo.networks import folder_settings

LATENTS = 128


@keras.saving.register_keras_serializable("ganzoo")
class FAnoGAN(Encoding, GradientPenalized):
    """WGAN-GP of normal images, and then an encoder that tells how strange others are.

    `fit` plays the game of WGAN-GP. After that, `fit(stage="encoder")` trains `E`
    alone, so that `G(E(x))` is `x`, in pixels and in the features of `D`. An image that
    is no such image is then far from `G(E(x))`: see `anomaly_score`.

    Args:
        image_shape: tuple. `(height, width, channels)`, for DCGAN's networks without
            normalisation in the critic.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. The critic `D`, from images to `(batch, 1)`.
        encoder: `keras.Model`. `E`, from images to latents.
        residual_weight: float. `κ`, positive: of the features in the encoder's loss and
            in the score.
        discriminator_steps: int. As in `WGANGP`, like what follows.
        penalty_weight: float.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If the weight is not positive, the critic has no features, or as in
            `WGANGP`.
    """

    stages = {
        "encoder": Stage(
            "encoder_loss", ("encoder",), lambda: keras.optimizers.RMSprop(5e-5)
        )
    }
    anomaly_by = "encoder"

    def __init__(
        self,
        image_shape=None,
        *,
        generator=None,
        discriminator=None,
        encoder=None,
        residual_weight=1.0,
        **kwargs,
    ):
        if image_shape is not None:
            generator = generator or networks.dcgan_generator(image_shape, LATENTS)
            discriminator = discriminator or networks.dcgan_discriminator(
                image_shape, normalization=None
            )
            encoder = encoder or networks.dcgan_encoder(image_shape, LATENTS)
        super().__init__(
            generator, discriminator, image_shape=image_shape, encoder=encoder, **kwargs
        )
        checks.check_positive("residual_weight", residual_weight)
        self.residual_weight = residual_weight

    def encoder_loss(self, x):
        """Mean (x − G(E(x)))² + κ mean (f(x) − f(G(E(x))))², "izi_f" of the paper.

        `f` are the features of `D` before its last layer.
        """
        z = self.E(x)
        known = {"images": x, "mask": ops.ones_like(x[..., :1]), "conditions": []}
        return ops.mean(Squared(self.residual_weight)(self, z, self.G(z), known))

    def anomaly_distance(self, feature_weight):
        """What `encoder_loss` is the mean of."""
        return Squared(feature_weight)

    @property
    def anomaly_weight(self):
        return self.residual_weight

    @property
    def generator_variables(self):
        return self.generator.trainable_variables

    def check_players(self):
        super().check_players()
        self.check_encoder()
        self.check_features()

    @classmethod
    def settings_for_folder(cls, image_size):
        sections = folder_settings.with_encoder("dcgan_encoder", "dcgan_discriminator")
        sections["discriminator"]["normalization"] = "layer"
        return folder_settings.with_adam(
            sections, learning_rate=1e-4, beta_1=0.0, beta_2=0.9
        )

    def get_config(self):
        return {**super().get_config(), "residual_weight": self.residual_weight}
