"""ACGAN: conditional image synthesis with auxiliary classifier GANs.

Reference:
    [Odena et al., 2017](https://arxiv.org/abs/1610.09585)
"""

import math

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game import network_checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.conditions import ClassConditional
from ganzoo.game.conditions import Classifying
from ganzoo.inputs.parts import Images
from ganzoo.inputs.parts import Label
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class ACGAN(ClassConditional, Classifying, AdversarialModel):
    """GAN whose discriminator also tells the class, which the generator is given.

    `D` sees no label: it has two outputs, whether an image is real and of which class.
    Both players want it to be right about the class. The labels of generated images are
    drawn anew, each class as often as the others.

    Args:
        image_shape: tuple. `(height, width, channels)`, for DCGAN's networks.
        num_classes: int. Labels are integers from 0 to `num_classes - 1`.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` and integer
            labels `(batch,)` to images.
        discriminator: `keras.Model`. `D`, from images to a dict of logits: "logit",
            `(batch, 1)`, and "classes", `(batch, num_classes)`.
        class_weight: float. Weight of the classes in both losses, 1 in the paper.
        classify_fakes: bool. Whether `D` learns classes from generated images too, as
            in the paper.
        class_names: sequence of strings or None. A name for each class, in the order
            of the labels, which `generate` then takes as well.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If there is no output "classes" of logits for so many, or as in
            `AdversarialModel`.
    """

    parts = {"x": Images("image_shape"), "y": Label(names="class_names")}
    # Of the classes of real images, as `D` tells them, and of generated ones.
    note_names = ("class_accuracy", "fake_class_accuracy")
    smooths_labels = True

    def __init__(
        self,
        image_shape=None,
        num_classes=None,
        *,
        generator=None,
        discriminator=None,
        class_weight=1.0,
        classify_fakes=True,
        **kwargs,
    ):
        checks.check_num_classes(num_classes)
        checks.check_positive("class_weight", class_weight)
        checks.check_bool("classify_fakes", classify_fakes)
        if image_shape is not None:
            shape = image_shape, num_classes
            generator = generator or networks.dcgan_conditional_generator(*shape)
            discriminator = discriminator or networks.acgan_discriminator(*shape)
        super().__init__(
            generator,
            discriminator,
            image_shape=image_shape,
            num_classes=num_classes,
            **kwargs,
        )
        network_checks.check_head(
            "discriminator", self.discriminator, "classes", num_classes
        )
        self.class_weight = class_weight
        self.classify_fakes = classify_fakes
        # −2 log ½ − 2 log 1/K: undecided about the source, and about the class.
        of_classes = (1 + classify_fakes) * class_weight * math.log(num_classes)
        self.undecided_loss = 2 * math.log(2) + of_classes

    def discriminator_loss(self, batch):
        """−L_S − L_C, the source and the class of real and generated images.

        L_S = E[log P(real | x)] + E[log P(fake | G(z, c))],
        L_C = E[log P(y | x)] + E[log P(c | G(z, c))].
        """
        x, y = batch
        (c,) = self.sample_conditions(x)
        real, fake = self.heads(x), self.heads(self.G([self.sample_z(x), c]))
        log_real = self.log_real(real["logit"])
        log_fake = ops.log_sigmoid(-fake["logit"])
        classes = self.cross_entropy(y, real)
        if self.classify_fakes:
            classes += self.cross_entropy(c, fake)
        self.note("class_accuracy", self.accuracy(y, real))
        source = -ops.mean(log_real) - ops.mean(log_fake)
        return source + self.class_weight * classes

    def generator_loss(self, batch):
        """−E[log P(real | G(z, c))] − E[log P(c | G(z, c))].

        L_S − L_C in its non-saturating form, as for GAN.
        """
        x, _ = batch
        (c,) = self.sample_conditions(x)
        fake = self.heads(self.G([self.sample_z(x), c]))
        self.note("fake_class_accuracy", self.accuracy(c, fake))
        log_fake = ops.log_sigmoid(fake["logit"])
        return -ops.mean(log_fake) + self.class_weight * self.cross_entropy(c, fake)

    def cross_entropy(self, labels, heads):
        """−E[log P(label | x)]."""
        return ops.mean(self.cross_entropies(labels, heads))

    def accuracy(self, labels, heads):
        """Share of the images whose class is told right."""
        return ops.mean(self.hits(labels, heads))

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.0002 and β₁ = 0.5, the table of its appendix."""
        return keras.optimizers.Adam(2e-4, beta_1=0.5)

    def check_players(self):
        network_checks.check_latents(self.generator, {"integer labels": ()})
        images = {"the images": self.image_shape}
        network_checks.check_inputs("discriminator", self.discriminator, images)

    @classmethod
    def settings_for_folder(cls, image_size):
        return folder_settings.of_networks(
            "dcgan_conditional_generator", "acgan_discriminator"
        )

    def get_config(self):
        return {
            **super().get_config(),
            "class_weight": self.class_weight,
            "classify_fakes": self.classify_fakes,
        }
