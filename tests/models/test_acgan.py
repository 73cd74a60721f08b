"""ACGAN: sources and classes, against closed forms."""

import math

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo

K = toys.NUM_CLASSES
X = toys.pictures(10).astype("float32") / 127.5 - 1
Y = toys.labels(10)
BATCH = ops.convert_to_tensor(X), ops.convert_to_tensor(Y)


def game(**options):
    keras.utils.set_random_seed(1)
    return ganzoo.ACGAN(**{**toys.networks("ACGAN"), "seed": 0, **options})


def undecided(**options):
    gan = game(**options)
    toys.undecided(gan.discriminator)
    return gan


def linear_heads(**options):
    """A game on images of one pixel, whose G is 0.5: logit 2 x, classes k x."""
    x = layers.Input((1, 1, 1))
    flat = layers.Flatten()(x)
    heads = {
        "logit": layers.Dense(1, use_bias=False, name="logit")(flat),
        "classes": layers.Dense(K, use_bias=False, name="classes")(flat),
    }
    discriminator = keras.Model(x, heads)
    discriminator.get_layer("logit").set_weights([np.float32([[2.0]])])
    discriminator.get_layer("classes").set_weights(
        [np.arange(K, dtype="float32")[None]]
    )
    half = np.full((1, 1, 1), 0.5, "float32")
    return ganzoo.ACGAN(
        num_classes=K,
        generator=toys.constant_generator(half, [(3,), ()]),
        discriminator=discriminator,
        seed=0,
        **options,
    )


@pytest.mark.parametrize("classify_fakes", [True, False])
@pytest.mark.parametrize("weight", [1.0, 0.5])
def test_losses_of_who_cannot_tell_are_those_of_chance(classify_fakes, weight):
    gan = undecided(classify_fakes=classify_fakes, class_weight=weight)
    of_classes = weight * math.log(K)
    d_loss = 2 * math.log(2) + (2 if classify_fakes else 1) * of_classes
    assert toys.value(gan.discriminator_loss(BATCH)) == pytest.approx(d_loss, rel=1e-5)
    assert gan.undecided_loss == pytest.approx(d_loss)
    g_loss = math.log(2) + of_classes
    assert toys.value(gan.generator_loss(BATCH)) == pytest.approx(g_loss, rel=1e-5)


def test_losses_are_those_of_sources_and_classes():
    gan = linear_heads(classify_fakes=False)
    x = np.float32([0.5, -0.5, 1.0, 0.0]).reshape(-1, 1, 1, 1)
    y = np.int32([4, 0, 3, 2])
    scores = x.reshape(-1, 1) * np.arange(K)
    log_p = scores - np.log(np.exp(scores).sum(1, keepdims=True))
    source = toys.softplus(-2 * x).mean() + toys.softplus(2 * 0.5)
    wanted = source - log_p[np.arange(4), y].mean()
    batch = tuple(map(ops.convert_to_tensor, (x, y)))
    assert toys.value(gan.discriminator_loss(batch)) == pytest.approx(wanted, rel=1e-5)


def test_the_generators_gradient_in_its_class_is_softmax_less_one_hot():
    gan = linear_heads()
    batch = ops.zeros((6, 1, 1, 1)), ops.zeros((6,), "int32")
    # The labels that the loss will draw.
    (c,) = ganzoo.ACGAN.sample_conditions(linear_heads(), batch[0])
    gradients = toys.gradient_of(gan, "generator", batch)
    p = np.exp(0.5 * np.arange(K)) / np.exp(0.5 * np.arange(K)).sum()
    c = ops.convert_to_numpy(c)
    of_class = (p @ np.arange(K)) - c.mean()
    of_source = -2 * toys.sigmoid(-2 * 0.5)
    (bias,) = [g for g in gradients if g.size == 1]
    np.testing.assert_allclose(bias.ravel(), of_source + of_class, rtol=1e-4)


