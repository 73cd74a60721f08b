"""How far outputs are from their own targets, image by image, in pixels.

For paired tasks such as pix2pix's. None of them tells whether an output looks real.

Reference:
    [Wang et al., 2004](https://doi.org/10.1109/TIP.2003.819861): SSIM.
"""

import numpy as np
import scipy

LARGEST = 255
WINDOW = 11
# Of R, G and B in 0..255 in the luminance, which is from 16 to 235.
LUMINANCE = np.array([65.481, 128.553, 24.966]) / LARGEST
BLACK = 16.0


def l1(targets, outputs):
    """Return the mean absolute difference of each pair, as a share of the range.

    It is taken on 0..255 and divided by 255: 0 for equal images, 1 for black against
    white, and half of the same mean over pixels in [-1, 1].

    Args:
        targets: uint8 array of shape `(count, height, width, channels)`.
        outputs: uint8 array of the same shape.

    Returns:
        float64 array of shape `(count,)`, from 0 to 1.

    Raises:
        ValueError: if the arrays are not such images, or of two shapes.
    """
    pairs = _checked_pairs(targets, outputs)
    return np.array([np.mean(np.abs(x - y)) / LARGEST for x, y in pairs])


def psnr(targets, outputs, luminance=False, crop=0):
    """Return the peak signal-to-noise ratio `10 log₁₀ (255² / MSE)` of each pair.

    Args:
        targets: uint8 array of shape `(count, height, width, channels)`.
        outputs: uint8 array of the same shape.
        luminance: bool. Whether it is of `Y = 16 + (65.481 R + 128.553 G + 24.966 B) /
            255` alone, unrounded, as for super-resolution. Grey images are of equal R,
            G and B.
        crop: int. Pixels that are left out at each side.

    Returns:
        float64 array of shape `(count,)`, in decibels: 0 for black against white, and
        infinity for equal images, so that a mean over images needs care.

    Raises:
        ValueError: if the arrays are not such images, or of two shapes, or nothing is
            left of them.
    """
    pairs = _checked_pairs(targets, outputs, luminance, crop)
    errors = np.array([np.mean((x - y) ** 2) for x, y in pairs])
    with np.errstate(divide="ignore"):
        return 10 * np.log10(LARGEST**2 / errors)


def ssim(targets, outputs, luminance=False, crop=0):
    """Return the mean structural similarity of each pair (Wang et al., Equation 13).

    With the paper's Gaussian window of 11 x 11 pixels and deviation 1.5, `K₁` = 0.01,
    `K₂` = 0.03, a data range of 255 and variances over the window's whole weight. The
    mean is over the channels and over the places where the window fits.

    Args:
        targets: uint8 array of shape `(count, height, width, channels)`.
        outputs: uint8 array of the same shape.
        luminance: bool. As in `psnr`.
        crop: int. As in `psnr`.

    Returns:
        float64 array of shape `(count,)`, from -1 to 1; 1 for equal images.

    Raises:
        ValueError: if the arrays are not such images, of two shapes, or smaller than
            the window.
    """
    pairs = _checked_pairs(targets, outputs, luminance, crop)
    shape = np.shape(targets)
    if min(shape[1:3]) - 2 * crop < WINDOW:
        cropped = f", cropped by {crop} pixels a side" if crop else ""
        raise ValueError(
            f"SSIM's window needs images of {WINDOW} x {WINDOW} pixels or more"
            f"{cropped}. Received: targets of shape {shape}."
        )
    return np.array([_similarity(x, y) for x, y in pairs])


def _similarity(x, y):
    """Equation 13 of two float64 images `(height, width, channels)`."""
    c_1, c_2 = (0.01 * LARGEST) ** 2, (0.03 * LARGEST) ** 2
    mu_x, mu_y = _windowed(x), _windowed(y)
    variance_x = _windowed(x * x) - mu_x**2
    variance_y = _windowed(y * y) - mu_y**2
    covariance = _windowed(x * y) - mu_x * mu_y
    similarity = (2 * mu_x * mu_y + c_1) * (2 * covariance + c_2)
    similarity /= (mu_x**2 + mu_y**2 + c_1) * (variance_x + variance_y + c_2)
    return similarity.mean()


def _windowed(x):
    """The mean under the Gaussian window at each place where it fits."""
    radius = WINDOW // 2
    smooth = scipy.ndimage.gaussian_filter(x, (1.5, 1.5, 0), radius=(radius, radius, 0))
    return smooth[radius:-radius, radius:-radius]


def _checked_pairs(targets, outputs, luminance=False, crop=0):
    """The pairs of images in float64, converted one at a time."""
    targets, outputs = np.asarray(targets), np.asarray(outputs)
    for name, array in [("targets", targets), ("outputs", outputs)]:
        if array.dtype != "uint8" or array.ndim != 4 or 0 in array.shape:
            raise ValueError(
                f"`{name}` must be uint8 images of the shape `(count, height, width, "
                f"channels)`. Received: {name} of shape {array.shape} and type "
                f"{array.dtype}."
            )
    if targets.shape != outputs.shape:
        raise ValueError(
            "`targets` and `outputs` must be pairs, of one shape. Received: targets of "
            f"shape {targets.shape}, outputs of shape {outputs.shape}."
        )
    if crop < 0 or 2 * crop >= min(targets.shape[1:3]):
        raise ValueError(
            "`crop` must be from 0 to less than half of the sides, or nothing would be "
            f"left. Received: crop={crop}, targets of shape {targets.shape}."
        )
    if luminance and targets.shape[-1] not in (1, 3):
        raise ValueError(
            "A luminance is of images with 1 or 3 channels. "
            f"Received: luminance={luminance}, targets of shape {targets.shape}."
        )

    def seen(image):
        height, width, _ = image.shape
        image = image[crop : height - crop, crop : width - crop].astype("float64")
        return _luminance(image) if luminance else image

    return ((seen(x), seen(y)) for x, y in zip(targets, outputs))


def _luminance(image):
    """Y of an image, `(height, width, 1)`."""
    image = np.broadcast_to(image, (*image.shape[:2], 3))
    return BLACK + image @ LUMINANCE[:, None]
