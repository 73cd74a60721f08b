"""The FID's network: its resize, its arithmetic, its quirks, and its contract.

All with random weights, as every number in the network shows in its features. What
those should be was computed once by torch-fidelity, and is written again by
tests/oracles/test_inception.py.
"""

import pathlib
import random

import keras
import numpy as np
import pytest
from keras import layers
from keras import ops

from ganzoo.features import inception
from ganzoo.features import inception_convolutions
from ganzoo.features import inception_network
from ganzoo.features import inception_weights
from ganzoo.scoring import comparison
from ganzoo.scoring import scores
from ganzoo.scoring import sources

PUBLISHED = pathlib.Path(__file__).with_name("inception_random_features.npz")
TOLERANCE = 1e-4


def random_weights(seed=0):
    """Weights that keep the activations in range and every branch in play.

    Kernels sum to 0, or the mean of what they see would drown its differences; the
    variances are small, as some of the real ones are, so that epsilon counts.

    They are the same bits anywhere: sums are of integers, and the rest is rounded by
    IEEE 754.
    """
    draws = np.random.RandomState(seed)

    def uniform(*shape):
        return draws.randint(-1000, 1001, shape)

    arrays = {}
    for name, shape in inception_convolutions.CONVOLUTIONS.items():
        filters, inputs, height, width = shape
        fan_in = height * width * inputs
        kernel = uniform(height, width, inputs, filters)
        kernel = kernel - kernel.sum(axis=(0, 1, 2)) / fan_in
        arrays[f"{name}/kernel"] = kernel / 1632 / np.sqrt(fan_in)
        arrays[f"{name}/beta"] = uniform(filters) / 1155
        arrays[f"{name}/mean"] = uniform(filters) / 9240
        arrays[f"{name}/var"] = 0.05625 + uniform(filters) / 41060
    return {name: array.astype("float32") for name, array in arrays.items()}


def deviation(features, expected):
    """The largest difference, relative to the largest feature."""
    features = ops.convert_to_numpy(features).astype("float64")
    return np.abs(features - expected).max() / np.abs(expected).max()


@pytest.fixture(scope="module")
def weights():
    return random_weights()


@pytest.fixture(scope="module")
def extractor(weights):
    return inception.InceptionFeatures(weights)


@pytest.fixture(scope="module")
def published():
    """What torch-fidelity computed of which images, with which weights."""
    with np.load(PUBLISHED) as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def resized(published):
    return inception.TF1Resize(299)(published["small"].astype("float32"))


# === The resize ===


def resize_bilinear(image, size):
    """The kernel of TensorFlow 1, pixel by pixel in its order and precision."""
    height, width, _ = image.shape
    scale_y, scale_x = (np.float32(n) / np.float32(size) for n in (height, width))
    output = np.empty((size, size, image.shape[2]), "float32")
    for i in range(size):
        for j in range(size):
            y, x = np.float32(i) * scale_y, np.float32(j) * scale_x
            top, left = int(y), int(x)
            bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
            dy, dx = y - np.float32(top), x - np.float32(left)
            above = image[top, left] + (image[top, right] - image[top, left]) * dx
            below = image[bottom, left]
            below = below + (image[bottom, right] - below) * dx
            output[i, j] = above + (below - above) * dy
    return output


def noise(height, width, count=1):
    shape = (count, height, width, 3)
    return np.random.default_rng(0).integers(0, 256, shape).astype("float32")


@pytest.mark.parametrize(
    "height, width, size",
    [(28, 28, 41), (32, 32, 299), (50, 50, 41), (41, 41, 41), (20, 64, 41), (1, 7, 5)],
)
def test_resize_equals_the_kernel_of_tensorflow_1_pixel_by_pixel(height, width, size):
    (image,) = images = noise(height, width)
    ours = ops.convert_to_numpy(inception.TF1Resize(size)(images))
    np.testing.assert_array_equal(ours[0], resize_bilinear(image, size))


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TensorFlow is not the backend"
)
@pytest.mark.parametrize(
    "height, width",
    [(n, n) for n in (28, 32, 64, 96, 128, 256, 299, 512)] + [(64, 48), (100, 333)],
)
def test_resize_equals_that_of_tensorflow_bit_for_bit(height, width):
    tf = pytest.importorskip("tensorflow")
    images = noise(height, width, count=2)
    theirs = tf.compat.v1.image.resize_bilinear(
        images, (299, 299), align_corners=False, half_pixel_centers=False
    )
    ours = inception.TF1Resize(299)(images)
    np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_resize_is_not_the_one_of_keras():
    images = noise(32, 32)
    ours = ops.convert_to_numpy(inception.TF1Resize(299)(images))
    keras_ones = ops.convert_to_numpy(ops.image.resize(images, (299, 299)))
    assert np.abs(ours - keras_ones).max() > 100
    assert np.abs(ours - keras_ones).mean() > 10


