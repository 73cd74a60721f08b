"""Outputs of a network, batch by batch and without waiting."""

import keras
import numpy as np

from ganzoo import backend
from ganzoo.system.terminal.progress import progress_bar


def predict(network, x, batch_size, verbose=0):
    """Return the outputs of a network, as `network.predict` would.

    That one may return long after the network is done: `ganzoo.backend.tensorflow` says
    why. A loop without `tf.data` does not.

    Args:
        network: `keras.Model`.
        x: array of shape `(count, ...)`, of one or more; a list of such for a network
            of several inputs.
        batch_size: int. How many at a time.
        verbose: 0 or 1. 1 shows progress on the standard error.

    Returns:
        An array of shape `(count, ...)`, or a dict or list of such as the network's;
        float32 where that is in half precision.

    Raises:
        ValueError: If there is no example.
    """
    count = len(x[0] if isinstance(x, list) else x)
    if not count:
        raise ValueError("There must be one example or more. Received: none.")
    outputs = []
    with progress_bar(f"Outputs of {network.name}", count, verbose) as advance:
        for start in range(0, count, batch_size):
            rows = slice(start, start + batch_size)
            batch = [part[rows] for part in x] if isinstance(x, list) else x[rows]
            outputs.append(backend.predict_on_batch(network, batch))
            advance(len(keras.tree.flatten(outputs[-1])[0]))
    return keras.tree.map_structure(_joined, *outputs)


def _joined(*parts):
    whole = np.concatenate(parts)
    return whole.astype("float32") if "float16" in whole.dtype.name else whole
