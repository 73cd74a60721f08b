"""Networks that begin with trained weights, and lower layers that stay."""

import keras
import numpy as np
import pytest
import toys

from ganzoo import networks
from ganzoo.networks import fine_tuning


def discriminator(channels=1, filters=4, **options):
    return networks.dcgan_discriminator((28, 28, channels), filters, **options)


def test_weights_are_those_of_the_trained_network_also_statistics():
    source, network = discriminator(), discriminator()
    source.layers[5].set_weights(
        [np.full_like(w, 0.5) for w in source.layers[5].get_weights()]
    )
    assert fine_tuning.copy_weights("discriminator", source, network) == []
    assert toys.same(network.get_weights(), source.get_weights())


def test_layers_of_other_channels_keep_their_own():
    source, network = discriminator(filters=8), discriminator(channels=3, filters=8)
    before = network.get_weights()
    first = next(layer for layer in network.layers if layer.weights)
    assert fine_tuning.copy_weights("discriminator", source, network) == [first.name]
    after = network.get_weights()
    assert np.array_equal(after[0], before[0])
    assert toys.same(after[2:], source.get_weights()[2:])


@pytest.mark.parametrize(
    "other, message",
    [
        ({"filters": 8}, "networks as wide as those of the trained model"),
        ({"normalization": None}, "the networks of the trained model: its"),
    ],
)
def test_other_networks_are_refused(other, message):
    network = discriminator(**other)
    before = network.get_weights()
    with pytest.raises(ValueError, match=message):
        fine_tuning.copy_weights("discriminator", discriminator(), network)
    assert toys.same(network.get_weights(), before)


def test_lower_layers_are_frozen_with_what_normalises_them():
    network = discriminator()
    kernels = [layer for layer in network.layers if hasattr(layer, "kernel")]
    fine_tuning.freeze(network, 0)
    assert all(layer.trainable for layer in network.layers)
    fine_tuning.freeze(network, 2)
    frozen = [layer for layer in network.layers if not layer.trainable]
    assert [k in frozen for k in kernels] == [True, True] + [False] * (len(kernels) - 2)
    norms = (keras.layers.BatchNormalization,)
    assert sum(isinstance(layer, norms) for layer in frozen) == 1
    for count in (len(kernels), -1):
        with pytest.raises(ValueError, match="must leave a layer to train"):
            fine_tuning.freeze(discriminator(), count)
