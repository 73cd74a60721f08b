"""ConditionalStyleGAN2: StyleGAN2 with labels, as its authors train it on CIFAR-10.

Reference:
    [Karras et al., 2020](https://arxiv.org/abs/2006.06676)
"""

import keras

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game.conditions import ClassConditional
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
        **kwargs,
    ):
        checks.check_num_classes(num_classes)
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
