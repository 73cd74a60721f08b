"""StyleGAN's generator: a forward pass in NumPy, its filters, and how large it is."""

import numpy as np
import pytest
from keras import ops
from scipy import ndimage
from scipy import signal

from ganzoo import layers
from ganzoo import networks

RNG = np.random.default_rng(0)


def numpy(x):
    return ops.convert_to_numpy(x)


def convolve(x, kernel):
    """A convolution of one image with padding "same", by SciPy."""
    return sum(
        np.stack(
            [
                signal.correlate2d(x[..., i], kernel[:, :, i, o], "same")
                for o in range(kernel.shape[3])
            ],
            axis=-1,
        )
        for i in range(x.shape[-1])
    )


def test_images_are_those_of_the_equations():
    """A network of 4 pixels: two layers, each with noise, and the last convolution."""
    model = networks.stylegan_generator((4, 4, 1), 3, 5, filters=2, mapping_layers=1)
    synthesis = model.get_layer("synthesis")
    synthesis.set_weights([RNG.normal(size=w.shape) for w in synthesis.get_weights()])
    styles, noise = RNG.normal(size=(1, 2, 5)), RNG.normal(size=(1, 32))
    received = numpy(synthesis([styles.astype("float32"), noise.astype("float32")]))

    def styled(name, x, i):
        strength = numpy(synthesis.get_layer(f"{name}_noise").strength)
        x = x + strength * noise[0, 16 * i : 16 * (i + 1)].reshape(4, 4, 1)
        x = np.where(x > 0, x, 0.2 * x)
        x = (x - x.mean((0, 1))) / x.std((0, 1))
        kernel, bias = synthesis.get_layer(f"{name}_style").get_weights()
        scale, mean = np.split(styles[0, i] @ kernel / np.sqrt(5) + bias, 2)
        return (scale + 1) * x + mean

    x = styled("constant", numpy(synthesis.get_layer("constant").constant), 0)
    kernel, bias = synthesis.get_layer("block0_conv1").get_weights()
    x = styled("block0_conv1", convolve(x, kernel) / np.sqrt(18) + bias, 1)
    kernel, bias = synthesis.get_layer("to_image").get_weights()
    wanted = x @ kernel[0, 0] / np.sqrt(2) + bias
    np.testing.assert_allclose(received[0], wanted, atol=1e-4)


def test_the_constant_begins_at_ones_and_noise_at_none():
    model = networks.stylegan_generator((8, 8, 1), 3, 5, filters=2, mapping_layers=1)
    synthesis = model.get_layer("synthesis")
    assert (numpy(synthesis.get_layer("constant").constant) == 1).all()
    noises = [layer for layer in synthesis.layers if isinstance(layer, layers.Noise)]
    assert [layer.start for layer in noises] == [0, 16, 32, 96]
    assert not any(numpy(layer.strength).any() for layer in noises)


def test_doubled_features_are_the_repeated_convolved_and_blurred_ones():
    """As in the authors' code: 1 1 from the repetition, and 1 2 1 of the blur."""
    layer = layers.EqualizedConv2D(2, 3, "up", use_bias=False)
    x = RNG.normal(size=(1, 8, 8, 3)).astype("float32")
    y = numpy(layer(x))[0]
    kernel = layer.get_weights()[0][::-1, ::-1] / np.sqrt(27)
    wanted = convolve(x[0].repeat(2, 0).repeat(2, 1), kernel)
    for axis in (0, 1):
        wanted = ndimage.convolve1d(wanted, [0.25, 0.5, 0.25], axis)
    inside = slice(3, -3)
    np.testing.assert_allclose(y[inside, inside], wanted[inside, inside], atol=1e-5)


@pytest.mark.parametrize("shape, count", [((28, 28, 1), 6), ((32, 48, 3), 8)])
def test_networks_reach_every_size(shape, count):
    model = networks.stylegan_generator(shape, 3, 5, filters=2, mapping_layers=1)
    size = model.input_shape[2][1]
    assert model.input_shape[:2] == [(None, 3), (None, count)]
    x = model([np.ones((2, n), "float32") for n in (3, count, size)])
    assert tuple(x.shape) == (2, *shape)
    judge = networks.stylegan2_discriminator(shape, filters=2, group_size=2)
    assert tuple(judge(x).shape) == (2, 1)


def test_sizes_that_do_not_halve_are_refused():
    with pytest.raises(ValueError, match="sides that halve down to between 4 and 7"):
        networks.stylegan_generator((30, 30, 1))


def test_channels_halve_from_64_pixels_on():
    model = networks.stylegan_generator((128, 128, 3), 3, 5, mapping_layers=1)
    synthesis = model.get_layer("synthesis")
    kernels = [synthesis.get_layer(f"block{i}_conv1").kernel for i in range(6)]
    assert [k.shape[-1] for k in kernels] == [512, 512, 512, 512, 256, 128]
