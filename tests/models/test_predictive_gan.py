"""PredictiveGAN: its losses by hand, what each network sees, and its predictions."""

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo import networks

SEQUENCES = toys.sequences(10)
C = np.random.default_rng(3).uniform(-1, 1, toys.X).astype("float32")
V = np.random.default_rng(4).normal(size=toys.PAST).astype("float32")
W = np.random.default_rng(5).normal(size=toys.X).astype("float32")


def floats(images=SEQUENCES):
    return images / np.float32(127.5) - 1


def linear_discriminator():
    """`D(c, x) = V · c + W · x`."""
    inputs = [layers.Input(toys.PAST), layers.Input(toys.X)]
    parts = [
        layers.Dense(1, use_bias=False)(layers.Flatten()(tensor)) for tensor in inputs
    ]
    model = keras.Model(inputs, layers.Add()(parts))
    model.set_weights([V.reshape(-1, 1), W.reshape(-1, 1)])
    return model


def game(**options):
    """One whose generator returns `C` for everything."""
    players = {
        "generator": toys.constant_generator(C, [toys.PAST]),
        "discriminator": linear_discriminator(),
    }
    return ganzoo.PredictiveGAN(**{**players, "seed": 0, **options})


def extrapolating(shape=toys.X):
    """A game whose generator goes on as the last two frames do: `2 c₂ − c₁`."""
    past = layers.Input((2, *shape))
    last = layers.Rescaling(2.0)(past[:, 1])
    generator = keras.Model(past, layers.Subtract()([last, past[:, 0]]))
    judge = toys.network([(2, *shape), shape], (1,))
    return ganzoo.PredictiveGAN(generator=generator, discriminator=judge)


def brightening(length, count=1):
    """Sequences that begin black and become brighter by 10 in each frame."""
    values = 10 * np.arange(length, dtype="uint8")
    return np.broadcast_to(values[None, :, None, None, None], (count, length, *toys.X))


# === The losses ===


def test_the_target_is_the_frame_after_those_that_are_seen():
    gan, seen = extrapolating(), []
    gan.D = lambda inputs: seen.append(inputs) or inputs[1][:, 0, 0]
    batch = ops.convert_to_tensor(floats(brightening(3)))
    # What changes evenly is predicted; a target among what is seen would not be.
    assert toys.value(gan.squared_error_loss(batch)) == pytest.approx(0, abs=1e-9)
    (c, x) = gan.sources_and_targets([brightening(3)])
    assert (c[0, :, 0, 0, 0].tolist(), x[0, 0, 0, 0]) == ([0, 10], 20)
    # The discriminator is shown the past, and a next frame: of data, then of samples.
    jumping = np.array(brightening(3))
    jumping[:, 2] = 200
    batch = ops.convert_to_tensor(floats(jumping))
    gan.discriminator_loss(batch)
    gan.generator_loss(batch)
    for (c, x), last in zip(seen, (200, 20, 20)):
        np.testing.assert_allclose(c, floats(jumping[:, :2]), atol=1e-6)
        np.testing.assert_allclose(x, floats(np.full((1, *toys.X), last)), atol=1e-6)


def test_the_generators_gradient_is_that_by_hand():
    """Of its bias C, with G(c) = C and D(c, x) = V · c + W · x."""
    gan = game(adversarial_weight=0.2)
    _, moved = toys.gradient_of(gan, "generator", floats())
    logits = (floats()[:, :-1] * V).sum(axis=(1, 2, 3, 4)) + (C * W).sum()
    slope = -toys.sigmoid(-logits).mean()
    of_pixels = 2 * (C - floats()[:, -1].mean(axis=0)) / C.size
    wanted = of_pixels + 0.2 * slope * W
    np.testing.assert_allclose(moved, wanted.ravel(), rtol=1e-3, atol=1e-5)


def test_the_discriminators_gradient_is_that_by_hand():
    of_past, of_image = toys.gradient_of(game(), "discriminator", floats())
    past, x = floats()[:, :-1], floats()[:, -1]
    from_past = (past * V).sum(axis=(1, 2, 3, 4))
    real = -toys.sigmoid(-(from_past + (x * W).sum(axis=(1, 2, 3))))
    fake = toys.sigmoid(from_past + (C * W).sum())
    wanted = (real[:, None, None, None] * x).mean(axis=0) + fake.mean() * C
    np.testing.assert_allclose(of_image.ravel(), wanted.ravel(), rtol=1e-3, atol=1e-5)
    wanted = ((real + fake)[:, None, None, None, None] * past).mean(axis=0)
    np.testing.assert_allclose(of_past.ravel(), wanted.ravel(), rtol=1e-3, atol=1e-5)


