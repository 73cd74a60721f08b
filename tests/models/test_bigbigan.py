"""BigBiGAN: a hinge for each score, and what the encoder learns by each."""

import math

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo

PIXEL = (1, 1, 1)
X = np.array([0.5, -0.25, 1.0, 0.0], "float32").reshape(4, *PIXEL)


def of_one_latent(kernel, bias=(0.0, 0.0, 0.0), mu=0.4, log_sigma=0.5):
    """A game of one pixel and one latent, in which G(z) = 0.2.

    Args:
        kernel: `[[of x], [of z]]`, three of each, for the scores of D(x, z).
        bias: Three numbers.
        mu: float. Of the encoder, like what follows.
        log_sigma: float.
    """
    x = layers.Input(PIXEL)
    encoder = keras.Model(x, layers.Dense(2)(layers.Flatten()(x)))
    encoder.set_weights([np.zeros((1, 2)), np.array([mu, log_sigma])])
    x, z = layers.Input(PIXEL), layers.Input((1,))
    joined = layers.Concatenate()([layers.Flatten()(x), z])
    discriminator = keras.Model([x, z], layers.Dense(3)(joined))
    discriminator.set_weights([np.array(kernel), np.array(bias)])
    return ganzoo.BigBiGAN(
        generator=toys.constant_generator(np.full(PIXEL, 0.2, "float32"), [(1,)]),
        discriminator=discriminator,
        encoder=encoder,
        seed=0,
    )


def with_draws(gan, z=0.3, epsilon=0.5):
    """The same game, with these for all its draws."""
    gan.sample_z = lambda x: ops.full((len(x), 1), z)
    gan.sample_normal = lambda x: ops.full((len(x), 1), epsilon)
    return gan


def with_scores(of_data, of_samples):
    """A game whose discriminator gives every pair of a kind these three scores."""
    gan = toys.build("BigBiGAN")
    gan.data_inputs = lambda x: ops.convert_to_tensor([of_data] * 2)
    gan.sample_inputs = lambda x: ops.convert_to_tensor([of_samples] * 2)
    gan.D = lambda scores: scores
    return gan


def losses(gan, x=None):
    return [
        toys.value(loss(x)) for loss in (gan.discriminator_loss, gan.generator_loss)
    ]


def test_the_hinge_is_of_each_score_and_not_of_their_sum():
    gan = with_scores([2.0, -1.0, 0.5], [-3.0, 0.0, 1.0])
    # Of sums, 1.5 and -2, the hinge would be 0.
    by_hand = (0 + 2 + 0.5) + (0 + 1 + 2)
    assert losses(gan) == pytest.approx([by_hand, 1.5 + 2.0])


def test_scores_on_their_margins_cost_nothing():
    assert losses(with_scores([1.0] * 3, [-1.0] * 3)) == pytest.approx([0, 6])
    assert losses(with_scores([0.0] * 3, [0.0] * 3)) == pytest.approx([6, 0])


def test_constant_scores_of_latent_and_pair_leave_the_hinge_game_of_images():
    weight, constants = 1.5, [0.25, -0.75]
    kernel = [[weight, 0, 0], [0, 0, 0]]
    gan = with_draws(of_one_latent(kernel, [0.0, *constants]))
    hinge = ganzoo.HingeGAN(
        generator=toys.constant_generator(np.full(PIXEL, 0.2, "float32"), [(1,)]),
        discriminator=toys.linear_discriminator(np.full(PIXEL, weight)),
        seed=0,
    )
    x = ops.convert_to_tensor(X)
    on_image = toys.value(hinge.discriminator_loss(x))
    of_game, of_generator = losses(gan, x)
    # A constant within the margins costs 1 − s for data and 1 + s for samples.
    assert of_game == pytest.approx(on_image + 4)
    on_image = toys.value(hinge.generator_loss(x))
    assert of_generator == pytest.approx(on_image + weight * X.mean())
    *_, of_encoder = gradients = toys.gradient_of(gan, "generator", X)
    assert not of_encoder.any()
    *_, in_pixel = toys.gradient_of(hinge, "generator", X)
    assert any(np.array_equal(g, in_pixel) for g in gradients) and in_pixel == -weight


