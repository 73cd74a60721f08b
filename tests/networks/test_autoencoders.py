"""The autoencoders of energies, and the generator that is like a decoder."""

import keras
import numpy as np
import pytest
from keras import layers
from keras import ops

from ganzoo import networks


def of(model, kind):
    return [layer for layer in model.layers if isinstance(layer, kind)]


@pytest.mark.parametrize("size", [28, 32, 64])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", ["ebgan_discriminator", "began_discriminator"])
def test_autoencoders_return_an_image_and_a_code(name, size, channels):
    shape = (size, size, channels)
    model = getattr(networks, name)(shape, 5, filters=2)
    assert model.input_shape == (None, *shape)
    assert model.output["reconstruction"].shape == (None, *shape)
    assert model.output["code"].shape == (None, 5)
    assert not of(model, layers.BatchNormalization)
    x = np.random.default_rng(0).uniform(-1, 1, (2, *shape)).astype("float32")
    # An image is reconstructed without its neighbours, and by its code.
    both, alone = model(x, training=True), model(x[:1], training=True)
    for head in both:
        one, two = (ops.convert_to_numpy(heads[head]) for heads in (alone, both))
        np.testing.assert_allclose(one, two[:1], rtol=1e-3, atol=1e-5)
    decoder = keras.Model(model.output["code"], model.output["reconstruction"])
    found = ops.convert_to_numpy(decoder(both["code"]))
    wanted = ops.convert_to_numpy(both["reconstruction"])
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-5)


def test_the_autoencoder_of_ebgan_is_dcgans_discriminator_and_generator():
    shape = (28, 28, 1)
    model = networks.ebgan_discriminator(shape, 7, filters=4)
    encoder = networks.dcgan_discriminator(shape, 4, normalization="layer")
    decoder = networks.dcgan_generator(shape, 7, filters=4)
    for kind, player in (layers.Conv2D, encoder), (layers.Conv2DTranspose, decoder):
        wanted = [layer.filters for layer in of(player, kind)]
        assert [layer.filters for layer in of(model, kind)] == wanted


@pytest.mark.parametrize("normalization", [None, "spectral"])
def test_without_normalisation_there_are_biases(normalization):
    model = networks.ebgan_discriminator((28, 28, 1), 3, 2, normalization)
    kernels = [layer for layer in model.layers if layer.weights]
    assert all(layer.use_bias for layer in kernels)


@pytest.mark.parametrize("size, base, grown", [(28, 7, 2), (32, 8, 2), (64, 8, 3)])
def test_generators_of_began_grow_from_about_eight_pixels(size, base, grown):
    generator = networks.began_generator((size, size, 3), 5, filters=2)
    assert generator.output_shape == (None, size, size, 3)
    assert generator.layers[2].target_shape == (base, base, 2)
    assert len(of(generator, layers.UpSampling2D)) == grown
    convolutions = of(generator, layers.Conv2D)
    assert [layer.filters for layer in convolutions] == [2] * (2 * grown + 2) + [3]
    assert convolutions[-1].activation is keras.activations.tanh


def test_autoencoders_of_began_widen_as_they_shrink_and_end_in_the_generator():
    model = networks.began_discriminator((64, 64, 3), 5, filters=2)
    generator = networks.began_generator((64, 64, 3), 5, filters=2)
    filters = [layer.filters for layer in of(model, layers.Conv2D)]
    decoder = [layer.filters for layer in of(generator, layers.Conv2D)]
    assert filters == [2, 2, 2, 4, 4, 4, 6, 6, 6, 8, 8, 8, *decoder]
    activations = {a.activation.__name__ for a in of(model, layers.Conv2D)[:-1]}
    assert activations == {"elu"}


@pytest.mark.parametrize("shape", [(30, 30, 1), (8, 8, 1), (28, 30, 1)])
def test_sizes_that_do_not_halve_are_refused(shape):
    for name in ("ebgan_discriminator", "began_generator", "began_discriminator"):
        with pytest.raises(ValueError, match="like 28, 32, 64 and 128"):
            getattr(networks, name)(shape)
