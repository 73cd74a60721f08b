"""Images resampled by a filter, without the zeros of its definition.

Reference:
    [Karras et al., 2020](https://arxiv.org/abs/1912.04958)
"""

import math

import keras
import numpy as np
from keras import layers
from keras import ops

# The filter of all StyleGANs before the third, of sum 1.
TAPS = np.array([1.0, 3.0, 3.0, 1.0]) / 8


def upfirdn2d(x, taps=TAPS, *, up=1, down=1, pads=(0, 0)):
    """Put zeros after each pixel, pad, filter, and keep each `down`-th pixel.

    The filter is the outer product of `taps` with themselves, and the sum that of a
    convolution: the filter is flipped. Zeros are neither stored nor multiplied by.

    Args:
        x: tensor `(batch, height, width, channels)`.
        taps: 1D NumPy array, of `up` numbers or more.
        up: int. Each pixel becomes `up` by `up` of them.
        down: int.
        pads: pair of ints. Zeros before and after, of either axis, in pixels of the
            enlarged image; pixels are cut off where they are negative.

    Returns:
        Tensor of sides `(side * up + pads[0] + pads[1] - len(taps)) // down + 1`.
    """
    if up == 1 and min(pads) >= 0 and keras.backend.backend() != "jax":
        return _depthwise(x, taps, down, pads)
    for axis in (1, 2):
        x = _along(x, axis, taps, up, down, pads)
    return x


def _depthwise(x, taps, down, pads):
    """The same by a depthwise convolution, which XLA is slow at on a CPU."""
    kernel = np.outer(taps[::-1], taps[::-1])[:, :, None, None]
    kernel = np.tile(kernel, (1, 1, x.shape[-1], 1))
    x = ops.pad(x, ((0, 0), pads, pads, (0, 0)))
    kernel = ops.convert_to_tensor(kernel, x.dtype)
    return ops.depthwise_conv(x, kernel, down, "valid", data_format="channels_last")


def _along(x, axis, taps, up, down, pads):
    """Resample one axis: each phase of the output is a sum of shifted inputs.

    Output `m` has the tap `k` of the enlarged pixel `m * down + K - 1 - pads[0] - k`,
    which is no zero if `up` divides its place.
    """
    size = x.shape[axis]
    count = (size * up + sum(pads) - len(taps)) // down + 1
    common = math.gcd(up, down)
    phases, stride = up // common, down // common
    rows = -(-count // phases)
    places = [
        [
            (tap, (phase * down + len(taps) - 1 - pads[0] - k) // up)
            for k, tap in enumerate(taps)
            if (phase * down + len(taps) - 1 - pads[0] - k) % up == 0
        ]
        for phase in range(phases)
    ]
    offsets = [offset for phase in places for _, offset in phase]
    reach = stride * (rows - 1) + 1
    before = max(0, -min(offsets))
    after = max(0, max(offsets) + reach - size)
    padded = ops.pad(
        x, [(before, after) if i == axis else (0, 0) for i in range(len(x.shape))]
    )

    def shifted(offset):
        start = before + offset
        if stride > 1:
            slices = [slice(None)] * axis + [slice(start, start + reach, stride)]
            return padded[tuple(slices)]
        # The gradient of a slice by brackets is slow on TensorFlow.
        shape = list(ops.shape(padded))
        shape[axis] = reach
        return ops.slice(padded, [start if i == axis else 0 for i in range(4)], shape)

    sums = [
        sum(float(tap) * shifted(offset) for tap, offset in phase) for phase in places
    ]
    if phases == 1:
        return sums[0]
    y = ops.stack(sums, axis=axis + 1)
    shape = list(x.shape)
    shape[0], shape[axis] = -1, rows * phases
    y = ops.reshape(y, shape)
    return y[(slice(None),) * axis + (slice(count),)]


def double(x):
    """Twice the size; a constant stays the same but for its edges."""
    return upfirdn2d(x, 2 * TAPS, up=2, pads=(2, 1))


def halve(x):
    """Half the size."""
    return upfirdn2d(x, down=2, pads=(1, 1))


@keras.saving.register_keras_serializable("ganzoo")
class Resampling2D(layers.Layer):
    """Images of twice or half the size, by the filter 1 3 3 1 in both directions.

    Args:
        kind: "up" or "down".
        **kwargs: As of `keras.layers.Layer`.

    Raises:
        ValueError: If the kind is unknown.
    """

    KINDS = {"up": double, "down": halve}

    def __init__(self, kind, **kwargs):
        super().__init__(**kwargs)
        if kind not in self.KINDS:
            raise ValueError(f"`kind` must be 'up' or 'down'. Received: kind={kind!r}.")
        self.kind = kind

    def call(self, inputs):
        return self.KINDS[self.kind](inputs)

    def compute_output_shape(self, input_shape):
        batch, *sides, channels = input_shape
        sides = [n * 2 if self.kind == "up" else n // 2 for n in sides]
        return (batch, *sides, channels)

    def get_config(self):
        return {**super().get_config(), "kind": self.kind}