def test_the_latents_score_alone_moves_the_encoder_by_its_mean():
    """E[s_z] = w (μ + σ ε): w in the mean, and w σ ε in log σ."""
    gan = with_draws(of_one_latent([[0, 0, 0], [0, -2.0, 0]]))
    *_, of_encoder = toys.gradient_of(gan, "generator", X)
    wanted = [-2.0, -2.0 * math.exp(0.5) * 0.5]
    np.testing.assert_allclose(of_encoder, wanted, rtol=1e-5)


def test_without_sigma_the_game_is_that_of_a_deterministic_encoder():
    """Σ w_x x + w_z μ over scores, less the same of G(z) and z."""
    of_x, of_z = np.array([[0.5, 0.0, 1.0], [0.0, 2.0, -1.0]])
    x = ops.convert_to_tensor(X)
    found = [
        losses(with_draws(of_one_latent([of_x, of_z], log_sigma=-200.0), epsilon=e), x)
        for e in (0.0, 5.0)
    ]
    assert found[0] == found[1]
    of_data = X.reshape(4, 1) * of_x + 0.4 * of_z
    of_samples = 0.2 * of_x + 0.3 * of_z
    of_game = np.maximum(0, 1 - of_data).sum(axis=1).mean()
    of_game += np.maximum(0, 1 + of_samples).sum()
    of_generator = of_data.sum(axis=1).mean() - of_samples.sum()
    assert found[0] == pytest.approx([of_game, of_generator], rel=1e-5)


def test_codes_are_means_or_draws_and_reconstructions_are_of_means():
    gan = of_one_latent(np.zeros((2, 3)), mu=0.4, log_sigma=math.log(0.5))
    images = np.full((400, *PIXEL), 128, "uint8")
    np.testing.assert_allclose(gan.encode(images), 0.4, rtol=1e-6)
    drawn = gan.encode(images, sample=True, seed=1)
    assert drawn.std() == pytest.approx(0.5, abs=0.05)
    again = gan.reconstruct(images[:3])
    np.testing.assert_array_equal(again, gan.decode(gan.encode(images[:3])))


def test_all_three_networks_learn_and_log_sigma_is_reported():
    gan = toys.untraced("BigBiGAN")
    before = {name: toys.copy_of(n.weights) for name, n in gan.players.items()}
    history = gan.fit(toys.pictures(8), batch_size=8, verbose=0).history
    assert set(history) == {"discriminator_loss", "generator_loss", "log_sigma"}
    for name, network in gan.players.items():
        assert not toys.same(before[name], toys.copy_of(network.weights))


@pytest.mark.parametrize(
    "player, size, message",
    [
        ("discriminator", 1, "must return 3 logits for each example, `.batch, 3."),
        ("encoder", 3, r"mean and log σ of latents of shape \(6,\)"),
    ],
)
def test_networks_of_another_game_are_refused(player, size, message):
    players = toys.networks("BigBiGAN")
    inputs = toys.inputs_of("BigBiGAN", player)
    players[player] = toys.network(inputs, (size,))
    with pytest.raises(ValueError, match=message):
        ganzoo.BigBiGAN(**players)


def test_a_regularizer_of_log_odds_is_refused():
    with pytest.raises(ValueError, match="no `roth_weight`: its scores are margins"):
        toys.build("BigBiGAN", roth_weight=1.0)


def test_the_default_game():
    gan = ganzoo.BigBiGAN(image_shape=(16, 16, 1))
    assert gan.latent_dim == 120 and gan.discriminator_steps == 2
    assert gan.encoder.output_shape == (None, 240)
    optimizer = gan.default_optimizer()
    assert (optimizer.beta_1, optimizer.beta_2) == (0.0, 0.999)
    settings = ganzoo.BigBiGAN.settings_for_folder(256)
    assert settings["encoder"]["latent_dim"] == 140
