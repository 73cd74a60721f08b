"""StyleGAN3's networks: the table of their layers, and images that move."""

import keras
import numpy as np
import pytest
from keras import ops

from ganzoo import layers
from ganzoo import networks
from ganzoo.metrics.equivariance import eq_t
from ganzoo.networks import stylegan3


def tiny(shape=(32, 32, 1), count=8, filters=4, **options):
    keras.utils.set_random_seed(0)
    options = {"layers": count, "filters": filters, **options}
    return networks.stylegan3_generator(shape, 8, 8, **options)


def table(count, filters=512):
    return stylegan3.signals_of(32, 3, count, filters, 32768)


def products(signals, kernel_size=3):
    """Of the convolutions of an image, in 10⁹."""
    total = 0
    for before, after in zip([signals[0], *signals], signals[:-1]):
        side = before.side + kernel_size - 1
        total += side**2 * kernel_size**2 * before.channels * after.channels
    return total / 1e9


def test_the_table_of_the_authors_settings_at_32_pixels():
    """Numbers of the authors' formulas, computed apart from this code."""
    signals = table(14)
    assert [s.rate for s in signals] == [16] * 5 + [32] * 10
    assert [s.side for s in signals] == [36] * 5 + [52] * 8 + [32] * 2
    assert [s.channels for s in signals] == [512] * 14 + [3]
    assert signals[0].cutoff == 2 and signals[0].half_width == 6
    # The last two are sampled critically.
    assert [s.cutoff for s in signals[-3:]] == [16] * 3
    assert signals[-1].half_width == pytest.approx(16 * 2**0.3 - 16)
    factors = np.diff(np.log([s.cutoff for s in signals[:13]]))
    np.testing.assert_allclose(factors, np.log(8) / 12)
    assert products(signals) == pytest.approx(75.5, abs=0.2)


@pytest.mark.parametrize("filters, wanted", [(128, 2.6), (32, 0.16)])
def test_fewer_layers_and_channels_cost_less(filters, wanted):
    assert products(table(8, filters)) == pytest.approx(wanted, rel=0.03)


def test_pads_are_those_of_the_authors_formula():
    synthesis = tiny().get_layer("synthesis")
    activations = [synthesis.get_layer(f"layer{i}_activation") for i in range(8)]
    pads = {layer.pads for layer in activations}
    # The usual ones, those where the size doubles, and where the margin ends.
    assert pads == {(9, 8), (-6, -9), (-11, -12)}
    assert activations[-1].pads == (9, 8) or activations[-1].side == 32


def test_t_and_r_differ_in_their_kernels_filters_and_widths():
    shape, channels = (32, 32, 3), {"T": 4, "R": 8}
    for config, kernel_size in (("T", 3), ("R", 1)):
        synthesis = tiny(shape, 5, config=config).get_layer("synthesis")
        width = channels[config]
        kernel = synthesis.get_layer("layer2").kernel
        assert tuple(kernel.shape) == (kernel_size, kernel_size, width, width)
        radial = [synthesis.get_layer(f"layer{i}_activation").radial for i in range(5)]
        # Layers that are sampled critically have no room for round filters.
        assert radial == [config == "R"] * 3 + [False] * 2


def moved(generator, shifts, unit=32):
    """Images of settled magnitudes and the same moved by the input, for EQ-T."""
    synthesis = generator.get_layer("synthesis")
    for layer in synthesis.layers:
        if isinstance(layer, layers.MagnitudeNormalization):
            layer.half_life = 1e-6
        if isinstance(layer, layers.FourierFeatures):
            translation = layer.translation
    z = np.random.default_rng(0).normal(size=(2, 8)).astype("float32")
    inputs = [z, np.ones((2, generator.input_shape[1][1]), "float32")]
    images = ops.convert_to_numpy(generator(inputs, training=True))
    for shift in shifts:
        translation.assign(-np.float32(shift) / unit)
        yield images, ops.convert_to_numpy(generator(inputs)), shift


SHIFTS = ((3, -2), (-4, 1))


@pytest.mark.parametrize("shape", [(32, 32, 1), (28, 28, 1)])
def test_images_move_with_the_input(shape):
    assert eq_t(moved(tiny(shape, filters=16), SHIFTS)) > 70


def test_images_move_less_without_filtered_activations():
    assert eq_t(moved(tiny(filters=16, upsampling=1), SHIFTS)) < 55


def test_images_of_r_move_too():
    assert eq_t(moved(tiny(config="R"), SHIFTS[:1])) > 70


@pytest.mark.parametrize("shape", [(28, 28, 1), (64, 64, 3), (4, 4, 1)])
def test_networks_reach_every_size(shape):
    model = tiny(shape, 4, 2, mapping_layers=1)
    x = model([np.ones((2, n), "float32") for n in (8, 6)])
    assert model.input_shape == [(None, 8), (None, 6)]
    assert tuple(x.shape) == (2, *shape)


@pytest.mark.parametrize(
    "shape, options, message",
    [
        ((28, 32, 1), {}, "`image_shape` must be of a square"),
        ((2, 2, 1), {}, "`image_shape` must be of a square of 4 pixels or more"),
        ((32, 32), {}, "`image_shape` must be three positive ints"),
        ((32, 32, 1), {"layers": 2}, "`layers` must be an int of at least 3"),
        ((32, 32, 1), {"layers": 8.0}, "`layers` must be an int"),
        ((32, 32, 1), {"config": "S"}, r"`config` must be one of \('T', 'R'\)"),
    ],
)
def test_what_makes_no_network_is_refused(shape, options, message):
    with pytest.raises(ValueError, match=f"{message}.*Received"):
        networks.stylegan3_generator(shape, **options)
