"""Depth to space, after a convolution with a kernel for each pixel of a block.

Reference:
    [Aitken et al., 2017](https://arxiv.org/abs/1707.02937)
"""

import keras
from keras import layers
from keras import ops


@keras.saving.register_keras_serializable("ganzoo")
class DepthToSpace(layers.Layer):
    """Channels to blocks of pixels: a pixel of channels 0 to 3 is `[[0, 1], [2, 3]]`.

    From `(batch, height, width, block_size² * channels)` to `(batch, block_size *
    height, block_size * width, channels)`.

    Args:
        block_size: int. Side of a block in pixels, 2 or more.
        **kwargs: As of `keras.layers.Layer`.
    """

    def __init__(self, block_size, **kwargs):
        super().__init__(**kwargs)
        self.block_size = block_size

    def call(self, inputs):
        return ops.depth_to_space(inputs, self.block_size, data_format="channels_last")

    def compute_output_shape(self, input_shape):
        batch, *sides, channels = input_shape
        sides = (side and side * self.block_size for side in sides)
        return (batch, *sides, channels // self.block_size**2)

    def get_config(self):
        return {**super().get_config(), "block_size": self.block_size}


@keras.saving.register_keras_serializable("ganzoo")
class EqualSubkernels(keras.initializers.Initializer):
    """Begins with the same kernel for each pixel of a block.

    What `DepthToSpace` makes of the convolution is then constant on each block. With
    kernels that differ at random it would show a checkerboard.

    Args:
        block_size: int. As of the `DepthToSpace` that follows.
        initializer: `keras.initializers.Initializer`, or its name or config. Of the
            kernel that is repeated.
    """

    def __init__(self, block_size, initializer="glorot_uniform"):
        self.block_size = block_size
        self.initializer = keras.initializers.get(initializer)

    def __call__(self, shape, dtype=None):
        *others, channels = shape
        count = self.block_size**2
        kernel = self.initializer((*others, channels // count), dtype)
        return ops.tile(kernel, [1] * len(others) + [count])

    def get_config(self):
        return {
            "block_size": self.block_size,
            "initializer": keras.initializers.serialize(self.initializer),
        }