def test_resize_leaves_pictures_of_its_size_alone():
    images = noise(299, 299)
    ours = ops.convert_to_numpy(inception.TF1Resize(299)(images))
    np.testing.assert_array_equal(ours, images)


def test_resize_comes_back_from_its_config():
    layer = inception.TF1Resize(17, dtype="float32")
    assert inception.TF1Resize.from_config(layer.get_config()).size == 17
    assert layer.compute_output_shape((None, 4, 5, 3)) == (None, 17, 17, 3)


# === The network, against torch-fidelity's ===


def test_the_published_features_are_of_these_weights(weights, published):
    assert inception_weights.sha256_of(weights) == str(published["weights_sha256"])


@pytest.mark.parametrize("size", ["small", "large"])
def test_features_equal_those_of_torch_fidelity(extractor, published, size):
    features = extractor(published[size])
    assert deviation(features, published[f"{size}_features"]) < TOLERANCE


def test_the_features_tell_the_pictures_apart(published):
    # Or the test above would say little.
    features = published["small_features"]
    assert np.mean(features.max(axis=0) > 0) > 0.9
    assert features.std(axis=0).mean() > 0.05 * features.mean()


def average_at_the_end(monkeypatch):
    """As the paper says, and every other Inception does."""
    max_pool = inception_network._max_pool

    def pool(x, strides=2, padding="valid"):
        is_last = strides == 1
        return (
            inception_network._average_pool(x)
            if is_last
            else max_pool(x, strides, padding)
        )

    monkeypatch.setattr(inception_network, "_max_pool", pool)


def padding_counted(monkeypatch):
    """As torchvision does."""

    def pool(x):
        return layers.AveragePooling2D(3, 1)(layers.ZeroPadding2D(1)(x))

    monkeypatch.setattr(inception_network, "_average_pool", pool)


def epsilon_of_pytorch(monkeypatch):
    original = layers.BatchNormalization

    def normalization(**kwargs):
        return original(**{**kwargs, "epsilon": 1e-5})

    monkeypatch.setattr(inception_network.layers, "BatchNormalization", normalization)


def swapped(block, i, j):
    """Two branches in the wrong order, in the concatenation of one block."""

    def swap(monkeypatch):
        concatenate, calls = inception_network._concatenate, iter(range(11))

        def concatenate_swapped(*branches):
            branches = list(branches)
            if next(calls) == block:
                branches[i], branches[j] = branches[j], branches[i]
            return concatenate(*branches)

        monkeypatch.setattr(inception_network, "_concatenate", concatenate_swapped)

    return swap


@pytest.mark.parametrize(
    "undo, at_least",
    [
        (average_at_the_end, 0.1),
        (padding_counted, 0.01),
        (epsilon_of_pytorch, 0.01),
        (swapped(0, 0, 1), 0.01),
        (swapped(4, 1, 2), 0.01),
        (swapped(9, 1, 2), 0.01),
    ],
    ids=[
        "average_at_the_end",
        "padding_counted",
        "epsilon_of_pytorch",
        "swapped_in_5b",
        "swapped_in_6b",
        "swapped_in_7b",
    ],
)
def test_a_quirk_of_the_graph_undone_is_noticed(
    undo, at_least, weights, published, resized, monkeypatch
):
    undo(monkeypatch)
    network = inception_network.build_network()
    inception_network.set_weights(network, weights)
    found = deviation(network(resized), published["small_features"])
    assert found >= at_least


def test_nothing_is_noticed_where_no_quirk_is_undone(extractor, published, resized):
    found = deviation(extractor.network(resized), published["small_features"])
    assert found < TOLERANCE


def test_another_scale_of_the_input_is_noticed(extractor, published, resized):
    # To x / 127.5 - 1, as today's Inception has it.
    features = extractor.network(resized * (128 / 127.5))
    assert deviation(features, published["small_features"]) > 0.001


def test_another_resize_is_noticed(extractor, published):
    resized = ops.image.resize(published["small"].astype("float32"), (299, 299))
    features = extractor.network(resized)
    assert deviation(features, published["small_features"]) > 0.01


# === What the network is made of ===


def test_the_network_has_the_convolutions_of_the_weights(extractor):
    shapes = {
        layer.name.removesuffix("_conv"): tuple(layer.kernel.shape)
        for layer in extractor.network.layers
        if isinstance(layer, layers.Conv2D)
    }
    assert len(shapes) == 94
    assert shapes == {
        name.replace(".", "_"): (height, width, inputs, filters)
        for name, (
            filters,
            inputs,
            height,
            width,
        ) in inception_convolutions.CONVOLUTIONS.items()
    }


