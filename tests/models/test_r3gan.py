"""R3GAN: its penalties and what follows the images seen. Its losses are RpGAN's."""

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo

X = np.random.default_rng(3).uniform(-1, 1, (6, *toys.IMAGE_SHAPE)).astype("float32")
W = np.random.default_rng(4).normal(size=toys.IMAGE_SHAPE).astype("float32")


def game(**options):
    return ganzoo.R3GAN(
        generator=toys.constant_generator(np.zeros(toys.IMAGE_SHAPE, "float32")),
        discriminator=toys.linear_discriminator(W, 0.0),
        seed=0,
        **options,
    )


def test_both_penalties_of_a_linear_discriminator_add_up_to_gamma_times_its_slope():
    gan, x = game(penalty_weight=0.3), ops.convert_to_tensor(X)
    plain = toys.value(gan.discriminator_loss(x))
    penalized = toys.value(gan.penalized_loss(x))
    assert penalized - plain == pytest.approx(0.3 * (W**2).sum(), rel=1e-4)


def test_both_penalties_are_on_the_slopes_of_the_logits_that_are_compared(monkeypatch):
    keras.utils.set_random_seed(0)
    generator = keras.Sequential(
        [layers.Input((3,)), layers.Dense(16, "tanh"), layers.Reshape((4, 4, 1))]
    )
    hidden = layers.Dense(8, "gelu")
    discriminator = keras.Sequential(
        [layers.Input((4, 4, 1)), layers.Flatten(), hidden, layers.Dense(1)]
    )
    gan = ganzoo.R3GAN(
        generator=generator, discriminator=discriminator, penalty_weight=0.3
    )
    x = ops.convert_to_tensor(X)
    z = np.random.default_rng(5).normal(size=(6, 3)).astype("float32")
    monkeypatch.setattr(gan, "sample_z", lambda x: ops.convert_to_tensor(z))

    def one_by_one(x):
        slopes = gan.r1_penalty(x) + gan.r2_penalty(x)
        return gan.discriminator_loss(x) + 0.3 * slopes

    def found(loss):
        slopes = gan.gradient(lambda *_: loss(x), gan.discriminator_variables)
        return [toys.value(loss(x)), *map(ops.convert_to_numpy, slopes)]

    for own, wanted in zip(found(gan.penalized_loss), found(one_by_one)):
        np.testing.assert_allclose(own, wanted, rtol=1e-4, atol=1e-6)


def test_a_subclass_keeps_its_own_loss():
    class Constant(ganzoo.R3GAN):
        def discriminator_loss(self, batch):
            return ops.convert_to_tensor(7.0)

    gan = Constant(
        generator=toys.constant_generator(np.zeros(toys.IMAGE_SHAPE, "float32")),
        discriminator=toys.linear_discriminator(W, 0.0),
        penalty_weight=0.3,
    )
    wanted = 7 + 0.3 * (W**2).sum()
    penalized = gan.penalized_loss(ops.convert_to_tensor(X))
    assert toys.value(penalized) == pytest.approx(wanted, rel=1e-4)


def test_gamma_and_beta_2_follow_the_images_seen_as_cosines():
    gan = game(penalty_weight=0.05, burn_in=1000)
    beta_2 = {}
    for images in (0, 500, 1000, 5000):
        gan.compile(keras.optimizers.Adam(), keras.optimizers.Adam())
        (schedule,) = gan.schedules("discriminator").values()
        beta_2[images] = float(schedule(images))
        wanted = {0: 0.05, 500: 0.0275}.get(images, 0.005)
        for weight in gan.r1_weight, gan.r2_weight:
            assert float(weight(images)) == pytest.approx(wanted, rel=1e-5)
    wanted = {0: 0.9, 500: 0.945, 1000: 0.99, 5000: 0.99}
    assert beta_2 == pytest.approx(wanted, rel=1e-5)


def test_optimizers_without_beta_2_are_allowed():
    gan = toys.build("R3GAN")
    gan.compile(keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.01))
    gan.fit(toys.pictures(8), batch_size=4, verbose=0)


def test_its_settings_are_kept():
    gan = toys.build("R3GAN", penalty_weight=0.2, burn_in=500)
    copy = type(gan).from_config(gan.get_config())
    assert (copy.penalty_weight, copy.burn_in) == (0.2, 500)
    assert float(copy.r1_weight(0)) == pytest.approx(0.2)
    assert float(toys.build("R3GAN", r1_weight=1.0).r1_weight) == 1.0


@pytest.mark.parametrize(
    "option", [{"penalty_weight": 0}, {"burn_in": 0}, {"burn_in": 1.5}]
)
def test_settings_that_cannot_be_meant_are_refused(option):
    (name,) = option
    with pytest.raises(ValueError, match=f"`{name}` must be.*Received: {name}="):
        game(**option)


# === With labels ===


def conditional():
    shape, options = (8, 8, 1), {"filters": 4, "blocks": 1}
    return ganzoo.ConditionalR3GAN(
        num_classes=3,
        generator=ganzoo.networks.r3gan_conditional_generator(shape, 3, 2, **options),
        discriminator=ganzoo.networks.r3gan_projection_discriminator(
            shape, 3, **options
        ),
        seed=0,
    )


def test_an_image_and_its_sample_have_the_same_label(monkeypatch):
    gan, seen = toys.build("ConditionalR3GAN"), []
    logits = iter(np.float32([[2, -1], [0.5, 3], [2, -1], [0.5, 3]]))

    def judge(inputs):
        seen.append([ops.convert_to_numpy(part) for part in inputs])
        return ops.convert_to_tensor(next(logits)[:, None])

    monkeypatch.setattr(gan, "D", judge)
    batch = ops.convert_to_tensor(X[:2]), ops.convert_to_tensor(np.int32([4, 1]))
    difference = np.array([1.5, -4])
    loss = toys.value(gan.discriminator_loss(batch))
    assert loss == pytest.approx(toys.softplus(-difference).mean(), rel=1e-6)
    loss = toys.value(gan.generator_loss(batch))
    assert loss == pytest.approx(toys.softplus(difference).mean(), rel=1e-6)
    assert [labels.tolist() for _, labels in seen] == 4 * [[4, 1]]


def test_a_logit_is_the_product_of_features_and_the_vector_of_a_label():
    gan, x = conditional(), np.random.default_rng(0).normal(size=(3, 8, 8, 1))
    judge, labels = gan.discriminator, np.int32([0, 1, 2])
    features = keras.Model(judge.inputs[0], judge.get_layer("logit").output)(x)
    vectors = ops.convert_to_numpy(judge.get_layer("embed").embeddings)
    wanted = (ops.convert_to_numpy(features) * vectors).sum(1, keepdims=True)
    received = ops.convert_to_numpy(judge([x, labels]))
    np.testing.assert_allclose(received, wanted, rtol=1e-5)


def test_every_weight_of_a_game_with_labels_is_trained():
    gan = conditional()
    gan.compile(run_eagerly=toys.TRACES)
    before = toys.copy_of(gan.trainable_variables)
    x = np.random.default_rng(0).integers(0, 256, (6, 8, 8, 1)).astype("uint8")
    for _ in range(3):
        gan.train_on_batch(x, np.int32([0, 1, 2, 0, 1, 2]))
    after = toys.copy_of(gan.trainable_variables)
    assert not [
        v.path
        for v, a, b in zip(gan.trainable_variables, before, after)
        if np.array_equal(a, b)
    ]
