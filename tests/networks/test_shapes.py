"""Every architecture at the sizes it is made for, against its paper's figures."""

import keras
import numpy as np
import pytest
from keras import layers
from keras import ops

from ganzoo import networks


def channels_of(model, kind):
    return [layer.filters for layer in model.layers if isinstance(layer, kind)]


def count_of(model, kind):
    return sum(isinstance(layer, kind) for layer in model.layers)


@pytest.mark.parametrize("size", [28, 32, 64, 128])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", ["dcgan_generator", "lsgan_generator"])
def test_convolutional_generators_reach_their_size(name, size, channels):
    model = getattr(networks, name)((size, size, channels), filters=2)
    assert model.output_shape == (None, size, size, channels)
    assert model.layers[-1].activation is keras.activations.tanh


@pytest.mark.parametrize("size", [28, 32, 64, 128])
@pytest.mark.parametrize("channels", [1, 3])
def test_discriminators_take_every_size(size, channels):
    model = networks.dcgan_discriminator((size, size, channels), filters=2)
    assert model.input_shape == (None, size, size, channels)
    assert model.output_shape == (None, 1)


def test_dcgan_at_64_pixels_is_figure_1():
    generator = networks.dcgan_generator((64, 64, 3))
    assert generator.layers[0].batch_shape == (None, 100)
    assert generator.layers[2].target_shape == (4, 4, 1024)
    assert channels_of(generator, layers.Conv2DTranspose) == [512, 256, 128, 3]
    assert count_of(generator, layers.BatchNormalization) == 4
    assert count_of(generator, layers.ReLU) == 4
    discriminator = networks.dcgan_discriminator((64, 64, 3))
    assert channels_of(discriminator, layers.Conv2D) == [64, 128, 256, 512]
    # None on the input of the discriminator, Section 3.
    assert count_of(discriminator, layers.BatchNormalization) == 3
    slopes = {
        layer.negative_slope
        for layer in discriminator.layers
        if isinstance(layer, layers.LeakyReLU)
    }
    assert slopes == {0.2}
    kernel = generator.layers[1].get_weights()[0]
    assert kernel.std() == pytest.approx(0.02, rel=0.01)


def test_residual_networks_at_256_pixels_are_those_of_mescheder_et_al():
    generator = networks.resnet_generator((256, 256, 3))
    assert generator.input_shape == (None, 256)
    assert generator.layers[2].target_shape == (4, 4, 1024)
    assert generator.output_shape == (None, 256, 256, 3)
    blocks = [layer.output.shape[1:] for layer in generator.layers if _adds(layer)]
    assert blocks == [
        *[(4, 4, 1024), (8, 8, 1024), (16, 16, 512), (32, 32, 256), (64, 64, 128)],
        *[(128, 128, 64), (256, 256, 64)],
    ]
    discriminator = networks.resnet_discriminator((256, 256, 3))
    blocks = [layer.output.shape[1:] for layer in discriminator.layers if _adds(layer)]
    assert blocks == [
        *[(256, 256, 64), (128, 128, 128), (64, 64, 256), (32, 32, 512)],
        *[(16, 16, 1024), (8, 8, 1024), (4, 4, 1024)],
    ]
    assert discriminator.output_shape == (None, 1)


def _adds(layer):
    return isinstance(layer, layers.Add)


@pytest.mark.parametrize("size", [28, 64, 128])
def test_residual_networks_reach_every_size_without_normalisation(size):
    shape = (size, size, 1)
    generator = networks.resnet_generator(shape, 5, filters=2)
    discriminator = networks.resnet_discriminator(shape, filters=2)
    assert generator.output_shape == discriminator.input_shape == (None, *shape)
    for model in (generator, discriminator):
        assert count_of(model, layers.BatchNormalization) == 0


