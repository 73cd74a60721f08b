"""ProjectionGAN: cGANs with projection discriminator.

Reference:
    [Miyato & Koyama, 2018](https://arxiv.org/abs/1802.05637)
"""

import keras

from ganzoo.game.kinds.conditional_hinge import ConditionalHinge
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class ProjectionGAN(ConditionalHinge):
    """The hinge game of a `D` that projects features of an image on its label.

    The paper's discriminator returns `v_yᵀ φ(x) + l · φ(x)`: how well the image fits
    its label, and how real it is. The networks are in
    `ganzoo/networks/sn_resnet_conditional.py`; others of labels are allowed. The labels
    of samples are drawn anew, each class as often as the others.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the paper's networks. They
            are wide: for a CPU make narrower ones, with `filters=32`.
        num_classes: int. Labels are integers from 0 to `num_classes - 1`.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` and integer
            labels `(batch,)` to images.
        discriminator: `keras.Model`. `D`, from images and integer labels `(batch,)`
            to `(batch, 1)`.
        class_names: sequence of strings or None. A name for each class, in the order
            of the labels, which `generate` then takes as well.
        discriminator_steps: int. Updates of `D` for each update of `G`, 5 by default.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If a network takes no labels, or as in `AdversarialModel`.
    """

    default_discriminator_steps = 5

    own_networks = (
        "sn_resnet_conditional_generator",
        "sn_resnet_projection_discriminator",
    )

    @classmethod
    def settings_for_folder(cls, image_size):
        sections = folder_settings.of_networks(*cls.own_networks)
        return folder_settings.with_adam(sections, beta_1=0.0, beta_2=0.9)
