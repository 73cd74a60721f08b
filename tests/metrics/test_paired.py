"""Distances of pairs of images in closed forms and in loops over windows."""

import math

import numpy as np
import pytest

from ganzoo.metrics.paired import l1
from ganzoo.metrics.paired import psnr
from ganzoo.metrics.paired import ssim

METRICS = [l1, psnr, ssim]


def pictures(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, dtype="uint8")


def looped_ssim(x, y):
    """Equation 13 at every place of an 11 x 11 window, in loops."""
    axis = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2)
    window = np.outer(axis, axis) / np.outer(axis, axis).sum()
    c_1, c_2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    values = []
    for channel in range(x.shape[2]):
        for top in range(x.shape[0] - 10):
            for left in range(x.shape[1] - 10):
                place = (slice(top, top + 11), slice(left, left + 11), channel)
                a, b = x[place].astype(float), y[place].astype(float)
                mu_a, mu_b = np.sum(window * a), np.sum(window * b)
                variances = np.sum(window * ((a - mu_a) ** 2 + (b - mu_b) ** 2))
                covariance = np.sum(window * (a - mu_a) * (b - mu_b))
                luminance = (2 * mu_a * mu_b + c_1) / (mu_a**2 + mu_b**2 + c_1)
                values.append(luminance * (2 * covariance + c_2) / (variances + c_2))
    return np.mean(values)


# === L1 and PSNR ===


def test_difference_of_one_level_everywhere():
    x = np.full((2, 12, 12, 3), 100, "uint8")
    np.testing.assert_allclose(l1(x, x + 1), 1 / 255, rtol=1e-14)
    np.testing.assert_allclose(psnr(x, x + 1), 20 * math.log10(255), rtol=1e-14)


def test_black_against_white():
    black = np.zeros((1, 12, 12, 1), "uint8")
    assert l1(black, black + 255) == 1.0
    assert psnr(black, black + 255) == 0.0


def test_differences_do_not_wrap_around():
    assert l1(np.full((1, 1, 1, 1), 3, "uint8"), np.full((1, 1, 1, 1), 5, "uint8")) == (
        pytest.approx(2 / 255)
    )


def test_l1_is_half_of_that_between_minus_one_and_one():
    x, y = pictures(3, 12, 12, 3), pictures(3, 12, 12, 3, seed=1)
    scaled = np.abs(x / 127.5 - y / 127.5).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(l1(x, y), scaled / 2, rtol=1e-12)


def test_psnr_of_known_noise():
    x = np.full((1, 20, 20, 1), 100, "uint8")
    y = x.copy()
    y[0, :10] += 10  # Half of the pixels by 10: a mean square of 50.
    assert psnr(x, y).item() == pytest.approx(10 * math.log10(255**2 / 50), rel=1e-14)


# === Luminance and crop ===


def test_the_luminance_is_that_of_bt_601():
    red, white, black = (
        np.full((1, 12, 12, 3), colour, "uint8")
        for colour in ([255, 0, 0], [255, 255, 255], [0, 0, 0])
    )
    # White is 235, red 81.481 and black 16.
    wanted = 20 * math.log10(255 / 219)
    assert psnr(white, black, luminance=True).item() == pytest.approx(wanted, rel=1e-10)
    wanted = 20 * math.log10(255 / (81.481 - 16))
    assert psnr(red, black, luminance=True).item() == pytest.approx(wanted, rel=1e-10)
    assert psnr(red, black, luminance=True).item() == pytest.approx(11.808, abs=5e-4)
    assert psnr(red, black).item() == pytest.approx(4.771, abs=5e-4)
    c_1 = 2.55**2
    found = ssim(red, black, luminance=True).item()
    wanted = (2 * 81.481 * 16 + c_1) / (81.481**2 + 16**2 + c_1)
    assert found == pytest.approx(wanted, rel=1e-10)


@pytest.mark.parametrize("metric", [psnr, ssim])
def test_grey_pictures_have_the_luminance_of_grey_colours(metric):
    x, y = pictures(3, 14, 13, 1), pictures(3, 14, 13, 1, seed=1)
    of_colours = metric(x.repeat(3, -1), y.repeat(3, -1), luminance=True)
    np.testing.assert_allclose(metric(x, y, luminance=True), of_colours, rtol=1e-12)


