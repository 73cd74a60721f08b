"""Convolutional networks for images of other sizes than they were made for."""

import keras
from keras import layers


def for_any_size(network):
    """A copy of a network for images of any size, with weights of its own.

    Args:
        network: `keras.Model` of images of one size, functional or sequential.

    Returns:
        `keras.Model` of images `(batch, height, width, channels)`, which takes the
        weights of `network` by `set_weights`.

    Raises:
        ValueError: If a layer is for one size only.
    """
    *_, channels = network.input_shape
    images = layers.Input((None, None, channels), name="images")
    try:
        return keras.models.clone_model(network, input_tensors=images)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "Only a network of convolutions takes images of any size, and a layer of "
            f"this one is for images of {network.input_shape[1:]} alone. "
            f"Received: {network.name}."
        ) from error
