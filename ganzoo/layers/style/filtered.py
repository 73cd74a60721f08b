"""Activations without aliasing, and the low-pass filters around them.

Reference:
    [Karras et al., 2021](https://arxiv.org/abs/2106.12423)
"""

import keras
import numpy as np
from keras import layers
from keras import ops
from scipy import signal
from scipy import special

from ganzoo.layers.style.equalized import scaled_leaky_relu
from ganzoo.system.errors import check_bool
from ganzoo.system.errors import check_count

LIMIT = 256.0  # what activations are cut off at, as in the authors' code
TAPS = 6  # of a filter, for each pixel of the smaller image


def radial_lowpass(count, cutoff, half_width, rate):
    """A low-pass filter alike in all directions: a jinc in Kaiser's window, of sum 1.

    Args:
        count: int. Taps of a side, an even number.
        cutoff: float. Frequency of half the amplitude, like those that follow in
            cycles for each unit of length.
        half_width: float. Half of the band in which the amplitude falls.
        rate: float. Samples for each unit of length.

    Returns:
        float64 array `(count, count)`.
    """
    places = (np.arange(count) - (count - 1) / 2) / rate
    radius = np.hypot(*np.meshgrid(places, places))
    falling = 2 * half_width / (rate / 2)
    beta = signal.kaiser_beta(signal.kaiser_atten(count, falling))
    window = np.kaiser(count, beta)
    taps = special.j1(2 * np.pi * cutoff * radius) / radius
    taps = taps * np.outer(window, window)
    return taps / taps.sum()


def resampling_matrix(size, taps, up=1, down=1, pads=(0, 0)):
    """What `upfirdn2d` does along an axis, as a matrix.

    A product with it is faster than the sums are if there are many taps, and the image
    is small.

    Args:
        size: int. Pixels of the axis.
        taps: 1D array.
        up: int. As of `upfirdn2d`, like those that follow.
        down: int.
        pads: pair of ints.

    Returns:
        float32 array `(outputs, size)`.
    """
    count = (size * up + sum(pads) - len(taps)) // down + 1
    rows, columns = np.ogrid[:count, :size]
    tap = rows * down + len(taps) - 1 - pads[0] - columns * up
    is_tap = (tap >= 0) & (tap < len(taps))
    found = np.asarray(taps)[np.clip(tap, 0, len(taps) - 1)]
    return np.where(is_tap, found, 0).astype("float32")


def resample(matrix, x):
    """Square images `(batch, side, side, channels)`, each axis times a matrix."""
    side, channels = x.shape[2:]
    matrix = ops.convert_to_tensor(matrix, x.dtype)
    rows = matrix.shape[0]
    x = ops.matmul(matrix, ops.reshape(x, (-1, side, side * channels)))
    return ops.matmul(matrix, ops.reshape(x, (-1, rows, side, channels)))


@keras.saving.register_keras_serializable("ganzoo")
class FilteredLeakyReLU(layers.Layer):
    """`√2 LeakyReLU` of a signal that is more finely sampled, and filtered after it.

    The kinks of an activation have frequencies that the samples of an image cannot
    hold, and which depend on where they are. Those are filtered out between. A filter
    has 6 taps for each pixel of the smaller image.

    Its inputs are square images `(batch, side, side, channels)`.

    Args:
        before: tuple. Of the inputs the samples for each unit of length, an int, the
            cutoff frequency, and half the width of the transition band.
        after: tuple. The same of the outputs.
        side: int. Of the outputs. Their center is that of the inputs, or where the
            samples of the activation do not allow it half of one of these beside it.
        upsampling: int. How many times as many samples the activation is of as the
            larger of inputs and outputs have; with 1 it is not filtered for itself.
        radial: bool. Whether the second filter is alike in all directions.
        **kwargs: As of `keras.layers.Layer`.

    Raises:
        ValueError: If `radial` is no bool, `upsampling` is less than 1, a frequency is
            not positive, or of the numbers of samples none is a multiple of the other.
    """

    def __init__(self, before, after, side, upsampling=2, radial=False, **kwargs):
        super().__init__(**kwargs)
        check_bool("radial", radial)
        check_count("upsampling", upsampling)
        _check_bands(before, after)
        self.before = tuple(before)
        self.after = tuple(after)
        self.side = side
        self.upsampling = upsampling
        self.radial = radial

    def build(self, input_shape):
        size = input_shape[1]
        rate = max(self.before[0], self.after[0]) * self.upsampling
        up, up_taps = _filter(*self.before, rate)
        self.down, down_taps = _filter(*self.after, rate)
        self.pads = _pads(size, up, up_taps, self.side, self.down, down_taps)
        # Zeros between the pixels take as much away.
        self.up_matrix = resampling_matrix(size, up * up_taps, up, pads=self.pads)
        self.down_matrix = resampling_matrix(
            len(self.up_matrix), down_taps, down=self.down
        )
        self.kernel = None
        # One tap is no filter, in whatever direction.
        if self.radial and len(down_taps) > 1:
            self.kernel = radial_lowpass(len(down_taps), *self.after[1:], rate)

    def call(self, inputs):
        x = resample(self.up_matrix, inputs)
        x = ops.clip(scaled_leaky_relu(x), -LIMIT, LIMIT)
        if self.kernel is None:
            return resample(self.down_matrix, x)
        kernel = np.tile(self.kernel[:, :, None, None], (1, 1, x.shape[-1], 1))
        kernel = ops.convert_to_tensor(kernel, x.dtype)
        return ops.depthwise_conv(
            x, kernel, self.down, "valid", data_format="channels_last"
        )

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.side, self.side, input_shape[-1])

    def get_config(self):
        return {
            **super().get_config(),
            "before": self.before,
            "after": self.after,
            "side": self.side,
            "upsampling": self.upsampling,
            "radial": self.radial,
        }


def _check_bands(before, after):
    for name, (rate, cutoff, half_width) in {"before": before, "after": after}.items():
        check_count("rate", rate)
        if not (cutoff > 0 and half_width > 0):
            raise ValueError(
                f"The frequencies of `{name}` must be positive. "
                f"Received: {name}={(rate, cutoff, half_width)}."
            )
    rates = sorted((before[0], after[0]))
    if rates[1] % rates[0]:
        raise ValueError(
            "The samples for each unit of length of `before` or `after` must be a "
            f"multiple of the other's. Received: before={before}, after={after}."
        )


def _filter(own_rate, cutoff, half_width, rate):
    """How many times as many samples a rate has, and the taps between both."""
    factor = rate // own_rate
    if factor == 1:
        return 1, np.ones(1)
    return factor, signal.firwin(TAPS * factor, cutoff, width=2 * half_width, fs=rate)


def _pads(size, up, up_taps, side, down, down_taps):
    """Pixels to put around or cut off, so that centers of both sides agree."""
    total = (side - 1) * down + 1 - size * up + len(up_taps) + len(down_taps) - 2
    before = (total + up) // 2
    return before, total - before
