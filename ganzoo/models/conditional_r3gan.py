"""ConditionalR3GAN: R3GAN with labels, as its authors train it on CIFAR-10.

Reference:
    [Huang et al., 2024](https://arxiv.org/abs/2501.05441)
"""

import keras

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game.conditions import ClassConditional
from ganzoo.inputs.parts import Images
from ganzoo.inputs.parts import Label
from ganzoo.models.r3gan import R3GAN


@keras.saving.register_keras_serializable("ganzoo")
class ConditionalR3GAN(ClassConditional, R3GAN):
    """R3GAN whose players see a label, the same for an image of data and its sample.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the authors' networks.
        num_classes: int. Labels are integers from 0 to `num_classes - 1`.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` and integer
            labels `(batch,)` to images.
        discriminator: `keras.Model`. `D`, from images and integer labels `(batch,)`
            to logits `(batch, 1)`.
        class_names: sequence of strings or None. A name for each class, in the order
            of the labels, which `generate` then takes as well.
        penalty_weight: float. As in `R3GAN`, like its other options.
        burn_in: int.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If a network takes no labels, or as in `R3GAN`.
    """

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
            shape = image_shape, num_classes
            generator = generator or networks.r3gan_conditional_generator(*shape)
            discriminator = discriminator or networks.r3gan_projection_discriminator(
                *shape
            )
        super().__init__(
            generator=generator,
            discriminator=discriminator,
            image_shape=image_shape,
            num_classes=num_classes,
            **kwargs,
        )

    def sample_inputs(self, batch):
        """A sample for the label of each image of data, and these labels."""
        x, y = batch
        return self.G([self.sample_z(x), y]), y

    @classmethod
    def settings_for_folder(cls, image_size):
        return cls.settings_of(
            "r3gan_conditional_generator", "r3gan_projection_discriminator"
        )
