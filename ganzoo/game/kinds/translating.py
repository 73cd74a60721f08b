"""Image to image: a generator of given images, and not of latents."""

import numpy as np

from ganzoo.backend.prediction import predict
from ganzoo.data import pixels
from ganzoo.game import checks
from ganzoo.game import network_checks
from ganzoo.inputs.parts import Images
from ganzoo.networks import exporting


class Translating:
    """What an `AdversarialModel` has whose generator takes images.

    They are the first part of a batch, its sources, of shape `source_shape`.
    """

    translates = True
    image_method = "translate"
    image_command = "translate {} FOLDER --out translated"

    def call(self, inputs, training=False):
        # `predict` takes uint8 sources too.
        inputs = Images(self.source_shape).convert("inputs", inputs)
        return super().call(inputs, training=training)

    def check_players(self):
        network_checks.check_inputs(
            "generator", self.generator, {"source images": (None, None, None)}
        )

    @property
    def source_shape(self):
        """Shape of an image to translate, `(height, width, channels)`."""
        return network_checks.input_shapes(self.generator)[0]


class TranslatingBothWays(Translating):
    """What one has that translates images of two domains into each other.

    `fit(x, y)` takes images of both, of which none belongs to another. Its generator
    makes images of the domain "b" of those of "a", and `backward_generator` images of
    "a" of those of "b". `discriminator` judges images of "b", and
    `backward_discriminator` images of "a".
    """

    parts = {"x": Images("image_shape"), "y": Images("second_shape")}
    paired = False
    domains = ("a", "b")
    image_command = "translate {} FOLDER --out translated --to b"
    network_names = (
        *("generator", "discriminator"),
        *("backward_generator", "backward_discriminator"),
    )
    discriminator_names = ("discriminator", "backward_discriminator")
    network_parts = {
        "discriminator": ("y",),
        "backward_generator": ("y", "x"),
        "backward_discriminator": ("x",),
    }
    lacks = {"packing": "its discriminators judge images of one domain each, alone"}

    # === What its formulas are made of ===

    def F(self, inputs):
        """Images of "a" from the backward generator, in the mode of the step."""
        return self.play(self.backward_generator, inputs)

    def judge_heads(self, inputs):
        """Logits of images of both domains, each from its own discriminator."""
        x, y = inputs
        judges = (self.backward_discriminator, x), (self.discriminator, y)
        return {"logit": [self.play(network, images) for network, images in judges]}

    def data_inputs(self, batch):
        return batch

    def sample_inputs(self, batch):
        """The translations `(F(y), G(x))`."""
        x, y = batch
        return self.F(y), self.G(x)

    @property
    def generators(self):
        """The networks that make images of each domain."""
        return self.backward_generator, self.generator

    @property
    def generator_variables(self):
        return [v for network in self.generators for v in network.trainable_variables]

    @property
    def image_shapes(self):
        """Shapes of the images of each domain."""
        return [network_checks.output_shape(network) for network in self.generators]

    @property
    def second_shape(self):
        """Shape of an image of the second domain, `(height, width, channels)`."""
        return self.image_shapes[1]

    # === Translation ===

    @staticmethod
    def sources_and_targets(arrays, domain=0):
        """Images of the other domain, and those of the one that they become."""
        return arrays[1 - domain], arrays[domain]

    def translate(self, images, to=None, *, seed=None, batch_size=16):
        """Translate images of one domain into images of the other.

        The generator is in inference mode, so that an image does not depend on others.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.
            to: string or int. The domain of the results, by its name or its number:
                "b" for images of "a", and "a" for images of "b".
            seed: Not used: there is no draw.
            batch_size: int. How many are translated at a time.

        Returns:
            uint8 array `(n, height, width, channels)`.

        Raises:
            ValueError: If `to` is missing or no domain, there is no image, or shape or
                range are not those of the other domain.
        """
        number = self.find_target(to)
        checks.check_count("batch_size", batch_size)
        part = Images(self.image_shapes[1 - number])
        part.check_values("images", images)
        images = part.convert("images", images)
        if len(images) == 0:
            raise ValueError(
                "There must be one image or more. "
                f"Received: images of shape {tuple(images.shape)}."
            )
        with self.averaged():
            floats = predict(self.generators[number], images, batch_size)
        return pixels.to_uint8(floats)

    def find_target(self, to):
        """The number of the domain that images are to be translated to.

        Raises:
            ValueError: If `to` is missing, or there is no such domain.
        """
        is_number = isinstance(to, (int, np.integer)) and not isinstance(to, bool)
        known = range(len(self.domains)) if is_number else self.domains
        if to not in known:
            raise ValueError(
                "Say by `to` which domain images are to be "
                f"translated to: 'b' from 'a', or 'a' from 'b'. Received: to={to!r}."
            )
        return known.index(to)

    def export(self, filepath, format="tf_saved_model", *, to="b", **kwargs):
        """Write the generator of one direction: see `AdversarialModel.export`.

        Args:
            filepath: path. As in `AdversarialModel.export`, like what follows.
            format: str.
            to: string or int. The domain of the results, as in `translate`.
            **kwargs: Other arguments of `keras.Model.export`.

        Raises:
            ImportError: If a package is missing that converts to this format.
            ValueError: If there is no such domain, and as in `AdversarialModel.export`.
        """
        with self.averaged():
            network = self.generators[self.find_target(to)]
            exporting.export(network, filepath, format, **kwargs)

    # === Its networks ===

    @classmethod
    def given(cls):
        # What a translator is made for.
        return super().given() | {"source_shape"}

    def check_generator(self):
        for name in ("generator", "backward_generator"):
            network_checks.check_one_output(name, self.players[name])
            network_checks.check_range(name, self.players[name])

    def check_discriminator(self):
        for name, network in self.judges.items():
            network_checks.check_logits(name, network)

    def check_players(self):
        x, y = (
            {f"images of {name!r}": shape}
            for name, shape in zip(self.domains, self.image_shapes)
        )
        for name, images in (
            ("generator", x),
            ("backward_generator", y),
            ("discriminator", y),
            ("backward_discriminator", x),
        ):
            network_checks.check_inputs(name, self.players[name], images)

    def check_trains(self):
        super().check_trains()
        network_checks.warn_of_linear_end("backward_generator", self.backward_generator)
