"""An adversarial example, and a generator as an adversary, of one classifier.

Reference:
    [Goodfellow et al., 2015](https://arxiv.org/abs/1412.6572)
"""

import keras
import numpy as np
from keras import ops
from scipy import special

from ganzoo import data
from ganzoo.data import pixels
from ganzoo.features import classifier_network
from ganzoo.lab import records
from ganzoo.presets import registry

LEVELS = np.arange(0, 33)  # changes of a pixel, of 255
SHOWN = 4
SURE = 0.99
PRESET = "dcgan_fashion_mnist"
RATE = 0.05
NAMES = {"T-shirt/top": "T-shirt", "Ankle boot": "boot"}


def record(budget, say):
    """Images, their perturbations, and what the classifier says of each."""
    classifier = classifier_network.load_classifier("fashion_mnist")
    say("adversarial examples")
    found = data.load("fashion_mnist_10k", "test")
    names = [NAMES.get(name, name.lower()) for name in found.class_names]
    images, labels = _sure(classifier, found)
    model = registry.from_preset(PRESET)
    signs = perturbation(model, classifier, images, labels)
    # A grey level is 2 / 255 of what the networks see.
    changed = [np.clip(images + 2 / 255 * n * signs, -1, 1) for n in LEVELS]
    verdicts = [probabilities(classifier, each) for each in changed]
    say("a generator that looks for images of the same classes")
    steps = max(1, round((len(LEVELS) - 1) * budget))
    drawn = search(model, classifier, labels, steps)
    return {
        "names": names,
        "labels": labels,
        "images": records.pack(changed, -1, 1),
        "signs": records.pack(signs, -1, 1),
        "verdicts": np.array(verdicts),
        "drawn": records.pack([images for images, _ in drawn], -1, 1),
        "drawn_verdicts": np.array([said for _, said in drawn]),
    }


def probabilities(classifier, images):
    """What the classifier says of images, `(n, classes)`."""
    logits = ops.convert_to_numpy(classifier(images, training=False))
    return special.softmax(logits, axis=-1)


def perturbation(game, classifier, images, labels):
    """The sign of the gradient of the classifier's loss, in {-1, 0, 1}.

    `x + ε · sign(∇x J(x, y))` is the adversarial example of Section 4: it changes no
    pixel by more than ε.
    """
    slopes = game.input_gradient(
        lambda x: cross_entropy(classifier(x, training=False), labels), images
    )
    return np.sign(ops.convert_to_numpy(slopes))


def cross_entropy(logits, labels):
    """The classifier's loss of each image."""
    return keras.losses.sparse_categorical_crossentropy(
        ops.convert_to_tensor(labels), logits, from_logits=True
    )


def _sure(classifier, found):
    """Images of different classes, whose classes the classifier knows, and these."""
    images = pixels.to_float(found.images[:500])
    said = probabilities(classifier, images)
    labels = found.labels[:500]
    known = said[np.arange(len(labels)), labels] > SURE
    first = [np.flatnonzero(known & (labels == c))[0] for c in range(2 * SHOWN)]
    chosen = np.array(first[::2])
    return images[chosen], labels[chosen]


def search(game, classifier, labels, steps):
    """A trained generator against the classifier: it has to make the whole image.

    Gradient ascent on the classifier's log-probability of each class, in the latents.

    Returns:
        List of images and what the classifier says of them, `steps + 1` long.
    """
    z = game.latents(len(labels), seed=1)

    def loss(z):
        images = game.generator(z, training=False)
        return cross_entropy(classifier(images, training=False), labels)

    seen = []
    for _ in range(steps + 1):
        images = ops.convert_to_numpy(game.generator(z, training=False))
        seen.append((images, probabilities(classifier, images)))
        slope = ops.convert_to_numpy(game.input_gradient(loss, z))
        length = np.linalg.norm(slope, axis=-1, keepdims=True)
        z = z - RATE * np.sqrt(z.shape[-1]) * slope / (length + 1e-12)
    return seen