def test_classes_of_generated_images_teach_only_where_they_are_asked_for():
    x = np.zeros((6, 1, 1, 1), "float32")
    batch = ops.convert_to_tensor(x), ops.zeros((6,), "int32")
    for classify_fakes in (True, False):
        gan = linear_heads(classify_fakes=classify_fakes)
        kernels = [v.path for v in gan.discriminator_variables]
        gradients = toys.gradient_of(gan, "discriminator", batch)
        of_classes = gradients[next(i for i, p in enumerate(kernels) if "classes" in p)]
        # Real images are 0, so that they have no say in it.
        assert of_classes.any() == classify_fakes


def test_the_discriminator_sees_no_labels():
    gan = game()
    assert len(gan.data_inputs(BATCH)) == 1
    other = BATCH[0], (BATCH[1] + 1) % K
    one, two = (toys.value(gan.r1_penalty(batch)) for batch in (BATCH, other))
    assert gan.discriminator.input_shape[1:] == toys.IMAGE_SHAPE
    assert np.isfinite([one, two]).all()


def test_probabilities_of_classes_are_the_softmax_of_the_head():
    gan = game()
    heads = gan.discriminator.predict(X, verbose=0)
    e = np.exp(heads["classes"] - heads["classes"].max(1, keepdims=True))
    found = gan.classify(toys.pictures(10))
    np.testing.assert_allclose(found, e / e.sum(1, keepdims=True), rtol=1e-4, atol=1e-6)
    with pytest.raises(ValueError, match="must have the shape"):
        gan.classify(X[:, :2])
    with pytest.raises(ValueError, match="must be one example or more"):
        gan.classify(X[:0])


def test_classes_are_learnt_and_reported():
    """Images whose brightness is their class."""
    gan = game(discriminator=toys.discriminator("ACGAN"), class_weight=10.0)
    gan.compile(*(keras.optimizers.Adam(0.01, beta_1=0.5) for _ in range(2)))
    y = toys.labels(100)
    x = np.broadcast_to((50 * y)[:, None, None, None], (100, *toys.IMAGE_SHAPE))
    history = gan.fit(x.astype("uint8"), y, batch_size=20, epochs=60, verbose=0).history
    assert history["class_accuracy"][-1] > 0.9
    assert set(history) >= {"class_accuracy", "fake_class_accuracy"}
    assert (gan.classify(x.astype("uint8")).argmax(1) == y).mean() > 0.9


@pytest.mark.parametrize(
    "heads, message",
    [
        ({}, "one called 'classes'"),
        ({"classes": (K + 1, None)}, r"must have the shape `\(batch, 5\)`"),
        ({"classes": (K, "softmax")}, "must return logits"),
    ],
)
def test_class_heads_that_cannot_be_meant_are_refused(heads, message):
    x = layers.Input(toys.IMAGE_SHAPE)
    flat = layers.Flatten()(x)
    outputs = {n: layers.Dense(size, act)(flat) for n, (size, act) in heads.items()}
    discriminator = keras.Model(x, {"logit": layers.Dense(1)(flat), **outputs})
    with pytest.raises(ValueError, match=message):
        game(discriminator=discriminator)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"num_classes": 1}, "`num_classes` must be an int of at least 2"),
        ({"class_weight": 0.0}, "`class_weight` must be a positive"),
        ({"classify_fakes": "false"}, "`classify_fakes` must be True or False"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        game(**options)


def test_labels_outside_of_the_classes_are_refused():
    gan = toys.untraced("ACGAN")
    with pytest.raises(ValueError, match="must be from 0 to 4"):
        gan.fit(toys.pictures(10), Y + 1, verbose=0)


@pytest.mark.parametrize("variant", ["ACGAN", "CGAN", "ProjectionGAN"])
def test_labels_of_one_class_alone_are_refused(variant):
    gan = toys.untraced(variant)
    with pytest.raises(ValueError, match="two classes or more.* class 3 only"):
        gan.fit(toys.pictures(10), 0 * toys.labels(10) + 3, verbose=0)
    gan.evaluate(toys.pictures(10), 0 * toys.labels(10) + 3, verbose=0)


def test_default_networks_and_hyperparameters_are_saved(tmp_path):
    gan = ganzoo.ACGAN((28, 28, 1), 3, class_weight=2.0, classify_fakes=False)
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    assert (again.class_weight, again.classify_fakes) == (2.0, False)
    assert again.generate(3, labels=[0, 1, 2]).shape == (3, 28, 28, 1)
