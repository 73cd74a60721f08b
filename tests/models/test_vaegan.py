"""VAEGAN: three losses, against closed forms of networks of one weight each."""

import math

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo.game.view import augmentation

PIXEL = (1, 1, 1)
IMAGES = toys.pictures(12)
FLOATS = ops.convert_to_tensor(IMAGES / np.float32(127.5) - 1)
# Of an image, of G(z) = a z, and of D: its features w x and its logit v x = (v/w) w x.
X, A, W, V = 0.5, -0.75, 3.0, 2.0
# Of the encoder, of its draw z = μ + σ ε and of a latent of the prior.
MU, LOG_SIGMA, EPSILON, Z_P, GAMMA = 1.0, -0.5, 0.5, -0.25, 0.1
SIGMA = math.exp(LOG_SIGMA)
Z = MU + SIGMA * EPSILON
BATCH = np.full((4, *PIXEL), X, "float32")


def of_one_pixel():
    """A game of the numbers above, which are also those that it draws."""
    x = layers.Input(PIXEL)
    flat = layers.Flatten()(x)
    encoder = keras.Model(x, layers.Dense(2)(flat))
    encoder.set_weights([np.zeros((1, 2)), np.array([MU, LOG_SIGMA])])
    z = layers.Input((1,))
    image = layers.Reshape(PIXEL)(layers.Dense(1, use_bias=False)(z))
    generator = keras.Model(z, image)
    generator.set_weights([np.array([[A]])])
    features = layers.Dense(1, use_bias=False)(flat)
    logit = layers.Dense(1, use_bias=False)(features)
    discriminator = keras.Model(x, {"logit": logit, "features": features})
    discriminator.set_weights([np.array([[W]]), np.array([[V / W]])])
    gan = ganzoo.VAEGAN(
        generator=generator,
        discriminator=discriminator,
        encoder=encoder,
        reconstruction_weight=GAMMA,
        seed=0,
    )
    gan.sample_z = lambda x: ops.full((len(x), 1), Z_P)
    gan.sample_normal = lambda x: ops.full((len(x), 1), EPSILON)
    return gan


def test_losses_are_those_of_the_paper():
    gan, x = of_one_pixel(), ops.convert_to_tensor(BATCH)
    prior = (MU**2 + SIGMA**2 - 1) / 2 - LOG_SIGMA
    likelihood = W**2 * (X - A * Z) ** 2 / 2
    fakes = toys.softplus(V * A * Z) + toys.softplus(V * A * Z_P)
    wanted = {
        "discriminator_loss": toys.softplus(-V * X) + fakes,
        "encoder_loss": prior + likelihood,
        "decoder_loss": GAMMA * likelihood - fakes,
        "generator_loss": prior + (1 + GAMMA) * likelihood - fakes,
    }
    for name, value in wanted.items():
        assert toys.value(getattr(gan, name)(x)) == pytest.approx(value, rel=1e-5), name


def test_each_loss_reaches_the_weights_of_its_own_network_alone():
    gan = of_one_pixel()
    gradients = toys.gradient_of(gan, "generator", BATCH)
    in_a, _, (in_mu, in_log_sigma) = (g.ravel() for g in gradients)
    # ∂ L_like / ∂x̃, and ∂ L_GAN / ∂x̃ of the reconstruction and of the sample.
    by_features = W**2 * (A * Z - X)
    by_game = [-V * toys.sigmoid(V * A * z) for z in (Z, Z_P)]
    assert in_mu == pytest.approx(MU + by_features * A, rel=1e-4)
    of_sigma = SIGMA**2 - 1 + by_features * A * SIGMA * EPSILON
    assert in_log_sigma == pytest.approx(of_sigma, rel=1e-4)
    of_a = GAMMA * by_features * Z + by_game[0] * Z + by_game[1] * Z_P
    assert in_a == pytest.approx(of_a, rel=1e-4)


def test_the_discriminator_learns_from_the_game_and_not_from_reconstructions():
    gan = of_one_pixel()
    gradients = toys.gradient_of(gan, "discriminator", BATCH)
    in_w, in_last = (g.item() for g in gradients)
    by_logit = {X: -toys.sigmoid(-V * X)}
    by_logit |= {A * z: toys.sigmoid(V * A * z) for z in (Z, Z_P)}
    of_v = sum(x * slope for x, slope in by_logit.items())
    assert in_w == pytest.approx(of_v * V / W, rel=1e-4)
    assert in_last == pytest.approx(of_v * W, rel=1e-4)


def test_an_undecided_discriminator_costs_log_2_for_each_kind_of_images():
    gan = toys.build("VAEGAN")
    toys.undecided(gan.discriminator)
    assert gan.undecided_loss == pytest.approx(3 * math.log(2))
    loss = toys.value(gan.discriminator_loss(FLOATS))
    assert loss == pytest.approx(3 * math.log(2), rel=1e-5)
    # All features are 0, so that images are reconstructed perfectly.
    loss = toys.value(gan.decoder_loss(FLOATS))
    assert loss == pytest.approx(-2 * math.log(2), rel=1e-5)


def test_a_posterior_that_is_the_prior_costs_nothing():
    gan = toys.build("VAEGAN")
    zeros = ops.zeros((5, 3))
    assert toys.value(gan.prior_loss(zeros, zeros)) == 0
    assert toys.value(gan.prior_loss(zeros + 2, zeros)) == pytest.approx(3 * 2)