def test_without_weight_the_game_is_the_stage():
    gan = game(adversarial_weight=0.0)
    moved = toys.gradient_of(gan, "generator", floats())
    gan = game()
    gan.compile(stage_optimizers={"mse": keras.optimizers.SGD(1.0)}, run_eagerly=True)
    before = toys.copy_of(gan.generator.weights)
    judge = toys.copy_of(gan.discriminator.weights)
    history = gan.fit(SEQUENCES, stage="mse", batch_size=10, verbose=0).history
    squares = ((floats()[:, -1] - C) ** 2).mean()
    assert history == {"mse_loss": [pytest.approx(squares, rel=1e-5)]}
    after = toys.copy_of(gan.generator.weights)
    for a, b, wanted in zip(before, after, moved):
        np.testing.assert_allclose(a - b, wanted, rtol=1e-4, atol=1e-6)
    assert toys.same(judge, toys.copy_of(gan.discriminator.weights))


def test_squares_prefer_the_blur():
    """A point goes left or right, each as likely: half a point at both, half the error.

    In [0, 1] the blur is off by ¼ in each of two pixels, and either guess by 1 in both
    of them half of the time.
    """
    left, right = np.full((2, *toys.X), -1, "float32")
    left[1, 0], right[1, 2] = 1, 1
    outcomes = np.stack([left, right])
    batch = np.broadcast_to(outcomes[:, None], (2, 3, *toys.X))
    batch = ops.convert_to_tensor(batch)

    def error(image):
        gan = game(generator=toys.constant_generator(image, [toys.PAST]))
        # Of all pixels, in [-1, 1].
        return toys.value(gan.squared_error_loss(batch)) * left.size / 4

    assert error(outcomes.mean(axis=0)) == pytest.approx(2 / 4, rel=1e-5)
    assert error(left) == pytest.approx((1 + 1) / 2, rel=1e-5)


def test_a_sequence_that_stands_still_is_predicted_by_its_last_frame():
    still = np.repeat(SEQUENCES[:, :1], 3, axis=1)
    batch = ops.convert_to_tensor(floats(still))
    assert toys.value(extrapolating().squared_error_loss(batch)) < 1e-12


def test_the_history_tells_the_parts_of_the_generators_loss():
    gan = toys.untraced("PredictiveGAN", adversarial_weight=0.5)
    told = gan.evaluate(SEQUENCES, verbose=0, return_dict=True)
    wanted = told["mse"] + 0.5 * told["adversarial_loss"]
    assert told["generator_loss"] == pytest.approx(wanted, rel=1e-5)


def test_smoothed_labels_are_those_of_data():
    gan = game(label_smoothing=0.1)
    gan.D = lambda inputs: inputs[1][:, 0, 0]
    batch = ops.convert_to_tensor(floats())
    real, fake = floats()[:, -1, 0, 0, 0], C[0, 0, 0]
    wanted = (0.9 * toys.softplus(-real) + 0.1 * toys.softplus(real)).mean()
    wanted += toys.softplus(fake)
    assert toys.value(gan.discriminator_loss(batch)) == pytest.approx(wanted, rel=1e-5)


# === Predictions ===


def test_predictions_are_made_from_predictions():
    gan = extrapolating()
    found = gan.predict_next(brightening(3), n=5)
    assert found.shape == (1, 5, *toys.X) and found.dtype == np.uint8
    assert found[0, :, 0, 0, 0].tolist() == [30, 40, 50, 60, 70]
    # Those of fewer are the first ones, of the last frames alone, in any batches.
    many = np.concatenate([brightening(6), toys.sequences(4).repeat(2, axis=1)])
    for batch_size in (1, 2, 64):
        again = gan.predict_next(many, n=2, batch_size=batch_size)
        np.testing.assert_array_equal(again, gan.predict_next(many[:, -2:], n=3)[:, :2])
    np.testing.assert_array_equal(gan.translate(floats(many)), again[:, 0])


def test_what_is_fed_back_is_not_rounded():
    past = layers.Input((2, *toys.X))
    half = keras.Model(past, layers.Rescaling(0.5)(past[:, 1]))
    judge = toys.network([toys.PAST, toys.X], (1,))
    gan = ganzoo.PredictiveGAN(generator=half, discriminator=judge)
    start = np.full((1, 2, *toys.X), -0.03, "float32")
    found = gan.predict_next(start, n=3)[0, :, 0, 0, 0]
    wanted = np.round((-0.03 / np.array([2, 4, 8]) + 1) * 127.5)
    assert found.tolist() == wanted.tolist()


