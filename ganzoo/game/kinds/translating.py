"""Image to image: a generator of given images, and not of latents."""

from ganzoo.game import network_checks
from ganzoo.inputs.parts import Images


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
