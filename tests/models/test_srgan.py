"""SRGAN: its losses by hand, its content stage, and images of any size."""

import dataclasses

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo import networks
from ganzoo.cli import new_runs
from ganzoo.training import recipes
from ganzoo.training import run_folder
from ganzoo.training import runs
from ganzoo.training.history import read_history

X, Y = toys.data("SRGAN", 10)
C = np.random.default_rng(3).uniform(-1, 1, toys.IMAGE_SHAPE).astype("float32")
W = np.random.default_rng(4).normal(size=toys.IMAGE_SHAPE).astype("float32")


def floats(images=Y):
    return images / np.float32(127.5) - 1


def batch():
    return tuple(map(ops.convert_to_tensor, map(floats, (X, Y))))


def game(**options):
    """One whose generator returns `C` for everything, and `D(y) = W · y`."""
    players = {
        "generator": toys.constant_generator(C, [X.shape[1:]]),
        "discriminator": toys.linear_discriminator(W),
    }
    return ganzoo.SRGAN(**{**players, "seed": 0, **options})


def judged(real, fake, **options):
    """A game whose discriminator has these logits for data, and these for samples."""
    gan = game(**options)
    logits = {True: real, False: fake}

    def judge(images):
        is_real = bool(ops.convert_to_numpy(images)[0, 0, 0, 0] > 0)
        return ops.convert_to_tensor(np.float32(logits[is_real])[:, None])

    gan.D = judge
    gan.G = lambda x: -ops.ones((len(fake), 4, 4, 1))
    y = ops.ones((len(real), 4, 4, 1))
    return gan, (y[:, ::2, ::2], y)


def losses(gan, data):
    x, y = data
    return (
        toys.value(gan.discriminator_loss(data)),
        toys.value(gan.adversarial_loss(y, gan.G(x))),
    )


# === The game ===


@pytest.mark.parametrize(
    "real, fake, wanted",
    [
        ([2.0], [-1.0], (0.097175, 6.097175)),
        ([1.0, 3.0], [0.0, -2.0], (0.145078, 6.145078)),
        ([0.7, 0.7], [0.7, 0.7], (2 * np.log(2), 2 * np.log(2))),
    ],
)
def test_the_relativistic_game_compares_with_the_mean_of_the_others(real, fake, wanted):
    found = losses(*judged(real, fake, relativistic=True))
    assert found == pytest.approx(wanted, rel=1e-5)
    # Only differences count.
    shifted = [[logit + 5.0 for logit in logits] for logits in (real, fake)]
    again = losses(*judged(*shifted, relativistic=True))
    assert again == pytest.approx(found, rel=1e-4)


def test_the_game_of_the_paper_is_a_sum_of_two_means():
    real, fake = [2.0, 0.5], [-1.0, 1.0]
    found = losses(*judged(real, fake))
    of_samples = toys.softplus(np.array(fake)).mean()
    assert found[0] == pytest.approx(
        toys.softplus(-np.array(real)).mean() + of_samples, rel=1e-5
    )
    # Cross-entropies, where released code has squares.
    assert found[1] == pytest.approx(toys.softplus(-np.array(fake)).mean(), rel=1e-5)


def test_smoothed_labels_are_those_of_data():
    gan, data = judged([2.0], [-1.0], label_smoothing=0.1)
    wanted = 0.9 * toys.softplus(-2.0) + 0.1 * toys.softplus(2.0) + toys.softplus(-1.0)
    assert losses(gan, data)[0] == pytest.approx(wanted, rel=1e-5)


def test_the_discriminator_sees_large_images_alone():
    gan, seen = game(), []
    gan.D = lambda images: seen.append(images) or images[:, 0, 0]
    gan.discriminator_loss(batch())
    gan.generator_loss(batch())
    assert {tuple(images.shape[1:]) for images in seen} == {toys.IMAGE_SHAPE}
    np.testing.assert_array_equal(*map(ops.convert_to_numpy, (seen[0], batch()[1])))


