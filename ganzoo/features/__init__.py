"""Images in; feature vectors out, by networks that a score names."""

from ganzoo.features.classifier import ClassifierFeatures
from ganzoo.features.classifier import StackedFeatures
from ganzoo.features.inception import InceptionFeatures
from ganzoo.features.random_features import RandomFeatures
from ganzoo.system.suggestions import did_you_mean

NAMES = {
    "inception": InceptionFeatures,
    "fashion-classifier": lambda: ClassifierFeatures("fashion_mnist"),
    "mnist-classifier": lambda: ClassifierFeatures("mnist"),
    "stacked-mnist-classifier": StackedFeatures,
    "random-convolutions": RandomFeatures,
}
# The classifier of a dataset.
OF_DATA = {
    "fashion_mnist": "fashion-classifier",
    "fashion_mnist_10k": "fashion-classifier",
    "mnist": "mnist-classifier",
    "stacked_mnist": "stacked-mnist-classifier",
}


def find(name):
    """Return the extractor of a name.

    It is called with uint8 images and returns a float32 array `(count, dimension)`.
    Its attributes `name`, `sha256` and `resize` stand in each protocol; where `classes`
    is not None, `classify(features)` tells to which of them images belong.

    Args:
        name: string. One of `NAMES`.

    Raises:
        ValueError: If there is none of that name, or its weights are not at hand.
    """
    if name not in NAMES:
        raise ValueError(
            f"Features are {', '.join(NAMES)}.{did_you_mean(str(name), NAMES)} "
            f"Received: features={name!r}."
        )
    return NAMES[name]()
