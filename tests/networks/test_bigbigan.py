"""BigBiGAN's networks: which score sees what, and what a part of the latents tells."""

import keras
import numpy as np
import pytest
from keras import layers
from keras import ops

from ganzoo import networks
from ganzoo.game.inversion import features

RNG = np.random.default_rng(0)
SHAPE = (16, 16, 1)
Z = RNG.normal(size=(2, 4)).astype("float32")
IMAGES = RNG.uniform(-1, 1, size=(2, *SHAPE)).astype("float32")


def answer(network, inputs):
    return ops.convert_to_numpy(network(inputs))


def scores_of(network):
    network = keras.Model(network.inputs, network.outputs[0])
    changed = [IMAGES, Z + 1], [1 - IMAGES, Z]
    before = answer(network, [IMAGES, Z])
    return [abs(answer(network, pair) - before).max(axis=0) > 1e-6 for pair in changed]


def test_scores_are_of_the_image_the_latent_and_both():
    network = networks.bigbigan_discriminator(SHAPE, 4, filters=1, units=4)
    by_latent, by_image = scores_of(network)
    assert by_latent.tolist() == [False, True, True]
    assert by_image.tolist() == [True, False, True]


def test_without_unary_scores_it_judges_pairs_alone():
    options = {"latent_dim": 4, "filters": 1, "units": 4}
    network = networks.bigbigan_discriminator(SHAPE, **options, unary=False)
    assert network.output_shape == (None, 1)
    assert all(changed.all() for changed in scores_of(network))
    both = networks.bigbigan_discriminator(SHAPE, **options)
    # But for a linear score of F(x), (batch, 4), and of H(z).
    assert both.count_params() > network.count_params()
    joints = [
        [n for n in d.layers if isinstance(n, layers.Dense)] for d in (network, both)
    ]
    assert len(joints[0]) == 2 * 7 + 1 and len(joints[1]) == 2 * 7 + 3


def test_features_of_the_discriminator_are_those_of_the_image():
    network = networks.bigbigan_discriminator(SHAPE, 4, filters=1, units=3)
    assert features.cut(network).output_shape == (None, 4)


@pytest.mark.parametrize("size, parts", [(16, 3), (32, 4)])
def test_each_block_is_told_its_own_part_of_the_latents(size, parts):
    generator = networks.bigbigan_generator((size, size, 1), parts, filters=1)
    z = np.ones((1, parts), "float32")
    images = answer(generator, z)
    assert images.shape == (1, size, size, 1)
    for i in range(parts):
        other = z.copy()
        other[:, i] += 1
        assert abs(answer(generator, other) - images).max() > 1e-4
    with pytest.raises(ValueError, match=f"multiple of {parts}.*latent_dim=7"):
        networks.bigbigan_generator((size, size, 1), 7, filters=1)


@pytest.mark.parametrize("size, widths", [(32, [1, 2, 4, 8]), (64, [1, 2, 4, 8, 16])])
def test_the_encoder_doubles_its_channels_and_averages_its_last_maps(size, widths):
    network = networks.bigbigan_encoder((size, size, 3), 5, filters=1)
    assert network.output_shape == (None, 10)
    convolutions = [n for n in network.layers if isinstance(n, layers.Conv2D)]
    found = [n.filters for n in convolutions if n.kernel_size == (3, 3)]
    assert found == [n for n in widths for _ in range(2)]
    before = features.into_last_layer(network.output)
    assert before.shape == (None, widths[-1])


def test_sigma_is_a_softplus_and_has_a_logarithm_where_it_vanishes():
    network = networks.bigbigan_encoder(SHAPE, 3, filters=1)
    (last,) = [n for n in network.layers if isinstance(n, layers.Dense)]
    mu, rho = [1.0, 2.0, 3.0], np.array([-1.0, 2.0, -1000.0])
    last.set_weights([np.zeros(last.kernel.shape), np.array([*mu, *rho])])
    found = answer(network, IMAGES)
    np.testing.assert_allclose(found[:, :3], [mu] * 2)
    wanted = [*np.log1p(np.exp(rho[:2])), np.exp(-20.0)]
    np.testing.assert_allclose(np.exp(found[0, 3:]), wanted, rtol=1e-5)
    plain = networks.bigbigan_encoder(SHAPE, 3, filters=1, stochastic=False)
    assert plain.output_shape == (None, 3)


def test_options_that_are_no_bools_are_refused():
    with pytest.raises(ValueError, match="`unary` must be True or False"):
        networks.bigbigan_discriminator(SHAPE, unary="no")
    with pytest.raises(ValueError, match="`stochastic` must be True or False"):
        networks.bigbigan_encoder(SHAPE, stochastic=1)