@pytest.mark.parametrize("relativistic", [False, True])
def test_the_generators_gradient_is_that_by_hand(relativistic):
    """Of its bias c, with G(x) = c and D(y) = w · y, both halves for the relativistic.

    In c the second half is as steep as the first: released code has the first alone.
    """
    weights = {"content_weight": 0.5, "adversarial_weight": 0.2}
    _, moved = toys.gradient_of(
        game(relativistic=relativistic, **weights), "generator", batch()
    )
    of_data, of_sample = (floats() * W).sum(axis=(1, 2, 3)), (C * W).sum()
    slope = -toys.sigmoid(-of_sample)
    if relativistic:
        slope = -toys.sigmoid(of_data.mean() - of_sample)
        slope -= toys.sigmoid(of_data - of_sample).mean()
    wanted = 0.5 * 2 * (C - floats().mean(axis=0)) / C.size + 0.2 * slope * W
    np.testing.assert_allclose(moved, wanted.ravel(), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("relativistic", [False, True])
def test_the_discriminators_gradient_is_that_by_hand(relativistic):
    (moved,) = toys.gradient_of(
        game(relativistic=relativistic), "discriminator", batch()
    )
    y = floats()
    of_data, of_sample = (y * W).sum(axis=(1, 2, 3)), (C * W).sum()
    mean, c = y.mean(axis=0), C
    if relativistic:
        real = toys.sigmoid(-(of_data - of_sample))[:, None, None, None]
        wanted = -(real * (y - c)).mean(axis=0)
        wanted += toys.sigmoid(of_sample - of_data.mean()) * (c - mean)
    else:
        real = toys.sigmoid(-of_data)[:, None, None, None]
        wanted = -(real * y).mean(axis=0) + toys.sigmoid(of_sample) * c
    np.testing.assert_allclose(moved.ravel(), wanted.ravel(), rtol=1e-3, atol=1e-5)


def test_penalties_are_on_large_images():
    gan = game(r1_weight=2.0, r2_weight=2.0)
    for penalty in (gan.r1_penalty, gan.r2_penalty):
        wanted = (W**2).sum() / 2
        assert toys.value(penalty(batch())) == pytest.approx(wanted, rel=1e-4)
    # The paper's discriminator has batch normalisation, which mixes examples.
    with pytest.raises(ValueError, match="batch normalisation"):
        ganzoo.SRGAN((16, 16, 1), r1_weight=1.0)


# === The content ===


def identity():
    x = layers.Input(toys.IMAGE_SHAPE)
    return keras.Model(x, layers.Identity()(x))


def test_features_that_are_pixels_make_a_loss_of_pixels():
    squares = ((floats() - C) ** 2).mean()
    data = batch()
    x, y = data
    of_pixels, of_features = game(), game(feature_network=identity())
    assert of_pixels.content_weight == 1.0
    assert of_features.content_weight == pytest.approx(0.006152, rel=1e-4)
    assert toys.value(of_pixels.pixel_loss(data)) == pytest.approx(squares, rel=1e-5)
    for gan in (of_pixels, of_features):
        content = toys.value(gan.content_loss(y, gan.G(x)))
        assert content == pytest.approx(squares, rel=1e-5)
        adversarial = toys.softplus(-(C * W).sum())
        wanted = gan.content_weight * squares + 1e-3 * adversarial
        assert toys.value(gan.generator_loss(data)) == pytest.approx(wanted, rel=1e-4)


def strange_features():
    """A network that is another in training mode."""
    keras.utils.set_random_seed(9)
    x = layers.Input((None, None, 1))
    y = layers.BatchNormalization()(layers.Conv2D(3, 3, strides=2)(x))
    return keras.Model(x, layers.Dropout(0.5, seed=1)(y))


def test_a_feature_network_stays_as_it_is_and_is_saved(tmp_path):
    phi = strange_features()
    before = toys.copy_of(phi.weights)
    gan = toys.untraced("SRGAN", feature_network=phi)
    names = {id(v) for v in gan.generator_variables + gan.discriminator_variables}
    assert not names & {id(v) for v in phi.weights}
    for stage in ("content", "game"):
        gan.fit(X, Y, batch_size=5, stage=stage, verbose=0)
    assert toys.same(before, toys.copy_of(phi.weights))
    y = ops.convert_to_tensor(floats())
    wanted = ops.convert_to_numpy(phi(y, training=False))
    np.testing.assert_allclose(ops.convert_to_numpy(gan.phi(y)), wanted, atol=1e-6)
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    found = ops.convert_to_numpy(again.phi(y))
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert not again.feature_network.trainable_variables
    one, two = (g.evaluate(X, Y, verbose=0) for g in (gan, again))
    assert one == two


def test_the_content_stage_trains_the_generator_by_its_pixels():
    gan = game()
    optimizers = {"content": keras.optimizers.SGD(1.0)}
    gan.compile(stage_optimizers=optimizers, run_eagerly=toys.TRACES)
    judge = toys.copy_of(gan.discriminator.weights)
    history = gan.fit(X, Y, batch_size=10, stage="content", verbose=0).history
    mean = floats().mean(axis=0)
    squares = ((floats() - C) ** 2).mean()
    assert history == {"content_loss": [pytest.approx(squares, rel=1e-5)]}
    bias = toys.copy_of(gan.generator.weights)[1]
    wanted = C - 2 * (C - mean) / C.size
    np.testing.assert_allclose(bias, wanted.ravel(), rtol=1e-4, atol=1e-6)
    assert toys.same(judge, toys.copy_of(gan.discriminator.weights))


def test_a_game_without_the_content_stage_is_warned_of():
    gan = toys.build("SRGAN")
    gan.compile(run_eagerly=toys.TRACES)
    with pytest.warns(UserWarning, match=r"Call `fit\(..., stage='content'\)` first"):
        gan.fit(X, Y, batch_size=5, verbose=0)
    # Once is enough.
    gan.fit(X, Y, batch_size=5, verbose=0)
    gan = toys.build("SRGAN")
    gan.compile(run_eagerly=toys.TRACES)
    gan.fit(X, Y, batch_size=5, stage="content", verbose=0)
    gan.fit(X, Y, batch_size=5, verbose=0)


def test_the_history_tells_the_parts_of_the_generators_loss():
    gan = toys.untraced("SRGAN", content_weight=3.0, adversarial_weight=0.5)
    told = gan.evaluate(X, Y, verbose=0, return_dict=True)
    wanted = 3 * told["content_loss"] + 0.5 * told["adversarial_loss"]
    assert told["generator_loss"] == pytest.approx(wanted, rel=1e-5)


# === Images of any size ===


@pytest.fixture(scope="module")
def convolutional():
    """SRGAN of convolutions, from 8 to 16 pixels, with weights of no training."""
    keras.utils.set_random_seed(5)
    return ganzoo.SRGAN(
        generator=networks.srgan_generator((8, 8, 3), (16, 16, 3), 1, 3),
        discriminator=networks.srgan_discriminator((16, 16, 3), 1),
    )


def images(count, height, width, channels=3):
    shape = count, height, width, channels
    return np.random.default_rng(7).integers(0, 256, shape, "uint8")


def test_images_of_any_size_are_enlarged(convolutional):
    for sides in ((8, 8), (3, 11), (1, 1)):
        found = convolutional.super_resolve(images(2, *sides))
        assert found.dtype == np.uint8
        assert found.shape == (2, 2 * sides[0], 2 * sides[1], 3)
    # Zeros are what is around an image, of whichever size.
    x = images(3, 8, 8)
    outputs = convolutional.generator(floats(x), training=False)
    wanted = np.round((ops.convert_to_numpy(outputs) + 1) * 127.5)
    for given in (x, floats(x)):
        found = convolutional.super_resolve(given).astype(int)
        assert abs(found - wanted).max() <= 1
    copy = convolutional._for_any_size()
    outputs = ops.convert_to_numpy(copy(floats(x), training=False))
    assert abs(np.round((outputs + 1) * 127.5) - wanted).max() <= 1


def test_an_image_does_not_depend_on_others_of_its_batch(convolutional):
    x = images(5, 6, 7)
    together = convolutional.super_resolve(x, batch_size=5).astype(int)
    for batch_size in (1, 2):
        found = convolutional.super_resolve(x, batch_size=batch_size)
        assert abs(found - together).max() <= 1
    translated = convolutional.translate(x, seed=1, batch_size=5)
    np.testing.assert_array_equal(translated, together)


def test_other_sizes_follow_the_weights(convolutional):
    x, gan = images(2, 5, 5), convolutional
    before = gan.super_resolve(x)
    weights = gan.generator.get_weights()
    gan.generator.set_weights([w + 0.1 for w in weights])
    after = gan.super_resolve(x)
    gan.generator.set_weights(weights)
    assert (before != after).any()
    np.testing.assert_array_equal(gan.super_resolve(x), before)


def test_averaged_weights_enlarge_after_the_game_and_trained_ones_before():
    gan = toys.build("SRGAN")
    average = keras.optimizers.Adam(1e-2, use_ema=True, ema_momentum=0.9)
    gan.compile("sgd", average, run_eagerly=toys.TRACES)

    def outputs():
        return ops.convert_to_numpy(gan.generator(floats(X), training=False))

    gan.fit(X, Y, batch_size=5, stage="content", verbose=0)
    with gan.averaged():
        shown = outputs()
    np.testing.assert_array_equal(shown, outputs())
    gan.fit(X, Y, batch_size=5, verbose=0)
    with gan.averaged():
        shown = outputs()
    assert (shown != outputs()).any()
    np.testing.assert_array_equal(
        gan.super_resolve(X), np.round((np.clip(shown, -1, 1) + 1) * 127.5)
    )


@pytest.mark.parametrize(
    "given, options, message",
    [
        (images(0, 8, 8), {}, "one image or more"),
        (images(2, 8, 8)[:, :0], {}, "one pixel or more"),
        (images(2, 8, 8), {"batch_size": 0}, "an int of at least 1"),
        (images(2, 8, 8, 1), {}, "makes grey images RGB"),
        (images(2, 8, 8)[0], {}, r"`images\[None\]` makes a batch"),
        (images(2, 8, 8).astype("float32"), {}, r"floats in \[-1, 1\]"),
        (images(2, 8, 8).astype("int32"), {}, "must be uint8"),
        (
            np.broadcast_to(np.uint8(0), (16, 30_000, 20_000, 3)),
            {},
            "To enlarge 16 images of 20000×30000 pixels takes about .* GB",
        ),
    ],
)
def test_what_cannot_be_enlarged_is_refused(given, options, message, convolutional):
    with pytest.raises(ValueError, match=message):
        convolutional.super_resolve(given, **options)


def test_a_generator_for_one_size_says_so():
    gan = toys.build("SRGAN")
    assert gan.super_resolve(X).shape == Y.shape
    with pytest.raises(ValueError, match="Only a network of convolutions takes images"):
        gan.super_resolve(X[:, :1])


def test_others_say_what_to_call():
    gan = toys.build("SRGAN")
    with pytest.raises(
        ValueError, match=r"`super_resolve\(images\)`, or `ganzoo upsca"
    ):
        gan.generate(3)
    assert (gan.scale, ganzoo.GAN.scale) == (2, 1)
    assert ganzoo.SRGAN.enlarges and not ganzoo.Pix2Pix.enlarges


# === What it is made of ===


def test_defaults_are_the_papers():
    gan = ganzoo.SRGAN((32, 32, 3))
    assert (gan.source_shape, gan.image_shape) == ((8, 8, 3), (32, 32, 3))
    assert (gan.adversarial_weight, gan.relativistic) == (1e-3, False)
    gan.compile()
    for optimizer in gan.optimizer.optimizers:
        assert isinstance(optimizer, keras.optimizers.Adam)
        assert float(optimizer.learning_rate) == pytest.approx(1e-4)
        assert (optimizer.beta_1, optimizer.beta_2) == (0.9, 0.999)
    assert ganzoo.SRGAN((16, 16, 1), scale=2).source_shape == (8, 8, 1)


def two_inputs():
    x = [layers.Input(toys.IMAGE_SHAPE) for _ in range(2)]
    return keras.Model(x, layers.Add()(x))


@pytest.mark.parametrize(
    "options, message",
    [
        ({"scale": 4}, "scale=4, and a generator of scale 2"),
        ({"content_weight": 0.0}, "`content_weight` must be a positive"),
        ({"adversarial_weight": -1.0}, "`adversarial_weight` must be a positive"),
        ({"feature_network": "vgg"}, "`feature_network` must be a `keras.Model`"),
        ({"feature_network": two_inputs()}, "`feature_network` must take images"),
        (
            {"generator": toys.network([(3, 3, 1)], toys.IMAGE_SHAPE)},
            r"sides 2 or 4 times as long.*from \(3, 3, 1\) to \(4, 4, 1\)",
        ),
        (
            {"generator": toys.network([(4, 4, 1)], toys.IMAGE_SHAPE)},
            "sides 2 or 4 times as long",
        ),
        ({"discriminator": toys.network([(2, 2, 1)], (1,))}, "`discriminator` must"),
    ],
)
def test_what_does_not_go_together_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        toys.build("SRGAN", **options)


@pytest.mark.parametrize("scale", [3, 8])
def test_other_scales_are_refused(scale):
    with pytest.raises(ValueError, match=f"`scale` must be 2 or 4.*scale={scale}"):
        ganzoo.SRGAN((48, 48, 3), scale=scale)
    with pytest.raises(ValueError, match="divide the sides"):
        ganzoo.SRGAN((30, 32, 3))


def test_a_feature_network_for_colours_is_refused_for_grey_images():
    x = layers.Input((None, None, 3))
    phi = keras.Model(x, layers.Conv2D(2, 3)(x))
    with pytest.raises(ValueError, match="`feature_network` must take images of shape"):
        game(feature_network=phi)


def test_images_that_are_not_so_many_times_as_large_are_refused():
    gan = toys.compiled("SRGAN")
    for stage in ("content", "game"):
        with pytest.raises(ValueError, match="must have the shape"):
            gan.fit(Y, Y, stage=stage, verbose=0)
        with pytest.raises(ValueError, match=r"lengths \[9, 10\]"):
            gan.fit(X[:9], Y, stage=stage, verbose=0)


def test_it_is_saved_with_its_options(tmp_path, convolutional):
    gan = game(relativistic=True, content_weight=0.5, adversarial_weight=0.25)
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    options = "relativistic", "content_weight", "adversarial_weight", "scale"
    for name in options:
        assert getattr(gan, name) == getattr(again, name)
    assert again.feature_network is None
    convolutional.save(tmp_path / "other.keras")
    again = keras.saving.load_model(tmp_path / "other.keras")
    x = images(2, 5, 6)
    wanted = convolutional.super_resolve(x)
    np.testing.assert_array_equal(again.super_resolve(x), wanted)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="exports all")
