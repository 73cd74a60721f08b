"""What the discriminator sees: instance noise, and images in packs."""

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo.game.view import chain

RNG = np.random.default_rng(5)
X = RNG.uniform(-1, 1, (6, *toys.IMAGE_SHAPE)).astype("float32")
C = RNG.uniform(-1, 1, toys.IMAGE_SHAPE).astype("float32")
PACKED = (4, 4, 2)
W = RNG.normal(size=PACKED).astype("float32")


def game(variant="GAN", **options):
    shape = chain.packed_shape(toys.IMAGE_SHAPE, options.get("packing", 1))
    return getattr(ganzoo, variant)(
        generator=toys.constant_generator(C),
        discriminator=toys.linear_discriminator(W[:, :, : shape[-1]]),
        **{"seed": 0, **options},
    )


def seed_state(gan):
    return ops.convert_to_numpy(gan.seed_generator.state).tolist()


# === Instance noise ===


def test_noise_is_of_its_standard_deviation_and_new_for_each_call():
    gan, x = game(instance_noise=0.3), ops.zeros((500, *toys.IMAGE_SHAPE))
    first, second = (ops.convert_to_numpy(gan.see(x)) for _ in range(2))
    assert first.std() == pytest.approx(0.3, rel=0.03)
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.05
    assert len(np.unique(first)) > 0.99 * first.size


def test_data_and_samples_are_seen_with_noise_by_both_players():
    gan, x = game(instance_noise=0.5), ops.convert_to_tensor(X)
    plain = game()
    for name in ("discriminator_loss", "generator_loss"):
        noisy, clear = (toys.value(getattr(g, name)(x)) for g in (gan, plain))
        assert noisy != pytest.approx(clear, rel=1e-3)


def test_noise_follows_the_images_seen():
    gone = keras.optimizers.schedules.PolynomialDecay(0.5, 12, 0.0)
    gan = toys.untraced("GAN", instance_noise=gone)
    x = ops.zeros((50, *toys.IMAGE_SHAPE))
    assert ops.convert_to_numpy(gan.see(x)).std() == pytest.approx(0.5, rel=0.1)
    gan.train_on_batch(toys.pictures(6))
    assert ops.convert_to_numpy(gan.see(x)).std() == pytest.approx(0.25, rel=0.1)
    gan.train_on_batch(toys.pictures(6))
    assert not ops.convert_to_numpy(gan.see(x)).any()


@pytest.mark.parametrize("off", [None, 0, 0.0])
def test_without_noise_nothing_is_drawn_and_losses_are_the_same_bits(off):
    gan, plain, x = game(instance_noise=off), game(), ops.convert_to_tensor(X)
    state = seed_state(gan)
    assert gan.see(x) is x and seed_state(gan) == state
    for name in ("discriminator_loss", "generator_loss"):
        ours, wanted = (toys.value(getattr(g, name)(x)) for g in (gan, plain))
        assert ours == wanted


def test_evaluation_has_no_noise():
    gan = toys.untraced("GAN", instance_noise=0.5)
    plain = toys.untraced("GAN")
    plain.set_weights(gan.get_weights())
    assert gan.evaluate(toys.pictures(8), verbose=0) == plain.evaluate(
        toys.pictures(8), verbose=0
    )


@pytest.mark.parametrize("sigma", [-0.1, float("nan"), "0.1", [0.1]])
def test_noise_that_is_no_standard_deviation_is_refused(sigma):
    with pytest.raises(ValueError, match="`instance_noise` must be a positive number"):
        game(instance_noise=sigma)


# === Packs ===


def test_packs_are_of_neighbours_one_behind_another():
    packs = ops.convert_to_numpy(chain.pack(ops.convert_to_tensor(X), 2))
    assert packs.shape == (3, *PACKED)
    np.testing.assert_array_equal(packs[1, :, :, 0], X[2, :, :, 0])
    np.testing.assert_array_equal(packs[1, :, :, 1], X[3, :, :, 0])


def test_channels_of_an_image_stay_together_in_a_pack():
    x = RNG.normal(size=(4, 2, 2, 3)).astype("float32")
    packs = ops.convert_to_numpy(chain.pack(ops.convert_to_tensor(x), 2))
    np.testing.assert_array_equal(packs[1], np.concatenate([x[2], x[3]], axis=-1))


def test_losses_are_of_packs_of_data_and_packs_of_samples():
    gan, x = game(packing=2), ops.convert_to_tensor(X)
    packs = np.concatenate([X[0::2], X[1::2]], axis=-1)
    real, fake = (packs * W).sum((1, 2, 3)), (np.concatenate([C, C], -1) * W).sum()
    wanted = toys.softplus(-real).mean() + toys.softplus(fake)
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(wanted, rel=1e-5)
    wanted = toys.softplus(-fake)
    assert toys.value(gan.generator_loss(x)) == pytest.approx(wanted, rel=1e-5)


