"""The linear probe of an encoder: what its latents tell of classes."""

import numpy as np

from ganzoo.evaluation import model_source
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.metrics.linear_probe import linear_probe_accuracy
from ganzoo.system.errors import check_bool


def linear_probe(model, x, y, x_test, y_test, *, hidden=False):
    """Return the share of test images that a linear classifier of latents gets right.

    `ganzoo.metrics.linear_probe` fits multinomial logistic regression to the latents of
    `x` and the labels `y`. The encoder is not trained. Nothing is drawn: the latents of
    a stochastic encoder are its means.

    Args:
        model: `AdversarialModel` with `encode`.
        x: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.
        y: integer array `(n,)`. Labels of two classes or more.
        x_test: images as `x`, on which the classifier is judged.
        y_test: integer array, a label for each of them.
        hidden: bool. Whether the classifier sees the features before the encoder's last
            layer, and not the latents. For BigBiGAN they are the last maps, averaged
            over the pixels.

    Returns:
        A float between 0 and 1.

    Raises:
        ValueError: If the model has no encoder, labels are no integers or differ from
            the images in number, the labels `y` are of one class, or as in `encode`.
    """
    if not isinstance(model, AdversarialModel) or not model.encodes:
        raise ValueError(
            "Pass a model that has `encode`, such as BiGAN, ALI or BigBiGAN: the probe "
            f"is of an encoder's latents. Received: model of type {type(model)}."
        )
    check_bool("hidden", hidden)
    y, y_test = _labels("y", y, "x", x), _labels("y_test", y_test, "x_test", x_test)
    if len(np.unique(y)) < 2:
        raise ValueError(
            "`y` must have two classes or more, or there is nothing to tell apart. "
            f"Received: y with the classes {np.unique(y).tolist()}."
        )
    encode = model_source.penultimate(model) if hidden else model.encoded_latents
    return linear_probe_accuracy(encode(x), y, encode(x_test), y_test)


def _labels(name, labels, images_name, images):
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu" or not labels.size:
        raise ValueError(
            f"`{name}` must be integers, one or more. "
            f"Received: {name} of shape {labels.shape} and type {labels.dtype}."
        )
    if labels.shape != (len(images),):
        raise ValueError(
            f"`{name}` must have one label for each image of `{images_name}`. "
            f"Received: {name} of shape {labels.shape}, "
            f"len({images_name})={len(images)}."
        )
    return labels
