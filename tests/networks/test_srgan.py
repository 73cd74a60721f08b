"""The networks of SRGAN: their layers, and what they do without their branches."""

import keras
import numpy as np
import pytest
from keras import layers
from keras import ops

from ganzoo import networks
from ganzoo.layers import DepthToSpace
from ganzoo.networks.any_size import for_any_size


def small(scale=4, side=24, channels=3, **options):
    options = {"residual_blocks": 2, "filters": 4, **options}
    sides = side // scale, side // scale
    return networks.srgan_generator(
        (*sides, channels), (side, side, channels), **options
    )


def of_kind(model, kind):
    return [layer for layer in model.layers if isinstance(layer, kind)]


def test_the_generator_is_srresnet():
    model = networks.srgan_generator((24, 24, 3), (96, 96, 3))
    convolutions = of_kind(model, layers.Conv2D)
    assert [c.filters for c in convolutions] == [64] * (1 + 2 * 16 + 1) + [256, 256, 3]
    sides = [c.kernel_size for c in convolutions]
    assert sides[0] == sides[-1] == (9, 9) and {*sides[1:-1]} == {(3, 3)}
    # Two in each block, one before the long skip; a name in released code has 0.8.
    norms = of_kind(model, layers.BatchNormalization)
    assert len(norms) == 2 * 16 + 1 and {n.epsilon for n in norms} == {1e-5}
    assert len(of_kind(model, layers.PReLU)) == 1 + 16 + 2
    assert len(of_kind(model, layers.Add)) == 16 + 1
    assert len(of_kind(model, DepthToSpace)) == 2
    assert model.output_shape == (None, 96, 96, 3)
    assert model.layers[-1].activation is keras.activations.tanh


@pytest.mark.parametrize("scale", [2, 4])
@pytest.mark.parametrize("channels", [1, 3])
def test_it_enlarges_by_two_and_four_at_any_width(scale, channels):
    model = small(scale, 28, channels, filters=3)
    assert model.output_shape == (None, 28, 28, channels)
    assert len(of_kind(model, DepthToSpace)) == scale // 2


def test_new_images_show_no_checkerboard():
    """Each block of pixels is constant before the last layer."""
    keras.utils.set_random_seed(0)
    model = small()
    before = keras.Model(model.input, model.layers[-1].input)
    x = np.random.default_rng(0).uniform(-1, 1, (1, 6, 6, 3)).astype("float32")
    y = ops.convert_to_numpy(before(x, training=False))
    blocks = y[:, ::2, ::2].repeat(2, 1).repeat(2, 2)
    np.testing.assert_allclose(y, blocks, atol=1e-6)


def test_without_its_branches_it_is_its_skip_path():
    """All that the branches add is scaled by a gain and an offset, here 0."""
    keras.utils.set_random_seed(0)
    model = small()
    for norm in of_kind(model, layers.BatchNormalization):
        gamma, beta, *statistics = norm.get_weights()
        norm.set_weights([0 * gamma, 0 * beta, *statistics])
    x = np.random.default_rng(0).uniform(-1, 1, (1, 6, 6, 3)).astype("float32")
    convolutions = of_kind(model, layers.Conv2D)
    slopes = of_kind(model, layers.PReLU)
    shuffles = of_kind(model, DepthToSpace)
    y = slopes[0](convolutions[0](x))
    for i in range(2):
        y = slopes[-2 + i](shuffles[i](convolutions[-3 + i](y)))
    wanted = ops.convert_to_numpy(convolutions[-1](y))
    found = ops.convert_to_numpy(model(x, training=False))
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_the_discriminator_halves_the_size_at_every_other_layer():
    model = networks.srgan_discriminator((96, 96, 3))
    convolutions = of_kind(model, layers.Conv2D)
    assert [c.filters for c in convolutions] == [64, 64, 128, 128, 256, 256, 512, 512]
    assert [c.strides[0] for c in convolutions] == [1, 2] * 4
    # None on the first layer.
    assert len(of_kind(model, layers.BatchNormalization)) == 7
    assert [d.units for d in of_kind(model, layers.Dense)] == [1024, 1]
    assert {a.negative_slope for a in of_kind(model, layers.LeakyReLU)} == {0.2}
    assert model.output_shape == (None, 1)


@pytest.mark.parametrize("normalization", [None, "layer"])
@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 48, 3)])
def test_discriminators_for_penalties_have_no_batch_normalization(normalization, shape):
    model = networks.srgan_discriminator(shape, 2, normalization)
    assert not of_kind(model, layers.BatchNormalization)
    assert model.output_shape == (None, 1)


@pytest.mark.parametrize(
    "source, image",
    [
        ((6, 6, 3), (18, 18, 3)),
        ((6, 6, 3), (6, 6, 3)),
        ((6, 6, 3), (24, 12, 3)),
        ((6, 6, 1), (24, 24, 3)),
        ((6, 6), (24, 24, 3)),
    ],
)
def test_sizes_that_are_no_enlargement_are_refused(source, image):
    with pytest.raises(ValueError, match="Received: (source|image)_shape="):
        networks.srgan_generator(source, image)


def test_images_too_small_to_halve_are_refused():
    with pytest.raises(ValueError, match="sides of 16 pixels or more"):
        networks.srgan_discriminator((16, 12, 3))


def test_a_copy_for_any_size_computes_the_same():
    keras.utils.set_random_seed(0)
    model = small()
    for norm in of_kind(model, layers.BatchNormalization):
        norm.set_weights([w + 0.1 for w in norm.get_weights()])
    copy = for_any_size(model)
    copy.set_weights(model.get_weights())
    x = np.random.default_rng(0).uniform(-1, 1, (2, 6, 6, 3)).astype("float32")
    found, wanted = (ops.convert_to_numpy(m(x, training=False)) for m in (copy, model))
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert copy(x[:, :5, :3], training=False).shape == (2, 20, 12, 3)
    # The layers of the network itself are as they were.
    assert model.layers[1].output.shape == (None, 6, 6, 4)


def test_a_network_for_one_size_has_no_such_copy():
    x = keras.Input((2, 2, 1))
    y = layers.Reshape((4, 4, 1))(layers.Dense(16)(layers.Flatten()(x)))
    with pytest.raises(ValueError, match=r"for images of \(2, 2, 1\) alone"):
        for_any_size(keras.Model(x, y))
