"""What the variants share that play the hinge game with labels."""

from ganzoo.game.conditions import ClassConditional
from ganzoo.game.kinds.hinge import Hinge
from ganzoo.inputs.parts import Images
from ganzoo.inputs.parts import Label


class ConditionalHinge(ClassConditional, Hinge):
    """The hinge game of images and labels.

    The labels of samples are drawn anew, each class as often as the others.
    """

    parts = {"x": Images("image_shape"), "y": Label(names="class_names")}

    def sample_inputs(self, batch):
        """The pair `(G(z, c), c)`, its labels `c` uniform and not the batch's."""
        x, _ = batch
        z, (c,) = self.sample_z(x), self.sample_conditions(x)
        return self.G([z, c]), c
