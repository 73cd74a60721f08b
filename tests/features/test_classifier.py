"""The shipped classifiers of Fashion-MNIST and MNIST, and the features taken from them.

The default suite has no image of MNIST: its classifier is shown digits drawn here.
"""

import random
import shutil

import keras
import numpy as np
import pytest
from PIL import Image
from PIL import ImageDraw

from ganzoo import data
from ganzoo.data import pixels
from ganzoo.features import classifier
from ganzoo.features import classifier_network
from ganzoo.metrics.frechet import Moments
from ganzoo.metrics.frechet import frechet_distance

each_classifier = pytest.mark.parametrize("data_set", ["fashion_mnist", "mnist"])


@pytest.fixture(scope="module")
def extractors():
    return {
        name: classifier.ClassifierFeatures(name)
        for name in classifier_network.NETWORKS
    }


@pytest.fixture(scope="module")
def extractor(extractors):
    return extractors["fashion_mnist"]


@pytest.fixture(scope="module")
def digits(extractors):
    return extractors["mnist"]


@pytest.fixture(scope="module")
def test_split():
    return data.load("fashion_mnist_10k", "test")


@pytest.fixture(scope="module")
def test_features(extractor, test_split):
    return extractor(test_split.images)


@pytest.fixture
def copy(tmp_path):
    """A folder with copies of all weights and records, to be damaged."""
    for data_set in classifier_network.NETWORKS:
        shutil.copy(
            classifier_network.FOLDER / classifier_network.weights_file(data_set),
            tmp_path,
        )
        shutil.copy(
            classifier_network.FOLDER / classifier_network.record_file(data_set),
            tmp_path,
        )
    return tmp_path


@pytest.fixture(scope="module")
def drawn():
    """A 0, a 1 and a 7 of thick lines, uint8 `(3, 28, 28, 1)`."""
    lines = [
        [(14, 5), (18, 9), (18, 18), (14, 22), (10, 18), (10, 9), (14, 5)],
        [(14, 5), (14, 22)],
        [(9, 6), (18, 6), (12, 22)],
    ]
    pictures = []
    for points in lines:
        picture = Image.new("L", (28, 28))
        ImageDraw.Draw(picture).line(points, fill=255, width=3)
        pictures.append(np.asarray(picture))
    return np.stack(pictures)[..., np.newaxis]


def noise(count, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, 28, 28, 1), "uint8")


# === What is shipped ===


@each_classifier
def test_record_names_the_shipped_weights(extractors, data_set):
    extractor = extractors[data_set]
    weights = classifier_network.FOLDER / classifier_network.weights_file(data_set)
    record = classifier_network.read_record(data_set)
    assert record["sha256"] == classifier_network.sha256_of(weights) == extractor.sha256
    assert record["classifier"] == extractor.network.name
    assert record["train_set"] == f"{data_set} train"
    assert record["parameters"] == extractor.network.count_params()
    assert record["dimension"] == extractor.dimension
    assert record["train_pictures"] == 60_000
    assert weights.stat().st_size < 3_000_000


# Every score recorded so far names these weights.
@pytest.mark.parametrize(
    "data_set, name, sha256",
    [
        (
            "fashion_mnist",
            "fashion-classifier",
            "23ab8de6ea9943473dfcf08c886b20a9959acfcdee8c9128a6d5e5df005c627c",
        ),
        (
            "mnist",
            "mnist-classifier",
            "c55de9defd4b2acf35058af5454e6acc5049b4ff5cf302b02df8461ab98b4947",
        ),
    ],
)
def test_shipped_weights_are_those_that_scores_name(extractors, data_set, name, sha256):
    assert extractors[data_set].name == name
    assert extractors[data_set].sha256 == sha256


def test_accuracy_on_the_test_pictures_is_the_recorded(
    extractor, test_split, test_features
):
    accuracy = np.mean(extractor.classify(test_features) == test_split.labels)
    recorded = classifier_network.read_record("fashion_mnist")["test_accuracy"]
    assert accuracy == pytest.approx(recorded, abs=1e-3)
    assert accuracy >= 0.92


