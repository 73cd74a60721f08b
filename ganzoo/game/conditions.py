"""Conditions: what a user asks for, and labels, whichever variant takes them."""

import inspect

import keras
import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.backend.prediction import predict
from ganzoo.game import checks
from ganzoo.game import network_checks
from ganzoo.inputs.parts import Label
from ganzoo.system import suggestions

SHOWN = 20  # names of classes in a message
# What one variant or another may be asked for.
KNOWN = ("labels", "attributes", "codes", "texts", "truncation", "noise")
# Methods that take conditions, beside options of their own.
ASKED = ("generate", "project", "edit_latents", "anomaly_score")


def for_each(n, name, condition, shape):
    """A condition for each of some images, where there may be one for all.

    Args:
        n: int. How many images.
        name: str. What it is called, for the message.
        condition: array `(n, *shape)`, or `shape` for all images.
        shape: tuple. What the generator takes for an image, None for any size.

    Returns:
        Array `(n, ...)`.

    Raises:
        ValueError: If it is of another shape, or no finite numbers.
    """
    condition = np.asarray(condition)
    if condition.dtype.kind == "f" and not np.isfinite(condition).all():
        raise ValueError(
            f"`{name}` must be finite numbers. Received: {name} with NaN or infinity."
        )
    may_be_rows = condition.ndim > 0 and _fits(condition.shape[1:], shape)
    if may_be_rows and len(condition) == n:
        return condition
    is_one = not may_be_rows or condition.ndim == len(shape)
    if is_one and _fits(condition.shape, shape):
        return np.broadcast_to(condition, (n, *condition.shape))
    raise ValueError(
        f"`{name}` must be a condition for each of the {n} images, of shape {shape} "
        f"each, or one for all of them. Received: {name} of shape {condition.shape}."
    )


def _fits(received, wanted):
    """Whether a shape is another, but for axes of size 1, which Keras adds itself."""
    received, wanted = ([n for n in s if n != 1] for s in (received, wanted))
    return len(received) == len(wanted) and all(
        None in (a, b) or a == b for a, b in zip(received, wanted)
    )


def cure_of_unknown(model, name):
    """What to do if a model is asked for a condition that it does not take.

    Args:
        model: `AdversarialModel`.
        name: str. What was given: another's condition, or an option by another name.
    """
    methods = (getattr(type(model), method) for method in ASKED)
    options = {
        option.name
        for method in methods
        for option in inspect.signature(method).parameters.values()
        if option.kind is option.KEYWORD_ONLY
    }
    known = [*model.condition_names, *sorted(options)]
    own = type(model).__name__
    hint = "" if name in KNOWN else suggestions.did_you_mean(name, known)
    if hint:
        return f"{own} has no option `{name}`.{hint}"
    takes = " or ".join(f"`{condition}`" for condition in model.condition_names)
    takes = f"takes {takes}" if takes else "has no conditions, and draws from all data"
    return f"{own} takes no `{name}`: it {takes}."


def check_conditions(model, conditions):
    """Raise a ValueError unless there is one for each input beside the latents.

    Args:
        model: `AdversarialModel`.
        conditions: sequence of arrays.
    """
    count = len(network_checks.input_shapes(model.generator)) - 1
    if len(conditions) == count:
        return
    own = [n for n in model.condition_names if n not in model.optional_conditions]
    asked = "".join(f", {name}={name}" for name in own)
    cure = "Pass no `conditions`: it draws from latents alone."
    if count:
        cure = (
            "Pass `conditions`, which the generator takes beside latents: "
            f"`model.decode(z, model.find_conditions(len(z){asked}))`."
        )
    raise ValueError(
        f"{cure} Received: {len(conditions)} conditions instead of {count}, a model "
        f"of {type(model).__name__}."
    )


class Labelled:
    """What an `AdversarialModel` knows that takes labels.

    Args:
        num_classes: int. Labels are integers from 0 to `num_classes - 1`.
        class_names: sequence of strings or None. A name for each class, in the order
            of the labels.
        **kwargs: As of the variant.

    Raises:
        ValueError: If there are fewer than two classes, the names are not one for
            each, or a network knows fewer.
    """

    def __init__(self, *args, num_classes, class_names=None, **kwargs):
        checks.check_num_classes(num_classes)
        checks.check_class_names(class_names, num_classes)
        super().__init__(*args, **kwargs)
        for name in self.network_names:
            network_checks.check_classes(name, getattr(self, name), num_classes)
        self.num_classes = num_classes
        self.class_names = None if class_names is None else tuple(map(str, class_names))

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "class_names": self.class_names and list(self.class_names),
        }


class Classifying(Labelled):
    """What an `AdversarialModel` does whose discriminator tells classes.

    Its output "classes" are logits `(batch, num_classes)`.
    """

    def classify(self, images):
        """Probabilities of the classes of images, by `D` in inference mode.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.

        Returns:
            float32 array `(n, num_classes)`, whose rows add up to 1.

        Raises:
            ValueError: If the shape or the range is not that of the images.
        """
        heads = predict(self.discriminator, self.to_pixels(images), 128)
        return ops.convert_to_numpy(ops.softmax(heads["classes"], axis=-1))

    def cross_entropies(self, labels, heads):
        """−log P(label | x) of each example, `(batch,)`."""
        return keras.losses.sparse_categorical_crossentropy(
            labels, heads["classes"], from_logits=True
        )

    def hits(self, labels, heads):
        """1 for examples whose class is told right, and 0 for others, `(batch,)`."""
        told = ops.cast(ops.argmax(heads["classes"], axis=-1), "int32")
        return ops.cast(told == ops.cast(labels, "int32"), "float32")


class ClassConditional(Labelled):
    """What an `AdversarialModel` does whose generator takes a label.

    `generate` takes the names of the classes too.
    """

    condition_names = ("labels",)

    def check_players(self):
        """Raise a ValueError unless both networks take labels."""
        labels = {"integer labels": ()}
        network_checks.check_latents(self.generator, labels)
        images = {"the images": self.image_shape}
        network_checks.check_inputs(
            "discriminator", self.discriminator, {**images, **labels}
        )

    def conditions(self, n, labels):
        """One label for each of `n` images; by default all classes in turn.

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
        return [labels.astype("int32")]

    def check_conditions(self, n, found):
        """What the generator takes beside the latents, after a look at its labels."""
        labels, *others = super().check_conditions(n, found)
        part = Label(count=self.num_classes)
        part.check_type("labels", str(labels.dtype))
        part.check_values("labels", labels)
        return [labels, *others]

    def sample_conditions(self, x):
        """One label for each example of `x`, from the uniform distribution."""

        def draw(count):
            return keras.random.randint((count,), 0, self.num_classes, seed=self.noise)

        return [backend.per_example(draw, x)]

    def label_of(self, name):
        """The label of a class.

        Args:
            name: string. One of `class_names`, in upper or lower case.

        Raises:
            ValueError: If there is no class of this name.
        """
        if self.class_names is None:
            raise ValueError(
                f"Pass a number from 0 to {self.num_classes - 1}: this model does not "
                f"know the names of its classes. Received: label={name!r}."
            )
        label = suggestions.find_name(name, self.class_names)
        if label is None:
            shown = *self.class_names[:SHOWN], *["..."] * (self.num_classes > SHOWN)
            raise ValueError(
                f"Pass the name of a class: {', '.join(shown)}."
                f"{suggestions.did_you_mean(name, self.class_names)} "
                f"Received: label={name!r}."
            )
        return label
