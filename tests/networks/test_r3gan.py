"""R3GAN's networks: their parameters, and how they begin."""

import keras
import numpy as np
import pytest
from keras import ops

from ganzoo import networks

RNG = np.random.default_rng(0)


def parameters(network):
    return sum(int(np.prod(w.shape)) for w in network.trainable_weights)


def by_formula(inputs, outputs, width=768, stages=4, blocks=2):
    """Parameters of the authors' networks at 32 pixels, whose widths are all one."""
    wide = 2 * width
    # Two kernels of size 1, one of size 3 in groups of 16, and two biases.
    of_block = 2 * width * wide + 9 * 16 * wide + 2 * wide
    of_basis = 16 * width
    return stages * blocks * of_block + of_basis + inputs * width + width * outputs


def test_parameters_for_cifar_10_are_those_of_the_formulas():
    generator = networks.r3gan_generator((32, 32, 3))
    assert parameters(generator) == by_formula(64, 3)
    assert round(parameters(generator) / 1e6, 2) == 20.73
    discriminator = networks.r3gan_discriminator((32, 32, 3))
    assert parameters(discriminator) == by_formula(3, 1)
    assert round(parameters(discriminator) / 1e6, 2) == 20.68


def test_labels_are_an_embedding_and_wider_ends_of_the_networks():
    shape, options = (8, 8, 1), {"filters": 16, "blocks": 1}
    generator = networks.r3gan_conditional_generator(shape, 3, 5, **options)
    plain = networks.r3gan_generator(shape, 5, **options)
    assert parameters(generator) - parameters(plain) == (3 + 16) * 5
    judge = networks.r3gan_projection_discriminator(shape, 3, **options)
    plain = networks.r3gan_discriminator(shape, **options)
    assert parameters(judge) - parameters(plain) == (3 + 15) * 16
    # With 768 channels and 10 classes, as in the paper.
    millions = [by_formula(64, 3) + (10 + 768) * 64, by_formula(3, 768) + 10 * 768]
    assert [round(n / 1e6, 2) for n in millions] == [20.78, 21.28]


@pytest.mark.parametrize(
    "size, widths",
    [
        (28, [16] * 3),
        (32, [16] * 4),
        (64, [8] + [16] * 4),
    ],
)
def test_widths_are_halved_from_64_pixels_on(size, widths):
    discriminator = networks.r3gan_discriminator((size, size, 3), 16, blocks=1)
    found = [
        layer.output.shape[-1]
        for layer in discriminator.layers
        if isinstance(layer, keras.layers.Add)
    ]
    assert found == widths
    generator = networks.r3gan_generator((size, size, 3), 8, 16, blocks=1)
    found = [
        layer.output.shape[-1]
        for layer in generator.layers
        if isinstance(layer, keras.layers.Add)
    ]
    assert found == widths[::-1]
    assert generator.output_shape == (None, size, size, 3)


def test_at_first_blocks_are_the_identity():
    """So an image is a linear function of the latents' scales of the basis."""
    generator = networks.r3gan_generator((28, 28, 1), 8, 16)
    z = RNG.normal(size=(2, 8)).astype("float32")
    one, other, both = (
        ops.convert_to_numpy(generator(x)) for x in (z[:1], z[1:], z[:1] + z[1:])
    )
    np.testing.assert_allclose(one + other, both, atol=1e-5)
    assert abs(both).max() > 0.01


def test_kernels_begin_with_the_variance_of_their_rule():
    network = networks.r3gan_generator((32, 32, 3), 64, 64)
    first, second, last = [
        layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)
    ][:3]
    gain = np.sqrt(2 / 1.04) * 8**-0.25
    for layer, fan_in in ((first, 64), (second, 9 * 16)):
        kernel = ops.convert_to_numpy(layer.kernel)
        assert kernel.std() == pytest.approx(gain / np.sqrt(fan_in), rel=0.05)
    assert second.groups == 8
    assert not ops.convert_to_numpy(last.kernel).any()


def test_sizes_that_cannot_be_are_refused():
    for build in networks.r3gan_generator, networks.r3gan_discriminator:
        with pytest.raises(
            ValueError, match="`image_shape` must have sides that halve"
        ):
            build((30, 30, 3), filters=16)


def test_channels_that_do_not_divide_are_one_group():
    network = networks.r3gan_generator((32, 32, 3), 8, filters=4, blocks=1)
    groups = [n.groups for n in network.layers if isinstance(n, keras.layers.Conv2D)]
    assert set(groups) == {1}
