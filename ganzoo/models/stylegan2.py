"""StyleGAN2: analyzing and improving the image quality of StyleGAN.

Reference:
    [Karras et al., 2020](https://arxiv.org/abs/1912.04958)
"""

import math

import keras
from keras import ops

from ganzoo import backend
from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game import network_checks
from ganzoo.game.kinds.style_noise import StyledWithNoise
from ganzoo.game.step import Lazy

# Of the authors' code, whose optimizers are corrected for them.
INTERVALS = {"discriminator": 16, "generator": 4}


@keras.saving.register_keras_serializable("ganzoo")
class StyleGAN2(StyledWithNoise):
    """GAN of styles, whose penalties are minimised in some steps only.

    The losses are those of GAN. `D` has R1 as its penalty, and `G` may have one on how
    far an image moves with its styles, the path length. The defaults are those of the
    authors' configuration for CIFAR-10, without augmentation; for larger images they
    have `path_length_weight=2`, `style_mixing=0.9` and a larger `r1_weight`.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the paper's networks. They
            are wide: for a CPU make narrower ones, with `filters=64`.
        generator: `keras.Model`. `G`, as `networks.stylegan2_generator` makes it.
        discriminator: `keras.Model`. `D`, from images to logits `(batch, 1)`.
        r1_weight: float, schedule or None. `γ`, as in `AdversarialModel`.
        r1_interval: int. Steps from one update by R1 to the next.
        path_length_weight: float or None. Weight of the path length; None for without.
        path_length_interval: int. Steps from one update by it to the next.
        style_mixing: float. Share of the batches whose images have styles of two
            latents.
        adaptive_augmentation: sequence of str or None. "blit", "geometric" and "color",
            or some of them: `D` sees all images changed so in training, as often as
            it is sure of data
            ([Karras et al., 2020](https://arxiv.org/abs/2006.06676)). The authors have
            all three for CIFAR-10.
        augmentation_target: float. E[sign D(x)] on data that it is to keep.
        augmentation_images: int. In how many images the probability of a change goes
            from 0 to 1 at most.
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
        r1_weight=0.01,
        r1_interval=INTERVALS["discriminator"],
        path_length_weight=None,
        path_length_interval=INTERVALS["generator"],
        style_mixing=0.0,
        **kwargs,
    ):
        checks.check_count("r1_interval", r1_interval)
        checks.check_count("path_length_interval", path_length_interval)
        if path_length_weight is not None:
            checks.check_positive("path_length_weight", path_length_weight)
        self.r1_interval = r1_interval
        self.path_length_weight = path_length_weight
        self.path_length_interval = path_length_interval
        if image_shape is not None:
            generator = generator or networks.stylegan2_generator(image_shape)
            discriminator = discriminator or networks.stylegan2_discriminator(
                image_shape
            )
        super().__init__(
            generator,
            discriminator,
            image_shape=image_shape,
            r1_weight=r1_weight,
            style_mixing=style_mixing,
            **kwargs,
        )
        if path_length_weight is not None:
            self.mean_path_length = self.add_weight(
                (), "zeros", trainable=False, name="mean_path_length"
            )

    def generator_loss(self, batch):
        """−E[log D(G(z))]."""
        if self.path_length_weight is not None:
            self.note("path_length", self.mean_path_length)
        return super().generator_loss(batch)

    def lazy_losses(self):
        losses = super().lazy_losses()
        if self.path_length_weight is not None:
            interval, loss = self.path_length_interval, self.weighted_path_length
            losses.append(Lazy("generator", interval, loss))
        return losses

    def weighted_path_length(self, batch):
        """The penalty on path lengths times its weight."""
        return self.path_length_weight * self.path_length_penalty(batch)

    def path_length_penalty(self, batch):
        """E[(‖J_wᵀ y‖ − a)²], for as many samples as half of the batch has images.

        `J_wᵀ y` is the gradient of `G(w) · y` in the styles `w`, with `y ~ N(0, I / n)`
        an image of `n` pixels; its square is averaged over the layers. `a` is a moving
        average of the lengths, which starts at 0 and is a weight of the model. As in
        the authors' code, that of this batch is in it, and has a gradient.
        """
        x = batch[0] if isinstance(batch, tuple) else batch
        lengths = self.path_lengths(x[: (ops.shape(x)[0] + 1) // 2])
        mean = self.mean_over_replicas(ops.mean(lengths))
        a = self.mean_path_length + 0.01 * (mean - self.mean_path_length)
        self.mean_path_length.assign(ops.stop_gradient(a))
        return ops.mean(ops.square(lengths - a))

    def path_lengths(self, x):
        """‖J_wᵀ y‖ of a new image for each example of `x`, `(batch,)`."""
        styles, noise = (
            self.sample_styles(x, self.sample_labels(x)),
            self.sample_noise(x),
        )
        height, width, _ = self.image_shape
        y = backend.per_example(
            lambda n: keras.random.normal((n, *self.image_shape), seed=self.noise), x
        ) / math.sqrt(height * width)
        return self.lengths_of(styles, noise, y)

    def lengths_of(self, styles, noise, y):
        """‖J_wᵀ y‖ at these styles, noise and images, `(batch,)`."""
        slope = self.input_gradient(
            lambda styles: ops.sum(self.synthesize(styles, noise) * y), styles
        )
        square = ops.mean(ops.sum(ops.square(slope), axis=-1), axis=-1)
        # The square root has no derivative at 0.
        return ops.sqrt(ops.maximum(square, 1e-12))

    @property
    def note_names(self):
        """The moving average of path lengths too, where they are penalised."""
        own = () if self.path_length_weight is None else ("path_length",)
        return (*super().note_names, *own)

    @staticmethod
    def default_optimizer(player):
        """Adam of rate 0.0025 and β = (0, 0.99), corrected for its lazy updates.

        As in the authors' code: with one more update in each `n` steps the rate is
        `c · 0.0025` and β is `(0, 0.99ᶜ)`, where `c = n / (n + 1)`, for `n` of 16 for
        `D` and 4 for `G`, also where there is no penalty on path lengths.
        """
        c = INTERVALS[player] / (INTERVALS[player] + 1)
        return keras.optimizers.Adam(
            0.0025 * c, beta_1=0.0, beta_2=0.99**c, epsilon=1e-8
        )

    def check_trains(self):
        super().check_trains()
        if self.path_length_weight is not None:
            network_checks.check_second_derivative("generator", self.generator)

    @classmethod
    def settings_for_folder(cls, image_size):
        return cls.settings_of(
            image_size, "stylegan2_generator", "stylegan2_discriminator"
        )

    @staticmethod
    def settings_of(image_size, generator, discriminator):
        """Those of `settings_for_folder`, of two networks.

        Args:
            image_size: int.
            generator: str. Name of a function of `ganzoo.networks`.
            discriminator: str.
        """
        return {
            # As much for each pixel as in the authors' configuration for 32 of them.
            "model": {"r1_weight": 0.01 * (image_size / 32) ** 2},
            "generator": {"network": generator, "filters": 64, "style_dim": 64},
            "discriminator": {"network": discriminator, "filters": 64},
            "averages": {"half_life": 40_000},
        }

    def get_config(self):
        return {
            **super().get_config(),
            "r1_interval": self.r1_interval,
            "path_length_weight": self.path_length_weight,
            "path_length_interval": self.path_length_interval,
        }