def test_accuracy_on_real_digits_is_the_recorded(digits, real_data):
    test = real_data("mnist", "test")
    accuracy = np.mean(digits.classify(digits(test.images)) == test.labels)
    recorded = classifier_network.read_record("mnist")["test_accuracy"]
    assert accuracy == pytest.approx(recorded, abs=5e-4)
    assert accuracy >= 0.99


def test_real_stacked_digits_cover_the_thousand_modes(digits, real_data):
    test = real_data("stacked_mnist", "test")
    stacked = classifier.StackedFeatures(digits)
    numbers = stacked.classify(stacked(test.images[:15_000]))
    assert np.mean(numbers == test.labels[:15_000]) >= 0.98
    assert len(np.unique(numbers)) == 1000


@pytest.mark.parametrize("where", [0, 10_000, -1])
def test_weights_with_one_byte_changed_are_refused(copy, where):
    weights = copy / classifier_network.weights_file("mnist")
    content = bytearray(weights.read_bytes())
    content[where] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ValueError, match="damaged or were exchanged.* Received: "):
        classifier.ClassifierFeatures("mnist", copy)
    classifier.ClassifierFeatures("fashion_mnist", copy)


def test_weights_cut_short_are_refused(copy):
    weights = copy / classifier_network.weights_file("fashion_mnist")
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(ValueError, match="damaged or were exchanged"):
        classifier_network.load_classifier("fashion_mnist", copy)


def test_weights_of_the_other_classifier_are_refused(copy):
    digits, clothes = map(classifier_network.weights_file, ("mnist", "fashion_mnist"))
    shutil.copy(copy / clothes, copy / digits)
    with pytest.raises(ValueError, match="damaged or were exchanged"):
        classifier.ClassifierFeatures("mnist", copy)


@each_classifier
@pytest.mark.parametrize(
    "file", [classifier_network.weights_file, classifier_network.record_file]
)
def test_missing_file_is_named(copy, file, data_set):
    (copy / file(data_set)).unlink()
    message = f"train_classifier {data_set}`. Received: .*{file(data_set)}"
    with pytest.raises(FileNotFoundError, match=message):
        classifier.ClassifierFeatures(data_set, copy)


def test_unknown_data_set_lists_the_known_ones():
    message = "'fashion_mnist' or 'mnist'. Received: data_set='cifar10'"
    with pytest.raises(ValueError, match=message):
        classifier.ClassifierFeatures("cifar10")


# === Features ===


@each_classifier
def test_extractor_says_what_it_takes_and_gives(extractors, data_set):
    extractor = extractors[data_set]
    assert "MNIST classifier" in extractor.title
    assert extractor.image_shape == (28, 28, 1)
    assert extractor.classes == 10
    assert extractor.resize is None
    features = extractor(noise(2))
    assert features.dtype == "float32"
    assert features.shape == (2, extractor.dimension)


def test_features_are_the_hidden_layer_after_its_nonlinearity(extractor, test_features):
    assert test_features.dtype == "float32"
    assert test_features.shape == (10_000, extractor.dimension)
    assert test_features.min() == 0.0
    assert np.isfinite(test_features).all()


def test_every_feature_is_alive(test_features):
    assert ((test_features > 0).mean(axis=0) > 0.001).all()


# The sums of features of the drawn digits, when the classifiers were shipped.
@pytest.mark.parametrize(
    "data_set, expected",
    [
        ("fashion_mnist", [84.5281, 35.3051, 55.1485]),
        ("mnist", [42.7682, 51.2599, 47.5495]),
    ],
)
def test_features_of_a_known_picture_are_known(extractors, drawn, data_set, expected):
    sums = extractors[data_set](drawn).sum(axis=-1)
    np.testing.assert_allclose(sums, expected, rtol=1e-4)


@each_classifier
def test_logits_of_the_features_are_the_networks(extractors, data_set, test_split):
    extractor, images = extractors[data_set], test_split.images[:50]
    x = keras.ops.convert_to_numpy(pixels.to_float(images))
    expected = extractor.network.predict(x, batch_size=250, verbose=0)
    features = extractor(images)
    logits = extractor.logits(features)
    assert (logits.shape, logits.dtype) == ((50, 10), "float32")
    np.testing.assert_allclose(logits, expected, rtol=1e-5, atol=1e-5)
    classes = extractor.classify(features)
    np.testing.assert_array_equal(classes, expected.argmax(axis=-1))