@pytest.mark.parametrize("metric", [psnr, ssim])
@pytest.mark.parametrize("luminance", [False, True])
def test_cropped_pixels_do_not_count(metric, luminance):
    x, y = pictures(2, 21, 19, 3), pictures(2, 21, 19, 3, seed=1)
    inner = metric(x[:, 4:-4, 4:-4], y[:, 4:-4, 4:-4], luminance=luminance)
    found = metric(x, y, luminance=luminance, crop=4)
    np.testing.assert_array_equal(found, inner)


@pytest.mark.parametrize("metric", [psnr, ssim])
@pytest.mark.parametrize("crop", [-1, 6, 100])
def test_a_crop_that_leaves_nothing_is_refused(metric, crop):
    x = np.zeros((1, 12, 20, 3), "uint8")
    with pytest.raises(ValueError, match=f"`crop` must be.* Received: crop={crop}"):
        metric(x, x, crop=crop)


def test_the_window_must_fit_into_what_is_left():
    x = np.zeros((1, 18, 20, 3), "uint8")
    with pytest.raises(ValueError, match="or more, cropped by 4 pixels a side"):
        ssim(x, x, crop=4)
    assert ssim(x, x, crop=3).item() == 1.0


def test_other_channels_have_no_luminance():
    x = np.zeros((1, 12, 12, 2), "uint8")
    with pytest.raises(ValueError, match="1 or 3 channels"):
        psnr(x, x, luminance=True)


# === SSIM ===


@pytest.mark.parametrize("shape", [(11, 11, 1), (13, 17, 3)])
def test_ssim_equals_loops_over_windows(shape):
    x = pictures(*shape)
    noise = pictures(*shape, seed=1)
    for y in (noise, x // 2 + noise // 2, 255 - x, np.zeros_like(x)):
        assert ssim(x[None], y[None]).item() == pytest.approx(
            looped_ssim(x, y), rel=1e-10, abs=1e-12
        )


def test_ssim_of_flat_pictures_is_the_luminance():
    x, y = np.full((1, 16, 16, 3), 50, "uint8"), np.full((1, 16, 16, 3), 200, "uint8")
    c_1 = 2.55**2
    expected = (2 * 50 * 200 + c_1) / (50**2 + 200**2 + c_1)
    assert ssim(x, y).item() == pytest.approx(expected, rel=1e-10)


def test_ssim_of_a_negative_is_negative():
    x = pictures(2, 32, 32, 3)
    assert np.all(ssim(x, 255 - x) < -0.9)


# === All of them ===


@pytest.mark.parametrize("metric", METRICS)
def test_each_picture_has_a_number_of_its_own(metric):
    x, y = pictures(5, 12, 14, 3), pictures(5, 12, 14, 3, seed=1)
    values = metric(x, y)
    assert (values.shape, values.dtype) == ((5,), "float64")
    for i in range(5):
        assert metric(x[i : i + 1], y[i : i + 1]) == values[i]
    np.testing.assert_allclose(metric(y, x), values, rtol=1e-12)


@pytest.mark.parametrize("metric, best", [(l1, 0.0), (psnr, np.inf), (ssim, 1.0)])
def test_equal_pictures_score_the_best(metric, best):
    x = pictures(2, 12, 12, 3)
    np.testing.assert_array_equal(metric(x, x), best)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("shape", [(12, 12, 3), (12, 12), (0, 12, 12, 3)])
def test_arrays_of_another_shape_are_refused(metric, shape):
    with pytest.raises(ValueError, match="Received: targets of shape"):
        metric(np.zeros(shape, "uint8"), np.zeros(shape, "uint8"))


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("kind", ["float32", "int8", "bool"])
def test_arrays_of_another_type_are_refused(metric, kind):
    x = np.zeros((1, 12, 12, 3), "uint8")
    with pytest.raises(ValueError, match=f"Received: outputs of .* type {kind}"):
        metric(x, x.astype(kind))


@pytest.mark.parametrize("metric", METRICS)
def test_pictures_that_are_no_pairs_are_refused(metric):
    x = np.zeros((2, 12, 12, 3), "uint8")
    with pytest.raises(ValueError, match=r"outputs of shape \(1, 12, 12, 3\)"):
        metric(x, x[:1])


@pytest.mark.parametrize("shape", [(1, 10, 20, 3), (1, 20, 10, 3)])
def test_pictures_smaller_than_the_window_are_refused(shape):
    x = np.zeros(shape, "uint8")
    with pytest.raises(ValueError, match="11 x 11 pixels or more. Received: targets"):
        ssim(x, x)
