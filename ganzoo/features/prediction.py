"""Outputs of a network, batch by batch and without waiting."""

import keras
import numpy as np

from ganzoo.backend import full_precision


def predict(network, x, batch_size, verbose=0):
    """Return the outputs of a network in full precision, as `network.predict` would.

    On TensorFlow that one was seen to return long after the network was done, the
    processor idle meanwhile; a loop without `tf.data` does not.

    Args:
        network: `keras.Model` of one input and one output.
        x: array of shape `(count, ...)`, of one or more.
        batch_size: int. How many at a time.
        verbose: 0 or 1. 1 shows a progress bar.

    Returns:
        An array of shape `(count, ...)`.
    """
    bar = keras.utils.Progbar(len(x), verbose=verbose)
    outputs = []
    with full_precision():
        for start in range(0, len(x), batch_size):
            outputs.append(network.predict_on_batch(x[start : start + batch_size]))
            bar.add(len(outputs[-1]))
    return np.concatenate(outputs)
