"""What StyleGAN3 begins with and is normalised by: waves, and moving magnitudes."""

import keras
import numpy as np
import pytest
from keras import ops

from ganzoo import layers

RNG = np.random.default_rng(0)
STYLES = RNG.normal(size=(2, 4)).astype("float32")


def numpy(x):
    return ops.convert_to_numpy(x)


def waves(channels=6, side=12):
    keras.utils.set_random_seed(0)
    layer = layers.FourierFeatures(side, channels, rate=8, bandwidth=2.0)
    layer.build(STYLES.shape)
    return layer


def test_frequencies_are_uniform_in_a_disc():
    layer = waves(channels=4000)
    square = (numpy(layer.frequencies) ** 2).sum(1)
    assert square.max() <= 4
    # The square of the radius is uniform in [0, 4], and phases in [-1/2, 1/2].
    for values, least, most in ((square, 0, 4), (numpy(layer.phases), -0.5, 0.5)):
        found, _ = np.histogram(values, 4, (least, most))
        np.testing.assert_allclose(found / 4000, 0.25, atol=0.03)
    # As many go each way.
    assert abs(numpy(layer.frequencies).mean(0)).max() < 0.06


def test_features_are_those_of_the_equation():
    layer = waves()
    f, phases = numpy(layer.frequencies), numpy(layer.phases)
    places = (np.arange(12) - 5.5) / 8
    across = places[None, :, None] * f[:, 0]
    down = places[:, None, None] * f[:, 1]
    angle = 2 * np.pi * (across + down + phases)
    wanted = np.sin(angle) @ numpy(layer.kernel) / np.sqrt(6)
    # No style moves them at the beginning.
    for features in numpy(layer(STYLES)):
        np.testing.assert_allclose(features, wanted, atol=1e-5)


def test_a_translation_of_samples_moves_them_exactly():
    layer = waves()
    before = numpy(layer(STYLES))
    # One sample to the right, and two up.
    layer.translation.assign([-1 / 8, 2 / 8])
    after = numpy(layer(STYLES))
    np.testing.assert_allclose(after[:, :-2, 1:], before[:, 2:, :-1], atol=1e-5)


def test_a_style_turns_and_moves_them():
    layer = waves()
    before = numpy(layer(STYLES))
    # A quarter turn of any size, as the numbers are normalised by it.
    layer.movement.assign([0.0, 3.0, 0.0, 0.0])
    turned = numpy(layer(STYLES))
    np.testing.assert_allclose(turned, np.rot90(before, 1, (1, 2)), atol=1e-5)
    layer.movement.assign([2.0, 0.0, 2 / 8, 0.0])
    moved = numpy(layer(STYLES))
    np.testing.assert_allclose(moved[:, :, 1:], before[:, :, :-1], atol=1e-5)
    layer.to_movement.assign(RNG.normal(size=(4, 4)))
    one, other = numpy(layer(STYLES))
    assert abs(one - other).max() > 0.1


# === Magnitudes ===


def test_a_magnitude_follows_the_mean_square_by_its_half_life():
    layer = layers.MagnitudeNormalization(half_life=6)
    x = np.full((3, 2, 2, 1), 4.0, "float32")
    np.testing.assert_array_equal(numpy(layer(x)), x)
    for steps in (1, 2):
        y = layer(x, training=True)
        # Half of what it was before is gone after 6 images.
        magnitude = 16 + (1 - 16) * 0.5 ** (3 * steps / 6)
        assert float(numpy(layer.magnitude)) == pytest.approx(magnitude, rel=1e-6)
        np.testing.assert_allclose(numpy(y), x / np.sqrt(magnitude), rtol=1e-6)
    np.testing.assert_allclose(numpy(layer(x)), x / np.sqrt(magnitude), rtol=1e-6)


@pytest.mark.parametrize("scale", [1e-3, 30.0])
def test_features_have_a_mean_square_of_one_once_it_has_settled(scale):
    layer = layers.MagnitudeNormalization(half_life=1)
    x = scale * RNG.normal(size=(64, 4, 4, 2)).astype("float32")
    y = numpy(layer(x, training=True))
    assert (y**2).mean() == pytest.approx(1, rel=1e-4)
