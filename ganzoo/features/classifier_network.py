"""The small classifiers themselves: built, or loaded with their shipped weights."""

import hashlib
import json
import pathlib

import keras

from ganzoo.layers import Conv2D

IMAGE_SHAPE = (28, 28, 1)
CLASSES = 10
FOLDER = pathlib.Path(__file__).parent
NETWORKS = {"fashion_mnist": "fashion_classifier", "mnist": "mnist_classifier"}
TITLES = {
    "fashion_mnist": "Fashion-MNIST classifier",
    "mnist": "MNIST classifier",
}


def build_classifier(data_set, seed=0):
    """Return an untrained classifier: images in [-1, 1] to logits of 10 classes.

    The network is the same for every data set, but for its name.

    Every draw comes from `seed`, so that building one amid a training run leaves that
    run's random numbers alone. It computes in float32 under any dtype policy.
    """
    x = inputs = keras.Input(IMAGE_SHAPE, dtype="float32", name="images")
    for index, (filters, strides) in enumerate([(32, 1), (48, 2), (96, 2)], start=1):
        x = Conv2D(
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
    return keras.Model(inputs, logits, name=NETWORKS[data_set])


def load_classifier(data_set, folder=FOLDER):
    """Return a trained classifier, after its weights were found to be the recorded.

    Args:
        data_set: string. What it was trained on: `"fashion_mnist"` or `"mnist"`.
        folder: path. Where the weights and their record are. Defaults to the shipped
            ones.

    Returns:
        A `keras.Model` from float32 `(batch, 28, 28, 1)` in [-1, 1] to float32 logits
        `(batch, 10)`.

    Raises:
        FileNotFoundError: if the weights or their record are missing.
        ValueError: if there is no classifier of the data set, or the weights are not
            those of the record.
    """
    _check_data_set(data_set)
    recorded = read_record(data_set, folder)["sha256"]
    weights = _existing_file(data_set, folder, weights_file(data_set))
    found = sha256_of(weights)
    if found != recorded:
        raise ValueError(
            "The weights of the classifier are damaged or were exchanged, and scores "
            "from them would compare with none: install ganzoo anew. "
            f"Received: {weights} with sha256={found}, recorded is {recorded}."
        )
    network = build_classifier(data_set)
    network.load_weights(weights)
    return network


def read_record(data_set, folder=FOLDER):
    """Return what was written down when a classifier was trained, as a dict."""
    record = _existing_file(data_set, folder, record_file(data_set))
    return json.loads(record.read_text(encoding="utf-8"))


def weights_file(data_set):
    """Return the name of the file with the weights of a data set's classifier."""
    return f"{NETWORKS[data_set]}.weights.h5"


def record_file(data_set):
    """Return the name of the file that says how a classifier was trained."""
    return f"{NETWORKS[data_set]}.json"


def sha256_of(path):
    """Return the sha256 of a file in hexadecimal."""
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def _existing_file(data_set, folder, name):
    path = pathlib.Path(folder) / name
    if not path.is_file():
        raise FileNotFoundError(
            f"The {TITLES[data_set]} needs {weights_file(data_set)} and "
            f"{record_file(data_set)}, which ganzoo ships: install it anew, or train "
            f"them with `python -m ganzoo.features.train_classifier {data_set}`. "
            f"Received: {path}."
        )
    return path


def _check_data_set(data_set):
    if data_set not in NETWORKS:
        raise ValueError(
            "`data_set` must be one that a classifier is shipped for, "
            f"{' or '.join(map(repr, NETWORKS))}. Received: data_set={data_set!r}."
        )