@pytest.mark.parametrize("shape", [(96,), (3, 95), (3, 96, 1)])
def test_features_of_another_shape_have_no_logits(extractor, shape):
    with pytest.raises(ValueError, match=r"\(count, 96\).*Received: features.shape="):
        extractor.logits(np.zeros(shape, "float32"))


def test_features_do_not_depend_on_the_batch(extractor, test_split, test_features):
    for batch_size in (1, 7, 64):
        features = extractor(test_split.images[:64], batch_size=batch_size)
        np.testing.assert_allclose(features, test_features[:64], rtol=1e-5, atol=1e-5)


def test_features_are_the_same_again(extractor, test_split):
    again = classifier.ClassifierFeatures()
    images = test_split.images[:50]
    np.testing.assert_array_equal(extractor(images), again(images))


def test_classifier_is_single_precision_under_any_policy(test_split, test_features):
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        features = classifier.ClassifierFeatures()(test_split.images[:20])
    finally:
        keras.config.set_dtype_policy(policy)
    assert features.dtype == "float32"
    np.testing.assert_allclose(features, test_features[:20], rtol=1e-5, atol=1e-5)


def test_loading_the_classifier_draws_no_random_number_of_the_run():
    keras.utils.set_random_seed(0)
    expected = random.random(), np.random.random(), keras.random.uniform(())
    keras.utils.set_random_seed(0)
    classifier.ClassifierFeatures()
    drawn = random.random(), np.random.random(), keras.random.uniform(())
    assert [float(x) for x in drawn] == [float(x) for x in expected]


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "bool"])
def test_pictures_that_are_not_uint8_are_refused(extractor, dtype):
    with pytest.raises(ValueError, match=f"uint8 0..255.* images.dtype={dtype}"):
        extractor(np.zeros((2, 28, 28, 1), dtype))


@pytest.mark.parametrize(
    "shape",
    [(), (28, 28, 1), (2, 28, 28), (2, 28, 28, 3), (2, 32, 32, 1), (0, 28, 28, 1)],
)
def test_pictures_of_another_shape_are_refused(extractor, shape):
    with pytest.raises(ValueError, match="Received: images.shape="):
        extractor(np.zeros(shape, "uint8"))


# === Digits, single and stacked ===


def test_drawn_digits_are_recognised(digits, drawn):
    assert digits.classify(digits(drawn)).tolist() == [0, 1, 7]


def test_stacked_digits_are_read_as_a_number(digits, drawn):
    zero, one, seven = drawn[..., 0]
    images = np.stack(
        [np.stack(d, axis=-1) for d in ([zero, one, seven], [seven, zero, one])]
    )
    stacked = classifier.StackedFeatures(digits)
    features = stacked(images)
    assert features.shape == (2, stacked.dimension)
    np.testing.assert_allclose(features[0], digits(drawn).ravel(), atol=1e-5)
    numbers = stacked.classify(features)
    assert numbers.tolist() == [17, 701]
    assert numbers.dtype == "int64"
    assert classifier.StackedFeatures().sha256 == digits.sha256


@pytest.mark.parametrize("shape", [(2, 28, 28, 1), (28, 28, 3), (0, 28, 28, 3)])
def test_pictures_that_are_not_stacked_are_refused(digits, shape):
    with pytest.raises(ValueError, match=r"\(28, 28, 3\).*Received: images.shape="):
        classifier.StackedFeatures(digits)(np.zeros(shape, "uint8"))


def test_stacked_pictures_that_are_not_uint8_are_refused(digits):
    with pytest.raises(ValueError, match="Received: images.dtype=float32"):
        classifier.StackedFeatures(digits)(np.zeros((1, 28, 28, 3), "float32"))


# === The scale of the distance ===


def test_real_pictures_are_near_and_noise_is_far(extractor, test_split, test_features):
    real = data.load("fashion_mnist_10k", "train").images
    reference = Moments.of(test_features)
    floor = frechet_distance(reference, Moments.of(extractor(real)))
    inverted = frechet_distance(
        reference, Moments.of(extractor(255 - test_split.images[:2000]))
    )
    far = frechet_distance(reference, Moments.of(extractor(noise(2000))))
    assert 0 < floor < 1
    assert inverted > 20 * floor
    assert far > 100 * floor
