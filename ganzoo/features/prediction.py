"""Outputs of a network that looks at pictures, the same on every machine."""

from ganzoo import prediction
from ganzoo.backend import full_precision


def predict(network, x, batch_size, verbose=0):
    """As `ganzoo.prediction.predict`, with products in full precision."""
    with full_precision():
        return prediction.predict(network, x, batch_size, verbose)
