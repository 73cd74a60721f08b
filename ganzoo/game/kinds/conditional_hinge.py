"""What the variants share that play the hinge game with labels."""

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game.conditions import ClassConditional
from ganzoo.game.kinds.hinge import Hinge
from ganzoo.inputs.parts import Images
from ganzoo.inputs.parts import Label


class ConditionalHinge(ClassConditional, Hinge):
    """The hinge game of images and labels.

    The labels of samples are drawn anew, each class as often as the others.

    Args:
        image_shape: tuple. As of the variant, like what follows.
        num_classes: int.
        generator: `keras.Model`.
        discriminator: `keras.Model`.
        **kwargs: Others.
    """

    parts = {"x": Images("image_shape"), "y": Label(names="class_names")}
    # Names of the functions of `ganzoo.networks` that make its own networks.
    own_networks = ()

    def __init__(
        self,
        image_shape=None,
        num_classes=None,
        *,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        checks.check_num_classes(num_classes)
        if image_shape is not None:
            own = [getattr(networks, name) for name in self.own_networks]
            generator = generator or own[0](image_shape, num_classes)
            discriminator = discriminator or own[1](image_shape, num_classes)
        super().__init__(
            generator,
            discriminator,
            image_shape=image_shape,
            num_classes=num_classes,
            **kwargs,
        )

    def sample_inputs(self, batch):
        """The pair `(G(z, c), c)`, its labels `c` uniform and not the batch's."""
        x, _ = batch
        z, (c,) = self.sample_z(x), self.sample_conditions(x)
        return self.G([z, c]), c
