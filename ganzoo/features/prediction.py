"""Outputs of a network that looks at images, the same on every machine."""

from ganzoo.backend import full_precision
from ganzoo.backend import placement
from ganzoo.backend import prediction


def predict(network, x, batch_size, verbose=0):
    """As `ganzoo.backend.prediction.predict`, with products in full precision.

    Each device has `batch_size` at a time: whole batches then part equally, and round
    alike on any number of devices.
    """
    with full_precision():
        batch_size *= placement(network).own
        return prediction.predict(network, x, batch_size, verbose)
