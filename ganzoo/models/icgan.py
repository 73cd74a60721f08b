"""IcGAN: invertible conditional GANs for image editing.

Reference:
    [Perarnau et al., 2016](https://arxiv.org/abs/1611.06355)
"""

import keras
from keras import ops

from ganzoo import networks
from ganzoo.backend.prediction import predict
from ganzoo.game import network_checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.kinds.conditional.attributes import AttributeConditional
from ganzoo.game.kinds.conditional.matching import MatchingAware
from ganzoo.game.kinds.encoding import WithEncoder
from ganzoo.game.stages import Stage
from ganzoo.inputs.parts import Attributes
from ganzoo.inputs.parts import Images
from ganzoo.networks import folder_settings

LATENTS = ("encoder", "optimised")
STEPS = 200  # of a search that begins near its end


def _encoder_optimizer():
    """Adam with learning rate 0.0001 and β₁ = 0.1, as in the authors' code."""
    return keras.optimizers.Adam(1e-4, beta_1=0.1)


@keras.saving.register_keras_serializable("ganzoo")
class IcGAN(AttributeConditional, WithEncoder, MatchingAware, AdversarialModel):
    """GAN of images with attributes, and two encoders that invert it to edit images.

    `fit` plays the game of `MatchingAware`: `G` takes latents and attributes. After
    that, `fit(stage="latent")` trains `E_z`, which tells latents of samples, and
    `fit(stage="attributes")` trains `E_y`, which tells attributes of data. `edit` draws
    an image again with the latents that `E_z` tells and with other attributes.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the paper's networks.
        attributes: sequence of strings. Names of the attributes.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` and attributes
            `(batch, count)` of 1 and -1 to images.
        discriminator: `keras.Model`. `D`, from images and attributes to logits
            `(batch, 1)`.
        encoder: `keras.Model`. `E_z`, from images to latents.
        attribute_encoder: `keras.Model`. `E_y`, from images to attributes, above 0 for
            those that an image has.
        exclusive_groups: sequence of sequences of names. Attributes of which an image
            has one at most.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If names of attributes are missing or do not fit, or as in
            `AdversarialModel`.
    """

    parts = {"x": Images("image_shape"), "y": Attributes()}
    network_names = (*WithEncoder.network_names, "attribute_encoder")
    network_parts = {"encoder": ("x",)}
    stages = {
        "latent": Stage("latent_loss", ("encoder",), _encoder_optimizer),
        "attributes": Stage(
            "attributes_loss", ("attribute_encoder",), _encoder_optimizer
        ),
    }
    edits = True

    def __init__(
        self,
        image_shape=None,
        attributes=None,
        *,
        generator=None,
        discriminator=None,
        encoder=None,
        attribute_encoder=None,
        **kwargs,
    ):
        if image_shape is not None and attributes:
            shape = image_shape, len(attributes)
            generator = generator or networks.icgan_generator(*shape)
            discriminator = discriminator or networks.icgan_discriminator(*shape)
            encoder = encoder or networks.icgan_encoder(
                image_shape, network_checks.input_shapes(generator)[0][-1]
            )
            attribute_encoder = attribute_encoder or networks.icgan_attribute_encoder(
                *shape
            )
        super().__init__(
            generator,
            discriminator,
            image_shape=image_shape,
            attributes=attributes,
            encoder=encoder,
            attribute_encoder=attribute_encoder,
            **kwargs,
        )

    # === The stages after the game ===

    def latent_loss(self, batch):
        """E[‖z − E_z(G(z, y))‖²] / d, of samples for the attributes of data."""
        x, y = batch
        z = self.sample_z(x)
        return ops.mean((z - self.E(self.G([z, y]))) ** 2)

    def attributes_loss(self, batch):
        """E[‖y − E_y(x)‖²] / n, of data."""
        x, y = batch
        return ops.mean((y - self.play(self.attribute_encoder, x)) ** 2)

    # === Images of a user ===

    def encode(self, images, latents="encoder", **options):
        """Latents `E_z(x)` of images, and attributes: those with `E_y(x)` above 0.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.
            latents: str. "encoder"; or "optimised", for those that `project` finds from
                there on, with these attributes.
            **options: Of "optimised", arguments of `project`: `identity` for a network
                whose features are to be kept, as by Antipov et al. (2017), `steps`, by
                default 200, and others.

        Returns:
            float32 arrays `(n, latent_dim)`, and `(n, count)` of 1 and -1. Of an
            exclusive group one attribute is 1 at most, that of the greatest `E_y(x)`.

        Raises:
            ValueError: If shape or range are not those of the images, the encoders
                have not been trained, or as in `project`.
        """
        fixed = {"start", "starts", "attributes", "return_errors"} & options.keys()
        if fixed:
            raise ValueError(
                "`encode` chooses the start and the attributes of the search, and "
                f"returns no errors. Received: {', '.join(sorted(fixed))}."
            )
        if latents not in LATENTS or (options and latents != "optimised"):
            raise ValueError(
                f"`latents` must be one of {LATENTS}, and other arguments are those of "
                "a search, for 'optimised'. "
                f"Received: latents={latents!r}, {', '.join(options) or 'no others'}."
            )
        y = self.tell_attributes(images)
        z = self.encoded_latents(images)
        if latents == "optimised":
            options = {"steps": STEPS, **options}
            z = self.project(images, start=z, attributes=y, **options)
        return z, y

    def encoded_latents(self, images):
        return self.run_encoder(images)

    def tell_attributes(self, images):
        """Attributes of images by `E_y`, as `encode` tells them.

        Args:
            images: As in `encode`.

        Returns:
            float32 array `(n, count)` of 1 and -1.

        Raises:
            ValueError: If shape or range are not those of the images, or `E_y` has not
                been trained.
        """
        self.check_trained("attribute_encoder")
        told = predict(self.attribute_encoder, self.to_pixels(images), 128)
        return self.at_most_one(told)

    def conditions_of(self, images, attributes=None, **others):
        """Attributes as `E_y` tells them, but for those that are given by name."""
        if attributes is None or isinstance(attributes, dict):
            told = self.tell_attributes(images)
            attributes = self.set_attributes(told, attributes or {})
        return {"attributes": attributes, **others}

    def edit(self, images, changes, **options):
        """Draw images again with some of their attributes changed: `G(E_z(x), y)`.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.
            changes: dict. By names of attributes, True for those that all images are to
                have, and False for those that none is to have. Others stay as `encode`
                tells them. With {} it is `reconstruct`.
            **options: `latents` and others, as in `encode`.

        Returns:
            uint8 array `(n, height, width, channels)`.

        Raises:
            ValueError: If there is no such attribute, two of an exclusive group are
                asked for, or as in `encode`.
        """
        z, y = self.encode(images, **options)
        return self.decode(z, [self.set_attributes(y, changes)])

    def reconstruct(self, images, **options):
        """`G(E_z(x), y)` with the attributes that `encode` tells.

        Args:
            images: As in `edit`, like what follows.
            **options: As in `encode`.

        Returns:
            uint8 array `(n, height, width, channels)`.

        Raises:
            ValueError: As in `edit`.
        """
        return self.edit(images, {}, **options)

    def swap(self, images, others):
        """Draw images with the attributes of others, and those with theirs.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.
            others: The same, as many.

        Returns:
            Two uint8 arrays `(n, height, width, channels)`.

        Raises:
            ValueError: If there are not as many, or as in `encode`.
        """
        if len(images) != len(others):
            raise ValueError(
                "`others` must be as many as `images`, which they swap attributes "
                f"with. Received: {len(images)} images, {len(others)} others."
            )
        (z, y), (other_z, other_y) = self.encode(images), self.encode(others)
        return self.decode(z, [other_y]), self.decode(other_z, [y])

    @property
    def reconstructs(self):
        """Whether both encoders have been trained."""
        return all(map(self.has_trained, self.stages))

    # === What it is made of ===

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.0002 and β₁ = 0.5, as in the authors' code."""
        return keras.optimizers.Adam(2e-4, beta_1=0.5)

    def check_players(self):
        attributes = {"attributes": (self.num_attributes,)}
        network_checks.check_latents(self.generator, attributes)
        images = {"the images": self.image_shape}
        network_checks.check_inputs(
            "discriminator", self.discriminator, {**images, **attributes}
        )
        self.check_encoder()
        name, network = "attribute_encoder", self.attribute_encoder
        network_checks.check_inputs(name, network, images)
        wanted = (self.num_attributes,)
        network_checks.check_output(name, network, "a number for each", wanted)

    @classmethod
    def settings_for_folder(cls, image_size):
        return {
            **folder_settings.of_networks("icgan_generator", "icgan_discriminator"),
            "encoder": {
                "network": "icgan_encoder",
                "units": 512,
                **folder_settings.WIDTH,
            },
            "attribute_encoder": {
                "network": "icgan_attribute_encoder",
                **folder_settings.WIDTH,
            },
        }
