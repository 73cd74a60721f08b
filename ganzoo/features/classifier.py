"""Features of Fashion-MNIST pictures: the last hidden layer of a small classifier.

Inception was trained on colour photographs; for small grey pictures a classifier of
those pictures says more (a "Fréchet classifier distance"). Such distances compare only
within one classifier, so this one is shipped with its weights, and a score names their
sha256. `train_fashion_classifier.py` made them.
"""

import hashlib
import json
import pathlib

import keras
import numpy as np

from ganzoo.data import pixels

IMAGE_SHAPE = (28, 28, 1)
CLASSES = 10
FOLDER = pathlib.Path(__file__).parent
WEIGHTS_FILE = "fashion_classifier.weights.h5"
RECORD_FILE = "fashion_classifier.json"


class FashionFeatures:
    """Extractor of what the shipped classifier of Fashion-MNIST sees in a picture.

    Args:
        folder: path. Where the weights and their record are. Defaults to the shipped
            ones.

    Attributes:
        name: string. What a score is recorded under.
        sha256: string. Of the weights; scores compare only where it is the same.
        dimension: int. Length of one feature vector.
        network: `keras.Model` from pictures in [-1, 1] to the logits of the 10 classes.
    """

    name = "fashion-classifier"

    def __init__(self, folder=FOLDER):
        self.network = fashion_classifier(folder)
        self.sha256 = read_record(folder)["sha256"]
        hidden = self.network.get_layer("features").output
        self.dimension = hidden.shape[-1]
        self._extractor = keras.Model(
            self.network.input, hidden, name="fashion_features"
        )

    def __call__(self, images, batch_size=250, verbose=0):
        """Return the features of pictures.

        Args:
            images: uint8 array of shape `(count, 28, 28, 1)`, 0..255.
            batch_size: int. Pictures at a time; it changes only rounding.
            verbose: 0 or 1. 1 shows a progress bar.

        Returns:
            A float32 array of shape `(count, dimension)`, none below 0.

        Raises:
            ValueError: if `images` are of another type or shape.
        """
        x = pixels.to_float(_checked(images))
        return np.asarray(
            self._extractor.predict(
                keras.ops.convert_to_numpy(x), batch_size=batch_size, verbose=verbose
            )
        )


def build_classifier(seed=0):
    """Return the untrained classifier: pictures in [-1, 1] to logits of 10 classes.

    Every draw comes from `seed`, so that building one amid a training run leaves that
    run's random numbers alone. It computes in float32 under any dtype policy.
    """
    x = inputs = keras.Input(IMAGE_SHAPE, dtype="float32", name="images")
    for index, (filters, strides) in enumerate([(32, 1), (48, 2), (96, 2)], start=1):
        x = keras.layers.Conv2D(
            filters,
            3,
            strides=strides,
            padding="same",
            use_bias=False,
            data_format="channels_last",
            kernel_initializer=keras.initializers.HeNormal(seed + index),
            dtype="float32",
            name=f"conv_{index}",
        )(x)
        x = keras.layers.BatchNormalization(dtype="float32", name=f"norm_{index}")(x)
        x = keras.layers.ReLU(dtype="float32", name=f"relu_{index}")(x)
    x = keras.layers.Flatten(
        data_format="channels_last", dtype="float32", name="flatten"
    )(x)
    x = keras.layers.Dropout(0.2, seed=seed + 10, dtype="float32", name="dropout_1")(x)
    x = keras.layers.Dense(
        96,
        use_bias=False,
        kernel_initializer=keras.initializers.HeNormal(seed + 20),
        dtype="float32",
        name="hidden",
    )(x)
    # Without the normalisation half of the features die in training.
    x = keras.layers.BatchNormalization(dtype="float32", name="norm_hidden")(x)
    x = keras.layers.ReLU(dtype="float32", name="features")(x)
    x = keras.layers.Dropout(0.2, seed=seed + 11, dtype="float32", name="dropout_2")(x)
    logits = keras.layers.Dense(
        CLASSES,
        kernel_initializer=keras.initializers.GlorotUniform(seed + 21),
        dtype="float32",
        name="logits",
    )(x)
    return keras.Model(inputs, logits, name="fashion_classifier")


def fashion_classifier(folder=FOLDER):
    """Return the trained classifier, after its weights were found to be the recorded.

    Args:
        folder: path. Where the weights and their record are. Defaults to the shipped
            ones.

    Returns:
        A `keras.Model` from float32 `(batch, 28, 28, 1)` in [-1, 1] to float32 logits
        `(batch, 10)`.

    Raises:
        FileNotFoundError: if the weights or their record are missing.
        ValueError: if the weights are not those of the record.
    """
    recorded = read_record(folder)["sha256"]
    weights = _existing(folder, WEIGHTS_FILE)
    found = sha256_of(weights)
    if found != recorded:
        raise ValueError(
            "The weights of the classifier are damaged or were exchanged, and scores "
            "from them would compare with none: install ganzoo anew. "
            f"Received: {weights} with sha256={found}, recorded is {recorded}."
        )
    network = build_classifier()
    network.load_weights(weights)
    return network


def read_record(folder=FOLDER):
    """Return what was written down when the classifier was trained, as a dict."""
    return json.loads(_existing(folder, RECORD_FILE).read_text(encoding="utf-8"))


def sha256_of(path):
    """Return the sha256 of a file in hexadecimal."""
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def _existing(folder, name):
    path = pathlib.Path(folder) / name
    if not path.is_file():
        raise FileNotFoundError(
            f"The Fashion-MNIST classifier needs {WEIGHTS_FILE} and {RECORD_FILE}, "
            "which ganzoo ships: install it anew, or train them with "
            f"`python -m ganzoo.features.train_fashion_classifier`. Received: {path}."
        )
    return path


def _checked(images):
    images = np.asarray(images)
    if images.dtype != "uint8":
        raise ValueError(
            "`images` must be uint8 0..255; map floats in [-1, 1] with "
            f"`ganzoo.data.pixels.to_uint8`. Received: images.dtype={images.dtype}."
        )
    if images.shape[1:] != IMAGE_SHAPE or not len(images):
        raise ValueError(
            "`images` must be one or more pictures of shape `(28, 28, 1)`, as the "
            f"classifier was trained on. Received: images.shape={images.shape}."
        )
    return images