def test_residual_block_adds_a_tenth():
    model = networks.resnet_discriminator((16, 16, 1), filters=3)
    add = next(layer for layer in model.layers if _adds(layer))
    before, scaled = add.input
    scaling = scaled._keras_history.operation
    part = keras.Model(model.inputs, [before, scaling.input, add.output])
    x = np.random.default_rng(0).normal(size=(2, 16, 16, 1)).astype("float32")
    before, inner, after = map(ops.convert_to_numpy, part([x]))
    np.testing.assert_allclose(after, before + 0.1 * inner, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("size", [28, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_other_games_play_on_networks_of_dcgans_size(size, channels):
    shape = (size, size, channels)
    plain = networks.dcgan_generator(shape, 20, filters=2)
    generator = networks.dcgan_conditional_generator(shape, 10, 20, filters=2)
    assert generator.input_shape == [(None, 20), (None,)]
    assert generator.output_shape == (None, *shape)
    # A one-hot label is as many more rows of the first kernel.
    first = plain.layers[1].get_weights()[0].shape[1]
    assert generator.count_params() == plain.count_params() + 10 * first
    plain = networks.dcgan_discriminator(shape, filters=2)
    discriminator = networks.dcgan_conditional_discriminator(shape, 10, filters=2)
    assert discriminator.input_shape == [(None, *shape), (None,)]
    assert discriminator.output_shape == (None, 1)
    # And as many more channels of the first convolution.
    assert discriminator.count_params() == plain.count_params() + 10 * 5 * 5 * 2
    encoder = networks.dcgan_encoder(shape, 20, filters=2)
    assert encoder.output_shape == (None, 20)
    stochastic = networks.dcgan_encoder(shape, 20, filters=2, stochastic=True)
    assert stochastic.output_shape == (None, 40)
    of_pairs = networks.dcgan_joint_discriminator(shape, 20, filters=2, units=4)
    assert of_pairs.input_shape == [(None, *shape), (None, 20)]
    assert of_pairs.output_shape == (None, 1)
    for model in (encoder, of_pairs):
        assert channels_of(model, layers.Conv2D) == channels_of(plain, layers.Conv2D)


def test_a_label_is_a_map_of_ones_beside_the_pixels():
    model = networks.dcgan_conditional_discriminator((28, 28, 1), 3, filters=1)
    joined = next(a for a in model.layers if isinstance(a, layers.Concatenate))
    part = keras.Model(model.inputs, joined.output)
    x = np.random.default_rng(0).normal(size=(2, 28, 28, 1)).astype("float32")
    out = ops.convert_to_numpy(part([x, np.array([2, 0], "int32")]))
    np.testing.assert_array_equal(out[..., :1], x)
    maps = np.zeros((2, 28, 28, 3))
    maps[0, ..., 2] = maps[1, ..., 0] = 1
    np.testing.assert_array_equal(out[..., 1:], maps)


def test_lsgan_at_112_pixels_is_its_figure():
    generator = networks.lsgan_generator((112, 112, 3))
    assert generator.layers[2].target_shape == (7, 7, 256)
    convolutions = [
        (layer.filters, layer.strides[0])
        for layer in generator.layers
        if isinstance(layer, layers.Conv2DTranspose)
    ]
    assert convolutions == [
        *[(256, 2), (256, 1)] * 2,
        (128, 2),
        (64, 2),
        (3, 1),
    ]


def test_layer_normalisation_looks_at_one_example_at_a_time():
    critic = networks.dcgan_discriminator((28, 28, 1), 4, normalization="layer")
    x = np.random.default_rng(0).normal(size=(3, 28, 28, 1)).astype("float32")
    together = ops.convert_to_numpy(critic(x, training=True))
    alone = ops.convert_to_numpy(critic(x[:1], training=True))
    np.testing.assert_allclose(together[:1], alone, rtol=1e-4, atol=1e-5)


def test_unknown_normalisation_is_refused():
    with pytest.raises(
        ValueError, match="'batch', 'layer', 'instance', 'virtual', 'spectral' or None"
    ):
        networks.dcgan_discriminator((28, 28, 1), normalization="group")


@pytest.mark.parametrize("shape", [(30, 30, 1), (8, 8, 1), (7, 7, 1), (28, 30, 1)])
def test_sizes_that_do_not_halve_are_refused(shape):
    with pytest.raises(ValueError, match="like 28, 32, 64 and 128"):
        networks.dcgan_generator(shape)


@pytest.mark.parametrize("shape", [(28, 28), 28, (28.0, 28, 1), (0, 28, 1), None])
def test_shapes_that_are_none_are_refused(shape):
    for builder in (networks.mlp_generator, networks.dcgan_generator):
        with pytest.raises(ValueError, match="three positive ints"):
            builder(shape)


def test_maxout_is_the_largest_of_its_pieces():
    model = networks.maxout_discriminator((2, 2, 1), units=(3,), pieces=5, dropout=0.0)
    hidden = [layer for layer in model.layers if isinstance(layer, layers.Dense)][0]
    kernel, bias = (np.asarray(w) for w in hidden.get_weights())
    pooled = [
        layer for layer in model.layers if isinstance(layer, layers.GlobalMaxPooling1D)
    ][0]
    x = np.random.default_rng(0).normal(size=(4, 2, 2, 1)).astype("float32")
    part = keras.Model(model.input, pooled.output)
    # Its pixels are in [0, 1], as the paper's.
    pixels = x.reshape(4, 4) / 2 + 0.5
    wanted = (pixels @ kernel + bias).reshape(4, 5, 3).max(axis=1)
    np.testing.assert_allclose(ops.convert_to_numpy(part(x)), wanted, rtol=1e-5)


def test_unet_at_256_pixels_is_the_papers():
    model = networks.unet_generator((256, 256, 3), filters=64)
    down = channels_of(model, layers.Conv2D)
    up = channels_of(model, layers.Conv2DTranspose)
    assert down == [64, 128, 256, 512, 512, 512, 512, 512]
    assert up == [512, 512, 512, 512, 256, 128, 64, 3]
    assert count_of(model, layers.Dropout) == 3
    assert count_of(model, layers.Concatenate) == 7
    assert model.output_shape == (None, 256, 256, 3)


@pytest.mark.parametrize("size", [28, 32, 64, 100])
def test_unet_keeps_the_size_and_changes_the_channels(size):
    model = networks.unet_generator((size, size, 1), (size, size, 3), filters=2)
    assert model.input_shape == (None, size, size, 1)
    assert model.output_shape == (None, size, size, 3)


def test_unet_lets_the_innermost_pixel_through_in_a_batch_of_one():
    # A batch normalisation of a single value would return its offset, always.
    model = networks.unet_generator((16, 16, 1), filters=2)
    layer = [a for a in model.layers if isinstance(a, layers.Conv2D)][3]
    inner = keras.Model(model.input, layer.output)
    assert inner.output_shape[1:3] == (1, 1)
    consumer = layer._outbound_nodes[0].operation
    assert not isinstance(consumer, layers.BatchNormalization)


@pytest.mark.parametrize("field", [1, 16, 34, 70, 286])
def test_a_patch_is_as_large_as_its_receptive_field(field):
    # With a margin, in which the patch in the middle can be off by a stride.
    size = field + 34
    model = networks.patchgan_discriminator(
        (size, size, 1), receptive_field=field, filters=1
    )
    rows = model.output_shape[1]
    middle = rows // 2
    x = np.zeros((1, size, size, 1), "float32")
    seen = set()
    base = ops.convert_to_numpy(model([x, x]))[0, middle, middle, 0]
    # Every pixel of the middle row that the patch in the middle answers to.
    for batch in np.array_split(np.arange(size), 5):
        lit = np.zeros((len(batch), size, size, 1), "float32")
        for i, column in enumerate(batch):
            lit[i, :, column] = 100.0
        logits = ops.convert_to_numpy(model([np.zeros_like(lit), lit]))
        logits = logits[:, middle, middle, 0]
        seen |= {c for c, logit in zip(batch, logits) if logit != base}
    assert max(seen) - min(seen) + 1 == field


def test_patchgan_at_256_pixels_gives_the_papers_30_by_30():
    model = networks.patchgan_discriminator((256, 256, 3))
    assert model.output_shape == (None, 30, 30, 1)
    assert channels_of(model, layers.Conv2D) == [64, 128, 256, 512, 1]


@pytest.mark.parametrize("size, strided", [(28, 1), (34, 2), (64, 2), (70, 3)])
def test_patches_shrink_with_the_pictures(size, strided):
    model = networks.patchgan_discriminator((size, size, 1), filters=2)
    strides = [a.strides[0] for a in model.layers if isinstance(a, layers.Conv2D)]
    assert strides.count(2) == strided


@pytest.mark.parametrize("field", [2, 70])
def test_impossible_receptive_fields_are_refused(field):
    with pytest.raises(ValueError, match="`receptive_field` must be"):
        networks.patchgan_discriminator((32, 32, 1), receptive_field=field)


def test_no_network_repeats_pixels_to_grow():
    # Nearest-neighbour upsampling is wrong under XLA on some GPUs (tensorflow #60203).
    shape = (32, 32, 1)
    for model in (
        networks.dcgan_generator(shape, filters=1),
        networks.lsgan_generator(shape, filters=1),
        networks.unet_generator(shape, filters=1),
    ):
        assert count_of(model, layers.UpSampling2D) == 0


@pytest.mark.parametrize("size", [28, 32, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_classifiers_have_features_of_every_size(size, channels):
    shape = (size, size, channels)
    generator = networks.semi_supervised_generator(shape, units=(8, 8))
    assert generator.output_shape == (None, *shape)
    model = networks.semi_supervised_discriminator(shape, 7, units=(8, 5))
    sizes = {head: tuple(t.shape) for head, t in model.output.items()}
    assert sizes == {"classes": (None, 7), "features": (None, 5)}
    model = networks.semi_supervised_conv_discriminator(shape, 7, filters=2)
    assert tuple(model.output["classes"].shape) == (None, 7)
    assert len(model.output["features"].shape) == 2
    # In inference nothing is noise: twice the same.
    x = np.ones((2, *shape), "float32")
    twice = (ops.convert_to_numpy(model(x)["classes"]) for _ in range(2))
    np.testing.assert_array_equal(*twice)
