"""SNGAN: the authors' networks, layer by layer, and their game."""

import math

import keras
import numpy as np
import pytest
import toys
from keras import layers as keras_layers
from keras import ops

import ganzoo
from ganzoo import layers
from ganzoo import networks
from ganzoo.networks import sn_resnet

SPECTRAL = layers.SpectralConv2D, layers.SpectralDense, layers.SpectralEmbedding
SIZES = [(28, 28, 1), (28, 28, 3), (32, 32, 1), (32, 32, 3), (64, 64, 3)]


def small(shape=(28, 28, 1), **options):
    keras.utils.set_random_seed(1)
    return ganzoo.SNGAN(
        generator=networks.sn_resnet_generator(shape, 3, filters=2),
        discriminator=networks.sn_resnet_discriminator(shape, filters=2),
        seed=0,
        **options,
    )


# === The game ===


def test_its_losses_are_those_of_hinge_gan():
    x = ops.convert_to_tensor(toys.pictures(8).astype("float32") / 127.5 - 1)
    losses = []
    for variant in (ganzoo.SNGAN, ganzoo.HingeGAN):
        keras.utils.set_random_seed(0)
        players = toys.networks("SNGAN")
        gan = variant(**players, seed=0)
        losses.append([toys.value(gan.discriminator_loss(x))])
        losses[-1].append(toys.value(gan.generator_loss(x)))
    assert losses[0] == losses[1]


def test_an_undecided_discriminator_loses_2_and_the_generator_0():
    gan = small()
    toys.undecided(gan.discriminator)
    x = ops.zeros((4, 28, 28, 1))
    assert toys.value(gan.discriminator_loss(x)) == gan.undecided_loss == 2
    assert toys.value(gan.generator_loss(x)) == 0


def test_its_hyperparameters_are_those_of_the_authors():
    gan = small()
    gan.compile()
    assert gan.discriminator_steps == 5
    for player in ("discriminator", "generator"):
        config = getattr(gan, f"{player}_optimizer").get_config()
        assert config["learning_rate"] == pytest.approx(2e-4)
        assert (config["beta_1"], config["beta_2"]) == (0.0, 0.9)


def test_u_moves_once_before_each_update_of_either_player(monkeypatch):
    gan = small(discriminator_steps=2)
    gan.compile(run_eagerly=toys.TRACES)
    refreshed = []
    refresh = layers.SpectralConv2D.refresh
    for kind in SPECTRAL[:2]:
        monkeypatch.setattr(
            kind, "refresh", lambda self: refreshed.append(self) or refresh(self)
        )
    gan.train_on_batch(np.zeros((4, 28, 28, 1), "uint8"))
    spectral = [x for x in gan.discriminator.layers if isinstance(x, SPECTRAL)]
    # Of two updates of D and one of G.
    assert sorted(map(id, refreshed)) == sorted(map(id, 3 * spectral))


def test_keras_spectral_normalisation_is_refused():
    x = keras_layers.Input(toys.IMAGE_SHAPE)
    dense = keras_layers.SpectralNormalization(keras_layers.Dense(1))
    discriminator = keras.Model(x, dense(keras_layers.Flatten()(x)))
    with pytest.raises(ValueError, match="SpectralNormalization"):
        toys.build("SNGAN", discriminator=discriminator)


def test_a_discriminator_without_spectral_normalisation_is_allowed():
    gan = toys.untraced("SNGAN", discriminator=toys.network([toys.X], (1,)))
    gan.train_on_batch(toys.pictures(4))


# === The networks ===


@pytest.mark.parametrize("shape", SIZES)
def test_networks_reach_every_size(shape):
    generator = networks.sn_resnet_generator(shape, 5, filters=2)
    discriminator = networks.sn_resnet_discriminator(shape, filters=2)
    assert generator.input_shape == (None, 5)
    assert generator.output_shape == discriminator.input_shape == (None, *shape)
    assert generator.layers[-1].activation is keras.activations.tanh
    assert discriminator.output_shape == (None, 1)


def added(model):
    adds = [x for x in model.layers if isinstance(x, keras_layers.Add)]
    return [add.output.shape[1:] for add in adds]


@pytest.mark.parametrize(
    "size, drawn, judged",
    [
        (28, [14, 28], [14, 7, 7, 7]),
        (32, [8, 16, 32], [16, 8, 8, 8]),
        (64, [8, 16, 32, 64], [32, 16, 8, 8, 8]),
    ],
)
def test_blocks_double_and_halve_the_size(size, drawn, judged):
    generator = networks.sn_resnet_generator((size, size, 1), filters=2)
    assert added(generator) == [(n, n, 2) for n in drawn]
    discriminator = networks.sn_resnet_discriminator((size, size, 1), filters=3)
    assert added(discriminator) == [(n, n, 3) for n in judged]


def convolution(side, channels_in, channels_out, bias=True):
    return side * side * channels_in * channels_out + bias * channels_out


def test_at_cifar_10_they_have_as_many_weights_as_the_authors_networks():
    shape, c = (32, 32, 3), 256
    generator = networks.sn_resnet_generator(shape)
    block = 2 * (2 * c) + 2 * convolution(3, c, c) + convolution(1, c, c)
    dense = 128 * 4 * 4 * c + 4 * 4 * c
    wanted = dense + 3 * block + 2 * c + convolution(3, c, 3)
    assert trained(generator) == wanted
    c = 128
    first = convolution(3, 3, c) + convolution(3, c, c) + convolution(1, 3, c)
    keeps = 2 * convolution(3, c, c)
    halves = keeps + convolution(1, c, c)
    discriminator = networks.sn_resnet_discriminator(shape)
    # The last layer has no bias.
    assert trained(discriminator) == first + halves + 2 * keeps + c


