"""SRGAN: single images, enlarged by a generative adversarial network.

Reference:
    [Ledig et al., 2017](https://arxiv.org/abs/1609.04802)
"""

import math
import weakref

import keras
import numpy as np
from keras import ops

from ganzoo import networks
from ganzoo.backend.prediction import predict
from ganzoo.data import pixels
from ganzoo.game import checks
from ganzoo.game import network_checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.kinds.translating import Translating
from ganzoo.game.lifecycle import serialize
from ganzoo.game.stages import Stage
from ganzoo.game.view.chain import packed_shape
from ganzoo.inputs import mistakes
from ganzoo.inputs.parts import Images
from ganzoo.inputs.parts import SmallImages
from ganzoo.networks import exporting
from ganzoo.networks import folder_settings
from ganzoo.networks import sizes
from ganzoo.networks.any_size import for_any_size
from ganzoo.networks.srgan import SCALES
from ganzoo.networks.srgan import find_scale
from ganzoo.system import resources

SCALE = 4
VGG_WEIGHT = 1 / 12.75**2  # of Section 3.2, 0.006152
# By model, beside the models: Keras would save what is an attribute.
_any_size = weakref.WeakKeyDictionary()


@keras.saving.register_keras_serializable("ganzoo")
class SRGAN(Translating, AdversarialModel):
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

    parts = {"x": SmallImages("source_shape"), "y": Images("image_shape")}
    made_for = {"discriminator": ("y",)}
    enlarges = True
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
                _small_shape(image_shape, scale or SCALE), image_shape
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
            content_weight = 1.0 if feature_network is None else VGG_WEIGHT
        checks.check_positive("content_weight", content_weight)
        checks.check_positive("adversarial_weight", adversarial_weight)
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
        """w l_X + λ l_Gen, Equation 3: the content and the game."""
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

    # === Images of any size ===

    def super_resolve(self, images, batch_size=16):
        """Enlarge images, of whichever size they are.

        The generator is in inference mode, so that an image does not depend on others.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.
            batch_size: int. How many are enlarged at a time.

        Returns:
            uint8 array `(n, scale * height, scale * width, channels)`.

        Raises:
            ValueError: If the channels or the range are not those of the sources, there
                is no image, the memory has no room for so many at a time, or the sides
                are others than in training and the generator is not of convolutions
                alone.
        """
        if len(images) == 0 or batch_size < 1:
            raise ValueError(
                "There must be one image or more, in batches of one or more. "
                f"Received: {len(images)} images, batch_size={batch_size}."
            )
        part = Images((None, None, self.source_shape[-1]))
        mistakes.check_batched("images", images, part.shape, mistakes.ARRAY)
        part.check("images", images)
        self._check_memory(min(len(images), batch_size), images.shape)
        part.check_values("images", images)
        images = np.asarray(ops.convert_to_numpy(part.convert("images", images)))
        fits = images.shape[1:] == self.source_shape
        with self.averaged():
            network = self.generator if fits else self._for_any_size()
            return pixels.to_uint8(predict(network, images, batch_size))

    def translate(self, images, *, seed=None, batch_size=16):
        """As `super_resolve`, by the name that all models of images have it.

        Args:
            images: As in `super_resolve`.
            seed: Not used: there is no draw.
            batch_size: As in `super_resolve`.

        Returns:
            As `super_resolve`.
        """
        return self.super_resolve(images, batch_size)

    def _for_any_size(self):
        """A copy of the generator for images of any size, with the weights of now."""
        if self not in _any_size:
            _any_size[self] = for_any_size(self.generator)
        _any_size[self].set_weights(self.generator.get_weights())
        return _any_size[self]

    def _check_memory(self, count, shape):
        """Raise a ValueError unless the largest layer has room three times."""
        outputs = (
            layer.output.shape[1:] for layer in self.generator.layers if layer.weights
        )
        largest = max(map(math.prod, outputs)) / math.prod(self.source_shape[:2])
        resources.check_memory(
            int(3 * 4 * count * math.prod(shape[1:3]) * largest),
            f"To enlarge {count:,} images of {shape[2]}×{shape[1]} pixels takes about",
            "enlarge fewer at a time, by `batch_size`, or parts of them",
            f"images of shape {shape}",
        )

    def export(self, filepath, format="tf_saved_model", **kwargs):
        """Write the generator, for images of any size: see `AdversarialModel.export`.

        A file of the format "litert" is for images of the size in training.

        Args:
            filepath: path. As in `AdversarialModel.export`, like what follows.
            format: str.
            **kwargs: Other arguments of `keras.Model.export`.

        Raises:
            ImportError: If a package is missing that converts to this format.
            ValueError: If the generator is not of convolutions alone, and as in
                `AdversarialModel.export`.
        """
        with self.averaged():
            network = self.generator if format == "litert" else self._for_any_size()
            exporting.export(network, filepath, format, **kwargs)

    # === Small and large images ===

    @property
    def scale(self):
        """How many times as long the sides of large images are, 2 or 4."""
        return find_scale(self.source_shape, self.image_shape)

    def data_inputs(self, batch):
        _, y = batch
        return (y,)

    def sample_inputs(self, batch):
        x, _ = batch
        return (self.G(x),)

    @classmethod
    def given(cls):
        return super().given() | {"scale", "feature_network"}

    @classmethod
    def settings_for_folder(cls, image_size):
        sections = folder_settings.of_networks("srgan_generator", "srgan_discriminator")
        sections["data"] = {"scale": SCALE}
        return folder_settings.with_adam(sections, learning_rate=1e-4, beta_1=0.9)

    def check_players(self):
        super().check_players()
        if find_scale(self.source_shape, self.image_shape) is None:
            raise ValueError(
                "`generator` must return images with the channels of those that it "
                "takes, and with sides 2 or 4 times as long, all of a known size. "
                f"Received: generator from {self.source_shape} to {self.image_shape}."
            )
        network_checks.check_inputs(
            "discriminator", self.discriminator, self._wanted_images()
        )

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


def _small_shape(image_shape, scale):
    """Shape of the small images of large ones."""
    height, width, channels = sizes.check_image_shape(image_shape)
    if scale not in SCALES or height % scale or width % scale:
        raise ValueError(
            "`scale` must be 2 or 4, and divide the sides of the images. "
            f"Received: scale={scale!r}, image_shape={image_shape}."
        )
    return height // scale, width // scale, channels


def _check_features(network, image_shape):
    """Raise a ValueError unless a network takes large images."""
    name = "feature_network"
    network_checks.check_network(name, network)
    network_checks.check_one_output(name, network)
    network_checks.check_inputs(name, network, {"images": image_shape})