def test_every_array_of_the_weights_is_in_the_network(extractor, weights):
    variables = {v.path: v for v in extractor.network.variables}
    kinds = {
        "kernel": "conv/kernel",
        "beta": "bn/beta",
        "mean": "bn/moving_mean",
        "var": "bn/moving_variance",
    }
    for key, array in weights.items():
        name, kind = key.replace(".", "_").split("/")
        variable = variables.pop(f"{name}_{kinds[kind]}")
        np.testing.assert_array_equal(ops.convert_to_numpy(variable), array)
    assert not variables


def test_the_network_has_as_many_numbers_as_the_file_less_scales_and_logits(extractor):
    scales = sum(shape[0] for shape in inception_convolutions.CONVOLUTIONS.values())
    logits = 2048 * 1008 + 1008
    assert extractor.network.count_params() == 23_885_392 - scales - logits


# === The contract of the features ===


def test_features_are_float32_and_not_negative(extractor, published):
    features = extractor(published["small"])
    assert type(features) is np.ndarray
    assert features.dtype == "float32"
    assert features.shape == (len(published["small"]), extractor.dimension)
    assert features.min() >= 0


def test_grey_pictures_are_rgb_ones_of_equal_channels(extractor, published):
    grey = published["small"][:1, ..., :1]
    rgb = np.repeat(grey, 3, axis=-1)
    assert deviation(extractor(grey), extractor(rgb)) < 1e-6


def test_the_batch_size_changes_only_rounding(extractor, published):
    images = published["small"]
    one_by_one = extractor(images, batch_size=1)
    assert deviation(extractor(images, batch_size=2), one_by_one) < 1e-5


@pytest.mark.parametrize(
    "images, received",
    [
        (np.zeros((1, 8, 8, 3), "float32"), "images.dtype=float32"),
        (np.zeros((1, 8, 8, 3), "int64"), "images.dtype=int64"),
        (np.zeros((8, 8, 3), "uint8"), r"images.shape=\(8, 8, 3\)"),
        (np.zeros((1, 3, 8, 8), "uint8"), r"images.shape=\(1, 3, 8, 8\)"),
        (np.zeros((1, 8, 8, 4), "uint8"), r"images.shape=\(1, 8, 8, 4\)"),
        (np.zeros((0, 8, 8, 3), "uint8"), r"images.shape=\(0, 8, 8, 3\)"),
        (np.zeros((1, 0, 8, 3), "uint8"), r"images.shape=\(1, 0, 8, 3\)"),
    ],
)
def test_what_is_no_pictures_is_refused(extractor, images, received):
    with pytest.raises(ValueError, match=f"Received: {received}"):
        extractor(images)


def test_logits_are_the_product_without_a_bias(weights):
    kernel = np.random.default_rng(0).normal(size=(2048, 1008)).astype("float32")
    extractor = inception.InceptionFeatures({**weights, "fc/kernel": kernel})
    assert extractor.has_logits
    features = np.zeros((3, 2048), "float32")
    features[1, 5], features[2, [0, 2047]] = 2.0, 1.0
    logits = extractor.logits(features)
    assert logits.dtype == "float32"
    expected = [0 * kernel[0], 2 * kernel[5], kernel[0] + kernel[2047]]
    np.testing.assert_allclose(logits, expected, rtol=1e-6)


def test_logits_are_refused_where_the_weights_came_without(extractor):
    assert not extractor.has_logits
    with pytest.raises(ValueError, match="Received: .* without logits"):
        extractor.logits(np.zeros((1, 2048), "float32"))


def test_the_features_and_a_training_leave_each_other_alone(
    weights, extractor, published
):
    """The dtype policy of a training, and its random numbers."""

    def draws():
        normal = ops.convert_to_numpy(keras.random.normal((4,)))
        return [random.random(), *np.random.random(4), *normal]

    images = published["small"][:1]
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        keras.utils.set_random_seed(0)
        undisturbed = draws()
        keras.utils.set_random_seed(0)
        features = inception.InceptionFeatures(weights)(images)
        assert draws() == undisturbed
    finally:
        keras.config.set_dtype_policy(policy)
    np.testing.assert_array_equal(features, extractor(images))


def test_other_weights_in_the_same_network_give_no_fid(extractor, published):
    assert extractor.sha256 != inception_weights.ARRAYS_SHA256
    side = comparison.Side(sources.Array(published["small"], "small"), extractor)
    compared = comparison.Comparison(side, side, extractor)
    with pytest.warns(UserWarning, match="biased"):
        found, _ = scores.compute(compared, ["fid"])
    assert found == {"fd": pytest.approx(0.0, abs=1e-6)}