def trained(model):
    return sum(math.prod(v.shape) for v in model.trainable_variables)


def test_the_discriminator_is_normalised_throughout_and_the_generator_not():
    discriminator = networks.sn_resnet_discriminator((32, 32, 3), filters=2)
    assert all(isinstance(x, SPECTRAL) for x in discriminator.layers if x.weights)
    generator = networks.sn_resnet_generator((32, 32, 3), filters=2)
    assert not any(isinstance(x, SPECTRAL) for x in generator.layers)


def test_kernels_start_with_a_gain_of_root_2_in_residual_branches():
    for model in (
        networks.sn_resnet_generator((32, 32, 3), filters=32),
        networks.sn_resnet_discriminator((32, 32, 3), filters=32),
    ):
        hidden = [x for x in model.layers if getattr(x, "filters", 0) == 32]
        assert {x.kernel_size[0] for x in hidden} == {1, 3}
        for layer in hidden:
            kernel = layer.get_weights()[0]
            gain_2 = 2 if layer.kernel_size[0] == 3 else 1
            fans = kernel.shape[0] ** 2 * sum(kernel.shape[2:])
            bound = math.sqrt(gain_2 * 6 / fans)
            assert abs(kernel).max() <= bound
            if kernel.size > 500:
                assert kernel.std() == pytest.approx(bound / math.sqrt(3), rel=0.1)


def test_features_are_the_sum_of_each_map():
    """Of a constant map, twice as high and wide, they are four times as large."""
    found = []
    for side in (16, 32):
        x = keras_layers.Input((side, side, 1))
        model = keras.Model(x, sn_resnet.pool(x))
        found.append(toys.copy_of([model(np.full((1, side, side, 1), 0.5))])[0])
    assert found[0] == pytest.approx(16 * 16 * 0.5)
    assert found[1] == pytest.approx(4 * found[0])


def test_negative_features_do_not_count():
    x = keras_layers.Input((2, 2, 1))
    model = keras.Model(x, sn_resnet.pool(x))
    values = np.float32([1, -2, 3, -4]).reshape(1, 2, 2, 1)
    assert toys.copy_of([model(values)])[0] == pytest.approx(4)


@pytest.mark.parametrize("first", [True, False])
def test_a_halving_block_is_that_of_the_authors(first):
    """With the shortcut's convolution before the halving, as they have it."""
    x = keras_layers.Input((4, 4, 3))
    y = sn_resnet.discriminator_block(x, 3, halves=True, first=first)
    model = keras.Model(x, y)
    kernels = [z for z in model.layers if isinstance(z, layers.SpectralConv2D)]
    rng = np.random.default_rng(0)
    for layer in kernels:
        layer.bias.assign(rng.normal(size=3))
    c1, c2 = (z for z in kernels if z.kernel_size == (3, 3))
    (shortcut,) = (z for z in kernels if z.kernel_size == (1, 1))
    values = rng.normal(size=(2, 4, 4, 3)).astype("float32")

    def halved(t):
        return t.reshape(2, 2, 2, 2, 2, 3).mean((2, 4))

    inner = values if first else np.maximum(values, 0)
    inner = ops.convert_to_numpy(c2(ops.relu(c1(inner))))
    wanted = halved(inner) + halved(ops.convert_to_numpy(shortcut(values)))
    np.testing.assert_allclose(
        ops.convert_to_numpy(model(values)), wanted, rtol=1e-4, atol=1e-5
    )


def test_a_doubling_block_is_that_of_the_authors():
    x = keras_layers.Input((2, 2, 3))
    normalized = keras_layers.LayerNormalization
    model = keras.Model(x, sn_resnet.generator_block(x, 3, lambda t: normalized()(t)))
    c = [z for z in model.layers if isinstance(z, keras_layers.Conv2D)]
    c1, c2 = (z for z in c if z.kernel_size == (3, 3))
    (shortcut,) = (z for z in c if z.kernel_size == (1, 1))
    rng = np.random.default_rng(0)
    for layer in c:
        layer.bias.assign(rng.normal(size=3))
    values = rng.normal(size=(2, 2, 2, 3)).astype("float32")

    def doubled(t):
        return np.repeat(np.repeat(t, 2, axis=1), 2, axis=2)

    norm = normalized()
    inner = c1(doubled(np.maximum(ops.convert_to_numpy(norm(values)), 0)))
    inner = c2(ops.relu(norm(inner)))
    wanted = ops.convert_to_numpy(inner) + ops.convert_to_numpy(
        shortcut(doubled(values))
    )
    np.testing.assert_allclose(
        ops.convert_to_numpy(model(values)), wanted, rtol=1e-4, atol=1e-5
    )


def test_packs_and_default_networks_have_the_shapes_of_their_images():
    gan = ganzoo.SNGAN(image_shape=(28, 28, 1), packing=2)
    assert gan.discriminator.input_shape == (None, 28, 28, 2)
    assert gan.image_shape == (28, 28, 1)
    assert gan.latent_dim == 128
