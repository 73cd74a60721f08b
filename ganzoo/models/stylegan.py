"""StyleGAN: a style-based generator architecture for generative adversarial networks.

Reference:
    [Karras et al., 2019](https://arxiv.org/abs/1812.04948)
"""

import keras

from ganzoo import networks
from ganzoo.game.kinds.style_noise import StyledWithNoise
from ganzoo.game.view.chain import packed_shape

# Of both networks, in the place of StyleGAN2's twice as many.
CHANNEL_BASE = 16384


@keras.saving.register_keras_serializable("ganzoo")
class StyleGAN(StyledWithNoise):
    """GAN of styles, which say what mean and deviation features have.

    The losses are those of GAN, and `D` has R1 as its penalty in each of its updates.
    The defaults are those of the authors, but that the networks do not grow.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the paper's networks. They
            are wide: for a CPU make narrower ones, with `filters=32`.
        generator: `keras.Model`. `G`, as `networks.stylegan_generator` makes it.
        discriminator: `keras.Model`. `D`, from images to logits `(batch, 1)`.
        r1_weight: float, schedule or None. `γ`, as in `AdversarialModel`.
        style_mixing: float. Share of the batches whose images have styles of two
            latents.
        adaptive_augmentation: sequence of str or None. As in `StyleGAN2`, like its
            numbers `augmentation_target` and `augmentation_images`.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If the generator is not of two models, "mapping" and "synthesis", an
            option is out of its range, or as in `AdversarialModel`.
    """

    def __init__(
        self,
        image_shape=None,
        *,
        generator=None,
        discriminator=None,
        r1_weight=10.0,
        style_mixing=0.9,
        **kwargs,
    ):
        if image_shape is not None:
            generator = generator or networks.stylegan_generator(image_shape)
            discriminator = discriminator or networks.stylegan2_discriminator(
                packed_shape(image_shape, **kwargs),
                channel_base=CHANNEL_BASE,
                architecture="orig",
            )
        super().__init__(
            generator,
            discriminator,
            image_shape=image_shape,
            r1_weight=r1_weight,
            style_mixing=style_mixing,
            **kwargs,
        )

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.001, β₁ = 0, β₂ = 0.99 and ε = 10⁻⁸.

        As in the authors' code for images of up to 64 pixels.
        """
        return keras.optimizers.Adam(1e-3, beta_1=0.0, beta_2=0.99, epsilon=1e-8)

    @classmethod
    def settings_for_folder(cls, image_size):
        widths = {"filters": 64, "channel_base": CHANNEL_BASE}
        judge = {"network": "stylegan2_discriminator", "architecture": "orig"}
        return {
            "model": {},
            "generator": {"network": "stylegan_generator", "style_dim": 64, **widths},
            "discriminator": {**judge, **widths},
            "averages": {"half_life": 10_000},
        }
