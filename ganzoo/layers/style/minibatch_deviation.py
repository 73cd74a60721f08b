"""Minibatch standard deviation: a discriminator that sees how much a batch varies.

Reference:
    [Karras et al., 2018](https://arxiv.org/abs/1710.10196)
"""

import keras
from keras import layers
from keras import ops

from ganzoo.system.errors import check_count


@keras.saving.register_keras_serializable("ganzoo")
class MinibatchDeviation(layers.Layer):
    """Features, and beside them one map of how much those of a group differ.

    The standard deviation over a group, of each feature at each place, averaged over
    all of them. Members of a group are as far apart as there are groups: with two, all
    examples of even places are one. Data and samples come in batches apart. On several
    devices of TensorFlow a group is of the examples of one device.

    Args:
        group_size: int. Examples of a group; all of a batch that has fewer.
        **kwargs: As of `keras.layers.Layer`.

    Raises:
        ValueError: If it is less than 1, or the batch is no multiple of it.
    """

    mixes_examples = True

    def __init__(self, group_size=4, **kwargs):
        super().__init__(**kwargs)
        check_count("group_size", group_size)
        self.group_size = group_size

    def call(self, inputs):
        height, width, channels = inputs.shape[1:]
        group = self._group(ops.shape(inputs)[0])
        x = ops.cast(inputs, "float32")
        # [group, groups, height, width, channels] -> [groups]
        x = ops.reshape(x, (group, -1, height, width, channels))
        deviation = ops.sqrt(ops.var(x, axis=0) + 1e-8)
        mean = ops.mean(deviation, axis=(1, 2, 3))
        # Of each example that of its group.
        mean = ops.cast(ops.tile(mean, (group,)), inputs.dtype)
        shape = (ops.shape(inputs)[0], height, width, 1)
        of_all = ops.broadcast_to(mean[:, None, None, None], shape)
        return ops.concatenate([inputs, of_all], axis=-1)

    def _group(self, count):
        if not isinstance(count, int):
            return ops.minimum(self.group_size, count)
        group = min(self.group_size, count)
        if count % max(group, 1):
            raise ValueError(
                "A batch must be a multiple of `group_size`, whose examples the "
                f"discriminator compares. Received: group_size={self.group_size}, a "
                f"batch of {count}."
            )
        return group

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + 1)

    def get_config(self):
        return {**super().get_config(), "group_size": self.group_size}