def test_parts_of_the_losses_are_reported():
    gan = toys.compiled("VAEGAN")
    history = gan.fit(IMAGES, validation_data=IMAGES, verbose=0).history
    names = {"log_sigma", "prior_loss", "reconstruction_loss"}
    assert names | {f"val_{name}" for name in names} < set(history)


def test_every_network_learns_and_keeps_its_running_statistics():
    gan = toys.compiled("VAEGAN")
    before = {name: toys.copy_of(n.weights) for name, n in gan.players.items()}
    gan.fit(IMAGES, verbose=0)
    for name, network in gan.players.items():
        after = toys.copy_of(network.weights)
        moved = [not np.array_equal(a, b) for a, b in zip(before[name], after)]
        # The bias before a batch normalisation has gradient 0.
        assert sum(moved) >= len(moved) - 1, name


def test_features_are_of_images_as_they_are(monkeypatch):
    def grey(x, names, seed):
        return 0 * x

    monkeypatch.setattr(augmentation, "augment", grey)
    keras.utils.set_random_seed(1)
    players = toys.networks("VAEGAN")
    gan = ganzoo.VAEGAN(**players, augmentation=["color"], seed=0)
    gan.discriminator = toys.discriminator("VAEGAN")
    black = -ops.ones_like(FLOATS)
    assert toys.value(gan.reconstruction_loss(FLOATS, black)) > 0.1
    logits = [ops.convert_to_numpy(gan.D(images)) for images in (FLOATS, black)]
    np.testing.assert_allclose(logits[0], logits[1], atol=1e-6)


def test_reconstructions_come_nearer_to_their_images_than_the_mean_image():
    keras.utils.set_random_seed(0)
    shape, latent_dim, units = (28, 28, 1), 8, 128
    x = layers.Input(shape)
    features = layers.Dense(units, "relu")(layers.Flatten()(x))
    gan = ganzoo.VAEGAN(
        generator=ganzoo.networks.bigan_generator(shape, latent_dim, units),
        discriminator=keras.Model(
            x, {"logit": layers.Dense(1)(features), "features": features}
        ),
        encoder=ganzoo.networks.bigan_encoder(shape, 2 * latent_dim, units),
        reconstruction_weight=1.0,
        seed=0,
    )
    gan.compile(*(keras.optimizers.Adam(1e-3, beta_1=0.5) for _ in range(2)))
    images = ganzoo.data.load("fashion_mnist_10k").images[:1000]
    gan.fit(images, batch_size=50, epochs=5, verbose=0)

    def error(reconstructed):
        return np.mean((reconstructed - images.astype("float64")) ** 2)

    assert error(gan.reconstruct(images)) < 0.8 * error(images.mean(axis=0))


# === Attributes ===


def test_an_attribute_is_the_difference_of_mean_codes():
    gan = toys.build("VAEGAN")
    on, off = IMAGES[:5], IMAGES[5:]
    vector = gan.attribute_vector(on, off)
    assert vector.shape == (toys.LATENT_DIM,) and vector.dtype == np.float32
    codes = gan.encode(IMAGES)
    wanted = codes[:5].mean(axis=0) - codes[5:].mean(axis=0)
    np.testing.assert_allclose(vector, wanted, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(gan.attribute_vector(on, on), 0, atol=1e-6)


def test_an_attribute_is_added_to_codes():
    gan, vector = toys.build("VAEGAN"), np.float32([1.0, 0.0, -1.0])
    moved = gan.add_attribute(IMAGES, vector, strength=-2.0)
    assert np.array_equal(moved, gan.decode(gan.encode(IMAGES) - 2 * vector))
    assert moved.shape == IMAGES.shape and moved.dtype == np.uint8
    same = gan.add_attribute(IMAGES, vector, strength=0)
    assert np.array_equal(same, gan.reconstruct(IMAGES))
    with pytest.raises(ValueError, match=r"of shape \(3,\). Received: .* \(2,\)"):
        gan.add_attribute(IMAGES, [1.0, 2.0])
    for strength in ("a", [1, 2], True, float("nan")):
        with pytest.raises(ValueError, match="`strength` must be a finite number"):
            gan.add_attribute(IMAGES, vector, strength=strength)


# === Networks ===


def test_networks_that_do_not_fit_are_refused():
    players = toys.networks("VAEGAN")
    with pytest.raises(ValueError, match="must return a dict .* called 'features'"):
        ganzoo.VAEGAN(**{**players, "discriminator": toys.discriminator("GAN")})
    apart = toys.discriminator("ACGAN")
    heads = {"logit": apart.output["logit"], "features": apart.output["classes"]}
    with pytest.raises(ValueError, match="a layer that its logit is computed from"):
        ganzoo.VAEGAN(
            **{**players, "discriminator": keras.Model(apart.inputs[0], heads)}
        )
    encoder = toys.network([toys.IMAGE_SHAPE], (toys.LATENT_DIM,))
    with pytest.raises(ValueError, match="must return mean and log σ of latents"):
        ganzoo.VAEGAN(**{**players, "encoder": encoder})
    with pytest.raises(ValueError, match="`reconstruction_weight` must be a positive"):
        ganzoo.VAEGAN(**players, reconstruction_weight=0)


@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3)])
def test_default_networks(shape):
    gan = ganzoo.VAEGAN(image_shape=shape)
    assert gan.latent_dim == 128 and gan.encoder.output_shape == (None, 256)
    assert gan.image_shape == shape
    heads = gan.discriminator.output
    assert heads["logit"].shape == (None, 1) and len(heads["features"].shape) == 2
