"""StyleGAN3: alias-free generative adversarial networks.

Reference:
    [Karras et al., 2021](https://arxiv.org/abs/2106.12423)
"""

import contextlib
import math
import numbers

import keras
import numpy as np
from keras import ops

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game.kinds.styles import Styled
from ganzoo.game.view.chain import packed_shape
from ganzoo.layers import FourierFeatures
from ganzoo.networks.stylegan3 import pixels_of_a_unit

R1_INTERVAL = 16


@keras.saving.register_keras_serializable("ganzoo")
class StyleGAN3(Styled):
    """GAN of styles, whose images move as waves do that `G` begins with.

    The losses are those of GAN, and `D`, which is that of StyleGAN2, has R1 as its
    penalty in some of its updates. The averages in `G`, of styles and of magnitudes,
    follow the samples of the updates of `D`.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the paper's networks T.
            They are wide: for a CPU make narrower ones, with `filters=32`.
        generator: `keras.Model`. `G`, as `networks.stylegan3_generator` makes it.
        discriminator: `keras.Model`. `D`, from images to logits `(batch, 1)`.
        r1_weight: float, schedule or None. `γ`, as in `AdversarialModel`.
        r1_interval: int. Steps from one update by R1 to the next.
        blur: float or None. Standard deviation, times √(2 ln 2), of the blur of all
            that `D` sees at the beginning, in pixels; the authors have 10 with R.
        blur_images: int. Over how many images of data it fades.
        style_mixing: float. Share of the batches whose images have styles of two
            latents.
        adaptive_augmentation: sequence of str or None. As in `StyleGAN2`, like its
            numbers `augmentation_target` and `augmentation_images`.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If the generator is not of two models, "mapping" and "synthesis",
            or does not begin with Fourier features, an option is out of its range, or
            as in `AdversarialModel`.
    """

    moves_images = True

    def __init__(
        self,
        image_shape=None,
        *,
        generator=None,
        discriminator=None,
        r1_weight=0.01,
        r1_interval=R1_INTERVAL,
        blur=None,
        blur_images=200_000,
        **kwargs,
    ):
        checks.check_count("r1_interval", r1_interval)
        checks.check_count("blur_images", blur_images)
        if blur is not None:
            checks.check_positive("blur", blur)
        self.r1_interval = r1_interval
        self.blur = blur
        self.blur_images = blur_images
        if image_shape is not None:
            generator = generator or networks.stylegan3_generator(image_shape)
            discriminator = discriminator or networks.stylegan2_discriminator(
                packed_shape(image_shape, **kwargs)
            )
        super().__init__(
            generator,
            discriminator,
            image_shape=image_shape,
            r1_weight=r1_weight,
            **kwargs,
        )

    def generator_loss(self, batch):
        """−E[log D(G(z))]."""
        with self.averages_held():
            return super().generator_loss(batch)

    @staticmethod
    def default_optimizer(player):
        """Adam with β = (0, 0.99), and a rate of 0.0025 for `G` and of 0.002 for `D`.

        As in the authors' code. That of `D` is corrected for its lazy updates, by
        `c = 16/17`: its rate is `0.002 c` and its β `(0, 0.99ᶜ)`.
        """
        c = R1_INTERVAL / (R1_INTERVAL + 1) if player == "discriminator" else 1
        rate = 0.002 if player == "discriminator" else 0.0025
        return keras.optimizers.Adam(rate * c, beta_1=0.0, beta_2=0.99**c, epsilon=1e-8)

    # === The blur of what `D` sees ===

    def augment(self, x):
        """Images changed at random, in the step at hand, and blurred at first."""
        if self.blur is not None and self._is_training:
            x = self.blurred(x)
        return super().augment(x)

    def blurred(self, x):
        """Images filtered by `2^−(k/σ)²` in both directions, for `|k| ≤ 3σ`.

        `σ` falls from `blur` to 0 as a line; then they are as they were. Outside of
        images is 0.
        """
        share = ops.cast(self.images_seen, "float32") / self.blur_images
        sigma = self.blur * ops.maximum(1 - share, 0.0)
        height, width = self.image_shape[:2]
        for side, form in ((height, "ij,njwc->niwc"), (width, "ij,nhjc->nhic")):
            x = ops.einsum(form, ops.cast(self._blurring(side, sigma), x.dtype), x)
        return x

    def _blurring(self, side, sigma):
        """The filter along a side, as a matrix."""

        def taps(k):
            inside = ops.cast(ops.abs(k) <= ops.floor(3 * sigma), "float32")
            return inside * ops.exp2(-ops.square(k / ops.maximum(sigma, 1e-6)))

        reach = int(3 * self.blur)
        whole = ops.sum(taps(ops.arange(-reach, reach + 1, dtype="float32")))
        places = ops.arange(side, dtype="float32")
        return taps(places[:, None] - places) / whole

    # === Images that move ===

    @contextlib.contextmanager
    def moved(self, right, down):
        """Have images moved for a while, by translating what `G` begins with.

        Args:
            right: float. Pixels, like `down`.
            down: float.

        Raises:
            ValueError: If they are no finite numbers.
        """
        pixels = right, down
        if not all(isinstance(n, numbers.Real) and math.isfinite(n) for n in pixels):
            raise ValueError(
                "Images move by finite numbers of pixels. "
                f"Received: right={right!r}, down={down!r}."
            )
        translation = self._find_fourier_features().translation
        before = np.array(ops.convert_to_numpy(translation))
        shift = np.float32(pixels) / pixels_of_a_unit(self.image_shape[0])
        translation.assign(before - shift)
        try:
            yield
        finally:
            translation.assign(before)

    def _find_fourier_features(self):
        found = [x for x in self.synthesis.layers if isinstance(x, FourierFeatures)]
        if len(found) != 1:
            raise ValueError(
                "`generator` must begin with Fourier features, as of "
                "`ganzoo.networks.stylegan3_generator`: the model's images move with "
                f"them. Received: 'synthesis' with {len(found)} layers of them."
            )
        return found[0]

    def check_generator(self):
        super().check_generator()
        self._find_fourier_features()

    @classmethod
    def settings_for_folder(cls, image_size):
        return {
            # As much for each pixel as in StyleGAN2's configuration for 32 of them.
            "model": {"r1_weight": 0.01 * (image_size / 32) ** 2},
            "generator": {
                "network": "stylegan3_generator",
                "filters": 64,
                "style_dim": 64,
            },
            "discriminator": {"network": "stylegan2_discriminator", "filters": 64},
            "averages": {"half_life": 20_000},
        }

    def get_config(self):
        return {
            **super().get_config(),
            "r1_interval": self.r1_interval,
            "blur": self.blur,
            "blur_images": self.blur_images,
        }
