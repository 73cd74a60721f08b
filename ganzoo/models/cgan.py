"""CGAN: conditional generative adversarial nets.

Reference:
    [Mirza & Osindero, 2014](https://arxiv.org/abs/1411.1784)
"""

import math

import keras
import numpy as np
from keras import ops

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.system import suggestions

SHOWN = 20  # names of classes in a message


@keras.saving.register_keras_serializable("ganzoo")
class CGAN(AdversarialModel):
    """GAN in which both players also see a label `y`: `G([z, y])` and `D([x, y])`.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the paper's networks.
        num_classes: int. Labels are integers from 0 to `num_classes - 1`.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` and integer
            labels `(batch,)` to pictures.
        discriminator: `keras.Model`. `D`, from pictures and integer labels `(batch,)`
            to logits `(batch, 1)`.
        class_names: sequence of strings or None. A name for each class, in the order
            of the labels, which `generate` then takes as well.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If the names are not one for each class, or as in
            `AdversarialModel`.
    """

    # −2 log ½, as in Theorem 1 of Goodfellow et al.
    undecided_loss = 2 * math.log(2)

    def __init__(
        self,
        image_shape=None,
        num_classes=None,
        *,
        generator=None,
        discriminator=None,
        class_names=None,
        **kwargs,
    ):
        checks.check_num_classes(num_classes)
        _check_names(class_names, num_classes)
        if image_shape is not None:
            generator = generator or networks.cgan_generator(image_shape, num_classes)
            discriminator = discriminator or networks.cgan_discriminator(
                image_shape, num_classes
            )
        super().__init__(generator, discriminator, image_shape=image_shape, **kwargs)
        self.num_classes = num_classes
        self.class_names = None if class_names is None else tuple(map(str, class_names))

    def discriminator_loss(self, batch):
        """−E[log D(x|y)] − E[log(1 − D(G(z|y)|y))], Equation 2."""
        x, y = batch
        x_fake = self.G([self.sample_z(x), y])
        log_real = ops.log_sigmoid(self.D([x, y]))
        log_fake = ops.log_sigmoid(-self.D([x_fake, y]))
        return -ops.mean(log_real) - ops.mean(log_fake)

    def generator_loss(self, batch):
        """−E[log D(G(z|y)|y)], the non-saturating form of Equation 2."""
        x, y = batch
        x_fake = self.G([self.sample_z(x), y])
        return -ops.mean(ops.log_sigmoid(self.D([x_fake, y])))

    @staticmethod
    def default_optimizer():
        """SGD with learning rate 0.1 and momentum 0.5, Section 4.1."""
        return keras.optimizers.SGD(0.1, momentum=0.5)

    # === Labels ===

    def check_players(self):
        checks.check_latents(self.generator, {"integer labels": ()})
        checks.check_inputs(
            "discriminator",
            self.discriminator,
            {"the pictures": self.image_shape, "integer labels": ()},
        )

    @property
    def batch_shapes(self):
        return {"x": self.image_shape, "y": ()}

    def check_values(self, name, part, is_first=True):
        super().check_values(name, part, is_first)
        if name == "y":
            self.check_labels(name, ops.convert_to_numpy(part))

    def check_labels(self, name, labels):
        """Raise a ValueError for a label that is no class."""
        if labels.size and not 0 <= labels.min() <= labels.max() < self.num_classes:
            raise ValueError(
                f"Labels `{name}` must be from 0 to {self.num_classes - 1}, since "
                f"`num_classes` is {self.num_classes}. Received: {name} from "
                f"{labels.min()} to {labels.max()}."
            )

    def conditions(self, n, labels):
        """One label for each of `n` pictures; by default all classes in turn.

        A string is the name of a class, also if it is one of digits.
        """
        if labels is None:
            labels = np.arange(n) % self.num_classes
        if isinstance(labels, str):
            labels = self.label_of(labels)
        elif np.ndim(labels) and np.asarray(labels).dtype.kind in "USO":
            labels = [self.label_of(y) if isinstance(y, str) else y for y in labels]
        labels = np.asarray(labels)
        if labels.ndim == 0:
            labels = np.full(n, labels)
        if labels.shape != (n,) or not np.issubdtype(labels.dtype, np.integer):
            raise ValueError(
                "`labels` must be one integer or one name of a class, or one for each "
                f"of the {n} images. Received: labels of shape {labels.shape} and type "
                f"{labels.dtype}."
            )
        self.check_labels("labels", labels)
        return [labels.astype("int32")]

    def label_of(self, name):
        """The label of a class.

        Args:
            name: string. One of `class_names`.

        Raises:
            ValueError: If there is no class of this name.
        """
        if self.class_names is None:
            raise ValueError(
                f"Pass a number from 0 to {self.num_classes - 1}: this model does not "
                f"know the names of its classes. Received: label={name!r}."
            )
        if name not in self.class_names:
            shown = *self.class_names[:SHOWN], *["..."] * (self.num_classes > SHOWN)
            raise ValueError(
                f"Pass the name of a class: {', '.join(shown)}."
                f"{suggestions.did_you_mean(name, self.class_names)} "
                f"Received: label={name!r}."
            )
        return self.class_names.index(name)

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "class_names": self.class_names and list(self.class_names),
        }


def _check_names(class_names, num_classes):
    """Raise a ValueError unless there is a name for each class, or none at all."""
    if class_names is None:
        return
    names = [class_names] if isinstance(class_names, str) else list(class_names)
    of_strings = all(isinstance(name, str) for name in names)
    if len(set(names)) != num_classes or len(names) != num_classes or not of_strings:
        raise ValueError(
            "`class_names` must be strings, a different one for each class. Received: "
            f"class_names={class_names!r}, num_classes={num_classes}."
        )
