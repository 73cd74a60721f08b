"""ConditionalStyleGAN2: StyleGAN2 with labels, as its authors train it on CIFAR-10.

Reference:
    [Karras et al., 2020](https://arxiv.org/abs/2006.06676); for `matching_aware`
    [Kang et al., 2023](https://arxiv.org/abs/2303.05511)
"""

import math

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game.conditions import ClassConditional
from ganzoo.game.kinds.conditional import matching
from ganzoo.inputs.parts import Images
from ganzoo.inputs.parts import Label
from ganzoo.models.stylegan2 import StyleGAN2


@keras.saving.register_keras_serializable("ganzoo")
class ConditionalStyleGAN2(ClassConditional, StyleGAN2):
    """StyleGAN2 whose styles are of latents and a label, on which `D` projects.

    The labels of samples are drawn anew, each class as often as the others.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the authors' networks.
        num_classes: int. Labels are integers from 0 to `num_classes - 1`.
        generator: `keras.Model`. `G`, as `networks.stylegan2_conditional_generator`
            makes it.
        discriminator: `keras.Model`. `D`, from images and integer labels `(batch,)`
            to logits `(batch, 1)`.
        class_names: sequence of strings or None. A name for each class, in the order
            of the labels, which `generate` then takes as well.
        matching_aware: bool. Whether images with a wrong label count as samples for
            `D`, those of data as well as samples, as in GigaGAN.
        r1_weight: float, schedule or None. As in `StyleGAN2`, like its other options.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If a network takes no labels, or as in `StyleGAN2`.
    """

    parts = {"x": Images("image_shape"), "y": Label(names="class_names")}
    condition_names = ("labels", *StyleGAN2.condition_names)
    label_shapes = {"integer labels": ()}

    def __init__(
        self,
        image_shape=None,
        num_classes=None,
        *,
        generator=None,
        discriminator=None,
        matching_aware=False,
        **kwargs,
    ):
        checks.check_num_classes(num_classes)
        checks.check_bool("matching_aware", matching_aware)
        self.matching_aware = matching_aware
        if image_shape is not None:
            shape = image_shape, num_classes
            generator = generator or networks.stylegan2_conditional_generator(*shape)
            discriminator = (
                discriminator or networks.stylegan2_projection_discriminator(*shape)
            )
        super().__init__(
            generator=generator,
            discriminator=discriminator,
            image_shape=image_shape,
            num_classes=num_classes,
            **kwargs,
        )

    def discriminator_loss(self, batch):
        """That of StyleGAN2, −E[log D(x, c)] − E[log(1 − D(G(z, c), c))].

        With `matching_aware` also −E[log(1 − D(x, ĉ))] − E[log(1 − D(G(z, c), ĉ))], of
        wrong labels `ĉ`: Equation 8 of Kang et al. (2023).
        """
        if not self.matching_aware:
            return super().discriminator_loss(batch)
        data = x, c = self.data_inputs(batch)
        right = self.D(data)
        self.observe(right)
        samples = x_fake, c_fake = self.sample_inputs(batch)
        wrong = self.D((x, self.wrong_labels(c)))
        matching.note_pairs(self, right, wrong)
        fakes = self.D(samples), wrong, self.D((x_fake, self.wrong_labels(c_fake)))
        log_fakes = [ops.mean(ops.log_sigmoid(-fake)) for fake in fakes]
        return -ops.mean(ops.log_sigmoid(right)) - sum(log_fakes)

    def wrong_labels(self, labels):
        """Another label for each, drawn from all but its own."""
        return matching.wrong_labels(labels, self.num_classes, self.noise)

    @property
    def undecided_loss(self):
        """That of StyleGAN2, and as much for wrong labels."""
        return (4 if self.matching_aware else 2) * math.log(2)

    @property
    def note_names(self):
        """Those of StyleGAN2, and `matching.PAIRS` where labels are compared."""
        return (*super().note_names, *(matching.PAIRS if self.matching_aware else ()))

    def sample_labels(self, x):
        return ClassConditional.sample_conditions(self, x)

    def sample_conditions(self, x):
        return StyleGAN2.sample_conditions(self, x)

    def conditions(self, n, labels, **of_styles):
        """A label, a truncation for each style and noise, for each of `n` images."""
        found = ClassConditional.conditions(self, n, labels)
        return [*found, *StyleGAN2.conditions(self, n, **of_styles)]

    def check_players(self):
        StyleGAN2.check_players(self)

    @classmethod
    def settings_for_folder(cls, image_size):
        return cls.settings_of(
            image_size,
            "stylegan2_conditional_generator",
            "stylegan2_projection_discriminator",
        )

    def get_config(self):
        return {**super().get_config(), "matching_aware": self.matching_aware}