def test_averaged_weights_predict():
    gan = toys.build("PredictiveGAN")
    average = keras.optimizers.Adam(1e-2, use_ema=True, ema_momentum=0.9)
    gan.compile("sgd", average, run_eagerly=toys.TRACES)
    gan.fit(SEQUENCES, stage="mse", batch_size=5, verbose=0)
    gan.fit(SEQUENCES, batch_size=5, verbose=0)
    past = floats(SEQUENCES[:, 1:])
    with gan.averaged():
        shown = ops.convert_to_numpy(gan.generator(past, training=False))
    wanted = np.round((np.clip(shown, -1, 1) + 1) * 127.5)
    np.testing.assert_array_equal(gan.predict_next(SEQUENCES)[:, 0], wanted)


@pytest.mark.parametrize(
    "given, options, message",
    [
        (SEQUENCES[:, :1], {}, r"sequences of 2 images or more.*\(10, 1, 4, 4, 1\)"),
        (SEQUENCES[:, 0], {}, "which is single images"),
        (SEQUENCES[0], {}, "which is single images"),
        (SEQUENCES[:0], {}, "one sequence or more"),
        (SEQUENCES[..., :3, :], {}, "must have the shape"),
        (SEQUENCES.repeat(3, axis=-1), {}, "must have the shape"),
        (SEQUENCES.astype("int32"), {}, "must be uint8"),
        (SEQUENCES.astype("float32"), {}, r"floats in \[-1, 1\]"),
        (SEQUENCES, {"n": 0}, "`n` must be an int of at least 1"),
        (SEQUENCES, {"batch_size": 0}, "`batch_size` must be an int of at least 1"),
    ],
)
def test_what_cannot_be_gone_on_with_is_refused(given, options, message):
    with pytest.raises(ValueError, match=message):
        toys.build("PredictiveGAN").predict_next(given, **options)


@pytest.mark.parametrize(
    "given, message",
    [
        (SEQUENCES[:, 0], r"`x` must be sequences.*\(n, 3, 4, 4, 1\).*single images"),
        (SEQUENCES[:, 1:], "sequences of 3 images.*with sequences of 2"),
        (SEQUENCES.repeat(2, axis=1), "sequences of 3 images.*with sequences of 6"),
        (SEQUENCES[:, :, :3], "must have the shape"),
        (SEQUENCES[0], r"`x\[None\]` makes a batch"),
    ],
)
def test_what_are_no_sequences_is_refused_before_training(given, message):
    with pytest.raises(ValueError, match=message):
        toys.compiled("PredictiveGAN").fit(given, verbose=0)


def test_a_game_without_the_stage_is_warned_of():
    gan = toys.build("PredictiveGAN")
    gan.compile(run_eagerly=toys.TRACES)
    with pytest.warns(UserWarning, match=r"stage='mse'\)` first"):
        gan.fit(SEQUENCES, batch_size=5, verbose=0)


def test_others_say_what_to_call():
    with pytest.raises(ValueError, match=r"`predict_next\(images\)`, or `ganzoo pred"):
        toys.build("PredictiveGAN").generate(3)
    assert ganzoo.GAN.frames is None


# === What it is made of ===


def test_defaults_are_the_papers():
    gan = ganzoo.PredictiveGAN((16, 16, 1), frames=3)
    assert (gan.frames, gan.sequence_shape) == (3, (4, 16, 16, 1))
    assert gan.adversarial_weight == 2e-3
    gan.compile()
    for optimizer in gan.optimizer.optimizers[:2]:
        assert isinstance(optimizer, keras.optimizers.Adam)
        assert float(optimizer.learning_rate) == pytest.approx(2e-4)
        assert optimizer.beta_1 == 0.5
    assert float(gan.stage_optimizers["mse"].learning_rate) == pytest.approx(1e-3)
    # Nothing of them compares the examples of a batch, or the frames beside the LSTM.
    for network in (gan.generator, gan.discriminator):
        kinds = {type(layer) for layer in network._flatten_layers()}
        assert not kinds & {layers.BatchNormalization, ganzoo.layers.BatchNormalization}