def test_a_file_for_other_programs_takes_any_size(tmp_path, convolutional):
    import tensorflow as tf

    x = images(2, 5, 6)
    convolutional.export(tmp_path / "srgan", verbose=False)
    served = tf.saved_model.load(str(tmp_path / "srgan"))
    found = np.round((served.serve(floats(x)).numpy() + 1) * 127.5)
    assert abs(found - convolutional.super_resolve(x)).max() <= 1


# === Runs ===

TEXT = """
[model]
class = "SRGAN"
adversarial_weight = 0.01

[generator]
network = "srgan_generator"
residual_blocks = 1
filters = 2

[discriminator]
network = "srgan_discriminator"
filters = 1

[optimizer]
name = "Adam"
learning_rate = 1e-3

[schedule]
name = "PolynomialDecay"
end_learning_rate = 0.0

[data]
name = "fashion_mnist_10k"
kind = "downscaled"
scale = 4

[training]
batch_size = 20
epochs = 2

[stages.content]
epochs = 3
learning_rate = 0.01
"""


def run(folder, **options):
    return runs.train(recipes.parse("own", TEXT), folder, verbose=0, **options)


@pytest.fixture
def short(monkeypatch, untraced):
    """Let a data set have as many images as two steps take."""
    load = recipes.Recipe._load

    def load_few(self, *args):
        found = load(self, *args)
        return dataclasses.replace(found, images=found.images[:40], labels=None)

    monkeypatch.setattr(recipes.Recipe, "_load", load_few)


