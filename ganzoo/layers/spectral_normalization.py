"""Layers whose weights are divided by their largest singular value.

Reference:
    [Miyato et al., 2018](https://arxiv.org/abs/1802.05957), Section 2.1 and Algorithm 1
"""

import keras
from keras import layers
from keras import ops

from ganzoo.layers.convolution import Conv2D

EPSILON = 1e-12


class SpectralNormalized:
    """A layer that computes with `W / σ(W)`, by a power iteration for each update.

    `W` is its kernel as a matrix, `(fan_in, outputs)`; of an embedding each row is an
    output. A game calls `refresh` before each update of a player, so that all calls
    within it share `σ = uᵀ W v`, which is differentiated in `W`, with `u` and `v` held
    fixed. In inference one more iteration is made and not kept, as in the code of Brock
    et al. (2019). The weights themselves are never overwritten. In a model of your own
    call `refresh` before each training step.
    """

    def build(self, input_shape):
        super().build(input_shape)
        fan_in, outputs = self.matrix().shape
        normal = keras.initializers.RandomNormal(0.0, 1.0)
        self.u = self.add_weight((outputs,), normal, name="u", trainable=False)
        self.v = self.add_weight((fan_in,), "zeros", name="v", trainable=False)
        self.start_from(self.u)

    def start_from(self, u):
        """Begin the iterations with a vector `u`, `(outputs,)`, and the `v` of it."""
        self.u.assign(u)
        self.v.assign(_unit(ops.matmul(self.matrix(), self.u)))

    def add_weight(self, *args, **kwargs):
        # Iterations are in full precision, whatever the layer computes in.
        return super().add_weight(*args, **{**kwargs, "autocast": False})

    def matrix(self):
        """The weights as `(fan_in, outputs)`, as precise as they are kept."""
        kernel = ops.convert_to_tensor(self._weight().value)
        return ops.reshape(kernel, (-1, kernel.shape[-1]))

    def _weight(self):
        return self._kernel

    # Keras's layers save the weights that they know of, and no others.

    def save_own_variables(self, store):
        super().save_own_variables(store)
        store["u"], store["v"] = self.u, self.v

    def load_own_variables(self, store):
        super().load_own_variables(store)
        self.u.assign(store["u"])
        self.v.assign(store["v"])

    def refresh(self):
        """One power iteration, Algorithm 1: v ← W u / ‖W u‖, u ← Wᵀ v / ‖Wᵀ v‖."""
        u, v = self._iterate()
        self.u.assign(u)
        self.v.assign(v)

    def _iterate(self):
        matrix = ops.stop_gradient(self.matrix())
        v = _unit(ops.matmul(matrix, self.u))
        u = _unit(ops.matmul(ops.transpose(matrix), v))
        # Weights that are all 0 have no direction: there it waits for them to move.
        return ops.where(ops.any(u != 0), u, self.u.value), v

    def sigma(self, training):
        """The largest singular value, about: a scalar differentiable in `W`."""
        u, v = (self.u.value, self.v.value) if training else self._iterate()
        u, v = ops.stop_gradient(u), ops.stop_gradient(v)
        return ops.sum(ops.matmul(self.matrix(), u) * v)

    def activated(self, x):
        """The layer's outputs from what is linear in them, by bias and activation."""
        if self.use_bias:
            x = x + ops.cast(self.bias, x.dtype)
        return self.activation(x)

    def normalized(self, training):
        """The weights divided by `σ`, in the precision that the layer computes in."""
        weight = ops.convert_to_tensor(self._weight().value)
        sigma = self.sigma(training)
        # Weights that are all 0 are left as they are.
        sigma = ops.where(sigma == 0, ops.ones_like(sigma), sigma)
        return ops.cast(weight / sigma, self.compute_dtype)


def _unit(vector):
    return vector / ops.maximum(ops.norm(vector), EPSILON)


@keras.saving.register_keras_serializable("ganzoo")
class SpectralDense(SpectralNormalized, layers.Dense):
    """`keras.layers.Dense` with `W / σ(W)`."""

    def call(self, inputs, training=False):
        return self.activated(ops.matmul(inputs, self.normalized(training)))


@keras.saving.register_keras_serializable("ganzoo")
class SpectralConv2D(SpectralNormalized, Conv2D):
    """`keras.layers.Conv2D` with `W / σ(W)`, `W` of shape `(height · width · in, out)`.

    The matrix of the kernel, as in the authors' code, and not that of the convolution.
    """

    def call(self, inputs, training=False):
        return self.activated(self.convolution_op(inputs, self.normalized(training)))


@keras.saving.register_keras_serializable("ganzoo")
class SpectralEmbedding(SpectralNormalized, layers.Embedding):
    """`keras.layers.Embedding` with `W / σ(W)`, for a projection discriminator."""

    def call(self, inputs, training=False):
        return ops.take(self.normalized(training), ops.cast(inputs, "int32"), axis=0)

    def compute_output_spec(self, inputs, training=False):
        return super().compute_output_spec(inputs)

    def matrix(self):
        return ops.transpose(super().matrix())

    def _weight(self):
        return self._embeddings
