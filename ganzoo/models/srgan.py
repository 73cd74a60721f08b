"""SRGAN: single images, enlarged by a generative adversarial network.

Reference:
    [Ledig et al., 2017](https://arxiv.org/abs/1609.04802)
"""

import math

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game import network_checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.kinds.enlarging import Enlarging
from ganzoo.game.lifecycle import serialize
from ganzoo.game.stages import Stage
from ganzoo.game.view.chain import packed_shape
from ganzoo.networks import folder_settings
from ganzoo.networks import sizes

SCALE = 4
# Of the paper, which divides VGG's features by 12.75.
FEATURE_WEIGHT = 1 / 12.75**2


@keras.saving.register_keras_serializable("ganzoo")
class SRGAN(Enlarging, AdversarialModel):
    """GAN that enlarges small images `x` to large ones `y`.

    `fit(x, y, stage="content")` trains `G` alone, so that `G(x)` is near `y` in its
    pixels: this is SRResNet. After that, `fit(x, y)` plays the game, in which `D` sees
    large images alone. `super_resolve` then enlarges images of any size.

    Args:
        image_shape: tuple. `(height, width, channels)` of the large images in training,
            for the paper's networks.
        scale: int or None. How many times as long their sides are as those of the small
            ones, 2 or 4. None for 4, or what the networks have.
        generator: `keras.Model`. `G`, from small to large images.
        discriminator: `keras.Model`. `D`, from large images to logits `(batch, 1)`.
        feature_network: `keras.Model` or None. `φ`, from large images in [-1, 1] to
            features, which the content loss compares. It is frozen, and saved with the
            model. None for pixels instead, the paper's SRGAN-MSE.
        content_weight: float or None. Of the content loss, positive. None for 1 of
            pixels, and of features for the paper's 1 / 12.75² of VGG's.
        adversarial_weight: float. `λ` of the game in the generator's loss, positive.
        relativistic: bool. Whether `D` tells how much more real one image is than
            others are on average, as in ESRGAN
            ([Wang et al., 2018](https://arxiv.org/abs/1809.00219)).
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If the scale is another, networks do not go with it, `φ` takes other
            images, a weight is not positive, or as in `AdversarialModel`.
    """

    note_names = ("content_loss", "adversarial_loss")
    stages = {
        "content": Stage(
            "pixel_loss",
            ("generator",),
            lambda: keras.optimizers.Adam(1e-4, beta_1=0.9),
            before=True,
        )
    }
    # −2 log ½, also of the relativistic form.
    undecided_loss = math.log(4)
    smooths_labels = True

    def __init__(
        self,
        image_shape=None,
        *,
        scale=None,
        generator=None,
        discriminator=None,
        feature_network=None,
        content_weight=None,
        adversarial_weight=1e-3,
        relativistic=False,
        **kwargs,
    ):
        if image_shape is not None:
            generator = generator or networks.srgan_generator(
                sizes.shrink(image_shape, scale or SCALE), image_shape
            )
            discriminator = discriminator or networks.srgan_discriminator(
                packed_shape(image_shape, **kwargs)
            )
        super().__init__(generator, discriminator, image_shape=image_shape, **kwargs)
        if scale not in (None, self.scale):
            raise ValueError(
                "Leave out `scale`: the generator has its own. Received: "
                f"scale={scale!r}, and a generator of scale {self.scale}."
            )
        if content_weight is None:
            content_weight = 1.0 if feature_network is None else FEATURE_WEIGHT
        checks.check_positive("content_weight", content_weight)
        checks.check_positive("adversarial_weight", adversarial_weight)
        checks.check_bool("relativistic", relativistic)
        if feature_network is not None:
            _check_features(feature_network, self.image_shape)
            feature_network.trainable = False
        self.feature_network = feature_network
        self.content_weight = content_weight
        self.adversarial_weight = adversarial_weight
        self.relativistic = relativistic

    def discriminator_loss(self, batch):
        """−E[log D(y)] − E[log(1 − D(G(x)))], which Equation 2 maximises.

        With `D` as of `judge_both`.
        """
        x, y = batch
        real, fake = self.judge_both(y, self.G(x))
        return -ops.mean(self.log_real(real)) - ops.mean(ops.log_sigmoid(-fake))

    def generator_loss(self, batch):
        """l_SR = w l_X + λ l_Gen, Equation 3: the content and the game."""
        x, y = batch
        y_fake = self.G(x)
        content_loss = self.content_loss(y, y_fake)
        adversarial_loss = self.adversarial_loss(y, y_fake)
        self.note("content_loss", content_loss)
        self.note("adversarial_loss", adversarial_loss)
        game = self.adversarial_weight * adversarial_loss
        return self.content_weight * content_loss + game

    def pixel_loss(self, batch):
        """l_MSE = E[mean (y − G(x))²], Equation 4."""
        x, y = batch
        return ops.mean(ops.square(y - self.G(x)))

    def content_loss(self, y, y_fake):
        """l_X = E[mean (φ(y) − φ(G(x)))²], Equation 5; without φ as in Equation 4."""
        return ops.mean(ops.square(self.phi(y) - self.phi(y_fake)))

    def adversarial_loss(self, y, y_fake):
        """l_Gen = −E[log D(G(x))], Equation 6.

        The relativistic form has a second half, −E[log(1 − D(y))], with `D` as of
        `judge_both`: Wang et al. (2018).
        """
        if not self.relativistic:
            return -ops.mean(ops.log_sigmoid(self.D(y_fake)))
        real, fake = self.judge_both(y, y_fake)
        return -ops.mean(ops.log_sigmoid(fake)) - ops.mean(ops.log_sigmoid(-real))

    def judge_both(self, y, y_fake):
        """Logits of data and of samples.

        In the relativistic form each is less the mean of the other kind, over the whole
        batch: C(y) − E[C(G(x))], and C(G(x)) − E[C(y)].
        """
        real, fake = self.D(y), self.D(y_fake)
        if not self.relativistic:
            return real, fake
        means = [self.mean_over_replicas(ops.mean(logit)) for logit in (real, fake)]
        return real - means[1], fake - means[0]

    def phi(self, images):
        """What the content loss compares of images: features, or their pixels."""
        if self.feature_network is None:
            return images
        features = self.feature_network(images, training=False)
        return ops.cast(features, self.variable_dtype)

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.0001 and β₁ = 0.9, Section 3.2."""
        return keras.optimizers.Adam(1e-4, beta_1=0.9)

    @classmethod
    def given(cls):
        return super().given() | {"feature_network"}

    @classmethod
    def settings_for_folder(cls, image_size):
        sections = folder_settings.of_networks("srgan_generator", "srgan_discriminator")
        sections["data"] = {"scale": SCALE}
        return folder_settings.with_adam(sections, learning_rate=1e-4, beta_1=0.9)

    def get_config(self):
        config = {
            **super().get_config(),
            "content_weight": self.content_weight,
            "adversarial_weight": self.adversarial_weight,
            "relativistic": self.relativistic,
        }
        if self.feature_network is not None:
            config["feature_network"] = serialize(self.feature_network)
        return config


def _check_features(network, image_shape):
    """Raise a ValueError unless a network takes large images."""
    name = "feature_network"
    network_checks.check_network(name, network)
    network_checks.check_one_output(name, network)
    network_checks.check_inputs(name, network, {"images": image_shape})