def test_slopes_are_over_the_pack():
    x = ops.convert_to_tensor(X)
    gan = game(packing=2, r1_weight=1.0, r2_weight=1.0)
    wanted = (W**2).sum() / 2
    assert toys.value(gan.r1_penalty(x)) == pytest.approx(wanted, rel=1e-5)
    assert toys.value(gan.r2_penalty(x)) == pytest.approx(wanted, rel=1e-5)
    penalty = game("WGANGP", packing=2).gradient_penalty(x, x + 1.0)
    norm = np.sqrt((W**2).sum())
    assert toys.value(penalty) == pytest.approx((norm - 1) ** 2, rel=1e-4)


def test_images_of_a_pack_have_one_epsilon():
    gan = game("WGANGP", packing=2)
    epsilon = ops.convert_to_numpy(gan.sample_uniform(ops.convert_to_tensor(X)))
    assert epsilon.shape == (6, 1, 1, 1)
    np.testing.assert_array_equal(epsilon[0::2], epsilon[1::2])
    assert len(np.unique(epsilon)) == 3


def test_alone_in_their_packs_images_train_as_ever():
    packed, plain = (toys.untraced("GAN", packing=1), toys.untraced("GAN"))
    for gan in (packed, plain):
        gan.fit(toys.pictures(12), batch_size=6, epochs=1, verbose=0)
    assert toys.same(packed.get_weights(), plain.get_weights())


def test_fit_takes_whole_packs_and_leaves_the_rest():
    gan = toys.untraced(
        "GAN", packing=2, discriminator=toys.network([PACKED], (1,), name="packs")
    )
    gan.fit(toys.pictures(13), batch_size=4, epochs=1, verbose=0)
    assert int(gan.images_seen) == 12
    losses = gan.evaluate(toys.pictures(13), batch_size=4, verbose=0)
    assert np.isfinite(losses).all()


@pytest.mark.parametrize(
    "call",
    [
        lambda gan: gan.fit(toys.pictures(12), batch_size=3),
        lambda gan: gan.train_on_batch(toys.pictures(5)),
        lambda gan: gan.test_on_batch(toys.pictures(5)),
        lambda gan: gan.fit(iter([toys.pictures(5)]), shuffle=False, steps_per_epoch=1),
    ],
)
def test_a_batch_that_has_no_whole_packs_is_refused(call):
    discriminator = toys.network([PACKED], (1,), name="packs")
    gan = toys.untraced("GAN", packing=2, discriminator=discriminator)
    with pytest.raises(ValueError, match="`packing \\* discriminator_steps`"):
        call(gan)


def test_networks_for_an_image_shape_are_made_for_its_packs():
    for variant in ("GAN", "DCGAN", "LSGAN", "WGAN", "WGANGP", "HingeGAN", "RpGAN"):
        gan = getattr(ganzoo, variant)(image_shape=(28, 28, 1), packing=3)
        assert gan.discriminator.input_shape == (None, 28, 28, 3)


def test_a_discriminator_of_single_images_is_refused():
    with pytest.raises(ValueError, match=r"must take the images of shape \(4, 4, 2\)"):
        toys.build("GAN", packing=2)


@pytest.mark.parametrize("packing", [0, -1, 1.5, True, "2"])
def test_a_number_of_images_that_is_none_is_refused(packing):
    with pytest.raises(ValueError, match="`packing` must be an int of at least 1"):
        toys.build("GAN", packing=packing)


@pytest.mark.parametrize("variant", ["ACGAN", "CGAN", "BiGAN"])
def test_labels_and_latents_are_not_packed(variant):
    with pytest.raises(ValueError, match="`packing` is for a discriminator of images"):
        toys.build(variant, packing=2)


@pytest.mark.parametrize(
    "option",
    [{"instance_noise": 0.1}, {"packing": 2}, {"r2_weight": 1.0}, {"roth_weight": 1.0}],
)
def test_pairs_of_images_have_none_of_it(option):
    (name,) = option
    with pytest.raises(ValueError, match=f"Pix2Pix has no `{name}`"):
        toys.build("Pix2Pix", **option)


def test_a_discriminator_that_mixes_examples_has_no_slope_penalty():
    x = layers.Input(toys.IMAGE_SHAPE)
    features = ganzoo.layers.MinibatchDiscrimination(3, 2)(layers.Flatten()(x))
    discriminator = keras.Model(x, layers.Dense(1)(features))
    toys.build("GAN", discriminator=discriminator)
    for options in ({"r1_weight": 1.0}, {"r2_weight": 1.0}, {"roth_weight": 1.0}):
        with pytest.raises(ValueError, match="mixes the examples"):
            toys.build("GAN", discriminator=discriminator, **options)
    for variant in ("WGANGP", "DRAGAN"):
        with pytest.raises(ValueError, match="mixes the examples"):
            toys.build(variant, discriminator=discriminator)
