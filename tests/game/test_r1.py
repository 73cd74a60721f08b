"""R1, the penalty on the slope of the discriminator on data, by hand."""

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo

RNG = np.random.default_rng(5)
X = RNG.uniform(-1, 1, (6, *toys.IMAGE_SHAPE)).astype("float32")
W = RNG.normal(size=toys.IMAGE_SHAPE).astype("float32")


def square_discriminator():
    """`D(x) = w · x²`, whose gradient at x is 2 w x."""
    x = layers.Input(W.shape)
    dense = layers.Dense(1, use_bias=False)
    model = keras.Model(x, dense(layers.Flatten()(ops.square(x))))
    dense.set_weights([W.reshape(-1, 1)])
    return model


def game(discriminator, **options):
    options = {"r1_weight": 3.0, "seed": 0, **options}
    generator = toys.constant_generator(np.zeros_like(W))
    return ganzoo.GAN(generator=generator, discriminator=discriminator, **options)


def test_r1_is_half_the_squared_slope():
    penalty = game(toys.linear_discriminator(W)).r1_penalty(ops.convert_to_tensor(X))
    assert toys.value(penalty) == pytest.approx((W**2).sum() / 2, rel=1e-5)
    penalty = game(square_discriminator()).r1_penalty(ops.convert_to_tensor(X))
    wanted = ((2 * W * X) ** 2).sum((1, 2, 3)).mean() / 2
    assert toys.value(penalty) == pytest.approx(wanted, rel=1e-5)


def test_slope_is_penalised_with_its_weight():
    gan, x = game(square_discriminator()), ops.convert_to_tensor(X)
    wanted = toys.value(gan.discriminator_loss(x)) + 3 * toys.value(gan.r1_penalty(x))
    assert toys.value(gan.penalized_loss(x)) == pytest.approx(wanted, rel=1e-6)


def test_gradient_of_the_squared_slope_is_that_by_hand():
    gan = game(square_discriminator())
    gan.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(1.0))
    before = gan.discriminator.get_weights()[0]
    gan.minimize(
        gan.r1_penalty,
        ops.convert_to_tensor(X),
        gan.discriminator_variables,
        gan.discriminator_optimizer,
    )
    # Of mean(Σ 4 w² x²) / 2.
    wanted = (4 * W * X**2).mean(0)
    gradient = before - gan.discriminator.get_weights()[0]
    np.testing.assert_allclose(gradient.ravel(), wanted.ravel(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("variant", ["GAN", "LSGAN", "WGANGP", "CGAN", "BiGAN"])
def test_slope_of_every_variant_shrinks_where_it_is_all_that_is_paid_for(variant):
    players = toys.networks(variant)
    players["discriminator"] = toys.discriminator(variant)
    gan = toys.compiled(variant, r1_weight=1e4, **players)
    data = toys.data(variant)
    batch = gan.to_batch(tuple(map(ops.convert_to_tensor, data)))
    before = toys.value(gan.r1_penalty(batch))
    gan.fit(*data, batch_size=12, epochs=15, verbose=0)
    assert toys.value(gan.r1_penalty(batch)) < before / 10


def test_slope_through_average_pooling_has_its_second_order_gradient():
    """Of D(x) = w · (P x)², where P averages as residual networks do."""
    pool = layers.AveragePooling2D(3, 2, padding="same")
    pixels = np.eye(W.size, dtype="float32").reshape(-1, *toys.IMAGE_SHAPE)
    averages = ops.convert_to_numpy(pool(pixels)).reshape(W.size, -1).T
    x, dense = layers.Input(toys.IMAGE_SHAPE), layers.Dense(1, use_bias=False)
    network = keras.Model(x, dense(layers.Flatten()(ops.square(pool(x)))))
    w = RNG.normal(size=len(averages)).astype("float32")
    dense.set_weights([w[:, None]])
    gan = game(network)
    gan.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(1.0))
    gan.minimize(
        gan.r1_penalty,
        ops.convert_to_tensor(X),
        gan.discriminator_variables,
        gan.discriminator_optimizer,
    )
    # ∇D = 2 Pᵀ(w y), and half the derivative of its square by w is 4 y P Pᵀ(w y).
    y = X.reshape(len(X), -1) @ averages.T
    wanted = (4 * y * (w * y @ averages @ averages.T)).mean(0)
    gradient = w - dense.get_weights()[0].ravel()
    np.testing.assert_allclose(gradient, wanted, rtol=1e-4, atol=1e-5)


def test_slope_is_in_the_pictures_before_they_are_augmented(monkeypatch):
    gan = game(square_discriminator(), augmentation=["cutout"])
    x = ops.ones((500, *toys.IMAGE_SHAPE))
    # Holes of 2 x 2 about any of 5 x 5 places: what is cut out has no slope.
    seen = toys.value(gan.r1_penalty(x))
    assert seen < 0.95 * ((2 * W) ** 2).sum() / 2
    # Of D(3 x) = w · 9 x² it is 18 w x, and 6 w x where it is augmented first.
    monkeypatch.setattr(gan, "augment", lambda x: 3 * x)
    wanted = ((18 * W) ** 2).sum() / 2
    assert toys.value(gan.r1_penalty(x)) == pytest.approx(wanted, rel=1e-4)


def test_slope_and_augmentation_are_saved_with_the_model(tmp_path):
    gan = game(square_discriminator())
    gan.save(tmp_path / "gan.keras")
    assert keras.saving.load_model(tmp_path / "gan.keras").r1_weight == 3.0


def test_slope_of_a_batch_normalised_discriminator_is_refused():
    normalized = toys.network([toys.IMAGE_SHAPE], (1,), normalized=True)
    with pytest.raises(ValueError, match="must not use batch normalisation"):
        game(normalized)


# The constant image of the toy is linear in its bias.
@pytest.mark.filterwarnings("ignore:.generator. should end in")
@pytest.mark.parametrize("kind", ["LayerNormalization", "GroupNormalization"])
def test_slope_by_keras_normalisation_is_refused_where_it_is_wrong(kind):
    x = layers.Input(toys.IMAGE_SHAPE)
    normalized = getattr(layers, kind)()(layers.Dense(32)(x))
    gan = game(keras.Model(x, layers.Dense(1)(layers.Flatten()(normalized))))
    gan.compile()
    if keras.backend.backend() != "tensorflow":
        gan.fit(X, verbose=0)
        return
    with pytest.raises(ValueError, match="second derivative is wrong on TensorFlow"):
        gan.fit(X, verbose=0)


@pytest.mark.parametrize("weight", [0, -1.0, float("nan"), "10"])
def test_weight_of_the_slope_must_be_positive(weight):
    with pytest.raises(ValueError, match="`r1_weight` must be a positive"):
        toys.build("GAN", r1_weight=weight)
