"""Regularisation that keeps the filters of a layer orthogonal.

Reference:
    [Brock et al., 2019](https://arxiv.org/abs/1809.11096)
"""

import keras
from keras import ops


@keras.saving.register_keras_serializable("ganzoo")
class OffDiagonalRegularizer(keras.regularizers.Regularizer):
    """`β ‖W Wᵀ ⊙ (1 − I)‖²` of a kernel, whose filters are the rows of `W`.

    So it asks filters to be orthogonal, and not to have a length of 1. As the penalty
    of `kernel_regularizer`. Its gradient is `4 β (W Wᵀ ⊙ (1 − I)) W`; the authors' code
    has half of it.

    Args:
        weight: float. `β`, positive.

    Raises:
        ValueError: If the weight is not positive.
    """

    def __init__(self, weight=1e-4):
        if not isinstance(weight, (int, float)) or not weight > 0:
            raise ValueError(
                f"`weight` must be a positive number. Received: weight={weight!r}."
            )
        self.weight = weight

    def __call__(self, kernel):
        filters = ops.reshape(kernel, (-1, kernel.shape[-1]))
        products = ops.matmul(ops.transpose(filters), filters)
        off = products * (1 - ops.eye(products.shape[0], dtype=products.dtype))
        return self.weight * ops.sum(ops.square(off))

    def get_config(self):
        return {"weight": self.weight}
