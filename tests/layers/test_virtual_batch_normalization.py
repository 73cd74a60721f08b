"""Virtual batch normalisation: by a fixed batch and the example itself, by hand."""

import keras
import numpy as np
import pytest
import toys
from keras import ops

import ganzoo
from ganzoo.layers import VirtualBatchNormalization

RNG = np.random.default_rng(5)
REFERENCE = RNG.normal(1, 2, (3, 4, 4, 2)).astype("float32")
X = RNG.normal(-1, 3, (5, 4, 4, 2)).astype("float32")


def normalized(x, reference=REFERENCE):
    layer = VirtualBatchNormalization(size=len(reference), epsilon=1e-5)
    return ops.convert_to_numpy(layer(np.concatenate([reference, x])))


def test_moments_are_those_of_the_reference_and_of_the_example():
    means = REFERENCE.mean((0, 1, 2)), X.mean((1, 2))
    squares = (REFERENCE**2).mean((0, 1, 2)), (X**2).mean((1, 2))
    mean, square = ((3 * r + own) / 4 for r, own in (means, squares))
    std = np.sqrt(square - mean**2 + 1e-5)
    wanted = (X - mean[:, None, None]) / std[:, None, None]
    np.testing.assert_allclose(normalized(X)[3:], wanted, rtol=1e-4, atol=1e-5)


def test_moments_of_nearly_constant_channels_are_exact():
    # Of equal images: around a mean of 100, a difference of squares would be noise.
    x = (100 + 1e-2 * RNG.normal(size=(1, 8, 8, 16))).astype("float32")
    wanted = x.astype("float64") - x.mean((1, 2), dtype="float64")
    wanted = wanted / np.sqrt(np.mean(wanted**2, (1, 2)) + 1e-5)
    np.testing.assert_allclose(normalized(x, x)[1:], wanted, atol=1e-2)


def test_the_reference_is_normalised_by_itself():
    found = normalized(X)[:3]
    np.testing.assert_allclose(found.mean((0, 1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(found.std((0, 1, 2)), 1, rtol=1e-4)


def test_an_output_does_not_depend_on_its_neighbours():
    np.testing.assert_array_equal(normalized(X)[3], normalized(X[:1])[3])


def test_of_one_reference_that_is_the_example_it_is_instance_normalisation():
    found = normalized(X[:1], X[:1])[1]
    wanted = (X[0] - X[0].mean((0, 1))) / X[0].std((0, 1))
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("size", [0, -1, 2.5])
def test_a_reference_without_examples_is_refused(size):
    with pytest.raises(ValueError, match="`size` must be an int of at least 1"):
        VirtualBatchNormalization(size=size)


def test_a_generator_with_it_draws_the_same_alone_in_training_and_after_loading(
    tmp_path,
):
    keras.utils.set_random_seed(1)
    generator = ganzoo.networks.dcgan_generator(
        (16, 16, 1), latent_dim=3, filters=2, normalization="virtual"
    )
    z = RNG.normal(size=(5, 3)).astype("float32")
    drawn = ops.convert_to_numpy(generator(z))
    assert drawn.shape == (5, 16, 16, 1)
    alone = ops.convert_to_numpy(generator(z[:1]))
    np.testing.assert_allclose(drawn[:1], alone, atol=1e-5)
    training = ops.convert_to_numpy(generator(z, training=True))
    np.testing.assert_allclose(drawn, training, atol=1e-6)
    generator.save(tmp_path / "generator.keras")
    loaded = keras.models.load_model(tmp_path / "generator.keras")
    np.testing.assert_array_equal(drawn, ops.convert_to_numpy(loaded(z)))


def test_a_game_trains_it_and_leaves_the_reference():
    generator = ganzoo.networks.dcgan_generator(
        (16, 16, 1), latent_dim=3, filters=2, normalization="virtual"
    )
    discriminator = toys.network([(16, 16, 1)], (1,), name="discriminator")
    gan = ganzoo.GAN(generator=generator, discriminator=discriminator, seed=0)
    gan.compile(run_eagerly=toys.TRACES)
    (reference,) = [v for v in generator.weights if v.name == "reference"]
    before, weights = toys.copy_of([reference]), toys.copy_of(gan.generator_variables)
    x = RNG.integers(0, 256, (6, 16, 16, 1)).astype("uint8")
    gan.train_on_batch(x)
    assert toys.same(before, toys.copy_of([reference]))
    assert not toys.same(weights, toys.copy_of(gan.generator_variables))
