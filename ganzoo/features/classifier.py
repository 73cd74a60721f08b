"""Features of small grey images: the last hidden layer of a small classifier of them.

Inception was trained on colour photographs; for images like MNIST's a classifier of
those images says more (a "Fréchet classifier distance"). Such distances compare only
within one classifier, so one for Fashion-MNIST and one for MNIST are shipped with their
weights, and a score names their sha256. `train_classifier.py` made them.
"""

import keras
import numpy as np

from ganzoo.data import pixels
from ganzoo.data.datasets import stacked_mnist
from ganzoo.features import classifier_network
from ganzoo.features.prediction import predict


class ClassifierFeatures:
    """Extractor of what a shipped classifier sees in images like those it learnt.

    Args:
        data_set: string. What the classifier was trained on: `"fashion_mnist"` or
            `"mnist"`.
        folder: path. Where the weights and their record are. Defaults to the shipped
            ones.

    Attributes:
        name: string. What a score is recorded under: `"fashion-classifier"` or
            `"mnist-classifier"`.
        title: string. The classifier's name for people.
        sha256: string. Of the weights; scores compare only where it is the same.
        dimension: int. Length of one feature vector.
        network: `keras.Model` from images in [-1, 1] to the logits of the classes.
        image_shape: tuple. Of the one shape of images it takes.
        classes: int. Labels are `0..classes - 1`.
        resize: `None`. Images are taken as they are.

    Raises:
        FileNotFoundError: if the weights or their record are missing.
        ValueError: if there is no classifier of the data set, or the weights are not
            those of the record.
    """

    image_shape = classifier_network.IMAGE_SHAPE
    classes = classifier_network.CLASSES
    resize = None

    def __init__(self, data_set="fashion_mnist", folder=classifier_network.FOLDER):
        self.network = classifier_network.load_classifier(data_set, folder)
        self.name = classifier_network.NETWORKS[data_set].replace("_", "-")
        self.title = classifier_network.TITLES[data_set]
        self.sha256 = classifier_network.read_record(data_set, folder)["sha256"]
        hidden = self.network.get_layer("features").output
        self.dimension = hidden.shape[-1]
        self._extractor = keras.Model(self.network.input, hidden, name="features")
        weights = self.network.get_layer("logits").weights
        self._kernel, self._bias = map(keras.ops.convert_to_numpy, weights)

    def __call__(self, images, batch_size=250, verbose=0):
        """Return the features of images.

        Args:
            images: uint8 array of shape `(count, 28, 28, 1)`, 0..255.
            batch_size: int. Images at a time; it changes only rounding.
            verbose: 0 or 1. 1 shows progress on the standard error.

        Returns:
            A float32 array of shape `(count, dimension)`, none below 0.

        Raises:
            ValueError: if `images` are of another type or shape.
        """
        x = pixels.to_float(_checked(images))
        return predict(
            self._extractor, keras.ops.convert_to_numpy(x), batch_size, verbose
        )

    def logits(self, features):
        """Return the network's logits of images from their features.

        Args:
            features: float32 array of shape `(count, dimension)`, what the call
                returned.

        Returns:
            A float32 array of shape `(count, 10)`.

        Raises:
            ValueError: if `features` are of another shape.
        """
        features = np.asarray(features, "float32")
        if features.ndim != 2 or features.shape[1] != self.dimension:
            raise ValueError(
                f"`features` must be of shape `(count, {self.dimension})`, as the "
                f"extractor returns them. Received: features.shape={features.shape}."
            )
        return features @ self._kernel + self._bias

    def classify(self, features):
        """Return the classes 0..9, int64 `(count,)`, that images seem to be of.

        Args and errors are those of `logits`.
        """
        return np.argmax(self.logits(features), axis=-1)


class StackedFeatures:
    """Extractor for Stacked MNIST: the digits' features, of all three colours in a row.

    Args:
        digits: `ClassifierFeatures("mnist")`, or `None` to load it.

    Attributes:
        name: string. What a score is recorded under.
        sha256: string. Of the weights of the digits' classifier.
        dimension: int. Length of one feature vector.
        image_shape: tuple. Of the one shape of images it takes.
        classes: int. The modes are the numbers `0..999`.
        resize: `None`. Images are taken as they are.
    """

    name = "stacked-mnist-classifier"
    image_shape = (*classifier_network.IMAGE_SHAPE[:2], stacked_mnist.CHANNELS)
    classes = len(stacked_mnist.CLASS_NAMES)
    resize = None

    def __init__(self, digits=None):
        self.digits = ClassifierFeatures("mnist") if digits is None else digits
        self.sha256 = self.digits.sha256
        self.dimension = stacked_mnist.CHANNELS * self.digits.dimension

    def __call__(self, images, batch_size=250, verbose=0):
        """Return the features of images.

        Args:
            images: uint8 array of shape `(count, 28, 28, 3)`, as Stacked MNIST's:
                hundreds in red, tens in green, ones in blue.
            batch_size: int. Digits at a time; it changes only rounding.
            verbose: 0 or 1. 1 shows progress on the standard error.

        Returns:
            A float32 array of shape `(count, dimension)`, none below 0.

        Raises:
            ValueError: if `images` are of another type or shape.
        """
        images = np.asarray(images)
        _check_pictures(images, self.image_shape)
        digits = np.moveaxis(images, -1, 1).reshape(-1, *classifier_network.IMAGE_SHAPE)
        features = self.digits(digits, batch_size=batch_size, verbose=verbose)
        return features.reshape(len(images), self.dimension)

    def classify(self, features):
        """Return the numbers 0..999, int64 `(count,)`, that images seem to show.

        Args:
            features: float32 array of shape `(count, dimension)`.
        """
        features = np.asarray(features).reshape(-1, self.digits.dimension)
        shown = self.digits.classify(features).reshape(-1, stacked_mnist.CHANNELS)
        return stacked_mnist.to_numbers(shown)


def _checked(images):
    images = np.asarray(images)
    _check_pictures(images, classifier_network.IMAGE_SHAPE)
    return images


def _check_pictures(images, shape):
    if images.dtype != "uint8":
        raise ValueError(
            "`images` must be uint8 0..255; map floats in [-1, 1] with "
            f"`ganzoo.data.pixels.to_uint8`. Received: images.dtype={images.dtype}."
        )
    if images.shape[1:] != shape or not len(images):
        raise ValueError(
            f"`images` must be one or more images of shape `{shape}`, as the "
            f"classifier was trained on. Received: images.shape={images.shape}."
        )
