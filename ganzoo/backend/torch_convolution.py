"""Convolutions on PyTorch, of images that have their channels last in memory.

Keras brings an image into the order of channels first and back again before each
convolution, and computes all that a transposed one reaches before it slices it. Here
both are PyTorch's alone: it has kernels for channels last, and crops by itself.
"""

import keras
import torch
from torch.nn import functional


def conv(x, kernel, strides, padding):
    """Without a copy of the image; the contract is in `ganzoo.backend`."""
    kernel = keras.ops.convert_to_tensor(kernel)
    x, pads = _channels_first(x), (0, 0)
    if padding == "same":
        axes = [_missing(*axis) for axis in zip(x.shape[2:], kernel.shape, strides)]
        pads = [n // 2 for n in axes]
        if any(n % 2 for n in axes):
            (top, left), (bottom, right) = pads, (n - n // 2 for n in axes)
            x, pads = functional.pad(x, (left, right, top, bottom)), (0, 0)
    groups = x.shape[1] // kernel.shape[2]
    kernel = kernel.permute(3, 2, 0, 1)
    y = functional.conv2d(x, kernel, stride=strides, padding=pads, groups=groups)
    return y.permute(0, 2, 3, 1)


def conv_transpose(x, kernel, strides, padding):
    """Cropped by PyTorch; the contract is in `ganzoo.backend`."""
    kernel = keras.ops.convert_to_tensor(kernel)
    # Where the kernel is smaller than a stride, there are zeros beyond it.
    axes = [side - stride for side, stride in zip(kernel.shape, strides)]
    pads = [max(n, 0) // 2 if padding == "same" else 0 for n in axes]
    y = functional.conv_transpose2d(
        _channels_first(x),
        kernel.permute(3, 2, 0, 1),
        stride=strides,
        padding=pads,
    )
    beyond = [min(n, 0) for n in axes]
    if padding == "same":
        beyond = [n - 2 * pad for n, pad in zip(axes, pads)]
    if any(beyond):
        height, width = beyond
        y = functional.pad(y, (0, -width, 0, -height))
    return y.permute(0, 2, 3, 1)


def lay_out(variables):
    """Order kernels in memory, and what optimizers keep of them, as PyTorch reads them.

    That is by outputs, height, width and inputs: in Keras's each pass copies them.
    Shapes, values and identities stay, and assignments keep the order.
    """
    for variable in variables:
        tensor = variable.value
        if tensor.ndim == 4:
            kernel = tensor.data.permute(3, 2, 0, 1)
            kernel = kernel.contiguous(memory_format=torch.channels_last)
            tensor.data = kernel.permute(2, 3, 1, 0)


def _channels_first(x):
    # `movedim` would be more readable, and ONNX Runtime refuses what it is exported as.
    return keras.ops.convert_to_tensor(x).permute(0, 3, 1, 2)


def _missing(size, side, stride):
    """Pixels that an axis needs more for padding "same"."""
    rest = size % stride if stride > 1 else 0
    return max(side - (rest or stride), 0)
