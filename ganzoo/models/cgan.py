"""CGAN: conditional generative adversarial nets.

Reference:
    [Mirza & Osindero, 2014](https://arxiv.org/abs/1411.1784)
"""

import math

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.conditions import ClassConditional
from ganzoo.inputs.parts import Images
from ganzoo.inputs.parts import Label
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class CGAN(ClassConditional, AdversarialModel):
    """GAN in which both players also see a label `y`: `G([z, y])` and `D([x, y])`.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the paper's networks.
        num_classes: int. Labels are integers from 0 to `num_classes - 1`.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` and integer
            labels `(batch,)` to images.
        discriminator: `keras.Model`. `D`, from images and integer labels `(batch,)`
            to logits `(batch, 1)`.
        class_names: sequence of strings or None. A name for each class, in the order
            of the labels, which `generate` then takes as well.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If the names are not one for each class, or as in
            `AdversarialModel`.
    """

    # −2 log ½, as in Theorem 1 of Goodfellow et al.
    undecided_loss = 2 * math.log(2)
    smooths_labels = True

    parts = {"x": Images("image_shape"), "y": Label(names="class_names")}

    def __init__(
        self,
        image_shape=None,
        num_classes=None,
        *,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        checks.check_num_classes(num_classes)
        if image_shape is not None:
            generator = generator or networks.cgan_generator(image_shape, num_classes)
            discriminator = discriminator or networks.cgan_discriminator(
                image_shape, num_classes
            )
        super().__init__(
            generator,
            discriminator,
            image_shape=image_shape,
            num_classes=num_classes,
            **kwargs,
        )

    def discriminator_loss(self, batch):
        """−E[log D(x|y)] − E[log(1 − D(G(z|y)|y))], Equation 2."""
        x, y = batch
        x_fake = self.G([self.sample_z(x), y])
        log_real = self.log_real(self.D([x, y]))
        log_fake = ops.log_sigmoid(-self.D([x_fake, y]))
        return -ops.mean(log_real) - ops.mean(log_fake)

    def generator_loss(self, batch):
        """−E[log D(G(z|y)|y)], the non-saturating form of Equation 2."""
        x, y = batch
        x_fake = self.G([self.sample_z(x), y])
        return -ops.mean(ops.log_sigmoid(self.D([x_fake, y])))

    def sample_inputs(self, batch):
        """The samples and the labels that they were drawn for."""
        x, y = batch
        return self.G([self.sample_z(x), y]), y

    @staticmethod
    def default_optimizer():
        """SGD with learning rate 0.1 and momentum 0.5, Section 4.1."""
        return keras.optimizers.SGD(0.1, momentum=0.5)

    @classmethod
    def settings_for_folder(cls, image_size):
        return folder_settings.of_networks(
            "dcgan_conditional_generator", "dcgan_conditional_discriminator"
        )
