"""The shipped classifier of Fashion-MNIST and the features taken from it."""

import random
import shutil

import keras
import numpy as np
import pytest

from ganzoo import data
from ganzoo.data import pixels
from ganzoo.features import classifier
from ganzoo.metrics.frechet import Moments
from ganzoo.metrics.frechet import frechet_distance


@pytest.fixture(scope="module")
def extractor():
    return classifier.FashionFeatures()


@pytest.fixture(scope="module")
def test_split():
    return data.load("fashion_mnist_10k", "test")


@pytest.fixture(scope="module")
def test_features(extractor, test_split):
    return extractor(test_split.images)


@pytest.fixture
def copy(tmp_path):
    """A folder with copies of the weights and their record, to be damaged."""
    for name in (classifier.WEIGHTS_FILE, classifier.RECORD_FILE):
        shutil.copy(classifier.FOLDER / name, tmp_path)
    return tmp_path


def noise(count, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, 28, 28, 1), "uint8")


# === What is shipped ===


def test_record_names_the_shipped_weights(extractor):
    weights = classifier.FOLDER / classifier.WEIGHTS_FILE
    record = classifier.read_record()
    assert record["sha256"] == classifier.sha256_of(weights) == extractor.sha256
    assert record["parameters"] == extractor.network.count_params()
    assert record["dimension"] == extractor.dimension
    assert record["train_pictures"] == 60_000
    assert weights.stat().st_size < 3_000_000


def test_accuracy_on_the_test_pictures_is_the_recorded(extractor, test_split):
    x = keras.ops.convert_to_numpy(pixels.to_float(test_split.images))
    logits = extractor.network.predict(x, batch_size=250, verbose=0)
    accuracy = np.mean(np.argmax(logits, axis=-1) == test_split.labels)
    assert accuracy == pytest.approx(
        classifier.read_record()["test_accuracy"], abs=1e-3
    )
    assert accuracy >= 0.92


@pytest.mark.parametrize("where", [0, 10_000, -1])
def test_weights_with_one_byte_changed_are_refused(copy, where):
    weights = copy / classifier.WEIGHTS_FILE
    content = bytearray(weights.read_bytes())
    content[where] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ValueError, match="damaged or were exchanged.* Received: "):
        classifier.FashionFeatures(copy)


def test_weights_cut_short_are_refused(copy):
    weights = copy / classifier.WEIGHTS_FILE
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(ValueError, match="damaged or were exchanged"):
        classifier.fashion_classifier(copy)


@pytest.mark.parametrize("name", [classifier.WEIGHTS_FILE, classifier.RECORD_FILE])
def test_missing_file_is_named(copy, name):
    (copy / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"Received: .*{name}"):
        classifier.FashionFeatures(copy)


# === Features ===


def test_features_are_the_hidden_layer_after_its_nonlinearity(extractor, test_features):
    assert extractor.name == "fashion-classifier"
    assert test_features.dtype == "float32"
    assert test_features.shape == (10_000, extractor.dimension)
    assert test_features.min() == 0.0
    assert np.isfinite(test_features).all()


def test_every_feature_is_alive(test_features):
    assert ((test_features > 0).mean(axis=0) > 0.001).all()


def test_logits_follow_from_the_features(extractor, test_split, test_features):
    logits_of = extractor.network.get_layer("logits")
    x = pixels.to_float(test_split.images[:20])
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(extractor.network(x, training=False)),
        keras.ops.convert_to_numpy(logits_of(test_features[:20])),
        rtol=1e-4,
        atol=1e-4,
    )


def test_features_do_not_depend_on_the_batch(extractor, test_split, test_features):
    for batch_size in (1, 7, 64):
        features = extractor(test_split.images[:64], batch_size=batch_size)
        np.testing.assert_allclose(features, test_features[:64], rtol=1e-5, atol=1e-5)


def test_features_are_the_same_again(extractor, test_split):
    again = classifier.FashionFeatures()
    images = test_split.images[:50]
    np.testing.assert_array_equal(extractor(images), again(images))


def test_classifier_is_single_precision_under_any_policy(test_split, test_features):
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        features = classifier.FashionFeatures()(test_split.images[:20])
    finally:
        keras.config.set_dtype_policy(policy)
    assert features.dtype == "float32"
    np.testing.assert_allclose(features, test_features[:20], rtol=1e-5, atol=1e-5)


def test_loading_the_classifier_draws_no_random_number_of_the_run():
    keras.utils.set_random_seed(0)
    expected = random.random(), np.random.random(), keras.random.uniform(())
    keras.utils.set_random_seed(0)
    classifier.FashionFeatures()
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
