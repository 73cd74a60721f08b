"""Convolutions with random weights: the same everywhere, and no worse than chance."""

import keras
import numpy as np
import pytest

from ganzoo import features
from ganzoo.metrics import kernel
from ganzoo.scoring import score_definitions

# Of the first two images below, on JAX and on PyTorch.
FEATURES = [
    [-0.313135, -0.530243, 0.128375],
    [-0.535697, -0.860496, 0.144010],
]


@pytest.fixture(scope="module")
def extractor():
    return features.find("random-convolutions")


def photographs(count=60, seed=0, size=(48, 40), channels=3):
    """Smooth random images, as uint8."""
    draws = np.random.default_rng(seed).normal(size=(count, 6, 5, channels))
    x = keras.ops.image.resize(draws.astype("float32"), size)
    return np.clip(keras.ops.convert_to_numpy(x) * 60 + 128, 0, 255).astype("uint8")


def distance(extractor, a, b):
    vectors = map(extractor, (a, b))
    return kernel.kernel_distance(*vectors, subsets=10, subset_size=50)[0]


def test_the_weights_are_the_same_on_every_machine_and_backend(extractor):
    assert extractor.sha256 == (
        "6fdcdde7720c09eb6805357fbf557ab6a0d9269867d8bc1b711df581e4784f51"
    )


def test_features_are_those_of_every_backend(extractor):
    found = extractor(photographs(2))
    assert found.shape == (2, 64) and found.dtype == "float32"
    np.testing.assert_allclose(found[:, :3], FEATURES, atol=1e-3)


def test_grey_images_are_those_in_grey_rgb(extractor):
    grey = photographs(3, channels=1)
    rgb = grey.repeat(3, axis=-1)
    np.testing.assert_allclose(extractor(grey), extractor(rgb), atol=1e-5)


def test_other_colours_and_copies_are_further_than_another_draw(extractor):
    a, b = photographs(seed=0), photographs(seed=1)
    chance = abs(distance(extractor, a, b))
    for other in (b[..., ::-1] // 2, np.repeat(b[:3], 20, axis=0)):
        assert distance(extractor, a, other) > 3 * chance


def test_what_is_no_image_is_refused(extractor):
    for bad in (photographs(2) / 255, photographs(2)[..., 0]):
        with pytest.raises(ValueError, match="Received: images.dtype="):
            extractor(bad)


def test_its_distances_are_no_fid_and_no_kid(extractor):
    names = [
        score_definitions.name_of(key, extractor) for key in ("fid", "kid", "kid_sd")
    ]
    assert names == ["fd", "kd", "kd_sd"]
