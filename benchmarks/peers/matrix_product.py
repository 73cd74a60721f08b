"""The ceiling: products of large matrices, which all layers come down to."""

import keras
import numpy as np
import tensorflow as tf

from benchmarks.peers import pace

SIDE = 2048
FLOPS = 2 * SIDE**3


class Contender:
    """A product a step; what each method does is in `benchmarks.peers.worker`."""

    def __init__(self, case):
        keras.config.set_dtype_policy(case.precision)
        dtype = keras.config.dtype_policy().compute_dtype
        random = np.random.default_rng(0)
        self.factor = tf.cast(random.normal(size=(SIDE, SIDE)), dtype)

    def prepare(self, arrays):
        """Nothing: it sees no pictures."""

    def run(self, steps, watch=pace.unwatched):
        for i in range(steps):
            product = tf.matmul(self.factor, self.factor)
            watch(i, product[0, :1])
        product.numpy()

    def count_flops(self):
        """Floating-point operations of a product."""
        return FLOPS
