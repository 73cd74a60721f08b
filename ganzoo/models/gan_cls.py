"""GANCLS: generative adversarial text to image synthesis.

Reference:
    [Reed et al., 2016](https://arxiv.org/abs/1605.05396)
"""

import keras
from keras import ops

from ganzoo import networks
from ganzoo.data.vocabulary import Vocabulary
from ganzoo.game import network_checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.kinds.conditional.matching import MatchingAware
from ganzoo.game.kinds.conditional.matching import differing
from ganzoo.game.kinds.conditional.matching import mismatched
from ganzoo.game.kinds.conditional.texts import TextConditional
from ganzoo.game.stages import Stage
from ganzoo.inputs.parts import Images
from ganzoo.inputs.parts import Tokens
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class GANCLS(TextConditional, MatchingAware, AdversarialModel):
    """GAN that draws images of texts: GAN-CLS, with GAN-INT by default.

    `fit(images, texts, stage="text")` trains the text encoder `φ` beside an image
    encoder `θ`. After that, `fit(images, texts)` plays the game of `MatchingAware`,
    whose players are told `φ(t)` of texts; both encoders stay as they are. Texts are
    tokens of the vocabulary, or strings.

    Args:
        image_shape: tuple. `(height, width, channels)`, for networks as in the paper.
        vocabulary: `ganzoo.data.Vocabulary`. The words of the texts.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` and encodings
            `(batch, text_dim)` to images.
        discriminator: `keras.Model`. `D`, from images and encodings to logits
            `(batch, 1)`.
        text_encoder: `keras.Model`. `φ`, from tokens `(batch, length)` to encodings.
        image_encoder: `keras.Model`. `θ`, from images to as many numbers.
        interpolation_weight: float. `w` of GAN-INT in the generator's loss; 0 for
            GAN-CLS alone.
        mismatch_weight: float. That of wrong pairs in the discriminator's loss, as in
            `MatchingAware`.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If the vocabulary is missing, the text encoder has not all its
            words, a weight is out of its range, or as in `AdversarialModel`.
    """

    parts = {"x": Images("image_shape"), "y": Tokens()}
    network_names = ("generator", "discriminator", "text_encoder", "image_encoder")
    network_parts = {
        "generator": ("x",),
        "discriminator": ("x",),
        "text_encoder": ("y",),
        "image_encoder": ("x",),
    }
    stages = {
        "text": Stage(
            "text_loss",
            ("text_encoder", "image_encoder"),
            lambda: keras.optimizers.Adam(1e-3),
            before=True,
            min_examples=2,
        )
    }

    def __init__(
        self,
        image_shape=None,
        vocabulary=None,
        *,
        generator=None,
        discriminator=None,
        text_encoder=None,
        image_encoder=None,
        interpolation_weight=1.0,
        **kwargs,
    ):
        if image_shape is not None and isinstance(vocabulary, Vocabulary):
            text_encoder = text_encoder or networks.gan_cls_text_encoder(
                len(vocabulary)
            )
            shape = image_shape, network_checks.output_shapes(text_encoder)[0][-1]
            generator = generator or networks.gan_cls_generator(*shape)
            discriminator = discriminator or networks.gan_cls_discriminator(*shape)
            image_encoder = image_encoder or networks.gan_cls_image_encoder(*shape)
        is_number = isinstance(interpolation_weight, (int, float))
        if not is_number or not 0 <= interpolation_weight < float("inf"):
            raise ValueError(
                "`interpolation_weight` must be a number of at least 0. "
                f"Received: interpolation_weight={interpolation_weight!r}."
            )
        self.interpolation_weight = interpolation_weight
        super().__init__(
            generator,
            discriminator,
            image_shape=image_shape,
            vocabulary=vocabulary,
            text_encoder=text_encoder,
            image_encoder=image_encoder,
            **kwargs,
        )

    def told(self, t):
        """What the players are told of texts: `φ(t)`."""
        return self.phi(t)

    def generator_loss(self, batch):
        """−E[log D(G(z, φ(t)), φ(t))] − w E[log D(G(z, t̄), t̄)].

        The first half is that of GAN-CLS, and the second GAN-INT: t̄ = ½ φ(t) + ½ φ(t̂)
        is between two texts of the batch, and belongs to no image.
        """
        x, t = batch
        told = self.phi(t)
        loss = self.deceiving_loss(x, told)
        if not self.interpolation_weight:
            return loss
        others, _ = mismatched(t)
        between = (told + ops.take(told, others, axis=0)) / 2
        return loss + self.interpolation_weight * self.deceiving_loss(x, between)

    # === The stage before the game ===

    def text_loss(self, batch):
        """E[max(0, 1 + s(x, t̂) − s(x, t))] + E[max(0, 1 + s(x̂, t) − s(x, t))].

        With s(x, t) = θ(x) · φ(t), over all two pairs (x, t) and (x̂, t̂) of the batch
        whose texts differ: the symmetric joint embedding of
        [Reed et al., 2016](https://arxiv.org/abs/1605.05395).
        """
        x, t = batch
        theta = self.play(self.image_encoder, x)
        scores = ops.matmul(theta, ops.transpose(self.phi(t)))  # images by texts
        right = ops.diagonal(scores)
        of_texts = ops.relu(1 + scores - right[:, None])
        of_images = ops.relu(1 + scores - right[None, :])
        differs = ops.cast(differing(t), scores.dtype)
        count = ops.maximum(ops.sum(differs), 1)
        return ops.sum(differs * (of_texts + of_images)) / count

    # === What it is made of ===

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.0002 and β₁ = 0.5, as in the authors' code."""
        return keras.optimizers.Adam(2e-4, beta_1=0.5)

    def check_players(self):
        self.check_text_encoder()
        text = {"encoded texts": (self.text_dim,)}
        network_checks.check_latents(self.generator, text)
        images = {"the images": self.image_shape}
        network_checks.check_inputs(
            "discriminator", self.discriminator, {**images, **text}
        )
        name, network = "image_encoder", self.image_encoder
        network_checks.check_inputs(name, network, images)
        network_checks.check_output(name, network, "encodings", (self.text_dim,))

    @classmethod
    def settings_for_folder(cls, image_size):
        return {
            **folder_settings.of_networks("gan_cls_generator", "gan_cls_discriminator"),
            "text_encoder": {"network": "gan_cls_text_encoder"},
            "image_encoder": {
                "network": "gan_cls_image_encoder",
                **folder_settings.WIDTH,
            },
        }

    def get_config(self):
        return {
            **super().get_config(),
            "interpolation_weight": self.interpolation_weight,
        }
