"""Filters alike in all directions, and activations that move with their inputs."""

import keras
import numpy as np
import pytest
import scipy
from keras import ops

from ganzoo.layers.style import filtered
from ganzoo.layers.style.filtered import FilteredLeakyReLU
from ganzoo.layers.style.resampling import upfirdn2d

RNG = np.random.default_rng(0)
# Samples for each unit of length, cutoff and half the transition band.
BAND = (32, 8.0, 8.0)


def numpy(x):
    return ops.convert_to_numpy(x)


def test_a_radial_filter_is_alike_in_all_directions():
    count, cutoff, rate = 12, 6.0, 32
    taps = filtered.radial_lowpass(count, cutoff, 6.0, rate)
    assert taps.sum() == pytest.approx(1)
    places = (np.arange(count) - (count - 1) / 2) / rate

    def response(taps, frequency, angle):
        f = frequency * np.array([np.cos(angle), np.sin(angle)])
        wave = np.cos(2 * np.pi * (f[0] * places + f[1] * places[:, None]))
        return (taps * wave).sum()

    angles = np.linspace(0, np.pi / 4, 5)
    found = [response(taps, cutoff, angle) for angle in angles]
    assert np.ptp(found) < 0.02 and 0.3 < np.mean(found) < 0.6
    # A product of two filters is not: it lets more through along the diagonal.
    line = scipy.signal.firwin(count, cutoff, width=12.0, fs=rate)
    product = [response(np.outer(line, line), cutoff, angle) for angle in angles]
    assert np.ptp(product) > 0.08


@pytest.mark.parametrize(
    "up, down, pads", [(2, 1, (9, 8)), (1, 2, (0, 0)), (4, 1, (-6, -9)), (1, 1, (3, 0))]
)
def test_a_matrix_does_what_the_sums_do(up, down, pads):
    taps = RNG.normal(size=12)
    x = ops.convert_to_tensor(RNG.normal(size=(2, 15, 15, 3)), "float32")
    matrix = filtered.resampling_matrix(15, taps, up, down, pads)
    received = numpy(filtered.resample(matrix, x))
    wanted = numpy(upfirdn2d(x, taps, up=up, down=down, pads=pads))
    np.testing.assert_allclose(received, wanted, atol=1e-4)


def test_the_activation_moves_with_its_input_by_half_a_sample():
    """Of a band-limited signal of one direction, against one without filters."""
    period, around = 64, 24
    frequencies = np.arange(1, period // 4 + 1) * BAND[0] / period
    sizes, phases = RNG.normal(size=(2, len(frequencies)))
    places = (np.arange(period + 2 * around) - around) / BAND[0]

    def signal(shift):
        waves = np.sin(2 * np.pi * ((places + shift)[:, None] * frequencies + phases))
        return (waves * sizes).sum(1).astype("float32")

    layer = FilteredLeakyReLU(BAND, BAND, len(places))

    def with_filters(x):
        image = np.tile(x, (len(places), 1))[None, ..., None]
        return numpy(layer(image))[0, len(places) // 2, :, 0]

    def quality(activation):
        """Signal by error in dB, of what is moved after it and before."""
        before, after = (
            activation(signal(shift))[around:-around] for shift in (0, 0.5 / BAND[0])
        )
        waves = np.fft.rfft(before)
        turn = np.exp(2j * np.pi * np.arange(len(waves)) * 0.5 / period)
        moved = np.fft.irfft(waves * turn, period)
        return 10 * np.log10((after**2).mean() / ((moved - after) ** 2).mean())

    assert quality(lambda x: np.where(x > 0, x, 0.2 * x)) < 25
    assert quality(with_filters) > 60


@pytest.mark.parametrize("radial", [False, True])
def test_it_moves_exactly_by_samples_and_keeps_the_center(radial):
    layer = FilteredLeakyReLU(BAND, (16, 5.0, 3.0), 12, radial=radial)
    x = RNG.normal(size=(1, 40, 40, 2)).astype("float32")
    moved = np.roll(x, (2, 2), (1, 2))
    # Two samples before are one after.
    y, y_moved = numpy(layer(x)), numpy(layer(moved))
    assert y.shape == layer.compute_output_shape(x.shape) == (1, 12, 12, 2)
    np.testing.assert_allclose(y_moved[:, 1:, 1:], y[:, :-1, :-1], atol=1e-5)
    # A symmetric image stays symmetric.
    x = x + x[:, ::-1]
    y = numpy(layer(x + x[:, :, ::-1]))
    np.testing.assert_allclose(y, y[:, ::-1, ::-1], atol=1e-4)


def test_a_constant_keeps_its_size_and_is_cut_off_at_256():
    layer = FilteredLeakyReLU(BAND, BAND, 4)
    for value, wanted in ((1.0, np.sqrt(2)), (-1.0, -0.2 * np.sqrt(2)), (1e4, 256)):
        y = numpy(layer(np.full((1, 40, 40, 1), value, "float32")))
        np.testing.assert_allclose(y, wanted, rtol=2e-2)


def test_it_comes_back_from_its_config():
    layer = FilteredLeakyReLU(BAND, (16, 5.0, 3.0), 12, 4, radial=True)
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(layer)
    )
    x = RNG.normal(size=(1, 40, 40, 1)).astype("float32")
    np.testing.assert_array_equal(numpy(layer(x)), numpy(again(x)))
    with pytest.raises(ValueError, match="`radial` must be"):
        FilteredLeakyReLU(BAND, BAND, 12, radial="yes")


def test_without_upsampling_a_radial_filter_is_none():
    layer = FilteredLeakyReLU((8, 4.0, 1.0), (8, 4.0, 1.0), 8, 1, radial=True)
    x = RNG.normal(size=(2, 8, 8, 3)).astype("float32")
    wanted = np.where(x > 0, x, 0.2 * x) * np.sqrt(2)
    np.testing.assert_allclose(numpy(layer(x)), wanted, rtol=1e-6)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"upsampling": 0}, "`upsampling` must be an int of at least 1"),
        ({"upsampling": 1.5}, "`upsampling` must be an int of at least 1"),
        ({"before": (0, 8.0, 8.0)}, "`rate` must be an int of at least 1"),
        ({"after": (32, 8.0, -1.0)}, "frequencies of `after` must be positive"),
        ({"before": (12, 4.0, 2.0)}, "a multiple of the other's. Received: before="),
    ],
)
def test_bands_that_no_filter_has_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        FilteredLeakyReLU(**{"before": BAND, "after": BAND, "side": 8, **options})
