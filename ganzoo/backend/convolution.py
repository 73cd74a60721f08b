"""Convolutions as Keras has them."""

from keras import ops

lay_out = None


def conv(x, kernel, strides, padding):
    """As Keras does; the contract is in `ganzoo.backend`."""
    return ops.conv(x, kernel, strides, padding, data_format="channels_last")


def conv_transpose(x, kernel, strides, padding):
    """As Keras does; the contract is in `ganzoo.backend`."""
    return ops.conv_transpose(x, kernel, strides, padding, data_format="channels_last")
