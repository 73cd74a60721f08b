"""PredictiveGAN: the next image of a sequence, predicted from those before it.

Reference:
    [Lotter et al., 2015](https://arxiv.org/abs/1511.06380)
"""

import math

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
from ganzoo.game.stages import Stage
from ganzoo.inputs.parts import Frames
from ganzoo.networks import folder_settings

FRAMES = 10


@keras.saving.register_keras_serializable("ganzoo")
class PredictiveGAN(Translating, AdversarialModel):
    """GAN that predicts the next frame `x` of a sequence from its past frames `c`.

    `fit(sequences, stage="mse")` trains `G` alone, so that `G(c)` is near `x` in its
    pixels. After that, `fit(sequences)` plays the game, in which `D` sees the past
    beside the next frame. `predict_next` then goes on with a sequence.

    Args:
        image_shape: tuple. `(height, width, channels)` of a frame, for the paper's
            networks.
        frames: int or None. How many past frames `G` and `D` see. None for 10, or what
            the networks have.
        generator: `keras.Model`. `G`, from past frames
            `(batch, frames, height, width, channels)` to images.
        discriminator: `keras.Model`. `D`, from past frames and images to logits
            `(batch, 1)`.
        adversarial_weight: float. `λ` of the game in the generator's loss, 0 or more.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If the frames are others than those of the networks, the weight is
            negative, or as in `AdversarialModel`.
    """

    parts = {"x": Frames("sequence_shape")}
    image_method = "predict_next"
    image_command = "predict {} SEQUENCE predicted.gif"
    note_names = ("mse", "adversarial_loss")
    stages = {
        "mse": Stage(
            "squared_error_loss",
            ("generator",),
            lambda: keras.optimizers.Adam(1e-3),
            before=True,
        )
    }
    lacks = dict.fromkeys(
        (
            *("augmentation", "instance_noise", "packing"),
            *("r1_weight", "r2_weight", "roth_weight"),
        ),
        "its discriminator sees the past beside an image, and both belong together",
    )
    # −2 log ½.
    undecided_loss = math.log(4)
    smooths_labels = True

    def __init__(
        self,
        image_shape=None,
        *,
        frames=None,
        generator=None,
        discriminator=None,
        adversarial_weight=2e-3,
        **kwargs,
    ):
        if image_shape is not None:
            count = FRAMES if frames is None else frames
            checks.check_count("frames", count)
            shape = count + 1, *image_shape
            generator = generator or networks.predictive_generator(shape)
            discriminator = discriminator or networks.predictive_discriminator(shape)
        super().__init__(generator, discriminator, image_shape=image_shape, **kwargs)
        if frames not in (None, self.frames):
            raise ValueError(
                "Leave out `frames`: the generator has its own. Received: "
                f"frames={frames!r}, and a generator of {self.frames}."
            )
        if adversarial_weight != 0:
            checks.check_positive("adversarial_weight", adversarial_weight)
        self.adversarial_weight = adversarial_weight

    def discriminator_loss(self, batch):
        """−E[log D(c, x)] − E[log(1 − D(c, G(c)))]."""
        c, x = self.sources_and_targets([batch])
        log_real = self.log_real(self.D([c, x]))
        log_fake = ops.log_sigmoid(-self.D([c, self.G(c)]))
        return -ops.mean(log_real) - ops.mean(log_fake)

    def generator_loss(self, batch):
        """E[mean (x − G(c))²] − λ E[log D(c, G(c))]."""
        c, x = self.sources_and_targets([batch])
        x_fake = self.G(c)
        squared_error = ops.mean(ops.square(x - x_fake))
        adversarial_loss = -ops.mean(ops.log_sigmoid(self.D([c, x_fake])))
        self.note("mse", squared_error)
        self.note("adversarial_loss", adversarial_loss)
        return squared_error + self.adversarial_weight * adversarial_loss

    def squared_error_loss(self, batch):
        """E[mean (x − G(c))²], what the generator minimises before the game."""
        c, x = self.sources_and_targets([batch])
        return ops.mean(ops.square(x - self.G(c)))

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.0002 and β₁ = 0.5, as DCGAN has it."""
        return keras.optimizers.Adam(2e-4, beta_1=0.5)

    # === Prediction ===

    def predict_next(self, sequences, n=1, batch_size=64):
        """Predict what comes after sequences, each by its last `frames` images.

        For more than one, a prediction is what the next one is made from, together with
        those before it. The generator is in inference mode, so that a sequence does not
        depend on others.

        Args:
            sequences: uint8 array, or floats in [-1, 1],
                `(count, length, height, width, channels)`, of `frames` images or more.
            n: int. How many images to predict.
            batch_size: int. Sequences that are predicted at a time.

        Returns:
            uint8 array `(count, n, height, width, channels)`.

        Raises:
            ValueError: If the sequences are shorter, or the size, the type or the range
                of their images is another.
        """
        for name, number in {"n": n, "batch_size": batch_size}.items():
            checks.check_count(name, number)
        past = self._last_frames(sequences)
        predicted = []
        with self.averaged():
            for _ in range(n):
                image = predict(self.generator, past, batch_size)[:, None]
                past = np.concatenate([past[:, 1:], image], axis=1)
                predicted.append(pixels.to_uint8(image))
        return np.concatenate(predicted, axis=1)

    def _last_frames(self, sequences):
        """What the generator sees of sequences, float32."""
        if isinstance(sequences, (list, tuple)):
            sequences = np.asarray(sequences)
        shape = tuple(np.shape(sequences))
        if len(shape) == 5 and shape[1] < self.frames:
            raise ValueError(
                f"Pass sequences of {self.frames} images or more, by which this model "
                f"predicts the next one. Received: sequences of shape {shape}."
            )
        if 0 in shape:
            raise ValueError(
                "There must be one sequence or more. "
                f"Received: sequences of shape {shape}."
            )
        part = Frames(self.source_shape)
        if len(shape) == 5:
            sequences = sequences[:, -self.frames :]
        sequences = np.asarray(sequences)
        part.check("sequences", sequences)
        part.check_values("sequences", sequences)
        return np.asarray(ops.convert_to_numpy(part.convert("sequences", sequences)))

    def translate(self, images, *, seed=None, batch_size=64):
        """The image after each sequence, as `predict_next` predicts it.

        By the name that all models of images have it.

        Args:
            images: As the sequences of `predict_next`.
            seed: Not used: there is no draw.
            batch_size: As in `predict_next`.

        Returns:
            uint8 array `(count, height, width, channels)`.
        """
        return self.predict_next(images, batch_size=batch_size)[:, 0]

    # === What it is made of ===

    @staticmethod
    def sources_and_targets(arrays, domain=0):
        """The past frames of sequences, and the next one, which is not among them."""
        (sequences,) = arrays
        return sequences[:, :-1], sequences[:, -1]

    def check_players(self):
        frames = (None, *self.image_shape)
        network_checks.check_inputs(
            "generator", self.generator, {"past frames": frames}
        )
        network_checks.check_inputs(
            "discriminator",
            self.discriminator,
            {"past frames": self.source_shape, "the next one": self.image_shape},
        )

    @property
    def frames(self):
        """How many past frames its networks see."""
        return self.source_shape[0]

    @property
    def sequence_shape(self):
        """Shape of a sequence as `fit` takes it: the past frames, and the next one."""
        return self.frames + 1, *self.image_shape

    @classmethod
    def given(cls):
        return super().given() | {"frames"}

    @classmethod
    def settings_for_folder(cls, image_size):
        sections = folder_settings.of_networks(
            "predictive_generator", "predictive_discriminator", filters=32
        )
        sections["data"] = {"frames": FRAMES}
        return sections

    def get_config(self):
        return {
            **super().get_config(),
            "adversarial_weight": self.adversarial_weight,
        }