class Kill(keras.callbacks.Callback):
    """Ends a run after so many epochs of a loss."""

    def __init__(self, loss, epochs):
        super().__init__()
        self.loss = loss
        self.epochs = epochs

    def on_epoch_end(self, epoch, logs=None):
        if next(iter(logs)) == self.loss and epoch + 1 == self.epochs:
            raise KeyboardInterrupt


def kill(folder, *when):
    fit = ganzoo.SRGAN.fit

    def fit_until_the_kill(self, *args, callbacks, **kwargs):
        return fit(self, *args, callbacks=[*callbacks, Kill(*when)], **kwargs)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(ganzoo.SRGAN, "fit", fit_until_the_kill)
        run(folder)


def histories(folder):
    """What was trained, without the seconds that it took."""
    names = "history_content.csv", "history.csv"
    rows = [row for name in names for row in read_history(folder / name)]
    return [{k: v for k, v in row.items() if k != "seconds"} for row in rows]


def test_a_run_trains_the_content_first_and_goes_on_with_it(tmp_path, short):
    straight = run(tmp_path / "straight")
    told = histories(tmp_path / "straight")
    assert [row["epoch"] for row in told] == ["1", "2", "3", "1", "2"]
    assert all("content_loss" in row for row in told)
    rates = [row.get("learning_rate_content") for row in told]
    # The schedule of the recipe is of each of them.
    assert [rate and float(rate) for rate in rates] == pytest.approx(
        [0.01 * 2 / 3, 0.01 / 3, 0.0, None, None]
    )
    killed = tmp_path / "killed"
    kill(killed, "content_loss", 2)
    assert run_folder.count_epochs(killed) == 0
    # It enlarges already, as far as it has come.
    early = runs.load_model(killed)
    assert early.super_resolve(images(1, 7, 7, 1)).shape == (1, 28, 28, 1)
    assert new_runs.format_saved(killed, recipes.parse("own", TEXT), 2) == (
        "after 2 of 3 epochs of 'content', which are saved"
    )
    kill(killed, "adversarial_loss", 1)
    assert run_folder.count_epochs(killed) == 1
    again = run(killed)
    assert histories(killed) == told
    for a, b in zip(straight.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    # SRResNet is kept.
    kept = [
        runs.load_file(tmp_path / name / "model_content.keras").generator.get_weights()
        for name in ("straight", "killed")
    ]
    assert toys.same(*kept)
    assert not toys.same(kept[0], straight.generator.get_weights())
    # A longer game begins no stage anew, and neither does a finished run.
    times = {path: path.stat().st_mtime_ns for path in killed.glob("*content*")}
    with pytest.warns(UserWarning, match="The schedule of own ends after"):
        run(killed, epochs=3)
    run(killed)
    assert {p: p.stat().st_mtime_ns for p in killed.glob("*content*")} == times
    assert len(times) == 3


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("scale = 4", "", "`data.scale` says how many times smaller"),
        ("scale = 4", "scale = 4.0", "`data.scale` must be an int"),
        ('"downscaled"', '"images"', "must be 'downscaled' for the class SRGAN"),
        ('"fashion_mnist_10k"', '"openmoj"', "Did you mean 'openmoji'"),
        ('"fashion_mnist_10k"', '"openmoji"', "`data.image_size` is missing"),
        ("scale = 4", "scale = 4\nimage_size = 28", "no key `data.image_size`"),
        ("learning_rate = 0.01", "learning_rate = 1", "must be a positive float"),
        ("learning_rate = 0.01", "learning_rate = -1.0", "must be a positive float"),
        ("residual_blocks", "scale = 4\nresidual_blocks", "no key `generator.scale`"),
        ("adversarial_weight", "scale = 4\nadversarial_weight", "key `model.scale`"),
        ('"srgan_generator"', '"dcgan_generator"', "made for what the class SRGAN"),
        ('"srgan_discriminator"', '"patchgan_discriminator"', "what the class SRGAN"),
    ],
)
def test_a_wrong_recipe_says_what_is_wrong(old, new, message):
    assert old in TEXT
    with pytest.raises(ValueError, match=message):
        recipes.parse("own", TEXT.replace(old, new, 1))


def test_sides_that_the_scale_does_not_divide_are_refused(short):
    recipe = recipes.parse("own", TEXT.replace("scale = 4", "scale = 3"))
    with pytest.raises(ValueError, match="divides the sides of the images"):
        recipe.load_data()
