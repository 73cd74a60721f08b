"""pix2pix: image-to-image translation with conditional adversarial networks.

Reference:
    [Isola et al., 2017](https://arxiv.org/abs/1611.07004)
"""

import math
import weakref

import keras
import numpy as np
from keras import ops

from ganzoo import networks
from ganzoo.backend import seeds
from ganzoo.backend.prediction import predict
from ganzoo.data import pixels
from ganzoo.game import checks
from ganzoo.game import lifecycle
from ganzoo.game import network_checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.kinds.translating import Translating
from ganzoo.inputs.parts import Images
from ganzoo.networks import exporting
from ganzoo.networks import folder_settings

# By model and mode, beside the models: Keras would save what is an attribute.
_translators = weakref.WeakKeyDictionary()


@keras.saving.register_keras_serializable("ganzoo")
class Pix2Pix(Translating, AdversarialModel):
    """GAN that translates a source `x` to a target `y`; its only noise is dropout.

    Args:
        image_shape: tuple. `(height, width, channels)` of the targets, for the paper's
            networks.
        source_shape: tuple or None. Of the sources; None for the same.
        generator: `keras.Model`. `G`, from sources to targets.
        discriminator: `keras.Model`. `D`, from sources and targets to logits, one for
            each patch.
        l1_weight: float. `λ`, positive.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws; dropout layers have their own.
    """

    parts = {"x": Images("source_shape"), "y": Images("image_shape")}
    translates_in_training = True
    lacks = dict.fromkeys(
        (
            *("augmentation", "instance_noise", "packing"),
            *("r1_weight", "r2_weight", "roth_weight"),
        ),
        "its discriminator sees pairs, whose parts belong together pixel by pixel",
    )
    # −log ½, as it is halved.
    undecided_loss = math.log(2)

    def __init__(
        self,
        image_shape=None,
        *,
        source_shape=None,
        generator=None,
        discriminator=None,
        l1_weight=100.0,
        **kwargs,
    ):
        if image_shape is not None:
            shapes = (source_shape or image_shape, image_shape)
            generator = generator or networks.unet_generator(*shapes)
            discriminator = discriminator or networks.patchgan_discriminator(*shapes)
        super().__init__(generator, discriminator, image_shape=image_shape, **kwargs)
        network_checks.check_image_shape(
            "source_shape", source_shape, self.source_shape
        )
        checks.check_weight("l1_weight", l1_weight)
        self.l1_weight = l1_weight

    def discriminator_loss(self, batch):
        """−½ E[log D(x, y)] − ½ E[log(1 − D(x, G(x)))], halved as in Section 3.3."""
        x, y = batch
        log_real = ops.log_sigmoid(self.D([x, y]))
        log_fake = ops.log_sigmoid(-self.D([x, self.G(x)]))
        return -ops.mean(log_real) / 2 - ops.mean(log_fake) / 2

    def generator_loss(self, batch):
        """−E[log D(x, G(x))] + λ E[‖y − G(x)‖₁], Equation 4."""
        x, y = batch
        y_fake = self.G(x)
        log_fake = ops.log_sigmoid(self.D([x, y_fake]))
        return -ops.mean(log_fake) + self.l1_weight * ops.mean(ops.abs(y - y_fake))

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.0002, β₁ = 0.5 and β₂ = 0.999, Section 3.3."""
        return keras.optimizers.Adam(2e-4, beta_1=0.5, beta_2=0.999)

    # === Translation ===

    def translate(self, images, *, training=True, seed=None, batch_size=1):
        """Translate images, by default in the paper's test mode.

        "At inference time, we run the generator net in exactly the same manner as
        during the training phase": with dropout, and with the statistics of the batch
        in batch normalisation (Section 3.3). So a translation depends on the others
        of its batch unless `batch_size` is 1. The model itself is left as it was.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, *source_shape)`.
            training: bool. False for Keras's inference mode instead.
            seed: int or None. Seed of the dropout. None draws anew.
            batch_size: int. Images that share their statistics.

        Returns:
            uint8 array `(n, height, width, channels)`.

        Raises:
            ValueError: If the shape or the range is not that of the sources.
        """
        seeds.check(seed)
        images = Images(self.source_shape).take("images", images)
        if len(images) == 0 or batch_size < 1:
            raise ValueError(
                "There must be one image or more, in batches of one or more. "
                f"Received: {len(images)} images, batch_size={batch_size}."
            )
        state = self.generator.non_trainable_variables
        values = [ops.convert_to_numpy(v).copy() for v in state]
        try:
            self._seed_dropout(seed)
            with self.averaged():
                floats = predict(self._translator(training), images, batch_size)
        finally:
            for variable, value in zip(state, values):
                variable.assign(value)
        return pixels.to_uint8(floats)

    def _translator(self, training):
        """The generator in a mode: the same again, which is compiled already.

        Another one if layers were frozen since.
        """
        made = _translators.setdefault(self, {})
        layers = self.generator._flatten_layers()
        key = training, *(layer.trainable for layer in layers)
        if key not in made:
            made[key] = _InMode(self.generator, training)
        return made[key]

    def _seed_dropout(self, seed):
        states = lifecycle.seed_states(self.generator)
        if seed is None:
            noise = self.evaluation_seed_generator.next()
            seed = [int(n) for n in ops.convert_to_numpy(noise)]
        words = np.random.SeedSequence(seed).generate_state(len(states))
        for state, word in zip(states, words):
            state.assign(np.array([word, 0], "uint32").astype(state.dtype))

    def export(self, filepath, format="tf_saved_model", **kwargs):
        """Write the translator: see `AdversarialModel.export`.

        Batch normalisation is by the statistics of the batch at hand, as in
        `translate`, so a translation depends on the others of its batch. Dropout is
        left out, as no format has noise with a seed: translations have no chance in
        them, unlike those of `translate`, and are the same each time.

        Args:
            filepath: path. As in `AdversarialModel.export`, like what follows.
            format: str.
            **kwargs: Other arguments of `keras.Model.export`.

        Raises:
            ImportError: If a package is missing that converts to this format.
            ValueError: If a batch normalisation is hidden in another layer, and as in
                `AdversarialModel.export`.
        """
        translator = exporting.with_batch_statistics(self.generator)
        with self.averaged():
            exporting.export(translator, filepath, format, **kwargs)

    # === Pairs ===

    @classmethod
    def settings_for_folder(cls, image_size):
        return folder_settings.of_networks(
            "unet_generator", "patchgan_discriminator", averaged=False
        )

    def check_players(self):
        super().check_players()
        network_checks.check_inputs(
            "discriminator",
            self.discriminator,
            {"source images": self.source_shape, "images": self.image_shape},
        )

    def get_config(self):
        return {**super().get_config(), "l1_weight": self.l1_weight}


class _InMode(keras.Model):
    """A network that `predict` runs in the given mode."""

    def __init__(self, network, training):
        super().__init__(name="translator")
        self.network = network
        self.mode = training
        self.built = True

    def call(self, inputs, training=None):
        return self.network(inputs, training=self.mode)
