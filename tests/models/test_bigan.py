"""BiGAN: Equation 3, and an encoder that learns."""

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops
from scipy.spatial import cKDTree

import ganzoo

X = toys.pictures(12)


def floats():
    return ops.convert_to_tensor(X / np.float32(127.5) - 1)


def latent_discriminator(weights):
    """`D(x, z) = w · z`, whatever the image."""
    x, z = layers.Input(toys.IMAGE_SHAPE), layers.Input((toys.LATENT_DIM,))
    dense = layers.Dense(1, use_bias=False)
    flat = layers.Dense(1, kernel_initializer="zeros")(layers.Flatten()(x))
    model = keras.Model([x, z], dense(z) + flat)
    dense.set_weights([np.reshape(weights, (-1, 1))])
    return model


def test_undecided_discriminator_costs_log_4_on_both_sides():
    gan = toys.build("BiGAN")
    toys.undecided(gan.discriminator)
    for loss in (gan.discriminator_loss, gan.generator_loss):
        assert toys.value(loss(floats())) == pytest.approx(np.log(4), rel=1e-5)


def test_discriminator_pairs_data_with_its_code_and_samples_with_their_latent():
    gan = toys.build("BiGAN")
    codes, z = np.full((12, 3), 5.0, "float32"), np.full((12, 3), -2.0, "float32")
    gan.E = lambda x: ops.convert_to_tensor(codes)
    gan.sample_z = lambda x: ops.convert_to_tensor(z)
    gan.discriminator = latent_discriminator([1.0, 1.0, 1.0])
    encoded, generated = 15.0, -6.0
    wanted = toys.softplus(-encoded) + toys.softplus(generated)
    assert toys.value(gan.discriminator_loss(floats())) == pytest.approx(
        wanted, rel=1e-4
    )
    wanted = toys.softplus(encoded) + toys.softplus(-generated)
    assert toys.value(gan.generator_loss(floats())) == pytest.approx(wanted, rel=1e-4)


def test_encoder_learns_with_the_generator():
    gan = toys.compiled("BiGAN")
    before = toys.copy_of(gan.encoder.trainable_variables)
    gan.fit(X, verbose=0)
    moved = [
        not np.array_equal(a, b)
        for a, b in zip(before, toys.copy_of(gan.encoder.trainable_variables))
    ]
    # The bias before a batch normalisation has gradient 0.
    assert sum(moved) >= len(moved) - 1


def test_encoder_moves_against_the_discriminator():
    gan = toys.build("BiGAN")
    gan.discriminator = latent_discriminator([1.0, 0.0, 0.0])
    code = ops.convert_to_numpy(gan.encoder(floats(), training=True))
    gradients = toys.gradient_of(gan, "generator", X / np.float32(127.5) - 1)
    # d/db of softplus(w · E(x)), for the bias b of the encoder's last layer.
    wanted = [toys.sigmoid(code[:, 0]).mean(), 0, 0]
    np.testing.assert_allclose(gradients[-1], wanted, rtol=1e-4, atol=1e-6)


def test_codes_and_reconstructions_have_their_shapes():
    gan = toys.build("BiGAN")
    assert gan.encode(X).shape == (12, toys.LATENT_DIM)
    reconstructed = gan.reconstruct(X)
    assert reconstructed.shape == X.shape and reconstructed.dtype == np.uint8
    z = gan.encode(X / np.float32(127.5) - 1)
    np.testing.assert_allclose(z, gan.encode(X), rtol=1e-5, atol=1e-6)


def test_an_encoder_that_is_no_way_back_is_refused():
    players = toys.networks("BiGAN")
    players["encoder"] = toys.network([toys.IMAGE_SHAPE], (7,))
    with pytest.raises(ValueError, match="`encoder` must return latents"):
        ganzoo.BiGAN(**players)
    players["encoder"] = None
    with pytest.raises(ValueError, match="your own `encoder`"):
        ganzoo.BiGAN(**players)


def test_latents_are_uniform_on_minus_one_to_one():
    z = ops.convert_to_numpy(toys.build("BiGAN").prior((10_000,), seed=1))
    assert -1 <= z.min() < -0.99 and 0.99 < z.max() <= 1


def test_default_optimizer_is_the_papers():
    gan = ganzoo.BiGAN(image_shape=(28, 28, 1))
    gan.compile()
    assert gan.latent_dim == 50
    for optimizer in gan.optimizer.optimizers:
        assert isinstance(optimizer, keras.optimizers.Adam)
        assert float(optimizer.learning_rate) == pytest.approx(2e-4)


def test_codes_tell_the_classes_apart_better_than_those_of_an_untrained_encoder():
    keras.utils.set_random_seed(0)
    shape, latent_dim, units = (28, 28, 1), 4, 128
    gan = ganzoo.BiGAN(
        generator=ganzoo.networks.bigan_generator(shape, latent_dim, units),
        discriminator=ganzoo.networks.bigan_discriminator(shape, latent_dim, units),
        encoder=ganzoo.networks.bigan_encoder(shape, latent_dim, units),
        seed=0,
    )
    gan.compile(*(keras.optimizers.Adam(1e-3, beta_1=0.5) for _ in range(2)))
    train, test = (ganzoo.data.load("fashion_mnist_10k", s) for s in ("train", "test"))

    def accuracy():
        """Share of 1,000 test codes whose nearest of 5,000 has their class."""
        nearest = cKDTree(gan.encode(train.images[:5000])).query(
            gan.encode(test.images[:1000])
        )[1]
        return np.mean(train.labels[nearest] == test.labels[:1000])

    untrained = accuracy()
    gan.fit(train.images[:5000], batch_size=100, epochs=8, verbose=0)
    assert accuracy() > untrained + 0.1