@pytest.mark.parametrize(
    "options, message",
    [
        ({"frames": 3}, "frames=3, and a generator of 2"),
        ({"adversarial_weight": -1.0}, "`adversarial_weight` must be a positive"),
        ({"r1_weight": 1.0}, "sees the past beside an image"),
        ({"augmentation": ["color"]}, "sees the past beside an image"),
        ({"generator": toys.network([toys.X], toys.X)}, "must take past frames"),
        (
            {"generator": toys.network([(2, 4, 4, 3)], toys.X)},
            r"past frames of shape \(None, 4, 4, 1\)",
        ),
        (
            {"discriminator": toys.network([toys.X], (1,))},
            r"past frames of shape \(2, 4, 4, 1\) and the next one",
        ),
        (
            {"discriminator": toys.network([(3, *toys.X), toys.X], (1,))},
            "must take past frames",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        toys.build("PredictiveGAN", **options)


@pytest.mark.parametrize("frames", [0, 1.5, True])
def test_other_numbers_of_frames_are_refused(frames):
    with pytest.raises(ValueError, match="`frames` must be an int of at least 1"):
        ganzoo.PredictiveGAN((8, 8, 1), frames=frames)


# === The networks ===

SMALL = {"filters": 2, "units": 3}


@pytest.mark.parametrize("image_shape", [(8, 8, 1), (28, 28, 3), (32, 16, 3)])
def test_networks_are_for_images_of_several_sizes(image_shape):
    shape = (4, *image_shape)
    generator = networks.predictive_generator(shape, **SMALL)
    assert generator.input_shape == (None, 3, *image_shape)
    assert generator.output_shape == (None, *image_shape)
    judge = networks.predictive_discriminator(shape, **SMALL)
    assert judge.input_shape == [(None, 3, *image_shape), (None, *image_shape)]
    assert judge.output_shape == (None, 1)


@pytest.fixture(scope="module")
def small():
    """The paper's networks for three frames of 8 x 8 pixels."""
    keras.utils.set_random_seed(3)
    shape = (4, 8, 8, 1)
    return ganzoo.PredictiveGAN(
        generator=networks.predictive_generator(shape, **SMALL),
        discriminator=networks.predictive_discriminator(shape, **SMALL),
    )


def clips(count=5):
    shape = (count, 4, 8, 8, 1)
    return np.random.default_rng(0).uniform(-1, 1, shape).astype("float32")


def test_a_sequence_does_not_depend_on_others(small):
    def outputs(sequences, training):
        c, x = small.sources_and_targets([sequences])
        images = small.generator(c, training=training)
        logits = small.discriminator([c, x], training=training)
        return [*map(ops.convert_to_numpy, (images, logits))]

    for training in (False, True):
        alone = [outputs(clips()[i : i + 1], training) for i in range(5)]
        for one, together in zip(zip(*alone), outputs(clips(), training)):
            np.testing.assert_allclose(np.concatenate(one), together, atol=1e-6)


def test_each_frame_and_their_order_matter(small):
    c, x = small.sources_and_targets([clips()])
    predicted = ops.convert_to_numpy(small.generator(c))
    judged = ops.convert_to_numpy(small.discriminator([c, x]))
    changed = [c[:, ::-1]]
    for i in range(3):
        other = c.copy()
        other[:, i] *= -1
        changed.append(other)
    for other in changed:
        assert (abs(ops.convert_to_numpy(small.generator(other)) - predicted) > 0).any()
        found = ops.convert_to_numpy(small.discriminator([other, x]))
        assert (abs(found - judged) > 0).any()


def test_the_same_game_goes_on_after_it_was_saved(small, tmp_path):
    """With networks whose frames are folded into the batch and back."""
    small.compile(run_eagerly=toys.TRACES)
    small.fit(clips(), stage="mse", batch_size=5, verbose=0)
    small.fit(clips(), batch_size=5, verbose=0)
    small.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    for gan in (small, again):
        gan.fit(clips(), batch_size=5, verbose=0)
    assert toys.same(*(toys.copy_of(gan.weights) for gan in (small, again)))


@pytest.mark.parametrize(
    "shape, message",
    [
        ((8, 8, 1), "must be `\\(frames, height, width, channels\\)`"),
        ((1, 8, 8, 1), "two frames or more"),
        ((3, 7, 7, 1), "images of 8 pixels or more"),
        ((3, 30, 30, 1), "halve down to between 4 and 7"),
        (None, "`sequence_shape` must be"),
    ],
)
def test_other_shapes_are_refused(shape, message):
    for network in (networks.predictive_generator, networks.predictive_discriminator):
        with pytest.raises(ValueError, match=message):
            network(shape)
